"""Where a value will be if nothing changes: a local level with an interval, and how often such intervals held.

A trend is never extrapolated: of the targets that a trend over 8 to 13 weeks calls safe, most are missed. What
follows from a forecast (a target too easy, a chance to reach it) does not belong here; nor does adoption, which
grows along a curve.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]

LEVEL_WEEKS = 4
CONFORMAL_MIN_COUNT = 20
WIDENED_AT_RATIO = 0.8
JUDGED_MIN_COUNT = 8
SMALLEST_HISTORY = 6
_HOLES_PER_WEEK = 0.5
_WINDOW_MIN_DEGREES = 2
_LEVEL_AGE_WEEKS = (LEVEL_WEEKS - 1) / 2  # of the middle of the level's weeks
_ROUNDING = 1e-12


@dataclass(frozen=True)
class LevelForecast:
    """The value at the horizon if nothing changes, one entry per series; NaN where it cannot be said.

    Attributes:
        centre: mean of the last four usable weeks, in the unit of the series.
        spread: scale of Student's t around the centre at the horizon, in the unit of the series.
        degrees: degrees of freedom of that t.
        weeks_count: usable weeks behind the forecast; a number even where there are too few.
    """

    centre: Floats
    spread: Floats
    degrees: Floats
    weeks_count: Floats

    def interval(self, coverage_ratio: float) -> tuple[Floats, Floats]:
        """Return the limits between which the value lies with a chance of ``coverage_ratio`` (0 to 1)."""
        half = _t_limit(self.degrees, coverage_ratio) * self.spread
        return self.centre - half, self.centre + half

    def chance_between(self, low: ArrayLike, high: ArrayLike) -> Floats:
        """Return the chance of ``low <= value <= high``; minus or plus infinity leaves a side open.

        NaN where a bound is NaN or there is no forecast; 0 where ``low`` lies above ``high``.
        """
        with np.errstate(all="ignore"):
            below_high = special.stdtr(self.degrees, (np.asarray(high, dtype=np.float64) - self.centre) / self.spread)
            below_low = special.stdtr(self.degrees, (np.asarray(low, dtype=np.float64) - self.centre) / self.spread)
            chance: Floats = np.maximum(below_high - below_low, 0.0)
        return chance


def forecast_level(
    values: Floats, horizon_weeks: ArrayLike, weeks_min_count: int = 8, window_weeks: ArrayLike = 1
) -> LevelForecast:
    """Forecast each series by its local level.

    The centre is the mean of the last four weeks. The spread is the root mean square of every week against the
    mean of the four before it, times ``sqrt(horizon / 4)`` beyond four weeks; the limits are those of t with as many
    degrees as there are such differences. Once 20 past errors are known, at the horizon or at the longest
    one below it that has as many, the spread is widened until it holds the split-conformal share of them (Lei et al.
    2018, JASA 113:1094-1111); it is never narrowed. The errors of a series overlap in time, so that the conformal
    guarantee holds only roughly.

    Values over windows share weeks with the values before them, and differ from those by far less than chance moves
    them. So each is held against the level of a whole window before, and as many errors as windows have weeks count
    as one degree; with fewer than two degrees there is no forecast. Of a horizon within the window only the weeks that
    are still to come are uncertain: the variance is taken in proportion to them.

    Weeks without a value are skipped; those since the newest value lengthen the horizon. There is no
    forecast where the newest ``weeks_min_count`` usable weeks stretch over more than one and a half times as many
    weeks, and none where the series never varies: nothing is known then about how far it may move.

    Args:
        values: series x weeks, oldest first; NaN and infinity are no value.
        horizon_weeks: weeks from the last column to the value in question, one for all or one per series; below
            1 there is no forecast.
        weeks_min_count: usable weeks without which there is no forecast; below 6 it counts as 6.
        window_weeks: weeks behind each value, one for all or one per series; NaN where that differs from value to
            value, and there is no forecast then.
    """
    usable = np.isfinite(values)
    size = values.shape[1]
    least = max(weeks_min_count, SMALLEST_HISTORY)
    count = usable.sum(axis=1).astype(np.float64)
    age = np.where(count > 0, np.argmax(usable[:, ::-1], axis=1) if size else 0, 0)
    horizon = np.broadcast_to(np.asarray(horizon_weeks, dtype=np.float64), count.shape)
    windows = np.broadcast_to(np.asarray(window_weeks, dtype=np.float64), count.shape)
    recent = usable[:, max(size - ceil(least * (1 + _HOLES_PER_WEEK)), 0) :]
    known = (recent.sum(axis=1) >= least) & (horizon >= 1) & np.isfinite(horizon) & (windows >= 1)
    centre, spread, degrees = (np.full(count.shape, np.nan) for _ in range(3))
    for window in np.unique(windows[known]):
        rows = known & (windows == window)
        history = _History(_compact(values[rows], usable[rows]), int(window))
        ahead = horizon[rows] + age[rows]
        last = history.size - 1
        centre[rows], degrees[rows] = history.levels[:, last], history.degrees[:, last]
        scale = history.spreads[:, last] * history.growth(ahead)
        for weeks in np.unique(np.ceil(ahead)):
            of_horizon = np.ceil(ahead) == weeks
            scale[of_horizon] = history.widened(scale[of_horizon], of_horizon, last, int(weeks))
        spread[rows] = scale
    spread = np.where(spread > _ROUNDING * np.abs(centre), spread, np.nan)
    unsaid = ~np.isfinite(spread)
    centre[unsaid], spread[unsaid], degrees[unsaid] = np.nan, np.nan, np.nan
    return LevelForecast(centre, spread, degrees, count)


def measured_coverage(
    values: Floats,
    horizon_weeks: ArrayLike,
    coverage_ratio: float = WIDENED_AT_RATIO,
    weeks_min_count: int = 8,
    window_weeks: ArrayLike = 1,
) -> Floats:
    """Return the share of the past forecasts of each series whose interval held the value that came.

    Every week with enough weeks before it makes the forecast that it would have made then. Weeks without a
    value are skipped. NaN where fewer than eight forecasts can be judged; neighbouring ones are not independent.

    Args:
        values: series x weeks, oldest first.
        horizon_weeks: how far ahead was forecast, one for all or one per series; below 1 there is nothing to judge.
        coverage_ratio: the coverage that the intervals promise.
        weeks_min_count: usable weeks without which there was no forecast.
        window_weeks: as in `forecast_level`.
    """
    horizons = np.ceil(np.broadcast_to(np.asarray(horizon_weeks, dtype=np.float64), (len(values),)))
    windows = np.broadcast_to(np.asarray(window_weeks, dtype=np.float64), (len(values),))
    covered = np.full(len(values), np.nan)
    judged = np.isfinite(horizons) & (horizons >= 1) & (windows >= 1)
    for weeks, window in np.unique(np.stack((horizons, windows), axis=1)[judged], axis=0):
        rows = (horizons == weeks) & (windows == window)
        history = _History(_compact(values[rows], np.isfinite(values[rows])), int(window))
        covered[rows] = _covered(history, int(weeks), coverage_ratio, max(weeks_min_count, SMALLEST_HISTORY))
    return covered


class _History:
    """Levels and spreads as they were known at the end of every week; the usable weeks stand at the right."""

    def __init__(self, values: Floats, window_weeks: int) -> None:
        self.values, self._window = values, window_weeks
        self.size = values.shape[1]
        self.levels = np.full(values.shape, np.nan)
        if self.size >= LEVEL_WEEKS:
            self.levels[:, LEVEL_WEEKS - 1 :] = sliding_window_view(values, LEVEL_WEEKS, axis=1).mean(axis=2)
        errors = self._errors(window_weeks)
        seen = np.isfinite(errors)
        self.usable_count = np.cumsum(np.isfinite(values), axis=1)
        errors_count = np.cumsum(seen, axis=1)
        with np.errstate(all="ignore"):
            degrees = errors_count / window_weeks
            known = seen & ((degrees >= _WINDOW_MIN_DEGREES) | (window_weeks == 1))
            self.degrees = np.where(known, degrees, np.nan)
            squares = np.cumsum(np.where(seen, errors, 0.0) ** 2, axis=1)
            self.spreads = np.where(known, np.sqrt(squares / errors_count), np.nan)

    def growth(self, horizon_weeks: Floats | np.float64) -> Floats:
        """Return by how much a horizon widens the spread, or narrows that of a window of which most is known."""
        longer = np.maximum(horizon_weeks / max(LEVEL_WEEKS, self._window), 1.0)
        new = np.minimum(horizon_weeks, self._window) + _LEVEL_AGE_WEEKS
        growth: Floats = np.sqrt(longer * new / (self._window + _LEVEL_AGE_WEEKS))
        return growth

    def widened(self, spread: Floats, rows: NDArray[np.bool_], origin: int, horizon_weeks: int) -> Floats:
        """Return the spread that holds the split-conformal share of the errors known at ``origin``.

        Taken are those of the very horizon, or of the longest one below it of which there are enough.
        """
        step = min(horizon_weeks, origin + 2 - LEVEL_WEEKS - CONFORMAL_MIN_COUNT)
        if step < 1:
            return spread
        sizes = np.abs(self._errors(step)[rows, LEVEL_WEEKS - 1 + step : origin + 1])
        known = np.isfinite(sizes).sum(axis=1)
        enough = known >= CONFORMAL_MIN_COUNT
        if not enough.any():
            return spread
        rank = np.ceil((known + 1) * WIDENED_AT_RATIO).astype(np.int64) - 1  # sorting puts NaN last
        limit = np.take_along_axis(np.sort(sizes, axis=1), np.minimum(rank, sizes.shape[1] - 1)[:, None], axis=1)[:, 0]
        longer = self.growth(np.float64(horizon_weeks)) / self.growth(np.float64(step))
        wide = longer * limit / _t_limit(self.degrees[rows, origin], WIDENED_AT_RATIO)
        return np.where(enough, np.fmax(spread, wide), spread)

    def _errors(self, horizon_weeks: int) -> Floats:
        errors = np.full(self.values.shape, np.nan)
        errors[:, horizon_weeks:] = self.values[:, horizon_weeks:] - self.levels[:, : -horizon_weeks or None]
        return errors


def _covered(history: _History, horizon_weeks: int, coverage_ratio: float, least: int) -> Floats:
    held, judged = (np.zeros(len(history.values)) for _ in range(2))
    everyone = np.full(len(history.values), True)
    for origin in range(least - 1, history.size - horizon_weeks):
        scale = history.spreads[:, origin] * history.growth(np.float64(horizon_weeks))
        scale = history.widened(scale, everyone, origin, horizon_weeks)
        half = _t_limit(history.degrees[:, origin], coverage_ratio) * scale
        error = np.abs(history.values[:, origin + horizon_weeks] - history.levels[:, origin])
        known = np.isfinite(error) & (scale > 0) & (history.usable_count[:, origin] >= least)
        judged += known
        held += known & (error <= half)
    return np.where(judged >= JUDGED_MIN_COUNT, held / np.maximum(judged, 1), np.nan)


def _compact(values: Floats, usable: NDArray[np.bool_]) -> Floats:
    """Move the usable weeks of each series to the right, in their order; the rest is NaN."""
    if usable.all():
        return values
    order = np.argsort(usable, axis=1, kind="stable")
    return np.take_along_axis(np.where(usable, values, np.nan), order, axis=1)


def _t_limit(degrees: Floats, coverage_ratio: float) -> Floats:
    """Return the two-sided t limit; few distinct degrees occur, and each is worked out once."""
    distinct, place = np.unique(degrees, return_inverse=True)
    limits: Floats = np.asarray(special.stdtrit(distinct, (1 + coverage_ratio) / 2), dtype=np.float64)[place]
    return limits.reshape(degrees.shape)
