"""One obligation, one record, one intact document, and what a test may change of them."""

from datetime import date
from typing import Any

from okr_pipeline.cascade.evidence import EvidenceRecord
from okr_pipeline.compliance.documents import DocumentState
from okr_pipeline.compliance.milestones import milestone
from okr_pipeline.compliance.model import Assessment, Milestone, Obligation

SYSTEM = "life_price"
DUE = date(2028, 2, 29)
PLANNED = date(2027, 12, 31)
SIGNED = date(2028, 1, 10)
AS_OF = date(2028, 2, 1)
INTACT = DocumentState("intact", "evidence/documents/fria.md has the hash that was signed")


def obligation(**changes: Any) -> Obligation:
    """Return the impact assessment of a life pricing system that is first used on 1 March 2028."""
    values: dict[str, Any] = {
        "id": "AIA-27-1",
        "item_id": "AIA-27-1",
        "article": "Art 27(1)",
        "title": "Fundamental rights impact assessment completed",
        "kind": "milestone",
        "force": "statutory",
        "due": DUE,
        "due_words": "2028-02-29",
        "anchor": date(2028, 3, 1),
        "planning_due": PLANNED,
        "alternative_due": None,
        "certainty": "settled",
        "cadence_days": None,
        "gate": "blocks_deployment",
        "evidence_type": "fria",
        "signed_by": ("compliance_officer", "legal"),
        "applies_from": date(2027, 12, 2),
    }
    return Obligation(**values | changes)


def event(item: str, **changes: Any) -> Obligation:
    """Return an item that an incident starts, in force since 2 December 2027."""
    values: dict[str, Any] = {
        "id": item,
        "item_id": item,
        "article": "Art 26(5)" if item.startswith("AIA-26") else "Art 73",
        "title": "Serious incidents reported",
        "kind": "event",
        "due": None,
        "due_words": "event from 2027-12-02",
        "anchor": date(2027, 12, 2),
        "planning_due": None,
        "gate": None,
        "evidence_type": "incident_notification" if item.startswith("AIA-26") else "serious_incident_report",
        "signed_by": ("compliance_officer",),
    }
    return obligation(**values | changes)


def record(**changes: Any) -> EvidenceRecord:
    """Return a record that meets the obligation."""
    values: dict[str, Any] = {
        "id": "life_price_fria",
        "obligation_id": "AIA-27-1",
        "system_id": SYSTEM,
        "type": "fria",
        "date": SIGNED,
        "document_ref": "evidence/documents/fria.md",
        "document_sha256": "a" * 64,
        "signed_by_role": "legal",
        "status": "signed",
    }
    return EvidenceRecord.model_validate(values | changes)


def judged(
    asked: Obligation,
    *records: EvidenceRecord,
    as_of: date = AS_OF,
    document: DocumentState = INTACT,
) -> Milestone:
    """Return the milestone; every document is in the same state."""
    documents = {each.id: document for each in records}
    return milestone(asked, records, documents, as_of, "head of underwriting", SYSTEM)


def assessment(*obligations: Obligation, **changes: Any) -> Assessment:
    """Return an assessment with these obligations."""
    values: dict[str, Any] = {
        "system_id": SYSTEM,
        "route": "annex_iii_high",
        "reason": "Annex III, 5(c)",
        "high_risk": True,
        "is_provider": False,
        "is_deployer": True,
        "legacy": False,
        "fria_required": True,
        "block": None,
        "review": (),
        "obligations": obligations,
    }
    return Assessment(**values | changes)
