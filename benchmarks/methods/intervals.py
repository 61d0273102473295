"""How often the 95 % intervals of a value hold the truth: Wilson, t and Garwood, on cases with a known truth.

Published is the nominal coverage, which is no simulation and has no noise of its own. Wilson's interval is right on
average over the shares and not at each: near 0 and 1 the coverage jumps from one number of cases to the next. Garwood's
exact interval covers more than it says at small counts, never less. Totals go through the window's own estimate of the
overdispersion; what the interval would cover without it stands below. Intervals from the week-to-week spread are not
measured.
"""

from collections.abc import Iterator
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.methods.table import MethodRow
from okr_pipeline.cascade.intervals import garwood, student, wilson
from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.weekly import Axis, WeeklySums
from okr_pipeline.cascade.windows import statistics

Floats = NDArray[np.float64]

METHOD = "intervals"
NOMINAL = 0.95
NOMINAL_RUNS = 10**12
"""The nominal coverage is exact: as if simulated for ever."""
HISTORY_WEEKS, WINDOW_WEEKS = 26, 4
TOTALS_MAX_RUNS = 4000
"""Totals are measured one history at a time."""
_TOTAL = Metric(
    *("events_count", "count", "quality", "down", "total", "head of measuring", "weekly", "Events a week."),
    *(None, False, "measuring", ()),
)


def rows(runs: int) -> list[MethodRow]:
    """Re-measure section 6 with ``runs`` values a cell; totals with at most 4,000."""
    random = np.random.default_rng(19270601)
    totals = min(runs, TOTALS_MAX_RUNS)
    return [*_proportions(runs, random), *_means(runs, random), *_totals(totals, random)]


def _proportions(runs: int, random: np.random.Generator) -> Iterator[MethodRow]:
    for cases in (10, 30, 200, 1000):
        for case, share in (
            ("share U(.02, .98)", random.uniform(0.02, 0.98, runs)),
            ("share .05", np.full(runs, 0.05)),
        ):
            n = np.full(runs, float(cases))
            low, high = wilson(random.binomial(cases, share) / n, n)
            aim = NOMINAL if case.startswith("share U") else None
            yield _coverage("Wilson", f"{cases} cases, {case}", aim, (low <= share) & (share <= high))


def _means(runs: int, random: np.random.Generator) -> Iterator[MethodRow]:
    for cases in (5, 30, 200):
        for case, sd in (("normal", None), ("lognormal, sd of log 1", 1.0)):
            shape = (runs, cases)
            drawn = random.normal(300, 60, shape) if sd is None else random.lognormal(5, sd, shape)
            truth = 300.0 if sd is None else float(np.exp(5 + sd**2 / 2))
            low, high = student(drawn.sum(axis=1), (drawn**2).sum(axis=1), np.full(runs, float(cases)))
            aim = NOMINAL if sd is None else None
            yield _coverage("t", f"{cases} cases, {case}", aim, (low <= truth) & (truth <= high))


def _totals(runs: int, random: np.random.Generator) -> Iterator[MethodRow]:
    for mean in (1.0, 10.0, 100.0):
        for dispersion in (1.0, 3.0):
            weeks = _counts(mean, dispersion, runs, random)
            case = f"{mean:g} events a week, variance {dispersion:g} x mean"
            low, high = np.array([_window(history) for history in weeks]).T
            yield _coverage("Garwood", case, NOMINAL, (low <= mean) & (mean <= high), "higher")
            recent = weeks[:, -WINDOW_WEEKS:].sum(axis=1)
            low, high = garwood(recent, np.full(runs, float(WINDOW_WEEKS)), np.ones(runs))
            yield _coverage("Garwood, not widened", case, None, (low <= mean) & (mean <= high), "higher")


def _counts(mean: float, dispersion: float, runs: int, random: np.random.Generator) -> Floats:
    """Return counts (runs, weeks), Poisson or negative binomial."""
    shape = (runs, HISTORY_WEEKS)
    if dispersion == 1:
        return random.poisson(mean, shape).astype(np.float64)
    return random.negative_binomial(mean / (dispersion - 1), 1 / dispersion, shape).astype(np.float64)


def _window(counts: Floats) -> tuple[float, float]:
    """Return the interval of the last four weeks as a key result gets it."""
    size = len(counts)
    ones = np.ones(size)
    sums = WeeklySums(
        axis=Axis(date(2026, 1, 5), size),
        numerator=counts,
        denominator=ones,
        sum_squares=np.full(size, np.nan),
        sample_count=counts,
        people_count=np.zeros(size),
        rows_count=ones,
        unit_periods=ones[None, :],
        observed_until=np.full(size, np.datetime64("2026-01-05", "us")),
    )
    members = (np.arange(size) >= size - WINDOW_WEEKS)[None, :]
    seen = np.ones(size, dtype=np.bool_)
    found = statistics(_TOTAL, sums, seen, members, minimum_group=0, withheld=~seen)
    return float(found.low[0]), float(found.high[0])


def _coverage(kind: str, case: str, nominal: float | None, held: NDArray[np.bool_], better: str = "near") -> MethodRow:
    row = partial(MethodRow, METHOD, f"{kind}: {case}", "95 % interval covers", nominal, float(held.mean()), len(held))
    return row("higher" if better == "higher" else "near", NOMINAL_RUNS)
