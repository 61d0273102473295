"""The rules of a contract as SQL: one aggregate that counts the rows breaking each rule.

The same verdict as pandera on the same rows (tested), at a fraction of its time and without its error
text, which holds the offending values. Messages here name the column, the rule, the count and what is
allowed; never a value.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from okr_pipeline.sources.rules import Rule


def quoted(name: str) -> str:
    """Return a column's name as an SQL identifier: some names are words of SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """Return a number or a text of a contract as an SQL literal."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"{value!r}::double" if isinstance(value, float) else str(value)
    return "'" + str(value).replace("'", "''") + "'"


def broken(rule: Rule) -> str:  # noqa: PLR0911 - one return for each kind of rule reads as a table
    """Return the SQL predicate of a row that breaks ``rule``; a null value breaks none but ``not_null``.

    Raises:
        ValueError: the rule speaks about the whole table (uniqueness) or is unknown.
    """
    column, facts = quoted(rule.columns[0]), rule.facts
    match rule.kind:
        case "not_null":
            return f"{column} is null"
        case "finite":
            return f"not isfinite({column})"
        case "greater_than_or_equal_to":
            return f"{column} < {literal(facts['min_value'])}"
        case "greater_than":
            return f"{column} <= {literal(facts['min_value'])}"
        case "less_than_or_equal_to":
            return f"{column} > {literal(facts['max_value'])}"
        case "less_than":
            return f"{column} >= {literal(facts['max_value'])}"
        case "in_range":
            return _outside(column, facts)
        case "isin":
            return f"{column} not in ({', '.join(literal(value) for value in facts['allowed_values'])})"
        case "str_matches":
            pattern = str(facts["pattern"]).replace("\\Z", "\\z")
            return f"not regexp_matches({column}, {literal(f'^(?:{pattern})')})"
        case "str_length":
            return _wrong_length(column, facts)
        case "in_order":
            pairs = pairwise(map(quoted, rule.columns))
            return " or ".join(f"coalesce({earlier} > {later}, false)" for earlier, later in pairs)
    raise ValueError(f"{rule.name}: no SQL is known for '{rule.kind}'")


def surplus(rule: Rule) -> str:
    """Return the SQL aggregate of rows beyond the first of each key; nulls equal each other, as in
    pandera."""
    if len(rule.columns) == 1:
        column = quoted(rule.columns[0])
        return f"count(*) - count(distinct {column}) - (count(*) > count({column}))::bigint"
    return f"count(*) - count(distinct row({', '.join(map(quoted, rule.columns))}))"


def violations(rules: Sequence[Rule], casts: Iterable[str] = ()) -> list[str]:
    """Return one aggregate per rule, in order; in ``casts`` a value that could not be cast is not a
    null one."""
    marked = set(casts)
    aggregates = []
    for rule in rules:
        if rule.kind == "unique":
            aggregates.append(surplus(rule))
        elif rule.kind == "not_null" and rule.columns[0] in marked:
            aggregates.append(f"count_if({broken(rule)} and not {cast_mark(rule.columns[0])})")
        elif rule.kind == "not_null":
            aggregates.append(f"count(*) - count({quoted(rule.columns[0])})")
        else:
            aggregates.append(f"count_if({broken(rule)})")
    return aggregates


def cast_mark(column: str) -> str:
    """Return the name of the staged column that marks values which could not be cast."""
    return f'"uncast {column}"'


def sentence(rule: Rule, count: int, rows: int) -> str:
    """Return what a person reads about a broken rule."""
    where = ", ".join(rule.columns)
    return f"{where}: {count} of {rows} rows break {rule.kind} - allowed: {rule.allowed}"


def _outside(column: str, facts: Mapping[str, Any]) -> str:
    below = "<" if facts.get("include_min", True) else "<="
    above = ">" if facts.get("include_max", True) else ">="
    low, high = literal(facts["min_value"]), literal(facts["max_value"])
    return f"{column} {below} {low} or {column} {above} {high}"


def _wrong_length(column: str, facts: Mapping[str, Any]) -> str:
    parts = []
    if "exact_value" in facts:
        parts.append(f"length({column}) <> {facts['exact_value']}")
    if "min_value" in facts:
        parts.append(f"length({column}) < {facts['min_value']}")
    if "max_value" in facts:
        parts.append(f"length({column}) > {facts['max_value']}")
    return " or ".join(parts)
