"""A new AI-system file in a real run: its milestones reach the table, the tree and Dagster, and nothing else moves."""

import shutil
from io import StringIO
from pathlib import Path

import dagster as dg
import pytest
from asset_runs import ROOT, CopyDemo, Outcome, refreshed, settings_of
from rich.console import Console

from okr_pipeline.assets.names import MILESTONES_KEY, milestone_check
from okr_pipeline.definitions import build_definitions
from okr_pipeline.publication.reading import Row, open_published, rows
from okr_pipeline.terminal import cascade_tree

_NEW_SYSTEM = """\
id: claims_triage
name: Claims triage
owner: head of customer operations
intended_purpose: Sorts incoming claims by the team that handles them.
roles: [deployer]
dates: {placed_on_market: 2026-03-01, first_use: 2026-11-02}
"""
_KEY_RESULT = "ai_systems: [agent_assist]"


def _published(home: Path, table: str) -> list[Row]:
    with open_published(home) as connection:
        return rows(connection, f"select * from okr.{table} order by all")


@pytest.fixture(scope="module")
def before(demo_home: Path) -> dict[str, list[Row]]:
    return {table: _published(demo_home, table) for table in ("compliance_milestones", "ai_systems", "key_results")}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, copy_demo: CopyDemo) -> Outcome:
    folder = tmp_path_factory.mktemp("new_system")
    cascade = Path(shutil.copytree(ROOT / "cascade_definitions", folder / "cascade"))
    (cascade / "ai_systems" / "claims_triage.yml").write_text(_NEW_SYSTEM, encoding="utf-8")
    outcome = refreshed(settings_of(copy_demo(folder / "home"), OKR_CASCADE_DIR=cascade))
    assert outcome.result.success
    return outcome


def test_the_published_table_gains_the_milestones_of_the_new_system_alone(
    run: Outcome, before: dict[str, list[Row]]
) -> None:
    after = _published(run.home, "compliance_milestones")
    new = [row for row in after if row["ai_system_id"] == "claims_triage"]
    assert [row for row in after if row["ai_system_id"] != "claims_triage"] == before["compliance_milestones"]
    assert {row["obligation_id"]: row["status"] for row in new if row["status"] != "not_applicable"} == {
        "AIA-05-SCREEN": "overdue",
        "AIA-04": "overdue",
        "AIA-06-CLASS": "overdue",
    }
    assert all(row["status_reason"] for row in new)
    (system,) = [row for row in _published(run.home, "ai_systems") if row["ai_system_id"] == "claims_triage"]
    assert (system["route"], system["open_count"], system["objective_id"]) == ("none", 3, None)


def test_overdue_milestones_are_findings_and_stop_nothing(run: Outcome) -> None:
    found = run.published("select rule, severity, node from okr.cascade_findings where message like '%claims_triage%'")
    assert sorted((row["rule"], row["severity"]) for row in found) == [
        *[("milestone_overdue", "error")] * 3,
        ("unregistered_ai_system", "warning"),  # it is in use, and no data shows it
    ]


def test_dagster_has_a_check_for_each_milestone_and_its_severity_follows_the_force(run: Outcome) -> None:
    evaluations = {
        evaluation.check_name: evaluation
        for evaluation in run.result.get_asset_check_evaluations()
        if evaluation.asset_key == MILESTONES_KEY
    }
    literacy = evaluations[milestone_check("claims_triage.AIA-04")]
    screening = evaluations[milestone_check("claims_triage.AIA-05-SCREEN")]
    assert (literacy.passed, literacy.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert (screening.passed, screening.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert evaluations[milestone_check("agent_assist.AIA-04")].passed
    assert not evaluations[milestone_check("life_risk_pricing.AIA-27-1")].passed


def test_the_checks_are_known_before_any_run(run: Outcome) -> None:
    graph = build_definitions(settings_of(run.home)).resolve_asset_graph()
    names = {key.name for key in graph.asset_check_keys if key.asset_key == MILESTONES_KEY}
    assert milestone_check("life_risk_pricing.AIA-27-1") in names
    assert not any(name.startswith("claims_triage") for name in names)


def test_the_tree_shows_milestones_where_the_system_is_used_and_the_gate(run: Outcome) -> None:
    health = run.published(
        "select * from okr.cascade_health where week_start = (select data_through from okr.publication_info)"
    )
    current = {row["key_result_id"]: row for row in run.published("select * from okr.key_result_current")}
    key_results = run.published("select * from okr.key_results where is_current")
    milestones = run.published("select * from okr.compliance_milestones order by ai_system_id")
    console = Console(width=400, record=True, file=StringIO())
    console.print(cascade_tree("The cascade", key_results, health, current, milestones))
    text = console.export_text()
    assert "AI Act, agent_assist: 3 met" in text
    assert "due gate shut AIA-27-1" in text
    assert "AI systems that no key result names" in text
    assert "AI Act, claims_triage: 3 overdue" in text


def test_the_gate_blocks_the_launch_and_health_says_why(run: Outcome) -> None:
    (launch,) = run.published("select * from okr.key_result_current where key_result_id = 'life_pricing_launch'")
    assert launch["status"] == "blocked"
    assert launch["status_reason"].startswith("Blocked by house policy: ")
    nodes = run.published(
        "select node_id, node_kind, compliance_gate from okr.cascade_health where compliance_gate is not null"
        " and week_start = (select data_through from okr.publication_info)"
    )
    assert {(node["node_kind"], node["node_id"]) for node in nodes} == {
        ("key_result", "life_pricing_launch"),
        ("objective", "life_applicants_get_a_price_they_can_follow"),
    }
    (milestone,) = run.published("select * from okr.compliance_milestones where gate_is_shut")
    assert (
        milestone["milestone_id"],
        milestone["gate_basis"],
        milestone["force"],
        milestone["blocks_key_results"],
    ) == (
        "life_risk_pricing.AIA-27-1",
        "house policy",
        "grandfathered",
        "life_pricing_launch",
    )
