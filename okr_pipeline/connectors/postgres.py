"""Reads one PostgreSQL table or SELECT: read-only, one snapshot, timeouts kept by the server."""

from collections.abc import Mapping

import duckdb

from okr_pipeline.connectors.dsn import MalformedDsnError, read_only_dsn
from okr_pipeline.connectors.engine import literal, quoted
from okr_pipeline.connectors.options import SqlOptions
from okr_pipeline.connectors.origin import Origin
from okr_pipeline.connectors.reader import ReadRequest, Relation
from okr_pipeline.connectors.select_check import checked_select
from okr_pipeline.connectors.shape import Shape
from okr_pipeline.connectors.spooling import spooled
from okr_pipeline.errors import SourceError


class PostgresReader:
    """One table of a PostgreSQL server.

    The scanner opens every connection with BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY and hands one
    exported snapshot to all of them; the sessions are read-only by default too. The role should have SELECT
    and nothing else.
    """

    def __init__(self, origin: Origin, options: SqlOptions) -> None:
        """Keep where the table is; nothing is connected."""
        self.options = options
        self.shape = Shape(origin.system, origin.table, origin.columns, options)

    def parts(self) -> Mapping[str, str] | None:
        """Give None: the server cannot tell what changed without being read."""
        return None

    def read(self, request: ReadRequest) -> Relation:
        """Copy the rows of the window into the spool; see `reader.Reader.read`."""
        options = self.options
        total = options.connect_timeout_seconds + 2 * options.statement_timeout_seconds
        return spooled(
            "postgres_scanner", self._attached, self.shape, request,
            deadline_seconds=total, max_columns=options.max_columns,
        )  # fmt: skip  # one call, one thought

    def _attached(self, con: duckdb.DuckDBPyConnection) -> str:
        dsn = self._dsn()
        con.execute(f"attach {literal(dsn)} as source (type postgres, read_only)")
        if self.options.query is not None:
            query = checked_select(self.options.query, portable=True).sql
            return f"select * from postgres_query('source', {literal(query)})"
        schema, _, table = (self.options.table or "").partition(".")
        return f"select * from source.{quoted(schema)}.{quoted(table)}"

    def _dsn(self) -> str:
        dsn = self.options.dsn.get_secret_value() if self.options.dsn else ""
        failure = ""
        try:
            return read_only_dsn(
                dsn,
                connect_timeout_seconds=self.options.connect_timeout_seconds,
                statement_timeout_seconds=self.options.statement_timeout_seconds,
            )
        except MalformedDsnError as error:
            failure = f"{error}. Fix: check the environment variable it comes from."
        raise SourceError(self.shape.system, self.shape.table, failure)
