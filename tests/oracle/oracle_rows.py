"""Every metric's rows, computed from the delivered files with pandas, from the plain definitions alone."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from oracle_systems import CASE_COLUMNS, ZONE, week_of

KEY = ["week", "org_unit", "segment", "ai_assisted"]
WEEK = pd.Timedelta(days=7)
HOUR = 3600.0
DAY = 86400.0
Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Oracle:
    """What a metric must publish.

    Attributes:
        aggregation: how rows become one figure.
        rows: key, numerator, denominator, sample_count, people_count (NaN where no people are counted) and the
            sum of the cases' squares, which only a mean publishes.
        weeks: the weeks that every source of the metric has delivered.
        people: whether persons stand behind the rows.
        monthly: whether weeks without a row are no gap.
        rounded_by: most that the pipeline may round one case by, in the metric's unit: it keeps six decimals, and
            a duration that arrives in hours is rounded case by case.
    """

    aggregation: str
    rows: pd.DataFrame
    weeks: frozenset[pd.Timestamp]
    people: bool
    monthly: bool = False
    rounded_by: float = 0.0


def metrics(tables: Tables) -> dict[str, Oracle]:
    """Return all metrics by name."""
    return {
        **_customer_operations(tables),
        **_legal(tables),
        **_finance(tables),
        **_product_development(tables),
        **_ai_programme(tables),
        **_underwriting(tables),
        **_governance(tables),
    }


def _rows(
    cases: pd.DataFrame,
    numerator: pd.Series | float,
    denominator: pd.Series | float = 1,
    sample: pd.Series | None = None,
    *,
    segment: str | None = None,
    person: str | None = None,
    split: str | None = None,
    empty: bool = False,
) -> pd.DataFrame:
    """Add cases up by week, unit, segment and AI split; a group without a case is no row, unless ``empty``."""
    side = cases[split].astype(bool).map({True: "assisted", False: "unassisted"}) if split else "all"
    work = cases[["week", "org_unit"]].assign(
        segment=cases[segment] if segment else "all",
        ai_assisted=side,
        numerator=numerator,
        denominator=denominator,
        sample_count=1 if sample is None else sample,
        person=cases[person] if person else np.nan,
    )
    work = work.astype({"numerator": float, "denominator": float})
    work["square"] = work.numerator**2
    groups = work.groupby(KEY, as_index=False)
    rows = groups.agg(
        numerator=("numerator", "sum"),
        denominator=("denominator", "sum"),
        sample_count=("sample_count", "sum"),
        people_count=("person", "nunique"),
        sum_squares=("square", "sum"),
    )
    if person is None:
        rows["people_count"] = np.nan
    return rows[empty | (rows.sample_count > 0)].reset_index(drop=True)


def _weeks(*sources: pd.DataFrame) -> frozenset[pd.Timestamp]:
    """Return the weeks with rows in every source."""
    return frozenset.intersection(*(frozenset(source.week) for source in sources))


def _elapsed(start: pd.Series, end: pd.Series, unit_seconds: float) -> pd.Series:
    return (end - start).dt.total_seconds() / unit_seconds


def _customer_operations(tables: Tables) -> dict[str, Oracle]:
    contacts = tables["interactions"]
    weeks = _weeks(contacts)
    handled = contacts.talk_seconds + contacts.hold_seconds + contacts.after_contact_seconds
    scored = contacts[contacts.satisfaction_score.notna()]
    replied = contacts[contacts.replies_count > 0]
    outputs = _rows(contacts, contacts.ai_assisted_replies_count, person="agent_id").assign(denominator=1.0)
    by_queue = {"segment": "queue", "person": "agent_id", "split": "ai_assisted"}
    by_reason = {"segment": "reason", "person": "agent_id"}
    fte = tables["headcount"].query("role == 'agent'")
    solved, repeated = _chains(contacts)
    return {
        "average_handle_time_seconds": Oracle("mean", _rows(contacts, handled, **by_queue), weeks, True),
        "customer_satisfaction_score": Oracle(
            "mean", _rows(scored, scored.satisfaction_score, **by_queue), weeks, True
        ),
        "ai_assisted_reply_share": Oracle(
            "proportion",
            _rows(
                replied,
                replied.ai_assisted_replies_count,
                replied.replies_count,
                replied.replies_count,
                **by_reason,
            ),
            weeks,
            True,
        ),
        "first_contact_resolution_share": Oracle(
            "proportion", _rows(solved, solved.is_solved, **by_reason), weeks, True
        ),
        "repeat_contact_rate": Oracle("proportion", _rows(repeated, repeated.is_repeat, **by_reason), weeks, True),
        "contacts_per_support_fte": Oracle(
            "ratio", _per_fte(_rows(contacts, 1, person="agent_id"), fte), _weeks(contacts, fte), True
        ),
        "ai_outputs_count": Oracle("total", outputs, weeks, True),
    }


def _chains(contacts: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the contacts judged by their next one (a week later), and those judged by the one before."""
    chain = contacts.sort_values(["ended_at", "contact_id"])
    groups = chain.groupby(["customer_id", "reason"])
    following, before = groups.ended_at.shift(-1), groups.ended_at.shift(1)
    is_solved = ~(following <= _seven_days_after(chain.ended_at))
    is_repeat = chain.ended_at <= _seven_days_after(before)
    judged = chain.assign(is_solved=is_solved, is_repeat=is_repeat)
    landed = set(contacts.week)
    solved = judged.assign(week=judged.week + WEEK)
    return solved[solved.week.isin(landed)], judged[(judged.week - WEEK).isin(landed)]


def _seven_days_after(moments: pd.Series) -> pd.Series:
    """Return the same time of day on the organisation's calendar seven days later."""
    local = moments.dt.tz_convert(ZONE).dt.tz_localize(None) + WEEK
    return local.dt.tz_localize(ZONE, ambiguous=True, nonexistent="shift_forward")


def _per_fte(cases: pd.DataFrame, headcount: pd.DataFrame) -> pd.DataFrame:
    """Divide by the staff; a unit without staff keeps its cases over 0, for the units above it."""
    fte = headcount.groupby(["week", "org_unit"], as_index=False).fte.sum().query("fte > 0")
    every = fte.merge(cases, on=["week", "org_unit"], how="outer")
    joined = every[every.week.isin(set(cases.week) & set(fte.week))]
    filled = joined.fillna({"numerator": 0, "sample_count": 0, "people_count": 0, "fte": 0})
    return filled.assign(denominator=filled.fte, segment="all", ai_assisted="all").drop(columns="fte")


def _legal(tables: Tables) -> dict[str, Oracle]:
    agreements, turns, waiting = tables["agreements"], tables["turns"], tables["open_agreements"]
    signed, both = _weeks(agreements), _weeks(agreements, turns)
    turned = turns.assign(days=_elapsed(turns.started_at, turns.ended_at, DAY))
    by_agreement = ["agreement_id", "week"]
    internal = turned[turned.party == "internal"].groupby(by_agreement).days.sum().rename("internal_days")
    count = turned.groupby(by_agreement).size().rename("turns")
    reviewed = agreements.merge(internal.reset_index(), on=by_agreement)
    counted = agreements.merge(count.reset_index(), on=by_agreement)
    by = {"segment": "agreement_type", "person": "reviewer_id"}
    age = _elapsed(waiting.received_at, waiting.snapshot_at, DAY)
    return {
        "contract_review_days": Oracle("mean", _rows(reviewed, reviewed.internal_days, **by), both, True),
        "draft_to_signature_days": Oracle(
            "mean",
            _rows(agreements, _elapsed(agreements.drafted_at, agreements.signed_at, DAY), **by),
            signed,
            True,
        ),
        "agreements_without_escalation_share": Oracle(
            "proportion", _rows(agreements, agreements.is_escalated == 0, **by), signed, True
        ),
        "ai_summary_share": Oracle("proportion", _rows(agreements, agreements.has_ai_summary == 1, **by), signed, True),
        "review_turns_per_agreement": Oracle("mean", _rows(counted, counted.turns, **by), both, True),
        "open_agreement_age_days": Oracle(
            "mean", _rows(waiting, age, segment="agreement_type"), _weeks(waiting), False
        ),
    }


def _finance(tables: Tables) -> dict[str, Oracle]:
    solved, waiting = tables["discrepancies"], tables["open_discrepancies"]
    exceptions, ledger = tables["exceptions"], tables["ledger"]
    weeks = _weeks(solved)
    hours = _elapsed(solved.detected_at, solved.resolved_at, HOUR)
    autonomous = (solved.resolution_method == "ai_autonomous") & (hours <= 4)
    closes = _closes(exceptions, ledger)
    raised = exceptions.groupby([*CASE_COLUMNS, "period_name"], as_index=False).needs_manual_intervention.agg(
        ["sum", "size"]
    )
    closed = closes.merge(raised, on=[*CASE_COLUMNS, "period_name"], how="left").fillna({"sum": 0, "size": 0})
    adjusted = (ledger.entry_type == "adjustment") & (ledger.posted_at > ledger.period_closed_at)
    return {
        "period_close_exceptions_count": Oracle(
            "total", _rows(closed, closed["sum"], 1, closed["size"], empty=True), _weeks(closes), False, monthly=True
        ),
        "post_close_adjustments_count": Oracle(
            "total", _rows(ledger, adjusted).assign(denominator=1.0), _weeks(ledger), False, monthly=True
        ),
        "autonomous_resolution_share": Oracle("proportion", _rows(solved, autonomous, segment="ledger"), weeks, False),
        "discrepancy_resolution_hours": Oracle("mean", _rows(solved, hours, person="resolved_by_id"), weeks, True),
        "discrepancy_reopen_share": Oracle(
            "proportion", _rows(solved, solved.reopened_count > 0, person="resolved_by_id"), weeks, True
        ),
        "open_discrepancy_age_hours": Oracle(
            "mean",
            _rows(waiting, _elapsed(waiting.detected_at, waiting.snapshot_at, HOUR), segment="ledger"),
            _weeks(waiting),
            False,
        ),
    }


def _closes(exceptions: pd.DataFrame, ledger: pd.DataFrame) -> pd.DataFrame:
    """Return week, period and unit of every close that ledger or exceptions tell of, without exceptions too."""
    said = ledger[ledger.period_closed_at.notna()]
    said = said.assign(week=week_of(said.period_closed_at))
    closes = pd.concat([said, exceptions])[["week", "period_name"]].drop_duplicates()
    units = pd.concat([ledger, exceptions])[["org_unit", "period_name"]].drop_duplicates()
    return closes.merge(units, on="period_name")


def _product_development(tables: Tables) -> dict[str, Oracle]:
    released = tables["delivery"]
    branches = tables["branches"][~tables["branches"].is_bot]
    weeks, merged = _weeks(released), _weeks(tables["branches"])
    durations = {
        "spec_to_deployable_days": ("spec_approved_at", "deployable_at", DAY),
        "time_to_market_days": ("requested_at", "released_at", DAY),
        "review_cycle_hours": ("review_requested_at", "review_approved_at", HOUR),
    }
    found = {}
    for metric, (start, end, unit) in durations.items():
        known = released[released[start].notna() & released[end].notna()]
        found[metric] = Oracle(
            "mean", _rows(known, _elapsed(known[start], known[end], unit), segment="repository"), weeks, False
        )
    timed = branches[branches.lead_hours.notna()]
    features = branches[branches.is_feature == True]  # noqa: E712 - None is no feature, and no other
    by = {"segment": "repository", "person": "author"}
    return found | {
        "branch_lead_time_hours": Oracle(
            "mean",
            _rows(timed, timed.lead_hours, split="has_ai_evidence", **by),
            merged,
            True,
        ),
        "ai_feature_branch_share": Oracle("proportion", _rows(features, features.has_ai_evidence, **by), merged, True),
        "revert_share": Oracle("proportion", _rows(branches, branches.is_revert, **by), merged, True),
    }


def _ai_programme(tables: Tables) -> dict[str, Oracle]:
    users, decisions = tables["users"], tables["decisions"]
    by_user = ["week", "org_unit", "ai_system_id", "user_id"]
    eligible = users[users.is_eligible].groupby(by_user, as_index=False).is_active.any()
    by = {"segment": "ai_system_id", "person": "user_id"}
    decided = decisions[decisions.decisions_count > 0]
    assisted = decisions[decisions.ai_assisted_decisions_count > 0]
    made = decisions[decisions.outputs_count > 0]
    weeks = _weeks(decisions)
    return {
        "active_user_share": Oracle("distinct_share", _rows(eligible, eligible.is_active, **by), _weeks(users), True),
        "ai_assisted_decision_share": Oracle(
            "proportion",
            _rows(
                decided,
                decided.ai_assisted_decisions_count,
                decided.decisions_count,
                decided.decisions_count,
                **by,
            ),
            weeks,
            True,
        ),
        "override_rate": Oracle(
            "proportion",
            _rows(
                assisted,
                assisted.overridden_count,
                assisted.ai_assisted_decisions_count,
                assisted.ai_assisted_decisions_count,
                **by,
            ),
            weeks,
            True,
        ),
        "review_exceptions_per_thousand_outputs": Oracle(
            "ratio",
            _rows(made, made.review_exceptions_count, made.outputs_count / 1000, made.outputs_count, **by),
            weeks,
            True,
        ),
    }


def _underwriting(tables: Tables) -> dict[str, Oracle]:
    cases = tables["cases"]
    accepted = cases[cases.decision == "accepted"]
    fte = tables["headcount"].query("role == 'underwriter'")
    by = {"segment": "product_line", "person": "underwriter_id"}
    weeks = _weeks(cases)
    premium = _rows(
        accepted,
        accepted.written_premium_eur.where(accepted.ai_assisted, 0),
        accepted.written_premium_eur,
        **by,
    )
    written = _rows(cases, cases.written_premium_eur, person="underwriter_id")
    return {
        "document_review_minutes_per_case": Oracle(
            "mean", _rows(cases, cases.document_review_minutes, **by), weeks, True
        ),
        "written_premium_per_underwriter_eur": Oracle("ratio", _per_fte(written, fte), _weeks(cases, fte), True),
        "ai_attributed_premium_share": Oracle("ratio", premium[premium.denominator > 0], weeks, True),
        "ai_assisted_case_share": Oracle("proportion", _rows(cases, cases.ai_assisted, **by), weeks, True),
        "case_correction_share": Oracle("proportion", _rows(cases, cases.is_corrected, **by), weeks, True),
    }


def _governance(tables: Tables) -> dict[str, Oracle]:
    records, incidents = tables["monitoring"], tables["incidents"]
    weeks = _weeks(records)
    by = {"segment": "ai_system_id"}
    group = ["week", "org_unit", "ai_system_id"]
    asked = records.groupby(group, as_index=False).persons_subject_count.max()
    asked = asked.rename(columns={"ai_system_id": "segment", "persons_subject_count": "fullest_day"})
    informed = _rows(
        records, records.persons_informed_count, records.persons_subject_count, records.persons_subject_count, **by
    ).merge(asked, on=["week", "org_unit", "segment"])
    informed = informed.assign(people_count=informed.fullest_day).drop(columns="fullest_day")
    newest = records[records.recorded_at == records.groupby(group).recorded_at.transform("max")]
    kept = _rows(newest, newest.log_retention_months, **by)
    days = _rows(records, 0, **by).sample_count
    # the register is one file, read whole: a week without an incident has come as much as one with
    read = frozenset(pd.date_range(incidents.week.min(), max(weeks), freq="7D"))
    told = incidents[incidents.provider_notified_at.notna()]
    hours = _elapsed(told.aware_at, told.provider_notified_at, HOUR)
    return {
        "monitoring_coverage_share": Oracle(
            "proportion",
            _rows(
                records,
                records.monitored_decisions_count,
                records.in_scope_decisions_count,
                records.in_scope_decisions_count,
                **by,
            ),
            weeks,
            False,
        ),
        "notice_coverage_share": Oracle("proportion", informed, weeks, True),
        "log_retention_months": Oracle("stock", kept.assign(sample_count=days), weeks, False),
        "time_to_notify_provider_hours": Oracle("mean", _rows(told, hours, **by), read, False),
    }
