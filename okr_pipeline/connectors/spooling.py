"""Copies a SELECT over an attached database into one Parquet file of the spool, in one transaction."""

from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

import duckdb

from okr_pipeline.connectors.engine import ENGINE_ERRORS, Extension, connection, deadline, literal
from okr_pipeline.connectors.failures import source_error, system_errors
from okr_pipeline.connectors.reader import ReadRequest, Relation
from okr_pipeline.connectors.scan import described
from okr_pipeline.connectors.shape import Shape
from okr_pipeline.errors import SourceError


def spooled(
    extension: Extension,
    base: Callable[[duckdb.DuckDBPyConnection], str],
    shape: Shape,
    request: ReadRequest,
    *,
    deadline_seconds: float,
    max_columns: int,
) -> Relation:
    """Attach with ``base`` (which gives the SELECT to copy), then copy; no engine text leaves it.

    Raises:
        SourceError: asking again cannot help.
        TransientSourceError: it may.
    """
    with system_errors(shape.system, shape.table):
        request.spool.mkdir(parents=True, exist_ok=True)
        spool = Path(mkdtemp(dir=request.spool)).resolve()
    target = spool / "rows.parquet"
    failure: SourceError | None = None
    try:
        with connection(extension, spool=spool) as con, deadline(con, deadline_seconds):
            select = base(con)
            con.execute("begin transaction")
            columns = described(con, select)
            if len(columns) > max_columns:
                problem = f"{len(columns)} columns - allowed: max_columns = {max_columns}. Fix: use a query."
                raise SourceError(shape.system, shape.table, problem)
            con.execute(f"copy ({shape.sql(select, columns, request)}) to {literal(target)} (format parquet)")
            con.execute("commit")
    except ENGINE_ERRORS as error:
        failure = source_error(error, shape.system, shape.table)
    if failure is not None:
        target.unlink(missing_ok=True)
        raise failure
    return Relation(f"select * from read_parquet({literal(target)})", (spool,))
