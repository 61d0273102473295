"""A company small enough to check by hand: every source table as a plain DuckDB table, in four weeks.

Values follow from the row number by arithmetic alone, so that two warehouses hold the same rows.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from okr_pipeline.sources import discover

ZONE = "Europe/Berlin"
WEEKS = (date(2026, 10, 26), date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16))
CASES_PER_WEEK = 120

UNIT_CODES = {
    ("contact_centre", "T1-BILL"): "billing_support",
    ("contact_centre", "T2"): "tier_two_support",
    ("document_management", "LEG-VEN"): "vendor_agreements",
    ("erp", "FIN-REC"): "reconciliation",
    ("erp", "CC-1100"): "billing_support",
    ("erp", "CC-1300"): "tier_two_support",
    ("erp", "CC-5100"): "life_underwriting",
    ("code_repository", "policy-platform"): "policy_platform",
    ("ai_usage", "HR-BILL"): "billing_support",
    ("underwriting", "UW-LIFE"): "life_underwriting",
    ("governance", "GOV-LIFE"): "life_underwriting",
}

_AT = "timezone('Europe/Berlin', cast(date '{week}' as timestamp)) + to_seconds(cast({seconds} as bigint))"
_SPREAD = "(i * 4801) % 600000"
_VALUES: dict[tuple[str, str], dict[str, str]] = {
    ("contact_centre", "interactions"): {
        "contact_id": "'C' || week || '-' || i",
        "initiated_at": "moment - interval 9 minute",
        "ended_at": "moment",
        "channel": "(['voice', 'chat', 'email'])[1 + i % 3]",
        "unit_code": "(['T1-BILL', 'T2', 'NEW-TEAM'])[1 + i % 3]",
        "queue": "(['billing', 'general'])[1 + i % 2]",
        "reason": "(['billing', 'claims'])[1 + (i // 7) % 2]",
        "customer_id": "'K' || (i * 7) % 90",
        "agent_id": "'A' || i % 17",
        "talk_seconds": "200 + i % 50 + i / 7.0",
        "hold_seconds": "i % 20",
        "after_contact_seconds": "30 + i % 11",
        "is_transferred": "i % 9 = 0",
        "ai_assisted": "i % 5 < 2",
        "ai_system_id": "case when i % 5 < 2 then 'agent_assist' end",
        "replies_count": "i % 4",
        "ai_assisted_replies_count": "(i % 4) // 2",
        "satisfaction_score": "case when i % 4 = 0 then 1 + i % 5 end",
    },
    ("document_management", "agreements"): {
        "agreement_id": "'D' || week || '-' || i",
        "agreement_type": "(['vendor_standard', 'customer'])[1 + i % 2]",
        "unit_code": "'LEG-VEN'",
        "drafted_at": "moment - to_days(cast(10 + i % 20 as integer))",
        "received_at": "moment - to_days(cast(5 + i % 9 as integer))",
        "review_completed_at": "moment - interval 1 day",
        "signed_at": "moment",
        "is_escalated": "i % 3 = 0",
        "has_ai_summary": "i % 4 < 3",
        "ai_system_id": "'contract_reviewer'",
        "reviewer_id": "'R' || i % 11",
    },
    ("document_management", "review_turns"): {
        "agreement_id": "'D' || week || '-' || i // 2",
        "turn_number": "1 + i % 2",
        "party": "(['internal', 'counterparty'])[1 + i % 2]",
        "started_at": "moment - interval 3 day",
        "ended_at": "moment - to_hours(cast(1 + i % 60 as integer))",
        "agreement_closed_at": "moment",
        "reviewer_id": "case when i % 2 = 0 then 'R' || i % 11 end",
    },
    ("document_management", "open_agreements"): {
        "snapshot_at": "week_end",
        "agreement_id": "'O' || i",
        "agreement_type": "(['vendor_standard', 'customer'])[1 + i % 2]",
        "unit_code": "'LEG-VEN'",
        "received_at": "moment - interval 30 day",
    },
    ("erp", "discrepancies"): {
        "discrepancy_id": "'E' || week || '-' || i",
        "unit_code": "'FIN-REC'",
        "ledger": "(['claims', 'premium'])[1 + i % 2]",
        "detected_at": "moment - to_minutes(cast(i * 5 as integer))",
        "resolved_at": "moment",
        "resolution_method": "(['ai_autonomous', 'manual'])[1 + (i // 3) % 2]",
        "resolved_by_id": "case when (i // 3) % 2 = 1 then 'B' || i % 13 end",
        "ai_system_id": "'reconciliation_agent'",
        "amount_variance_eur": "i - 60",
        "currency": "'EUR'",
        "reopened_count": "case when i % 10 = 0 then 2 else 0 end",
    },
    ("erp", "open_discrepancies"): {
        "snapshot_at": "week_end",
        "discrepancy_id": "'P' || i",
        "unit_code": "'FIN-REC'",
        "ledger": "(['claims', 'premium'])[1 + i % 2]",
        "detected_at": "moment - interval 2 day",
    },
    ("erp", "period_close_exceptions"): {
        "exception_id": "'X' || week || '-' || i",
        "period_name": "'2026-10'",
        "unit_code": "'FIN-REC'",
        "ledger": "'claims'",
        "raised_at": "moment - interval 1 day",
        "period_closed_at": "moment",
        "needs_manual_intervention": "i % 3 = 0",
    },
    ("erp", "ledger"): {
        "entry_id": "'L' || week || '-' || i",
        "posted_at": "moment",
        "period_name": "'2026-10'",
        "period_closed_at": "case when i % 2 = 0 then moment - interval 1 hour end",
        "unit_code": "'FIN-REC'",
        "ledger": "'claims'",
        "entry_type": "(['regular', 'regular', 'adjustment', 'reversal'])[1 + i % 4]",
        "amount_eur": "i * 1.5",
        "currency": "'EUR'",
    },
    ("erp", "headcount"): {
        "snapshot_at": "week_end",
        "unit_code": "(['CC-1100', 'CC-1300', 'CC-5100'])[1 + i % 3]",
        "role": "(['agent', 'agent', 'underwriter'])[1 + i % 3]",
        "fte": "10.5 + i % 3",
    },
    ("code_repository", "branches"): {
        "repository": "'policy-platform'",
        "branch_id": "'F' || week || '-' || i",
        "unit_code": "'policy-platform'",
        "author_id": "'U' || i % 12",
        "first_commit_at": "moment - interval 2 day",
        "merged_at": "moment",
        "commits_count": "1 + i % 9",
        "lead_hours": "case when i % 6 > 0 then i / 3.0 end",
        "is_feature": "case when i % 7 > 0 then i % 2 = 0 end",
        "has_ai_evidence": "i % 3 = 0",
        "is_revert": "i % 20 = 0",
        "is_bot": "i % 15 = 1",
        "merge_kind": "'merge'",
    },
    ("code_repository", "delivery"): {
        "feature_id": "'G' || week || '-' || i",
        "repository": "'policy-platform'",
        "unit_code": "'policy-platform'",
        "requested_at": "moment - interval 60 day",
        "spec_approved_at": "case when i % 4 > 0 then moment - interval 40 day end",
        "review_requested_at": "case when i % 5 > 0 then moment - interval 12 day end",
        "review_approved_at": "moment - to_hours(cast(200 + i % 40 as integer))",
        "deployable_at": "case when i % 3 > 0 then moment - interval 5 day end",
        "released_at": "moment",
        "is_ai_assisted": "null",
    },
    ("ai_usage", "users"): {
        "recorded_at": "week_end",
        "user_id": "'H' || i",
        "unit_code": "'HR-BILL'",
        "ai_system_id": "'agent_assist'",
        "is_eligible": "i % 8 > 0",
        "is_active": "i % 3 = 0",
    },
    ("ai_usage", "decisions"): {
        "recorded_at": "moment",
        "user_id": "'H' || i % 30",
        "unit_code": "'HR-BILL'",
        "ai_system_id": "'agent_assist'",
        "decisions_count": "i % 10",
        "ai_assisted_decisions_count": "(i % 10) // 2",
        "overridden_count": "(i % 10) // 5",
        "outputs_count": "i % 30",
        "review_exceptions_count": "(i % 30) // 20",
    },
    ("underwriting", "cases"): {
        "case_id": "'W' || week || '-' || i",
        "unit_code": "'UW-LIFE'",
        "product_line": "(['life', 'motor'])[1 + i % 2]",
        "underwriter_id": "'V' || i % 9",
        "opened_at": "moment - interval 8 day",
        "decided_at": "moment",
        "decision": "case when i % 6 = 0 then 'declined' else 'accepted' end",
        "document_review_minutes": "20 + i / 3.0",
        "ai_assisted": "i % 3 = 0",
        "ai_system_id": "case when i % 3 = 0 then 'underwriting_reader' end",
        "is_corrected": "i % 12 = 0",
        "written_premium_eur": "case when i % 6 = 0 then 0 else 100.25 * i end",
        "currency": "'EUR'",
    },
    ("governance", "monitoring"): {
        "recorded_at": "moment",
        "unit_code": "'GOV-LIFE'",
        "ai_system_id": "(['life_risk_pricing', 'underwriting_reader'])[1 + i % 2]",
        "in_scope_decisions_count": "i % 90",
        "monitored_decisions_count": "(i % 90) // 2",
        "persons_subject_count": "case when i % 2 = 0 then i % 90 else 0 end",
        "persons_informed_count": "case when i % 2 = 0 then (i % 90) // 3 else 0 end",
        "log_retention_months": "6 + i % 12",
    },
    ("governance", "incidents"): {
        "incident_id": "'I' || week || '-' || i",
        "unit_code": "(['GOV-LIFE', 'NEW-TEAM'])[1 + i % 2]",
        "ai_system_id": "'life_risk_pricing'",
        "incident_class": "'other_serious'",
        "aware_at": "moment",
        "provider_notified_at": "case when i % 3 > 0 then moment + to_minutes(cast(i * 7 as integer)) end",
        "provider_unreachable_at": "null",
        "authority_notified_at": "null",
        "completed_at": "null",
        "report_type": "null",
    },
}


def create(path: Path, weeks: Sequence[date] = WEEKS) -> None:
    """Write a warehouse with the source tables of ``weeks`` and the unit codes; nothing is built in it."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"set TimeZone = '{ZONE}'")
        connection.execute("create schema control")
        connection.execute("create table control.unit_codes (system varchar, code varchar, org_unit varchar)")
        for (system, code), org_unit in UNIT_CODES.items():
            connection.execute(f"insert into control.unit_codes values ('{system}', '{code}', '{org_unit}')")
        for system in discover():
            connection.execute(f"create schema {system.name}")
            for table in system.tables:
                columns = ", ".join(f"{name} {kind}" for name, kind in table.columns.items())
                connection.execute(f"create table {system.name}.{table.name} ({columns}, week_start date)")
                for week in weeks:
                    connection.execute(_insert(table.key, tuple(table.columns), week))


def _insert(key: tuple[str, str], columns: Sequence[str], week: date) -> str:
    values = _VALUES[key]
    moment = _AT.format(week=week, seconds=_SPREAD)
    week_end = _AT.format(week=week, seconds="604000")
    rows = 3 if key[1] == "headcount" else CASES_PER_WEEK
    expressions = ", ".join(f"{values[name]} as {name}" for name in columns)
    return (
        f"insert into {key[0]}.{key[1]} select {expressions}, date '{week}' from (select i, '{week}' as week,"
        f" {moment} as moment, {week_end} as week_end from range({rows}) as numbers(i)) as base"
    )
