"""One absurd value breaks the contract of its own source, and never the exact arithmetic of everybody's models."""

import re
from decimal import Decimal

import duckdb
import pytest
from dbt_runs import PROJECT

from okr_pipeline.landing.contract_sql import quoted, violations
from okr_pipeline.sources import discover
from okr_pipeline.sources.contract import SourceTable
from okr_pipeline.sources.rules import Rule

EXACT = re.compile(r"\bexact\('([^']+)'\)")
ROWS_A_WEEK = 1_000_000
LARGEST_SUM_OF_SQUARES = Decimal(10) ** 26
MADE_EXACT = {
    name
    for path in sorted((PROJECT / "models").rglob("*.sql"))
    for expression in EXACT.findall(path.read_text(encoding="utf-8"))
    for name in re.findall(r"[a-z_]+", expression)
}
TABLES = [table for system in discover() for table in system.tables]
COLUMNS = [
    pytest.param(table, name, id=f"{table.name}.{name}")
    for table in TABLES
    for name, kind in table.columns.items()
    if kind in {"timestamptz", "bigint"} or (kind == "double" and name in MADE_EXACT)
]
ABSURD = {
    "double": ["1e13", "1e308"],
    "bigint": ["9223372036854775807"],
    "timestamptz": ["'40000-01-01 00:00:00+00'", "'infinity'", "'-infinity'"],
}


def rules(table: SourceTable, name: str) -> list[Rule]:
    return [rule for rule in table.rules if rule.columns == (name,) and rule.kind not in ("unique", "not_null")]


def test_the_numbers_that_models_make_exact_are_the_ones_tested_here() -> None:
    found = {name for table in TABLES for name, kind in table.columns.items() if kind == "double"} & MADE_EXACT
    assert found == {
        "talk_seconds",
        "hold_seconds",
        "after_contact_seconds",
        "fte",
        "document_review_minutes",
        "written_premium_eur",
        "lead_hours",
    }


@pytest.mark.parametrize(("table", "name"), COLUMNS)
def test_an_absurd_value_breaks_the_contract(table: SourceTable, name: str) -> None:
    kind = table.columns[name]
    with duckdb.connect() as engine:
        for value in ABSURD[kind]:
            rows = f"(select cast({value} as {kind}) as {quoted(name)})"
            counts = engine.execute(f"select {', '.join(violations(rules(table, name)))} from {rows}").fetchone()
            assert counts is not None
            assert sum(counts) > 0, value


def test_the_largest_values_allowed_can_be_squared_and_added() -> None:
    largest = {
        name: max(rule.facts["max_value"] for rule in rules(table, name) if "max_value" in rule.facts)
        for table in TABLES
        for name, kind in table.columns.items()
        if kind == "double" and name in MADE_EXACT
    }
    seconds = Decimal(largest.pop("lead_hours") * 3600)
    minutes = Decimal(largest["document_review_minutes"])
    assert all(bound <= 1e9 for bound in largest.values())
    assert max(seconds, minutes) ** 2 * ROWS_A_WEEK < LARGEST_SUM_OF_SQUARES
