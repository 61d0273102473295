"""A request for one week, and a connection as locked down as the landing's."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
from connector_reading import END, START, MakeRequest, Read, Rows

from okr_pipeline.connectors import open_reader
from okr_pipeline.connectors.origin import Origin
from okr_pipeline.connectors.reader import ReadRequest, Relation


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = (tmp_path / "home").resolve()
    folder.mkdir()
    return folder


@pytest.fixture
def make_request(tmp_path: Path) -> MakeRequest:
    def make(columns: Mapping[str, str], parts: tuple[str, ...] | None = None) -> ReadRequest:
        return ReadRequest(columns, "ended_at", START, END, tmp_path / "spool", parts)

    return make


@pytest.fixture
def rows() -> Iterator[Rows]:
    """Run a relation on a connection that may touch only the relation's directories."""
    opened = []

    def run(relation: Relation) -> list[dict[str, Any]]:
        con = duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
        opened.append(con)
        folders = ", ".join(f"'{folder}'" for folder in relation.directories)
        con.execute(f"set TimeZone = 'UTC'; set allowed_directories = [{folders}]")
        con.execute("set enable_external_access = false; set lock_configuration = true")
        found = con.execute(f"select * from ({relation.sql})")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    yield run
    for con in opened:
        con.close()


@pytest.fixture
def read(home: Path, make_request: MakeRequest, rows: Rows) -> Read:
    """Read an origin below ``home`` with these options."""

    def run(
        connector: str,
        options: Mapping[str, object],
        columns: Mapping[str, str],
        mapping: Mapping[str, str] | None = None,
        parts: tuple[str, ...] | None = None,
    ) -> list[dict[str, Any]]:
        origin = Origin("erp", "ledger", connector, {"roots": (home,), **options}, mapping or {})  # type: ignore[arg-type]
        return rows(open_reader(origin).read(make_request(columns, parts)))

    return run
