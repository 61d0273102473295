"""What moved a value: parts worked by hand, their sum as an identity, and no doubtful top called clear."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from okr_pipeline.analysis.drivers import decompose_ratio, decompose_total, top_driver

cell = st.tuples(
    st.one_of(st.just(0), st.integers(1, 10**6)),
    st.one_of(st.just(0), st.integers(1, 10**6)),
    st.floats(-1e6, 1e6),
    st.floats(-1e6, 1e6),
)


def array(*numbers):
    return np.array(numbers, dtype=float)


def test_parts_of_a_table_worked_by_hand():
    # shares .5 -> .25 and .5 -> .75; rates .2 -> .4 and .6 -> .6; value .4 -> .55, midpoint .475
    parts = decompose_ratio(array(20, 60), array(100, 100), array(20, 90), array(50, 150))
    assert_allclose(parts.change, 0.15, atol=1e-12)
    assert_allclose(parts.mix, [-0.25 * (0.3 - 0.475), 0.25 * (0.6 - 0.475)], atol=1e-12)
    assert_allclose(parts.rate, [0.375 * 0.2, 0.0], atol=1e-12)


def test_a_shift_between_cells_of_equal_rate_explains_nothing():
    parts = decompose_ratio(array(50, 50, 30), array(100, 100, 60), array(20, 100, 30), array(40, 200, 60))
    assert_allclose(parts.mix, 0, atol=1e-15)
    assert_allclose(parts.rate, 0, atol=1e-15)


def test_a_new_cell_is_all_mix():
    # the new cell has share 0 -> .5 and rate .9 against a midpoint of (.5 + .7) / 2
    parts = decompose_ratio(array(50, 0), array(100, 0), array(50, 90), array(100, 100))
    assert_allclose(parts.rate, [0, 0], atol=1e-15)
    assert_allclose(parts.mix, [-0.5 * (0.5 - 0.6), 0.5 * (0.9 - 0.6)])


def test_a_vanished_cell_is_all_mix():
    parts = decompose_ratio(array(50, 90), array(100, 100), array(50, 0), array(100, 0))
    assert_allclose(parts.rate, [0, 0], atol=1e-15)
    assert_allclose(parts.mix, [0.5 * (0.5 - 0.6), -0.5 * (0.9 - 0.6)])


def test_a_cell_that_is_empty_in_both_periods_carries_nothing():
    parts = decompose_ratio(array(20, 0), array(100, 0), array(30, 0), array(100, 0))
    assert_allclose(parts.rate, [0.1, 0])
    assert_array_equal(parts.mix, [0, 0])


def test_costs_over_no_cases_are_mix_and_are_not_lost():
    # 10 of cost in a cell without cases, in period 1 only: value 1.0 -> 1.1
    parts = decompose_ratio(array(100, 0), array(100, 0), array(100, 10), array(100, 0))
    assert_allclose(parts.change, 0.1)
    assert_allclose(parts.mix, [0, 0.1], atol=1e-15)
    assert_array_equal(parts.rate, [0, 0])


@settings(max_examples=300, deadline=None)
@given(st.lists(cell, min_size=1, max_size=11))
def test_the_parts_always_sum_to_the_change(cells):
    d0, d1, r0, r1 = (np.array(column, dtype=float) for column in zip(*cells, strict=True))
    n0, n1 = r0 * d0, r1 * d1
    parts = decompose_ratio(n0, d0, n1, d1)
    if not d0.sum() or not d1.sum():
        assert np.isnan(parts.change)
        assert np.isnan(parts.mix).all()
        assert np.isnan(parts.rate).all()
        return
    size = max(np.abs(r0).max(), np.abs(r1).max(), 1e-12)
    assert_allclose(parts.change, n1.sum() / d1.sum() - n0.sum() / d0.sum(), rtol=0, atol=1e-9 * size)
    assert_allclose((parts.mix + parts.rate).sum(), parts.change, rtol=0, atol=1e-9 * size)


@settings(max_examples=100, deadline=None)
@given(st.lists(cell, min_size=1, max_size=6))
def test_the_way_back_has_the_same_parts_with_the_other_sign(cells):
    d0, d1, r0, r1 = (np.array(column, dtype=float) for column in zip(*cells, strict=True))
    there, back = decompose_ratio(r0 * d0, d0, r1 * d1, d1), decompose_ratio(r1 * d1, d1, r0 * d0, d0)
    assert_allclose(there.mix, -back.mix, atol=1e-6)
    assert_allclose(there.rate, -back.rate, atol=1e-6)


def test_weeks_are_independent_of_each_other():
    d0, n0 = array(100, 100), array(20, 60)
    n1, d1 = np.array([[20, 90], [np.nan, 1], [30, 60]], dtype=float), np.array([[50, 150], [10, 10], [100, 100]])
    parts = decompose_ratio(n0, d0, n1, d1)
    assert parts.mix.shape == (3, 2)
    assert_allclose(parts.change, [0.15, np.nan, 0.05], atol=1e-12)
    assert_array_equal(np.isnan(parts.rate).all(axis=1), [False, True, False])
    assert_allclose(parts.rate[0], decompose_ratio(n0, d0, n1[0], d1[0]).rate)


@pytest.mark.parametrize(
    ("numerator", "denominator"),
    [((1, 1), (0, 0)), ((1, np.nan), (10, 10)), ((1, 1), (10, np.inf)), ((1, 1), (20, -10)), ((), ())],
)
def test_a_period_without_value_leaves_everything_unknown(numerator, denominator):
    good = array(*range(1, len(numerator) + 1)), array(*[10.0] * len(numerator))
    for given_sums in (
        (*good, array(*numerator), array(*denominator)),
        (array(*numerator), array(*denominator), *good),
    ):
        parts = decompose_ratio(*given_sums)
        assert np.isnan(parts.change)
        assert np.isnan(parts.mix).all()
        assert np.isnan(parts.rate).all()


def test_a_total_per_week_is_all_rate():
    # 40 + 8 over 4 weeks is 12 a week; 30 + 0 over 2 weeks is 15
    parts = decompose_total(array(40, 8), array(4)[0], array(30, 0), array(2)[0])
    assert_allclose(parts.rate, [5, -2])
    assert_array_equal(parts.mix, [0, 0])
    assert parts.change == 3


def test_a_total_over_no_period_is_unknown():
    parts = decompose_total(np.ones((2, 3)), array(0, 1), np.ones((2, 3)), array(1, 1))
    assert_allclose(parts.change, [np.nan, 0])
    assert np.isnan(parts.rate[0]).all()


def test_a_large_fall_in_one_cell_is_clear():
    top = top_driver(array(800, 400), array(1000, 500), array(500, 400), array(1000, 500))
    assert (top.cell, top.is_clear, top.share_of_resamples, top.reason) == (0, True, 1.0, "")


def test_the_top_cell_moved_the_way_the_value_moved():
    # cell 0 lost 40 successes of 1,000, cells 1 and 2 won 30 each: the value rose
    top = top_driver(array(500, 500, 500), array(1000, 1000, 1000), array(460, 530, 531), array(1000, 1000, 1000))
    assert top.cell == 2


def test_two_cells_that_moved_alike_are_not_clear():
    top = top_driver(array(50, 50), array(100, 100), array(60, 61), array(100, 100))
    assert top.cell == 1
    assert not top.is_clear
    assert top.share_of_resamples < 0.8
    others = round(100 * (1 - top.share_of_resamples))
    assert top.reason == f"another cell or the other direction comes out on top in {others} % of the resamples"


def test_the_bound_of_clear_can_be_moved():
    sums = array(50, 50), array(100, 100), array(60, 61), array(100, 100)
    assert top_driver(*sums, unclear_above_ratio=0.9).is_clear
    assert not top_driver(*sums, unclear_above_ratio=0.1).is_clear


def test_the_same_sums_give_the_same_answer():
    sums = array(50, 50, 20), array(100, 100, 80), array(60, 61, 20), array(100, 100, 80)
    assert top_driver(*sums) == top_driver(*sums)


def test_the_same_means_are_clear_only_when_the_cases_scatter_little():
    sums = array(30_000, 30_000), array(100, 100), array(33_000, 30_500), array(100, 100)
    mean_squares0, mean_squares1 = array(300**2, 300**2) * 100, array(330**2, 305**2) * 100
    little = top_driver(*sums, mean_squares0 + 100 * 20**2, mean_squares1 + 100 * 20**2)
    much = top_driver(*sums, mean_squares0 + 100 * 300**2, mean_squares1 + 100 * 300**2)
    assert (little.cell, little.is_clear) == (0, True)
    assert (much.cell, much.is_clear) == (0, False)


def test_a_mean_of_single_cases_names_a_cell_but_never_clearly():
    ones = array(1, 1)
    top = top_driver(array(5, 6), ones, array(9, 6), ones, array(25, 36), array(81, 36))
    assert (top.cell, top.is_clear) == (0, False)
    assert top.reason == "its sums do not tell how much chance is in them"


def test_counts_per_period_are_redrawn_as_counts():
    weeks = array(4, 4)
    assert top_driver(array(900, 900), weeks, array(1200, 910), weeks, aggregation="total").is_clear
    assert not top_driver(array(9, 9), weeks, array(12, 10), weeks, aggregation="total").is_clear


def test_amounts_per_period_scatter_by_their_squares():
    weeks, before, after = array(1, 1), array(90_000, 90_000), array(120_000, 91_000)
    few_large = array(9e8, 9e8)
    many_small = array(9e4, 9e4)
    assert top_driver(before, weeks, after, weeks, many_small, many_small, aggregation="total").is_clear
    assert not top_driver(before, weeks, after, weeks, few_large, few_large, aggregation="total").is_clear


@pytest.mark.parametrize("aggregation", ["ratio", "stock", "mean"])
def test_sums_that_hide_their_chance_are_never_clear(aggregation):
    top = top_driver(array(10, 10), array(100, 100), array(90, 10), array(100, 100), aggregation=aggregation)
    assert (top.cell, top.is_clear) == (0, False)
    assert np.isnan(top.share_of_resamples)
    assert top.reason == "its sums do not tell how much chance is in them"


@pytest.mark.parametrize(
    ("numerator", "denominator"), [((-5, 10), (100, 100)), ((1e16, 1e15), (1e16, 1e16)), ((120, 10), (100, 100))]
)
def test_an_impossible_proportion_is_never_clear(numerator, denominator):
    sums = array(10, 10), array(100, 100), array(*numerator), array(*denominator)
    top = top_driver(*sums, aggregation="proportion")
    assert not top.is_clear
    assert top.reason == "its sums do not tell how much chance is in them"


def test_a_value_that_did_not_move_has_no_driver():
    top = top_driver(array(1, 7), array(10, 30), array(3, 21), array(30, 90))
    assert (top.cell, top.is_clear, top.reason) == (None, False, "the value did not move")


def test_a_missing_period_has_no_driver():
    top = top_driver(array(1, 7), array(10, 30), array(0, 0), array(0, 0))
    assert (top.cell, top.is_clear, top.reason) == (None, False, "one of the two periods has no value")


def test_the_only_cell_is_clear_once_the_direction_is():
    assert top_driver(array(500), array(1000), array(700), array(1000)).is_clear
    assert not top_driver(array(500), array(1000), array(501), array(1000)).is_clear
