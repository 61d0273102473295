"""Disclosure: no small group is shown, nor found by adding and subtracting what is shown."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measured_world import CYCLE, LAST_WEEK, METRIC, ORGANISATION, WEEKS, key_result, observed, row, rows_of

from okr_pipeline.cascade.disclosure import suppress, withheld_by_week
from okr_pipeline.cascade.rows import MetricRows
from okr_pipeline.cascade.values import evaluate
from okr_pipeline.cascade.weekly import Where

MINIMUM = 5
UNITS = ("billing", "policies", "legal")


def table(people: dict[tuple[str, str], int | None]) -> list[dict[str, Any]]:
    return [row(org_unit=unit, segment=segment, people_count=count) for (unit, segment), count in people.items()]


def masked(people: dict[tuple[str, str], int | None]) -> set[tuple[str, str]]:
    mask = suppress(rows_of(table(people)), MINIMUM, ORGANISATION)
    return {cell for cell, hidden in zip(people, mask, strict=True) if hidden}


def test_where_every_group_is_large_enough_nothing_is_withheld() -> None:
    assert masked({("billing", "a"): 5, ("billing", "b"): 0, ("legal", "a"): 90, ("legal", "b"): None}) == set()


def test_a_small_cell_takes_the_smallest_of_its_line_with_it() -> None:
    hidden = masked({("billing", "a"): 3, ("billing", "b"): 20, ("billing", "c"): 9})
    assert hidden == {("billing", "a"), ("billing", "c")}


def test_in_a_table_of_two_dimensions_a_rectangle_is_withheld() -> None:
    people = dict.fromkeys(product(("billing", "policies"), ("a", "b")), 20)
    assert masked({**people, ("billing", "a"): 2}) == set(people)


def test_a_week_without_small_groups_is_left_alone() -> None:
    rows = [
        *table({("billing", "a"): 3, ("billing", "b"): 20}),
        row(WEEKS[-2], segment="a"),
        row(WEEKS[-2], segment="b"),
    ]
    assert suppress(rows_of(rows), MINIMUM, ORGANISATION).tolist() == [True, True, False, False]


def test_the_total_of_a_sibling_is_withheld_when_it_would_betray_a_small_unit() -> None:
    rows = rows_of(table({("billing", "all"): 30, ("legal", "all"): 50, ("policies", "all"): 3}))
    withheld = withheld_by_week(rows, MINIMUM, ORGANISATION)
    hidden = {unit for unit in ORGANISATION.units if withheld.of(Where(unit), rows.axis)[0]}
    assert "policies" in hidden
    assert hidden & {"billing", "service"}
    assert "company" not in hidden


def test_the_wide_total_stays_when_a_narrow_one_can_go() -> None:
    """Two small cells beside two large ones: both together minus the large ones would be the small ones."""
    rows = rows_of(table({("billing", "a"): 3, ("billing", "b"): 20, ("policies", "a"): 4, ("policies", "b"): 20}))
    withheld = withheld_by_week(rows, MINIMUM, ORGANISATION)
    shown = {where: not withheld.of(Where(*where), rows.axis)[0] for where in (("service",), ("service", "b"))}
    assert shown == {("service",): True, ("service", "b"): False}


def test_cells_of_other_weeks_do_not_change_the_choice() -> None:
    week = table({("billing", "a"): 3, ("billing", "b"): 20, ("billing", "c"): 20})
    others = [row(other, org_unit=unit, segment="z") for other in WEEKS[-4:-1] for unit in UNITS]
    alone = suppress(rows_of(week), MINIMUM, ORGANISATION)
    assert suppress(rows_of([*others, *week]), MINIMUM, ORGANISATION)[-3:].tolist() == alone.tolist()


def solvable(known: list[list[int]], wanted: list[int]) -> bool:
    """Tell by exact elimination whether ``wanted`` is a combination of the rows of ``known``."""
    basis: list[tuple[int, list[Fraction]]] = []

    def reduced(vector: list[Fraction]) -> list[Fraction]:
        for pivot, line in basis:
            if vector[pivot]:
                factor = vector[pivot]
                vector = [entry - factor * other for entry, other in zip(vector, line, strict=True)]
        return vector

    for equation in known:
        rest = reduced([Fraction(entry) for entry in equation])
        pivot = next((index for index, entry in enumerate(rest) if entry), None)
        if pivot is not None:
            basis.append((pivot, [entry / rest[pivot] for entry in rest]))
    return not any(reduced([Fraction(entry) for entry in wanted]))


CELLS = list(product(UNITS, ("a", "b", "c")))


PEOPLE = st.one_of(st.just(0), st.integers(1, 6), st.integers(5, 40))
WEEK = st.dictionaries(st.sampled_from(CELLS), PEOPLE, min_size=1)
SCOPES = [(unit, segment) for unit in ORGANISATION.units for segment in (None, "a", "b", "c")]


@settings(max_examples=150, deadline=None)
@given(weeks=st.lists(WEEK, min_size=1, max_size=3))
def test_no_small_group_can_be_computed_from_everything_that_is_published(
    weeks: list[dict[tuple[str, str], int]],
) -> None:
    """The published rows, and every scope over every window, as key results show them, together."""
    dates = WEEKS[-len(weeks) :]
    unknowns = [(week, cell) for week, people in zip(dates, weeks, strict=True) for cell in people]
    people = {(week, cell): some[cell] for week, some in zip(dates, weeks, strict=True) for cell in some}
    rows = rows_of(
        row(week, org_unit=unit, segment=segment, people_count=people[week, (unit, segment)])
        for week, (unit, segment) in unknowns
    )
    known = [{cell} for cell, hidden in zip(unknowns, suppress(rows, MINIMUM, ORGANISATION), strict=True) if not hidden]
    secrets = [{cell} for cell in unknowns if 0 < people[cell] < MINIMUM]
    for unit, segment in SCOPES:
        scope = [cell for cell in unknowns if cell[1][0] in ORGANISATION.below(unit) and segment in (None, cell[1][1])]
        for week in dates:
            small = {cell for cell in scope if cell[0] == week and 0 < people[cell] < MINIMUM}
            secrets += [small] if small else []
        for window in ("week", "trailing_4_weeks"):
            for week, shown in zip(dates, shown_weeks(rows, unit, segment, window, dates), strict=True):
                inside = {cell for cell in scope if cell[0] == week or (window != "week" and cell[0] < week)}
                known += [inside] if shown and inside else []
    known_rows = [[int(cell in some) for cell in unknowns] for some in known]
    for secret in secrets:
        assert not solvable(known_rows, [int(cell in secret) for cell in unknowns])


def shown_weeks(rows: MetricRows, unit: str, segment: str | None, window: str, weeks: Sequence[date]) -> list[bool]:
    where = {"org_unit": unit} | ({"segment": segment} if segment else {})
    values = evaluate(
        key_result(where=where, window=window),
        METRIC,
        rows,
        observed(),
        organisation=ORGANISATION,
        cycle=CYCLE,
        weeks=weeks,
    )
    return [value.value is not None for value in values]


@settings(max_examples=40, deadline=None)
@given(
    people=st.dictionaries(st.sampled_from(CELLS), st.integers(0, 12), min_size=1),
    order=st.randoms(use_true_random=False),
)
def test_what_is_withheld_does_not_depend_on_the_order_of_the_rows(
    people: dict[tuple[str, str], int | None], order: Any
) -> None:
    shuffled = list(people.items())
    order.shuffle(shuffled)
    assert masked(people) == masked(dict(shuffled))


@pytest.mark.parametrize("count", [1, 4])
def test_a_small_cell_that_stands_alone_is_withheld(count: int) -> None:
    rows = rows_of([row(LAST_WEEK, people_count=count)])
    assert suppress(rows, MINIMUM, ORGANISATION).tolist() == [True]
