"""The translation table of the monthly review."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okr_pipeline.analysis.translation import Direction, has_moved, translate


@pytest.mark.parametrize(
    ("child_reached", "parent_moved", "quadrant", "sentence"),
    [
        (True, True, "both", "The child was reached and the parent moved: the translation works so far."),
        (
            True,
            False,
            "child_only",
            "The child was reached and the parent did not move: vanity is suspected, look at the vanity test.",
        ),
        (
            False,
            True,
            "parent_only",
            "The parent moved without this child: something else moves it, and this child may not be needed.",
        ),
        (
            False,
            False,
            "neither",
            "Neither the child was reached nor did the parent move: help the child first.",
        ),
        (
            None,
            True,
            "unknown",
            "It is not known whether the child was reached, so nothing is said of the translation.",
        ),
        (
            True,
            None,
            "unknown",
            "It is not known whether the parent moved, so nothing is said of the translation.",
        ),
        (
            None,
            None,
            "unknown",
            "It is not known whether the child was reached or the parent moved, so nothing is said of the translation.",
        ),
    ],
)
def test_each_cell_of_the_table_has_its_sentence(
    child_reached: bool | None, parent_moved: bool | None, quadrant: str, sentence: str
) -> None:
    found = translate(child_reached, parent_moved)
    assert (found.quadrant, found.sentence) == (quadrant, sentence)


@pytest.mark.parametrize("known", [True, False])
def test_an_unknown_on_either_side_is_never_one_of_the_four_quadrants(known: bool) -> None:
    assert translate(None, known).quadrant == translate(known, None).quadrant == "unknown"


@pytest.mark.parametrize(
    ("low", "high", "direction", "moved"),
    [
        (430, 470, "down", True),
        (430, 480, "down", False),  # the interval touches the baseline
        (470, 490, "down", False),
        (490, 510, "down", False),  # it moved, the wrong way
        (490, 510, "up", True),
        (470, 490, "up", False),
        (430, 470, "up", False),
    ],
)
def test_a_value_has_moved_when_its_whole_interval_lies_on_the_wanted_side_of_480(
    low: float, high: float, direction: Direction, moved: bool
) -> None:
    assert has_moved(480, low, high, direction) is moved


@pytest.mark.parametrize(
    ("baseline", "low", "high", "direction"),
    [
        (None, 430, 470, "down"),
        (480, None, 470, "down"),
        (480, 430, None, "down"),
        (nan, 430, 470, "down"),
        (480, nan, 470, "down"),
        (480, -inf, 470, "down"),
        (480, 430, inf, "up"),
        (480, 470, 430, "down"),  # out of order
        (480, 430, 470, "within"),  # a range has no side
    ],
)
def test_what_cannot_be_told_is_unknown(
    baseline: float | None, low: float | None, high: float | None, direction: Direction
) -> None:
    assert has_moved(baseline, low, high, direction) is None


NUMBER = st.floats(-1e6, 1e6)


@given(NUMBER, NUMBER, NUMBER)
def test_turning_the_scale_around_turns_the_direction_around(baseline: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert has_moved(baseline, low, high, "up") is has_moved(-baseline, -high, -low, "down")


@given(NUMBER, NUMBER, NUMBER)
def test_nothing_moves_both_ways(baseline: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert not (has_moved(baseline, low, high, "up") and has_moved(baseline, low, high, "down"))
