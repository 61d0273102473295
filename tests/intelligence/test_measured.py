"""What a run has measured: the weeks there are, and those that every source has delivered."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from learning_world import CYCLE_START, FIRST_WEEK, LAST_WEEK, START, WEEKS, LearningWorld

from okr_pipeline.cascade.scope import Scope
from okr_pipeline.cascade.weeks import WEEK
from okr_pipeline.landing import Manifest
from okr_pipeline.measured import Measured

BILLING = Scope(org_unit="billing")
CYCLE = "2026-h2"


def test_the_weeks_run_from_the_first_landed_one_to_the_newest(world: LearningWorld) -> None:
    measured = world.measured()
    assert measured.weeks == WEEKS
    assert measured.through == LAST_WEEK
    assert measured.starts == {CYCLE: START}


def test_before_anything_is_landed_there_is_one_week(world: LearningWorld) -> None:
    nothing = {("desk", "contacts"): Manifest("desk", "contacts")}
    measured = Measured.of(world.project(), {}, nothing, LAST_WEEK)
    assert measured.weeks == (LAST_WEEK,)
    assert measured.starts == {CYCLE: START - WEEKS.index(LAST_WEEK)}  # it began before the first week


def test_a_newest_week_before_the_first_landed_one_is_the_only_one(world: LearningWorld) -> None:
    measured = Measured.of(world.project(), world.columns(), world.manifests(), FIRST_WEEK - 3 * WEEK)
    assert measured.weeks == (FIRST_WEEK - 3 * WEEK,)


def test_a_cycle_that_has_not_begun_starts_after_the_weeks(world: LearningWorld) -> None:
    world.through = CYCLE_START - 2 * WEEK
    assert world.measured().starts == {CYCLE: len(world.measured().weeks)}


@pytest.mark.parametrize(
    ("day", "position"),
    [(FIRST_WEEK, 0), (date(2026, 1, 4), 0), (date(2026, 1, 5), 1), (date(2025, 12, 28), -1), (LAST_WEEK + WEEK, 47)],
)
def test_a_day_lies_in_its_week_even_outside_of_the_weeks(world: LearningWorld, day: date, position: int) -> None:
    assert world.measured().position(day) == position


def test_a_week_counts_once_every_source_has_delivered_it_and_an_empty_one_is_delivered(world: LearningWorld) -> None:
    world.metrics["repeat_share"] = replace(
        world.metrics["repeat_share"], sources=(("desk", "contacts"), ("desk", "returns"))
    )
    world.missing = {("desk", "returns"): {WEEKS[3]}}
    world.outcomes = {("desk", "returns"): {WEEKS[4]: "empty", WEEKS[5]: "volume_failed"}}
    measured = world.measured()
    assert set(WEEKS) - measured.observed["repeat_share"].weeks == {WEEKS[3], WEEKS[5]}
    weekly = measured.weekly("repeat_share", BILLING, CYCLE).value
    assert np.flatnonzero(np.isnan(weekly)).tolist() == [3, 5]
    assert np.isfinite(measured.weekly("handle_time_seconds", BILLING, CYCLE).value).all()


def test_a_weekly_value_is_that_of_the_single_week(world: LearningWorld) -> None:
    measured = world.measured()
    weekly = measured.weekly("repeat_share", BILLING, CYCLE)
    rows = [each for each in world.rows["repeat_share"] if each["org_unit"] == "billing"]
    assert weekly.value == pytest.approx([each["numerator"] / each["denominator"] for each in rows])
    assert weekly.sample_count.tolist() == [1000.0] * len(WEEKS)


def test_a_metric_without_rows_has_no_value_in_any_week(world: LearningWorld) -> None:
    world.rows["repeat_share"] = []
    assert np.isnan(world.measured().weekly("repeat_share", BILLING, CYCLE).value).all()
