"""A cycle that is over keeps the verdicts it had; it is neither watched, forecast nor compared any more."""

from datetime import date

import pytest
from learning_world import LearningWorld

NAMES = {"assisted", "contact_cost", "handle_time", "repeats"}


@pytest.fixture
def ended(world: LearningWorld) -> LearningWorld:
    """Billing's key results were due in October, everything else is due in December."""
    text = (world.root / "2026-h2/billing.yml").read_text()
    world.write("2026-h2/billing.yml", text.replace("due: 2026-12-31", "due: 2026-10-25"))
    return world


def test_what_is_over_is_left_out_of_every_analysis(ended: LearningWorld) -> None:
    before, after = _learned(ended, date(2026, 10, 19)), _learned(ended, date(2026, 10, 26))
    assert before == {"drift": NAMES, "calibration": NAMES - {"repeats"}, "evidence": {"assisted", "handle_time"}}
    assert after == {name: found - _billing(ended) for name, found in before.items()}


def test_what_is_over_keeps_its_values_and_its_status(ended: LearningWorld) -> None:
    ended.through = date(2026, 11, 16)
    _, evaluation = ended.evaluated()
    assert set(evaluation.current) == set(evaluation.values) == NAMES


def _billing(world: LearningWorld) -> set[str]:
    return {item.id for item in world.project().cascade.key_results if item.due < date(2026, 12, 1)}


def _learned(world: LearningWorld, through: date) -> dict[str, set[str]]:
    world.through = through
    insights = world.insights()
    return {name: set(getattr(insights, name)) for name in ("drift", "calibration", "evidence")}
