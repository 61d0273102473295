"""The example organisation as a cascade directory that a test may change, and its duties on a day."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from duty_states import DutiesOf

from okr_pipeline.duties import Duties, DutyBook, Register
from okr_pipeline.project import Project
from okr_pipeline.settings import Settings

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 22)
"""Last day of the newest week of the example."""


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
