"""Intervals against published values."""

import numpy as np
import pytest
from scipy import special

from okr_pipeline.cascade.intervals import garwood, spread, student, t_quantile, wilson


@pytest.mark.parametrize(
    ("hits", "cases", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_agrees_with_newcombe_1998(hits: int, cases: int, low: float, high: float) -> None:
    found = wilson(np.array([hits / cases]), np.array([float(cases)]))
    assert [float(end[0]) for end in found] == pytest.approx([low, high], abs=5e-5)


def test_wilson_holds_the_value_at_both_ends_and_gives_nothing_without_cases() -> None:
    low, high = wilson(np.array([0.0, 1.0, 0.5, 1.2]), np.array([7.0, 7.0, 0.0, 10.0]))
    assert low[0] == 0.0
    assert high[1] == 1.0
    assert np.isnan([low[2], high[2], low[3], high[3]]).all()


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0.0, 3.689), (1, 0.02532, 5.572), (10, 4.795, 18.39), (100, 81.36, 121.63)]
)
def test_garwood_agrees_with_the_published_poisson_limits(count: int, low: float, high: float) -> None:
    found = garwood(np.array([float(count)]), np.array([1.0]), np.array([1.0]))
    assert [float(end[0]) for end in found] == pytest.approx([low, high], rel=5e-4)


def test_garwood_is_per_period_and_wider_by_the_root_of_the_overdispersion() -> None:
    plain = garwood(np.array([400.0]), np.array([4.0]), np.array([1.0]))
    wide = garwood(np.array([400.0]), np.array([4.0]), np.array([4.0]))
    width = float(plain[1][0] - plain[0][0])
    assert width == pytest.approx(2 * 1.96 * np.sqrt(400) / 4, rel=0.02)
    assert float(wide[1][0] - wide[0][0]) == pytest.approx(2 * width, rel=0.02)


@pytest.mark.parametrize(("degrees", "quantile"), [(1, 12.706), (9, 2.2622), (30, 2.0423), (120, 1.9799)])
def test_t_quantiles_agree_with_the_printed_table(degrees: int, quantile: float) -> None:
    assert float(t_quantile(np.array([float(degrees)]))[0]) == pytest.approx(quantile, abs=5e-4)


def test_t_quantiles_beyond_the_table_agree_with_the_exact_ones() -> None:
    degrees = np.array([2001.0, 5000.0, 1e6])
    assert t_quantile(degrees) == pytest.approx(special.stdtrit(degrees, 0.975), abs=1e-9)
    assert np.isnan(t_quantile(np.array([0.0, np.nan]))).all()


def test_the_t_interval_of_a_mean_agrees_with_the_hand_calculation() -> None:
    # Ten cases, mean 5.5, s = 3.02765, t(9) = 2.26216: half width 2.26216 * 3.02765 / sqrt(10) = 2.16585.
    cases = np.arange(1.0, 11.0)
    low, high = student(np.array([cases.sum()]), np.array([(cases**2).sum()]), np.array([10.0]))
    assert (float(low[0]), float(high[0])) == pytest.approx((3.33415, 7.66585), abs=1e-5)


def test_one_case_and_contradicting_sums_give_no_t_interval() -> None:
    low, _ = student(np.array([5.0, 100.0]), np.array([25.0, 1.0]), np.array([1.0, 10.0]))
    assert np.isnan(low).all()


def test_the_week_to_week_spread_needs_three_weeks() -> None:
    low, high = spread(np.array([10.0, 10.0]), np.array([1.0, 1.0]), np.array([2.0, 4.0]))
    assert np.isnan(low[0])
    assert float(high[1] - low[1]) == pytest.approx(2 * 3.18245 / 2, abs=1e-4)
