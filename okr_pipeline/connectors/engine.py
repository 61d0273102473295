"""The connectors' own DuckDB connections: extensions from wheels, nothing downloaded, a total deadline.

What is read, and how it is shaped, is not decided here.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from threading import Timer
from typing import Literal

import duckdb

from okr_pipeline.errors import OkrError

MEMORY_LIMIT = "400MB"
Extension = Literal["httpfs", "postgres_scanner", "sqlite_scanner"]

ENGINE_ERRORS = (duckdb.Error, RuntimeError)
"""What a failing statement raises; the SQLite scanner raises bare RuntimeErrors."""


def literal(text: object) -> str:
    """Give ``text`` as an SQL string literal."""
    return "'" + str(text).replace("'", "''") + "'"


def quoted(name: str) -> str:
    """Give a column or table name of any spelling as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def extension_file(name: Extension) -> Path:
    """Give the extension's file inside its wheel.

    Raises:
        OkrError: the wheel is not installed, or was built for another DuckDB.
    """
    spec = find_spec(f"duckdb_extension_{name}")
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    file = folder / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
    if not file.is_file():
        wheel = f"duckdb-extension-{name.replace('_', '-')}=={duckdb.__version__}"
        raise OkrError(f"the DuckDB extension {name} is not installed. Fix: install {wheel}.")
    return file


@contextmanager
def connection(*extensions: Extension, spool: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a private in-memory connection in UTC; it downloads nothing and sees no Python variables."""
    con = duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "memory_limit": MEMORY_LIMIT,
            "preserve_insertion_order": "false",
            "temp_directory": str(spool) if spool else "",
        }
    )
    try:
        con.execute("set python_enable_replacements = false")
        con.execute("set TimeZone = 'UTC'")
        for name in extensions:
            con.execute(f"load {literal(extension_file(name))}")
        yield con
    finally:
        con.close()


def lock(con: duckdb.DuckDBPyConnection, directories: Iterable[Path]) -> None:
    """Let the connection touch only ``directories`` from here on."""
    con.execute(f"set allowed_directories = [{', '.join(literal(folder) for folder in directories)}]")
    con.execute("set enable_external_access = false")
    con.execute("set lock_configuration = true")


@contextmanager
def deadline(con: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Interrupt whatever ``con`` is doing after ``seconds``."""
    timer = Timer(seconds, con.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
