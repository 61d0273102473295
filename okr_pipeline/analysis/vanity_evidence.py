"""The figures behind a vanity verdict: which weeks count, and the movement that the regression finds in them.

What the figures mean, and when they are too few to mean anything, is decided in `vanity`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from okr_pipeline.analysis.adoption_noise import Smoothed, reliability, smoothed
from okr_pipeline.analysis.prais_winsten import prais_winsten

Floats = NDArray[np.float64]

BEFORE_MAX_WEEKS = 52
LONG_SERIES_WEEKS = 26
REACHED_OVER_WEEKS = 4
POWER_RATIO = 0.8


@dataclass(frozen=True)
class VanityLimits:
    """What the test needs before it speaks, and how often it may be wrong; measured in `benchmarks/methods`.

    Attributes:
        alpha_short_ratio: error on each side of the interval with fewer than 26 weeks before or after: there the
            autocorrelation is badly known, and the interval is too short for what it claims.
        alpha_ratio: error on each side otherwise.
        weeks_min_count: usable weeks needed before the adoption, and again after its lag.
        adoption_range_min_ratio: rise of adoption needed, 0.10 for ten points.
        cases_min_count: cases a week needed, the median of the weeks used.
        reliability_min_ratio: share of the variance of the smoothed adoption that must be no sampling noise.
    """

    alpha_short_ratio: float = 0.025
    alpha_ratio: float = 0.05
    weeks_min_count: int = 8
    adoption_range_min_ratio: float = 0.10
    cases_min_count: float = 30
    reliability_min_ratio: float = 0.6


@dataclass(frozen=True)
class VanityCase:
    """One link between a child and its parent; all series have one length, oldest week first.

    Attributes:
        outcome: the parent's metric in the adopting unit, above 0; NaN where a week has no value.
        comparison: the same metric in a unit or segment that has not adopted; None when none is named.
        adoption: share 0 to 1 of the child's metric in the same weeks; for a child that is no share, its progress
            from baseline 0 to target 1.
        cases: cases a week behind the outcome, of the smaller of the two units; NaN counts as none.
        starts_at: position of the first week of the adoption; it may lie outside of the series.
        lag_weeks: weeks after which adoption should show in the outcome, 0 or more. It is fixed in the cascade file:
            the best of several lags finds what is not there.
        claim_ratio: relative change of the outcome that the link claims for the adoption reached, e.g. -0.15.
        wanted: which way of the outcome is better.
        is_share: whether the adoption is a share; False where it is progress from baseline to target.
    """

    outcome: Floats
    comparison: Floats | None
    adoption: Floats
    cases: Floats
    starts_at: int
    lag_weeks: int
    claim_ratio: float
    wanted: Literal["up", "down"]
    is_share: bool = True

    @property
    def sign(self) -> int:
        """1 where the outcome should go up, -1 where down."""
        return 1 if self.wanted == "up" else -1


class Evidence(NamedTuple):
    """The figures of one case, as in `VanityResult`; NaN where there are none.

    Beyond those, ``reliable`` is the share of the variance of the smoothed adoption that is no noise, ``plain`` the
    estimate by ordinary least squares.
    """

    before: float
    after: float
    reached: float
    cases: float
    reliable: float
    alpha: float
    estimate: float
    low: float
    high: float
    detectable: float
    plain: float


def evidence(cases: Sequence[VanityCase], limits: VanityLimits) -> list[Evidence]:
    """Return the figures of every case, in the given order.

    Raises:
        ValueError: the series of a case differ in length.
    """
    outcome, adoption, weekly_cases = (
        _side_by_side(cases, [getattr(case, name) for case in cases]) for name in ("outcome", "adoption", "cases")
    )
    compared = [np.ones(len(case.outcome)) if case.comparison is None else case.comparison for case in cases]
    lag = np.array([[case.lag_weeks] for case in cases])
    since = np.arange(outcome.shape[1]) - np.array([[case.starts_at] for case in cases])
    week = since - lag
    with np.errstate(all="ignore"):
        shared = smoothed(np.where(since >= -BEFORE_MAX_WEEKS, adoption, np.nan), since >= 0)
        shared = Smoothed(*(_lagged(part, lag) for part in shared))
        adoption = _lagged(adoption, lag)
        difference = _log(outcome) - _log(_side_by_side(cases, compared))
        used = np.isfinite(difference) & np.isfinite(adoption) & (week >= -BEFORE_MAX_WEEKS)
        before, after = used & (week < 0), used & (week >= 0)
        last = after & (np.cumsum(after[:, ::-1], axis=1)[:, ::-1] <= REACHED_OVER_WEEKS)
        reached = _mean(adoption, last) - _mean(adoption, before)
        weeks_before, weeks_after = before.sum(axis=1), after.sum(axis=1)
        long = np.minimum(weeks_before, weeks_after) >= LONG_SERIES_WEEKS
        alpha = np.where(long, limits.alpha_ratio, limits.alpha_short_ratio)
        fitted = prais_winsten(np.where(used, difference, np.nan), shared.share)
        effect, error = fitted.slope * reached, fitted.standard_error * np.abs(reached)
        limit = special.stdtrit(fitted.degrees, 1 - alpha)
        sign = np.array([case.sign for case in cases])
        detectable = sign * (limit + special.stdtrit(fitted.degrees, POWER_RATIO)) * error
        ratios = np.expm1(
            (effect, effect - limit * error, effect + limit * error, detectable, fitted.plain_slope * reached)
        )
        reliable = reliability(shared, used)
    columns = (weeks_before, weeks_after, reached, _median(weekly_cases, used), reliable, alpha, *ratios)
    return [Evidence(*row) for row in np.stack(columns, axis=1).tolist()]


def _side_by_side(cases: Sequence[VanityCase], series: Sequence[Floats]) -> Floats:
    """Return the series as rows of one array, filled up with NaN at the end."""
    together = np.full((len(cases), max(1, *(len(case.outcome) for case in cases))), np.nan)
    for row, case, values in zip(together, cases, series, strict=True):
        if len(values) != len(case.outcome):
            raise ValueError(f"a series of {len(values)} weeks beside an outcome of {len(case.outcome)} weeks")
        row[: len(values)] = values
    return together


def _lagged(adoption: Floats, lag: NDArray[np.int64]) -> Floats:
    earlier = np.arange(adoption.shape[1]) - lag
    taken = np.take_along_axis(adoption, np.clip(earlier, 0, adoption.shape[1] - 1), axis=1)
    return np.where(earlier >= 0, taken, np.nan)


def _log(values: Floats) -> Floats:
    return np.where(values > 0, np.log(values), np.nan)


def _mean(values: Floats, chosen: NDArray[np.bool_]) -> Floats:
    mean: Floats = np.where(chosen, values, 0.0).sum(axis=1) / chosen.sum(axis=1)
    return mean


def _median(values: Floats, chosen: NDArray[np.bool_]) -> Floats:
    """Return the median of the chosen weeks; an unknown count is none, and no week has none."""
    known = np.where(np.isfinite(values), values, 0.0)
    ordered = np.sort(np.where(chosen, known, np.inf), axis=1)
    count = np.maximum(chosen.sum(axis=1), 1)
    middle = np.stack(((count - 1) // 2, count // 2), axis=1)
    median: Floats = np.take_along_axis(ordered, middle, axis=1).mean(axis=1)
    return median
