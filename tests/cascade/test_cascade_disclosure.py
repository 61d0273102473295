"""Disclosure: no small group is shown, nor found by adding and subtracting what is shown."""

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measured_world import LAST_WEEK, ORGANISATION, WEEKS, row, rows_of

from okr_pipeline.cascade.disclosure import suppress, withheld_figures
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
    groups = [("billing", "all", "all"), ("legal", "all", "all"), ("policies", "all", "all")]
    withheld = withheld_figures(groups, np.array([[30.0], [50.0], [3.0]]), MINIMUM, ORGANISATION)
    hidden = {unit for unit in ORGANISATION.units if withheld.of(Where(unit))[0]}
    assert "policies" in hidden
    assert hidden & {"billing", "service"}
    assert "company" not in hidden


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


@settings(max_examples=60, deadline=None)
@given(
    counts=st.lists(st.one_of(st.integers(0, 6), st.integers(5, 40)), min_size=len(CELLS), max_size=len(CELLS)),
    present=st.lists(st.booleans(), min_size=len(CELLS), max_size=len(CELLS)),
)
def test_no_small_group_can_be_computed_from_the_published_cells_and_totals(
    counts: list[int], present: list[bool]
) -> None:
    people = {cell: count for cell, count, there in zip(CELLS, counts, present, strict=True) if there}
    hidden = masked(people)  # type: ignore[arg-type]
    cells = sorted(people)
    groups = [(unit, segment, "all") for unit, segment in cells]
    most = np.array([[float(people[cell])] for cell in cells]).reshape(-1, 1)
    withheld = withheld_figures(groups, most, MINIMUM, ORGANISATION)
    assert hidden == {cell for cell in cells if withheld.of(Where(*cell))[0]}
    lines = {
        (unit, segment): [cell for cell in cells if cell[0] in ORGANISATION.below(unit) and segment in (None, cell[1])]
        for unit in ORGANISATION.units
        for segment in (None, "a", "b", "c")
    }
    known = [[int(cell == other) for other in cells] for cell in cells if cell not in hidden]
    for (unit, segment), line in lines.items():
        if line and not withheld.of(Where(unit, segment))[0]:
            known.append([int(cell in line) for cell in cells])
    small = {cell for cell in cells if 0 < people[cell] < MINIMUM}
    secrets = [{cell} for cell in small] + [small & set(line) for line in lines.values() if small & set(line)]
    for secret in secrets:
        assert not solvable(known, [int(cell in secret) for cell in cells])


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
