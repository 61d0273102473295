"""Bottom-up discovery: which business metrics each team metric moves with, and which move with nothing.

Every team metric is held against every business metric at every lag of a declared grid, and the false discovery
rate is controlled over all of them at once. It finds associations and never a cause: two series that rise with the
same programme move together as well. How one pair is correlated is the matter of `wandering`; an effect that
somebody claims is tested against a comparison unit by the vanity test, which is the stronger test.

Measured with 56 weeks and 96 tests at a false discovery rate of .10 (``benchmarks/methods/discovery.py``, 400 runs):
organisations without any relation yield a discovery .00 to .12 of the time, .17 where the outcome is a random walk
and .18 with shocks of 1 % a week and a season of which barely a year was seen. A lone true -15 % at 3 % noise is found
.17 of the time, one of four .53; at 1.2 % noise .94, and .22 if there are such shocks as well. So silence says little.
Outcomes with an S-curve of another cause in the same half-year are called associated .56 of the time, rightly: they
moved together. Neighbouring lags of a slow curve cannot be told apart.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import isfinite, sqrt, tanh

import numpy as np
from numpy.typing import NDArray
from scipy import special

from okr_pipeline.analysis.false_discovery import benjamini_hochberg
from okr_pipeline.analysis.wandering import NUISANCE_COUNT, correlate
from okr_pipeline.cascade.wording import counted

Floats = NDArray[np.float64]
POWER_RATIO = 0.8


@dataclass(frozen=True, eq=False)
class Series:
    """One metric of one unit, week by week; all series of a discovery cover the same weeks.

    Attributes:
        id: name of the metric or key result.
        values: (weeks,); not finite = no value.
        cases: (weeks,) cases behind each value; a week with fewer than one, or an unknown number, has no value.
    """

    id: str
    values: Floats
    cases: Floats


@dataclass(frozen=True, slots=True)
class Association:
    """How one team metric moved with one business metric, some weeks later.

    Attributes:
        team_id, business_id: the two series.
        lag_weeks: weeks by which the business metric is read later.
        correlation: after a straight line and wandering noise are taken out, -1 to 1; NaN when not assessed.
        low, high: its 95 % interval, not widened for the number of pairs.
        weeks_count: weeks with both values.
        cases_count: mean cases a week of the thinner of the two series; NaN without such weeks.
        p_value: two-sided, of this pair and lag alone.
        is_discovered: whether it stands among all pairs and lags under the false discovery rate.
        reason: why it is not assessed; None when it is.
    """

    team_id: str
    business_id: str
    lag_weeks: int
    correlation: float
    low: float
    high: float
    weeks_count: int
    cases_count: float
    p_value: float
    is_discovered: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Unconnected:
    """Team metrics that moved with nothing, and those of which that cannot be said.

    Attributes:
        sentences: team metric -> what was looked at in vain, and what would have been seen.
        not_assessed: team metric -> why nothing is said of it.
    """

    sentences: dict[str, str]
    not_assessed: dict[str, str]


def discover(
    team: Sequence[Series],
    business: Sequence[Series],
    lags_weeks: Sequence[int] = (0, 2, 4, 8),
    false_discovery_ratio: float = 0.10,
    weeks_min_count: int = 26,
    among: Collection[tuple[str, str]] | None = None,
) -> tuple[Association, ...]:
    """Return every pair at every lag, in the order given, with what is discovered among them.

    Each lag of each pair counts as a test of its own, so picking the best lag afterwards is paid for (Benjamini and
    Hochberg 1995, JRSS B 57:289-300).

    Args:
        team: series of team metrics, e.g. adoption.
        business: series of business metrics of the same weeks. One that contains the team's own cases by definition
            should be left out: it moves with them by arithmetic.
        lags_weeks: the grid, declared before looking; 0 or more.
        false_discovery_ratio: expected share of false ones among the discovered, 0 to 1.
        weeks_min_count: weeks with both values below which a pair is not assessed.
        among: pairs (team id, business id) to compare; None for each with each. What is not looked at costs nothing.

    Raises:
        ValueError: the series differ in length, or a lag is negative.
    """
    if len({len(part) for one in (*team, *business) for part in (one.values, one.cases)}) > 1:
        raise ValueError("all series cover the same weeks")
    if any(lag < 0 for lag in lags_weeks):
        raise ValueError("a business metric is read in the same week as the team metric or later")
    grid = [
        (one, other, lag)
        for one in range(len(team))
        for other in range(len(business))
        if among is None or (team[one].id, business[other].id) in among
        for lag in lags_weeks
    ]
    if not grid:
        return ()
    ours, theirs, lags = (np.array(column) for column in zip(*grid, strict=True))
    drivers, driver_cases = _paired(team, ours, lags)
    outcomes, outcome_cases = _paired(business, theirs, np.zeros_like(lags))
    found = correlate(drivers, outcomes, weeks_min_count)
    discovered = benjamini_hochberg(found.p_value, false_discovery_ratio)
    both = np.isfinite(drivers) & np.isfinite(outcomes)
    with np.errstate(all="ignore"):
        thinner = np.minimum(*(np.where(both, cases, 0).sum(axis=1) for cases in (driver_cases, outcome_cases)))
        cases_count = thinner / found.weeks_count
    return tuple(
        Association(
            team_id=team[one].id,
            business_id=business[other].id,
            lag_weeks=lag,
            correlation=float(found.correlation[row]),
            low=float(found.low[row]),
            high=float(found.high[row]),
            weeks_count=int(found.weeks_count[row]),
            cases_count=float(cases_count[row]),
            p_value=float(found.p_value[row]),
            is_discovered=bool(discovered[row]),
            reason=_silence(float(found.p_value[row]), int(found.weeks_count[row]), weeks_min_count),
        )
        for row, (one, other, lag) in enumerate(grid)
    )


def strongest(associations: Iterable[Association]) -> tuple[Association, ...]:
    """Return the discovered association of each pair at the lag with the smallest p-value; its r flatters a little."""
    best: dict[tuple[str, str], Association] = {}
    for one in associations:
        pair = (one.team_id, one.business_id)
        if one.is_discovered and (pair not in best or one.p_value < best[pair].p_value):
            best[pair] = one
    return tuple(best.values())


def unconnected(
    team_ids: Iterable[str], associations: Sequence[Association], false_discovery_ratio: float = 0.10
) -> Unconnected:
    """Return the team metrics without a discovered association, apart from those that could not be assessed.

    Args:
        team_ids: the team metrics that were looked at.
        associations: what `discover` returned.
        false_discovery_ratio: as it was given to `discover`.
    """
    tests_count = sum(one.reason is None for one in associations)
    sentences, not_assessed = {}, {}
    for team_id in team_ids:
        own = [one for one in associations if one.team_id == team_id]
        assessed = [one for one in own if one.reason is None]
        if any(one.is_discovered for one in own):
            continue
        if not own:
            not_assessed[team_id] = "there is no business metric to hold it against"
        elif not assessed:
            not_assessed[team_id] = max(own, key=lambda one: one.weeks_count).reason or ""
        else:
            level = false_discovery_ratio / tests_count
            sentences[team_id] = _nothing_sentence(team_id, own, assessed, level)
    return Unconnected(sentences, not_assessed)


def sentence(association: Association) -> str:
    """Return an association for people; it never says that one moves the other."""
    names = f"{association.team_id} and {association.business_id}"
    if association.reason is not None:
        return f"{names} were not compared: {association.reason}."
    later = f"{counted(association.lag_weeks, 'week')} later" if association.lag_weeks else "in the same week"
    figures = (
        f"(r = {association.correlation:.2f}, 95 % interval {association.low:.2f} to {association.high:.2f}, "
        f"{later}, {counted(association.weeks_count, 'week')})"
    )
    if not association.is_discovered:
        return f"{names} did not move together more than chance explains {figures}."
    return (
        f"{association.team_id} moved with {association.business_id} {figures}. "
        "Association only: both may follow something else."
    )


def _nothing_sentence(team_id: str, own: list[Association], assessed: list[Association], level: float) -> str:
    compared = {one.business_id for one in assessed}
    missed_count = len({one.business_id for one in own} - compared)
    weeks_count = max(one.weeks_count for one in assessed)
    missed = f" {counted(missed_count, 'more metric')} could not be compared." if missed_count else ""
    return (
        f"{team_id} moved with nothing the business unit tracks ({counted(len(compared), 'metric')}, "
        f"{counted(weeks_count, 'week')}; a correlation weaker than {_detectable(weeks_count, level):.2f} "
        f"would usually not be seen).{missed}"
    )


def _detectable(weeks_count: int, level: float) -> float:
    """Return the correlation that is found with a power of 80 % at a two-sided level (Fisher's z).

    The level is that of a single discovery, and the noise is taken as known: with more discoveries it is less, with
    wandering noise more.
    """
    needed = float(-special.ndtri(level / 2) + special.ndtri(POWER_RATIO))
    return tanh(needed / sqrt(weeks_count - NUISANCE_COUNT - 2))


def _paired(series: Sequence[Series], which: NDArray[np.int64], lags: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return values and cases, one row per pair, moved on by its lag: old weeks stand beside the other's new ones."""
    values = np.stack([np.asarray(one.values, dtype=np.float64) for one in series])
    cases = np.stack([np.asarray(one.cases, dtype=np.float64) for one in series])
    week = np.arange(values.shape[1]) - lags[:, None]
    moved = np.take_along_axis(cases[which], np.maximum(week, 0), axis=1)
    known = (week >= 0) & (moved >= 1)
    return np.where(known, np.take_along_axis(values[which], np.maximum(week, 0), axis=1), np.nan), moved


def _silence(p_value: float, weeks_count: int, weeks_min_count: int) -> str | None:
    if isfinite(p_value):
        return None
    if weeks_count < weeks_min_count:
        return f"{counted(weeks_count, 'week')} with both values, {weeks_min_count} are needed"
    return "one of the two does nothing but follow a straight line"
