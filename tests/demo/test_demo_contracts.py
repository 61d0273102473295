"""The simulated systems keep their contracts, use known codes, and hold persons' identities."""

from pathlib import Path

import pandas as pd
import pytest
import yaml
from delivered_files import Delivery
from measured_systems import Systems

from okr_pipeline.demo import Truth
from okr_pipeline.demo.company import ORGANISATION_FILE
from okr_pipeline.sources import discover
from okr_pipeline.sources.contract import SourceTable

TABLES = {table.key: table for system in discover() for table in system.tables}
EXTRA_COLUMNS = {
    ("ai_usage", "users"): {"user_email"},
    ("document_management", "agreements"): {"negotiation_notes"},
}


def in_contract_types(frame: pd.DataFrame, table: SourceTable) -> pd.DataFrame:
    """Return the contract's columns in the contract's types, as a cast by the landing would give them."""
    kept = frame[[name for name in table.schema.columns if name in frame]]
    return kept.astype({name: table.schema.columns[name].dtype.type for name in kept})


@pytest.mark.parametrize("key", TABLES, ids=".".join)
def test_a_table_keeps_its_contract(systems: Systems, key: tuple[str, str]) -> None:
    table = TABLES[key]
    frame = systems.connection.execute(f"select * from {table.name}").df()
    assert set(frame) - set(table.schema.columns) == EXTRA_COLUMNS.get(key, set())
    assert len(frame) > 0
    table.schema.validate(in_contract_types(frame, table))


def test_every_code_belongs_to_a_unit_but_the_planted_one(systems: Systems, truth: Truth) -> None:
    units = yaml.safe_load(ORGANISATION_FILE.read_text(encoding="utf-8"))["units"].values()
    known = {(system, code) for unit in units for system, codes in unit.get("codes", {}).items() for code in codes}
    used = {
        (table.system, code)
        for table in TABLES.values()
        if table.unit_code
        for (code,) in systems.connection.execute(f"select distinct {table.unit_code} from {table.name}").fetchall()
    }
    assert used - known == {("contact_centre", truth.faults["unmapped_code"].code)}


def test_every_week_of_a_weekly_table_has_rows(systems: Systems, truth: Truth) -> None:
    stopped = truth.faults["stopped_source"].start
    for table in TABLES.values():
        if table.cadence != "monthly":
            weeks = [week for week in truth.all_weeks if table.name != "delivery" or week < stopped]
            empty = [
                week
                for week in weeks
                if not systems.value(f"select count(*) from {table.name}", table.week_by, week, week)
            ]
            assert (table.key, empty) == (table.key, [])


@pytest.mark.parametrize(
    ("place", "identity"),
    [
        ("contact_centre/interactions/interactions_2026-W47.parquet", b"agent-00"),
        ("document_management/documents.sqlite", b"reviewer021@example.com"),
        ("erp/discrepancies.csv", b"accountant-001"),
        ("ai_usage/users/users_2026-W47.jsonl", b"employee0001@example.com"),
        ("underwriting/cases/cases_2026-W47.parquet", b"underwriter-001"),
    ],
)
def test_systems_hold_identities_of_persons(delivery: Delivery, place: str, identity: bytes) -> None:
    path = delivery.home / "systems" / place
    content = pd.read_parquet(path).to_csv().encode() if path.suffix == ".parquet" else path.read_bytes()
    assert identity in content


def test_repositories_hold_identities_of_persons(systems: Systems, delivery: Delivery) -> None:
    authors = systems.connection.execute("select distinct author_id from branches").fetchall()
    assert ("developer07@example.com",) in authors
    assert Path(delivery.home / "systems" / "code_repository" / "policy-platform" / "HEAD").is_file()
