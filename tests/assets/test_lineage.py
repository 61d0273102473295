"""Where each key result comes from: exactly these systems of record, through exactly its metric's tables.

The expectation is written out by hand: derived from the code it would agree with any mistake.
"""

import dagster as dg
import pytest

from okr_pipeline.assets.names import (
    EVIDENCE_KEY,
    FORECASTS_KEY,
    HEALTH_KEY,
    MILESTONES_KEY,
    PUBLICATION_KEY,
    key_result_key,
    metric_key,
    raw_key,
    system_key,
)
from okr_pipeline.cascade.model import KeyResult
from okr_pipeline.catalogue import load_metrics
from okr_pipeline.project import Project
from okr_pipeline.settings import Settings

SYSTEMS_OF_METRIC = {
    "active_user_share": {"ai_usage"},
    "agreements_without_escalation_share": {"document_management"},
    "ai_assisted_case_share": {"underwriting"},
    "ai_assisted_decision_share": {"ai_usage"},
    "ai_assisted_reply_share": {"contact_centre"},
    "ai_attributed_premium_share": {"underwriting"},
    "ai_feature_branch_share": {"code_repository"},
    "ai_summary_share": {"document_management"},
    "autonomous_resolution_share": {"erp"},
    "average_handle_time_seconds": {"contact_centre"},
    "branch_lead_time_hours": {"code_repository"},
    "case_correction_share": {"underwriting"},
    "contacts_per_support_fte": {"contact_centre", "erp"},
    "contract_review_days": {"document_management"},
    "discrepancy_reopen_share": {"erp"},
    "document_review_minutes_per_case": {"underwriting"},
    "draft_to_signature_days": {"document_management"},
    "first_contact_resolution_share": {"contact_centre"},
    "log_retention_months": {"governance"},
    "monitoring_coverage_share": {"governance"},
    "notice_coverage_share": {"governance"},
    "open_agreement_age_days": {"document_management"},
    "open_discrepancy_age_hours": {"erp"},
    "override_rate": {"ai_usage"},
    "period_close_exceptions_count": {"erp"},
    "post_close_adjustments_count": {"erp"},
    "repeat_contact_rate": {"contact_centre"},
    "revert_share": {"code_repository"},
    "review_cycle_hours": {"code_repository"},
    "review_exceptions_per_thousand_outputs": {"ai_usage"},
    "spec_to_deployable_days": {"code_repository"},
    "time_to_market_days": {"code_repository"},
    "time_to_notify_provider_hours": {"governance"},
    "written_premium_per_underwriter_eur": {"erp", "underwriting"},
}
METRIC_OF_KEY_RESULT = {
    "ai_attributed_premium_share": "ai_attributed_premium_share",
    "billing_active_users": "active_user_share",
    "billing_assisted_share": "ai_assisted_reply_share",
    "billing_repeat_contacts": "repeat_contact_rate",
    "branch_lead_time": "branch_lead_time_hours",
    "case_corrections": "case_correction_share",
    "claims_platform_ai_branches": "ai_feature_branch_share",
    "claims_platform_review_cycle": "review_cycle_hours",
    "contacts_per_support_fte": "contacts_per_support_fte",
    "customer_open_agreement_age": "open_agreement_age_days",
    "customer_review_time": "contract_review_days",
    "customer_summary_share": "ai_summary_share",
    "discrepancies_stay_resolved": "discrepancy_reopen_share",
    "document_review_minutes": "document_review_minutes_per_case",
    "draft_to_signature": "draft_to_signature_days",
    "life_active_users": "active_user_share",
    "life_assisted_cases": "ai_assisted_case_share",
    "life_overrides_in_band": "override_rate",
    "life_premium_per_underwriter": "written_premium_per_underwriter_eur",
    "life_pricing_incident_notice": "time_to_notify_provider_hours",
    "life_pricing_launch": "ai_assisted_decision_share",
    "life_pricing_log_retention": "log_retention_months",
    "life_pricing_monitoring": "monitoring_coverage_share",
    "life_pricing_notice": "notice_coverage_share",
    "life_review_exceptions": "review_exceptions_per_thousand_outputs",
    "open_discrepancy_age": "open_discrepancy_age_hours",
    "period_close_exceptions": "period_close_exceptions_count",
    "policy_active_users": "active_user_share",
    "policy_assisted_share": "ai_assisted_reply_share",
    "policy_platform_active_users": "active_user_share",
    "policy_platform_ai_branches": "ai_feature_branch_share",
    "policy_platform_review_cycle": "review_cycle_hours",
    "policy_repeat_contacts": "repeat_contact_rate",
    "post_close_adjustments": "post_close_adjustments_count",
    "property_case_corrections": "case_correction_share",
    "reconciliation_active_users": "active_user_share",
    "repeat_contacts_stay_low": "repeat_contact_rate",
    "resolved_within_four_hours": "autonomous_resolution_share",
    "reverts_stay_rare": "revert_share",
    "spec_to_deployable": "spec_to_deployable_days",
    "tier_one_first_contact_resolution": "first_contact_resolution_share",
    "tier_one_handle_time": "average_handle_time_seconds",
    "time_to_market": "time_to_market_days",
    "vendor_active_users": "active_user_share",
    "vendor_open_agreement_age": "open_agreement_age_days",
    "vendor_review_time": "contract_review_days",
    "vendor_without_escalation": "agreements_without_escalation_share",
    "written_premium_per_underwriter": "written_premium_per_underwriter_eur",
}
LAYERS = {"systems_of_record", "staging", "intermediate", "metrics", "key_results", "okr"}

Upstream = dict[str, set[dg.AssetKey]]


@pytest.fixture(scope="module")
def upstream(definitions: dg.Definitions, project: Project) -> Upstream:
    """Everything above each key result."""
    graph = definitions.resolve_asset_graph()

    def above(key: dg.AssetKey) -> set[dg.AssetKey]:
        seen: set[dg.AssetKey] = set()
        waiting = [key]
        while waiting:
            for parent in graph.get(waiting.pop()).parent_keys - seen:
                seen.add(parent)
                waiting.append(parent)
        return seen

    return {kr.id: above(key_result_key(kr.id)) for kr in project.cascade.key_results}


def test_the_table_names_every_key_result_and_its_metric(project: Project) -> None:
    assert {kr.id: kr.metric for kr in project.cascade.key_results} == METRIC_OF_KEY_RESULT


def test_the_table_names_every_metric_in_use() -> None:
    assert set(METRIC_OF_KEY_RESULT.values()) == set(SYSTEMS_OF_METRIC)


@pytest.mark.parametrize("key_result_id", METRIC_OF_KEY_RESULT)
def test_systems_of_record_are_exactly_the_expected_ones(upstream: Upstream, key_result_id: str) -> None:
    expected = {system_key(name) for name in SYSTEMS_OF_METRIC[METRIC_OF_KEY_RESULT[key_result_id]]}
    assert {key for key in upstream[key_result_id] if key.path[0] == "systems_of_record"} == expected


@pytest.mark.parametrize("key_result_id", METRIC_OF_KEY_RESULT)
def test_raw_tables_are_exactly_those_that_the_metrics_sql_reads(
    upstream: Upstream, settings: Settings, key_result_id: str
) -> None:
    metric = load_metrics(settings.dbt_project_dir)[METRIC_OF_KEY_RESULT[key_result_id]]
    assert {key for key in upstream[key_result_id] if key.path[0] not in LAYERS} == {
        raw_key(*source) for source in metric.sources
    }


@pytest.mark.parametrize("key_result_id", METRIC_OF_KEY_RESULT)
def test_a_key_result_rests_on_its_metric_alone(definitions: dg.Definitions, key_result_id: str) -> None:
    parents = definitions.resolve_asset_graph().get(key_result_key(key_result_id)).parent_keys
    assert parents == {metric_key(METRIC_OF_KEY_RESULT[key_result_id])}


@pytest.mark.parametrize("key_result_id", METRIC_OF_KEY_RESULT)
def test_each_raw_table_reaches_the_metric_through_its_staging_model(upstream: Upstream, key_result_id: str) -> None:
    raw = {tuple(key.path) for key in upstream[key_result_id] if key.path[0] not in LAYERS}
    staging = {key.path[1] for key in upstream[key_result_id] if key.path[0] == "staging"}
    assert staging == {f"stg_{system}__{table}" for system, table in raw}


def test_lineage_begins_at_systems_of_record_only(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    roots = {key for key in graph.get_all_asset_keys() if not graph.get(key).parent_keys}
    assert {key.path[0] for key in roots} == {"systems_of_record"}
    assert all(graph.get(key).is_external for key in roots)


def test_every_key_result_reaches_health_and_publication(definitions: dg.Definitions, project: Project) -> None:
    graph = definitions.resolve_asset_graph()
    results: tuple[KeyResult, ...] = tuple(project.cascade.key_results)
    learned = {MILESTONES_KEY, EVIDENCE_KEY, FORECASTS_KEY}
    assert graph.get(HEALTH_KEY).parent_keys == {key_result_key(kr.id) for kr in results} | learned
    assert HEALTH_KEY in graph.get(PUBLICATION_KEY).parent_keys
