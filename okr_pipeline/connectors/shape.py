"""Brings a foreign relation to contract names, and moments to ones that carry their offset.

Nothing is cast to the contract here except moments: what a value must be is the landing's business.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from okr_pipeline.connectors.engine import literal, quoted
from okr_pipeline.connectors.options import TimedOptions
from okr_pipeline.connectors.reader import ReadRequest
from okr_pipeline.errors import SourceError

NO_TIME_ZONE = "no time zone: "
"""Put before text that is a moment without an offset where no time zone is declared: no cast accepts it."""

_MOMENT_TYPES = {"TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE"}
_NAIVE_TYPES = {"TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S", "DATE"}
_HAS_OFFSET = r":\d{2}(\.\d+)?\s*(Z|z|UTC|[+-]\d{2}(:?\d{2})?)$"
_AMBIGUOUS = timedelta(hours=1)


@dataclass(frozen=True)
class Column:
    """A column as the system has it: its name, and its DuckDB type."""

    name: str
    type: str


@dataclass(frozen=True)
class Shape:
    """How one table's columns become the contract's.

    Attributes:
        system: as in the source file; for messages.
        table: as in the source file.
        mapping: contract name -> the system's name.
        time: zone and format of moments.
    """

    system: str
    table: str
    mapping: Mapping[str, str]
    time: TimedOptions

    def named(self, columns: Sequence[Column], request: ReadRequest) -> dict[str, Column]:
        """Give output name -> column; a foreign column that bears a name already taken is left out."""
        exact = {column.name: column for column in columns}
        folded = {column.name.lower(): column for column in columns}
        named = {}
        for contract, theirs in self.mapping.items():
            column = exact.get(theirs) or folded.get(theirs.lower())
            if column:
                named[contract] = column
        used = {column.name for column in named.values()}
        for column in columns:
            name = column.name.lower() if column.name.lower() in request.columns else column.name
            if column.name not in used and name.lower() not in {taken.lower() for taken in named}:
                named[name] = column
        return named

    def sql(self, base: str, columns: Sequence[Column], request: ReadRequest) -> str:
        """Give the SELECT under contract names over the SELECT ``base``.

        Raises:
            SourceError: a typed timestamp carries no zone and none is declared.
        """
        parts = [
            f"{self._value(column, request.columns.get(name, ''))} as {quoted(name)}"
            for name, column in self.named(columns, request).items()
        ]
        where = self.window(columns, request)
        return f"select {', '.join(parts)} from ({base})" + (f" where {where}" if where else "")

    def window(self, columns: Sequence[Column], request: ReadRequest) -> str:
        """Give the comparison on the time column that a scan can use, or '' where its type allows none."""
        column = self.named(columns, request).get(request.time_column)
        if column is None:
            return ""
        name, zone = quoted(column.name), self.time.zone
        if column.type in _MOMENT_TYPES:
            start, end = _moment(request.start.astimezone(UTC)), _moment(request.end.astimezone(UTC))
            kind = "timestamptz"
        elif column.type == "TIMESTAMP" and zone:
            start = _moment((request.start.astimezone(zone) - _AMBIGUOUS).replace(tzinfo=None))
            end = _moment((request.end.astimezone(zone) + _AMBIGUOUS).replace(tzinfo=None))
            kind = "timestamp"
        else:
            return ""
        return f"{name} >= {kind} {start} and {name} < {kind} {end}"

    def _value(self, column: Column, contract_type: str) -> str:
        name = quoted(column.name)
        if contract_type.upper() not in _MOMENT_TYPES:
            return name
        if column.type in _NAIVE_TYPES:
            if self.time.time_zone is None:
                problem = f"the column {column.name!r} is a timestamp without a time zone. Fix: declare time_zone."
                raise SourceError(self.system, self.table, problem)
            return f"timezone({literal(self.time.time_zone)}, cast({name} as timestamp))"
        epoch = {"epoch_seconds": "1", "epoch_milliseconds": "1000"}.get(self.time.timestamp_format or "")
        if epoch and column.type not in _MOMENT_TYPES:
            moment = f"to_timestamp(try_cast({name} as double) / {epoch})"
            return f"coalesce(cast({moment} as varchar), cast({name} as varchar))"
        return self._text(name) if column.type == "VARCHAR" else name

    def _text(self, name: str) -> str:
        pattern, zone = self.time.timestamp_format, self.time.time_zone
        naive = f"try_strptime({name}, {literal(pattern)})" if pattern else f"try_cast({name} as timestamp)"
        if pattern and "%z" in pattern:
            return f"coalesce(cast(timezone('UTC', cast({naive} as timestamp)) as varchar), {name})"
        if zone:
            other = f"coalesce(cast(timezone({literal(zone)}, {naive}) as varchar), {name})"
        else:
            other = f"case when {naive} is null then {name} else {literal(NO_TIME_ZONE)} || {name} end"
        return f"case when regexp_matches({name}, {literal(_HAS_OFFSET)}) then {name} else {other} end"


def _moment(moment: datetime) -> str:
    return literal(moment.isoformat(sep=" "))
