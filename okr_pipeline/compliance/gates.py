"""Gates: which milestones that are not met stand in the way of which key results, and by whose rule.

The law shuts a gate from the day on which the obligation must be met. House policy (`policy.yml`,
``gates_required_by_house_policy``) shuts one before that, and where the law only recommends.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.model import Cascade, KeyResult
from okr_pipeline.compliance.model import Assessment, Gate, Milestone, MilestoneStatus, Obligation, ShutGate
from okr_pipeline.compliance.standing import a_type, role_words, type_words

_OPEN = (MilestoneStatus.MET, MilestoneStatus.NOT_APPLICABLE)
_BEFORE: Mapping[Gate, str] = {
    "blocks_deployment": "before launch",
    "blocks_autonomy_kr": "before a target of autonomy",
    "blocks_kr_setting": "before any target",
}


def shut_gates(
    cascade: Cascade,
    assessments: Mapping[str, Assessment],
    milestones: Sequence[Milestone],
    metrics: Mapping[str, Metric],
    as_of: date,
) -> tuple[ShutGate, ...]:
    """Return the gates that block key results on a day, in the order of systems and obligations.

    A gate that no key result of a running cycle meets is left out.
    """
    found = [
        *_prohibited(cascade, assessments, as_of),
        *(gate for milestone in milestones if (gate := _gate(cascade, milestone, metrics, as_of)) is not None),
    ]
    order = {system_id: position for position, system_id in enumerate(assessments)}
    return tuple(sorted(found, key=lambda gate: order.get(gate.system_id, len(order))))


def _prohibited(cascade: Cascade, assessments: Mapping[str, Assessment], as_of: date) -> Iterator[ShutGate]:
    for system_id, assessment in assessments.items():
        if assessment.block is None:
            continue
        blocked = tuple(item.id for item in _naming(cascade, system_id, as_of))
        if blocked:
            sentence = f"Blocked by law: {assessment.block.rstrip('.')}. No target may rest on {system_id}."
            yield ShutGate(system_id, "", "law", sentence, blocked)


def _gate(cascade: Cascade, milestone: Milestone, metrics: Mapping[str, Metric], as_of: date) -> ShutGate | None:
    obligation = milestone.obligation
    if obligation.gate is None or milestone.event is not None or milestone.status in _OPEN:
        return None
    basis = _basis(cascade, obligation, as_of)
    if basis is None:
        return None
    naming = _naming(cascade, milestone.system_id, as_of)
    blocked = tuple(item.id for item in naming if _meets(item, obligation.gate, milestone.system_id, metrics))
    if not blocked:
        return None
    sentence = _sentence(cascade, milestone, obligation.gate, basis)
    return ShutGate(milestone.system_id, obligation.id, basis, sentence, blocked)


def _basis(cascade: Cascade, obligation: Obligation, as_of: date) -> Literal["law", "house policy"] | None:
    asked_from = _asked_from(obligation)
    if obligation.force in ("statutory", "national") and asked_from is not None and as_of >= asked_from:
        return "law"
    required = cascade.policy.gates_required_by_house_policy.value
    return "house policy" if obligation.id in required else None


def _asked_from(obligation: Obligation) -> date | None:
    """Return the day from which the law shuts the gate: the due date, or where that is unknown when the law applies."""
    return obligation.applies_from if obligation.due is None else obligation.due


def _naming(cascade: Cascade, system_id: str, as_of: date) -> tuple[KeyResult, ...]:
    """Return the key results of running and coming cycles that rest on a system or launch it."""
    ended = {cycle.id for cycle in cascade.cycles.values() if cycle.end < as_of}
    return tuple(
        item
        for item in cascade.key_results
        if (system_id in item.ai_systems or item.deploys == system_id) and item.cycle not in ended
    )


def _meets(key_result: KeyResult, gate: Gate, system_id: str, metrics: Mapping[str, Metric]) -> bool:
    if gate == "blocks_deployment":
        return key_result.deploys == system_id
    if gate == "blocks_autonomy_kr":
        metric = metrics.get(key_result.metric)
        return metric is not None and metric.role == "autonomy"
    return True


def _sentence(cascade: Cascade, milestone: Milestone, gate: Gate, basis: str) -> str:
    obligation = milestone.obligation
    what = type_words(obligation.evidence_type)
    head = (
        f"Blocked by {basis}: the {what} ({obligation.id}, {obligation.article}) of {milestone.system_id} "
        f"is {_state(milestone.status)}."
    )
    parts = [head, _law(obligation, basis)]
    if basis == "house policy":
        reason = cascade.policy.gates_required_by_house_policy.reason
        parts.append(f"policy.yml asks for it {_BEFORE[gate]}: {reason.rstrip('.')}.")
    listing = f" that answers {', '.join(obligation.elements)}," if obligation.elements else ""
    opening = f"{a_type(obligation.evidence_type)}{listing} signed by {role_words(obligation.signed_by)}"
    parts.append(f"It opens when {opening} is in evidence/.")
    return " ".join(parts)


def _state(status: MilestoneStatus) -> str:
    special: Mapping[MilestoneStatus, str] = {
        MilestoneStatus.TAMPERED: "not what was signed",
        MilestoneStatus.EXPIRED: "expired",
        MilestoneStatus.UNVERIFIED: "not verified",
        MilestoneStatus.NEEDS_REVIEW: "not signed and needs review",
    }
    return special.get(status, "not signed")


def _law(obligation: Obligation, basis: str) -> str:
    contested = " (a contested date)" if obligation.certainty == "contested" else ""
    if basis == "law":
        if obligation.due is None:
            return f"The law asks for it since {obligation.applies_from}{contested}; first use is not known."
        return f"It had to be met by {obligation.due}{contested}."
    day = obligation.applies_from or (None if obligation.force == "grandfathered" else obligation.due)
    if obligation.force == "grandfathered":
        begin = "" if day is None else f"it begins on {day}, and "
        return (
            f"The law does not ask for it here: {begin}this type of system was on the market before (Article 111(2))."
        )
    if obligation.force == "control":
        return "The law does not ask for this record."
    if day is None:
        return "From when the law asks for it is not known."
    return f"The law asks for it from {day}{contested}."
