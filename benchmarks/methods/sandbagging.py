"""Error rates of "met with no change" and coverage of the local level, on series whose truth is known."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.methods.table import MethodRow
from okr_pipeline.analysis.local_level import forecast_level, measured_coverage
from okr_pipeline.analysis.sandbagging import within_baseline

Floats = NDArray[np.float64]

WORLDS = ("flat", "AR .4", "trend", "random walk")
BASELINES = (8, 13, 26)
HORIZON_WEEKS = 13
STRETCH_SD = 2.0
PUBLISHED_RUNS = 3000
COVERAGE_HISTORIES = (26, 52, 104)
COVERAGE_WEEKS = 4


def rows(runs: int) -> list[MethodRow]:
    """Re-measure section 2, and the interval of section 3 as far as it can be simulated.

    The targets lie -0.5 to 3 units of noise on the easy side of the baseline's mean, the value being one that is to
    fall; a stretch target lies two standard deviations of the baseline on the hard side.
    """
    random = np.random.default_rng(20260401)
    found = []
    for world in WORLDS:
        for baseline in BASELINES:
            found += _targets(world, baseline, runs, random)
    for world in WORLDS:
        for history in COVERAGE_HISTORIES:
            found += _coverage(world, history, runs, random)
    return found


def series(world: str, runs: int, weeks: int, random: np.random.Generator) -> Floats:
    """Return series (runs x weeks) with noise of unit variance."""
    noise = random.normal(size=(runs, weeks))
    if world == "AR .4":
        for week in range(1, weeks):
            noise[:, week] = 0.4 * noise[:, week - 1] + np.sqrt(1 - 0.4**2) * noise[:, week]
    elif world == "trend":
        noise += random.normal(0, 0.15, size=(runs, 1)) * np.arange(weeks)
    elif world == "random walk":
        noise += random.normal(0, 0.35, size=(runs, weeks)).cumsum(axis=1)
    return noise


def _targets(world: str, baseline: int, runs: int, random: np.random.Generator) -> list[MethodRow]:
    weeks = series(world, runs, baseline + HORIZON_WEEKS, random)
    history, last = weeks[:, :baseline], weeks[:, -1]
    targets = history.mean(axis=1) + random.uniform(-0.5, 3, size=runs)
    flagged = _flagged(history, targets)
    stretch = _flagged(history, history.mean(axis=1) - STRETCH_SD * history.std(axis=1, ddof=1))
    missed = float((last > targets)[flagged].mean())
    published, high = (0.06, None) if world in WORLDS[:2] else (0.11, 0.28)
    case = f"{world}, {baseline} weeks"
    # Behind the share of the missed stand only the flagged targets, here and in the published figure.
    behind = round(PUBLISHED_RUNS * float(flagged.mean()))
    return [
        MethodRow(
            *("sandbagging", case, "missed of flagged", published, missed, int(flagged.sum()), "lower"),
            published_runs=behind,
            published_high=high,
        ),
        MethodRow(
            *("sandbagging", case, "+2 sd target flagged", 0.0, float(stretch.mean()), runs, "lower"),
            published_runs=PUBLISHED_RUNS,
        ),
        MethodRow("sandbagging", case, "flagged", None, float(flagged.mean()), runs, "higher"),
    ]


def _flagged(history: Floats, targets: Floats) -> NDArray[np.bool_]:
    results = within_baseline(history, np.full(targets.shape, -np.inf), targets, HORIZON_WEEKS)
    return np.array([result.verdict == "flagged" for result in results])


def _coverage(world: str, history: int, runs: int, random: np.random.Generator) -> list[MethodRow]:
    """Measure the 80 % interval four weeks ahead; the aim is .80, where real series gave .71 to .78 unwidened."""
    weeks = series(world, runs, history + COVERAGE_WEEKS, random)
    low, high = forecast_level(weeks[:, :history], COVERAGE_WEEKS).interval(0.8)
    held = (low <= weeks[:, -1]) & (weeks[:, -1] <= high)
    reported = measured_coverage(weeks[:, :history], COVERAGE_WEEKS)
    case = f"{world}, {history} weeks"
    return [
        MethodRow(
            *("local level", case, "80 % interval covers", 0.71, float(held.mean()), runs, "higher"),
            published_high=0.78,
        ),
        MethodRow("local level", case, "coverage it reports", None, float(np.nanmean(reported)), runs, "near"),
    ]
