"""Whether funded work moves anything."""

from collections.abc import Iterator
from datetime import date

from okr_pipeline.cascade.issues import listed
from okr_pipeline.cascade.model import Cascade, KeyResult
from okr_pipeline.cascade.rule import Finding, RuleContext, rule


@rule("warning", needs_all_files=True)
def orphaned_initiative(cascade: Cascade, context: RuleContext) -> Iterator[Finding]:
    """An initiative that supports no active key result of a team.

    Example: a roll-out whose ``supports`` is empty, or names only key results that were due last month.
    Reason: no team's result depends on the money, so it should not be spent in this cycle.
    Remedy: name the team's key result that the work moves, or stop the initiative.

    Silent while one of the names is unknown: that is another rule's matter.
    """
    for initiative in cascade.initiatives:
        cycle = cascade.cycles.get(initiative.cycle)
        if cycle is None or cycle.end < context.as_of:
            continue
        supported = [cascade.key_results_by_id.get(name) for name in initiative.supports]
        if any(result is None or _is_active(result, context.as_of) for result in supported):
            continue
        seen = f"only {listed(initiative.supports)}" if initiative.supports else "nothing"
        yield Finding(
            initiative.location.of("supports"),
            f"initiative {initiative.id}",
            f"it supports no active key result of a team ({seen})",
            "an initiative supports at least one key result of level team that is not past its due date",
            "name one in supports, or do not fund the initiative in this cycle",
        )


def _is_active(result: KeyResult, as_of: date) -> bool:
    return result.level == "team" and result.due >= as_of
