"""Reads a publication as any reader would: read-only, one file, rows as dictionaries."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from okr_pipeline.errors import OkrError
from okr_pipeline.publication.store import PublicationStore

Row = dict[str, Any]


class NothingPublishedError(OkrError):
    """There is no publication yet under ``home``."""

    def __init__(self, home: Path) -> None:
        """Build the sentence from the folder that was looked at."""
        self.home = home
        super().__init__(
            f"{home / 'published'}: nothing is published yet. Fix: run `okr refresh`, or `okr demo` for an example"
        )


@contextmanager
def open_published(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the current publication for reading.

    Raises:
        NothingPublishedError: there is none.
        OkrError: the file cannot be read.
    """
    path = PublicationStore(home).current_database()
    if path is None:
        raise NothingPublishedError(home)
    with _open(path) as connection:
        yield connection


@contextmanager
def _open(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise OkrError(
            f"{path}: cannot be read ({str(error).splitlines()[0]}). Fix: okr restore an older one (okr publications)"
        ) from error
    try:
        yield connection
    finally:
        connection.close()


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    """Run a query of ours and return its rows as dictionaries."""
    cursor = connection.execute(query)
    names: Sequence[str] = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def has_table(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Return whether the publication has a table; one of an earlier release may not."""
    return bool(
        connection.execute(
            "select 1 from duckdb_tables() where schema_name = 'okr' and table_name = ?", [table]
        ).fetchall()
    )


def table_rows(connection: duckdb.DuckDBPyConnection, table: str, order_by: str = "") -> list[Row]:
    """Return all rows of a published table; none where a publication of an earlier release has no such table."""
    order = f" order by {order_by}" if order_by else ""
    return rows(connection, f"select * from okr.{table}{order}") if has_table(connection, table) else []


def rows_of_published(store: PublicationStore, table: str) -> list[Row]:
    """Return all rows of a published table; none before the first publication, or where it had no such table.

    Raises:
        OkrError: the file cannot be read.
    """
    path = store.current_database()
    if path is None:
        return []
    with _open(path) as connection:
        return table_rows(connection, table)
