"""The example organisation as a cascade directory that a test may change, and its duties on a day."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from okr_pipeline.compliance.model import Milestone
from okr_pipeline.duties import Duties, DutyBook, Register
from okr_pipeline.milestone_nodes import milestone_id
from okr_pipeline.project import Project
from okr_pipeline.settings import Settings

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 22)
"""Last day of the newest week of the example."""
DutiesOf = Callable[..., Duties]


@pytest.fixture
def cascade_dir(tmp_path: Path) -> Path:
    """A copy of the example organisation."""
    return Path(shutil.copytree(ROOT / "cascade_definitions", tmp_path / "cascade"))


@pytest.fixture
def duties_of(cascade_dir: Path, tmp_path: Path) -> DutiesOf:
    """Return the duties as the files stand now, on ``as_of``, with an incident register."""

    def duties(as_of: date = DAY, register: Register | None = None) -> Duties:
        settings = Settings.from_environment(
            {
                "OKR_PROJECT": str(ROOT),
                "OKR_HOME": str(tmp_path / "home"),
                "OKR_CASCADE_DIR": str(cascade_dir),
                "OKR_AS_OF": "2026-11-23",
            }
        )
        return DutyBook(Project.load(settings), register or Register()).on(as_of, is_newest=True)

    return duties


def by_id(duties: Duties) -> dict[str, Milestone]:
    """Return the milestones by their id."""
    return {milestone_id(milestone): milestone for milestone in duties.milestones}


def changed(before: Duties, after: Duties) -> set[str]:
    """Return the ids of the milestones whose state differs, or that only one of the two has."""
    was, now = by_id(before), by_id(after)
    return {
        name
        for name in was.keys() | now.keys()
        if name not in was or name not in now or was[name].status is not now[name].status
    }
