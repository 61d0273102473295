"""A real SQLite file: text values, fingerprints, read-only."""

import sqlite3
from pathlib import Path

import duckdb
import pytest
from connector_reading import Read

from okr_pipeline.connectors import open_reader
from okr_pipeline.connectors.engine import connection, extension_file, literal
from okr_pipeline.connectors.origin import Origin
from okr_pipeline.errors import SourceError

COLUMNS = {"contact_id": "VARCHAR", "ended_at": "TIMESTAMPTZ", "ok": "BOOLEAN"}


@pytest.fixture
def file(home: Path) -> Path:
    path = home / "documents.sqlite"
    with sqlite3.connect(path) as con:
        con.execute('create table agreements ("Contact Id" integer, ended_at text, ok boolean, amount real)')
        con.execute("insert into agreements values (1, '2026-11-16 12:00:00', 1, 0.1), ('odd', null, 0, 2)")
        con.execute("create view closed as select * from agreements where ended_at is not null")
    con.close()
    return path


def options(file: Path, **more: object) -> dict[str, object]:
    return {"kind": "sqlite", "path": str(file), "time_zone": "Europe/Berlin", **more}


def test_a_table_comes_as_text_whatever_its_declared_types(file: Path, read: Read) -> None:
    found = read("sql", options(file, table="agreements"), COLUMNS, {"contact_id": "Contact Id"})
    assert [tuple(row.values()) for row in found] == [
        ("1", "2026-11-16 11:00:00+00", "1", "0.1"),
        ("odd", None, "0", "2.0"),
    ]


def test_a_view_and_a_query_can_be_read(file: Path, read: Read) -> None:
    assert len(read("sql", options(file, table="closed"), COLUMNS)) == 1
    query = 'with a as (select "Contact Id" as contact_id, ended_at from agreements) '
    query += "select * from a where ended_at is null"
    assert read("sql", options(file, query=query), COLUMNS) == [{"contact_id": "odd", "ended_at": None}]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"table": "absent"}, "the file has no table 'absent' - there are: agreements, closed"),
        ({"query": "select * from '/etc/passwd'"}, "the file has no table '/etc/passwd'"),
        ({"query": "select * from duckdb_settings"}, "the file has no table 'duckdb_settings'"),
        ({"query": "select * from information_schema.tables"}, "no table 'information_schema.tables'"),
    ],
)
def test_a_table_that_the_file_does_not_hold_is_refused(
    file: Path, read: Read, more: dict[str, object], message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        read("sql", options(file, **more), COLUMNS)


def test_a_file_that_is_no_database_is_a_source_error_without_context(home: Path, read: Read) -> None:
    (home / "x.sqlite").write_bytes(b"garbage" * 500)
    with pytest.raises(SourceError, match="not a readable SQLite database") as caught:
        read("sql", options(home / "x.sqlite", table="t"), COLUMNS)
    assert caught.value.__context__ is None


def test_an_absent_file_is_not_created(home: Path, read: Read) -> None:
    with pytest.raises(SourceError, match="there is no file"):
        read("sql", options(home / "none.sqlite", table="t"), COLUMNS)
    assert not (home / "none.sqlite").exists()


def test_the_fingerprint_sees_the_file_and_its_write_ahead_log(file: Path, home: Path) -> None:
    reader = open_reader(Origin("erp", "ledger", "sql", {"roots": (home,), **options(file, table="agreements")}))
    first = reader.parts()
    con = sqlite3.connect(file)
    con.execute("pragma journal_mode = wal")
    con.execute("insert into agreements values (3, null, 1, 1)")
    con.commit()
    second = reader.parts()
    con.close()
    assert first is not None
    assert second is not None
    assert list(first) == [str(file)]
    assert list(second) == [str(file), f"{file}-wal"]


def test_reading_leaves_the_file_as_it_was_and_a_write_is_refused(file: Path, read: Read) -> None:
    before = file.read_bytes(), file.stat().st_mtime_ns
    read("sql", options(file, table="agreements"), COLUMNS)
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before
    with connection("sqlite_scanner") as con:
        con.execute(f"attach {literal(file)} as source (type sqlite, read_only)")
        with pytest.raises(duckdb.Error, match="read-only"):
            con.execute("delete from source.agreements")


def test_extensions_come_out_of_their_wheels() -> None:
    assert extension_file("sqlite_scanner").is_file()
