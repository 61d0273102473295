"""How well the share in the due week is forecast: logistic adoption with known truth.

The published figures do not say whether an error is that of the curve or of the share observed around it. Both are
measured, and both stand beside the published one; the interval and the chance promise the observed share.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.methods.table import MethodRow
from okr_pipeline.analysis.adoption_curve import AdoptionForecast, AdoptionPrior, Floats, forecast_adoption

METHOD = "forecast"
WEEKS = 13
LONG_WEEKS = 27
TARGET = 0.6
PEOPLE = (40, 80, 200)
OVERDISPERSION = (0.003, 0.01, 0.03)
PUBLISHED_RUNS = 400
# week seen: mean absolute error, coverage of the 80 % interval, Brier score
PUBLISHED = {4: (0.19, 0.83, 0.26), 6: (0.15, 0.86, 0.22), 8: (0.11, 0.87, 0.16)}
PUBLISHED_WIDE = {4: (0.23, None, 0.30), 6: (0.17, None, 0.23), 8: (0.12, None, 0.17)}
PRIORS = (
    ("midpoint 1-13", AdoptionPrior(), PUBLISHED),
    ("midpoint 0-18", AdoptionPrior(midpoint_weeks=(0.0, 18.0)), PUBLISHED_WIDE),
)


@dataclass(frozen=True)
class Adoption:
    """Simulated teams: shares and people (runs, weeks); floor and true share in the last week (runs,)."""

    shares: Floats
    people: Floats
    floor: Floats
    truth: Floats


def rows(runs: int) -> list[MethodRow]:
    """Return error, coverage, Brier score and calibration as published, then for a cycle as long as ours."""
    teams = simulated(runs, WEEKS, np.random.default_rng(31))
    found = [
        row
        for name, prior, published in PRIORS
        for week, figures in published.items()
        for row in _scores(f"week {week} of {WEEKS}, {name}", teams, week, prior, figures)
    ]
    teams = simulated(runs, LONG_WEEKS, np.random.default_rng(32), highest_floor=0.4, people=(*PEOPLE, 5000))
    for week in (6, 8, 13, 20):
        case = f"week {week} of {LONG_WEEKS}, floor 0-.4"
        found += _scores(case, teams, week, AdoptionPrior(), (None, None, None))
    return found


def simulated(
    runs: int, weeks: int, rng: np.random.Generator, highest_floor: float = 0.0, people: tuple[int, ...] = PEOPLE
) -> Adoption:
    """Return teams that adopt; in a longer cycle the midpoint comes later in proportion."""
    floor = rng.uniform(0, highest_floor, (runs, 1))
    ceiling = np.maximum(rng.uniform(0.35, 0.95, (runs, 1)), floor)
    growth, midpoint = rng.uniform(0.3, 0.9, (runs, 1)), rng.uniform(3, 10, (runs, 1)) * weeks / WEEKS
    concentration = 1 / rng.choice(OVERDISPERSION, (runs, 1)) - 1
    users = rng.choice(people, (runs, 1)).repeat(weeks, axis=1)
    truth = floor + (ceiling - floor) / (1 + np.exp(-growth * (np.arange(1, weeks + 1) - midpoint)))
    drawn = rng.binomial(users, rng.beta(truth * concentration, (1 - truth) * concentration))
    return Adoption(drawn / users, users.astype(np.float64), floor[:, 0], truth[:, -1])


def _scores(
    case: str, teams: Adoption, week: int, prior: AdoptionPrior, published: tuple[float | None, ...]
) -> Iterator[MethodRow]:
    runs, weeks = teams.shares.shape
    final, n = teams.shares[:, -1], teams.people[:, -1]
    seen, people = teams.shares[:, :week], teams.people[:, :week]
    unbounded = np.full(runs, np.inf)

    def forecast(low: Floats, high: Floats) -> AdoptionForecast:
        return forecast_adoption(seen, people, low, high, weeks, prior, first_week=4, floor=teams.floor)

    def average(rate: str, published_figure: float | None, each: Floats) -> MethodRow:
        mean, spread = float(each.mean()), float(each.std())
        return MethodRow(METHOD, case, rate, published_figure, mean, runs, "lower", PUBLISHED_RUNS, spread)

    told = forecast(np.full(runs, TARGET), unbounded)
    error, coverage, brier = published
    yield average("error, observed share", error, np.abs(told.median - final))
    yield average("error, true share", error, np.abs(told.median - teams.truth))
    covered = float(((final >= told.low) & (final <= told.high)).mean())
    yield MethodRow(METHOD, case, "coverage of 80 %", coverage, covered, runs, "near", PUBLISHED_RUNS)
    yield average("Brier, observed share", brier, (told.chance - (final >= TARGET - 1e-9)) ** 2)
    yield average("Brier, true share", brier, (told.chance - (teams.truth >= TARGET)) ** 2)
    # Shares are whole numbers of people: the transform is taken halfway up the step of the observed one.
    up_to, before = forecast(-unbounded, final).chance, forecast(-unbounded, final - 1 / n).chance
    transform = np.sort((up_to + before) / 2)
    distance = float(np.abs(transform - (np.arange(runs) + 0.5) / runs).max())
    yield MethodRow(METHOD, case, "PIT from uniform", None, distance, runs, "lower", spread=0.5)
