"""Reads one SQLite table or SELECT from a file attached read-only; every value comes as text."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from okr_pipeline.connectors.engine import literal, quoted
from okr_pipeline.connectors.failures import system_errors
from okr_pipeline.connectors.fingerprint import fingerprint
from okr_pipeline.connectors.options import SqlOptions
from okr_pipeline.connectors.origin import Origin
from okr_pipeline.connectors.places import OutsideError, plain
from okr_pipeline.connectors.reader import ReadRequest, Relation
from okr_pipeline.connectors.select_check import checked_select
from okr_pipeline.connectors.shape import Shape
from okr_pipeline.connectors.spooling import spooled
from okr_pipeline.errors import SourceError


class SqliteReader:
    """One table of a SQLite file.

    SQLite's columns do not enforce their types, so all values are read as text (numbers with 15 significant
    digits) and the landing judges them.
    """

    def __init__(self, origin: Origin, options: SqlOptions) -> None:
        """Keep where the file is; nothing is opened."""
        self.options = options
        self.shape = Shape(origin.system, origin.table, origin.columns, options)

    def parts(self) -> Mapping[str, str] | None:
        """Give the fingerprint of the file and, where there is one with content, of its write-ahead log."""
        file = self._file()
        log = file.with_name(f"{file.name}-wal")
        with system_errors(self.shape.system, self.shape.table):
            found = {str(file): fingerprint(file)}
            if log.is_file() and log.stat().st_size:
                found[str(log)] = fingerprint(log)
            return found

    def read(self, request: ReadRequest) -> Relation:
        """Copy the whole table into the spool; see `reader.Reader.read`."""
        return spooled(
            "sqlite_scanner", self._attached, self.shape, request,
            deadline_seconds=self.options.statement_timeout_seconds, max_columns=self.options.max_columns,
        )  # fmt: skip  # one call, one thought

    def _file(self) -> Path:
        path = Path(self.options.path or "")
        problem = "" if path.is_file() else f"there is no file {path}. Fix: provide it or correct `path`."
        try:
            plain(path, self.options.roots)
        except OutsideError as error:
            problem = str(error)
        if problem:
            raise SourceError(self.shape.system, self.shape.table, problem)
        return path

    def _attached(self, con: duckdb.DuckDBPyConnection) -> str:
        con.execute("set sqlite_all_varchar = true")
        con.execute(f"attach {literal(self._file())} as source (type sqlite, read_only)")
        rows = con.execute("select table_name from duckdb_tables() where database_name = 'source'").fetchall()
        views = con.execute("select view_name from duckdb_views() where database_name = 'source'").fetchall()
        known = {str(row[0]) for row in [*rows, *views]}
        query = checked_select(self.options.query) if self.options.query is not None else None
        named = {name if not schema else f"{schema}.{name}" for schema, name in query.tables} if query else set()
        missing = sorted((named or {self.options.table or ""}) - known)
        if missing:
            problem = f"the file has no table {missing[0]!r} - there are: {', '.join(sorted(known))[:300]}."
            raise SourceError(self.shape.system, self.shape.table, f"{problem} Fix: check `table` or `query`.")
        if query:
            con.execute("use source")
            return query.sql
        return f"select * from source.{quoted(self.options.table or '')}"
