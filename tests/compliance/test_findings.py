"""What people are told of milestones, where, and how loudly."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conflict_world import CLASSIFIED, LENDING, SYSTEM, ConflictWorld
from evidence_world import DUE, PLANNED, event, obligation

from okr_pipeline.cascade.issues import Issue
from okr_pipeline.compliance.findings import milestone_issues
from okr_pipeline.compliance.model import Milestone, MilestoneStatus, Obligation

AS_OF = date(2028, 2, 1)
MONITORED = """\
      - id: monitored
        title: Nearly all scores are monitored
        metric: monitoring_coverage_share
        where: {org_unit: lending, segment: credit_score}
        baseline: {value: 0.9, source: report}
        target: {at_least: 0.99}
        target_set_on: 2027-11-15
        window: trailing_4_weeks
        due: 2028-06-30
        ai_systems: [credit_score]
"""


@pytest.fixture
def world(tmp_path: Path) -> ConflictWorld:
    """A cascade with one system and one record of evidence."""
    return ConflictWorld(tmp_path / "cascade")


def row(status: MilestoneStatus, asked: Obligation | None = None, **changes: Any) -> Milestone:
    """Return a milestone of the system."""
    asked = asked or obligation(id="AIA-06-CLASS", evidence_type="classification_record", signed_by=("legal",))
    values: dict[str, Any] = {"due": asked.due, "owner": "head of lending", "evidence": "credit_score_class"}
    return Milestone(
        system_id="credit_score", obligation=asked, status=status, reason="As the test says.", **values | changes
    )


def issues(world: ConflictWorld, *rows: Milestone, as_of: date = AS_OF) -> tuple[Issue, ...]:
    """Return the findings about these milestones; the record in the directory is asked for."""
    return milestone_issues(world.cascade(), rows, as_of)


@pytest.mark.parametrize(
    ("status", "rule", "level", "place"),
    [
        (MilestoneStatus.OVERDUE, "milestone_overdue", "error", (SYSTEM, 1)),
        (MilestoneStatus.EVIDENCE_MISSING, "evidence_missing", "warning", (CLASSIFIED, 8)),
        (MilestoneStatus.EXPIRED, "evidence_expired", "warning", (CLASSIFIED, 1)),
        (MilestoneStatus.TAMPERED, "evidence_tampered", "error", (CLASSIFIED, 6)),
        (MilestoneStatus.UNVERIFIED, "evidence_unverified", "warning", (CLASSIFIED, 8)),
    ],
)
def test_a_state_that_somebody_must_act_on_is_a_finding_at_its_place(
    world: ConflictWorld, status: MilestoneStatus, rule: str, level: str, place: tuple[str, int]
) -> None:
    (issue,) = issues(world, row(status))
    assert (issue.rule, issue.level, (issue.file, issue.line)) == (rule, level, place)


def test_without_a_record_the_finding_is_at_the_system(world: ConflictWorld) -> None:
    (world.root / CLASSIFIED).unlink()
    (issue,) = issues(world, row(MilestoneStatus.OVERDUE, evidence=None))
    assert issue.sentence() == (
        "ai_systems/credit_score.yml:1: AI system credit_score, AIA-06-CLASS: As the test says - Art 27(1): "
        "Fundamental rights impact assessment completed. Fix: have a classification record signed by legal and add "
        "its record to evidence/"
    )


@pytest.mark.parametrize("status", [MilestoneStatus.MET, MilestoneStatus.NOT_YET_APPLICABLE, MilestoneStatus.DUE])
def test_what_is_far_away_or_met_is_no_finding(world: ConflictWorld, status: MilestoneStatus) -> None:
    assert issues(world, row(status), as_of=PLANNED) == ()


def test_a_due_date_within_the_days_of_the_policy_is_an_advice(world: ConflictWorld) -> None:
    assert issues(world, row(MilestoneStatus.DUE), as_of=DUE - timedelta(days=31)) == ()
    (issue,) = issues(world, row(MilestoneStatus.DUE), as_of=DUE - timedelta(days=30))
    assert (issue.rule, issue.level, issue.file) == ("milestone_due_soon", "advice", SYSTEM)


def test_a_running_clock_is_an_advice_and_one_that_ran_out_an_error(world: ConflictWorld) -> None:
    (world.root / CLASSIFIED).unlink()
    asked, due = event("AIA-73-X"), datetime.fromisoformat("2028-02-03T10:00+00:00")
    running = row(MilestoneStatus.DUE, asked, due=due, event="INC-7", evidence="incident register: INC-7")
    over = row(MilestoneStatus.OVERDUE, asked, due=due, event="INC-7", evidence="incident register: INC-7")
    assert [(issue.rule, issue.level) for issue in issues(world, running, over)] == [
        ("milestone_due_soon", "advice"),
        ("milestone_overdue", "error"),
    ]
    assert {issue.object for issue in issues(world, running)} == {"AI system credit_score, AIA-73-X, incident INC-7"}


def test_evidence_that_ends_soon_is_an_advice(world: ConflictWorld) -> None:
    world.edit(CLASSIFIED, "status: signed", "status: signed\nvalid_until: 2028-03-02")
    assert issues(world, row(MilestoneStatus.MET), as_of=date(2028, 1, 31)) == ()
    (issue,) = issues(world, row(MilestoneStatus.MET), as_of=AS_OF)
    assert (issue.rule, issue.level, issue.file, issue.line) == ("evidence_ends_soon", "advice", CLASSIFIED, 9)


def test_a_record_for_an_obligation_that_does_not_bind_is_told(world: ConflictWorld) -> None:
    (issue,) = issues(world, row(MilestoneStatus.DUE, obligation(), evidence=None), as_of=PLANNED)
    assert issue.sentence() == (
        f"{CLASSIFIED}:1: evidence credit_score_class: AIA-06-CLASS does not bind credit_score, so the record counts "
        "for nothing - one of AIA-27-1. Fix: correct the obligation or delete the record"
    )


def watched(world: ConflictWorld, as_of: date = AS_OF) -> list[tuple[str, str]]:
    """Return rules and problems for a high-risk system that is monitored and whose incidents are reported."""
    asked = obligation(id="AIA-26-5-MON", kind="continuous"), event("AIA-26-5-INC")
    rows = [row(MilestoneStatus.MET, each, evidence=None) for each in (*asked, obligation(id="AIA-06-CLASS"))]
    return [(issue.rule, issue.level) for issue in issues(world, *rows, as_of=as_of)]


def test_a_high_risk_system_in_use_needs_key_results_on_monitoring_and_incidents(world: ConflictWorld) -> None:
    both = [("missing_incident_key_result", "warning"), ("missing_monitoring_key_result", "warning")]
    assert watched(world) == both
    with (world.root / LENDING).open("a", encoding="utf-8") as file:
        file.write(MONITORED)
    assert watched(world) == both[:1]
    world.edit(LENDING, "segment: credit_score", "segment: another")
    assert watched(world) == both


def test_before_and_after_the_cycle_no_key_result_is_missing(world: ConflictWorld) -> None:
    assert watched(world, date(2027, 12, 1)) == []
    assert watched(world, date(2028, 7, 1)) == []


def test_a_system_whose_duties_do_not_apply_misses_no_key_result(world: ConflictWorld) -> None:
    rows = [
        row(MilestoneStatus.NOT_APPLICABLE, obligation(id="AIA-26-5-MON"), evidence=None),
        row(MilestoneStatus.MET, evidence=None),
    ]
    assert issues(world, *rows) == ()
