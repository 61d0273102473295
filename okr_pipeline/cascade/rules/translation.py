"""Whether each level takes up what the level above asks, in its own words and in few enough pieces."""

import re
from collections.abc import Iterator

from okr_pipeline.cascade.issues import listed
from okr_pipeline.cascade.model import LEVELS, Cascade, KeyResult, Objective
from okr_pipeline.cascade.rule import Finding, RuleContext, rule

_WORDS = re.compile(r"\w+")


@rule("warning", needs_all_files=True)
def key_result_not_translated(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """An executive or business-unit key result that no objective below takes up.

    Example: ``service_cost_per_contact`` of the executive file, from which no business unit derives anything.
    Reason: nobody below works towards it, so it moves by chance. Guards and launches of a system need none.
    Remedy: add an objective one level down that derives from it, or drop the key result.

    While an objective one level down has a wrong parent or none, it may be the one that is missed: silent.
    """
    loose = {
        (objective.cycle, objective.level)
        for objective in cascade.objectives
        if not _hangs_one_level_up(objective, cascade.parent_of(objective))
    }
    guards = {guard for result in cascade.key_results for guard in result.guarded_by}
    for result in cascade.key_results:
        if result.level == "team" or result.id in guards or result.deploys is not None:
            continue
        below = LEVELS[LEVELS.index(result.level) + 1]
        if not cascade.children_of(result) and (result.cycle, below) not in loose:
            yield Finding(
                result.location,
                f"key result {result.id}",
                "no objective below takes it up",
                f"an objective of level {below} derives from each {result.level} key result but guards",
                f"add an objective with derives_from: {result.id}",
            )


def _hangs_one_level_up(objective: Objective, parent: KeyResult | None) -> bool:
    if objective.level == "executive":
        return True
    return parent is not None and LEVELS.index(parent.level) + 1 == LEVELS.index(objective.level)


@rule("warning")
def copied_objective(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """A child objective that repeats its parent key result word for word.

    Example: parent and objective are both titled ``Service cost per contact falls by 15 %``.
    Reason: a copy does not say what this unit contributes, so two units with the same copy do the same work
        or none.
    Remedy: say what the unit itself will achieve towards the parent.
    """
    for objective in cascade.objectives:
        parent = cascade.parent_of(objective)
        if parent is not None and _words(objective.title) == _words(parent.title):
            yield Finding(
                objective.location.of("title"),
                f"objective {objective.id}",
                f"its title repeats the parent key result {parent.id} word for word",
                "an objective says what its own unit contributes",
                "write the unit's contribution as the title",
            )


def _words(title: str) -> tuple[str, ...]:
    return tuple(_WORDS.findall(title.casefold()))


@rule("warning")
def too_many_parents_taken(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """A business unit that takes up more executive key results than the policy allows.

    Example: one business unit whose objectives derive from three executive key results.
    Reason: a unit that serves everything finishes nothing in a cycle; most units can move one or two.
    Remedy: keep the key results that this unit moves most and leave the others to other units.
    """
    most = cascade.policy.parents_taken_max_count.value
    taken_by: dict[tuple[str, str], dict[str, None]] = {}
    for objective in cascade.objectives:
        parent = cascade.parent_of(objective)
        if objective.level == "business_unit" and parent is not None and parent.level == "executive":
            taken_by.setdefault((objective.cycle, objective.org_unit), {}).setdefault(parent.id)
    for sheet in cascade.sheets:
        taken = taken_by.get((sheet.cycle, sheet.org_unit), {})
        if sheet.level == "business_unit" and len(taken) > most:
            yield Finding(
                sheet.location.of("org_unit"),
                f"unit {sheet.org_unit}",
                f"it takes up {len(taken)} executive key results ({listed(taken)})",
                f"a business unit takes up at most {most}",
                "leave some of them to other units",
            )
