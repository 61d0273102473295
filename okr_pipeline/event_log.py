"""Dagster's SQLite event log, with one engine per file for as long as a run lasts.

Dagster makes a new engine, connection and statement cache for every event and every look at the log; a refresh has
thousands of both, and spent more than half of its time on them. The files are the same, so the UI reads them as ever.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection, Engine

_BUSY_SECONDS = 15
"""How long a write waits for the UI's; Dagster's own figure."""


class EventLog(SqliteEventLogStorage):
    """The event log of one run; every connection is under the lock of the base class."""

    def __init__(self, base_dir: str) -> None:
        """``base_dir`` is the folder of the files."""
        self._engines: dict[str, Engine] = {}  # the constructor below may ask for one
        super().__init__(base_dir)

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            self._engines[shard] = create_engine(
                self.conn_string_for_shard(shard), connect_args={"timeout": _BUSY_SECONDS}
            )
        return self._engines[shard]

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def has_table(self, table_name: str) -> bool:
        """Return whether the index has a table; asked while the lock is held."""
        with self._engine(INDEX_SHARD_NAME).connect() as connection:
            return bool(connection.dialect.has_table(connection, table_name))

    def dispose(self) -> None:
        """Close the files."""
        super().dispose()
        for engine in self._engines.values():
            engine.dispose()


class SqliteStorage(DagsterSqliteStorage):
    """Dagster's SQLite storage with this event log."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        """``base_dir`` is ``DAGSTER_HOME``."""
        super().__init__(base_dir, inst_data)
        self._event_log_storage = EventLog(self._event_log_storage._base_dir)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData, config_value: dict[str, str]) -> Self:  # type: ignore[override]
        """Build from the configuration that Dagster keeps for its own class."""
        return cls.from_local(inst_data=inst_data, **config_value)
