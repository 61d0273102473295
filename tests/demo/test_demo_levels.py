"""What is measured in the simulated systems is what `truth.yml` says, before adoption and at the end."""

import math
from datetime import date, timedelta

import pytest
from measured_systems import Systems, measure

from okr_pipeline.cascade.weeks import WEEK, weeks_between
from okr_pipeline.demo import Truth

MONTHLY = {"manual close exceptions a month", "post-close adjustments a month"}
STOPPED = {"spec to deployable days", "time to market days", "review cycle hours"}

# measure -> (the levels whose sum it is, allowed relative distance: about three standard errors)
LEVELS: dict[str, tuple[tuple[str, ...], float]] = {
    "billing handle seconds": (("billing_handle_seconds",), 0.04),
    "policy handle seconds": (("policy_handle_seconds",), 0.04),
    "tier-two handle seconds": (("tier_two_handle_seconds",), 0.04),
    "billing AI reply share": (("billing_ai_reply_share",), 0.05),
    "policy AI reply share": (("policy_ai_reply_share",), 0.18),
    "tier-one first-contact resolution": (("tier_one_first_contact_resolution_share",), 0.02),
    "tier-two first-contact resolution": (("tier_two_first_contact_resolution_share",), 0.02),
    "tier-one repeat share": (("tier_one_repeat_contact_share",), 0.08),
    "satisfaction score": (("satisfaction_score",), 0.03),
    "vendor_standard review days": (("vendor_review_days",), 0.12),
    "customer review days": (("customer_review_days",), 0.12),
    "partner review days": (("partner_review_days",), 0.12),
    "vendor no-escalation share": (("vendor_no_escalation_share",), 0.15),
    "customer AI summary share": (("customer_ai_summary_share",), 0.4),
    "autonomous within four hours share": (("autonomous_within_four_hours_share",), 0.04),
    "reopen share": (("discrepancy_reopen_share",), 0.35),
    "manual close exceptions a month": (
        ("reconciliation_close_exceptions_count", "close_accounting_close_exceptions_count"),
        0.12,
    ),
    "post-close adjustments a month": (("post_close_adjustments_count",), 0.15),
    "spec to deployable days": (("spec_to_deployable_days",), 0.12),
    "time to market days": (("time_to_market_days",), 0.08),
    "review cycle hours": (("review_cycle_hours",), 0.15),
    "AI feature branch share": (("ai_feature_branch_share",), 0.15),
    "branch lead time hours": (("branch_lead_time_hours",), 0.14),
    "life document review minutes": (("life_document_review_minutes",), 0.04),
    "property document review minutes": (("property_document_review_minutes",), 0.04),
    "life AI case share": (("life_ai_case_share",), 0.06),
    "case correction share": (("case_correction_share",), 0.3),
    "AI-assisted decision share": (("ai_decision_share",), 0.06),
    "review exceptions per thousand outputs": (("review_exceptions_per_thousand_outputs",), 0.08),
    "life monitoring coverage share": (("life_monitoring_coverage_share",), 0.01),
    "reconciliation monitoring coverage share": (("reconciliation_monitoring_coverage_share",), 0.01),
    "life notice coverage share": (("life_notice_coverage_share",), 0.01),
    "incident notice hours": (("incident_notice_hours",), 0.11),
    "HR-BILL active share": (("billing_active_share",), 0.08),
    "HR-POL active share": (("policy_active_share",), 0.2),
    "HR-VEN active share": (("vendor_active_share",), 0.12),
    "HR-CUS active share": (("customer_active_share",), 0.2),
    "HR-REC active share": (("reconciliation_active_share",), 0.06),
    "HR-PP active share": (("developer_active_share",), 0.06),
    "HR-CP active share": (("developer_active_share",), 0.06),
    "HR-LIFE active share": (("life_active_share",), 0.08),
}

# what mixes several levels: measure -> (at baseline, over the last four weeks, allowed relative distance)
MIXED: dict[str, tuple[float, float, float]] = {
    "tier-one handle seconds": (480, 377, 0.03),
    "contacts a week": (78 * 40, 92 * 40, 0.03),
    "draft to signature days": (26, 21, 0.06),
    "premium a week": (41_000 * 36, 47_000 * 36, 0.03),
    "AI-attributed premium share": (0.15, 0.46, 0.05),
    "life pricing override share": (0.08, 0.1395, 0.08),
    "revert share": (0.045, 0.045, 0.45),
}


def expected(truth: Truth, levels: tuple[str, ...], first: date, last: date) -> float:
    """Return the mean over weeks of the sum of levels, with every fault planted."""
    weeks = weeks_between(first, last)
    planted = frozenset(truth.faults)
    return math.fsum(truth.level(name, week, planted) for week in weeks for name in levels) / len(weeks)


@pytest.mark.parametrize("name", LEVELS)
def test_a_baseline_is_what_the_truth_says(systems: Systems, truth: Truth, name: str) -> None:
    levels, tolerance = LEVELS[name]
    assert measure(systems, name, truth.baseline[1], 13) == pytest.approx(
        expected(truth, levels, *truth.baseline), rel=tolerance
    )


@pytest.mark.parametrize("name", LEVELS)
def test_the_end_is_what_the_truth_says(systems: Systems, truth: Truth, last_week: date, name: str) -> None:
    levels, tolerance = LEVELS[name]
    last = truth.faults["stopped_source"].start - WEEK if name in STOPPED else last_week
    weeks = 13 if name in MONTHLY | STOPPED else 4
    if name == "tier-one first-contact resolution":
        last -= WEEK  # the last week's customers may still come back
    if name in MONTHLY:  # the close of October stands for the weeks after it
        value = measure(systems, name, last, 4)
        assert value == pytest.approx(expected(truth, levels, last, last), rel=tolerance)
        return
    first = last - timedelta(weeks=weeks - 1)
    assert measure(systems, name, last, weeks) == pytest.approx(expected(truth, levels, first, last), rel=tolerance)


@pytest.mark.parametrize("name", MIXED)
def test_a_mix_of_levels_is_what_the_company_is_known_for(
    systems: Systems, truth: Truth, last_week: date, name: str
) -> None:
    before, after, tolerance = MIXED[name]
    assert measure(systems, name, truth.baseline[1], 13) == pytest.approx(before, rel=tolerance)
    assert measure(systems, name, last_week) == pytest.approx(after, rel=tolerance)


def test_contacts_per_full_time_position_rise_because_volume_grows_and_staff_does_not(
    systems: Systems, truth: Truth, last_week: date
) -> None:
    staff = [measure(systems, "support FTE", week) for week in (truth.baseline[1], last_week)]
    assert staff == [40, 40]


def test_adoption_is_zero_before_its_start_and_half_at_its_midpoint(truth: Truth) -> None:
    for name, curve in truth.curves.items():
        assert truth.adoption(name, truth.adoption_starts - WEEK) == 0
        assert truth.adoption(name, curve.midpoint) == 0.5
