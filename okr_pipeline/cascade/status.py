"""The status of one key result in one week: first match wins, every status says why, unknown is never green.

Whether data is fresh is decided in `freshness`, how good a value is in `grading`; here is their order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import hypot
from typing import Literal

from okr_pipeline.cascade.freshness import allowed_weeks, staleness, weeks_apart
from okr_pipeline.cascade.grading import Status, finite, grade
from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.model import KeyResult, Policy
from okr_pipeline.cascade.observed import SourceState
from okr_pipeline.cascade.values import KeyResultValue
from okr_pipeline.cascade.weeks import WEEK, iso_week, monday_of
from okr_pipeline.cascade.windows import Gap
from okr_pipeline.cascade.wording import counted

__all__ = ["Judgement", "Status", "Trend", "judge", "not_begun"]

Trend = Literal["improving", "worsening", "steady", "unknown"]
TREND_WEEKS = 4


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of a key result in one week.

    Attributes:
        key_result_id: id of the key result.
        week_start: Monday of the week judged.
        status: one of the closed set.
        status_reason: one sentence with figures, for people.
        value_week: Monday of the week that the shown value is of; None when none is shown.
        value, low, high: the shown value and its 95 % interval.
        progress: share of the way from baseline to target, unclipped.
        expected_progress: share expected by the end of the value's week.
        weeks_stale: weeks that the shown value lies behind the week judged; None when none is shown.
        trend: movement against the value of four weeks before, if it is larger than chance explains.
    """

    key_result_id: str
    week_start: date
    status: Status
    status_reason: str
    value_week: date | None
    value: float | None
    low: float | None
    high: float | None
    progress: float | None
    expected_progress: float | None
    weeks_stale: int | None
    trend: Trend


def judge(
    key_result: KeyResult,
    metric: Metric,
    values: Sequence[KeyResultValue],
    source_states: Sequence[SourceState],
    week: date,
    *,
    policy: Policy,
    gate: str | None = None,
) -> Judgement:
    """Return the status of a key result in a week, with the value that it rests on.

    From the week of its due date on it is judged by that week: what comes later no longer changes whether it was met.

    Args:
        key_result: its definition.
        metric: the metric it names.
        values: its values, oldest first; those after ``week`` are ignored.
        source_states: the state of each source of the metric after the run; empty when a past week is judged.
        week: Monday of the week to judge.
        policy: the thresholds.
        gate: the sentence of the compliance gate that is shut; None when none is.
    """
    closing = monday_of(key_result.due)
    if week > closing:
        closed = judge(key_result, metric, values, (), closing, policy=policy, gate=gate)
        return replace(closed, week_start=week)
    current, newest = _current_and_newest(values, week)
    stale = staleness(metric, source_states, week, policy)
    if gate is not None:
        return _judgement(key_result, week, Status.BLOCKED, gate, values, shown=newest)
    if newest is None:
        return _judgement(key_result, week, Status.NO_DATA, _nothing_sentence(current, stale), values, shown=None)
    if stale is not None:
        sentence = f"{stale[:1].upper()}{stale[1:]}. Shown is the value of {iso_week(newest.week_start)}."
        return _judgement(key_result, week, Status.STALE, sentence, values, shown=newest)
    behind = weeks_apart(newest.week_start, week)
    if newest is not current and (behind > allowed_weeks(metric, policy) or not _may_wait(current, source_states)):
        return _judgement(key_result, week, Status.NO_DATA, _nothing_sentence(current, None), values, shown=None)
    status, reason = grade(key_result, metric, newest, week, policy)
    if behind:
        reason += f" The newest figure is of {iso_week(newest.week_start)}, {counted(behind, 'week')} before."
    return _judgement(key_result, week, status, reason, values, shown=newest)


def not_begun(key_result: KeyResult, week: date, starts_on: date) -> Judgement:
    """Return the judgement of a key result whose cycle has not begun."""
    reason = f"Its cycle {key_result.cycle} starts on {starts_on}."
    return _judgement(key_result, week, Status.NOT_DUE, reason, (), shown=None)


def _current_and_newest(
    values: Sequence[KeyResultValue], week: date
) -> tuple[KeyResultValue | None, KeyResultValue | None]:
    """Return the record of the week itself, and the newest one up to it that has a finite value."""
    current = _of_week(values, week)
    if current is not None and finite(current.value):
        return current, current
    earlier = (value for value in reversed(values) if value.week_start <= week and finite(value.value))
    return current, next(earlier, None)


def _of_week(values: Sequence[KeyResultValue], week: date) -> KeyResultValue | None:
    """Return the record of a week; looks first where it stands when no week is left out."""
    if not values:
        return None
    position = len(values) - 1 - weeks_apart(week, values[-1].week_start)
    if 0 <= position < len(values) and (guessed := values[position]).week_start == week:
        return guessed
    return next((value for value in reversed(values) if value.week_start == week), None)


def _may_wait(current: KeyResultValue | None, source_states: Sequence[SourceState]) -> bool:
    """Return whether the week has no value only because the next figure is still to come.

    A hole in data that goes on after it is not waited for.
    """
    if current is None or current.gap not in (Gap.NO_PERIOD, Gap.WEEK_MISSING):
        return False
    newest_weeks = [state.newest_week for state in source_states if state.newest_week is not None]
    return current.gap is Gap.NO_PERIOD or any(newest < current.week_start for newest in newest_weeks)


def _nothing_sentence(current: KeyResultValue | None, stale: str | None) -> str:
    if current is None:
        reason = "nothing has been computed for this week"
    else:
        reason = current.reason if current.reason and current.value is None else "the value is not a finite number"
    return f"No value: {reason}{f'; {stale}' if stale else ''}."


def _judgement(
    key_result: KeyResult,
    week: date,
    status: Status,
    reason: str,
    values: Sequence[KeyResultValue],
    *,
    shown: KeyResultValue | None,
) -> Judgement:
    return Judgement(
        key_result_id=key_result.id,
        week_start=week,
        status=status,
        status_reason=reason,
        value_week=None if shown is None else shown.week_start,
        value=None if shown is None else shown.value,
        low=None if shown is None else shown.low,
        high=None if shown is None else shown.high,
        progress=None if shown is None else shown.progress,
        expected_progress=None if shown is None else shown.expected_progress,
        weeks_stale=None if shown is None else weeks_apart(shown.week_start, week),
        trend="unknown" if shown is None else _trend(key_result, shown, values),
    )


def _trend(key_result: KeyResult, shown: KeyResultValue, values: Sequence[KeyResultValue]) -> Trend:
    earlier = _of_week(values, shown.week_start - WEEK * TREND_WEEKS)
    if earlier is None or shown.value is None or earlier.value is None:
        return "unknown"
    noise = hypot(_half_width(shown), _half_width(earlier))
    change = shown.value - earlier.value
    if not noise < float("inf") or not finite(change):
        return "unknown"
    if abs(change) <= noise:
        return "steady"
    return _direction(key_result, shown, earlier, change)


def _direction(key_result: KeyResult, shown: KeyResultValue, earlier: KeyResultValue, change: float) -> Trend:
    if key_result.target.direction != "within":
        return "improving" if (change > 0) == (key_result.target.direction == "up") else "worsening"
    if shown.progress is None or earlier.progress is None:
        return "unknown"
    if shown.progress == earlier.progress:
        return "steady"
    return "improving" if shown.progress > earlier.progress else "worsening"


def _half_width(value: KeyResultValue) -> float:
    if value.low is None or value.high is None:
        return float("inf")
    return (value.high - value.low) / 2
