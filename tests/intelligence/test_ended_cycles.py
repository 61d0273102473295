"""A key result that is over is neither watched nor forecast, and its link keeps the verdict of its due week."""

from datetime import date

import pytest
from learning_world import BILLING, LearningWorld

from okr_pipeline.analysis.insights import Insights

DUE = date(2026, 10, 25)
AT_DUE, AFTER = date(2026, 10, 19), date(2026, 11, 16)
TEAM = {"assisted"}
OTHERS = {"contact_cost", "handle_time", "repeats"}


@pytest.fixture
def ended(world: LearningWorld) -> LearningWorld:
    """The team's key results were due in October, everything else is due in December."""
    text = (world.root / BILLING).read_text()
    world.write(BILLING, text.replace("due: 2026-12-31", f"due: {DUE}"))
    assert {item.id for item in world.project().cascade.key_results if item.due == DUE} == TEAM
    return world


def at(world: LearningWorld, through: date) -> Insights:
    world.through = through
    return world.insights()


def test_what_is_over_is_neither_watched_nor_forecast(ended: LearningWorld) -> None:
    assert set(at(ended, AT_DUE).drift) == TEAM | OTHERS
    after = at(ended, AFTER)
    assert set(after.drift) == set(after.forecasts) == OTHERS
    assert after.associations == ()


def test_its_link_and_its_target_keep_what_was_said_of_them_in_the_due_week(ended: LearningWorld) -> None:
    before, after = at(ended, AT_DUE), at(ended, AFTER)
    assert before.evidence["assisted"].verdict == "moves"
    assert after.evidence["assisted"] == before.evidence["assisted"]
    assert after.calibration == before.calibration


def test_a_link_to_a_parent_that_is_over_is_judged_by_the_weeks_up_to_then(world: LearningWorld) -> None:
    text = (world.root / "2026-h2/service.yml").read_text()
    world.write("2026-h2/service.yml", text.replace("due: 2026-12-31", f"due: {DUE}"))
    before, after = at(world, AT_DUE), at(world, AFTER)
    assert after.evidence["assisted"].vanity == before.evidence["assisted"].vanity


def test_what_is_over_keeps_its_values_and_its_status(ended: LearningWorld) -> None:
    ended.through = AFTER
    _, evaluation = ended.evaluated()
    assert set(evaluation.current) == set(evaluation.values) == TEAM | OTHERS
