"""What a window of weeks makes of weekly sums: value, interval and counts, or the gap that forbids a value.

One row of a membership matrix is one window; a baseline is a window like any other. Windows are added up
afresh, never taken as differences of running totals: one huge number cannot spoil the weeks after it. Many selections
are worked out at once, and each comes out to the last bit as it would alone: no sum is left to a matrix product, whose
order of addition depends on its shape.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from okr_pipeline.cascade import intervals
from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.weekly import Axis, Dates, Floats, WeeklySums

WindowName = Literal["week", "trailing_4_weeks", "trailing_13_weeks", "cycle_to_date"]
Membership = NDArray[np.bool_]

TRAILING_WEEKS: dict[str, int] = {"week": 1, "trailing_4_weeks": 4, "trailing_13_weeks": 13}
_SHARES = ("proportion", "distinct_share")
_ROUNDING = 1e-12


class Gap(StrEnum):
    """Why there is no value; the first that applies."""

    NONE = "none"
    NOT_STARTED = "not_started"
    WEEK_MISSING = "week_missing"
    NO_PERIOD = "no_period"
    NOT_FINITE = "not_finite"
    NO_CASES = "no_cases"
    IMPOSSIBLE = "impossible"
    GROUP_TOO_SMALL = "group_too_small"


_GAPS = tuple(Gap)
_NUMBER = {gap: number for number, gap in enumerate(_GAPS)}
_SMALLEST = np.iinfo(np.int64).min  # NaT
_CELLS_AT_ONCE = 2**19  # windows x weeks of some selections: 4 MiB a measure


@dataclass(frozen=True, slots=True)
class WindowStatistics:
    """The statistics of several windows, one entry per window (of each selection); NaN where there is no value.

    What must not be shown is not shown for any gap: a window that also lacks a week still counts the others.

    Attributes:
        value: in the metric's unit.
        low, high: 95 % interval; NaN where none can be given, even though there is a value.
        sample_count: cases in the window; for a ``distinct_share`` people, for a ``stock`` the largest week.
        people_count: most people behind one row of one week, a lower bound; NaN where unknown or not shown.
        observed_until: newest event in the window, ``datetime64[us]`` in UTC; NaT without rows or not shown.
        gaps: for each window the position of its reason among the members of `Gap`.
    """

    value: Floats
    low: Floats
    high: Floats
    sample_count: Floats
    people_count: Floats
    observed_until: Dates
    gaps: NDArray[np.int8]

    def gap(self, window: int) -> Gap:
        """Return the reason for a missing value in one window; ``none`` when there is a value."""
        return _GAPS[int(self.gaps[window])]


def membership(window: WindowName, axis: Axis, weeks: tuple[date, ...], start: date, end: date) -> Membership:
    """Return which weeks of the axis belong to the window that closes with each of ``weeks``.

    Args:
        window: name of the window.
        axis: the columns; must reach back 12 weeks before the first of ``weeks``.
        weeks: Mondays, one row each.
        start: first day of the cycle; only whole weeks from there on count for ``cycle_to_date``.
        end: last day of the cycle; ``cycle_to_date`` grows no further after its week.
    """
    columns = np.arange(axis.size)
    last = np.array([axis.index(week) for week in weeks])
    if window == "cycle_to_date":
        first = np.full(len(weeks), axis.index(start + timedelta(days=-start.weekday() % 7)))
        last = np.minimum(last, axis.index(end))
    else:
        first = last - TRAILING_WEEKS[window] + 1
    return (columns >= first[:, None]) & (columns <= last[:, None])


def statistics(
    metric: Metric,
    sums: WeeklySums,
    observed: NDArray[np.bool_],
    members: Membership,
    *,
    minimum_group: int,
    withheld: NDArray[np.bool_],
) -> WindowStatistics:
    """Return the statistics of every window (row) of ``members``, by the metric's aggregation.

    Args:
        metric: gives aggregation, cadence and whether persons stand behind the rows.
        sums: weekly sums of one selection or, unless the aggregation is ``total``, of several that are stacked; of the
            same axis as ``members``.
        observed: for each week of the axis, whether every source has delivered it.
        members: windows x weeks.
        minimum_group: a value with fewer people behind it (but more than none) is withheld.
        withheld: for each week of the axis, whether its figure must not be shown. A window that holds such a week
            is withheld whole: minus the weeks that are shown it would give that week back. Stacked as ``sums`` are.
    """
    with np.errstate(all="ignore"):
        measured = _Measured(metric, sums, members, ~withheld)
        value, low, high, sample_count = measured.by_aggregation()
        people = measured.largest(sums.people_count)
        shown = np.ones(value.shape, dtype=np.bool_)
        if metric.people:
            shown = ((people == 0) | (people >= minimum_group)) & ~(members & withheld[..., None, :]).any(axis=-1)
        reasons = (
            (Gap.NOT_STARTED, ~members.any(axis=1)),
            (Gap.WEEK_MISSING, (members & ~observed).any(axis=1) & (metric.cadence == "weekly")),
            (Gap.NO_PERIOD, (measured.carried == 0) & (metric.cadence == "monthly")),
            (Gap.NOT_FINITE, measured.broken),
            (Gap.NO_CASES, measured.carried == 0),
            (Gap.NOT_FINITE, ~np.isfinite(value) | (measured.carried < 0)),
            (Gap.IMPOSSIBLE, ((value < 0) | (value > 1 + _ROUNDING)) & (metric.aggregation in _SHARES)),
            (Gap.GROUP_TOO_SMALL, ~shown),
        )
        gap = np.zeros(value.shape, dtype=np.int8)
        for reason, applies in reversed(reasons):
            np.copyto(gap, _NUMBER[reason], where=applies)
    known = gap == 0
    return WindowStatistics(
        value=np.where(known, value, np.nan),
        low=np.where(known & np.isfinite(high), low, np.nan),
        high=np.where(known & np.isfinite(low), high, np.nan),
        sample_count=np.where(shown, sample_count, np.nan),
        people_count=np.where(shown, people, np.nan),
        observed_until=np.where(shown, _newest(sums.observed_until, members), np.datetime64("NaT")),
        gaps=gap,
    )


def statistics_of_all(
    metric: Metric,
    several: Sequence[WeeklySums],
    observed: NDArray[np.bool_],
    members: Membership,
    *,
    minimum_group: int,
    withheld: Sequence[NDArray[np.bool_]],
) -> Iterator[WindowStatistics]:
    """Yield what `statistics` returns for each of several selections of a metric, in their order."""
    size = 1 if metric.aggregation == "total" else max(_CELLS_AT_ONCE // max(members.size, 1), 1)
    for start in range(0, len(several), size):
        some = slice(start, start + size)
        sums = several[start] if size == 1 else WeeklySums.stacked(several[some])
        hidden = withheld[start] if size == 1 else np.stack(withheld[some])
        found = statistics(metric, sums, observed, members, minimum_group=minimum_group, withheld=hidden)
        if size == 1:
            yield found
        else:
            arrays = [getattr(found, field.name) for field in fields(WindowStatistics)]
            yield from (WindowStatistics(*own) for own in zip(*arrays, strict=True))


class _Measured:
    """The sums of each window, and the value and interval that the aggregation takes from them."""

    def __init__(self, metric: Metric, sums: WeeklySums, members: Membership, shown: NDArray[np.bool_]) -> None:
        self._metric, self._sums, self._members, self._shown = metric, sums, members, shown
        self._weights = members.astype(np.float64)
        measures = np.stack((sums.numerator, sums.denominator, sums.sample_count))
        self.numerator, self._denominator, self._cases = self._added(measures)
        self.broken = ~np.isfinite((self.numerator, self._denominator, self._cases)).all(axis=0)
        self.carried = self._periods() if metric.aggregation == "total" else self._denominator

    def by_aggregation(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Return value, low, high and the count of cases."""
        match self._metric.aggregation:
            case "proportion":
                value = self.numerator / self._denominator
                return value, *intervals.wilson(value, self._denominator), self._cases
            case "mean":
                squares = self._added(self._sums.sum_squares)
                limits = intervals.student(self.numerator, squares, self._denominator)
                return self.numerator / self._denominator, *limits, self._cases
            case "total":
                limits = intervals.garwood(self.numerator, self.carried, self._dispersion())
                return self.numerator / self.carried, *limits, self._cases
            case "ratio":
                value = self.numerator / self._denominator
                _, deviation, count = self._weekly_values()
                return value, *intervals.spread(value, deviation, count), self._cases
            case "distinct_share":
                value, _, _ = self._weekly_values()
                people = self.largest(self._sums.people_count)
                people = np.where(people > 0, people, self.largest(self._sums.denominator))
                return value, *intervals.wilson(value, people), people
            case "stock":
                value, deviation, count = self._weekly_values()
                limits = intervals.spread(value, deviation, count)
                return value, *limits, self.largest(self._sums.sample_count)

    def largest(self, weekly: Floats) -> Floats:
        """Return the largest weekly figure of each window; NaN if one of its weeks with rows has none."""
        largest: Floats = np.where(self._members, weekly[..., None, :], 0.0).max(axis=-1, initial=0.0)
        return largest

    def _added(self, weekly: Floats) -> Floats:
        """Add weekly figures (..., weeks) up over each window (..., windows); NaN stays in its windows."""
        finite = np.isfinite(weekly)
        added: Floats = (np.where(finite, weekly, 0.0)[..., None, :] * self._weights).sum(axis=-1)
        if finite.all():
            return added
        return np.where((~finite[..., None, :] & self._members).any(axis=-1), np.nan, added)

    def _periods(self) -> Floats:
        """Return the periods in each window; units report the same ones, so the one with most counts."""
        periods: Floats = self._added(self._sums.unit_periods).max(axis=0, initial=0.0)
        return periods

    def _weekly_values(self) -> tuple[Floats, Floats, Floats]:
        """Return mean, standard deviation and number of the weekly values in each window."""
        weekly = self._sums.numerator / self._sums.denominator
        usable = np.isfinite(weekly)
        centre = np.where(usable, weekly, 0.0).sum(axis=-1, keepdims=True) / np.maximum(
            usable.sum(axis=-1, keepdims=True), 1
        )
        centred = np.where(usable, weekly - centre, 0.0)
        count, total, squares = self._added(np.stack((usable.astype(np.float64), centred, centred**2)))
        variance = np.maximum(squares - total**2 / count, 0.0) / (count - 1)
        return total / count + centre, np.sqrt(variance), count

    def _dispersion(self) -> Floats:
        """Return variance / mean of the counts per period, over the history up to the end of each window.

        Weeks that are withheld are left out: an interval may not tell what a value does not.
        """
        periods = self._sums.unit_periods.max(axis=0, initial=0.0)
        per_period = self._sums.numerator / periods
        usable = np.isfinite(per_period) & self._shown
        filled = np.where(usable, per_period, 0.0)
        columns = np.arange(self._members.shape[1])
        last = np.where(self._members, columns, -1).max(axis=1, initial=-1)
        history = (columns <= last[:, None]).astype(np.float64)
        weekly = np.stack((usable.astype(np.float64), filled, filled**2))
        count, total, squares = (weekly[:, None, :] * history).sum(axis=-1)
        variance = np.maximum(squares - total**2 / count, 0.0) / (count - 1)
        return np.where((count >= 3) & (total > 0), variance * count / total, 1.0)


def _newest(weekly: Dates, members: Membership) -> Dates:
    ticks = weekly.astype(np.int64)
    newest = np.where(members, ticks[..., None, :], _SMALLEST).max(axis=-1, initial=_SMALLEST)
    moments: Dates = newest.astype("datetime64[us]")
    return moments
