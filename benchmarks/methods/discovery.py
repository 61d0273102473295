"""Error rates of bottom-up discovery: how often unrelated series are called associated, and what is found.

A run is one organisation: six team metrics, four business metrics, four lags, 56 weeks with the adoption starting in
the middle. Noise and effect are those of the vanity test (-15 % at 3 % AR(1) noise, phi .4), without its comparison
unit. All false rates are of organisations in which nothing is related, so any discovery is false.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from benchmarks.methods.table import MethodRow
from okr_pipeline.analysis.discovery import Association, Series, discover

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], Floats]

WEEKS = 56
TEAM_COUNT, BUSINESS_COUNT = 6, 4
LAG_WEEKS = 4
METHOD = "discovery"


def rows(runs: int) -> list[MethodRow]:
    """Return false discovery rates and power; ``runs`` organisations a cell, at a false discovery rate of .10."""
    return [*_false_rows(runs), *_power_rows(runs)]


def _false_rows(runs: int) -> Iterator[MethodRow]:
    cells: list[tuple[str, Draw, Draw]] = [
        ("AR .4 and AR .4", _plain, _plain),
        ("trends with AR .4, both", _trending, _trending),
        ("random walks, both", _walk, _walk),
        ("S-curves, AR .4", _adoption, _plain),
        ("S-curves, trends", _adoption, _trending),
        ("S-curves, random walks", _adoption, _walk),
        ("S-curves, walk .35 plus noise", _adoption, _local_level),
        ("S-curves, walk 1 % and season 3 %", _adoption, _shocks),
    ]
    for number, (case, team, business) in enumerate(cells):
        rng = np.random.default_rng((20261123, number))
        false = [any(one.is_discovered for one in _discovered(team(rng, 6), business(rng, 4))) for _ in range(runs)]
        yield MethodRow(METHOD, f"nothing related: {case}", "any discovery", None, float(np.mean(false)), runs, "lower")


def _power_rows(runs: int) -> Iterator[MethodRow]:
    cells = [
        (linked, effect, noise, business, name)
        for business, name in ((_noisy, "AR .4 noise"), (_shocked, "noise, walk and season"))
        for linked, effect, noise in ((1, 0.15, 0.03), (4, 0.15, 0.03), (4, 0.30, 0.03), (4, 0.15, 0.012))
    ]
    for number, (linked, effect, noise, business, name) in enumerate(cells):
        rng = np.random.default_rng((20261124, number))
        shares = [_found_share(rng, linked, effect, business(rng, noise)) for _ in range(runs)]
        case = f"{linked} of 24 pairs, -{effect:.0%} at {noise:.1%} {name}"
        yield MethodRow(METHOD, case, "true pair found", None, float(np.mean(shares)), runs, "higher")
    rng = np.random.default_rng((20261125, 0))
    together = [
        len({one.business_id for one in _discovered(_adoption(rng, 1), _own_curves(rng)) if one.is_discovered}) / 4
        for _ in range(runs)
    ]
    case = "S-curves of other causes in the same half-year"
    yield MethodRow(METHOD, case, "pair called associated", None, float(np.mean(together)), runs, "lower")


def _found_share(rng: np.random.Generator, linked: int, effect: float, business: Floats) -> float:
    """Return the share of the linked pairs that are found, at any lag; pair i is team i and business i."""
    team = _plain(rng, TEAM_COUNT)
    curves = _curves(rng, linked)
    team[:linked] = np.clip(curves + rng.normal(0, 0.02, curves.shape), 0, 1)
    later = np.pad(curves, ((0, 0), (LAG_WEEKS, 0)))[:, :WEEKS]
    business[:linked] -= effect * later / 0.7
    found = {(one.team_id, one.business_id) for one in _discovered(team, np.exp(business)) if one.is_discovered}
    return sum((f"team {pair}", f"business {pair}") in found for pair in range(linked)) / linked


def _discovered(team: Floats, business: Floats) -> tuple[Association, ...]:
    cases = np.full(WEEKS, 200.0)
    ours = [Series(f"team {number}", values, cases) for number, values in enumerate(team)]
    theirs = [Series(f"business {number}", values, cases) for number, values in enumerate(business)]
    return discover(ours, theirs)


def _plain(rng: np.random.Generator, count: int) -> Floats:
    noise: Floats = rng.normal(size=(count, WEEKS)) * np.sqrt(1 - 0.4**2)
    noise[:, 0] /= np.sqrt(1 - 0.4**2)
    for week in range(1, WEEKS):
        noise[:, week] += 0.4 * noise[:, week - 1]
    return noise


def _trending(rng: np.random.Generator, count: int) -> Floats:
    return rng.normal(0, 0.15, (count, 1)) * np.arange(WEEKS) + _plain(rng, count)


def _walk(rng: np.random.Generator, count: int) -> Floats:
    walks: Floats = np.cumsum(rng.normal(size=(count, WEEKS)), axis=1)
    return walks


def _local_level(rng: np.random.Generator, count: int) -> Floats:
    return 0.35 * _walk(rng, count) + rng.normal(size=(count, WEEKS))


def _noisy(rng: np.random.Generator, noise: float) -> Floats:
    return noise * _plain(rng, BUSINESS_COUNT)


def _shocked(rng: np.random.Generator, noise: float) -> Floats:
    season = 0.03 * np.sin(2 * np.pi * (np.arange(WEEKS) / 52 + rng.uniform(size=(BUSINESS_COUNT, 1))))
    return 0.01 * _walk(rng, BUSINESS_COUNT) + season + _noisy(rng, noise)


def _shocks(rng: np.random.Generator, count: int) -> Floats:
    return _shocked(rng, 0.03)[:count]


def _curves(rng: np.random.Generator, count: int) -> Floats:
    """Return logistic adoption to .7 from the middle on, its midpoint and rate around those of the vanity test."""
    after = WEEKS // 2
    midpoint = after * rng.uniform(0.2, 0.6, (count, 1))
    rate = 10.8 / after * rng.uniform(0.7, 1.5, (count, 1))
    week = np.arange(WEEKS) - after
    return np.where(week < 0, 0.0, 0.7 / (1 + np.exp(-rate * (week - midpoint))))


def _adoption(rng: np.random.Generator, count: int) -> Floats:
    return np.clip(_curves(rng, count) + rng.normal(0, 0.02, (count, WEEKS)), 0, 1)


def _own_curves(rng: np.random.Generator) -> Floats:
    return _noisy(rng, 0.03) - 0.15 * _curves(rng, BUSINESS_COUNT) / 0.7
