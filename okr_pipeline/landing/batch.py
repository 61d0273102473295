"""Rows of some weeks under contract: duplicates removed, quarantine counted, every rule judged week by week.

Nothing is written here, and whether a week is landed is decided by `decisions`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import duckdb

from okr_pipeline.cascade.weeks import week_bounds
from okr_pipeline.landing.casting import MEANING, Shape, marks
from okr_pipeline.landing.contract_sql import broken, cast_mark, quoted, sentence, violations
from okr_pipeline.landing.profile import at, moment, plausible
from okr_pipeline.sources.contract import SourceTable

STAGED = "okr_staged"
_DISTINCT = "okr_distinct"


@dataclass(frozen=True)
class Judged:
    """One week's rows against the contract."""

    week_start: date
    """Monday of the week."""
    rows: int
    """Rows that stay: without exact duplicates and without quarantined ones."""
    first_event: datetime | None
    """Earliest deciding moment, in UTC; None without rows."""
    last_event: datetime | None
    """Latest deciding moment, in UTC; None without rows."""
    quarantined: Mapping[str, int]
    """Rows left out by the contract's reasons."""
    problems: tuple[str, ...]
    """Broken rules as clauses without any value; empty means the week keeps the contract."""


@dataclass(frozen=True)
class Batch:
    """Typed rows of one or several weeks, still with raw ids of persons; lives in memory only."""

    table: SourceTable
    """The contract."""
    rows: str
    """The SQL relation: contract columns, and where it is staged ``week_start`` and the marks of failed casts."""
    weeks: tuple[date, ...]
    """The weeks it serves."""
    zone: ZoneInfo
    """The organisation's time zone."""
    marked: tuple[str, ...] = ()
    """Columns with a mark of failed casts."""
    has_week: bool = False
    """Whether the rows carry ``week_start``; if not, the batch serves one week."""

    @property
    def kept(self) -> str:
        """The SQL predicate of rows that are not quarantined."""
        reasons = [f"not coalesce({broken(entry.rule)}, false)" for entry in self.table.quarantine]
        return " and ".join(reasons) or "true"

    def of_week(self, week: date) -> str:
        """Return the SQL predicate of the rows of one week."""
        if self.has_week:
            return f"week_start = date '{week.isoformat()}'"
        start, end = week_bounds(week, self.zone)
        time = quoted(self.table.week_by)
        return f"{time} >= {moment(start)} and {time} < {moment(end)}"

    @property
    def of_weeks(self) -> str:
        """The SQL predicate of the rows of all its weeks."""
        if not self.has_week:
            return self.of_week(self.weeks[0])
        names = [f"date '{week.isoformat()}'" for week in self.weeks]
        return f"week_start in ({', '.join(names)})"

    def judged(self, engine: duckdb.DuckDBPyConnection) -> tuple["Batch", tuple[Judged, ...]]:
        """Judge every week with rows; return the batch without exact duplicates, and the judgements."""
        if not self.table.row_key:
            return self._without_duplicates(engine)
        judgements, repeated = self._judge(engine)
        if not repeated:
            return self, judgements
        return self._without_duplicates(engine)

    def _without_duplicates(self, engine: duckdb.DuckDBPyConnection) -> tuple["Batch", tuple[Judged, ...]]:
        engine.execute(
            f"create or replace temp table {_DISTINCT} as select distinct * from {self.rows} where {self.of_weeks}"
        )
        once = replace(self, rows=_DISTINCT)
        return once, once._judge(engine)[0]

    def _judge(self, engine: duckdb.DuckDBPyConnection) -> tuple[tuple[Judged, ...], bool]:
        """Return the judgements and whether any key occurs twice."""
        rules = self.table.rules
        counts = violations(rules, self.marked) + [f"count_if({cast_mark(column)})" for column in self.marked]
        week = "week_start" if self.has_week else f"date '{self.weeks[0].isoformat()}'"
        left_out = self._quarantined(engine, week)
        time = quoted(self.table.week_by)
        found = engine.execute(
            f"select {week}, count(*), epoch_us(min({time})), epoch_us(max({time})), {', '.join(counts)} from {self.rows} "
            f"where {self.of_weeks} and {self.kept} group by 1 order by 1"
        ).fetchall()
        judgements, repeated = [], False
        for monday, rows, first, last, *broken_rows in found:
            by_rule = zip(rules, broken_rows, strict=False)
            problems = [sentence(rule, count, rows) for rule, count in by_rule if count]
            repeated |= any(c and r.kind == "unique" for r, c in zip(rules, broken_rows, strict=False))
            uncast = zip(self.marked, broken_rows[len(rules) :], strict=True)
            problems += [unreadable(self.table, column, count, rows) for column, count in uncast if count]
            judgements.append(
                Judged(monday, rows, at(first), at(last), left_out.pop(monday, {}), tuple(problems))
            )
        judgements += [
            Judged(monday, 0, None, None, quarantined, ()) for monday, quarantined in left_out.items()
        ]
        return tuple(judgements), repeated

    def _quarantined(self, engine: duckdb.DuckDBPyConnection, week: str) -> dict[date, dict[str, int]]:
        entries = self.table.quarantine
        if not entries:
            return {}
        counts = ", ".join(f"count_if(coalesce({broken(entry.rule)}, false))" for entry in entries)
        found = engine.execute(
            f"select {week}, {counts} from {self.rows} where {self.of_weeks} group by 1"
        ).fetchall()
        return {
            monday: {entry.name: count for entry, count in zip(entries, numbers, strict=True) if count}
            for monday, *numbers in found
        }


def unreadable(table: SourceTable, column: str, count: int, rows: int) -> str:
    """Return what a person reads about values that are not of the contract's type."""
    kind = table.columns[column]
    hint = ", or declare time_zone for it in sources.toml" if kind == "timestamptz" else ""
    return f"{column}: {count} of {rows} values cannot be read - allowed: {MEANING[kind]}{hint}"


def stage(
    engine: duckdb.DuckDBPyConnection, table: SourceTable, relation: str, shape: Shape | None, end: datetime
) -> None:
    """Read ``relation`` once into `STAGED` with the week of each row.

    With a ``shape`` its values are cast and failed casts are marked; without one they are typed already.
    """
    columns = ["*"] if shape is None else [*_casts(shape), *marks(shape)]
    time = quoted(table.week_by)
    engine.execute(
        f"create or replace temp table {STAGED} as "
        f"with typed as (select {', '.join(columns)} from {relation}) "
        f"select *, case when {plausible(time, end)} then date_trunc('week', {time})::date end as week_start from typed"
    )


def typed(relation: str, shape: Shape) -> str:
    """Return ``relation`` with the contract's columns and types, for casts that cannot fail."""
    return f"(select {', '.join(_casts(shape))} from {relation})"


def _casts(shape: Shape) -> list[str]:
    return [f"{expression} as {quoted(name)}" for name, expression in shape.expressions.items()]


def groups(weeks: Mapping[date, int], largest_rows: int) -> Sequence[tuple[date, ...]]:
    """Put weeks together, in order, as long as their rows together stay below ``largest_rows``."""
    result: list[tuple[date, ...]] = []
    size = 0
    for week, rows in sorted(weeks.items()):
        if result and size + rows <= largest_rows:
            result[-1] += (week,)
            size += rows
        else:
            result.append((week,))
            size = rows
    return result
