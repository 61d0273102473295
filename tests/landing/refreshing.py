"""A refresh's own landing of a small system: the real `Refresh` and `Landing`, no cascade and no dbt."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from unittest.mock import patch

from okr_pipeline import refresh
from okr_pipeline.connectors.origin import Origin
from okr_pipeline.landing import LandingReport
from okr_pipeline.progress import Silent
from okr_pipeline.project import Project
from okr_pipeline.refresh import Refresh, refresh_run
from okr_pipeline.sources.contract import SourceTable
from okr_pipeline.transformation import DbtProject
from tests.landing.conftest import KEY, ZONE, Desk, FolderReader, tickets

TABLE = ("desk", "tickets")


@contextmanager
def run_of(
    home: Path, reader: FolderReader, newest: date, table: SourceTable, accept: tuple[date, ...] = ()
) -> Iterator[Refresh]:
    """Hold a run on the Monday after the week ``newest``, on a project of one table."""
    project = SimpleNamespace(
        settings=SimpleNamespace(home=home, pseudonym_key=KEY),
        zone=ZONE,
        as_of=newest + timedelta(weeks=1),
        tables={TABLE: table},
        origins={TABLE: Origin(*TABLE, "files", {"path": "tickets"}, {}, accept)},
    )
    dbt = cast("DbtProject", SimpleNamespace())
    with (
        patch.object(refresh, "open_reader", lambda _origin: reader),
        refresh_run(cast("Project", project), dbt, "run", Silent(), 0.0) as run,
    ):
        yield run


@dataclass
class Weekly:
    """Refreshes a desk week by week."""

    desk: Desk
    table: SourceTable

    @classmethod
    def of(cls, desk: Desk, **changes: object) -> "Weekly":
        """Take the desk's contract with fields replaced."""
        return cls(desk, tickets(**changes))

    def refresh(self, week: date, accept: tuple[date, ...] = (), newest: date | None = None) -> LandingReport:
        """Refresh one week, as `okr refresh --week` does, on the Monday after it or after the week ``newest``."""
        self.desk.reader.asked.clear()
        with run_of(self.desk.root.parent, self.desk.reader, newest or week, self.table, accept) as run:
            return run.land(TABLE, (week,))

    @property
    def landed(self) -> list[date]:
        """Mondays with a file."""
        return sorted(self.desk.files())
