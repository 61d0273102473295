"""The landing's own DuckDB connection: it may touch the source's folders, this table's folder and the
spool only.

Which rows go where is not decided here.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from okr_pipeline.connectors.failures import source_error
from okr_pipeline.landing.contract_sql import literal
from okr_pipeline.landing.pseudonyms import Pseudonymiser

ENGINE_ERRORS = (duckdb.Error, RuntimeError)


@contextmanager
def connection(
    zone: ZoneInfo,
    pseudonymiser: Pseudonymiser,
    *,
    spool: Path,
    directories: Iterable[Path],
    memory_limit: str,
    threads: int | None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a private in-memory connection that is locked before any row of a system is read."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "memory_limit": memory_limit,
        "temp_directory": str(spool / "engine"),
    }
    if threads is not None:
        config["threads"] = threads
    engine = duckdb.connect(config=config)
    try:
        engine.execute("set python_enable_replacements = false")
        engine.execute(f"set TimeZone = {literal(zone.key)}")
        pseudonymiser.prepare(engine)
        allowed = ", ".join(literal(folder) for folder in (*directories, spool))
        engine.execute(f"set allowed_directories = [{allowed}]")
        engine.execute("set enable_external_access = false")
        engine.execute("set lock_configuration = true")
        yield engine
    finally:
        engine.close()


@contextmanager
def reading(key: tuple[str, str], directories: Iterable[Path]) -> Iterator[None]:
    """Turn what the engine raises while it reads a system into a sentence without any value of a row.

    Raises:
        SourceError: asking again cannot help.
        TransientSourceError: it may (out of memory, no space in the spool).
    """
    failure = None
    try:
        yield
    except ENGINE_ERRORS as error:
        failure = source_error(error, *key, directories)
    if failure is not None:
        raise failure
