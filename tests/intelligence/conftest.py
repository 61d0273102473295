"""A fresh small company for every test of what is learned from measured weeks."""

from pathlib import Path

import pytest
from learning_world import LearningWorld


@pytest.fixture
def world(tmp_path: Path) -> LearningWorld:
    """The company in which nothing is wrong."""
    return LearningWorld(tmp_path / "cascade")
