"""Which cells moved a value: the parts sum to the change, and no small group is among them by itself."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from learning_world import BILLING, LAST_WEEK, ORGANISATION, SERVICE, WEEKS, LearningWorld, Row, metric, row, share_rows

from okr_pipeline.analysis.insights import WeekDrivers
from okr_pipeline.cascade.metric import Aggregation
from okr_pipeline.cascade.scope import Scope
from okr_pipeline.cascade.weekly import Where
from okr_pipeline.cascade.weeks import WEEK
from okr_pipeline.intelligence.cell_tables import WITHHELD, cell_table
from okr_pipeline.intelligence.metric_drivers import explain_key_results, explain_metrics
from okr_pipeline.measured import Measured

FOUR_WEEKS_AGO = LAST_WEEK - 4 * WEEK
PARENT = "metric: handle_time_seconds\n"


def parts(found: WeekDrivers) -> dict[tuple[str, str, str], float]:
    return {(cell.org_unit, cell.segment, cell.ai_assisted): cell.mix + cell.rate for cell in found.cells}


def newest(world: LearningWorld, name: str) -> WeekDrivers:
    found = [each for each in explain_metrics(world.measured()) if each.metric == name]
    return found[-1]


def assert_the_parts_sum_to_the_change_of_the_value(measured: Measured, found: WeekDrivers, scope: Scope) -> None:
    cycle = next(iter(measured.project.cascade.cycles))
    values = measured.weekly(found.metric, scope, cycle).value
    change = values[measured.position(found.week_start)] - values[measured.position(found.previous_week)]
    scale = max(1.0, float(np.nanmax(np.abs(values))))
    assert sum(parts(found).values()) == pytest.approx(found.change, abs=1e-9 * scale)
    assert found.change == pytest.approx(change, abs=1e-9 * scale)


def small_teams(people: tuple[int, ...], week: date, factor: float = 1.0) -> list[Row]:
    """Return a share of four segments in one week; the share rises by ``factor``."""
    return [
        row(
            week,
            "billing",
            segment=f"team_{number}",
            numerator=min(10.0 * (number + 1) * factor, 100.0),
            denominator=100.0,
            people_count=count,
        )
        for number, count in enumerate(people)
    ]


def with_people(world: LearningWorld, before: tuple[int, ...], after: tuple[int, ...]) -> LearningWorld:
    world.metrics["repeat_share"] = metric("repeat_share", "quality", "proportion", "ratio", people=True)
    world.rows["repeat_share"] = [
        *small_teams(before, LAST_WEEK - WEEK),
        *small_teams(after, LAST_WEEK, factor=1.5),
    ]
    return world


def test_mix_and_rate_of_two_units_by_hand(world: LearningWorld) -> None:
    world.rows["repeat_share"] = [
        row(LAST_WEEK - WEEK, "billing", numerator=10.0, denominator=100.0),
        row(LAST_WEEK - WEEK, "policies", numerator=30.0, denominator=100.0),
        row(LAST_WEEK, "billing", numerator=30.0, denominator=300.0),
        row(LAST_WEEK, "policies", numerator=20.0, denominator=100.0),
    ]
    found = newest(world, "repeat_share")
    # .20 -> .125. Billing keeps .10 and grows from 1/2 to 3/4: mix 1/4 (.10 - .1625). Policies falls from .30 to .20
    # and from 1/2 to 1/4: mix -1/4 (.25 - .1625), rate 3/8 x -.10.
    assert [(cell.org_unit, cell.mix, cell.rate) for cell in found.cells] == [
        ("billing", pytest.approx(-0.015625), pytest.approx(0.0)),
        ("policies", pytest.approx(-0.021875), pytest.approx(-0.0375)),
    ]
    assert found.change == pytest.approx(-0.075)
    assert (found.week_start, found.previous_week) == (LAST_WEEK, LAST_WEEK - WEEK)


def test_of_large_groups_each_cell_is_shown(world: LearningWorld) -> None:
    found = newest(with_people(world, (9, 9, 9, 9), (9, 9, 9, 9)), "repeat_share")
    assert [key[1] for key in parts(found)] == ["team_0", "team_1", "team_2", "team_3"]


@pytest.mark.parametrize(
    ("before", "after"),
    [((3, 9, 9, 9), (9, 9, 9, 9)), ((9, 9, 9, 9), (3, 9, 9, 9)), ((3, 9, 9, 9), (9, 3, 9, 9)), ((1, 2, 9, 9),) * 2],
)
def test_a_small_group_of_either_week_is_one_of_several_withheld_together(
    world: LearningWorld, before: tuple[int, ...], after: tuple[int, ...]
) -> None:
    found = newest(with_people(world, before, after), "repeat_share")
    small = {f"team_{number}" for number in range(4) if min(before[number], after[number]) < 5}
    assert parts(found).keys() >= {WITHHELD}
    assert not small & {key[1] for key in parts(found)}
    assert 4 - (len(found.cells) - 1) >= 2  # at least two stand behind it
    assert found.cells[-1].org_unit == "withheld"
    assert_the_parts_sum_to_the_change_of_the_value(world.measured(), found, Scope(org_unit="company"))


def test_a_week_whose_total_is_of_a_small_group_explains_nothing(world: LearningWorld) -> None:
    with_people(world, (3,), (9,))
    assert "repeat_share" not in {each.metric for each in explain_metrics(world.measured())}
    assert "repeats" not in explain_key_results(world.measured())


def test_metrics_without_people_withhold_nothing(world: LearningWorld) -> None:
    with_people(world, (3, 9, 9, 9), (3, 9, 9, 9))
    world.metrics["repeat_share"] = replace(world.metrics["repeat_share"], people=False)
    assert len(newest(world, "repeat_share").cells) == 4


def test_a_total_with_withheld_units_is_still_one_of_the_same_periods(world: LearningWorld) -> None:
    world.edit(ORGANISATION, "  legal:", "  chat: {title: Chat, parent: service}\n  legal:")
    world.metrics["outputs_count"] = metric("outputs_count", "activity", "total", "count", people=True)
    world.rows["outputs_count"] = [
        row(week, unit, numerator=number * factor, denominator=1.0, people_count=people)
        for week, factor in ((LAST_WEEK - WEEK, 1.0), (LAST_WEEK, 2.0))
        for unit, number, people in (("billing", 10.0, 3), ("policies", 20.0, 9), ("chat", 40.0, 9))
    ]
    found = newest(world, "outputs_count")
    assert found.change == pytest.approx(70.0)  # from 70 to 140 in a week; three units are no three weeks
    assert parts(found) == {("policies", "all", "all"): 20.0, WITHHELD: 50.0}  # billing, and chat to cover it


def test_a_week_that_one_source_never_delivered_is_stepped_over(world: LearningWorld) -> None:
    world.metrics["repeat_share"] = replace(
        world.metrics["repeat_share"], sources=(("desk", "contacts"), ("desk", "returns"))
    )
    world.missing = {("desk", "returns"): {LAST_WEEK - WEEK}}
    found = newest(world, "repeat_share")
    assert (found.week_start, found.previous_week) == (LAST_WEEK, LAST_WEEK - 2 * WEEK)


def test_only_the_newest_week_names_who_moved_it(world: LearningWorld) -> None:
    def moved(each: Row) -> Row:
        is_newest = each["week_start"] == LAST_WEEK and each["org_unit"] == "policies"
        return (
            {**each, "numerator": 2 * each["numerator"], "sum_squares": 4 * each["sum_squares"]} if is_newest else each
        )

    world.change_rows("handle_time_seconds", moved)
    found = [each for each in explain_metrics(world.measured()) if each.metric == "handle_time_seconds"]
    assert [each.top for each in found[:-1]] == [None] * (len(WEEKS) - 2)
    assert {each.reason for each in found[:-1]} == {""}
    assert found[-1].top is not None
    assert found[-1].cells[found[-1].top].org_unit == "policies"
    assert found[-1].reason == ""


def test_a_change_within_chance_names_nobody_and_says_so(world: LearningWorld) -> None:
    found = newest(world, "repeat_share")
    assert found.top is None
    assert found.reason.startswith("another cell or the other direction comes out on top in ")


def test_a_metric_without_rows_explains_nothing(world: LearningWorld) -> None:
    world.rows["repeat_share"] = []
    assert "repeat_share" not in {each.metric for each in explain_metrics(world.measured())}
    assert "repeats" not in explain_key_results(world.measured())


def test_rows_of_units_that_nobody_knows_are_part_of_the_whole(world: LearningWorld) -> None:
    world.rows["repeat_share"] += share_rows("not_in_the_tree", [0.2] * len(WEEKS))
    found = newest(world, "repeat_share")
    assert {cell.org_unit for cell in found.cells} == {"billing", "not_in_the_tree"}
    assert {cell.org_unit for cell in explain_key_results(world.measured())["repeats"].cells} == {"billing"}


class TestKeyResults:
    """The part of a metric that a key result looks at, against four weeks before."""

    def test_are_explained_by_their_own_cells_only(self, world: LearningWorld) -> None:
        world.edit(SERVICE, PARENT, f"{PARENT}        where: {{org_unit: policies}}\n")
        found = explain_key_results(world.measured())["handle_time"]
        assert [cell.org_unit for cell in found.cells] == ["policies"]
        assert (found.week_start, found.previous_week) == (LAST_WEEK, FOUR_WEEKS_AGO)
        assert_the_parts_sum_to_the_change_of_the_value(world.measured(), found, Scope(org_unit="policies"))

    def test_are_explained_by_their_segment_and_side_only(self, world: LearningWorld) -> None:
        for side in ("assisted", "unassisted"):
            world.rows["repeat_share"] += share_rows("billing", [0.2] * len(WEEKS), segment="calls", ai_assisted=side)
        scope = "{org_unit: service, segment: calls, ai_assisted: assisted}"
        world.edit(SERVICE, "metric: repeat_share\n", f"metric: repeat_share\n        where: {scope}\n")
        found = explain_key_results(world.measured())["repeats"]
        assert set(parts(found)) == {("billing", "calls", "assisted")}

    def test_of_a_monthly_metric_hold_the_newest_figure_against_the_one_before(self, world: LearningWorld) -> None:
        world.metrics["repeat_share"] = replace(world.metrics["repeat_share"], cadence="monthly")
        world.change_rows("repeat_share", lambda each: each if each["week_start"].day <= 7 else None)
        found = explain_key_results(world.measured())["repeats"]
        assert (found.week_start, found.previous_week) == (date(2026, 11, 2), date(2026, 10, 5))

    def test_are_left_out_where_the_week_four_weeks_before_is_missing(self, world: LearningWorld) -> None:
        world.metrics["repeat_share"] = replace(world.metrics["repeat_share"], sources=(("desk", "returns"),))
        world.missing = {("desk", "returns"): {FOUR_WEEKS_AGO}}
        found = explain_key_results(world.measured())
        assert set(found) == {"contact_cost", "handle_time", "assisted"}

    @pytest.mark.parametrize("weeks", [WEEKS[:1], ()], ids=["one week", "no week"])
    def test_with_less_than_two_weeks_are_left_out(self, world: LearningWorld, weeks: tuple[date, ...]) -> None:
        world.change_rows("repeat_share", lambda each: each if each["week_start"] in weeks else None)
        assert "repeats" not in explain_key_results(world.measured())

    def test_without_rows_in_their_scope_are_left_out(self, world: LearningWorld) -> None:
        world.edit(BILLING, "metric: assisted_share\n", "metric: assisted_share\n        where: {org_unit: legal}\n")
        assert "assisted" not in explain_key_results(world.measured())


def test_a_table_keeps_cells_sums_and_usable_weeks_apart(world: LearningWorld) -> None:
    table = cell_table(world.measured(), "handle_time_seconds", Where("service"))
    assert table.groups == (("billing", "all", "all"), ("policies", "all", "all"))
    assert table.sums["denominator"].shape == (2, len(WEEKS))
    assert table.usable == tuple(range(len(WEEKS)))
    assert not table.hidden.any()
    assert cell_table(world.measured(), "handle_time_seconds", Where("legal")).usable == ()


CELL = st.tuples(
    st.sampled_from(("billing", "policies", "legal", "elsewhere")),
    st.sampled_from(("a", "b")),
    st.sampled_from(("assisted", "unassisted")),
)
FIGURES = st.tuples(
    st.integers(0, 400),
    st.integers(1, 400),
    st.integers(0, 12),  # numerator, denominator, people
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.dictionaries(CELL, FIGURES, max_size=6), min_size=2, max_size=5),
    st.sampled_from(("proportion", "mean", "total", "ratio", "distinct_share", "stock")),
)
def test_the_parts_of_any_company_sum_to_its_change_and_withhold_small_groups_together(
    world: LearningWorld, weeks: list[dict[tuple[str, str, str], tuple[int, int, int]]], aggregation: Aggregation
) -> None:
    world.metrics["anything"] = metric("anything", "quality", aggregation, "count", people=True)
    world.rows["anything"] = [
        row(
            WEEKS[number],
            unit,
            segment=segment,
            ai_assisted=side,
            numerator=float(
                min(figures[0], figures[1]) if "share" in aggregation or aggregation == "proportion" else figures[0]
            ),
            denominator=float(figures[1]),
            sum_squares=float(figures[0] ** 2),
            people_count=figures[2],
        )
        for number, cells in enumerate(weeks)
        for (unit, segment, side), figures in cells.items()
    ]
    measured = world.measured()
    for found in explain_metrics(measured):
        if found.metric != "anything":
            continue
        assert_the_parts_sum_to_the_change_of_the_value(measured, found, Scope(org_unit="company"))
        pair = [weeks[measured.position(week)] for week in (found.previous_week, found.week_start)]
        small = {cell for cells in pair for cell, figures in cells.items() if 0 < figures[2] < 5}
        assert not small & set(parts(found))
        lumped = {cell for cells in pair for cell in cells} - set(parts(found))
        assert len(lumped) != 1
