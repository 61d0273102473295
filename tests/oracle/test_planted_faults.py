"""Every fault that truth.yml plants is found and named in the finished demo, each by the rule that is made for it."""

from pathlib import Path

import duckdb
import pytest

from okr_pipeline.demo import load_truth

NAMED = {
    "vanity": ("vanity_metric", "customer_summary_share"),
    "sandbag": ("within_baseline", "reconciliation_active_users"),
    "orphaned_initiative": ("orphaned_initiative", "generative_claims_letters"),
    "stopped_source": ("stale_value", "spec_to_deployable"),
    "drift": ("drifting", "life_overrides_in_band"),
    "volume_drop": ("volume_drop", "underwriting.cases"),
    "restated_week": ("restated_week", "tier_one_handle_time"),
    "unmapped_code": ("unmapped_code", "contact_centre.interactions"),
}
"""Fault -> rule and node of its finding."""
ELSEWHERE = {
    "high_risk_system": "select 1 from okr.compliance_milestones where gate_is_shut"
    " and ai_system_id = 'life_risk_pricing' and blocks_key_results like '%life_pricing_launch%'",
    "small_group": "select 1 from okr.metric_values where is_suppressed and segment = 'legal_protection'"
    " and ai_assisted = 'assisted'",
    "foreign_currency": "select 1 from okr.data_sources where system = 'erp' and table_name = 'ledger'"
    " and rows_quarantined > 0",
}
"""Faults that are no finding of a rule: where a publication names them."""


def found(demo_home: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(demo_home / "published" / "cascade.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_no_planted_fault_is_left_out_here() -> None:
    assert {*NAMED, *ELSEWHERE} == {*load_truth().faults}


@pytest.mark.parametrize("fault", NAMED)
def test_a_planted_fault_is_a_finding_of_its_rule(demo_home: Path, fault: str) -> None:
    rule, node = NAMED[fault]
    rows = found(demo_home, f"select message, fix from okr.cascade_findings where rule = '{rule}' and node = '{node}'")
    assert len(rows) == 1
    assert all(rows[0])


@pytest.mark.parametrize("fault", ELSEWHERE)
def test_a_planted_fault_shows_where_it_belongs(demo_home: Path, fault: str) -> None:
    assert found(demo_home, ELSEWHERE[fault])


def test_vanity_and_sandbagging_accuse_nobody_else(demo_home: Path) -> None:
    accused = found(
        demo_home,
        "select distinct rule, node from okr.cascade_findings where rule in ('vanity_metric', 'within_baseline',"
        " 'below_benchmark', 'drifting', 'cannot_move_parent', 'unregistered_ai_system') order by all",
    )
    assert accused == [
        ("below_benchmark", "reconciliation_active_users"),
        ("drifting", "life_overrides_in_band"),
        ("vanity_metric", "customer_summary_share"),
        ("within_baseline", "reconciliation_active_users"),
    ]
