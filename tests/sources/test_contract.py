"""A contract that contradicts itself, or asks for what no engine checks, is refused when it loads."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.pandas as pa
import pytest

from okr_pipeline.errors import SourceError
from okr_pipeline.sources import discover
from okr_pipeline.sources.columns import MOMENT, identifier, in_order, measure, moment, text
from okr_pipeline.sources.contract import Quarantine, SourceSystem, SourceTable
from okr_pipeline.sources.dbt_sources import generated_sources_yml

PROJECT = Path(__file__).parents[2]
COLUMNS = {
    "ticket_id": identifier("Id.", unique=True),
    "closed_at": moment("When."),
    "agent_id": identifier("Who."),
    "handle_seconds": measure("How long."),
}


def table(columns: dict[str, Any] | None = None, **changes: Any) -> SourceTable:
    """Return a valid contract with one thing changed."""
    fields: dict[str, Any] = {
        "system": "desk",
        "name": "tickets",
        "description": "Tickets. One row per ticket.",
        "owner": "head of desk",
        "week_by": "closed_at",
        "pseudonymised": ("agent_id",),
        "schema": pa.DataFrameSchema({**COLUMNS, **(columns or {})}),
    }
    return SourceTable(**{**fields, **changes})


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"week_by": "ended_at"}, "week_by names column 'ended_at', which the schema lacks"),
    ({"week_by": "ticket_id"}, "week_by column 'ticket_id' is varchar; timestamptz is allowed"),
    (
        {"pseudonymised": ("handle_seconds",)},
        "pseudonymised column 'handle_seconds' is double; varchar is allowed",
    ),
    ({"unit_code": "team"}, "unit_code names column 'team', which the schema lacks"),
    ({"volume_drop_ratio": 1.5}, "volume_drop_ratio is 1.5; 0 up to 1 is allowed"),
    ({"cadence": "hourly"}, "cadence is 'hourly'; daily, weekly or monthly is allowed"),
    (
        {"name": "Tickets"},
        "name 'Tickets' is not an identifier (allowed: lower-case letters, digits, underscores)",
    ),
    ({"columns": {"x": pa.Column("str")}}, "column 'x' has no description"),
    (
        {"columns": {"x": pa.Column("int32", description="x")}},
        "column 'x' has type int32; allowed is one of string[pyarrow], str, int64, Int64, float64, "
        "bool, boolean, "
        "datetime64[us, UTC]",
    ),
    (
        {"columns": {"x": pa.Column("float64", pa.Check.ge(0), description="x")}},
        "column 'x' lets infinity pass; build it with okr_pipeline.sources.columns.measure",
    ),
    (
        {"columns": {"x": pa.Column("str", pa.Check.str_startswith("a"), description="x")}},
        "column 'x': check 'str_startswith' is not supported; allowed is one of "
        "greater_than_or_equal_to, greater_than, "
        "less_than_or_equal_to, less_than, in_range, isin, str_matches, str_length, in_order",
    ),
    (
        {"columns": {"x": pa.Column("str", pa.Check.isin(["a"], ignore_na=False), description="x")}},
        "column 'x': check 'isin' sets ignore_na, raise_warning or groupby, which is not supported",
    ),
    (
        {"columns": {"x": text("x", r"\d+$")}},
        "column 'x': pattern '\\\\d+$' reads differently in SQL; allowed are explicit classes such as "
        "[0-9] and \\Z for "
        "the end, without $ and without \\d \\w \\s \\b",
    ),
    (
        {"quarantine": (Quarantine("q", "agent_id", pa.Check.str_contains("a"), "r"),)},
        "quarantine 'q': column 'agent_id': check 'str_contains' is not supported; allowed is one of "
        "greater_than_or_equal_to, greater_than, less_than_or_equal_to, less_than, in_range, isin, "
        "str_matches, "
        "str_length, in_order",
    ),
]


@pytest.mark.parametrize(("change", "sentence"), BROKEN)
def test_a_contradiction_is_named(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the whole text is compared below
        table(**change)
    name = change.get("name", "tickets")
    assert str(refused.value) == f"desk.{name}: {sentence}"


def test_the_hash_follows_what_the_contract_says_and_not_its_words() -> None:
    same = table({"agent_id": identifier("Another wording.")}, owner="somebody else", cadence="daily")
    assert same.contract_hash == table().contract_hash
    others = [
        table({"handle_seconds": measure("How long.", at_most=10)}),
        table({"handle_seconds": measure("How long.", nullable=True)}),
        table({"ticket_id": identifier("Id.")}),
        table(pseudonymised=()),
        table({"opened_at": moment("When opened.")}),
        table(quarantine=(Quarantine("q", "agent_id", pa.Check.isin(["a"]), "r"),)),
    ]
    assert len({other.contract_hash for other in others} | {table().contract_hash}) == len(others) + 1


def test_a_system_lists_only_its_own_tables_once() -> None:
    with pytest.raises(ValueError, match=r"desk\.tickets is listed by system 'other'"):
        SourceSystem("other", "Other", "r", "f", (table(),))
    with pytest.raises(ValueError, match="at least one, each once, is allowed"):
        SourceSystem("desk", "Desk", "r", "f", (table(), table()))


def test_in_order_ignores_missing_moments_and_finds_backward_ones() -> None:
    early, late = pd.Timestamp("2026-01-01", tz="UTC"), pd.Timestamp("2026-01-02", tz="UTC")
    frame = pd.DataFrame({"a": [early, late, None], "b": [late, early, early]}, dtype=str(MOMENT))
    assert in_order("a", "b")(frame).check_output.tolist() == [True, False, True]


def test_the_seven_systems_are_found_with_every_table() -> None:
    systems = discover()
    assert [system.name for system in systems] == [
        "ai_usage",
        "code_repository",
        "contact_centre",
        "document_management",
        "erp",
        "governance",
        "underwriting",
    ]
    assert sum(len(system.tables) for system in systems) == 16
    for system in systems:
        for each in system.tables:
            persons = [name for name in each.columns if name.endswith("_id") and name.split("_")[0] in PERSONS]
            assert sorted(each.pseudonymised) == sorted(
                [*persons, *(["resolved_by_id"] * (each.name == "discrepancies"))]
            )
            assert each.row_key


PERSONS = {"customer", "agent", "reviewer", "author", "user", "underwriter"}


def test_the_dbt_sources_file_is_current() -> None:
    path = PROJECT / "dbt_project" / "models" / "staging" / "sources.yml"
    assert path.read_text(encoding="utf-8") == generated_sources_yml(discover()), "run: make gen"


GOOD_FILE = """
import pandera.pandas as pa
from okr_pipeline.sources.columns import moment
from okr_pipeline.sources.contract import SourceSystem, SourceTable
SCHEMA = pa.DataFrameSchema({{"at": moment("When.")}})
TABLE = SourceTable("{name}", "t", "Things. One row per thing.", "role", SCHEMA, "{by}")
SYSTEM = SourceSystem("{name}", "N", "role", "f", (TABLE,))
"""


def test_a_file_in_the_extra_folder_is_one_more_system(tmp_path: Path) -> None:
    (tmp_path / "helpdesk.py").write_text(GOOD_FILE.format(name="helpdesk", by="at"), encoding="utf-8")
    assert "helpdesk" in [system.name for system in discover(tmp_path)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            "x = 1\n",
            "SYSTEM is missing - a SourceSystem is allowed. Fix: end the file with SYSTEM = SourceSystem(...)",
        ),
        ("SYSTEM = 3\n", "SYSTEM is a int - a SourceSystem is allowed"),
        ("x = (\n", r"bad\.py:1: not valid Python"),
        ("\n\nraise KeyError('lost')\n", r"bad\.py:3: KeyError: 'lost'"),
        (
            GOOD_FILE.format(name="bad", by="when"),
            r"bad\.py:6: ValueError: bad\.t: week_by names column 'when'",
        ),
        (
            GOOD_FILE.format(name="erp", by="at"),
            r"system 'erp' is declared by .*erp\.py too - once is allowed",
        ),
    ],
)
def test_a_malformed_file_is_one_sentence_with_its_line(tmp_path: Path, content: str, sentence: str) -> None:
    (tmp_path / "bad.py").write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match=sentence):
        discover(tmp_path)


def test_the_sources_load_without_an_engine_or_an_orchestrator() -> None:
    code = "import sys, okr_pipeline.sources as s; s.discover(); print({'duckdb', 'dagster', 'dbt'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
