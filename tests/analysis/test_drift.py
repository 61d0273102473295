"""The drift chart by hand, its verdict over many series, its false alarms, and its silence."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from okr_pipeline.analysis.drift import DriftResult, Way, ewma_alarms, judge_drift, xmr_limits
from okr_pipeline.analysis.ewma import EwmaChart, p_values

ALTERNATING = [9.0, 11.0] * 4  # mean 10; the negative autocorrelation counts as none


def autocorrelated(runs: int, weeks: int, phi: float, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(size=(runs, weeks))
    for week in range(1, weeks):
        noise[:, week] = phi * noise[:, week - 1] + np.sqrt(1 - phi**2) * noise[:, week]
    return noise


def one(baseline: list[float], recent: list[float]) -> DriftResult:
    return judge_drift(np.array([baseline]), np.array([recent]))[0]


def test_the_statistic_of_the_first_two_weeks_by_hand() -> None:
    chart = EwmaChart(np.array([ALTERNATING]), np.array([[12.0, 13.0]]), 8)
    sd = np.sqrt(8 / 7)
    first = 0.3 * 2 / sd
    second = 0.3 * 3 / sd + 0.7 * first
    # Variance of the EWMA, and the error of the mean of eight weeks, which every week shares.
    errors = np.sqrt([0.3**2 + 0.3**2 / 8, 0.3**2 + 0.21**2 + 0.51**2 / 8])
    assert chart.statistics[0] == pytest.approx(np.array([first, second]) / errors)


def test_the_limit_is_the_t_quantile_of_the_tail_beyond_two_point_seven_sigma() -> None:
    limit = special.stdtrit(7, special.ndtr(2.7))
    week = np.sqrt(8 / 7) * np.sqrt(1 + 1 / 8) * limit  # the first week's statistic is its distance in these units
    baseline = np.array([ALTERNATING])
    assert ewma_alarms(baseline, np.array([[10 + week * 1.001]])).tolist() == [[True]]
    assert ewma_alarms(baseline, np.array([[10 + week * 0.999]])).tolist() == [[False]]
    assert ewma_alarms(baseline, np.array([[10 - week * 1.001]])).tolist() == [[True]]


def test_a_level_that_left_its_baseline_is_drifting_from_its_first_alarm_on() -> None:
    result = one(ALTERNATING, [10.0, 11.0, 10.0, 17.0, 17.0, 16.0, 16.0])
    # The last four weeks are at 16.5. Both means have the variance of independent weeks: 8/7 x (1/8 + 1/4);
    # t of .975 with seven degrees of freedom is 2.3646.
    half = 2.3646 * np.sqrt(8 / 7 * (1 / 8 + 1 / 4))
    assert (result.verdict, result.direction, result.first_week) == ("drifting", "up", 3)
    assert (result.estimate, result.low) == (pytest.approx(6.5), pytest.approx(6.5 - half, abs=1e-3))
    assert result.high == pytest.approx(6.5 + half, abs=1e-3)
    assert result.p_value is not None
    assert result.p_value < 0.01
    assert re.fullmatch(
        r"the level moved by 6\.5 \(4\.95 to 8\.05\) against a baseline of 8 weeks; "
        r"its chart alarms from week 4 on \(p (= 0\.00\d+|below 0\.001)\)",
        result.reason,
    )


def test_a_fall_is_a_drift_too_and_is_spelled_in_its_unit() -> None:
    baseline, recent = np.array([ALTERNATING]) / 100, np.array([[4.0, 3.0, 4.0, 3.0]]) / 100
    (result,) = judge_drift(baseline, recent, units=("ratio",))
    assert (result.verdict, result.direction, result.first_week) == ("drifting", "down", 0)
    assert result.reason.startswith("the level moved by -6.5 % (-8.05 % to -4.95 %) against a baseline of 8 weeks")


def test_a_level_that_stayed_is_steady_with_its_estimate() -> None:
    result = one(ALTERNATING, [11.0, 9.0, 10.0, 10.0])
    assert (result.verdict, result.direction, result.first_week) == ("steady", None, None)
    assert result.estimate == 0.0
    assert result.p_value is not None
    assert result.reason == f"no week leaves the limits of its chart (4 weeks judged, p = {result.p_value:.2g})"


RISEN = [10.0, 11.0, 10.0, 17.0, 17.0, 16.0, 16.0]
FALLEN = [20.0 - value for value in RISEN]


def watched(recent: list[float], wrong: Way | None) -> DriftResult:
    return judge_drift(np.array([ALTERNATING]), np.array([recent]), wrong=[wrong])[0]


@pytest.mark.parametrize(("recent", "way"), [(RISEN, "up"), (FALLEN, "down")])
def test_the_bad_way_is_a_drift_with_half_the_p_value_and_the_other_is_none(recent: list[float], way: Way) -> None:
    other: Way = "down" if way == "up" else "up"
    both, bad, good = (watched(recent, wrong) for wrong in (None, way, other))
    assert both == one(ALTERNATING, recent)
    assert both.p_value is not None
    assert (bad.verdict, bad.direction, bad.first_week) == ("drifting", way, 3)
    assert bad.p_value == pytest.approx(both.p_value / 2)
    assert (good.verdict, good.direction, good.first_week) == ("steady", None, None)
    assert good.p_value is not None
    assert good.p_value > 0.4
    assert (good.estimate, good.low, good.high) == (both.estimate, both.low, both.high)
    assert good.reason == "no week leaves the limit of its chart that matters (7 weeks judged, p = 1)"


def test_a_slip_after_a_greater_improvement_is_a_drift() -> None:
    found = watched([17.0] * 4 + [10.0] * 3 + [5.0] * 6, "down")
    assert (found.verdict, found.direction) == ("drifting", "down")
    assert found.first_week is not None
    assert found.first_week >= 7


def test_those_that_improve_do_not_help_the_few_that_slip_to_a_finding() -> None:
    slipping, improving = [13.8] * 4, [[2.0] * 4] * 30
    calm = (autocorrelated(69, 4, 0.0, seed=4) * 0.1 + 10).tolist()
    baseline = np.tile(ALTERNATING, (100, 1))
    recent = np.array([slipping, *improving, *calm])
    assert judge_drift(baseline, recent)[0].verdict == "drifting"  # 30 true moves make the control generous
    assert judge_drift(baseline, recent, wrong=["up"] * 100)[0].verdict == "steady"


def test_each_series_has_its_own_bad_way() -> None:
    baseline, recent = np.tile(ALTERNATING, (4, 1)), np.array([RISEN, RISEN, FALLEN, FALLEN])
    found = judge_drift(baseline, recent, wrong=["up", "down", None, "up"])
    assert [each.direction for each in found] == ["up", None, "down", None]


def test_false_alarms_of_the_bad_way_alone_are_half_of_all() -> None:
    weeks = autocorrelated(2000, 26, 0.0, seed=9)
    both = np.array([each.p_value for each in judge_drift(weeks[:, :13], weeks[:, 13:])])
    up = np.array([each.p_value for each in judge_drift(weeks[:, :13], weeks[:, 13:], wrong=["up"] * 2000)])
    assert (up <= 0.05).sum() == pytest.approx((both <= 0.1).sum() / 2, rel=0.25)
    assert (up >= both / 2).all()


def test_the_same_alarm_is_a_finding_alone_and_chance_among_a_hundred() -> None:
    calm = autocorrelated(99, 12, 0.0, seed=4)
    baseline = np.vstack((ALTERNATING, calm[:, :8]))
    recent = np.vstack(([13.8, 13.8, 13.8, 13.8], calm[:, 8:] * 0.1))
    alone, among = judge_drift(baseline[:1], recent[:1])[0], judge_drift(baseline, recent)[0]
    assert (alone.verdict, among.verdict) == ("drifting", "steady")
    assert alone.p_value == among.p_value
    assert among.first_week is None
    assert among.reason == (
        f"its chart alarms, but among 100 series chance alone may do that (p = {among.p_value:.2g})"
    )


@pytest.mark.parametrize(
    ("baseline", "recent", "reason"),
    [
        (ALTERNATING[:7], [30.0] * 4, "7 baseline weeks with a value, 8 are needed"),
        ([*ALTERNATING[:7], np.nan, np.inf], [30.0] * 4, "7 baseline weeks with a value, 8 are needed"),
        ([], [30.0] * 4, "0 baseline weeks with a value, 8 are needed"),
        (ALTERNATING, [np.nan] * 4, "no week since the baseline has a value"),
        (ALTERNATING, [], "no week since the baseline has a value"),
        ([0.1] * 13, [30.0] * 4, "the baseline never varies, so there is no limit that a drift could cross"),
    ],
)
def test_what_cannot_be_judged_says_why(baseline: list[float], recent: list[float], reason: str) -> None:
    assert one(baseline, recent) == DriftResult("not_enough_data", None, None, None, None, None, None, reason)
    assert not ewma_alarms(np.array([baseline]), np.array([recent])).any()


def test_a_silent_series_does_not_count_among_the_others() -> None:
    baseline, recent = np.array([ALTERNATING]), np.array([[13.8, 13.8, 13.8, 13.8]])
    silent = np.full((99, 8), np.nan), np.full((99, 4), np.nan)
    results = judge_drift(np.vstack((baseline, silent[0])), np.vstack((recent, silent[1])))
    assert results[0] == judge_drift(baseline, recent)[0]
    assert {result.verdict for result in results[1:]} == {"not_enough_data"}


def test_a_week_without_a_value_neither_alarms_nor_ends_the_chart() -> None:
    baseline = np.array([ALTERNATING])
    plain = EwmaChart(baseline, np.array([[12.0, 13.0, 14.0]]), 8).statistics[0]
    holed = EwmaChart(baseline, np.array([[12.0, np.nan, 13.0, np.inf, 14.0]]), 8).statistics[0]
    assert np.isnan(holed[[1, 3]]).all()
    assert holed[[0, 2, 4]] == pytest.approx(plain)


def test_every_series_is_charted_as_if_it_were_alone() -> None:
    weeks = autocorrelated(5, 40, 0.3, seed=5)
    weeks[1, 4], weeks[2, 30], weeks[3, :9], weeks[4, 20:] = np.nan, np.nan, np.nan, np.nan
    together = EwmaChart(weeks[:, :20], weeks[:, 20:], 8)
    for row in range(5):
        alone = EwmaChart(weeks[[row], :20], weeks[[row], 20:], 8)
        assert np.array_equal(together.statistics[[row]], alone.statistics, equal_nan=True)
        assert np.array_equal(p_values(together)[[row]], p_values(alone), equal_nan=True)


@settings(max_examples=50)
@given(st.floats(-1e3, 1e3), st.floats(0.01, 1e3), st.booleans())
def test_a_change_of_unit_changes_neither_alarm_nor_p_value(offset: float, factor: float, turned: bool) -> None:
    weeks = autocorrelated(20, 30, 0.4, seed=6)
    plain = EwmaChart(weeks[:, :13], weeks[:, 13:], 8)
    other = offset + (-factor if turned else factor) * weeks
    changed = EwmaChart(other[:, :13], other[:, 13:], 8)
    assert changed.statistics == pytest.approx(-plain.statistics if turned else plain.statistics, rel=1e-6, abs=1e-6)
    assert p_values(changed) == pytest.approx(p_values(plain), rel=1e-5)


@pytest.mark.parametrize("baseline", [8, 11, 26, 70])
@pytest.mark.parametrize("recent", [5, 13, 60])
def test_p_values_are_honest_for_autocorrelated_weeks_and_cautious_for_independent_ones(
    baseline: int, recent: int
) -> None:
    runs, tails = 4000, np.array([0.01, 0.05, 0.1, 0.3])
    for phi in (0.4, 0.0):
        weeks = autocorrelated(runs, baseline + recent, phi, seed=baseline + recent)
        chances = p_values(EwmaChart(weeks[:, :baseline], weeks[:, baseline:], 8))
        shares = (chances[:, None] <= tails).mean(axis=0)
        noise = 4 * np.sqrt(tails / runs)
        assert (shares <= tails + noise).all()
        if phi and baseline <= 52 and recent <= 52:
            assert (shares >= tails - noise).all()


def test_a_larger_statistic_never_has_a_larger_p_value() -> None:
    steps = np.linspace(0, 60, 200)[:, None]
    chances = p_values(EwmaChart(np.tile(ALTERNATING, (200, 1)), 10 + steps * np.ones((200, 4)), 8))
    assert (np.diff(chances) <= 0).all()
    assert (chances[0], chances[-1] > 0, chances[-1] < 1e-4) == (1.0, True, True)


@pytest.mark.parametrize(("phi", "limit"), [(0.0, 0.065), (0.4, 0.12)])
def test_false_alarms_of_a_single_chart_stay_at_their_published_rate(phi: float, limit: float) -> None:
    weeks = autocorrelated(4000, 26, phi, seed=8)
    assert 0.02 < ewma_alarms(weeks[:, :13], weeks[:, 13:]).any(axis=1).mean() < limit


def test_false_findings_among_a_hundred_series_are_controlled() -> None:
    shares = []
    for seed in range(30):
        weeks = autocorrelated(100, 39, 0.4, seed=100 + seed)
        weeks[:20, 26:] += 3
        found = np.array([r.verdict == "drifting" for r in judge_drift(weeks[:, :26], weeks[:, 26:])])
        assert found[:20].any()
        shares.append(found[20:].sum() / found.sum())
    assert 0 < np.mean(shares) < 0.13  # .10 is promised; two standard errors of 30 families are .03


def test_xmr_limits_by_hand() -> None:
    # Ranges 2, 1, 3: mean 2; the range over the missing week is none.
    centre, low, high = xmr_limits(np.array([[10.0, 12.0, 11.0, 14.0, np.nan, 13.0]]))
    assert (centre[0], low[0], high[0]) == pytest.approx((12.0, 12 - 5.32, 12 + 5.32))


def test_xmr_limits_need_two_neighbouring_weeks() -> None:
    limits = xmr_limits(np.array([[1.0, np.nan, 2.0], [np.nan] * 3]))
    assert np.isnan(limits).all()
