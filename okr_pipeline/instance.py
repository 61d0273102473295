"""The Dagster instance of one ``$OKR_HOME``: run history that the command line and the UI share."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from sqlalchemy import event
from sqlalchemy.engine import Engine

from okr_pipeline import event_log

_CONFIGURATION = """\
# Written by okr once; edit freely. Telemetry is off; one run at a time is also held by our own lock.
telemetry:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
"""


def instance_folder(home: Path) -> Path:
    """Return the folder for ``DAGSTER_HOME``, made ready."""
    folder = home / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    configuration = folder / "dagster.yaml"
    if not configuration.exists():
        configuration.write_text(_CONFIGURATION, encoding="utf-8")
    return folder


@contextmanager
def open_instance(home: Path) -> Iterator[dg.DagsterInstance]:
    """Yield the instance, and close it afterwards; a storage other than Dagster's SQLite is used as it is."""
    reference = InstanceRef.from_dir(str(instance_folder(home)))
    storage = reference.storage_data
    if storage is not None and storage.class_name == DagsterSqliteStorage.__name__:
        reference = reference._replace(
            storage_data=storage._replace(module_name=event_log.__name__, class_name=event_log.SqliteStorage.__name__)
        )
    with _quick_sqlite(), dg.DagsterInstance.from_ref(reference) as instance:
        yield instance


@contextmanager
def _quick_sqlite() -> Iterator[None]:
    """Let Dagster's SQLite files sync at checkpoints only, and keep them open for the block.

    Dagster opens and closes a connection per event, and each close of the last one checkpoints: a backfill of sixty
    weeks has thousands of events and would spend minutes on it. A power cut may lose the newest events of the run
    history; the cascade never reads them.
    """
    with ExitStack() as kept_open:
        seen: set[str] = set()

        def connected(connection: Any, _record: Any) -> None:
            if not isinstance(connection, sqlite3.Connection):
                return
            connection.execute("pragma synchronous = normal")
            path = connection.execute("pragma database_list").fetchone()[2]
            if path and path not in seen:
                seen.add(path)
                keeper = kept_open.enter_context(closing(sqlite3.connect(path, check_same_thread=False)))
                keeper.execute("select count(*) from sqlite_master").fetchone()

        event.listen(Engine, "connect", connected)
        try:
            yield
        finally:
            event.remove(Engine, "connect", connected)
