"""The local level: hand-worked figures, widening by past errors, holes, and what it refuses to say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okr_pipeline.analysis.local_level import LevelForecast, forecast_level, measured_coverage

EIGHT = [10.0, 12.0, 10.0, 12.0, 11.0, 13.0, 11.0, 13.0]
# Means of four: 11, 11.25, 11.5, 11.75, 12; differences of the weeks after them: 0, 1.75, -0.5, 1.25.
EIGHT_SPREAD = np.sqrt((0 + 1.75**2 + 0.5**2 + 1.25**2) / 4)


def one(values: list[float], horizon: float = 4, least: int = 8) -> LevelForecast:
    return forecast_level(np.array([values]), horizon, least)


def noise(runs: int, weeks: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(runs, weeks))


def test_the_level_is_the_mean_of_four_weeks_and_the_spread_is_seen_against_it() -> None:
    forecast = one(EIGHT)
    assert forecast.centre.tolist() == [12.0]
    assert forecast.spread == pytest.approx([EIGHT_SPREAD])
    assert (forecast.degrees.tolist(), forecast.weeks_count.tolist()) == ([4.0], [8.0])


@pytest.mark.parametrize(("horizon", "factor"), [(1, 1.0), (4, 1.0), (9, 1.5), (16, 2.0)])
def test_the_spread_grows_with_the_root_of_the_horizon_beyond_four_weeks(horizon: float, factor: float) -> None:
    assert one(EIGHT, horizon).spread == pytest.approx([EIGHT_SPREAD * factor])


def test_the_limits_are_those_of_student() -> None:
    low, high = one(EIGHT).interval(0.8)
    # t of .90 with four degrees of freedom is 1.5332 (any printed table).
    assert (low[0], high[0]) == pytest.approx((12 - 1.5332 * EIGHT_SPREAD, 12 + 1.5332 * EIGHT_SPREAD), abs=1e-4)


def test_a_chance_agrees_with_the_interval_and_open_sides_are_open() -> None:
    forecast = one(EIGHT)
    low, high = forecast.interval(0.8)
    assert forecast.chance_between(low, high) == pytest.approx([0.8])
    assert forecast.chance_between(-np.inf, high) == pytest.approx([0.9])
    assert forecast.chance_between(high, np.inf) == pytest.approx([0.1])
    assert forecast.chance_between(-np.inf, np.inf).tolist() == [1.0]
    assert forecast.chance_between(high, low).tolist() == [0.0]
    assert np.isnan(forecast.chance_between(np.nan, np.inf)).all()


@given(st.floats(-5, 30), st.floats(-5, 30), st.floats(-5, 30))
def test_neighbouring_chances_add_up(first: float, second: float, third: float) -> None:
    low, middle, high = sorted((first, second, third))
    forecast = one(EIGHT)
    whole = forecast.chance_between(low, high)
    assert forecast.chance_between(low, middle) + forecast.chance_between(middle, high) == pytest.approx(whole)


@given(st.floats(-1e3, 1e3), st.floats(0.01, 1e3), st.integers(1, 30))
def test_a_change_of_unit_changes_nothing_else(offset: float, factor: float, horizon: int) -> None:
    values = noise(3, 40)
    plain, other = forecast_level(values, horizon), forecast_level(offset + factor * values, horizon)
    assert other.centre == pytest.approx(offset + factor * plain.centre, rel=1e-6, abs=1e-6)
    assert other.spread == pytest.approx(factor * plain.spread, rel=1e-6)


@pytest.mark.parametrize("values", [EIGHT[:7], [5.0] * 12, [0.1] * 30, [np.nan] * 10, [np.inf] * 10, []])
def test_too_few_weeks_or_weeks_that_never_vary_give_no_forecast(values: list[float]) -> None:
    forecast = one(values)
    assert np.isnan([forecast.centre, forecast.spread, forecast.degrees, *forecast.interval(0.8)]).all()
    assert np.isnan(forecast.chance_between(-np.inf, np.inf)).all()


@pytest.mark.parametrize("horizon", [0.0, -3.0, np.nan, np.inf])
def test_no_horizon_no_forecast(horizon: float) -> None:
    assert np.isnan(one(EIGHT, horizon).centre).all()


def test_a_week_without_a_value_is_skipped() -> None:
    with_holes = one([np.nan, *EIGHT[:3], np.inf, *EIGHT[3:]])
    assert with_holes.centre.tolist() == [12.0]
    assert with_holes.spread == pytest.approx([EIGHT_SPREAD])
    assert with_holes.weeks_count.tolist() == [8.0]


def test_weeks_missing_at_the_end_lengthen_the_horizon() -> None:
    assert one([*EIGHT, np.nan, np.nan], 7).spread == pytest.approx(one(EIGHT, 9).spread)


def test_eight_weeks_spread_over_more_than_twelve_are_too_full_of_holes() -> None:
    holes = [np.nan] * 4
    assert np.isfinite(one([*EIGHT[:5], *holes, *EIGHT[5:]]).centre).all()
    assert np.isnan(one([*EIGHT[:5], *holes, np.nan, *EIGHT[5:]]).centre).all()
    assert np.isnan(one([*EIGHT, *holes, np.nan]).centre).all()


def test_every_series_has_its_own_horizon_and_its_own_holes() -> None:
    values = noise(4, 40)
    values[1, 5:8], values[2, -1], values[3, 3:] = np.nan, np.nan, np.nan
    horizons = np.array([4.0, 13.0, 2.0, 4.0])
    together = forecast_level(values, horizons)
    for row in range(4):
        alone = forecast_level(values[[row]], horizons[row])
        for name in ("centre", "spread", "degrees", "weeks_count"):
            assert np.array_equal(getattr(together, name)[[row]], getattr(alone, name), equal_nan=True)


def test_a_slow_wave_widens_the_interval_once_twenty_errors_are_known() -> None:
    # Four weeks ahead the wave is far away although a single week differs little from the level.
    wave = np.sin(np.arange(60) * 2 * np.pi / 16)
    first_errors = 4 - 1 + 4  # the first error of a forecast four weeks ahead is known after its eighth week
    narrow, wide = one(list(wave[: first_errors + 19])), one(list(wave[: first_errors + 20]))
    errors = [abs(wave[week + 4] - wave[week - 3 : week + 1].mean()) for week in range(3, first_errors + 16)]
    low, high = wide.interval(0.8)
    # Of 20 errors the 17th is the split-conformal limit: 21 x .8, rounded up.
    assert (high - low)[0] / 2 == pytest.approx(sorted(errors)[16])
    assert wide.spread[0] > narrow.spread[0]


def test_the_interval_is_never_narrowed() -> None:
    calm = [*(noise(1, 10)[0] * 10), *(noise(1, 60, 2)[0] * 0.01)]
    errors = np.array([calm[week] - np.mean(calm[week - 4 : week]) for week in range(4, 70)])
    assert one(calm).spread[0] == pytest.approx(np.sqrt((errors**2).mean()))


def test_a_steep_past_trend_is_not_extrapolated() -> None:
    assert one(list(np.arange(13.0) + noise(1, 13)[0] * 0.1), 13).centre[0] < 12


def test_measured_coverage_is_the_share_of_past_forecasts_that_held() -> None:
    values = noise(3, 30)
    held, judged = np.zeros(3), 0
    for origin in range(8, 27):
        low, high = forecast_level(values[:, :origin], 4).interval(0.8)
        held += (low <= values[:, origin + 3]) & (values[:, origin + 3] <= high)
        judged += 1
    assert measured_coverage(values, 4) == pytest.approx(held / judged)


def test_measured_coverage_needs_eight_forecasts_to_judge() -> None:
    values = noise(1, 19)
    assert np.isfinite(measured_coverage(values, 4)).all()
    assert np.isnan(measured_coverage(values[:, :18], 4)).all()
    assert np.isnan(measured_coverage(values, np.nan)).all()


def test_measured_coverage_skips_weeks_without_a_value_and_takes_a_horizon_per_series() -> None:
    values = noise(2, 30)
    with_hole = np.insert(values, 12, np.nan, axis=1)
    both = measured_coverage(with_hole, np.array([4, 2]))
    assert both == pytest.approx([measured_coverage(values, 4)[0], measured_coverage(values, 2)[1]])


def test_coverage_on_plain_noise_is_what_is_promised() -> None:
    values = noise(4000, 30, 7)
    low, high = forecast_level(values[:, :26], 4).interval(0.8)
    share = ((low <= values[:, -1]) & (values[:, -1] <= high)).mean()
    assert 0.77 <= share <= 0.83


@pytest.mark.parametrize("window", [4, 13])
@pytest.mark.parametrize("memory", [0.0, 0.4, 1.0], ids=["noise", "autoregressive", "walk"])
def test_values_over_windows_keep_what_the_interval_promises(memory: float, window: int) -> None:
    """Overlapping windows repeat each other: their changes from week to week look calmer than they are."""
    weekly = noise(1500, 70, 11)
    for week in range(1, weekly.shape[1]):
        weekly[:, week] += memory * weekly[:, week - 1]
    values = np.lib.stride_tricks.sliding_window_view(weekly, window, axis=1).mean(axis=2)
    low, high = forecast_level(values[:, :-6], 6, window_weeks=window).interval(0.8)
    known = np.isfinite(low)
    held = (low <= values[:, -1]) & (values[:, -1] <= high)
    assert known.all()
    assert held.mean() >= 0.77


def test_fewer_than_two_whole_windows_of_errors_give_no_forecast() -> None:
    values = noise(1, 60, 3)  # errors against the level of 13 weeks before are known from week 17 on
    counts = [np.isfinite(forecast_level(values[:, :weeks], 4, window_weeks=13).centre[0]) for weeks in (41, 42)]
    assert counts == [False, True]


def test_a_window_that_grows_gives_no_forecast_and_spoils_no_other() -> None:
    values = noise(3, 30, 5)
    mixed = forecast_level(values, 4, window_weeks=[1, np.nan, 4])
    assert np.isfinite(mixed.spread).tolist() == [True, False, True]
    assert mixed.spread[0] == forecast_level(values[:1], 4).spread[0]
    assert mixed.spread[2] == forecast_level(values[2:], 4, window_weeks=4).spread[0]
    coverage = measured_coverage(values, 4, window_weeks=[1, np.nan, 4])
    assert np.isfinite(coverage).tolist() == [True, False, True]
