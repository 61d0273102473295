"""Gates: by whose rule, on which day, for which key results, and in which words."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from conflict_world import LENDING, METRICS, POLICY, ConflictWorld
from evidence_world import DUE, assessment, obligation

from okr_pipeline.compliance.gates import shut_gates
from okr_pipeline.compliance.model import Milestone, MilestoneStatus, ShutGate

SYSTEM = "credit_score"
BEFORE = DUE - timedelta(days=1)
ALL = ("decided_alone", "overrides", "score_launch")


@pytest.fixture
def world(tmp_path: Path) -> ConflictWorld:
    """A launch, a target of autonomy and a band of overrides on one system; house policy requires nothing."""
    return ConflictWorld(tmp_path / "cascade")


def gates(
    world: ConflictWorld,
    as_of: date = DUE,
    status: MilestoneStatus = MilestoneStatus.DUE,
    event: str | None = None,
    **changes: Any,
) -> tuple[ShutGate, ...]:
    """Return the gates that one milestone of the system shuts."""
    asked = obligation(**changes)
    item = Milestone(SYSTEM, asked, status, "as the test says", asked.due, "head of lending", None, event)
    return shut_gates(world.cascade(), {SYSTEM: assessment(asked, system_id=SYSTEM)}, [item], METRICS, as_of)


def require(world: ConflictWorld, *names: str) -> None:
    """Let house policy require obligations."""
    world.edit(
        POLICY, "value: [], reason: the law is enough here", f"value: [{', '.join(names)}], reason: people first"
    )


@pytest.mark.parametrize("force", ["statutory", "national"])
def test_the_law_shuts_a_gate_on_the_day_on_which_it_must_be_met(world: ConflictWorld, force: str) -> None:
    assert gates(world, BEFORE, force=force) == ()
    (gate,) = gates(world, DUE, force=force)
    assert (gate.basis, gate.key_results) == ("law", ("score_launch",))
    assert gate.sentence == (
        "Blocked by law: the fundamental rights impact assessment (AIA-27-1, Art 27(1)) of credit_score is not signed. "
        "It had to be met by 2028-02-29. It opens when a fundamental rights impact assessment signed by compliance "
        "officer or legal is in evidence/."
    )


@pytest.mark.parametrize("force", ["grandfathered", "control"])
def test_neither_a_recommendation_nor_our_own_record_shuts_a_gate_by_law(world: ConflictWorld, force: str) -> None:
    assert gates(world, date(2028, 6, 1), force=force) == ()


def test_house_policy_shuts_a_gate_before_the_law_does_and_says_so(world: ConflictWorld) -> None:
    require(world, "AIA-27-1")
    (gate,) = gates(world, date(2026, 11, 22), MilestoneStatus.NOT_YET_APPLICABLE)
    assert (gate.basis, gate.obligation_id) == ("house policy", "AIA-27-1")
    assert gate.sentence == (
        "Blocked by house policy: the fundamental rights impact assessment (AIA-27-1, Art 27(1)) of credit_score is "
        "not signed. The law asks for it from 2027-12-02. policy.yml asks for it before launch: people first. "
        "It opens when a fundamental rights impact assessment signed by compliance officer or legal is in evidence/."
    )
    assert gates(world, DUE)[0].basis == "law"


def test_a_recommendation_shuts_its_gate_by_house_policy_only(world: ConflictWorld) -> None:
    require(world, "AIA-27-1")
    (gate,) = gates(world, date(2028, 6, 1), force="grandfathered")
    assert gate.basis == "house policy"
    assert (
        "The law does not ask for it here: it begins on 2027-12-02, and this type of system was on the market before "
        "(Article 111(2))." in gate.sentence
    )


def test_house_policy_about_another_obligation_shuts_nothing(world: ConflictWorld) -> None:
    require(world, "AIA-26-2", "AIA-05-SCREEN")
    assert gates(world, BEFORE) == ()


@pytest.mark.parametrize(
    ("kind", "blocked"),
    [
        ("blocks_deployment", ("score_launch",)),
        ("blocks_autonomy_kr", ("decided_alone",)),
        ("blocks_kr_setting", ALL),
        (None, None),
    ],
)
def test_a_gate_blocks_the_key_results_it_is_about(
    world: ConflictWorld, kind: str | None, blocked: tuple[str, ...] | None
) -> None:
    found = gates(world, gate=kind)
    assert [gate.key_results for gate in found] == ([] if blocked is None else [blocked])


@pytest.mark.parametrize("status", list(MilestoneStatus))
def test_only_what_is_met_or_does_not_apply_opens_a_gate(world: ConflictWorld, status: MilestoneStatus) -> None:
    is_open = status in (MilestoneStatus.MET, MilestoneStatus.NOT_APPLICABLE)
    assert (gates(world, status=status) == ()) is is_open


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (MilestoneStatus.TAMPERED, "of credit_score is not what was signed."),
        (MilestoneStatus.EXPIRED, "of credit_score is expired."),
        (MilestoneStatus.UNVERIFIED, "of credit_score is not verified."),
        (MilestoneStatus.NEEDS_REVIEW, "of credit_score is not signed and needs review."),
    ],
)
def test_a_gate_says_what_is_the_matter(world: ConflictWorld, status: MilestoneStatus, words: str) -> None:
    assert words in gates(world, status=status)[0].sentence


def test_an_incident_shuts_no_gate(world: ConflictWorld) -> None:
    assert gates(world, event="INC-7") == ()


def test_a_due_date_that_nobody_knows_counts_from_the_day_the_law_applies(world: ConflictWorld) -> None:
    (gate,) = gates(world, due=None, applies_from=DUE)
    assert gate.basis == "law"
    assert f"The law asks for it since {DUE}; first use is not known." in gate.sentence
    assert gates(world, BEFORE, due=None, applies_from=DUE) == ()
    assert gates(world, due=None, applies_from=None) == ()


def test_key_results_of_an_ended_cycle_are_history(world: ConflictWorld) -> None:
    assert gates(world, date(2028, 6, 30)) != ()
    assert gates(world, date(2028, 7, 1)) == ()


def test_a_gate_that_nothing_meets_is_left_out(world: ConflictWorld) -> None:
    world.edit(LENDING, "        deploys: credit_score\n", "        ai_systems: [credit_score]\n")
    assert gates(world) == ()


def test_a_prohibited_practice_blocks_every_key_result_by_law(world: ConflictWorld) -> None:
    block = "Article 5(1)(c) forbids social scoring, in force since 2025-02-02."
    prohibited = assessment(system_id=SYSTEM, route="prohibited", block=block)
    (gate,) = shut_gates(world.cascade(), {SYSTEM: prohibited}, [], METRICS, date(2026, 11, 22))
    assert (gate.basis, gate.obligation_id, gate.key_results) == ("law", "", ALL)
    assert gate.sentence == (
        "Blocked by law: Article 5(1)(c) forbids social scoring, in force since 2025-02-02. "
        "No target may rest on credit_score."
    )
