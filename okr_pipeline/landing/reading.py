"""One read of a table: relation, connection, shape, profile and batches of weeks ready to be judged.

What becomes of the weeks is decided in `landing`; how a system is reached is the reader's.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from okr_pipeline.cascade.weeks import WEEK, week_bounds
from okr_pipeline.connectors.reader import Reader, ReadRequest, Relation
from okr_pipeline.landing.batch import Batch, groups, within
from okr_pipeline.landing.casting import Shape, compare, typed
from okr_pipeline.landing.contract_sql import cast_mark, literal, quoted
from okr_pipeline.landing.engine import connection, reading
from okr_pipeline.landing.manifest import Part
from okr_pipeline.landing.profile import Profile, horizon, take
from okr_pipeline.landing.pseudonyms import Pseudonymiser
from okr_pipeline.sources.contract import SourceTable

LARGEST_STAGED_ROWS = 250_000
"""Rows up to which weeks are copied into memory together; a larger week is streamed from the source."""
_STAGED = "okr_staged"
_EVER = (datetime(1900, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))


@dataclass(frozen=True)
class Access:
    """What every read of one call needs."""

    table: SourceTable
    """The contract."""
    reader: Reader
    """The transport."""
    zone: ZoneInfo
    """The organisation's time zone."""
    as_of_week: date
    """The newest closed week; nothing later than the week after it is believed."""
    spool: Path
    """Folder for transports and for what does not fit in memory."""
    folder: Path
    """The table's folder in the landing, the only place rows are written to."""
    pseudonymiser: Pseudonymiser
    """Holder of the key."""
    memory_limit: str
    """Of the engine, e.g. ``256MB``."""
    threads: int | None
    """Of the engine, None for all cores."""

    def relation(self, parts: tuple[str, ...] | None, window: tuple[datetime, datetime] = _EVER) -> Relation:
        """Ask the transport for the rows of ``parts`` within ``window``."""
        columns = {name: kind.upper() for name, kind in self.table.columns.items()}
        return self.reader.read(ReadRequest(columns, self.table.week_by, *window, self.spool / "source", parts))

    def window(self, weeks: Sequence[date]) -> tuple[datetime, datetime]:
        """Return the moments to ask a server for: the weeks, and one more to see whether it has newer
        rows."""
        end = week_bounds(max(weeks) + WEEK, self.zone)[1]
        return week_bounds(min(weeks), self.zone)[0], min(end, horizon(self.as_of_week, self.zone))

    @contextmanager
    def engine(self, relations: Sequence[Relation]) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a connection that may read ``relations`` and write into the table's folder."""
        directories = {folder for relation in relations for folder in relation.directories}
        self.spool.mkdir(parents=True, exist_ok=True)
        with (
            connection(
                self.zone,
                self.pseudonymiser,
                spool=self.spool,
                directories=[*sorted(directories), self.folder],
                memory_limit=self.memory_limit,
                threads=self.threads,
            ) as engine,
            reading(self.table.key, directories),
        ):
            yield engine

    def parts(self, fingerprints: Mapping[str, str], names: Sequence[str]) -> dict[str, Part]:
        """Look into single parts: which weeks each holds rows for."""
        if not names:
            return {}
        relations = {name: self.relation((name,)) for name in names}
        with self.engine(list(relations.values())) as engine:
            return {name: self._part(engine, fingerprints[name], relation) for name, relation in relations.items()}

    def _part(self, engine: duckdb.DuckDBPyConnection, fingerprint: str, relation: Relation) -> Part:
        """Profile one part; where its deciding column is unusable, its weeks are unknown, so it is
        always read."""
        shape = shape_of(engine, self.table, relation)
        time = shape.expressions.get(self.table.week_by)
        if time is None:
            return Part(fingerprint, None)
        name = quoted(self.table.week_by)
        is_lost = (
            f"{name} is not null and ({time}) is null" if self.table.week_by in shape.checked else f"isinf({time})"
        )
        if engine.execute(f"select count(*) from ({relation.sql}) where {is_lost}").fetchall()[0][0]:
            return Part(fingerprint, None)
        profile = take(engine, f"({relation.sql})", time, horizon(self.as_of_week, self.zone))
        return Part(fingerprint, profile.weeks, profile.first_event, profile.last_event, profile.implausible)


@dataclass(frozen=True)
class Rows:
    """A relation under contract on an open connection."""

    access: Access
    engine: duckdb.DuckDBPyConnection
    source: str
    """The SQL relation with the contract's columns and types."""
    marked: tuple[str, ...]
    """Columns with a mark of failed casts."""
    profile: Profile

    @property
    def unusable_moments(self) -> int:
        """Values of the deciding column that are no finite moment: no week is known to be complete then."""
        column = self.access.table.week_by
        is_lost = cast_mark(column) if column in self.marked else f"isinf({quoted(column)})"
        found = self.engine.execute(f"select count_if({is_lost}) from {self.source}").fetchall()
        return int(found[0][0] or 0)

    def batches(self, weeks: Sequence[date]) -> Iterator[Batch]:
        """Give the rows of ``weeks`` in order: small weeks together and copied into memory, large ones
        streamed."""
        table, zone = self.access.table, self.access.zone
        counts = {week: self.profile.weeks[week] for week in weeks if self.profile.weeks.get(week)}
        for group in groups(counts, LARGEST_STAGED_ROWS):
            if sum(counts[week] for week in group) > LARGEST_STAGED_ROWS:
                yield Batch(table, self.source, group, zone, self.marked)
                continue
            self.engine.execute(
                f"create or replace temp table {_STAGED} as "
                f"select * from {self.source} where {within(table, group, zone)}"
            )
            yield Batch(table, _STAGED, group, zone, self.marked, staged=True)


def rows_of(access: Access, engine: duckdb.DuckDBPyConnection, relation: Relation, shape: Shape) -> Rows:
    """Give the relation the contract's types; where a cast may fail, it is read and cast once, into
    the spool."""
    source = typed(f"({relation.sql})", shape)
    if shape.checked:
        path = literal(access.spool / "typed.parquet")
        engine.execute(f"copy {source} to {path} (format parquet, compression uncompressed)")
        source = f"read_parquet({path})"
    end = horizon(access.as_of_week, access.zone)
    profile = take(engine, source, quoted(access.table.week_by), end)
    return Rows(access, engine, source, shape.checked, profile)


def shape_of(engine: duckdb.DuckDBPyConnection, table: SourceTable, relation: Relation) -> Shape:
    """Compare the relation's columns with the contract's."""
    described = engine.execute(f"describe select * from ({relation.sql})").fetchall()
    return compare(table.columns, {row[0]: row[1] for row in described})
