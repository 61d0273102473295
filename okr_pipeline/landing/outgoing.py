"""The rows of a judged batch as they are landed: persons replaced, quarantined rows left out, in
canonical order.

The order is a property of the content, so equal content gives equal bytes. Writing is `week_files`.
"""

from dataclasses import dataclass
from datetime import date

import duckdb

from okr_pipeline.landing.batch import Batch
from okr_pipeline.landing.contract_sql import quoted
from okr_pipeline.landing.pseudonyms import Pseudonymiser, Replacement

_READY = "okr_ready"


@dataclass(frozen=True)
class Outgoing:
    """A batch ready to be written week by week."""

    engine: duckdb.DuckDBPyConnection
    batch: Batch
    people: Replacement

    @classmethod
    def prepare(cls, engine: duckdb.DuckDBPyConnection, batch: Batch, pseudonymiser: Pseudonymiser) -> "Outgoing":
        """Compute the pseudonyms of a batch once; a batch in memory is sorted once for all its weeks."""
        kept = f"(select * from {batch.rows} where {batch.of_weeks} and {batch.kept})"
        people = pseudonymiser.replacement(engine, kept, batch.table.pseudonymised)
        outgoing = cls(engine, batch, people)
        if batch.staged:
            rows = outgoing._select(batch.of_weeks)
            engine.execute(f"create or replace temp table {_READY} as {rows} order by {outgoing._order}")
        return outgoing

    def of_week(self, week: date) -> str:
        """Return the query of one week's rows in canonical order."""
        if self.batch.staged:
            return f"select * from {_READY} where {self.batch.of_week(week)}"
        rows = self._select(self.batch.of_week(week))
        if not self.people.joins and self._comes_ordered(week):
            return rows
        return f"{rows} order by {self._order}"

    @property
    def _names(self) -> tuple[str, ...]:
        """The canonical order: the deciding moment, then the key, without a key every column.

        Pseudonyms are ordered as pseudonyms: the order of raw ids would tell who is who.
        """
        table = self.batch.table
        rest = table.row_key or tuple(table.columns)
        return (table.week_by, *(name for name in rest if name != table.week_by))

    @property
    def _order(self) -> str:
        return ", ".join(map(quoted, self._names))

    def _select(self, where: str) -> str:
        expressions = self.people.expressions
        columns = [
            f"{expressions[name]} as {quoted(name)}" if name in expressions else f"r.{quoted(name)}"
            for name in self.batch.table.columns
        ]
        rows = f"(select * from {self.batch.rows} where {where} and {self.batch.kept})"
        return f"select * from (select {', '.join(columns)} from {rows} r{self.people.joins})"

    def _comes_ordered(self, week: date) -> bool:
        """Tell whether streamed rows come in canonical order already: then sorting them changes nothing."""
        batch = self.batch
        if not batch.table.row_key or set(self._names) & set(batch.table.pseudonymised):
            return False
        current = [quoted(name) for name in self._names]
        before = [quoted(f"before {name}") for name in self._names]
        lags = ", ".join(f"lag({now}) over () as {then}" for now, then in zip(current, before, strict=True))
        backwards = [
            " and ".join([*(f"{current[i]} = {before[i]}" for i in range(n)), f"{current[n]} < {before[n]}"])
            for n in range(len(current))
        ]
        anywhere = " or ".join(f"({each})" for each in backwards)
        found = self.engine.execute(
            f"select count(*) from (select {', '.join(current)}, {lags} from {batch.rows} "
            f"where {batch.of_week(week)} and {batch.kept}) where {anywhere}"
        ).fetchall()
        return bool(found[0][0] == 0)
