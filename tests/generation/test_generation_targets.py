"""The arithmetic of a draft's targets, worked by hand and by property."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okr_pipeline.generation.targets import (
    Yardstick,
    adoption_aim,
    claim,
    guard_limit,
    outcome_aim,
    round_cases,
)

LIMIT = Yardstick(0.95, "no more than that is realistic")


def test_a_time_falls_by_the_whole_percent_that_is_wanted() -> None:
    aim = outcome_aim(480.0, "down", 0.10, (), basis="the plan", is_share=False)

    assert (aim.value, aim.change_ratio, aim.basis) == (pytest.approx(432.0), -0.10, "the plan")


def test_a_target_that_a_unit_has_already_reached_is_made_harder() -> None:
    best = Yardstick(400.0, "the own best")

    aim = outcome_aim(480.0, "down", 0.10, (best,), basis="the plan", is_share=False)

    assert aim.change_ratio == -0.17  # 480 less 16 % is 403.2, still above 400
    assert aim.basis == "better than the own best"


def test_a_share_goes_at_most_half_of_the_way_to_all() -> None:
    aim = outcome_aim(0.90, "up", 0.20, (), basis="the plan", is_share=True)

    assert aim.value == 0.95
    assert aim.basis == "half of the way to 100%; the need asks for more"


def test_an_adoption_is_to_reach_half_of_those_who_are_without() -> None:
    aim = adoption_aim(0.20, (), LIMIT)

    assert aim is not None
    assert (aim.value, aim.change_ratio) == (0.6, pytest.approx(2.0))


def test_an_adoption_stops_at_its_limit_and_says_so() -> None:
    aim = adoption_aim(0.20, (), Yardstick(0.505, "the instructions allow no more"))

    assert aim is not None
    assert (aim.value, aim.basis) == (0.5, "the instructions allow no more")


@pytest.mark.parametrize("limit", [0.20, 0.209, 0.1])
def test_an_adoption_without_room_has_no_target(limit: float) -> None:
    assert adoption_aim(0.20, (), Yardstick(limit, "a limit")) is None


def test_a_guard_may_give_way_by_a_tenth_of_the_smaller_side() -> None:
    assert guard_limit(0.20, "down", is_share=True) == 0.22
    assert guard_limit(0.98, "up", is_share=True) == 0.97
    assert guard_limit(4.24, "down", is_share=False) == 4.7
    assert guard_limit(12.0, "up", is_share=False) == 10.0


def test_two_equal_claims_reach_from_three_quarters_to_five_quarters_of_their_share() -> None:
    assert claim(0.20, 2) == (0.075, 0.125)
    assert claim(-0.20, 2) == (-0.125, -0.075)


def test_numbers_of_cases_keep_two_digits() -> None:
    assert [round_cases(number) for number in (0, 7.9, 64.2, 319, 8_432)] == [1, 7, 64, 310, 8400]


@given(st.floats(0.001, 5), st.integers(1, 12), st.booleans())
def test_the_favourable_ends_of_all_parts_exceed_what_the_parent_needs(need: float, parts: int, falls: bool) -> None:
    low, high = claim(-need if falls else need, parts)

    assert low <= high
    favourable = -low if falls else high
    assert favourable * parts >= need * 1.25 - 1e-9
    assert (high <= 0) if falls else (low >= 0)


@given(
    st.floats(0.02, 0.93),
    st.floats(0.0, 0.94),
    st.sampled_from(["up", "down"]),
)
def test_the_target_of_a_share_beats_baseline_and_yardstick(baseline: float, best: float, direction: str) -> None:
    best = max(best, baseline) if direction == "up" else min(best, baseline)
    aim = outcome_aim(baseline, direction, 0.1, (Yardstick(best, "best"),), basis="", is_share=True)  # type: ignore[arg-type]

    assert (aim.value > best) if direction == "up" else (aim.value < best)


@given(st.floats(1, 1e6), st.floats(0.51, 1.5), st.sampled_from(["up", "down"]))
def test_the_target_of_an_amount_beats_its_yardstick(baseline: float, factor: float, direction: str) -> None:
    best = baseline * factor
    aim = outcome_aim(baseline, direction, 0.1, (Yardstick(best, "best"),), basis="", is_share=False)  # type: ignore[arg-type]

    assert (aim.value > best) if direction == "up" else (aim.value < best)
    assert aim.value == pytest.approx(baseline * (1 + aim.change_ratio))


@given(st.floats(0.01, 0.94), st.floats(0.02, 1.0))
def test_an_adoption_lies_above_its_baseline_and_never_beyond_its_limit(baseline: float, limit: float) -> None:
    aim = adoption_aim(baseline, (), Yardstick(limit, "a limit"))

    if aim is not None:
        assert baseline < aim.value <= limit + 1e-9
    else:
        assert limit - baseline < 0.01 + 1e-9
