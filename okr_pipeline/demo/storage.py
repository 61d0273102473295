"""How the simulated systems keep their rows: Parquet, CSV, JSON Lines and SQLite, byte for byte reproducible.

A file whose content would not change is not touched. What the rows say is the simulators' affair.
"""

import io
import json
import sqlite3
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray


def moments(seconds: NDArray[np.int64], missing: NDArray[np.bool_] | None = None) -> pa.Array:
    """Return seconds since 1970 as UTC moments, null where ``missing``."""
    return pa.array(seconds, mask=missing).cast(pa.timestamp("s", tz="UTC")).cast(pa.timestamp("us", tz="UTC"))


def numbered(prefix: str, numbers: NDArray[np.int64], width: int, missing: NDArray[np.bool_] | None = None) -> pa.Array:
    """Return ids such as ``agent-0042``, null where ``missing``."""
    digits = pc.utf8_lpad(pa.array(numbers, mask=missing).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(prefix, digits, "")


def picked(values: tuple[str, ...], choice: NDArray[np.int64], missing: NDArray[np.bool_] | None = None) -> pa.Array:
    """Return ``values[choice]`` as text, null where ``missing``."""
    return pa.array(list(values)).take(pa.array(choice, mask=missing))


def constant(value: str | None, size: int, where: NDArray[np.bool_] | None = None) -> pa.Array:
    """Return ``value`` in every row, or null where ``where`` is false."""
    filled = pa.nulls(size, pa.string()) if value is None else pa.repeat(value, size)
    return filled if where is None else pc.if_else(pa.array(where), filled, pa.scalar(None, pa.string()))


def until(table: pa.Table, column: str, end_seconds: int) -> pa.Table:
    """Return the rows whose moment in ``column`` lies before ``end_seconds``, in order of that moment."""
    end = pa.scalar(end_seconds, pa.int64()).cast(pa.timestamp("s", tz="UTC"))
    return table.filter(pc.less(table[column], end)).sort_by(column)


def write_parquet(path: Path, table: pa.Table) -> None:
    """Write one Parquet drop."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    _replace(path, buffer.getvalue())


def write_csv(path: Path, table: pa.Table) -> None:
    """Write a CSV export: header, comma, moments as ISO text in UTC, nothing for null."""
    buffer = io.BytesIO()
    pa_csv.write_csv(_with_text_moments(table), buffer, pa_csv.WriteOptions(quoting_style="needed"))
    _replace(path, buffer.getvalue())


def write_json_lines(path: Path, table: pa.Table) -> None:
    """Write one JSON object a line."""
    lines = (json.dumps(row, separators=(",", ":")) for row in _with_text_moments(table).to_pylist())
    _replace(path, ("\n".join(lines) + "\n").encode())


def write_sqlite(path: Path, tables: Mapping[str, pa.Table]) -> None:
    """Write a database of ``tables``; moments are ISO text in UTC, yes and no are 1 and 0."""
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder) / path.name
        with sqlite3.connect(built) as connection:
            for name, table in tables.items():
                text = _with_text_moments(table)
                columns = ", ".join(f"{field.name} {_sqlite_type(field.type)}" for field in text.schema)
                connection.execute(f"create table {name} ({columns})")
                places = ", ".join("?" for _ in text.schema)
                rows = zip(*(column.to_pylist() for column in text.columns), strict=True)
                connection.executemany(f"insert into {name} values ({places})", rows)
        connection.close()
        _replace(path, built.read_bytes())


def _sqlite_type(kind: pa.DataType) -> str:
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind):
        return "integer"
    return "real" if pa.types.is_floating(kind) else "text"


def _with_text_moments(table: pa.Table) -> pa.Table:
    for position, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            seconds = table.column(position).cast(pa.timestamp("s", tz="UTC"))
            table = table.set_column(position, field.name, pc.strftime(seconds, "%Y-%m-%dT%H:%M:%SZ"))
    return table


def _replace(path: Path, content: bytes) -> None:
    if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_bytes(content)
    temporary.replace(path)
