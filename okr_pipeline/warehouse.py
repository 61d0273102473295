"""The working DuckDB file: a run builds in a private copy and puts it back whole.

The working file can always be rebuilt from the landing; what has been built from which file is written inside it
(``control.built_weeks``), so a kill between any two steps is repaired by the next run without anybody's help.
Publishing is not here.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from okr_pipeline import durable
from okr_pipeline.errors import OkrError

WAREHOUSE_NAME = "okr.duckdb"
"""dbt's manifest stores the catalogue's name, so every copy keeps the file's name."""
MEMORY_LIMIT = "300MB"

RawTables = Mapping[tuple[str, str], Mapping[date, tuple[Path, str]]]
"""(system, table) -> week -> (landed file, sha256)."""


class Warehouse:
    """One run's private copy of the working file, at ``build/<run id>/okr.duckdb``."""

    def __init__(self, home: Path, run_id: str, time_zone: str) -> None:
        """``home`` is ``$OKR_HOME``; nothing is opened or copied yet."""
        self._working = home / "warehouse" / WAREHOUSE_NAME
        self._folder = home / "build" / run_id
        self._time_zone = time_zone
        self.path = self._folder / WAREHOUSE_NAME

    def start(self, fingerprint: str) -> bool:
        """Copy the working file; begin an empty one if there is none, or if it was built by other SQL or contracts.

        Returns whether the copy holds every model already, so that only its weeks can be out of date.

        ``fingerprint`` stands for everything but data that decides what a fact is: dbt project, contracts, unit codes.
        A working file that cannot be read is moved aside (``warehouse/unreadable-N.duckdb``) and rebuilt.
        """
        for leftover in self._folder.parent.glob("*"):
            durable.remove_tree(leftover)  # only the holder of the lock gets here
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._working.exists():
            try:
                shutil.copyfile(self._working, self.path)
            except OSError as error:
                raise durable.DiskError(self.path, error) from error
            if not self._usable(fingerprint):
                self.path.unlink()
        with self.connect() as connection:
            connection.execute("create schema if not exists control")
            connection.execute("create table if not exists control.build_info (fingerprint varchar)")
            connection.execute(
                "create table if not exists control.built_weeks"
                " (system varchar, table_name varchar, week_start date, sha256 varchar)"
            )
            connection.execute("delete from control.build_info")
            connection.execute("insert into control.build_info values (?)", [fingerprint])
            return bool(connection.execute("select 1 from control.built_weeks limit 1").fetchall())

    def _usable(self, fingerprint: str) -> bool:
        try:
            with self.connect() as connection:
                found = connection.execute("select fingerprint from control.build_info").fetchall()
        except duckdb.Error:
            number = len(list(self._working.parent.glob("unreadable-*")))
            self._working.rename(self._working.with_name(f"unreadable-{number}.duckdb"))
            return False
        return found == [(fingerprint,)]

    @contextmanager
    def connect(self, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the copy for one operation; it is closed afterwards, because one open handle locks others out."""
        connection = duckdb.connect(
            str(self.path),
            read_only=read_only,
            config={
                "memory_limit": MEMORY_LIMIT,
                "temp_directory": str(self._folder / "spill"),
                "autoinstall_known_extensions": False,
            },
        )
        try:
            connection.execute(f"set TimeZone = '{self._time_zone}'")
            yield connection
        finally:
            connection.close()

    def attach_landing(
        self,
        tables: RawTables,
        column_types: Mapping[tuple[str, str], Mapping[str, str]],
        unit_codes: Sequence[tuple[str, str, str]],
    ) -> None:
        """Point the raw views (schema = system) at the current landed files and write ``control.unit_codes``.

        ``column_types`` gives DuckDB types per table, for a table that has landed nothing yet.
        """
        with self.connect() as connection:
            for (system, table), types in column_types.items():
                files = [path for path, _sha in tables.get((system, table), {}).values()]
                connection.execute(f"create schema if not exists {system}")
                connection.execute(f"create or replace view {system}.{table} as {_raw_select(files, types)}")
            connection.execute(
                "create or replace table control.unit_codes (system varchar, code varchar, org_unit varchar)"
            )
            if unit_codes:
                connection.executemany("insert into control.unit_codes values (?, ?, ?)", list(unit_codes))

    def weeks_to_build(self, tables: RawTables) -> tuple[date, ...]:
        """Return the weeks whose landed files differ from those the facts were built from, in order.

        The week after a changed one is built again too: some facts look back seven days.
        """
        current = {
            (system, table, week, sha)
            for (system, table), weeks in tables.items()
            for week, (_path, sha) in weeks.items()
        }
        with self.connect(read_only=True) as connection:
            built = set(connection.execute("select * from control.built_weeks").fetchall())
        changed = {week for _system, _table, week, _sha in current ^ built}
        last = max((week for _system, _table, week, _sha in current), default=date.min)
        following = {week + timedelta(days=7) for week in changed if week < last}
        return tuple(sorted(changed | following))

    def mark_built(self, tables: RawTables) -> None:
        """Record from which files the facts are built now."""
        rows = [
            (system, table, week, sha)
            for (system, table), weeks in tables.items()
            for week, (_path, sha) in weeks.items()
        ]
        with self.connect() as connection:
            connection.execute("delete from control.built_weeks")
            if rows:
                values = ", ".join(
                    f"('{system}', '{table}', date '{week}', '{sha}')" for system, table, week, sha in rows
                )
                connection.execute(f"insert into control.built_weeks values {values}")

    def metric_columns(self, metrics: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Return, for each metric model, its rows as numpy columns in the metric contract's names and order.

        Raises:
            OkrError: a model has not been built.
        """
        columns: dict[str, dict[str, Any]] = {}
        with self.connect(read_only=True) as connection:
            for metric in metrics:
                try:
                    columns[metric] = connection.execute(
                        f'select * from metrics."{metric}" order by all'
                    ).fetchnumpy()  # sums of floats depend on order
                except duckdb.CatalogException:
                    raise OkrError(
                        f"metric {metric}: its model is not in the warehouse. "
                        "Fix: run `okr refresh`, or correct the name"
                    ) from None
        return columns

    def rows_of(self, schema: str, name: str) -> list[dict[str, Any]]:
        """Return all rows of a relation of ours as dictionaries; none where there is no such relation."""
        with self.connect(read_only=True) as connection:
            known = connection.execute(
                "select 1 from information_schema.tables where table_schema = ? and table_name = ?", [schema, name]
            ).fetchall()
            if not known:
                return []
            cursor = connection.execute(f'select * from "{schema}"."{name}"')
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]

    def unmapped_codes(
        self, columns: Mapping[tuple[str, str], str], week: date
    ) -> dict[tuple[str, str], dict[str, int]]:
        """Count the rows of one week per unit code that ``organisation.yml`` does not map.

        ``columns`` names each table's code column.
        """
        counts: dict[tuple[str, str], dict[str, int]] = {}
        with self.connect(read_only=True) as connection:
            for (system, table), column in columns.items():
                rows = connection.execute(
                    f"select {column}, count(*) from {system}.{table} where week_start = date '{week}'"
                    f" and {column} not in"
                    f" (select code from control.unit_codes where system = '{system}') group by 1 order by 1"
                ).fetchall()
                counts[system, table] = {str(code): int(count) for code, count in rows}
        return counts

    def promote(self) -> None:
        """Put the copy back as the working file, by one rename."""
        self._working.parent.mkdir(parents=True, exist_ok=True)
        durable.sync_file(self.path)
        durable.rename(self.path, self._working)
        self.discard()

    def discard(self) -> None:
        """Forget the copy; the working file is as it was."""
        durable.remove_tree(self._folder)


def _raw_select(files: Sequence[Path], types: Mapping[str, str]) -> str:
    if not files:
        columns = ", ".join(f'cast(null as {kind}) as "{name}"' for name, kind in types.items())
        return f"select {columns}, cast(null as date) as week_start where false"
    paths = ", ".join("'" + str(path).replace("'", "''") + "'" for path in sorted(files))
    return (
        f"select * from read_parquet([{paths}], hive_partitioning = true, hive_types = {{'week_start': date}},"
        " union_by_name = true)"
    )
