"""Where an adoption share will stand in its due week: S-shaped growth, fitted to the weeks since the start.

Progress against the declared trajectory and the outcome that adoption should bring do not belong here, nor do other
metrics: they do not grow along an S.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, special

from okr_pipeline.cascade.wording import counted

Floats = NDArray[np.float64]

FEWEST_VALUES_COUNT = 4  # one more than the curve has unknowns

# Shares live on nodes evenly spaced in arcsin(sqrt(share)), where chance spreads them about equally everywhere.
_CURVE_ANGLES = np.linspace(np.arcsin(np.sqrt(0.0005)), np.arcsin(np.sqrt(0.9995)), 101)
_CURVE_SHARES = np.sin(_CURVE_ANGLES) ** 2
_ANGLES = np.linspace(0.0, np.pi / 2, 201)
_FLOOR_STEP_RATIO = 0.01  # a third of the least week-to-week spread; series with one floor share their curves
_MOST_PEOPLE_COUNT = 1e6  # beyond, overdispersion alone is what spreads a share
_LEVELS_PER_DOUBLING = 8
_MOST_MIDPOINT_STEPS = 140  # two years of weeks; a due week typed wrong must not fill the memory
_SERIES_AT_ONCE = 128
_TAIL = 0.1


@dataclass(frozen=True)
class AdoptionPrior:
    """What is held possible before the first week: every point of a grid is as likely as any other.

    Ceilings and midpoints are spaced evenly, growth rates by equal factors: twice as fast is as far as half as fast.

    Attributes:
        ceiling_ratio: lowest and highest share that adoption levels off at; it never levels off below the floor.
        growth_per_week: lowest and highest growth rate of the logistic curve, above 0.
        midpoint_weeks: first and last week in which half of the growth may be reached; None is the due week, so
            that a longer cycle may turn later.
        overdispersion_ratio: correlation among the people of one week, the extra noise of the beta-binomial.
        ceilings_count: points of the grid for the ceiling.
        growths_count: points for the growth rate.
        midpoint_step_weeks: largest distance between two midpoints.
    """

    ceiling_ratio: tuple[float, float] = (0.2, 1.0)
    growth_per_week: tuple[float, float] = (0.15, 1.5)
    midpoint_weeks: tuple[float, float | None] = (1.0, None)
    overdispersion_ratio: tuple[float, ...] = (0.003, 0.01, 0.03)
    ceilings_count: int = 13
    growths_count: int = 10
    midpoint_step_weeks: float = 0.75

    def curves(self, weeks: Floats, due_week: float, floor: float) -> Floats:
        """Return the share (points, weeks) of every curve of the grid: ``floor + (ceiling - floor) * logistic``.

        Thirteen weeks make 13 x 10 x 17 = 2,210 points.
        """
        first, last = self.midpoint_weeks
        last = due_week if last is None else last
        steps = min(int(np.ceil((last - first) / self.midpoint_step_weeks - 1e-9)), _MOST_MIDPOINT_STEPS)
        ceilings = np.linspace(
            max(self.ceiling_ratio[0], floor), max(self.ceiling_ratio[1], floor), self.ceilings_count
        )
        growths = np.geomspace(*self.growth_per_week, self.growths_count)
        midpoints = np.linspace(first, last, steps + 1)
        ceiling, growth, midpoint = np.meshgrid(ceilings, growths, midpoints, indexing="ij")
        grown = special.expit(growth.reshape(-1, 1) * (weeks - midpoint.reshape(-1, 1)))
        shares: Floats = floor + (ceiling.reshape(-1, 1) - floor) * grown
        return shares


@dataclass(frozen=True)
class AdoptionForecast:
    """The forecast of each series for its due week; NaN where there is none.

    Attributes:
        median: (series,) the share that is as likely to be exceeded as missed, 0-1.
        low: lower end of the 80 % interval of the share that will be observed.
        high: upper end.
        chance: probability that the observed share keeps within the target, 0-1.
        is_too_early: whether too few weeks have passed since the start.
        reasons: why there is no forecast, as a clause; empty where there is one.
    """

    median: Floats
    low: Floats
    high: Floats
    chance: Floats
    is_too_early: NDArray[np.bool_]
    reasons: tuple[str, ...]


def forecast_adoption(
    shares: Floats,
    people: Floats,
    target_low: Floats,
    target_high: Floats,
    weeks_total: Floats | int,
    prior: AdoptionPrior = AdoptionPrior(),
    first_week: int = 6,
    floor: Floats | float = 0.0,
) -> AdoptionForecast:
    """Forecast the share observed in the due week, from logistic growth (Rogers 1962; Griliches 1957).

    The posterior is taken over a grid of curves and overdispersions; a week's count of adopters is beta-binomial
    around the curve, independent of the other weeks. The forecast adds that noise for as many people as the newest
    week has. At 13 weeks this is the measured method; a longer cycle widens the prior of the midpoint with it.

    Args:
        shares: (series, weeks) weekly share, 0-1; column 0 is the first week of adoption. NaN, and whatever is no
            share, counts as a week without value.
        people: (series, weeks) people or cases behind each share; a week with fewer than one has no value.
        target_low: (series,) least share that keeps the target; ``-inf`` where only a highest one is set.
        target_high: most; ``inf`` where only a least one is set. A NaN, or a low above the high, gives no chance.
        weeks_total: the week to forecast, counted from 1, for all series or each.
        prior: what is held possible.
        first_week: weeks since the start below which every forecast is ``too early``.
        floor: share before adoption began, 0-1, for all series or each; rounded to whole percents.
    """
    shares, people = np.broadcast_arrays(np.asarray(shares, np.float64), np.asarray(people, np.float64))
    count = len(shares)
    due, floors, lowest, highest = (
        np.broadcast_to(np.asarray(given, np.float64), (count,))
        for given in (weeks_total, floor, target_low, target_high)
    )
    with np.errstate(invalid="ignore"):
        usable = (shares >= 0) & (shares <= 1) & (people >= 1)
    n = np.where(usable, np.minimum(people, _MOST_PEOPLE_COUNT), 0.0)
    adopters = np.where(usable, shares, 0.0) * n
    elapsed = np.where(usable, np.arange(1, shares.shape[1] + 1), 0).max(axis=1, initial=0)
    reasons = [
        _reason(*facts, first_week)
        for facts in zip(elapsed.tolist(), usable.sum(axis=1).tolist(), due.tolist(), floors.tolist(), strict=True)
    ]
    figures = np.full((4, count), np.nan)
    told = np.array([not reason for reason in reasons], dtype=np.bool_)
    if told.any():
        newest = n[np.arange(count), np.maximum(elapsed - 1, 0)]
        groups = np.stack((np.round(due), np.round(floors / _FLOOR_STEP_RATIO) * _FLOOR_STEP_RATIO), axis=1)
        for due_week, start in np.unique(groups[told], axis=0):
            curves = _Curves(prior, shares.shape[1], due_week, start)
            members = np.flatnonzero(told & (groups == (due_week, start)).all(axis=1))
            for part in np.array_split(members, -(-len(members) // _SERIES_AT_ONCE)):
                weights = curves.posterior(adopters[part], n[part])
                figures[:, part] = _figures(prior, weights, newest[part], lowest[part], highest[part])
    return AdoptionForecast(
        median=figures[1],
        low=figures[0],
        high=figures[2],
        chance=figures[3],
        is_too_early=(elapsed > 0) & (elapsed < first_week),
        reasons=tuple(reasons),
    )


def _reason(elapsed: int, values: int, due: float, floor: float, first_week: int) -> str:
    silences = (
        (not np.isfinite(due), "the due week is unknown"),
        (not 0 <= floor <= 1, "the share before the start is unknown"),
        (not elapsed, "no week has a value"),
        (elapsed < first_week, f"only {counted(elapsed, 'week')} since the start, a forecast takes {first_week}"),
        (elapsed >= due - 0.5, "the due week has come, nothing is left to forecast"),
        (values < FEWEST_VALUES_COUNT, f"only {counted(values, 'week')} with a value, of {FEWEST_VALUES_COUNT} needed"),
    )
    return next((reason for applies, reason in silences if applies), "")


class _Curves:
    """The grid of curves that start from one floor and are due in one week.

    A curve is held as two nodes and their weights per week, so that the likelihood of a week is worked out once
    per node (101) and not once per curve (2,210 and more).
    """

    def __init__(self, prior: AdoptionPrior, weeks: int, due_week: float, floor: float) -> None:
        self._concentrations = 1 / np.array(prior.overdispersion_ratio) - 1
        shares = prior.curves(np.append(np.arange(1.0, weeks + 1), due_week), due_week, floor)
        position = (np.arcsin(np.sqrt(shares)) - _CURVE_ANGLES[0]) / (_CURVE_ANGLES[1] - _CURVE_ANGLES[0])
        position = np.clip(position, 0, len(_CURVE_ANGLES) - 1)
        lower = np.minimum(position.astype(np.int64), len(_CURVE_ANGLES) - 2)
        nodes = np.stack((lower, lower + 1), axis=-1)
        weights = np.stack((1 - (position - lower), position - lower), axis=-1).astype(np.float32)
        self._seen = _sparse(nodes[:, :-1] + np.arange(weeks)[:, None] * len(_CURVE_ANGLES), weights[:, :-1], weeks)
        self._due = _sparse(nodes[:, -1:], weights[:, -1:], 1).T.tocsr()

    def posterior(self, adopters: Floats, people: Floats) -> Floats:
        """Return the weight (overdispersions, nodes, series) of each share in the due week; sums to 1 per series."""
        tables = self._log_likelihood(adopters, people)
        logs = np.stack([self._seen @ table for table in tables])
        weights = np.exp(logs - logs.max(axis=(0, 1)))
        at_nodes = np.stack([self._due @ weight for weight in weights]).astype(np.float64)
        normed: Floats = at_nodes / at_nodes.sum(axis=(0, 1))
        return normed

    def _log_likelihood(self, adopters: Floats, people: Floats) -> NDArray[np.float32]:
        """Return the beta-binomial log likelihood (overdispersions, weeks x nodes, series), largest 0 per week."""
        concentration = self._concentrations[:, None, None, None]
        alpha = concentration * _CURVE_SHARES[:, None]
        beta = concentration - alpha
        x, n = adopters.T[:, None, :], people.T[:, None, :]
        logs = special.gammaln(x + alpha) + special.gammaln(n - x + beta) - special.gammaln(n + concentration)
        logs -= special.gammaln(alpha) + special.gammaln(beta) - special.gammaln(concentration)
        logs -= logs.max(axis=(0, 2), keepdims=True)
        tables: NDArray[np.float32] = logs.reshape(len(logs), -1, adopters.shape[0]).astype(np.float32)
        return tables


def _sparse(columns: NDArray[np.int64], weights: NDArray[np.float32], weeks: int) -> sparse.csr_matrix:
    rows = np.arange(len(columns) + 1) * columns[0].size
    shape = (len(columns), weeks * len(_CURVE_ANGLES))
    return sparse.csr_matrix((weights.ravel(), columns.ravel(), rows), shape=shape)


def _figures(prior: AdoptionPrior, weights: Floats, people: Floats, lowest: Floats, highest: Floats) -> Floats:
    """Return low, median, high and chance (4, series) of the share observed among ``people``."""
    figures = np.empty((4, len(people)))
    levels = np.round(np.log2(people) * _LEVELS_PER_DOUBLING)
    for level in np.unique(levels):
        members = np.flatnonzero(levels == level)
        below = _observed_below(level, prior.overdispersion_ratio)
        chances = np.tensordot(weights[:, :, members], below, axes=((0, 1), (0, 1)))
        for series, curve in zip(members, chances, strict=True):
            figures[:3, series] = np.sin(np.interp((_TAIL, 0.5, 1 - _TAIL), curve, _ANGLES)) ** 2
            # A share is a whole number of people; the bound lies half a person beyond the last one that counts.
            n = np.round(people[series])
            least = (np.ceil(n * lowest[series] - 1e-9) - 0.5) / n
            most = (np.floor(n * highest[series] + 1e-9) + 0.5) / n
            ends = np.arcsin(np.sqrt(np.clip((least, most), 0, 1)))
            figures[3, series] = np.maximum(np.diff(np.interp(ends, _ANGLES, curve))[0], 0.0)
    figures[3, ~(lowest <= highest)] = np.nan
    return figures


@lru_cache(maxsize=128)
def _observed_below(level: float, overdispersions: tuple[float, ...]) -> Floats:
    """Return P(observed share <= angle) as (overdispersions, nodes, angles), by a beta of the same two moments."""
    people = max(2 ** (level / _LEVELS_PER_DOUBLING), 1.1)
    variance = 1 / people + np.array(overdispersions)[:, None, None] * (1 - 1 / people)
    alpha = (1 / variance - 1) * _CURVE_SHARES[:, None]
    table: Floats = special.betainc(alpha, 1 / variance - 1 - alpha, np.sin(_ANGLES) ** 2)
    return table
