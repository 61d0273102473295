"""Publications on disk: build one beside the others, verify it, and make it visible by one rename.

``$OKR_HOME/published`` is a symbolic link to ``publications/<id>/`` with ``cascade.duckdb`` (schema ``okr``),
``parquet/`` and ``manifest.json``. A reader opens one complete publication or the one before, never a mix. What the
rows mean is decided elsewhere (``content``).
"""

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from okr_pipeline import durable
from okr_pipeline.cascade.organisation import MINIMUM_GROUP_PEOPLE_COUNT
from okr_pipeline.errors import OkrError
from okr_pipeline.publication import verification
from okr_pipeline.publication.tables import TABLES, Table

DATABASE_NAME = "cascade.duckdb"
KEEP_PUBLICATIONS = 8
"""Older ones are removed after a successful swap; any kept one can be put back."""

Rows = Sequence[tuple[object, ...]]


class PublicationStore:
    """The publications of one ``$OKR_HOME``."""

    def __init__(self, home: Path, time_zone: str = "UTC") -> None:
        """``time_zone`` is the organisation's: stored instants are shown in it."""
        self._folder = home / "publications"
        self._time_zone = time_zone
        self.link = home / "published"

    def current_database(self) -> Path | None:
        """Return the published DuckDB file, or None before the first publication."""
        path = self.link / DATABASE_NAME
        return path.resolve() if path.exists() else None

    def ids(self) -> tuple[str, ...]:
        """Return the complete publications, oldest first."""
        found = self._folder.glob("*/manifest.json")
        return tuple(sorted(path.parent.name for path in found if not path.parent.name.startswith(".")))

    def current_id(self) -> str | None:
        """Return the id that readers see now."""
        return self.link.resolve().name if self.link.exists() else None

    def publish(
        self,
        publication_id: str,
        replaced: Mapping[str, Rows],
        appended: Mapping[str, Rows],
        minimum_group: int = MINIMUM_GROUP_PEOPLE_COUNT,
    ) -> Path:
        """Build, verify and show one publication; return its folder.

        Args:
            publication_id: new folder name.
            replaced: table -> all of its rows.
            appended: table -> rows to add to what is published already.
            minimum_group: fewest people that may stand behind a figure.

        Raises:
            OkrError: verification failed, or the disk refused; readers still see the publication before.
        """
        building = self._folder / f".{publication_id}"
        for leftover in self._folder.glob(".*"):
            durable.remove_tree(leftover)  # only the holder of the lock gets here
        try:
            (building / "parquet").mkdir(parents=True)
            previous = self.current_database()
            if previous:
                shutil.copyfile(previous, building / DATABASE_NAME)
            counts = self._fill(building, replaced, appended)
            verification.verify(building / DATABASE_NAME, counts, minimum_group)
            self._seal(building, publication_id, counts)
            durable.rename(building, self._folder / publication_id)
        except OSError as error:
            durable.remove_tree(building)
            raise durable.DiskError(building, error) from error
        except BaseException:
            durable.remove_tree(building)
            raise
        durable.point_link(self.link, f"publications/{publication_id}")
        self._prune()
        return self._folder / publication_id

    def restore(self, publication_id: str) -> None:
        """Show an older publication again.

        Raises:
            OkrError: there is no such publication, or its files are not what its manifest says.
        """
        if publication_id not in self.ids():
            known = ", ".join(self.ids()) or "none"
            raise OkrError(f"publication {publication_id}: not found - kept: {known}. Fix: choose one of these")
        folder = self._folder / publication_id
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        for name, expected in manifest["sha256"].items():
            if sha256_of(folder / name) != expected:
                raise OkrError(f"{folder / name}: its bytes are not those that were published. Fix: choose another")
        durable.point_link(self.link, f"publications/{publication_id}")

    def _fill(
        self,
        building: Path,
        replaced: Mapping[str, Rows],
        appended: Mapping[str, Rows],
    ) -> dict[str, int]:
        connection = duckdb.connect(
            str(building / DATABASE_NAME),
            config={"memory_limit": "200MB"},
        )
        try:
            connection.execute(f"set TimeZone = '{self._time_zone}'")
            connection.execute("begin")
            for table in TABLES:
                _create(connection, table)
                if table.name in replaced:
                    connection.execute(f"delete from okr.{table.name}")
                    _insert(connection, table, replaced[table.name])
                if table.name in appended:
                    _insert(connection, table, appended[table.name])
            connection.execute(
                "update okr.key_result_values set is_latest = false where is_latest and exists (select 1 from"
                " okr.key_result_values as newer where newer.key_result_id = key_result_values.key_result_id and"
                " newer.week_start = key_result_values.week_start and newer.version > key_result_values.version)"
            )
            connection.execute(  # an earlier release told when the newest event of a withheld group was
                "update okr.key_result_values set observed_until = null"
                " where gap = 'group_too_small' and observed_until is not null"
            )
            connection.execute("commit")
            connection.execute("checkpoint")
            counts: dict[str, int] = {}
            for table in TABLES:
                order = ", ".join(table.key)
                path = building / "parquet" / f"{table.name}.parquet"
                connection.execute(
                    f"copy (select * from okr.{table.name} order by {order}) to '{path}' (format parquet)"
                )
                found = connection.execute(f"select count(*) from okr.{table.name}").fetchone()
                counts[table.name] = int(found[0]) if found else 0
            return counts
        except duckdb.Error as error:
            raise OkrError(f"{building / DATABASE_NAME}: {_first_line(error)} - nothing is published") from error
        finally:
            connection.close()

    def _seal(self, building: Path, publication_id: str, counts: Mapping[str, int]) -> None:
        files = sorted(path for path in building.rglob("*") if path.is_file())
        manifest: dict[str, Any] = {
            "publication_id": publication_id,
            "rows": dict(counts),
            "sha256": {str(path.relative_to(building)): sha256_of(path) for path in files},
        }
        for path in files:
            durable.sync_file(path)
        durable.write_text(building / "manifest.json", json.dumps(manifest, indent=1, sort_keys=True) + "\n")

    def _prune(self) -> None:
        current = self.current_id()
        for old in self.ids()[:-KEEP_PUBLICATIONS]:
            if old != current:
                durable.remove_tree(self._folder / old)


def sha256_of(path: Path) -> str:
    """Return the hex sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _create(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    connection.execute("create schema if not exists okr")
    columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
    connection.execute(f"create table if not exists okr.{table.name} ({columns})")
    existing = {name for (name,) in connection.execute(
        f"select column_name from duckdb_columns() where schema_name = 'okr' and table_name = '{table.name}'"
    ).fetchall()}  # fmt: skip
    for column in table.columns:
        if column.name not in existing:  # a publication of an earlier release: changes are additive
            connection.execute(f'alter table okr.{table.name} add column "{column.name}" {column.type}')
    if len(existing) != len(table.columns) or not _is_commented(connection, table):
        connection.execute(f"comment on table okr.{table.name} is {_text(table.grain)}")
        for column in table.columns:
            meaning = f"{column.meaning} [{column.unit}]" if column.unit else column.meaning
            connection.execute(f'comment on column okr.{table.name}."{column.name}" is {_text(meaning)}')


def _is_commented(connection: duckdb.DuckDBPyConnection, table: Table) -> bool:
    found = connection.execute(
        f"select comment from duckdb_tables() where schema_name = 'okr' and table_name = '{table.name}'"
    ).fetchone()
    return bool(found and found[0])


def _insert(connection: duckdb.DuckDBPyConnection, table: Table, rows: Rows) -> None:
    if not rows:
        return
    import pyarrow as pa  # noqa: PLC0415 - a quarter of a second that reading a status should not pay

    types = {"varchar": pa.string(), "double": pa.float64(), "bigint": pa.int64(), "integer": pa.int32(),
             "boolean": pa.bool_(), "date": pa.date32(), "timestamptz": pa.timestamp("us", tz="UTC")}  # fmt: skip
    arrays = [
        pa.array(values, type=types[column.type])
        for column, values in zip(table.columns, zip(*rows, strict=True), strict=True)
    ]
    batch = pa.table(arrays, names=[column.name for column in table.columns])
    connection.register("incoming", batch)
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    connection.execute(f"insert into okr.{table.name} ({names}) select {names} from incoming")
    connection.unregister("incoming")


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
