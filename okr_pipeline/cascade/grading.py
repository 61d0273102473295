"""How good a value is, by its target, its interval and the progress expected.

Whether the value is there, fresh, and not behind a gate comes first, in `status`.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import isfinite

import numpy as np

from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.model import KeyResult, Policy
from okr_pipeline.cascade.progress import progress
from okr_pipeline.cascade.trajectory import WEEK_LAST_DAY
from okr_pipeline.cascade.values import KeyResultValue
from okr_pipeline.cascade.weeks import iso_week
from okr_pipeline.cascade.wording import counted, figure, percent, target_phrase

_ROUNDING = 1e-9  # .40 - .55 must count as -.15


class Status(StrEnum):
    """Where a key result or an objective stands; only ``on_track`` and ``achieved`` are good news."""

    BLOCKED = "blocked"
    NO_DATA = "no_data"
    STALE = "stale"
    INCONCLUSIVE = "inconclusive"
    NOT_DUE = "not_due"
    ACHIEVED = "achieved"
    MISSED = "missed"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"


_FROM_WORST = (Status.OFF_TRACK, Status.AT_RISK, Status.ON_TRACK)


def finite(number: float | None) -> bool:
    """Return whether there is a number, and it is neither NaN nor infinite."""
    return number is not None and isfinite(number)


@dataclass(frozen=True, slots=True)
class _Case:
    """One value with what is needed to judge it and to speak about it."""

    key_result: KeyResult
    metric: Metric
    value: KeyResultValue
    week: date
    policy: Policy

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval; None unless both ends are finite and hold the value between them."""
        low, high, value = self.value.low, self.value.high, self.value.value
        if low is None or high is None or value is None or not (isfinite(low) and isfinite(high)):
            return None
        return (low, high) if low <= value <= high else None

    def against_target(self) -> str:
        """Return value, interval and target in words."""
        unit = self.metric.unit
        words = "no value" if self.value.value is None else figure(self.value.value, unit)
        if self.interval is not None:
            words += f" (95 % interval {figure(self.interval[0], unit)} to {figure(self.interval[1], unit)})"
        return f"{words} against {target_phrase(self.value.target, unit)}"


def grade(
    key_result: KeyResult, metric: Metric, value: KeyResultValue, week: date, policy: Policy
) -> tuple[Status, str]:
    """Return the status of a finite value, and its reason: rules 4 to 7 of the statuses, first match wins.

    Args:
        key_result: gives minimum cases and due date.
        metric: gives the unit.
        value: the value to judge; ``value.value`` is finite.
        week: Monday of the week judged, which may be later than that of the value.
        policy: gives the limits of on track and at risk.
    """
    case = _Case(key_result, metric, value, week, policy)
    cases = value.sample_count if value.sample_count is not None and finite(value.sample_count) else 0
    if cases < key_result.minimum_cases:
        needed = counted(key_result.minimum_cases, "case")
        return Status.INCONCLUSIVE, f"Only {counted(cases, 'case')} where {needed} are needed to judge."
    is_due = week + WEEK_LAST_DAY >= key_result.due
    if not is_due and not finite(value.expected_progress):
        return Status.NOT_DUE, _not_due_sentence(case)
    if not value.target.is_known:
        return Status.INCONCLUSIVE, f"The target cannot be told: {value.reason or 'it has no bound'}."
    if case.interval is None:
        return Status.INCONCLUSIVE, (
            f"{_capital(case.against_target())}, but so little data cannot tell how far chance moves it."
        )
    return _at_due_date(case, case.interval) if is_due else _on_the_way(case, case.interval)


def _not_due_sentence(case: _Case) -> str:
    lag_weeks = case.key_result.trajectory.lag_weeks if case.key_result.trajectory else 0
    waiting = f": {counted(lag_weeks, 'week')} of lag have not passed" if lag_weeks else ""
    return f"Nothing is expected by {iso_week(case.week)}{waiting}. Now {case.against_target()}."


def _at_due_date(case: _Case, interval: tuple[float, float]) -> tuple[Status, str]:
    target, due = case.value.target, case.key_result.due
    if all(target.met_by(end) for end in interval):
        return Status.ACHIEVED, f"Target met when due on {due}: {case.against_target()}."
    if target.missed_by(*interval):
        return Status.MISSED, f"Target missed when due on {due}: {case.against_target()}."
    return (
        Status.INCONCLUSIVE,
        f"Due on {due}, but the interval reaches across the target: {case.against_target()}.",
    )


def _on_the_way(case: _Case, interval: tuple[float, float]) -> tuple[Status, str]:
    target = case.value.target
    if all(target.met_by(end) for end in interval):
        return (
            Status.ACHIEVED,
            f"Target already met, before it is due on {case.key_result.due}: {case.against_target()}.",
        )
    covered, expected, baseline = case.value.progress, case.value.expected_progress, case.value.baseline
    ends = progress(np.array(interval), np.nan if baseline is None else baseline, target)
    if covered is None or expected is None or not np.isfinite((covered, expected, *ends)).all():
        unknown = case.value.reason or "there is no baseline to measure from"
        return Status.INCONCLUSIVE, f"Progress cannot be told: {unknown}. Now {case.against_target()}."
    reaches_target = not target.missed_by(*interval)
    worst = _band(float(ends.min()) - expected, case.policy)
    best = _band((max(1.0, float(ends.max())) if reaches_target else float(ends.max())) - expected, case.policy)
    where = _way(covered, expected, case.week)
    if worst is Status.OFF_TRACK and best is Status.ON_TRACK:
        return (
            Status.INCONCLUSIVE,
            f"{where}, but the interval reaches from on track to off track: {case.against_target()}.",
        )
    return _band(covered - expected, case.policy), f"{where}: {case.against_target()}."


def _band(distance: float, policy: Policy) -> Status:
    limits = (policy.at_risk_from.value, policy.on_track_from.value)
    return _FROM_WORST[sum(distance >= limit - _ROUNDING for limit in limits)]


def _way(covered: float, expected: float, week: date) -> str:
    by_now = f"where {percent(expected)} was expected by {iso_week(week)}"
    if covered < 0:
        return f"Further from the target than the baseline by {percent(-covered)} of the way, {by_now}"
    return f"{percent(covered)} of the way {by_now}"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
