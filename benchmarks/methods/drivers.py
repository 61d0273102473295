"""Whether the parts of a change add up, and how often the cell that really moved is named.

Recognition: six segments with rates U(.3, .9) and unequal volumes (Dirichlet, 5); the rate of one drops by 15 points.
The published figures do not say whether the direction counts. Here a cell is named in the direction of the change,
so it can be right only in weeks in which the ratio fell: at 200 cases chance lets it rise in a third of them. Beside
the published figure stand those weeks, and the largest fall among the parts over all weeks; what `top_driver` names
over all weeks, rises included, stands below.
"""

from typing import Literal

import numpy as np

from benchmarks.methods.table import MethodRow
from okr_pipeline.analysis.drivers import Floats, TopDriver, decompose_ratio, top_driver

METHOD = "drivers"
PUBLISHED = {200: 0.51, 1000: 0.83, 5000: 0.99}
SEGMENTS = 6
DROP = 0.15
FEWEST_TABLES = 20_000


def rows(runs: int) -> list[MethodRow]:
    """Return the recognition of the cell that moved, and the tables whose parts miss the change."""
    rng = np.random.default_rng(51)
    found = [row for cases, published in PUBLISHED.items() for row in _recognition(runs, cases, published, rng)]
    tables = max(runs, FEWEST_TABLES)
    missed = _missed(tables, rng)
    found.append(MethodRow(METHOD, "1-11 segments, empty ones", "parts miss the change", 0.0, missed, tables, "lower"))
    return found


def _recognition(runs: int, cases: int, published: float, rng: np.random.Generator) -> list[MethodRow]:
    moved = rng.integers(SEGMENTS, size=runs)
    before = rng.uniform(0.3, 0.9, (runs, SEGMENTS))
    after = before - DROP * (np.arange(SEGMENTS) == moved[:, None])
    n0, d0, n1, d1 = _weeks(cases, before, after, rng)
    tops = _named(n0, d0, n1, d1)
    fell = n1.sum(axis=1) < n0.sum(axis=1)
    right = np.array([top.cell == cell for top, cell in zip(tops, moved, strict=True)])
    clear = np.array([top.is_clear for top in tops])
    parts = decompose_ratio(n0, d0, n1, d1)
    still = np.array([top.is_clear for top in _named(*_weeks(cases, before, before, rng))])
    largest_fall = (parts.mix + parts.rate).argmin(axis=1) == moved
    case = f"{cases} cases a week"
    return [
        _share(case, "top cell right, ratio fell", published, right[fell]),
        _share(case, "largest fall right, all weeks", published, largest_fall),
        _share(case, "right when clear, ratio fell", published, right[fell & clear]),
        _share(case, "right when clear, all weeks", None, right[clear]),
        _share(case, "top cell right, all weeks", None, right),
        _share(case, "clear, all weeks", None, clear),
        _share(case, "clear when nothing moved", None, still, better="lower"),
    ]


def _weeks(cases: int, before: Floats, after: Floats, rng: np.random.Generator) -> tuple[Floats, ...]:
    """Return numerators and denominators (runs, segments) of two weeks with these rates and one mix."""
    volume = rng.dirichlet(np.full(SEGMENTS, 5.0), len(before))
    d0, d1 = rng.multinomial(cases, volume), rng.multinomial(cases, volume)
    return tuple(sums.astype(np.float64) for sums in (rng.binomial(d0, before), d0, rng.binomial(d1, after), d1))


def _named(n0: Floats, d0: Floats, n1: Floats, d1: Floats) -> list[TopDriver]:
    return [top_driver(n0[run], d0[run], n1[run], d1[run], aggregation="proportion") for run in range(len(n0))]


def _share(
    case: str, rate: str, published: float | None, each: Floats, better: Literal["lower", "higher"] = "higher"
) -> MethodRow:
    return MethodRow(METHOD, case, rate, published, float(np.mean(each)), len(each), better)


def _missed(tables: int, rng: np.random.Generator) -> float:
    """Return the share of random tables whose parts miss the change by more than 1e-9 of the largest rate."""
    missed = 0
    for segments in range(1, 12):
        shape = (-(-tables // 11), segments)
        d0, d1 = ((rng.integers(0, 500, shape) * (rng.random(shape) > 0.2)).astype(np.float64) for _ in range(2))
        scale = 10.0 ** rng.uniform(-3, 6, (shape[0], 1))
        n0, n1 = ((d * rng.random(shape) * scale).astype(np.float64) for d in (d0, d1))
        parts = decompose_ratio(n0, d0, n1, d1)
        with np.errstate(invalid="ignore"):
            true = n1.sum(axis=1) / d1.sum(axis=1) - n0.sum(axis=1) / d0.sum(axis=1)
        gap = np.abs((parts.mix + parts.rate).sum(axis=1) - true)
        missed += int((gap > 1e-9 * scale[:, 0]).sum() + (np.isnan(gap) & np.isfinite(true)).sum())
    return missed / tables
