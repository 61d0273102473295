"""Milestones of real assessments: a life pricing system that the law binds, and the example organisation."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from evidence_world import INTACT, record

from okr_pipeline.cascade.ai_system import AiSystem
from okr_pipeline.cascade.loader import load_cascade
from okr_pipeline.compliance.catalogue import load_catalogue
from okr_pipeline.compliance.documents import state_of_documents
from okr_pipeline.compliance.gates import shut_gates
from okr_pipeline.compliance.milestones import milestones
from okr_pipeline.compliance.model import Assessment, Milestone, MilestoneStatus
from okr_pipeline.compliance.obligations import assess

EXAMPLE = Path(__file__).parents[2] / "cascade_definitions"
AS_OF = date(2026, 11, 22)
SIX = ("a", "b", "c", "d", "e", "f")


def life_price(**changes: Any) -> AiSystem:
    """Return a system of a new type that a private insurer first uses on 1 March 2028."""
    values: dict[str, Any] = {
        "id": "life_price",
        "intended_purpose": "risk and price for life policies",
        "roles": ("deployer",),
        "annex_iii": ("5c",),
        "art6_3": {"profiling": True},
        "dates": {"placed_on_market": date(2028, 1, 20), "first_use": date(2028, 3, 1)},
        "affected": {"natural_persons": True, "decisions_about_persons": True, "legal_or_similar_effect": True},
    }
    return AiSystem.model_validate(values | changes)


def state(system: AiSystem, as_of: date, *records: Any) -> dict[str, Milestone]:
    """Return the milestones by obligation."""
    documents = {each.id: INTACT for each in records}
    found = milestones(assess(system, load_catalogue(), as_of), records, documents, (), as_of, "head of underwriting")
    return {item.obligation.id: item for item in found}


def test_an_impact_assessment_is_due_the_day_before_first_use_and_then_overdue() -> None:
    on_the_day, after = (state(life_price(), day)["AIA-27-1"] for day in (date(2028, 2, 29), date(2028, 3, 1)))
    assert (on_the_day.status, on_the_day.due) == (MilestoneStatus.DUE, date(2028, 2, 29))
    assert after.status is MilestoneStatus.OVERDUE
    assert after.reason.startswith("Due by law 1 day ago, on 2028-02-29.")


def test_all_six_elements_of_article_27_have_to_be_answered() -> None:
    whole, partial = record(elements=SIX), record(elements=SIX[:5])
    assert state(life_price(), date(2028, 2, 1), whole)["AIA-27-1"].status is MilestoneStatus.MET
    missing = state(life_price(), date(2028, 2, 1), partial)["AIA-27-1"]
    assert missing.status is MilestoneStatus.EVIDENCE_MISSING
    assert "leaves out f of a, b, c, d, e, f" in missing.reason


def test_one_signature_meets_its_own_obligation_and_no_other() -> None:
    without, with_it = (state(life_price(), date(2028, 2, 1), *kept) for kept in ((), (record(elements=SIX),)))
    assert {name for name in without if without[name] != with_it[name]} == {"AIA-27-1"}


def test_an_answer_that_nobody_knows_needs_review_and_is_never_met() -> None:
    unknown = life_price(dates={"placed_on_market": "unknown", "first_use": "unknown"})
    found = state(unknown, date(2028, 2, 1))
    assert found["AIA-27-1"].status is MilestoneStatus.NEEDS_REVIEW
    assert MilestoneStatus.MET not in {item.status for item in found.values()}


def test_a_system_of_which_nothing_is_known_has_nothing_met() -> None:
    nothing = AiSystem.model_validate({"id": "new", "intended_purpose": "unknown", "roles": "unknown"})
    assert MilestoneStatus.MET not in {item.status for item in state(nothing, AS_OF).values()}


@pytest.fixture(scope="module")
def example() -> tuple[dict[str, Assessment], tuple[Milestone, ...]]:
    """Assessments and milestones of the example organisation."""
    cascade = load_cascade(EXAMPLE).cascade
    assert cascade is not None
    catalogue, documents = load_catalogue(), state_of_documents(EXAMPLE, cascade.evidence.values())
    assessments = {name: assess(system, catalogue, AS_OF) for name, system in cascade.ai_systems.items()}
    rows = tuple(
        row
        for each in assessments.values()
        for row in milestones(each, cascade.evidence.values(), documents, (), AS_OF, "")
    )
    return assessments, rows


def test_every_record_of_the_example_meets_an_obligation(example: Any) -> None:
    cascade = load_cascade(EXAMPLE).cascade
    assert cascade is not None
    met = {row.evidence for row in example[1] if row.status is MilestoneStatus.MET}
    assert met == set(cascade.evidence)
    for kept in cascade.evidence.values():
        assert hashlib.sha256((EXAMPLE / kept.document_ref).read_bytes()).hexdigest() == kept.document_sha256


def test_the_example_has_nothing_that_cannot_be_explained(example: Any) -> None:
    states = {row.status for row in example[1]}
    assert states == {
        MilestoneStatus.MET,
        MilestoneStatus.DUE,
        MilestoneStatus.NOT_YET_APPLICABLE,
        MilestoneStatus.NOT_APPLICABLE,
    }
    due = {row.obligation.id for row in example[1] if row.status is MilestoneStatus.DUE}
    assert "AIA-27-1" in due


def test_systems_of_the_example_are_classified_before_their_targets_are_set() -> None:
    cascade = load_cascade(EXAMPLE).cascade
    assert cascade is not None
    classified = {
        kept.system_id: kept.date for kept in cascade.evidence.values() if kept.obligation_id == "AIA-06-CLASS"
    }
    assert classified.keys() == cascade.ai_systems.keys()
    for key_result in cascade.key_results:
        for system_id in key_result.ai_systems:
            assert classified[system_id] < key_result.target_set_on


def test_the_one_gate_of_the_example_says_by_whose_rule_it_is_shut(example: Any) -> None:
    cascade = load_cascade(EXAMPLE).cascade
    assert cascade is not None
    (gate,) = shut_gates(cascade, example[0], example[1], {}, AS_OF)
    assert (gate.basis, gate.obligation_id, gate.key_results) == ("house policy", "AIA-27-1", ("life_pricing_launch",))
    assert gate.sentence.startswith(
        "Blocked by house policy: the fundamental rights impact assessment (AIA-27-1, Art 27(1)(a)-(f), 27(2), 27(4)) "
        "of life_risk_pricing is not signed. The law does not ask for it here: "
    )
    assert gate.sentence.endswith(
        "this type of system was on the market before (Article 111(2)). policy.yml asks for it before launch: No "
        "system that prices life cover starts before its fundamental rights impact assessment is signed, law or not. "
        "It opens when a fundamental rights impact assessment that answers a, b, c, d, e, f, signed by compliance "
        "officer or legal is in evidence/."
    )
