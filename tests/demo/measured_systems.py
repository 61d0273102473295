"""The demo's metrics measured straight from the simulated systems, by SQL of the tests' own."""

import sqlite3
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from okr_pipeline.cascade.weeks import week_bounds
from okr_pipeline.connectors.git_branches import merged_branches
from okr_pipeline.connectors.git_log import commits, head_of
from okr_pipeline.connectors.options import GitOptions
from okr_pipeline.demo import load_truth

HANDLE = "talk_seconds + hold_seconds + after_contact_seconds"
FILES = {
    "interactions": "contact_centre/interactions/*.parquet",
    "cases": "underwriting/cases/*.parquet",
    "users": "ai_usage/users/*.jsonl",
    "decisions": "ai_usage/decisions/*.jsonl",
    "discrepancies": "erp/discrepancies.csv",
    "open_discrepancies": "erp/open_discrepancies.csv",
    "period_close_exceptions": "erp/period_close_exceptions.csv",
    "ledger": "erp/ledger.csv",
    "headcount": "erp/headcount.csv",
    "delivery": "delivery/delivery.csv",
    "monitoring": "governance/monitoring/*.jsonl",
    "incidents": "governance/incidents.jsonl",
}
DOCUMENTS = {
    "agreements": "agreements",
    "review_turns": "review_turns",
    "open_agreements": "open_agreements_snapshot",
}
REPOSITORIES = ("policy-platform", "claims-platform")


class Systems:
    """Every table of the simulated systems under its contract's name, open for questions."""

    def __init__(self, home: Path) -> None:
        self.zone = load_truth().zone
        self.connection = duckdb.connect()
        self.connection.execute("set timezone = 'UTC'")
        root = home / "systems"
        for name, pattern in FILES.items():
            reader = {".parquet": "read_parquet", ".jsonl": "read_json_auto", ".csv": "read_csv_auto"}
            source = f"{reader[Path(pattern).suffix]}('{root / pattern}')"
            moments = self.moments(source) if pattern.endswith("jsonl") else ""
            self.connection.execute(f"create table {name} as select *{moments} from {source}")
        with sqlite3.connect(root / "document_management" / "documents.sqlite") as documents:
            for name, theirs in DOCUMENTS.items():
                frame = pd.read_sql(f"select * from {theirs}", documents)
                moments = [str(column) for column in frame if str(column).endswith("_at")]
                frame[moments] = frame[moments].apply(pd.to_datetime, utc=True)
                self.connection.register("frame", frame)
                self.connection.execute(f"create table {name} as select * from frame")
        rows = [vars(branch) for repository in REPOSITORIES for branch in branches(root, repository)]
        self.connection.register("branches", pa.Table.from_pylist(rows))

    def moments(self, source: str) -> str:
        """Return SQL that casts the moments of a JSON source, which has only texts and nulls."""
        names = [row[0] for row in self.connection.execute(f"describe select * from {source}").fetchall()]
        casts = ", ".join(f"{name}::varchar::timestamptz as {name}" for name in names if name.endswith("_at"))
        return f" replace ({casts})"

    def window(self, first: date, last: date) -> tuple[str, str]:
        """Return the bounds of whole weeks as SQL literals."""
        start, end = week_bounds(first, self.zone)[0], week_bounds(last, self.zone)[1]
        return f"timestamptz '{start.isoformat()}'", f"timestamptz '{end.isoformat()}'"

    def value(self, select: str, week_by: str, first: date, last: date, where: str = "true") -> float:
        """Return one number over the rows whose ``week_by`` lies in the weeks ``first`` to ``last``."""
        start, end = self.window(first, last)
        table = f"{select} where {week_by} >= {start} and {week_by} < {end} and {where}"
        answer = self.connection.execute(table).fetchone()
        assert answer is not None
        return float(answer[0])


def branches(systems: Path, repository: str) -> list[object]:
    """Return the merged branches as the connector reads them."""
    clone = systems / "code_repository" / repository
    ref, sha = head_of(clone, None, 60)
    options = GitOptions(paths=(str(clone),))
    return list(merged_branches(repository, commits(clone, sha, 60), sha, ref.removeprefix("refs/heads/"), options))


JUDGED = f"""(
    select *, {HANDLE} as handle,
        lag(ended_at) over same >= ended_at - interval 7 days as is_repeat,
        lead(ended_at) over same <= ended_at + interval 7 days as is_repeated
    from interactions window same as (partition by customer_id, reason order by ended_at, contact_id)
)"""
TIER_ONE = "unit_code in ('T1-BILL', 'T1-POL')"
TURNS = """(
    select r.*, a.agreement_type, epoch(r.ended_at - r.started_at) / 86400 as days
    from review_turns r join agreements a using (agreement_id)
)"""


def days(later: str, earlier: str) -> str:
    """Return SQL for the mean of the days between two moments."""
    return f"avg(epoch({later} - {earlier}) / 86400)"


MEASURES: dict[str, tuple[str, str, str]] = {
    "tier-one handle seconds": (f"select avg(handle) from {JUDGED}", "ended_at", TIER_ONE),
    "billing handle seconds": (f"select avg(handle) from {JUDGED}", "ended_at", "unit_code = 'T1-BILL'"),
    "policy handle seconds": (f"select avg(handle) from {JUDGED}", "ended_at", "unit_code = 'T1-POL'"),
    "tier-two handle seconds": (f"select avg(handle) from {JUDGED}", "ended_at", "unit_code = 'T2'"),
    "billing AI reply share": (
        "select sum(ai_assisted_replies_count) / sum(replies_count) from interactions",
        "ended_at",
        "unit_code = 'T1-BILL' and reason = 'billing'",
    ),
    "policy AI reply share": (
        "select sum(ai_assisted_replies_count) / sum(replies_count) from interactions",
        "ended_at",
        "unit_code = 'T1-POL' and reason = 'policy_change'",
    ),
    "tier-one first-contact resolution": (
        f"select avg(case when is_repeated then 0 else 1 end) from {JUDGED}",
        "ended_at",
        TIER_ONE,
    ),
    "tier-one repeat share": (
        f"select avg(case when is_repeat then 1 else 0 end) from {JUDGED}",
        "ended_at",
        TIER_ONE,
    ),
    "tier-two first-contact resolution": (
        f"select avg(case when is_repeated then 0 else 1 end) from {JUDGED}",
        "ended_at",
        "unit_code = 'T2'",
    ),
    "satisfaction score": ("select avg(satisfaction_score) from interactions", "ended_at", "true"),
    "contacts a week": (
        "select count(*) / count(distinct date_trunc('week', ended_at)) from interactions",
        "ended_at",
        "unit_code <> 'T9-NEW'",
    ),
    "support FTE": (
        "select sum(fte) / count(distinct snapshot_at) from headcount",
        "snapshot_at",
        "role = 'agent'",
    ),
    **{
        f"{kind} review days": (
            f"select sum(days) filter (party = 'internal') / count(distinct agreement_id) from {TURNS}",
            "agreement_closed_at",
            f"agreement_type = '{kind}'",
        )
        for kind in ("vendor_standard", "customer", "partner")
    },
    "draft to signature days": (
        f"select {days('signed_at', 'drafted_at')} from agreements",
        "signed_at",
        "true",
    ),
    "vendor no-escalation share": (
        "select avg(case when is_escalated then 0 else 1 end) from agreements",
        "signed_at",
        "agreement_type = 'vendor_standard'",
    ),
    "vendor turns": (
        f"select count(*) / count(distinct agreement_id) from {TURNS}",
        "agreement_closed_at",
        "agreement_type = 'vendor_standard'",
    ),
    "customer AI summary share": (
        "select avg(has_ai_summary::int) from agreements",
        "signed_at",
        "agreement_type = 'customer'",
    ),
    "agreements a week": (
        "select count(*) / count(distinct date_trunc('week', signed_at)) from agreements",
        "signed_at",
        "true",
    ),
    "open agreement age days": (
        f"select {days('snapshot_at', 'received_at')} from open_agreements",
        "snapshot_at",
        "true",
    ),
    "autonomous within four hours share": (
        "select avg((resolution_method = 'ai_autonomous' and epoch(resolved_at - detected_at) <= 14400)::int)"
        " from discrepancies",
        "resolved_at",
        "unit_code = 'FIN-REC'",
    ),
    "reopen share": ("select avg((reopened_count > 0)::int) from discrepancies", "resolved_at", "true"),
    "resolution hours": (
        "select avg(epoch(resolved_at - detected_at) / 3600) from discrepancies",
        "resolved_at",
        "true",
    ),
    "open discrepancy age hours": (
        "select avg(epoch(snapshot_at - detected_at) / 3600) from open_discrepancies",
        "snapshot_at",
        "true",
    ),
    "manual close exceptions a month": (
        "select count(*) / count(distinct period_name) from period_close_exceptions",
        "period_closed_at",
        "needs_manual_intervention",
    ),
    "post-close adjustments a month": (
        "select count(*) / count(distinct period_name) from ledger",
        "posted_at",
        "entry_type = 'adjustment' and posted_at > period_closed_at",
    ),
    "spec to deployable days": (
        f"select {days('deployable_at', 'spec_approved_at')} from delivery",
        "released_at",
        "true",
    ),
    "time to market days": (
        f"select {days('released_at', 'requested_at')} from delivery",
        "released_at",
        "true",
    ),
    "review cycle hours": (
        f"select 24 * {days('review_approved_at', 'review_requested_at')} from delivery",
        "released_at",
        "true",
    ),
    "releases a week": (
        "select count(*) / count(distinct date_trunc('week', released_at)) from delivery",
        "released_at",
        "true",
    ),
    "AI feature branch share": (
        "select avg(has_ai_evidence::int) from branches",
        "merged_at",
        "is_feature and not is_bot",
    ),
    "branch lead time hours": ("select avg(lead_hours) from branches", "merged_at", "not is_bot"),
    "revert share": ("select avg(is_revert::int) from branches", "merged_at", "not is_bot"),
    "merges a week": (
        "select count(*) / count(distinct date_trunc('week', merged_at)) from branches",
        "merged_at",
        "true",
    ),
    "life document review minutes": (
        "select avg(document_review_minutes) from cases",
        "decided_at",
        "product_line = 'life'",
    ),
    "property document review minutes": (
        "select avg(document_review_minutes) from cases",
        "decided_at",
        "product_line = 'property'",
    ),
    "premium a week": (
        "select sum(written_premium_eur) / count(distinct date_trunc('week', decided_at)) from cases",
        "decided_at",
        "true",
    ),
    "life premium a week": (
        "select sum(written_premium_eur) / count(distinct date_trunc('week', decided_at)) from cases",
        "decided_at",
        "product_line = 'life'",
    ),
    "AI-attributed premium share": (
        "select sum(written_premium_eur) filter (ai_assisted) / sum(written_premium_eur) from cases",
        "decided_at",
        "true",
    ),
    "life AI case share": ("select avg(ai_assisted::int) from cases", "decided_at", "product_line = 'life'"),
    "case correction share": ("select avg(is_corrected::int) from cases", "decided_at", "true"),
    "cases a week": (
        "select count(*) / count(distinct date_trunc('week', decided_at)) from cases",
        "decided_at",
        "true",
    ),
    "life pricing override share": (
        "select sum(overridden_count) / sum(ai_assisted_decisions_count) from decisions",
        "recorded_at",
        "ai_system_id = 'life_risk_pricing'",
    ),
    "AI-assisted decision share": (
        "select sum(ai_assisted_decisions_count) / sum(decisions_count) from decisions",
        "recorded_at",
        "ai_system_id = 'life_risk_pricing'",
    ),
    "review exceptions per thousand outputs": (
        "select 1000 * sum(review_exceptions_count) / sum(outputs_count) from decisions",
        "recorded_at",
        "true",
    ),
    **{
        f"{name} share": (
            f"select sum({counted}) / sum({of}) from monitoring",
            "recorded_at",
            f"unit_code = '{unit}'",
        )
        for name, counted, of, unit in (
            ("life monitoring coverage", "monitored_decisions_count", "in_scope_decisions_count", "GOV-LIFE"),
            ("reconciliation monitoring coverage", "monitored_decisions_count", "in_scope_decisions_count", "GOV-REC"),
            ("life notice coverage", "persons_informed_count", "persons_subject_count", "GOV-LIFE"),
        )
    },
    "log retention months": ("select avg(log_retention_months) from monitoring", "recorded_at", "true"),
    "incident notice hours": (
        "select avg(epoch(provider_notified_at - aware_at) / 3600) from incidents",
        "aware_at",
        "ai_system_id = 'life_risk_pricing'",
    ),
    **{
        f"{unit} active share": (
            "select avg(is_active::int) from users",
            "recorded_at",
            f"unit_code = '{unit}' and is_eligible",
        )
        for unit in ("HR-BILL", "HR-POL", "HR-VEN", "HR-CUS", "HR-REC", "HR-PP", "HR-CP", "HR-LIFE")
    },
}


def measure(systems: Systems, name: str, last: date, weeks: int = 4) -> float:
    """Return the value of a measure over ``weeks`` weeks up to ``last``."""
    select, week_by, where = MEASURES[name]
    return systems.value(select, week_by, last - timedelta(weeks=weeks - 1), last, where)
