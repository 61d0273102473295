"""A small system of record: one table under contract, exported as Parquet files or as one CSV."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pandera.pandas as pa
import pytest

from okr_pipeline.connectors.origin import Origin
from okr_pipeline.connectors.reader import ReadRequest, Relation
from okr_pipeline.landing import Landing, LandingReport, Pseudonymiser
from okr_pipeline.sources.columns import choice, count, identifier, in_order, measure, moment
from okr_pipeline.sources.contract import Quarantine, SourceTable

KEY = b"a made-up key of thirty-two bytes"
ZONE = ZoneInfo("Europe/Berlin")
FIRST = date(2026, 10, 5)
WEEKS = tuple(FIRST + timedelta(weeks=number) for number in range(7))
NEWEST = WEEKS[-1]
Row = dict[str, object]


def tickets(**changes: object) -> SourceTable:
    """Return the valid contract, with fields replaced."""
    fields: dict[str, object] = {
        "system": "desk",
        "name": "tickets",
        "description": "Closed tickets. One row per ticket.",
        "owner": "head of desk",
        "week_by": "closed_at",
        "pseudonymised": ("agent_id",),
        "unit_code": "unit_code",
        "quarantine": (Quarantine("other_currency", "currency", pa.Check.isin(["EUR"]), "another currency"),),
        "schema": pa.DataFrameSchema(
            {
                "ticket_id": identifier("Id of the ticket.", unique=True),
                "opened_at": moment("When it was opened."),
                "closed_at": moment("When it was closed; decides the week."),
                "unit_code": identifier("Code of the team."),
                "agent_id": identifier("The agent, pseudonymised at landing.", nullable=True),
                "channel": choice("How it came in.", ["voice", "chat"]),
                "handle_seconds": measure("Time spent, in seconds."),
                "replies_count": count("Replies sent."),
                "currency": choice("Currency.", ["EUR", "USD"]),
            },
            checks=in_order("opened_at", "closed_at"),
        ),
    }
    return SourceTable(**{**fields, **changes})  # type: ignore[arg-type]  # fields of any type, checked by the class


def rows_of_week(week: date, rows: int = 40) -> list[Row]:
    """Return valid rows spread over the days of one week."""
    start = datetime(week.year, week.month, week.day, 12, tzinfo=UTC)
    return [
        {
            "ticket_id": f"{week.isoformat()}-{number:04d}",
            "opened_at": start + timedelta(hours=number % 100, seconds=number),
            "closed_at": start + timedelta(hours=number % 100 + 1, seconds=number),
            "unit_code": f"T{number % 3}",
            "agent_id": None if number % 11 == 10 else f"agent.{number % 6}@example.com",
            "channel": "voice" if number % 2 else "chat",
            "handle_seconds": 100.5 + number,
            "replies_count": number % 5,
            "currency": "EUR",
        }
        for number in range(rows)
    ]


def write_parquet(path: Path, rows: Sequence[Row], types: Mapping[str, str] | None = None) -> None:
    """Write rows as typed Parquet; ``types`` replaces or adds column types."""
    kinds = {**tickets().columns, **(types or {})}
    names = [name for name in kinds if any(name in row for row in rows)] if rows else list(kinds)
    with duckdb.connect() as engine:
        engine.execute("set TimeZone = 'UTC'")
        engine.execute(f"create table t ({', '.join(f'{name} {kinds[name]}' for name in names)})")
        if rows:
            marks = ", ".join("?" for _ in names)
            engine.executemany(f"insert into t values ({marks})", [[row.get(name) for name in names] for row in rows])
        path.parent.mkdir(parents=True, exist_ok=True)
        engine.execute(f"copy t to '{path}' (format parquet)")


def write_csv(path: Path, rows: Sequence[Row]) -> None:
    """Write rows as CSV, moments with their offset."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(names)]
    lines += [",".join("" if row.get(name) is None else str(row[name]) for name in names) for row in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@dataclass
class FolderReader:
    """Reads every Parquet or CSV file of a folder; counts what it was asked for."""

    folder: Path
    fingerprints: bool = True
    asked: list[tuple[str, ...] | None] = field(default_factory=list)

    def parts(self) -> Mapping[str, str] | None:
        """Give each file with size and time."""
        if not self.fingerprints:
            return None
        files = [path for path in sorted(self.folder.iterdir()) if path.suffix in {".parquet", ".csv"}]
        return {str(path): f"{path.stat().st_size}-{path.stat().st_mtime_ns}" for path in files}

    def read(self, request: ReadRequest) -> Relation:
        """Give the files as one relation."""
        self.asked.append(request.parts)
        names = request.parts
        if names is None:
            names = tuple(str(path) for path in sorted(self.folder.iterdir()))
        kind = "read_csv" if names[0].endswith(".csv") else "read_parquet"
        options = ", all_varchar = true, header = true" if kind == "read_csv" else ""
        listed = ", ".join(f"'{name}'" for name in names)
        return Relation(f"select * from {kind}([{listed}], union_by_name = true{options})", (self.folder,))


@dataclass
class Desk:
    """The system, its landing and a short way to land."""

    source: Path
    landing: Landing
    root: Path
    spool: Path
    reader: FolderReader

    def export(self, week: date, rows: Sequence[Row], name: str = "", types: Mapping[str, str] | None = None) -> Path:
        """Write the weekly file of a week."""
        path = self.source / f"{name or week.isoformat()}.parquet"
        write_parquet(path, rows, types)
        return path

    def land(
        self,
        weeks: Sequence[date] = WEEKS,
        *,
        table: SourceTable | None = None,
        accept: tuple[date, ...] = (),
        as_of_week: date = NEWEST,
    ) -> LandingReport:
        """Land with the test's reader."""
        origin = Origin("desk", "tickets", "files", {"path": "tickets"}, {}, accept)
        return self.landing.land(table or tickets(), self.reader, origin, weeks, as_of_week, self.spool)

    def files(self) -> dict[date, str]:
        """Return the hash of each week's current file."""
        return {week: file.sha256 for week, file in self.landing.manifest(("desk", "tickets")).files.items()}


@pytest.fixture
def make_desk(tmp_path: Path) -> Callable[..., Desk]:
    """Return a maker of separate desks."""

    def make(name: str = "desk", key: bytes = KEY) -> Desk:
        home = tmp_path / name
        (home / "source").mkdir(parents=True, exist_ok=True)
        landing = Landing(home / "landing", ZONE, Pseudonymiser(key))
        return Desk(home / "source", landing, home / "landing", home / "spool", FolderReader(home / "source"))

    return make


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    """Return a desk with seven good weeks, one file each."""
    made = make_desk()
    for week in WEEKS:
        made.export(week, rows_of_week(week))
    return made
