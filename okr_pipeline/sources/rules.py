"""The rules of a pandera schema as plain facts, so that an engine can check them without pandera.

Supported is what the contracts use; any other check is refused when the contract loads, never skipped.
How a rule becomes SQL is `okr_pipeline.landing.contract_sql`.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandera.pandas as pa

TYPES = {
    "string[pyarrow]": "varchar",
    "str": "varchar",
    "int64": "bigint",
    "Int64": "bigint",
    "float64": "double",
    "bool": "boolean",
    "boolean": "boolean",
    "datetime64[us, UTC]": "timestamptz",
}
"""Pandera types a contract may use, with their warehouse types."""

CHECKS = {
    "greater_than_or_equal_to": "at least {min_value}",
    "greater_than": "more than {min_value}",
    "less_than_or_equal_to": "at most {max_value}",
    "less_than": "less than {max_value}",
    "in_range": "{min_value} to {max_value}",
    "isin": "one of {allowed_values}",
    "str_matches": "text of the form {pattern}",
    "str_length": "text of {min_value} to {max_value} characters",
    "in_order": "moments in the order {columns}",
}
"""Pandera checks a contract may use, with what they allow in words."""

_UNPORTABLE = re.compile(r"\\[dDwWsSbB]|\$|\(\?")
_NUMERIC_TYPES = ("bigint", "double")


@dataclass(frozen=True)
class Rule:
    """One promise about the values of one or more columns."""

    kind: str
    """``not_null``, ``unique`` or the name of a pandera check, e.g. ``in_range``."""
    columns: tuple[str, ...]
    """The columns it speaks about; several for a composite key or an order of moments."""
    facts: Mapping[str, Any]
    """The check's own numbers or values, e.g. ``{"min_value": 0}``."""
    allowed: str
    """What is allowed, in words."""

    @property
    def name(self) -> str:
        """Id of the rule in messages, e.g. ``talk_seconds.greater_than_or_equal_to``."""
        return f"{'+'.join(self.columns)}.{self.kind}"

    @property
    def says(self) -> str:
        """The rule as one canonical line, for hashing."""
        return json.dumps([self.kind, self.columns, dict(self.facts)], sort_keys=True, default=str)


def column_types(schema: pa.DataFrameSchema) -> dict[str, str]:
    """Return the columns of ``schema`` in order with their warehouse types.

    Raises:
        ValueError: a column has a type outside `TYPES`.
    """
    types = {}
    for name, column in schema.columns.items():
        if str(column.dtype) not in TYPES:
            raise ValueError(f"column '{name}' has type {column.dtype}; allowed is one of {', '.join(TYPES)}")
        types[name] = TYPES[str(column.dtype)]
    return types


def rules_of(schema: pa.DataFrameSchema) -> tuple[Rule, ...]:
    """Return every rule of ``schema``: nulls, uniqueness, then the checks of each column and of the frame.

    Raises:
        ValueError: the schema uses something no engine here can check.
    """
    types = column_types(schema)
    rules: list[Rule] = []
    for name, column in schema.columns.items():
        if column.regex or not column.required:
            raise ValueError(f"column '{name}' is a pattern or optional; a named, required column is allowed")
        if not column.nullable:
            rules.append(Rule("not_null", (name,), {}, "a value in every row"))
        if column.unique:
            rules.append(Rule("unique", (name,), {}, "each value once"))
        checks = [_from_check(check, (name,), types[name]) for check in column.checks]
        if types[name] == "double" and not any(rule.kind == "finite" for rule in checks):
            raise ValueError(f"column '{name}' lets infinity pass; build it with okr_pipeline.sources.columns.measure")
        rules += checks
    if schema.unique:
        rules.append(Rule("unique", tuple(schema.unique), {}, "each combination once"))
    for check in schema.checks:
        if check.name != "in_order":
            raise ValueError(f"check '{check.name}' of the whole table is not supported; in_order is allowed")
        rules.append(_from_check(check, tuple(check.statistics["columns"]), "timestamptz"))
    return tuple(rules)


def quarantine_rule(name: str, column: str, check: pa.Check) -> Rule:
    """Return the rule of one quarantine reason.

    Raises:
        ValueError: the check is not supported.
    """
    try:
        return _from_check(check, (column,), None)
    except ValueError as unsupported:
        raise ValueError(f"quarantine '{name}': {unsupported}") from unsupported


def _from_check(check: pa.Check, columns: tuple[str, ...], column_type: str | None) -> Rule:
    """Turn one pandera check into a rule, refusing what SQL would judge differently."""
    where = f"column '{'+'.join(columns)}'"
    kind = str(check.name)
    if kind not in CHECKS or check.statistics is None:
        raise ValueError(f"{where}: check '{kind}' is not supported; allowed is one of {', '.join(CHECKS)}")
    if not check.ignore_na or check.raise_warning or check.groupby is not None:
        raise ValueError(f"{where}: check '{kind}' sets ignore_na, raise_warning or groupby, which is not supported")
    facts = {key: value for key, value in check.statistics.items() if value is not None}
    if kind == "isin":
        facts["allowed_values"] = sorted(facts["allowed_values"])
    if kind == "str_matches" and _UNPORTABLE.search(str(facts["pattern"])):
        raise ValueError(
            f"{where}: pattern {facts['pattern']!r} reads differently in SQL; allowed are explicit "
            f"classes such as "
            "[0-9] and \\Z for the end, without $ and without \\d \\w \\s \\b"
        )
    if kind == "in_range" and column_type in (None, *_NUMERIC_TYPES) and _is_open(facts):
        return Rule("finite", columns, {}, "a finite number")
    words = {key: ", ".join(map(str, value)) if isinstance(value, list) else value for key, value in facts.items()}
    words = {"min_value": 0, "max_value": "any number of", **words}
    return Rule(kind, columns, facts, CHECKS[kind].format(**words))


def _is_open(facts: Mapping[str, Any]) -> bool:
    """Tell whether a range only excludes the infinities."""
    return facts["min_value"] == -math.inf and facts["max_value"] == math.inf and not facts["include_min"]
