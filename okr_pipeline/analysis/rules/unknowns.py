"""Key results that nobody can judge at present, each with the reason: an unknown is a finding, never a pass."""

from collections.abc import Iterator

from okr_pipeline.analysis.data_rule import DataContext, about, data_rule
from okr_pipeline.cascade.model import Cascade, KeyResult
from okr_pipeline.cascade.rule import Finding
from okr_pipeline.cascade.status import Judgement, Status

_ALLOWED = "a value that says how the key result stands"


@data_rule("warning")
def stale_value(cascade: Cascade, context: DataContext) -> Iterator[Finding]:
    """A key result whose newest value is older than its cadence allows, or whose source failed.

    Example: the delivery tool's export stopped two weeks ago.
    Reason: an old number looks like a current one to everybody who does not ask.
    Remedy: repair the source; the next refresh fills the gap by itself.

    Threshold: ``stale_after_weeks``.
    """
    for item, judgement in _with_status(cascade, context, Status.STALE):
        yield about(
            item, _clause(judgement), _ALLOWED, "repair the source and refresh; okr sources says which one it is"
        )


@data_rule("warning")
def no_data(cascade: Cascade, context: DataContext) -> Iterator[Finding]:
    """A key result that has no value: null, not finite, or a week that is missing.

    Example: a metric whose rows begin after the weeks of its baseline.
    Reason: what was never measured cannot have moved.
    Remedy: look at the reason; connect the source, widen the filter, or drop the key result.
    """
    for item, judgement in _with_status(cascade, context, Status.NO_DATA):
        yield about(
            item, _clause(judgement), _ALLOWED, "follow the reason: connect the source or correct where", "where"
        )


@data_rule("advice")
def small_sample(cascade: Cascade, context: DataContext) -> Iterator[Finding]:
    """A key result with too few cases, or an interval too wide, to be judged.

    Example: 14 agreements in four weeks where 40 are needed.
    Reason: with few cases chance moves the value further than any team can.
    Remedy: lengthen the window, widen the filter, or accept that it is judged once a quarter.

    Threshold: ``minimum_cases_default``.
    """
    for item, judgement in _with_status(cascade, context, Status.INCONCLUSIVE):
        yield about(item, _clause(judgement), _ALLOWED, "lengthen the window or widen the filter", "window")


def _with_status(cascade: Cascade, context: DataContext, status: Status) -> Iterator[tuple[KeyResult, Judgement]]:
    for item in cascade.key_results:
        judgement = context.judgements.get(item.id)
        if judgement is not None and judgement.status is status:
            yield item, judgement


def _clause(judgement: Judgement) -> str:
    sentence = judgement.status_reason.rstrip(".")
    return sentence[:1].lower() + sentence[1:]
