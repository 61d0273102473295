"""The cells of a metric: what is left of its rows when only unit, segment, AI side and week are told apart."""

import numpy as np
import pytest
from measured_world import LAST_WEEK, row, rows_of

from okr_pipeline.cascade.weekly import Axis, Where
from okr_pipeline.cascade.weeks import WEEK

EARLIER = LAST_WEEK - 2 * WEEK


def test_cells_are_sorted_and_hold_the_sums_of_each_week_of_the_axis() -> None:
    rows = rows_of(
        [
            row(LAST_WEEK, org_unit="policies", numerator=4.0),
            row(EARLIER, org_unit="billing", segment="chat", numerator=1.0),
            row(LAST_WEEK, org_unit="billing", segment="chat", numerator=2.0),
            row(LAST_WEEK, org_unit="billing", segment="chat", ai_assisted="assisted", numerator=3.0),
        ]
    )
    groups, sums = rows.cells
    assert rows.axis == Axis(EARLIER, 3)
    assert groups == [("billing", "chat", "all"), ("billing", "chat", "assisted"), ("policies", "all", "all")]
    assert sums["numerator"].tolist() == [[1.0, 0.0, 2.0], [0.0, 0.0, 3.0], [0.0, 0.0, 4.0]]
    assert sums["denominator"].tolist() == [[100.0, 0.0, 100.0], [0.0, 0.0, 100.0], [0.0, 0.0, 100.0]]
    assert set(sums) == {"numerator", "denominator", "sum_squares", "sample_count"}


def test_rows_of_one_cell_and_week_are_added() -> None:
    rows = rows_of([row(numerator=1.0), row(numerator=2.0), row(numerator=4.0)])
    groups, sums = rows.cells
    assert groups == [("billing", "all", "all")]
    assert (sums["numerator"].tolist(), sums["sample_count"].tolist()) == ([[7.0]], [[300.0]])


@pytest.mark.parametrize("value", [None, np.nan, np.inf, -np.inf])
def test_what_is_no_number_makes_its_own_cell_and_week_unknown_and_no_other(value: float | None) -> None:
    rows = rows_of([row(EARLIER), row(LAST_WEEK, numerator=value), row(LAST_WEEK, org_unit="policies")])
    _, sums = rows.cells
    expected = [[30_000.0, 0.0, np.nan], [0.0, 0.0, 30_000.0]]
    assert np.array_equal(sums["numerator"], np.array(expected), equal_nan=True)


def test_the_order_of_the_rows_changes_no_last_digit() -> None:
    values = np.random.default_rng(3).lognormal(0, 5, 200)
    rows = [row(numerator=float(value), denominator=float(value) + 1) for value in values]
    _, forward = rows_of(rows).cells
    _, backward = rows_of(rows[::-1]).cells
    assert forward["numerator"][0, 0] == backward["numerator"][0, 0]


def test_the_cells_add_up_to_the_weekly_sums_of_everything() -> None:
    units = ("billing", "policies", "legal", "not_in_the_tree")
    rows = rows_of([row(EARLIER + WEEK * (index % 3), org_unit=unit) for index, unit in enumerate(units * 3)])
    _, sums = rows.cells
    whole = rows.weekly(Where("company"), None, rows.axis)
    for name, table in sums.items():
        assert table.sum(axis=0).tolist() == getattr(whole, name).tolist()


def test_a_metric_without_rows_has_no_cells() -> None:
    groups, sums = rows_of([]).cells
    assert groups == []
    assert sums["numerator"].shape == (0, 1)
