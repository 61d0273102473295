"""Where a key result starts, as a number: given, or measured over the weeks that its definition names."""

from dataclasses import dataclass
from math import isfinite, nan

from okr_pipeline.cascade.gaps import gap_sentence, named_weeks
from okr_pipeline.cascade.progress import TargetRange
from okr_pipeline.cascade.selection import Selection, Span
from okr_pipeline.cascade.target import Target
from okr_pipeline.cascade.windows import Gap, WindowStatistics


@dataclass(frozen=True, slots=True)
class MeasuredBaseline:
    """A baseline in the metric's unit, or the reason why there is none.

    Attributes:
        number: the baseline; NaN when it could not be measured.
        reason: why it could not; None when it could.
    """

    number: float
    reason: str | None


def baseline_of(
    given: float | None, weeks: Span | None, selection: Selection, measured: WindowStatistics
) -> MeasuredBaseline:
    """Return the given number, or the metric's own statistic over the declared weeks, all of them needed.

    Args:
        given: the number, if the definition gives one.
        weeks: the weeks to measure over otherwise.
        selection: gives the weeks that are missing.
        measured: the statistics whose last window is the baseline's weeks, if it has any.
    """
    if given is not None:
        return MeasuredBaseline(given, None)
    missing = selection.calendar.missing_between(*weeks) if weeks else ()
    if missing and selection.metric.cadence == "weekly":
        return MeasuredBaseline(nan, f"the baseline cannot be measured: no data for {named_weeks(missing)}")
    gap = measured.gap(-1)
    if gap is not Gap.NONE:
        sentence = gap_sentence(gap, missing, selection)
        return MeasuredBaseline(nan, f"the baseline cannot be measured: {sentence}")
    return MeasuredBaseline(float(measured.value[-1]), None)


def target_of(target: Target, baseline: MeasuredBaseline) -> tuple[TargetRange, str | None]:
    """Return the values that meet a target, and why progress towards it cannot be told, if so."""
    if not target.is_relative:
        return TargetRange(*target.bounds(baseline.number)), baseline.reason
    if not isfinite(baseline.number):
        return TargetRange(None, None), baseline.reason
    if baseline.number == 0:
        return TargetRange(None, None), "the baseline is 0: a relative target needs something to be relative to"
    return TargetRange(*target.bounds(baseline.number)), None
