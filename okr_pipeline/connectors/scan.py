"""SQL that scans files of one format; text formats give text only: a bad value is the landing's to judge."""

from collections.abc import Sequence

import duckdb

from okr_pipeline.connectors.engine import literal, quoted
from okr_pipeline.connectors.options import FilesOptions
from okr_pipeline.connectors.shape import Column


class TooLargeError(ValueError):
    """The files are larger than their caps; the sentence gives both numbers."""


def scan(con: duckdb.DuckDBPyConnection, files: Sequence[str], options: FilesOptions) -> str:
    """Give a SELECT over ``files``, the options' own query included; the connection looks at headers only.

    Raises:
        TooLargeError: more bytes (uncompressed, for Parquet) or columns than allowed.
    """
    paths = f"[{', '.join(literal(file) for file in files)}]"
    nulls = f"[{', '.join(literal(value) for value in options.null_values)}]"
    if options.format == "parquet":
        _refuse_bombs(con, paths, options)
        base = f"select * from read_parquet({paths}, union_by_name = true, hive_partitioning = false)"
    elif options.format == "csv":
        base = (
            f"select * from read_csv({paths}, header = true, all_varchar = true, "
            f"delim = {literal(options.delimiter)}, quote = '\"', escape = '\"', "
            f"comment = '', nullstr = {nulls}, "
            "union_by_name = true, strict_mode = true, compression = 'none', hive_partitioning = false)"
        )
    else:
        raw = (
            f"select * from read_json({paths}, format = 'newline_delimited', maximum_depth = 1, "
            "sample_size = -1, union_by_name = true, compression = 'uncompressed', hive_partitioning = false)"
        )
        names = [quoted(column.name) for column in described(con, raw)]
        texts = [
            f"case when list_contains({nulls}, {name} ->> '$') then null else {name} ->> '$' end as {name}"
            for name in names
        ]
        base = f"select {', '.join(texts)} from ({raw})"
    if options.query is not None:
        base = f'with "input" as ({base}) select * from ({options.query})'
    columns_count = len(described(con, base))
    if columns_count > options.max_columns:
        raise TooLargeError(f"{columns_count} columns - allowed: max_columns = {options.max_columns}")
    return base


def described(con: duckdb.DuckDBPyConnection, select: str) -> list[Column]:
    """Give the columns of a SELECT without running it."""
    return [Column(str(row[0]), str(row[1])) for row in con.execute(f"describe {select}").fetchall()]


def _refuse_bombs(con: duckdb.DuckDBPyConnection, paths: str, options: FilesOptions) -> None:
    row = con.execute(f"select coalesce(sum(total_uncompressed_size), 0) from parquet_metadata({paths})").fetchone()
    size = int(row[0]) if row else 0
    if size > options.max_bytes:
        raise TooLargeError(f"{size} uncompressed bytes - allowed: max_bytes = {options.max_bytes}")
