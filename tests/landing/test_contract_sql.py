"""The SQL of a rule gives the verdict pandera gives on the same rows, and casts never lose anything
silently."""

import math
from datetime import UTC, datetime
from typing import Any

import duckdb
import pandas as pd
import pandera.errors
import pandera.pandas as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okr_pipeline.landing.casting import compare, typed
from okr_pipeline.landing.contract_sql import sentence, violations
from okr_pipeline.sources.columns import MOMENT, in_order
from okr_pipeline.sources.rules import Rule, column_types, rules_of

FINITE = pa.Check.in_range(-math.inf, math.inf, include_min=False, include_max=False)
SCHEMA = pa.DataFrameSchema(
    {
        "a": pa.Column("Int64", [pa.Check.ge(0), pa.Check.lt(9)], nullable=False),
        "b": pa.Column("Int64", pa.Check.in_range(1, 5, include_max=False), nullable=True, unique=True),
        "c": pa.Column("float64", [FINITE, pa.Check.gt(0.5), pa.Check.le(1e6)], nullable=True),
        "d": pa.Column("str", [pa.Check.isin(["x", "it's"]), pa.Check.str_length(1, 2)], nullable=False),
        "e": pa.Column("str", pa.Check.str_matches(r"[A-Z]{2}(-[0-9]+)?\Z"), nullable=True),
        "f": pa.Column("boolean", nullable=False),
        "g": pa.Column(MOMENT, nullable=True),
        "h": pa.Column(MOMENT, nullable=False),
    },
    unique=["a", "d"],
    checks=in_order("g", "h"),
)
moments = st.integers(0, 5).map(lambda hour: datetime(2026, 1, 1, hour, tzinfo=UTC))
cells = {
    "a": st.integers(-2, 10) | st.none(),
    "b": st.integers(0, 6) | st.none(),
    "c": st.sampled_from([0.0, -0.0, 0.5, 0.6, 1e6, 1e7, -1.0, 1e308, math.inf, -math.inf]) | st.none(),
    "d": st.sampled_from(["x", "it's", "y", "", "xx"]) | st.none(),
    "e": st.sampled_from(["AB", "AB-12", "ab", "AB-", "AB\n", "xAB", "AB-1é", ""]) | st.none(),
    "f": st.booleans() | st.none(),
    "g": moments | st.none(),
    "h": moments | st.none(),
}


def _rule_of(error: pandera.errors.SchemaError) -> tuple[str, str]:
    """Name the rule behind an error; its table of failure cases leaves out nulls and would hide some."""
    kind = str(getattr(error.check, "name", error.check))
    column = str(getattr(error.schema, "name", None))
    if kind == "multiple_fields_uniqueness":
        return ("a+d", "unique")
    if kind == "in_order":
        return ("g+h", "in_order")
    if kind == "in_range" and column == "c":
        return ("c", "finite")
    return (column, {"not_nullable": "not_null", "field_uniqueness": "unique"}.get(kind, kind))


def broken_in_pandera(rows: list[dict[str, Any]]) -> set[tuple[str, str]]:
    dtypes = {name: str(column.dtype).replace("string[pyarrow]", "str") for name, column in SCHEMA.columns.items()}
    frame = pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=dtypes[name]) for name in cells})
    try:
        SCHEMA.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        return {_rule_of(error) for error in errors.schema_errors}
    return set()


def broken_in_sql(rows: list[dict[str, Any]]) -> set[tuple[str, str]]:
    rules = rules_of(SCHEMA)
    with duckdb.connect() as engine:
        engine.execute(f"create table t ({', '.join(f'{n} {t}' for n, t in column_types(SCHEMA).items())})")
        for row in rows:
            engine.execute(f"insert into t values ({', '.join('?' for _ in cells)})", [row[name] for name in cells])
        counts = engine.execute(f"select {', '.join(violations(rules))} from t").fetchall()[0]
    return {("+".join(rule.columns), rule.kind) for rule, count in zip(rules, counts, strict=True) if count}


@settings(max_examples=80, deadline=None)
@given(st.lists(st.fixed_dictionaries(cells), min_size=1, max_size=8))
def test_sql_breaks_exactly_the_rules_pandera_breaks(rows: list[dict[str, Any]]) -> None:
    assert broken_in_sql(rows) == broken_in_pandera(rows)


def test_a_sentence_names_column_rule_count_and_what_is_allowed() -> None:
    rule = Rule("isin", ("channel",), {"allowed_values": ["a"]}, "one of a")
    assert sentence(rule, 3, 10) == "channel: 3 of 10 rows break isin - allowed: one of a"


CASTS: list[tuple[str, str, str, object]] = [
    ("bigint", "varchar", "'17'", 17),
    ("bigint", "varchar", "' 17 '", 17),
    ("bigint", "varchar", "'17.0'", 17),
    ("bigint", "varchar", "'2.5'", None),
    ("bigint", "varchar", "'1e3'", None),
    ("bigint", "varchar", "'99999999999999999999'", None),
    ("bigint", "double", "2.5", None),
    ("bigint", "double", "2.0", 2),
    ("bigint", "double", "'nan'", None),
    ("bigint", "double", "1e300", None),
    ("bigint", "decimal(9,2)", "2.50", None),
    ("bigint", "hugeint", "170141183460469231731687303715884105727", None),
    ("bigint", "utinyint", "200", 200),
    ("double", "varchar", "'1.5e3'", 1500.0),
    ("double", "varchar", "'-.5'", -0.5),
    ("double", "varchar", "'nan'", None),
    ("double", "varchar", "'inf'", None),
    ("double", "varchar", "'1_000'", None),
    ("double", "varchar", "'n/a'", None),
    ("double", "decimal(9,2)", "2.25", 2.25),
    ("boolean", "varchar", "'true'", True),
    ("boolean", "varchar", "'0'", False),
    ("boolean", "varchar", "'2'", None),
    ("timestamptz", "varchar", "'2026-03-29 02:30:00+02'", datetime(2026, 3, 29, 0, 30, tzinfo=UTC)),
    ("timestamptz", "varchar", "'infinity'", None),
    ("timestamptz", "varchar", "'no time zone: 2026-03-29'", None),
    ("varchar", "bigint", "42", "42"),
]


@pytest.mark.parametrize(("wanted", "seen", "value", "expected"), CASTS)
def test_a_cast_is_exact_or_refused_and_counted(wanted: str, seen: str, value: str, expected: object) -> None:
    shape = compare({"x": wanted}, {"x": seen})
    with duckdb.connect() as engine:
        engine.execute("set TimeZone = 'America/New_York'")
        relation = typed(f"(select {value}::{seen} as x)", shape)
        read = "epoch(x)" if wanted == "timestamptz" else "x"
        row = engine.execute(f"select {read}, * exclude (x) from {relation}").fetchall()[0]
    value_seen = expected.timestamp() if isinstance(expected, datetime) else expected
    assert row[0] == value_seen
    assert list(row[1:]) == ([expected is None] if shape.checked else [])


@pytest.mark.parametrize(
    ("wanted", "seen"),
    [
        ("boolean", "BIGINT"),
        ("double", "BOOLEAN"),
        ("timestamptz", "TIMESTAMP"),
        ("timestamptz", "DATE"),
        ("varchar", "DOUBLE"),
    ],
)
def test_another_kind_of_type_is_never_cast(wanted: str, seen: str) -> None:
    assert compare({"x": wanted}, {"x": seen}).problems == (
        f"column 'x' changed its type: {seen.lower()} seen - {wanted} is allowed. Fix: correct the "
        f"export or the contract",
    )
