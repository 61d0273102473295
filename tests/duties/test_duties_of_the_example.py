"""The example organisation: what a new file, a lost record, a changed byte and a passing day each change."""

from datetime import UTC, date, datetime
from pathlib import Path

from duty_states import DutiesOf, by_id, changed

from okr_pipeline.compliance.model import Incident, MilestoneStatus
from okr_pipeline.duties import Register

_NEW_SYSTEM = """\
id: claims_triage
name: Claims triage
owner: head of customer operations
intended_purpose: Sorts incoming claims by the team that handles them.
roles: [deployer]
dates: {placed_on_market: 2026-03-01, first_use: 2027-02-01}
affected: {natural_persons: true}
"""


def _records_of(cascade_dir: Path, system_id: str, obligation_id: str) -> list[Path]:
    return [
        path
        for path in sorted((cascade_dir / "evidence").glob("*.yml"))
        if f"system_id: {system_id}" in path.read_text("utf-8")
        and f"obligation_id: {obligation_id}" in path.read_text("utf-8")
    ]


def test_a_new_ai_system_brings_its_own_milestones_and_changes_no_other(cascade_dir: Path, duties_of: DutiesOf) -> None:
    before = duties_of()
    (cascade_dir / "ai_systems" / "claims_triage.yml").write_text(_NEW_SYSTEM, encoding="utf-8")
    after = duties_of()

    new = changed(before, after)
    assert all(name.startswith("claims_triage.") for name in new)
    assert {"claims_triage.AIA-05-SCREEN", "claims_triage.AIA-04", "claims_triage.AIA-06-CLASS"} <= new
    assert by_id(after)["claims_triage.AIA-27-1"].status is MilestoneStatus.NOT_APPLICABLE


def test_a_record_that_is_removed_changes_its_own_milestone(cascade_dir: Path, duties_of: DutiesOf) -> None:
    before = duties_of()
    assert by_id(before)["agent_assist.AIA-06-CLASS"].status is MilestoneStatus.MET
    (record,) = _records_of(cascade_dir, "agent_assist", "AIA-06-CLASS")
    record.unlink()

    after = duties_of()

    assert changed(before, after) == {"agent_assist.AIA-06-CLASS"}
    assert by_id(after)["agent_assist.AIA-06-CLASS"].status is MilestoneStatus.OVERDUE


def test_one_changed_byte_of_a_document_is_tampering_with_what_rests_on_it(
    cascade_dir: Path, duties_of: DutiesOf
) -> None:
    before = duties_of()
    (record,) = _records_of(cascade_dir, "life_risk_pricing", "AIA-06-CLASS")
    line = next(text for text in record.read_text("utf-8").splitlines() if text.startswith("document_ref:"))
    reference = line.partition(":")[2].strip()
    document = cascade_dir / reference
    document.write_bytes(document.read_bytes() + b" ")
    resting = {
        f"{_value(path, 'system_id')}.{_value(path, 'obligation_id')}"
        for path in (cascade_dir / "evidence").glob("*.yml")
        if _value(path, "document_ref") == reference
    }

    after = duties_of()

    assert changed(before, after) == resting
    assert {by_id(after)[name].status for name in resting} == {MilestoneStatus.TAMPERED}


def _value(path: Path, key: str) -> str:
    lines = path.read_text("utf-8").splitlines()
    return next(line.partition(":")[2].strip() for line in lines if line.startswith(f"{key}:"))


def test_a_day_past_the_due_date_makes_only_what_was_due_overdue(cascade_dir: Path, duties_of: DutiesOf) -> None:
    (cascade_dir / "ai_systems" / "claims_triage.yml").write_text(_NEW_SYSTEM, encoding="utf-8")
    on_the_day, after = duties_of(date(2027, 1, 31)), duties_of(date(2027, 2, 1))

    mine = {name for name in changed(on_the_day, after) if name.startswith("claims_triage.")}
    assert mine == {"claims_triage.AIA-05-SCREEN", "claims_triage.AIA-06-CLASS"}
    assert {by_id(on_the_day)[name].status for name in mine} == {MilestoneStatus.DUE}
    assert {by_id(after)[name].status for name in mine} == {MilestoneStatus.OVERDUE}


def test_the_launch_waits_for_the_impact_assessment_by_house_policy(duties_of: DutiesOf) -> None:
    duties = duties_of()
    (gate,) = duties.gates
    assert (gate.system_id, gate.obligation_id, gate.basis) == ("life_risk_pricing", "AIA-27-1", "house policy")
    assert gate.key_results == ("life_pricing_launch",)
    assert "house policy" in gate.sentence
    assert duties.gate_of("life_pricing_launch") == gate.sentence
    assert duties.gate_of("life_assisted_cases") is None


def test_a_register_that_was_not_read_leaves_no_quiet_event_duty(duties_of: DutiesOf) -> None:
    quiet = duties_of(date(2028, 1, 2))
    doubted = duties_of(date(2028, 1, 2), Register(problem="the incident register could not be read (timeout)"))

    name = "life_risk_pricing.AIA-26-5-INC"
    assert by_id(quiet)[name].status is MilestoneStatus.NOT_YET_APPLICABLE
    assert by_id(doubted)[name].status is MilestoneStatus.UNVERIFIED
    assert "could not be read (timeout)" in by_id(doubted)[name].reason
    assert {name.rpartition(".")[2] for name in changed(quiet, doubted)} <= {
        "AIA-26-5-RISK",
        "AIA-26-5-INC",
        "AIA-26-12",
        "AIA-86",
    }


def test_an_incident_adds_a_row_with_its_clock(duties_of: DutiesOf) -> None:
    incident = Incident("INC-1", "life_risk_pricing", "other_serious", datetime(2026, 11, 20, 9, tzinfo=UTC))
    before, after = duties_of(), duties_of(register=Register((incident,)))
    assert changed(before, after) == {"life_risk_pricing.AIA-26-5-INC.INC-1"}
