"""States of obligations: each of the closed set with its exact reason, and what changes which of them."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from evidence_world import AS_OF, DUE, INTACT, PLANNED, SIGNED, SYSTEM, assessment, event, judged, obligation, record
from hypothesis import given
from hypothesis import strategies as st

from okr_pipeline.compliance.documents import DocumentState
from okr_pipeline.compliance.milestones import milestone, milestone_status, milestones
from okr_pipeline.compliance.model import MilestoneStatus, NotApplicable

OPENS = "It is met by a fundamental rights impact assessment, signed by compliance officer or legal."
MET, DUE_NOW, OVERDUE = MilestoneStatus.MET, MilestoneStatus.DUE, MilestoneStatus.OVERDUE
MISSING, UNVERIFIED = MilestoneStatus.EVIDENCE_MISSING, MilestoneStatus.UNVERIFIED
NOT_YET, NEEDS_REVIEW = MilestoneStatus.NOT_YET_APPLICABLE, MilestoneStatus.NEEDS_REVIEW
EXPIRED, TAMPERED = MilestoneStatus.EXPIRED, MilestoneStatus.TAMPERED


def test_a_signed_record_with_its_document_meets_the_obligation() -> None:
    found = judged(obligation(), record())
    assert (found.status, found.evidence, found.due) == (MET, "life_price_fria", DUE)
    assert found.reason == "Met by the fundamental rights impact assessment of 2028-01-10, signed by legal."


def test_a_late_signature_meets_it_and_the_lateness_stays() -> None:
    late = record(date=date(2028, 3, 1))
    assert judged(obligation(), late, as_of=date(2028, 3, 1)).reason == (
        "Met by the fundamental rights impact assessment of 2028-03-01, signed by legal; 1 day late, "
        "it was due on 2028-02-29."
    )


def test_a_renewal_is_not_late_when_what_it_replaces_was_in_time() -> None:
    first = record(id="first", date=date(2028, 2, 29), status="superseded")
    renewed = record(date=date(2029, 2, 1), supersedes="first")
    assert "late" not in judged(obligation(), first, renewed, as_of=date(2029, 3, 1)).reason


@pytest.mark.parametrize(
    ("as_of", "status", "reason"),
    [
        (PLANNED - timedelta(days=1), NOT_YET, "Due by law on 2028-02-29; work on it is planned from 2027-12-31."),
        (PLANNED, DUE_NOW, "Due by law on 2028-02-29; planned for 2027-12-31."),
        (DUE, DUE_NOW, "Due by law on 2028-02-29; planned for 2027-12-31."),
        (DUE + timedelta(days=1), OVERDUE, "Due by law 1 day ago, on 2028-02-29."),
        (date(2028, 3, 31), OVERDUE, "Due by law 31 days ago, on 2028-02-29."),
    ],
)
def test_without_evidence_the_dates_decide(as_of: date, status: MilestoneStatus, reason: str) -> None:
    found = judged(obligation(), as_of=as_of)
    assert (found.status, found.reason, found.evidence) == (status, f"{reason} {OPENS}", None)
    assert milestone_status(obligation(), as_of) == (found.status, found.reason)


@pytest.mark.parametrize(
    ("force", "words"),
    [("statutory", "by law"), ("national", "by national law"), ("control", "as our own record")],
)
def test_every_force_but_a_recommendation_can_be_overdue(force: str, words: str) -> None:
    found = judged(obligation(force=force), as_of=date(2028, 3, 2))
    assert found.status is OVERDUE
    assert found.reason.startswith(f"Due {words} 2 days ago")


def test_a_recommendation_is_never_a_breach() -> None:
    found = judged(obligation(force="grandfathered"), as_of=date(2030, 1, 1))
    assert found.status is MISSING
    assert found.reason == f"Recommended for 2028-02-29; no breach, nothing is signed yet. {OPENS}"


def test_a_contested_date_shows_the_other_reading() -> None:
    contested = obligation(alternative_due=date(2026, 8, 1), certainty="contested")
    assert judged(contested).reason.startswith(
        "Due by law on 2028-02-29 (2026-08-01 in another reading of the law); planned for 2027-12-31."
    )


@pytest.mark.parametrize(
    ("changes", "status", "problem"),
    [
        ({"status": "draft"}, MISSING, "The record life_price_fria of 2028-01-10 is a draft and not signed."),
        ({"status": "rejected"}, MISSING, "The record life_price_fria of 2028-01-10 is rejected."),
        ({"status": "superseded"}, MISSING, "The record life_price_fria of 2028-01-10 is superseded."),
        (
            {"type": "dpia"},
            MISSING,
            "The record life_price_fria of 2028-01-10 is a data protection impact assessment; asked for is a "
            "fundamental rights impact assessment.",
        ),
        (
            {"signed_by_role": "business_owner"},
            MISSING,
            "The record life_price_fria of 2028-01-10 is signed by business owner; compliance officer or legal has "
            "to sign.",
        ),
        (
            {"date": date(2028, 2, 2)},
            UNVERIFIED,
            "The record life_price_fria of 2028-02-02 is dated after 2028-02-01.",
        ),
        (
            {"valid_until": date(2028, 1, 31)},
            EXPIRED,
            "The record life_price_fria of 2028-01-10 counted until 2028-01-31 (its own end).",
        ),
    ],
    ids=["draft", "rejected", "superseded", "wrong type", "wrong role", "future", "expired"],
)
def test_a_record_that_cannot_count_says_why(changes: dict[str, Any], status: MilestoneStatus, problem: str) -> None:
    found = judged(obligation(), record(**changes))
    assert (found.status, found.evidence) == (status, "life_price_fria")
    dated = "Due by law on 2028-02-29; planned for 2027-12-31. " if status is MISSING else ""
    assert found.reason == f"{dated}{problem} {OPENS}"


def test_a_record_that_cannot_count_hides_no_breach() -> None:
    found = judged(obligation(), record(status="draft"), as_of=date(2028, 3, 1))
    assert found.status is OVERDUE
    assert "is a draft and not signed" in found.reason


def test_who_begins_early_is_not_worse_off_than_who_has_nothing() -> None:
    early = PLANNED - timedelta(days=30)
    assert judged(obligation(), record(status="draft", date=early), as_of=early).status is NOT_YET


def test_roles_are_compared_as_words() -> None:
    assert judged(obligation(), record(signed_by_role="Compliance Officer")).status is MET


def test_the_last_day_of_validity_counts() -> None:
    found = judged(obligation(), record(valid_until=AS_OF))
    assert found.status is MET
    assert found.reason.endswith("; counts until 2028-02-01.")


@pytest.mark.parametrize(
    ("state", "status", "words"),
    [
        ("changed", TAMPERED, "The document of life_price_fria is no longer what was signed on 2028-01-10: seen."),
        ("missing", UNVERIFIED, "The record life_price_fria of 2028-01-10 cannot be checked: seen."),
        ("remote", UNVERIFIED, "The record life_price_fria of 2028-01-10 cannot be checked: seen."),
    ],
)
def test_a_document_that_is_not_what_was_signed_never_passes(state: Any, status: MilestoneStatus, words: str) -> None:
    found = judged(obligation(), record(), document=DocumentState(state, "seen"))
    assert (found.status, found.reason) == (status, f"{words} {OPENS}")


def test_a_document_that_nobody_looked_at_is_unverified() -> None:
    assert milestone(obligation(), [record()], {}, AS_OF, "", SYSTEM).status is UNVERIFIED


def test_a_signed_successor_takes_the_place_of_a_record_and_a_draft_does_not() -> None:
    old = record(id="old", date=date(2028, 1, 3))
    draft = record(id="new", supersedes="old", status="draft")
    bad = record(id="new", supersedes="old", signed_by_role="business_owner")
    assert judged(obligation(), old, draft).evidence == "old"
    assert judged(obligation(), old, draft).status is MET
    assert judged(obligation(), old, bad).status is MISSING
    assert judged(obligation(), old, record(id="new", supersedes="old")).evidence == "new"


def test_a_successor_replaces_nothing_before_its_day() -> None:
    old, new = record(id="old", date=date(2028, 1, 3)), record(id="new", supersedes="old", date=date(2028, 2, 2))
    assert judged(obligation(), old, new).evidence == "old"


def test_continuous_evidence_has_to_be_renewed_in_its_cadence() -> None:
    kept_up = obligation(kind="continuous", cadence_days=90, gate=None)
    until = SIGNED + timedelta(days=90)
    assert judged(kept_up, record(), as_of=until).status is MET
    found = judged(kept_up, record(), as_of=until + timedelta(days=1))
    assert found.status is EXPIRED
    assert "counted until 2028-04-09 (to be renewed every 90 days)" in found.reason


def test_every_element_that_is_asked_for_has_to_be_answered() -> None:
    asked = obligation(elements=("a", "b", "c", "d", "e", "f"))
    assert judged(asked, record(elements=("a", "b", "c", "d", "e", "f"))).status is MET
    found = judged(asked, record(elements=("a", "b", "c", "d", "e")))
    assert found.status is MISSING
    assert "leaves out f of a, b, c, d, e, f" in found.reason


def test_evidence_of_another_system_or_obligation_counts_for_nothing() -> None:
    others = record(system_id="other"), record(id="b", obligation_id="AIA-27-3")
    found = judged(obligation(), *others)
    assert (found.status, found.evidence) == (DUE_NOW, None)


def test_an_open_question_stays_open_until_something_is_signed() -> None:
    asked = obligation(review="whether anybody's first use is known")
    for as_of in (PLANNED - timedelta(days=9), AS_OF, date(2029, 1, 1)):
        found = judged(asked, as_of=as_of)
        assert found.status is NEEDS_REVIEW
        assert found.reason == f"To be clarified: whether anybody's first use is known. {OPENS}"
    assert judged(asked, record(status="draft")).status is NEEDS_REVIEW
    assert judged(asked, record(), document=DocumentState("changed", "seen")).status is TAMPERED
    assert judged(asked, record()).status is MET


def test_a_due_date_that_nobody_knows_needs_review() -> None:
    found = judged(obligation(due=None, due_words="unknown", planning_due=None, anchor=None))
    assert (found.status, found.due) == (NEEDS_REVIEW, None)
    assert found.reason.startswith("To be clarified: the day on which it is due is not known.")


def test_what_a_case_or_a_change_starts_waits_for_it() -> None:
    quiet = judged(event("AIA-26-5-INC"))
    assert quiet.status is NOT_YET
    assert quiet.reason == (
        "Asked by law from 2027-12-02, as soon as there is a case; none is recorded. "
        "It is met by an incident notification, signed by compliance officer."
    )
    changed = judged(obligation(due=None, due_words="on_change", planning_due=None, kind="continuous"))
    assert changed.reason.startswith("Asked by law from 2028-03-01, as soon as something changes.")


def test_a_generic_log_is_no_evidence_of_a_report() -> None:
    log = record(obligation_id="AIA-73", type="generic_outcome_log", signed_by_role="compliance_officer")
    found = judged(event("AIA-73"), log)
    assert found.status is MISSING
    assert "is a generic outcome log; asked for is a serious incident report" in found.reason


def test_what_does_not_apply_says_so() -> None:
    item = NotApplicable("AIA-73", "Art 73", "Serious incidents reported", "we are not its provider")
    (found,) = milestones(assessment(not_applicable=(item,)), (), {}, (), AS_OF, "head of underwriting")
    assert (found.status, found.reason, found.due) == (
        MilestoneStatus.NOT_APPLICABLE,
        "we are not its provider",
        None,
    )


SEVERAL = (
    obligation(),
    obligation(id="AIA-26-2", item_id="AIA-26-2", evidence_type="human_oversight_plan", signed_by=("business_owner",)),
    obligation(id="AIA-04", item_id="AIA-04", evidence_type="literacy_programme_record", signed_by=("hr",)),
)
RECORDS = (
    record(),
    record(id="plan", obligation_id="AIA-26-2", type="human_oversight_plan", signed_by_role="business_owner"),
    record(id="literacy", obligation_id="AIA-04", type="literacy_programme_record", signed_by_role="hr"),
)
DOCUMENTS = dict.fromkeys(("life_price_fria", "plan", "literacy"), INTACT)


@pytest.mark.parametrize("position", range(3))
def test_removing_a_record_or_changing_a_document_moves_its_own_milestone_alone(position: int) -> None:
    asked, kept = assessment(*SEVERAL), RECORDS[:position] + RECORDS[position + 1 :]
    before = milestones(asked, RECORDS, DOCUMENTS, (), AS_OF, "")
    removed = milestones(asked, kept, DOCUMENTS, (), AS_OF, "")
    broken = DOCUMENTS | {RECORDS[position].id: DocumentState("changed", "seen")}
    tampered = milestones(asked, RECORDS, broken, (), AS_OF, "")

    assert {item.status for item in before} == {MET}
    assert [item != old for item, old in zip(removed, before, strict=True)] == [i == position for i in range(3)]
    assert [item != old for item, old in zip(tampered, before, strict=True)] == [i == position for i in range(3)]
    assert removed[position].status is DUE_NOW
    assert tampered[position].status is TAMPERED


def test_passing_one_due_date_moves_the_milestone_that_was_due_alone() -> None:
    asked = assessment(obligation(), obligation(id="AIA-27-3", due=date(2028, 3, 1)))
    before, after = (milestones(asked, (), {}, (), day, "") for day in (DUE, DUE + timedelta(days=1)))
    assert [(item.status, later.status) for item, later in zip(before, after, strict=True)] == [
        (DUE_NOW, OVERDUE),
        (DUE_NOW, DUE_NOW),
    ]


DAYS = st.dates(date(2026, 1, 1), date(2031, 12, 31))
RECORD_CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(["draft", "signed", "rejected", "superseded"]),
        "type": st.sampled_from(["fria", "dpia"]),
        "signed_by_role": st.sampled_from(["legal", "business_owner"]),
        "date": DAYS,
    },
)
STATES = st.sampled_from(["intact", "changed", "missing", "remote"])
OBLIGATIONS = st.builds(
    obligation,
    review=st.sampled_from(["", "an answer is unknown"]),
    force=st.sampled_from(["statutory", "grandfathered", "control", "national"]),
    kind=st.sampled_from(["milestone", "continuous", "event", "readiness"]),
    due=st.none() | DAYS,
    due_words=st.sampled_from(["unknown", "on_change", "2028-02-29"]),
    cadence_days=st.none() | st.integers(1, 400),
)


@given(asked=OBLIGATIONS, changes=st.none() | RECORD_CHANGES, state=STATES, as_of=DAYS)
def test_nothing_is_met_without_a_signature_and_every_state_has_a_reason(
    asked: Any, changes: dict[str, Any] | None, state: Any, as_of: date
) -> None:
    records = [] if changes is None else [record(**changes)]
    found = judged(asked, *records, as_of=as_of, document=DocumentState(state, "seen"))

    assert re.fullmatch(r"\S.*\.", found.reason)
    if found.status is MET:
        (kept,) = records
        assert (kept.status, kept.type, kept.signed_by_role, state) == ("signed", "fria", "legal", "intact")
        assert kept.date <= as_of
    if asked.force == "grandfathered":
        assert found.status is not OVERDUE
    if asked.review and not records:
        assert found.status is NEEDS_REVIEW
