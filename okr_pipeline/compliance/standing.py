"""What one record of evidence is worth for one obligation on one day, and which of several counts.

Dates of the obligation are no matter here (`milestones`): a record that counts, counts however late it is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from okr_pipeline.cascade.evidence import EvidenceRecord
from okr_pipeline.cascade.issues import listed
from okr_pipeline.compliance.documents import DocumentState
from okr_pipeline.compliance.model import MilestoneStatus, Obligation

_LONG = {"fria": "fundamental rights impact assessment", "dpia": "data protection impact assessment"}
_SHORT = {
    "art22": "Article 22",
    "art6": "Article 6",
    "db": "database",
    "dpo": "DPO",
    "eu": "EU",
    "fria": "FRIA",
    "hr": "HR",
    "ifu": "IFU",
    "it": "IT",
    "ui": "UI",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What a record is worth.

    Attributes:
        record: the record.
        status: ``met``, ``expired``, ``tampered``, ``unverified`` or ``evidence_missing``.
        problem: why it does not count, a sentence; empty when it does.
        is_draft: whether it is only not signed yet.
        ends_on: last day on which it counts; None when it has no end.
    """

    record: EvidenceRecord
    status: MilestoneStatus
    problem: str = ""
    is_draft: bool = False
    ends_on: date | None = None


def type_words(evidence_type: str) -> str:
    """Return a type of evidence in words, e.g. ``human oversight plan``."""
    return _LONG.get(evidence_type, _spelled(evidence_type))


def a_type(evidence_type: str) -> str:
    """Return a type of evidence in words with its article, e.g. ``an incident notification``."""
    words = type_words(evidence_type)
    return f"{'an' if words[:1].lower() in 'aeio' else 'a'} {words}"


def role_words(roles: Iterable[str]) -> str:
    """Return roles in words, e.g. ``legal or compliance officer``."""
    return " or ".join(_spelled(role) for role in roles)


def _spelled(name: str) -> str:
    return " ".join(_SHORT.get(word, word) for word in name.split("_"))


def best_standing(
    obligation: Obligation,
    system_id: str,
    records: Iterable[EvidenceRecord],
    documents: Mapping[str, DocumentState],
    as_of: date,
) -> Standing | None:
    """Return the record that meets an obligation, or the one that says most about why nothing does.

    The newest that counts comes first; without any, one whose document has changed, then the newest that was signed
    as it should be, then the newest of the rest.
    """
    mine = of_obligation(obligation, system_id, records)
    replaced = {
        record.supersedes: record
        for record in mine
        if record.supersedes and record.status == "signed" and record.date <= as_of
    }
    standings = [_standing(obligation, record, replaced.get(record.id), documents, as_of) for record in mine]
    return max(standings, key=_weight, default=None)


def of_obligation(
    obligation: Obligation, system_id: str, records: Iterable[EvidenceRecord]
) -> tuple[EvidenceRecord, ...]:
    """Return the records for one obligation of one system."""
    return tuple(
        record for record in records if record.obligation_id == obligation.id and record.system_id == system_id
    )


def first_signed(obligation: Obligation, system_id: str, records: Iterable[EvidenceRecord]) -> date | None:
    """Return the day on which the first record was rightly signed, replaced since or not."""
    days = [
        record.date
        for record in of_obligation(obligation, system_id, records)
        if record.status in ("signed", "superseded") and not _formal_problem(obligation, record)
    ]
    return min(days, default=None)


def _weight(standing: Standing) -> tuple[bool, bool, bool, date, str]:
    status = standing.status
    return (
        status is MilestoneStatus.MET,
        status is MilestoneStatus.TAMPERED,
        status is not MilestoneStatus.EVIDENCE_MISSING,
        standing.record.date,
        standing.record.id,
    )


def _standing(
    obligation: Obligation,
    record: EvidenceRecord,
    replacement: EvidenceRecord | None,
    documents: Mapping[str, DocumentState],
    as_of: date,
) -> Standing:
    problem = _no_signature(record, replacement) or _formal_problem(obligation, record)
    if problem:
        status, is_draft = MilestoneStatus.EVIDENCE_MISSING, record.status == "draft"
        return Standing(record, status, f"{_name(record)} {problem}.", is_draft=is_draft)
    document = documents.get(record.id, DocumentState("missing", "nobody looked at its document"))
    if document.state == "changed":
        problem = f"The document of {record.id} is no longer what was signed on {record.date}: {document.reason}."
        return Standing(record, MilestoneStatus.TAMPERED, problem)
    if record.date > as_of or document.state != "intact":
        why = f"is dated after {as_of}" if record.date > as_of else f"cannot be checked: {document.reason}"
        return Standing(record, MilestoneStatus.UNVERIFIED, f"{_name(record)} {why}.")
    ends_on = counts_until(obligation, record)
    if ends_on is not None and ends_on < as_of:
        why = "its own end" if ends_on == record.valid_until else f"to be renewed every {obligation.cadence_days} days"
        problem = f"{_name(record)} counted until {ends_on} ({why})."
        return Standing(record, MilestoneStatus.EXPIRED, problem, ends_on=ends_on)
    return Standing(record, MilestoneStatus.MET, ends_on=ends_on)


def _name(record: EvidenceRecord) -> str:
    return f"The record {record.id} of {record.date}"


def _no_signature(record: EvidenceRecord, replacement: EvidenceRecord | None) -> str:
    """Return why a record is not in force, a clause; empty when it is."""
    if record.status == "draft":
        return "is a draft and not signed"
    if record.status != "signed":
        return f"is {record.status}"
    return "" if replacement is None else f"is superseded by {replacement.id} of {replacement.date}"


def _formal_problem(obligation: Obligation, record: EvidenceRecord) -> str:
    """Return why a signature does not fit what is asked, a clause; empty when it fits."""
    if record.type != obligation.evidence_type:
        return f"is {a_type(record.type)}; asked for is {a_type(obligation.evidence_type)}"
    if _role(record.signed_by_role or "") not in {_role(role) for role in obligation.signed_by}:
        asked = role_words(obligation.signed_by)
        return f"is signed by {role_words([record.signed_by_role or 'nobody'])}; {asked} has to sign"
    absent = [element for element in obligation.elements if element not in record.elements]
    return f"leaves out {listed(absent)} of {listed(obligation.elements)}" if absent else ""


def _role(role: str) -> str:
    return role.lower().replace(" ", "_").replace("-", "_")


def counts_until(obligation: Obligation, record: EvidenceRecord) -> date | None:
    """Return the last day on which a record counts: its own, or that of the cadence; None without an end."""
    ends = [] if record.valid_until is None else [record.valid_until]
    if obligation.kind == "continuous" and obligation.cadence_days is not None:
        ends.append(record.date + timedelta(days=obligation.cadence_days))
    return min(ends, default=None)
