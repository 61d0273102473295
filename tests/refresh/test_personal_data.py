"""Nothing that a run leaves behind holds a raw id, name or e-mail of a person, nor the key of the pseudonyms."""

import re
import sqlite3
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from okr_runs import environment, run

_RAW_COLUMNS = """
select customer_id from '{systems}/contact_centre/interactions/*.parquet'
union select agent_id from '{systems}/contact_centre/interactions/*.parquet'
union select underwriter_id from '{systems}/underwriting/cases/*.parquet'
union select resolved_by_id from '{systems}/erp/discrepancies.csv'
union select user_id from '{systems}/ai_usage/users/*.jsonl'
union select user_email from '{systems}/ai_usage/users/*.jsonl'
union select user_id from '{systems}/ai_usage/decisions/*.jsonl'
"""
_LEFT_BEHIND = ("landing", "warehouse", "publications", "dagster", "dbt", "build", "spool", "settings.toml", "lock")
_LEAST_BYTES = 1_000_000


def _raw_values(home: Path) -> set[str]:
    """Return what the raw systems know of persons."""
    systems = home / "systems"
    with duckdb.connect() as connection:
        found = {value for (value,) in connection.execute(_RAW_COLUMNS.format(systems=systems)).fetchall()}
    with closing(sqlite3.connect(systems / "document_management" / "documents.sqlite")) as documents:
        for table in ("agreements", "review_turns"):
            found |= {value for (value,) in documents.execute(f"select distinct reviewer_id from {table}")}
    for repository in ("policy-platform", "claims-platform"):
        log = subprocess.run(
            ["git", "-C", systems / "code_repository" / repository, "log", "--all", "--format=%an%n%ae%n%cn%n%ce"],
            capture_output=True,
            text=True,
            check=True,
            env=environment(home),
        )
        found |= set(log.stdout.splitlines())
    return {value for value in found if value and "[bot]" not in value}  # a bot is nobody


class Search:
    """Finds the exact ``values`` in bytes: first whatever looks like one of them, then whether it is one."""

    def __init__(self, values: set[str]) -> None:
        """Build one pattern per shape, digits replaced by any digits."""
        self.values = values
        shapes = {re.sub(r"\d+", lambda digits: rf"\d{{{len(digits[0])}}}", re.escape(value)) for value in values}
        self._pattern = re.compile("|".join(sorted(shapes, key=len, reverse=True)).encode())

    def found(self, content: bytes) -> set[str]:
        """Return the values that stand in ``content``."""
        return {match.decode() for match in set(self._pattern.findall(content))} & self.values


def _contents(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes, and what is compressed in it in plain text."""
    content = path.read_bytes()
    yield content
    if path.suffix == ".parquet":
        yield _text_of(f"'{path}'")
    elif path.suffix == ".duckdb":
        yield from _duckdb_texts(path)
    elif content.startswith(b"SQLite format 3"):
        yield from _unpacked_cells(path)


def _text_of(relation: str, connection: duckdb.DuckDBPyConnection | None = None) -> bytes:
    with connection.cursor() if connection else duckdb.connect() as cursor:
        columns = cursor.execute(f"describe select * from {relation}").fetchall()
        texts = [name for name, kind, *_rest in columns if kind == "VARCHAR"]
        return "\n".join(
            str(value)
            for name in texts
            for (value,) in cursor.execute(f'select distinct "{name}" from {relation}').fetchall()
        ).encode()


def _duckdb_texts(path: Path) -> Iterator[bytes]:
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute("select schema_name, table_name from duckdb_tables() where not internal").fetchall()
        assert tables
        for schema, table in tables:
            yield _text_of(f'"{schema}"."{table}"', connection)


def _unpacked_cells(path: Path) -> Iterator[bytes]:
    """Yield the cells that Dagster stores compressed."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        for (table,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
            for row in connection.execute(f'select * from "{table}"'):
                for cell in row:
                    if isinstance(cell, bytes):
                        try:
                            yield zlib.decompress(cell)
                        except zlib.error:
                            yield cell


def _files(home: Path) -> list[Path]:
    return [
        path
        for name in _LEFT_BEHIND
        for path in ([home / name] if (home / name).is_file() else sorted((home / name).rglob("*")))
        if path.is_file()
    ]


@pytest.fixture(scope="module")
def search(demo_home: Path) -> Search:
    return Search(_raw_values(demo_home))


def test_the_search_knows_every_kind_of_person_and_finds_them_in_the_systems(demo_home: Path, search: Search) -> None:
    kinds = {re.sub(r"\d+", "", value) for value in search.values}
    assert {"K-", "agent-", "accountant-", "user-", "employee@example.com", "Developer "} <= kinds
    assert len(search.values) > 1000
    found = {
        value
        for path in sorted((demo_home / "systems").rglob("*"))
        if path.is_file() and ".git" not in path.parts
        for content in _contents(path)
        for value in search.found(content)
    }
    assert {re.sub(r"\d+", "", value) for value in found} >= kinds - {"Developer ", "developer@example.com"}


def test_no_file_that_a_run_leaves_behind_names_a_person(demo_home: Path, search: Search) -> None:
    files = _files(demo_home)
    assert {path.relative_to(demo_home).parts[0] for path in files} >= {
        "landing", "warehouse", "publications", "dagster", "dbt"
    }  # fmt: skip
    assert sum(path.stat().st_size for path in files) > _LEAST_BYTES
    named = {
        str(path.relative_to(demo_home)): sorted(found)[:3]
        for path in files
        if (found := {value for content in _contents(path) for value in search.found(content)})
    }
    assert named == {}


def test_no_file_but_its_own_holds_the_key(demo_home: Path) -> None:
    key = (demo_home / "demo.key").read_bytes().strip()
    assert len(key) >= 32
    holders = [
        path
        for path in _files(demo_home)
        for content in _contents(path)
        if key in content or bytes.fromhex(key.decode()) in content
    ]
    assert holders == []


def test_every_file_of_the_home_is_searched_or_raw(demo_home: Path) -> None:
    known = {*_LEFT_BEHIND, "systems", "demo.key", "published"}
    assert {path.name for path in demo_home.iterdir()} <= known


@pytest.mark.parametrize("command", ["status", "sources", "publications"])
def test_no_command_shows_a_person(demo_home: Path, search: Search, command: str) -> None:
    ended = run(demo_home, command)
    assert ended.code == 0
    assert search.found((ended.out + ended.err).encode()) == set()
