"""What a system of record promises: its tables, their columns and rules, and who answers for them.

Declarations only. How a promise is checked against data is `okr_pipeline.landing`; how rows are fetched is
`okr_pipeline.connectors`; no system is named here.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Literal

import pandera.pandas as pa

from okr_pipeline.sources.rules import Rule, column_types, quarantine_rule, rules_of

Cadence = Literal["daily", "weekly", "monthly"]
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,62}\Z")


@dataclass(frozen=True)
class Quarantine:
    """Rows that are true but not usable (another currency): counted, left out, never a contract failure."""

    name: str
    """Id of the reason in counts, e.g. ``other_currency``."""
    column: str
    """The column that decides, e.g. ``currency``."""
    check: pa.Check
    """A row that does not meet it is quarantined, e.g. ``pa.Check.isin(["EUR"])``; a null meets every
    check."""
    reason: str
    """The sentence a person reads beside the count."""

    @cached_property
    def rule(self) -> Rule:
        """The check as the engine-neutral rule the landing turns into SQL."""
        return quarantine_rule(self.name, self.column, self.check)


@dataclass(frozen=True)
class SourceTable:
    """One table of a system of record under contract.

    Raises:
        ValueError: the declaration contradicts itself; the text names the table and the column.
    """

    system: str
    """Id of the system, the schema in the warehouse, e.g. ``contact_centre``."""
    name: str
    """Id of the table, e.g. ``interactions``."""
    description: str
    """What one row is; ends with the grain."""
    owner: str
    """The role that answers for the data, never a person."""
    schema: pa.DataFrameSchema
    """Types, ranges, vocabularies and uniqueness; every column carries a description."""
    week_by: str
    """The column whose moment decides the week: the event after which a row is final, e.g. ``ended_at``."""
    cadence: Cadence = "weekly"
    """How often the system gives new rows; staleness is counted in cadences."""
    minimum_rows: int = 1
    """Rows below which a week breaks the contract; 0 where a week without rows is normal."""
    volume_drop_ratio: float = 0.2
    """A week with fewer rows than this share (0-1) of the recent median is not believed, e.g. 0.2."""
    pseudonymised: tuple[str, ...] = ()
    """Columns that identify a person: landed as keyed pseudonyms only."""
    unit_code: str | None = None
    """The column with the code of a team or queue that ``organisation.yml`` maps to a unit."""
    quarantine: tuple[Quarantine, ...] = ()
    """Reasons to leave single rows out, with a count."""

    def __post_init__(self) -> None:
        """Refuse a declaration that contradicts itself, here rather than in the weekly run."""
        for problem in _problems(self):
            raise ValueError(f"{self.system}.{self.name}: {problem}")

    @property
    def key(self) -> tuple[str, str]:
        """``(system, name)``: the asset key and the dbt source."""
        return (self.system, self.name)

    @cached_property
    def columns(self) -> Mapping[str, str]:
        """Contract columns in order with their warehouse types, e.g. ``{"ended_at": "timestamptz"}``."""
        return MappingProxyType(column_types(self.schema))

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Every promise about values as an engine-neutral rule, in the order of the schema."""
        return rules_of(self.schema)

    @cached_property
    def row_key(self) -> tuple[str, ...]:
        """The columns that tell rows apart: the declared uniqueness, or none."""
        if self.schema.unique:
            return tuple(self.schema.unique)
        return tuple(name for name, column in self.schema.columns.items() if column.unique)[:1]

    @cached_property
    def contract_hash(self) -> str:
        """Sha256 of what the contract says about the landed rows; wording, owner and cadence do not
        change it."""
        says = {
            "columns": dict(self.columns),
            "pseudonymised": sorted(self.pseudonymised),
            "quarantine": sorted(entry.rule.says for entry in self.quarantine),
            "rules": sorted(rule.says for rule in self.rules),
            "week_by": self.week_by,
        }
        return hashlib.sha256(json.dumps(says, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class SourceSystem:
    """One system of record; a file in `okr_pipeline.sources` ends with ``SYSTEM = SourceSystem(...)``."""

    name: str
    """Id, e.g. ``contact_centre``; equals ``system`` of every table."""
    title: str
    """What people call it, e.g. ``Contact centre``."""
    owner: str
    """The role that runs the system."""
    function: str
    """The business function it serves, e.g. ``customer operations``."""
    tables: tuple[SourceTable, ...]
    """Its tables under contract."""

    def __post_init__(self) -> None:
        """Refuse a table that belongs to another system or stands here twice."""
        for table in self.tables:
            if table.system != self.name:
                raise ValueError(f"{table.system}.{table.name} is listed by system '{self.name}'")
        names = [table.name for table in self.tables]
        if not names or len(set(names)) != len(names):
            raise ValueError(f"system '{self.name}' has tables {names}; at least one, each once, is allowed")


def _problems(table: SourceTable) -> list[str]:
    """Return what contradicts itself in a declaration, as clauses."""
    problems = [
        f"name {name!r} is not an identifier (allowed: lower-case letters, digits, underscores)"
        for name in (table.system, table.name, *table.schema.columns)
        if not IDENTIFIER.match(str(name))
    ]
    if problems:
        return problems
    named = {"week_by": (table.week_by,), "pseudonymised": table.pseudonymised}
    named["unit_code"] = (table.unit_code,) if table.unit_code else ()
    named["quarantine"] = tuple(entry.column for entry in table.quarantine)
    try:
        known = table.columns
    except ValueError as unsupported:
        return [str(unsupported)]
    for field, names in named.items():
        problems += [f"{field} names column '{name}', which the schema lacks" for name in names if name not in known]
    problems += [f"column '{name}' has no description" for name, c in table.schema.columns.items() if not c.description]
    if known.get(table.week_by, "timestamptz") != "timestamptz":
        problems.append(f"week_by column '{table.week_by}' is {known[table.week_by]}; timestamptz is allowed")
    problems += [
        f"pseudonymised column '{name}' is {known[name]}; varchar is allowed"
        for name in table.pseudonymised
        if known.get(name, "varchar") != "varchar"
    ]
    if not 0 <= table.volume_drop_ratio < 1:
        problems.append(f"volume_drop_ratio is {table.volume_drop_ratio}; 0 up to 1 is allowed")
    if table.cadence not in ("daily", "weekly", "monthly"):
        problems.append(f"cadence is {table.cadence!r}; daily, weekly or monthly is allowed")
    if not problems:
        try:
            _ = (table.rules, [entry.rule for entry in table.quarantine])
        except ValueError as unsupported:
            problems.append(str(unsupported))
    return problems
