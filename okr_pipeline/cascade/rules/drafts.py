"""Questions that a person has to answer before a definition is more than a draft."""

from collections.abc import Iterator

from okr_pipeline.cascade.model import Cascade, KeyResult, Location, Objective
from okr_pipeline.cascade.rule import Finding, RuleContext, rule
from okr_pipeline.cascade.wording import counted


@rule("advice")
def draft_question(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """An objective or key result with open questions.

    Example: ``draft: ["Which quarter is the baseline?"]``.
    Reason: a number that waits for an answer is a guess, and nobody should be measured by it.
    Remedy: answer the question in the definition and delete it from ``draft``.
    """
    for objective in cascade.objectives:
        yield from _question(f"objective {objective.id}", objective, objective.location)
        for result in objective.key_results:
            yield from _question(f"key result {result.id}", result, result.location)


def _question(subject: str, entry: Objective | KeyResult, at: Location) -> Iterator[Finding]:
    if not entry.draft:
        return
    more = len(entry.draft) - 1
    rest = f", and {counted(more, 'more question')}" if more else ""
    yield Finding(
        at.of("draft"),
        subject,
        f"it is a draft: {entry.draft[0]}{rest}",
        "a definition that people are measured by has no open questions",
        "answer and delete each question",
    )
