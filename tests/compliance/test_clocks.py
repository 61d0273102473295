"""Clocks of incidents: whose, how long, from when, and what stops them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from evidence_world import SYSTEM, assessment, event
from hypothesis import given
from hypothesis import strategies as st

from okr_pipeline.compliance.clocks import THRESHOLD_OF, article_73_limit, incident_clock, left_words
from okr_pipeline.compliance.milestones import milestones
from okr_pipeline.compliance.model import Incident, Milestone, MilestoneStatus, Obligation

BERLIN = ZoneInfo("Europe/Berlin")
AWARE = datetime(2028, 1, 10, 9, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MET, DUE, OVERDUE = MilestoneStatus.MET, MilestoneStatus.DUE, MilestoneStatus.OVERDUE


def incident(**changes: Any) -> Incident:
    """Return an incident of which nobody has been told."""
    values: dict[str, Any] = {
        "id": "INC-7",
        "system_id": SYSTEM,
        "incident_class": "other_serious",
        "aware_at": AWARE,
    }
    return Incident(**values | changes)


@pytest.mark.parametrize(
    ("incident_class", "days"),
    [("widespread_infringement", 2), ("critical_infrastructure", 2), ("death", 10), ("other_serious", 15)],
)
def test_two_ten_and_fifteen_days_are_not_swapped(incident_class: Any, days: int) -> None:
    happened = incident(incident_class=incident_class)
    limit = AWARE + days * DAY
    assert article_73_limit(happened) == limit
    assert incident_clock("provider", happened, limit).status is DUE
    assert incident_clock("provider", happened, limit + timedelta(seconds=1)).status is OVERDUE


def test_a_provider_sees_the_paragraph_the_limit_and_the_time_left() -> None:
    clock = incident_clock("provider", incident(incident_class="death"), AWARE + 8 * DAY + HOUR)
    assert clock.due == datetime(2028, 1, 20, 9, 30, tzinfo=UTC)
    assert clock.reason == (
        "Aware 2028-01-10 09:30 UTC; the authority has no report. Article 73(4) asks for a report to the authority "
        "within 10 days (death), until 2028-01-20 09:30 UTC: 1 day 23 hours left."
    )


def test_a_deployer_tells_the_provider_first_and_the_hours_are_house_policy() -> None:
    clock = incident_clock("deployer", incident(), AWARE + 5 * HOUR)
    assert (clock.status, clock.due) == (DUE, AWARE + 24 * HOUR)
    assert clock.reason == (
        "Aware 2028-01-10 09:30 UTC; the provider has not been told. Article 26(5) says immediately, the provider "
        "first; 24 hours are house policy, until 2028-01-11 09:30 UTC: 19 hours left."
    )
    late = incident_clock("deployer", incident(), AWARE + 26 * HOUR)
    assert late.status is OVERDUE
    assert late.reason.endswith("until 2028-01-11 09:30 UTC: 2 hours over.")
    assert incident_clock("deployer", incident(), AWARE + 5 * HOUR, 4).status is OVERDUE


def test_a_deployer_is_not_done_before_the_authority_knows_too() -> None:
    told = incident(provider_notified_at=AWARE + HOUR, closed_as="incident_notification")
    clock = incident_clock("deployer", told, AWARE + 2 * HOUR)
    assert clock.status is DUE
    assert "the provider was told 2028-01-10 10:30 UTC; importer or distributor and the authority are next" in (
        clock.reason
    )
    assert incident_clock("deployer", told, AWARE + 25 * HOUR).status is OVERDUE


def test_a_deployer_who_told_both_is_done() -> None:
    told = incident(
        provider_notified_at=AWARE + HOUR,
        authority_notified_at=AWARE + 3 * HOUR,
        closed_as="incident_notification",
    )
    clock = incident_clock("deployer", told, AWARE + DAY)
    assert clock.status is MET
    assert clock.reason == (
        "Aware 2028-01-10 09:30 UTC; the provider was told 2028-01-10 10:30 UTC, the authority 2028-01-10 12:30 UTC. "
        "Article 26(5) says immediately, the provider first; 24 hours are house policy, until 2028-01-11 09:30 UTC."
    )


def test_a_wrong_order_and_lateness_stay_in_the_reason() -> None:
    told = incident(
        provider_notified_at=AWARE + 30 * HOUR,
        authority_notified_at=AWARE + HOUR,
        closed_as="incident_notification",
    )
    assert "the authority was told 2028-01-10 10:30 UTC, the provider was not" in (
        incident_clock("deployer", told, AWARE + 2 * HOUR).reason
    )
    clock = incident_clock("deployer", told, AWARE + 2 * DAY)
    assert clock.status is MET
    assert "(late: 6 hours over)" in clock.reason
    assert clock.reason.endswith("The authority was told before the provider; the Act asks for the provider first.")


def test_a_provider_who_cannot_be_reached_leaves_article_73_to_the_deployer() -> None:
    lost = incident(incident_class="critical_infrastructure", provider_unreachable_at=AWARE + 2 * HOUR)
    before = incident_clock("deployer", lost, AWARE + HOUR)
    assert before.due == AWARE + 24 * HOUR
    clock = incident_clock("deployer", lost, AWARE + 3 * HOUR)
    assert (clock.status, clock.due) == (DUE, AWARE + 2 * DAY)
    assert clock.reason.startswith(
        "The provider could not be reached (2028-01-10 11:30 UTC), so Article 73 applies to us. "
    )
    assert "Article 73(3) asks for a report to the authority within 2 days (critical infrastructure)" in clock.reason
    assert incident_clock("deployer", lost, AWARE + 3 * DAY).status is OVERDUE


def test_an_incomplete_first_report_stops_the_first_clock_and_the_complete_one_follows() -> None:
    staged = incident(
        authority_notified_at=AWARE + 14 * DAY,
        completed_at=AWARE + 40 * DAY,
        closed_as="serious_incident_report",
    )
    assert incident_clock("provider", staged, AWARE + 13 * DAY).status is DUE
    first = incident_clock("provider", staged, AWARE + 20 * DAY)
    assert (first.status, first.due) == (DUE, None)
    assert first.reason.endswith("The complete report has still to follow (Article 73(5)); the Act sets no day for it.")
    assert "late" not in first.reason
    done = incident_clock("provider", staged, AWARE + 41 * DAY)
    assert done.status is MET
    assert done.reason.endswith("Complete since 2028-02-19 09:30 UTC.")


def test_a_complete_report_alone_is_a_first_report_too() -> None:
    whole = incident(completed_at=AWARE + 16 * DAY, closed_as="serious_incident_report")
    clock = incident_clock("provider", whole, AWARE + 17 * DAY)
    assert clock.status is MET
    assert "(late: 1 day over)" in clock.reason


@pytest.mark.parametrize("kind", ["generic_outcome_log", "monitoring_report"])
@pytest.mark.parametrize("reader", ["provider", "deployer"])
@pytest.mark.parametrize("unreachable", [None, AWARE])
def test_a_log_never_satisfies_a_report(kind: str, reader: Any, unreachable: datetime | None) -> None:
    logged = incident(
        provider_notified_at=None if unreachable else AWARE,
        provider_unreachable_at=unreachable,
        authority_notified_at=AWARE,
        completed_at=AWARE,
        closed_as=kind,
    )
    assert incident_clock(reader, logged, AWARE + HOUR).status is DUE
    clock = incident_clock(reader, logged, AWARE + 30 * DAY)
    assert clock.status is OVERDUE
    assert clock.reason.startswith(f"The register closes it as {kind.replace('_', ' ')}, which never is a")


def test_a_deployers_notice_is_no_providers_report() -> None:
    told = incident(authority_notified_at=AWARE, completed_at=AWARE, closed_as="incident_notification")
    assert incident_clock("provider", told, AWARE + 16 * DAY).status is OVERDUE


def test_a_report_of_no_kind_is_unverified() -> None:
    unnamed = incident(authority_notified_at=AWARE, completed_at=AWARE)
    clock = incident_clock("provider", unnamed, AWARE + HOUR)
    assert clock.status is MilestoneStatus.UNVERIFIED
    assert clock.reason.startswith("The register does not say that there is a serious incident report.")


@pytest.mark.parametrize(
    ("aware_at", "ends"),
    [
        (datetime(2028, 3, 24, 10, tzinfo=BERLIN), "2028-04-03 11:00 CEST"),  # the night of 26 March has no third hour
        (datetime(2028, 10, 27, 10, tzinfo=BERLIN), "2028-11-06 09:00 CET"),
    ],
)
def test_days_are_24_hours_from_the_moment_whatever_the_clocks_do(aware_at: datetime, ends: str) -> None:
    happened = incident(incident_class="death", aware_at=aware_at)
    assert article_73_limit(happened) - aware_at.astimezone(UTC) == timedelta(hours=240)
    assert f"until {ends}" in incident_clock("provider", happened, aware_at).reason


def test_the_leap_day_is_a_day() -> None:
    happened = incident(incident_class="critical_infrastructure", aware_at=datetime(2028, 2, 28, 8, tzinfo=UTC))
    assert article_73_limit(happened) == datetime(2028, 3, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0, "0 minutes left"),
        (0.5, "30 minutes left"),
        (25, "1 day 1 hour left"),
        (48, "2 days left"),
        (-1, "1 hour over"),
        (-49, "2 days 1 hour over"),
    ],
)
def test_what_is_left_is_said_in_words(hours: float, words: str) -> None:
    assert left_words(AWARE, AWARE + timedelta(hours=hours)) == words


MOMENTS = st.none() | st.integers(0, 60 * 24).map(lambda hours: AWARE + hours * HOUR)


@given(
    reader=st.sampled_from(["provider", "deployer"]),
    incident_class=st.sampled_from(sorted(THRESHOLD_OF)),
    moments=st.tuples(MOMENTS, MOMENTS, MOMENTS, MOMENTS),
    closed_as=st.sampled_from(["", "generic_outcome_log", "monitoring_report", "ticket", "incident_notification"]),
    now=st.integers(0, 60 * 24).map(lambda hours: AWARE + hours * HOUR),
)
def test_only_a_report_of_the_right_kind_that_has_happened_is_an_answer(
    reader: Any, incident_class: Any, moments: tuple[datetime | None, ...], closed_as: str, now: datetime
) -> None:
    provider, unreachable, authority, complete = moments
    happened = incident(
        incident_class=incident_class,
        provider_notified_at=provider,
        provider_unreachable_at=unreachable,
        authority_notified_at=authority,
        completed_at=complete,
        closed_as=closed_as,
    )
    clock = incident_clock(reader, happened, now)
    if clock.status is MET:
        assert (reader, closed_as) == ("deployer", "incident_notification")
        reported = [moment for moment in (authority, complete) if moment is not None]
        assert min(reported) <= now
    if clock.status is OVERDUE:
        assert clock.due is not None
        assert clock.due < now


def rows(
    asked: Obligation, *incidents: Incident, as_of: date = date(2028, 1, 12), **more: Any
) -> tuple[Milestone, ...]:
    """Return the milestones of a system with one obligation."""
    return milestones(assessment(asked), (), {}, incidents, as_of, "head of underwriting", **more)


def test_an_incident_adds_a_row_and_leaves_the_duty_itself_alone() -> None:
    asked = event("AIA-26-5-INC")
    (quiet,) = rows(asked)
    again, running = rows(asked, incident())
    assert again == quiet
    assert (running.event, running.status, running.due) == ("INC-7", OVERDUE, AWARE + DAY)
    assert running.evidence == "incident register: INC-7"


def test_incidents_of_other_systems_and_of_later_days_start_nothing() -> None:
    later = incident(aware_at=datetime(2028, 1, 13, 0, 30, tzinfo=UTC))
    assert len(rows(event("AIA-73"), incident(system_id="other"), later)) == 1
    assert len(rows(event("AIA-73"), later, zone=ZoneInfo("America/New_York"))) == 2


def test_other_duties_of_the_kind_event_have_no_clock_of_incidents() -> None:
    assert len(rows(event("AIA-26-5-RISK"), incident())) == 1


def test_the_notice_period_of_the_policy_is_used() -> None:
    _, running = rows(event("AIA-26-5-INC"), incident(), notice_hours=72.0)
    assert (running.status, running.due) == (DUE, AWARE + 3 * DAY)


def test_before_the_law_applies_the_clock_is_shown_and_binds_nobody() -> None:
    early = incident(aware_at=datetime(2027, 11, 20, 9, tzinfo=UTC))
    _, running = rows(event("AIA-26-5-INC"), early, as_of=date(2027, 11, 22))
    assert running.status is MilestoneStatus.NOT_YET_APPLICABLE
    assert running.reason.startswith("The law asks for it from 2027-12-02 and not of this incident; in the meantime: ")
    assert "24 hours are house policy" in running.reason


def test_a_recommended_clock_is_never_a_breach() -> None:
    _, running = rows(event("AIA-26-5-INC", force="grandfathered"), incident())
    assert running.status is MilestoneStatus.EVIDENCE_MISSING
    assert running.reason.startswith("Recommended, not asked by law (Article 111(2)): ")


def test_a_clock_of_a_duty_that_may_not_bind_needs_review() -> None:
    _, running = rows(event("AIA-73", review="whether we are its provider"), incident())
    assert running.status is MilestoneStatus.NEEDS_REVIEW
    assert running.reason.startswith("To be clarified: whether we are its provider. Aware 2028-01-10 09:30 UTC;")
