"""Whether what people agreed to leave alone is still left alone for a while, and for a finding that can exist."""

from collections.abc import Iterator

from okr_pipeline.cascade.issues import nearest, shown
from okr_pipeline.cascade.model import Cascade, Location, Suppression
from okr_pipeline.cascade.rule import Finding, RuleContext, rule
from okr_pipeline.cascade.suppression import SUPPRESSIONS_FILE


@rule("warning")
def suppression_expired(cascade: Cascade, context: RuleContext) -> Iterator[Finding]:
    """A suppression whose last day has passed; the finding counts again.

    Example: ``until: 2026-11-20`` seen on 2026-11-23.
    Reason: what was put off until a day has to be decided on that day, not forgotten.
    Remedy: mend what was found and delete the entry, or agree on a new day and say why.
    """
    for position, entry in enumerate(cascade.suppressions):
        if not entry.is_in_force(context.as_of):
            yield Finding(
                _place(cascade, position, "until"),
                _subject(entry),
                f"it ended on {entry.until}, and the finding counts again",
                "a suppression lasts up to the day in until",
                "mend what was found and delete the entry, or agree on a new day and say why",
            )


@rule("warning", needs_all_files=True)
def suppression_too_long(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """A suppression that lasts beyond the end of the newest cycle.

    Example: ``until: 2027-06-30`` while the newest cycle ends on 2026-12-31.
    Reason: the next cycle has other targets and perhaps other people; they have not agreed to anything.
    Remedy: end it with the cycle and decide anew in the next one.
    """
    end = max((cycle.end for cycle in cascade.cycles.values()), default=None)
    for position, entry in enumerate(cascade.suppressions):
        if end is not None and entry.until > end:
            yield Finding(
                _place(cascade, position, "until"),
                _subject(entry),
                f"it lasts until {entry.until}",
                f"a suppression ends with the newest cycle, on {end}, or before",
                f"write {end} or an earlier day",
            )


@rule("error")
def unknown_suppressed_rule(cascade: Cascade, context: RuleContext) -> Iterator[Finding]:
    """A suppression of a rule that does not exist.

    Example: ``rule: vanity_metrics``.
    Reason: it silences nothing, and who wrote it believes that it does.
    Remedy: correct the name; ``okr rules`` lists all of them.
    """
    if not context.rule_names:
        return
    for position, entry in enumerate(cascade.suppressions):
        if entry.rule not in context.rule_names:
            near = nearest(entry.rule, context.rule_names)
            yield Finding(
                _place(cascade, position, "rule"),
                _subject(entry),
                f"the rule {shown(entry.rule)} does not exist",
                "a rule that `okr rules` lists",
                f"write {near}" if near else "correct the name or delete the entry",
            )


def _place(cascade: Cascade, position: int, key: str) -> Location:
    return cascade.place(SUPPRESSIONS_FILE, f"suppressions.{position}.{key}")


def _subject(entry: Suppression) -> str:
    return f"suppression of {entry.rule} about {entry.about}"
