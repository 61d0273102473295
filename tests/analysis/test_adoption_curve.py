"""The forecast of adoption: against an exact posterior, against known ends, and silent where it must be."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special, stats

from okr_pipeline.analysis.adoption_curve import AdoptionPrior, forecast_adoption

EARLY = np.array([0.03, 0.05, 0.08, 0.14, 0.22, 0.31, 0.42, 0.52])
FLAT = np.array([0.10, 0.24, 0.33, 0.36, 0.37, 0.35, 0.36, 0.37])


def forecast(shares, people=200.0, low=0.6, high=np.inf, weeks_total=13, **rest):
    shares = np.atleast_2d(np.asarray(shares, dtype=float))
    bounds = np.full(len(shares), low), np.full(len(shares), high)
    return forecast_adoption(
        shares, np.broadcast_to(np.asarray(people, float), shares.shape), *bounds, weeks_total, **rest
    )


def exact(shares, people, weeks_total, prior, floor=0.0):
    """Every point of the grid by the textbook formula, and the beta-binomial of the due week summed up."""
    weeks = np.arange(1.0, len(shares) + 1)
    curves = prior.curves(np.append(weeks, weeks_total), weeks_total, floor)
    outcomes = np.arange(people + 1)
    weights, chances = [], []
    for overdispersion in prior.overdispersion_ratio:
        sums = 1 / overdispersion - 1
        alpha, beta = curves * sums, (1 - curves) * sums
        x = shares * people
        logs = special.betaln(x + alpha[:, :-1], people - x + beta[:, :-1])
        logs -= special.betaln(alpha[:, :-1], beta[:, :-1])
        weights.append(logs.sum(axis=1))
        chances.append(stats.betabinom.pmf(outcomes, people, alpha[:, -1:], beta[:, -1:]))
    posterior = np.exp(np.concatenate(weights) - np.max(weights))
    return outcomes / people, posterior @ np.concatenate(chances) / posterior.sum()


@pytest.mark.parametrize(("shares", "floor"), [(EARLY, 0.0), (FLAT, 0.0), (FLAT, 0.1), (EARLY[:6], 0.02)])
def test_it_agrees_with_the_exact_posterior(shares, floor):
    prior = AdoptionPrior()
    outcomes, masses = exact(shares, 100, 13, prior, floor)
    told = forecast(shares, people=100, low=0.4, high=0.7, floor=floor)
    assert_allclose(told.chance, masses[(outcomes >= 0.4) & (outcomes <= 0.7)].sum(), atol=0.02)
    below = np.cumsum(masses)
    for end, quantile in ((told.low, 0.1), (told.median, 0.5), (told.high, 0.9)):
        assert_allclose(end, np.interp(quantile, below, outcomes + 0.005), atol=0.01)


def test_thirteen_weeks_make_the_published_number_of_points():
    assert AdoptionPrior().curves(np.arange(1.0, 14), 13, 0.0).shape == (2210, 13)


def test_a_longer_cycle_may_turn_later():
    prior = AdoptionPrior(ceiling_ratio=(1.0, 1.0), ceilings_count=1, growth_per_week=(1.5, 1.5), growths_count=1)
    halfway = prior.curves(np.array([1.0, 27.0]), 27, 0.0)
    assert_allclose(halfway[[0, -1], [0, 1]], 0.5)


def test_a_curve_starts_from_the_floor_and_ends_at_the_ceiling():
    prior = AdoptionPrior(midpoint_weeks=(10.0, 10.0), growth_per_week=(1.5, 1.5), growths_count=1)
    curves = prior.curves(np.array([-20.0, 10.0, 60.0]), 13, 0.18)
    assert_allclose(curves[:, 0], 0.18, atol=1e-9)
    assert_allclose(curves[:, 2], np.linspace(0.2, 1, 13), atol=1e-9)
    assert_allclose(curves[:, 1], (curves[:, 0] + curves[:, 2]) / 2)


def test_growth_that_has_levelled_off_stays_where_it_is():
    told = forecast(FLAT)
    assert_allclose(told.median, 0.37, atol=0.03)
    assert told.chance < 0.05
    assert told.low < told.median < told.high
    assert told.reasons == ("",)


def test_growth_in_full_swing_goes_on():
    told = forecast(EARLY)
    assert told.median > 0.7
    assert told.chance > 0.8


def test_a_range_and_what_lies_outside_of_it_make_up_everything():
    within = forecast(EARLY, people=80, low=0.5, high=0.75).chance
    below = forecast(EARLY, people=80, low=-np.inf, high=0.5 - 1 / 80).chance
    above = forecast(EARLY, people=80, low=0.75 + 1 / 80, high=np.inf).chance
    assert_allclose(within + below + above, 1)
    assert_allclose(forecast(EARLY, low=-np.inf, high=np.inf).chance, 1)


def test_a_bound_on_a_whole_number_of_people_belongs_to_the_target():
    # of 10 people, at least 60 % and at least 51 % both mean six of them
    assert_array_equal(forecast(EARLY, people=10, low=0.6).chance, forecast(EARLY, people=10, low=0.51).chance)
    assert forecast(EARLY, people=10, low=0.61).chance < forecast(EARLY, people=10, low=0.6).chance


def test_fewer_people_make_a_wider_interval():
    few, many = forecast(FLAT, people=30), forecast(FLAT, people=3000)
    assert few.high - few.low > 1.5 * (many.high - many.low)


def test_a_week_without_value_is_left_out():
    holes = EARLY.copy()
    holes[[2, 4]] = np.nan
    told = forecast(holes)
    assert told.reasons == ("",)
    assert_allclose(told.median, forecast(EARLY).median, atol=0.1)
    for impossible in (np.inf, -0.1, 1.2):
        again = holes.copy()
        again[[2, 4]] = impossible
        assert_array_equal(forecast(again).median, told.median)
    nobody = np.where(np.isnan(holes), 0.0, 200.0)
    assert_array_equal(forecast(EARLY, people=nobody).median, told.median)


def test_weeks_to_come_do_not_count_as_seen():
    padded = np.concatenate((EARLY[:7], np.full(6, np.nan)))
    assert_array_equal(forecast(padded).median, forecast(EARLY[:7]).median)


def test_a_series_is_forecast_alike_alone_and_among_others():
    rng = np.random.default_rng(5)
    many = np.clip(EARLY + rng.normal(0, 0.02, (300, 8)), 0, 1)
    floors = np.where(np.arange(300) % 2, 0.0, 0.02)
    dues = np.where(np.arange(300) % 3, 13, 27)
    together = forecast(many, weeks_total=dues, floor=floors)
    for series in (0, 1, 2, 299):
        alone = forecast(many[series], weeks_total=int(dues[series]), floor=float(floors[series]))
        assert_allclose(together.median[series], alone.median[0], atol=1e-4)
        assert_allclose(together.chance[series], alone.chance[0], atol=1e-4)


def test_growth_above_a_floor_needs_the_floor_to_be_told():
    above = 0.4 + 0.5 * EARLY
    told = forecast(above, floor=0.4)
    assert told.low > 0.6
    assert told.high - told.low < 0.4


def test_before_six_weeks_it_is_too_early():
    told = forecast([EARLY[:5], EARLY[:5]])
    assert told.reasons == ("only 5 weeks since the start, a forecast takes 6",) * 2
    assert_array_equal(told.is_too_early, [True, True])
    for figures in (told.median, told.low, told.high, told.chance):
        assert np.isnan(figures).all()
    assert not forecast(EARLY[:6]).is_too_early[0]
    assert not forecast(EARLY[:5], first_week=5).is_too_early[0]


@pytest.mark.parametrize(
    ("shares", "rest", "reason"),
    [
        (np.full(8, np.nan), {}, "no week has a value"),
        (np.empty((1, 0)), {}, "no week has a value"),
        (np.where(np.arange(8) < 5, np.nan, EARLY), {}, "only 3 weeks with a value, of 4 needed"),
        (EARLY, {"weeks_total": 8}, "the due week has come, nothing is left to forecast"),
        (EARLY, {"weeks_total": np.array([np.nan])}, "the due week is unknown"),
        (EARLY, {"weeks_total": np.array([np.inf])}, "the due week is unknown"),
        (EARLY, {"floor": np.nan}, "the share before the start is unknown"),
        (EARLY, {"floor": 1.2}, "the share before the start is unknown"),
        (EARLY, {"people": np.nan}, "no week has a value"),
    ],
)
def test_it_is_silent_with_a_reason(shares, rest, reason):
    told = forecast(shares, **rest)
    assert told.reasons == (reason,)
    assert not told.is_too_early[0]
    for figures in (told.median, told.low, told.high, told.chance):
        assert np.isnan(figures).all()


@pytest.mark.parametrize(("low", "high"), [(np.nan, 1.0), (0.2, np.nan), (0.7, 0.6)])
def test_an_undecided_target_has_a_forecast_but_no_chance(low, high):
    told = forecast(EARLY, low=low, high=high)
    assert np.isnan(told.chance[0])
    assert np.isfinite(told.median[0])
    assert told.reasons == ("",)


def test_extreme_shares_and_crowds_stay_within_0_and_1():
    told = forecast([np.zeros(8), np.ones(8), FLAT], people=1e12)
    assert ((told.low >= 0) & (told.high <= 1) & (told.low <= told.median) & (told.median <= told.high)).all()
    assert told.median[0] < 0.5
    assert told.median[1] > 0.9


def test_no_series_is_no_forecast():
    told = forecast_adoption(np.empty((0, 8)), np.empty((0, 8)), np.empty(0), np.empty(0), 13)
    assert told.reasons == ()
    assert told.median.shape == (0,)


def test_four_of_five_observed_shares_fall_into_the_interval():
    rng = np.random.default_rng(9)
    ceiling, growth, midpoint = (rng.uniform(*ends, (400, 1)) for ends in ((0.35, 0.95), (0.3, 0.9), (3, 10)))
    curve = ceiling / (1 + np.exp(-growth * (np.arange(1, 14) - midpoint)))
    drawn = rng.binomial(80, rng.beta(curve * 99, (1 - curve) * 99)) / 80
    told = forecast(drawn[:, :8], people=80)
    covered = ((drawn[:, -1] >= told.low) & (drawn[:, -1] <= told.high)).mean()
    assert 0.76 <= covered <= 0.93
    assert np.abs(told.median - drawn[:, -1]).mean() < 0.15
