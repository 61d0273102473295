"""Rows of some weeks under contract: duplicates removed, quarantine counted, every rule judged week by week.

Nothing is written here, and whether a week is landed is decided by `decisions`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import duckdb

from okr_pipeline.cascade.weeks import WEEK, week_bounds
from okr_pipeline.landing.casting import MEANING
from okr_pipeline.landing.contract_sql import broken, cast_mark, quoted, sentence, violations
from okr_pipeline.landing.profile import at, moment
from okr_pipeline.sources.contract import SourceTable

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
    """The SQL relation: contract columns, and marks of casts that failed."""
    weeks: tuple[date, ...]
    """The weeks it serves."""
    zone: ZoneInfo
    """The organisation's time zone."""
    marked: tuple[str, ...] = ()
    """Columns with a mark of failed casts."""
    staged: bool = False
    """Whether the rows are a copy in memory; if not, they are streamed from where they lie."""

    @property
    def kept(self) -> str:
        """The SQL predicate of rows that are not quarantined."""
        reasons = [f"not coalesce({broken(entry.rule)}, false)" for entry in self.table.quarantine]
        return " and ".join(reasons) or "true"

    def of_week(self, week: date) -> str:
        """Return the SQL predicate of the rows of one week."""
        return within(self.table, (week,), self.zone)

    @property
    def of_weeks(self) -> str:
        """The SQL predicate of the rows of all its weeks."""
        return within(self.table, self.weeks, self.zone)

    @property
    def _monday(self) -> str:
        """The SQL of a row's week."""
        if len(self.weeks) == 1:
            return f"date '{self.weeks[0].isoformat()}'"
        return f"date_trunc('week', {quoted(self.table.week_by)})::date"

    @property
    def _grouping(self) -> str:
        """The SQL that makes one group of each week with rows; a single group is faster as a plain
        aggregate."""
        return "having count(*) > 0" if len(self.weeks) == 1 else f"group by {self._monday}"

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
        moments = _unmarked_moments(self.table, self.marked)
        counts = violations(rules, self.marked) + [f"count_if({cast_mark(column)})" for column in self.marked]
        counts += [f"count_if(isinf({quoted(column)}))" for column in moments]
        left_out = self._quarantined(engine)
        time = quoted(self.table.week_by)
        found = engine.execute(
            f"select {self._monday}, count(*), epoch_us(min({time})), epoch_us(max({time})), "
            f"{', '.join(counts)} from {self.rows} where {self.of_weeks} and {self.kept} {self._grouping}"
        ).fetchall()
        judgements, repeated = [], False
        for monday, rows, first, last, *broken_rows in found:
            by_rule = zip(rules, broken_rows, strict=False)
            problems = [sentence(rule, count, rows) for rule, count in by_rule if count]
            repeated |= any(c and r.kind == "unique" for r, c in zip(rules, broken_rows, strict=False))
            uncast = zip(self.marked, broken_rows[len(rules) :], strict=False)
            problems += [unreadable(self.table, column, count, rows) for column, count in uncast if count]
            endless = zip(moments, broken_rows[len(rules) + len(self.marked) :], strict=True)
            problems += [_infinite(column, count, rows) for column, count in endless if count]
            judgements.append(Judged(monday, rows, at(first), at(last), left_out.pop(monday, {}), tuple(problems)))
        judgements += [Judged(monday, 0, None, None, quarantined, ()) for monday, quarantined in left_out.items()]
        return tuple(judgements), repeated

    def _quarantined(self, engine: duckdb.DuckDBPyConnection) -> dict[date, dict[str, int]]:
        entries = self.table.quarantine
        if not entries:
            return {}
        counts = ", ".join(f"count_if(coalesce({broken(entry.rule)}, false))" for entry in entries)
        found = engine.execute(
            f"select {self._monday}, {counts} from {self.rows} where {self.of_weeks} {self._grouping}"
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


def _unmarked_moments(table: SourceTable, marked: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of moments that came as moments: uncast, so an infinite one is still in them.

    It must be refused: durations from it are null and leave a mean without a word. It is counted here, because marking
    it would copy every native table into the spool.
    """
    return tuple(name for name, kind in table.columns.items() if kind == "timestamptz" and name not in marked)


def _infinite(column: str, count: int, rows: int) -> str:
    return f"{column}: {count} of {rows} rows break finite - allowed: a finite moment"


def within(table: SourceTable, weeks: Sequence[date], zone: ZoneInfo) -> str:
    """Return the SQL predicate of rows whose deciding moment lies in ``weeks`` (ascending)."""
    time, runs = quoted(table.week_by), list[list[date]]()
    for week in weeks:
        if runs and week - runs[-1][-1] == WEEK:
            runs[-1].append(week)
        else:
            runs.append([week])
    bounds = [(week_bounds(run[0], zone)[0], week_bounds(run[-1], zone)[1]) for run in runs]
    spans = [f"({time} >= {moment(start)} and {time} < {moment(end)})" for start, end in bounds]
    return f"({' or '.join(spans)})"


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
