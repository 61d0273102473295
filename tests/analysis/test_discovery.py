"""Which business metrics a team metric moves with: known truth, silence, and sentences that claim no cause."""

from math import atanh, isnan, nan, sqrt, tanh

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import special

from okr_pipeline.analysis.discovery import Association, Series, discover, sentence, strongest, unconnected
from okr_pipeline.analysis.wandering import correlate

Floats = NDArray[np.float64]
WEEKS = 56


def series(name: str, values: Floats, cases: float = 200.0) -> Series:
    """Return a series with the same number of cases every week."""
    return Series(name, values, np.full(len(values), cases))


def noise(seed: int, count: int = 1, phi: float = 0.4) -> Floats:
    """Return AR(1) noise of unit variance, (count, weeks)."""
    shocks = np.random.default_rng(seed).normal(0, sqrt(1 - phi**2), (count, WEEKS))
    for week in range(1, WEEKS):
        shocks[:, week] += phi * shocks[:, week - 1]
    return shocks


def adoption(midpoint: float = 38.0) -> Floats:
    """Return an S-curve to .7 that starts in the middle."""
    week = np.arange(WEEKS)
    return np.where(week < WEEKS // 2, 0.0, 0.7 / (1 + np.exp(-0.5 * (week - midpoint))))


def later(values: Floats, weeks: int) -> Floats:
    """Return a series that follows ``weeks`` later."""
    return np.concatenate([np.zeros(weeks), values[: len(values) - weeks]])


def handle_time(effect: float, lag: int, seed: int) -> Floats:
    """Return 300 seconds with 1.2 % noise that fall by ``effect`` as adoption comes to .7."""
    return 300 * np.exp(-effect * later(adoption(), lag) / 0.7 + 0.012 * noise(seed)[0])


def association(**changes: object) -> Association:
    """Return a discovered association with some facts changed."""
    facts: dict[str, object] = {
        "team_id": "billing_assisted_share",
        "business_id": "average_handle_time",
        "lag_weeks": 4,
        "correlation": -0.62,
        "low": -0.78,
        "high": -0.38,
        "weeks_count": 44,
        "cases_count": 200.0,
        "p_value": 0.0001,
        "is_discovered": True,
    }
    return Association(**{**facts, **changes})  # type: ignore[arg-type]


def test_a_metric_that_follows_adoption_is_found_with_its_sign_and_the_others_are_not() -> None:
    team = [series("assisted_share", adoption() + 0.02 * noise(1)[0])]
    business = [
        series("handle_time", handle_time(0.25, lag=4, seed=2)),
        series("unrelated", 300 * np.exp(0.012 * noise(3)[0])),
    ]
    found = discover(team, business)
    best = strongest(found)
    assert [(one.team_id, one.business_id) for one in best] == [("assisted_share", "handle_time")]
    assert next(one for one in found if one.lag_weeks == 4).is_discovered
    assert best[0].lag_weeks in (2, 4)  # a slow curve cannot tell neighbouring lags apart
    assert best[0].correlation < 0
    assert best[0].low < best[0].correlation < best[0].high < 0


def test_two_unrelated_trends_are_no_discovery() -> None:
    week = np.arange(WEEKS)
    pairs = [
        discover([series("up", 0.1 * week + noise(seed)[0])], [series("down", -0.2 * week + noise(seed + 500)[0])])
        for seed in range(40)
    ]
    plain = [np.corrcoef(0.1 * week + noise(seed)[0], -0.2 * week + noise(seed + 500)[0])[0, 1] for seed in range(40)]
    assert max(plain) < -0.6  # a plain correlation calls every one of them strong
    assert sum(any(one.is_discovered for one in found) for found in pairs) <= 8  # 4 expected at .10


def test_unrelated_wandering_outcomes_of_adoption_are_seldom_a_discovery() -> None:
    rng = np.random.default_rng(7)
    outcomes = np.cumsum(0.35 * rng.normal(size=(120, WEEKS)), axis=1) + rng.normal(size=(120, WEEKS))
    found = [discover([series("adoption", adoption())], [series("outcome", one)]) for one in outcomes]
    detrended = [np.corrcoef(_off_line(adoption()), _off_line(one))[0, 1] for one in outcomes]
    assert np.mean(np.abs(detrended) > 0.264) > 0.5  # a plain test of what is left of the line finds most of them
    assert np.mean([any(one.is_discovered for one in pair) for pair in found]) <= 0.2


def _off_line(values: Floats) -> Floats:
    week = np.arange(len(values))
    return values - np.polyval(np.polyfit(week, values, 1), week)


def test_every_pair_and_lag_counts_as_a_test_so_more_of_them_find_less() -> None:
    adopted = adoption() + 0.02 * noise(1)[0]
    outcome = series("outcome", 300 * np.exp(-0.10 * later(adoption(), 4) / 0.7 + 0.03 * noise(21)[0]))
    alone = discover([series("adoption", adopted)], [outcome], lags_weeks=(4,))
    crowd = [series(f"other_{number}", values) for number, values in enumerate(noise(5, 30))]
    among = discover([series("adoption", adopted)], [outcome, *crowd], lags_weeks=(0, 2, 4, 8))
    same = next(one for one in among if (one.business_id, one.lag_weeks) == ("outcome", 4))
    assert len(among) == 31 * 4
    assert same.p_value == pytest.approx(alone[0].p_value)
    assert alone[0].is_discovered
    assert not same.is_discovered


def test_only_the_pairs_among_those_named_are_compared() -> None:
    teams = [series(name, values) for name, values in zip("ab", noise(1, 2), strict=True)]
    business = [series(name, values) for name, values in zip("xy", noise(2, 2), strict=True)]
    found = discover(teams, business, lags_weeks=(0, 4), among={("b", "x"), ("a", "y"), ("a", "nobody")})
    assert [(one.team_id, one.business_id, one.lag_weeks) for one in found] == [
        ("a", "y", 0), ("a", "y", 4), ("b", "x", 0), ("b", "x", 4)
    ]  # fmt: skip
    everything = {(one.team_id, one.business_id, one.lag_weeks): one for one in discover(teams, business, (0, 4))}
    for one in found:
        same = everything[one.team_id, one.business_id, one.lag_weeks]
        assert (one.correlation, one.p_value, one.weeks_count) == (same.correlation, same.p_value, same.weeks_count)


def test_what_is_not_looked_at_costs_nothing() -> None:
    adopted = series("adoption", adoption() + 0.02 * noise(1)[0])
    outcome = series("outcome", 300 * np.exp(-0.10 * later(adoption(), 4) / 0.7 + 0.03 * noise(21)[0]))
    crowd = [series(f"other_{number}", values) for number, values in enumerate(noise(5, 30))]
    everything = discover([adopted], [outcome, *crowd], lags_weeks=(4,))
    among = discover([adopted], [outcome, *crowd], lags_weeks=(4,), among={("adoption", "outcome")})
    assert among == discover([adopted], [outcome], lags_weeks=(4,))
    assert len(everything) == 31
    assert among[0].is_discovered


def test_no_pair_among_those_named_is_no_comparison() -> None:
    one = series("a", noise(1)[0])
    assert discover([one], [one], among=set()) == ()
    assert discover([one], [one], among={("a", "b")}) == ()


def test_pairs_come_in_the_order_of_teams_then_business_metrics_then_lags() -> None:
    teams = [series(name, values) for name, values in zip("ab", noise(1, 2), strict=True)]
    business = [series(name, values) for name, values in zip("xy", noise(2, 2), strict=True)]
    found = discover(teams, business, lags_weeks=(0, 8))
    assert [(one.team_id, one.business_id, one.lag_weeks, one.weeks_count) for one in found] == [
        (team, other, lag, WEEKS - lag) for team in "ab" for other in "xy" for lag in (0, 8)
    ]


def test_a_pair_with_too_few_weeks_says_so_and_counts_in_no_family() -> None:
    short = noise(1)[0].copy()
    short[:-25] = nan
    found = discover([series("new_tool", short)], [series("outcome", noise(2)[0])], lags_weeks=(0,))
    assert (found[0].weeks_count, found[0].is_discovered) == (25, False)
    assert isnan(found[0].correlation)
    assert isnan(found[0].p_value)
    assert found[0].reason == "25 weeks with both values, 26 are needed"


@pytest.mark.parametrize("missing", [nan, np.inf, -np.inf])
def test_a_value_that_is_no_number_is_no_value(missing: float) -> None:
    gappy, holes = noise(1)[0].copy(), slice(10, 16)
    gappy[holes] = missing
    found = discover([series("team", gappy)], [series("outcome", noise(2)[0])], lags_weeks=(0,))
    assert found[0].weeks_count == WEEKS - 6
    assert np.isfinite(found[0].p_value)


@pytest.mark.parametrize("cases", [0.0, nan])
def test_a_week_without_cases_or_with_an_unknown_number_has_no_value(cases: float) -> None:
    counts = np.full(WEEKS, 50.0)
    counts[:20] = cases
    found = discover([Series("team", noise(1)[0], counts)], [series("outcome", noise(2)[0])], lags_weeks=(0,))
    assert (found[0].weeks_count, found[0].cases_count) == (WEEKS - 20, 50.0)


def test_the_cases_shown_are_those_of_the_thinner_series() -> None:
    found = discover([series("team", noise(1)[0], 12)], [series("outcome", noise(2)[0], 900)], lags_weeks=(0, 4))
    assert [one.cases_count for one in found] == [12, 12]


@pytest.mark.parametrize(
    "values", [np.full(WEEKS, 0.42), np.linspace(1, 9, WEEKS), np.zeros(WEEKS)], ids=["constant", "line", "zero"]
)
def test_a_metric_that_does_nothing_but_follow_a_line_is_not_assessed(values: Floats) -> None:
    for found in (
        discover([series("team", values)], [series("outcome", noise(2)[0])], lags_weeks=(0,)),
        discover([series("team", noise(2)[0])], [series("outcome", values)], lags_weeks=(0,)),
    ):
        assert (found[0].is_discovered, found[0].reason) == (
            False,
            "one of the two does nothing but follow a straight line",
        )


def test_a_lag_longer_than_the_series_leaves_no_week() -> None:
    found = discover([series("team", noise(1)[0])], [series("outcome", noise(2)[0])], lags_weeks=(WEEKS + 3,))
    assert (found[0].weeks_count, found[0].reason) == (0, "0 weeks with both values, 26 are needed")
    assert isnan(found[0].cases_count)


def test_without_series_there_is_nothing_to_find() -> None:
    assert discover([], [series("outcome", noise(2)[0])]) == ()
    assert discover([series("team", noise(1)[0])], []) == ()


def test_series_of_different_weeks_and_negative_lags_are_refused() -> None:
    with pytest.raises(ValueError, match="all series cover the same weeks"):
        discover([series("team", np.ones(30))], [series("outcome", np.ones(31))])
    with pytest.raises(ValueError, match="in the same week as the team metric or later"):
        discover([series("team", np.ones(30))], [series("outcome", np.ones(30))], lags_weeks=(-1,))


def test_a_constant_lag_of_the_same_noise_is_found_at_that_lag() -> None:
    source = noise(4)[0]
    found = discover([series("team", source)], [series("echo", later(source, 2) + 0.3 * noise(5)[0])])
    assert strongest(found)[0].lag_weeks == 2


SCALE = st.floats(0.01, 1000)
SHIFT = st.floats(-1000, 1000)


@settings(max_examples=30, deadline=None)
@given(scale=SCALE, shift=SHIFT, slope=st.floats(-5, 5), seed=st.integers(0, 50))
def test_unit_level_and_straight_line_of_a_series_change_nothing(
    scale: float, shift: float, slope: float, seed: int
) -> None:
    one, other = noise(seed), noise(seed + 100)
    plain = correlate(one, other)
    moved = correlate(one, scale * (other + shift + slope * np.arange(WEEKS)))
    assert moved.correlation == pytest.approx(plain.correlation, abs=1e-6)
    assert moved.p_value == pytest.approx(plain.p_value, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 200), holes=st.sets(st.integers(0, WEEKS - 1), max_size=20))
def test_turning_a_series_around_turns_the_correlation_around(seed: int, holes: set[int]) -> None:
    one, other = noise(seed), noise(seed + 300)
    one[:, list(holes)] = nan
    plain, turned = correlate(one, other), correlate(one, -other)
    assert turned.correlation == pytest.approx(-plain.correlation)
    assert turned.low == pytest.approx(-plain.high)
    assert turned.p_value == pytest.approx(plain.p_value)
    assert -1 <= plain.low[0] <= plain.correlation[0] <= plain.high[0] <= 1
    assert 0 <= plain.p_value[0] <= 1


def test_rows_are_judged_one_by_one_whatever_stands_beside_them() -> None:
    one, other = noise(1, 5), noise(2, 5)
    one[2, 5:9] = nan
    other[3, 30:] = nan
    together = correlate(one, other)
    for row in range(5):
        alone = correlate(one[row : row + 1], other[row : row + 1])
        assert together.p_value[row] == pytest.approx(alone.p_value[0])


def test_team_metrics_with_no_discovery_are_told_with_what_would_have_been_seen() -> None:
    found = [
        association(team_id="alone", business_id=name, lag_weeks=0, is_discovered=False, p_value=0.4) for name in "xy"
    ]
    told = unconnected(["alone"], found)
    needed = -special.ndtri(0.10 / 2 / 2) + special.ndtri(0.8)  # two tests
    detectable = tanh(needed / sqrt(44 - 4))
    assert told.sentences == {
        "alone": "alone moved with nothing the business unit tracks (2 metrics, 44 weeks; "
        f"a correlation weaker than {detectable:.2f} would usually not be seen)."
    }
    assert atanh(detectable) == pytest.approx(0.443, abs=1e-3)
    assert told.not_assessed == {}


def test_one_discovery_connects_and_a_metric_that_was_never_assessed_is_not_called_unconnected() -> None:
    silent = association(team_id="new", weeks_count=9, is_discovered=False, p_value=nan, reason="9 weeks")
    told = unconnected(["billing_assisted_share", "new", "lonely"], [association(), silent])
    assert told.sentences == {}
    assert told.not_assessed == {"new": "9 weeks", "lonely": "there is no business metric to hold it against"}


def test_an_unconnected_metric_says_how_many_could_not_be_compared() -> None:
    found = [
        association(team_id="a", business_id="x", is_discovered=False, p_value=0.5),
        association(team_id="a", business_id="y", is_discovered=False, p_value=nan, reason="9 weeks"),
    ]
    assert (
        unconnected(["a"], found)
        .sentences["a"]
        .endswith("would usually not be seen). 1 more metric could not be compared.")
    )


def test_only_the_discovered_lag_with_the_smallest_p_value_speaks_for_a_pair() -> None:
    found = [
        association(lag_weeks=0, p_value=0.002),
        association(lag_weeks=2, p_value=0.001),
        association(lag_weeks=4, p_value=0.0001, is_discovered=False),
    ]
    assert [one.lag_weeks for one in strongest(found)] == [2]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {},
            "billing_assisted_share moved with average_handle_time (r = -0.62, 95 % interval -0.78 to -0.38, "
            "4 weeks later, 44 weeks). Association only: both may follow something else.",
        ),
        (
            {"lag_weeks": 0},
            "billing_assisted_share moved with average_handle_time (r = -0.62, 95 % interval -0.78 to -0.38, "
            "in the same week, 44 weeks). Association only: both may follow something else.",
        ),
        (
            {"lag_weeks": 1, "is_discovered": False},
            "billing_assisted_share and average_handle_time did not move together more than chance explains "
            "(r = -0.62, 95 % interval -0.78 to -0.38, 1 week later, 44 weeks).",
        ),
        (
            {"reason": "9 weeks with both values, 26 are needed", "is_discovered": False},
            "billing_assisted_share and average_handle_time were not compared: "
            "9 weeks with both values, 26 are needed.",
        ),
    ],
)
def test_a_sentence_says_what_moved_with_what_and_claims_no_cause(changes: dict[str, object], expected: str) -> None:
    assert sentence(association(**changes)) == expected
