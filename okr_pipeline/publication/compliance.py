"""The rows of ``ai_systems`` and ``compliance_milestones``. Nothing is decided here."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from okr_pipeline.compliance.model import Assessment, Milestone, MilestoneStatus, ShutGate
from okr_pipeline.duties import Duties, objective_of, using
from okr_pipeline.milestone_nodes import milestone_id
from okr_pipeline.project import Project

Rows = list[tuple[object, ...]]
QUIET = frozenset({MilestoneStatus.MET, MilestoneStatus.NOT_YET_APPLICABLE, MilestoneStatus.NOT_APPLICABLE})
"""States that nobody has to act on."""


def ai_system_rows(project: Project, duties: Duties) -> Rows:
    """Return one row per AI system, in the order of ids."""
    assessments = project.assessments(duties.as_of)
    by_system: dict[str, list[Milestone]] = {}
    for milestone in duties.milestones:
        by_system.setdefault(milestone.system_id, []).append(milestone)
    return [
        _ai_system_row(project, assessments[system_id], by_system.get(system_id, []))
        for system_id in sorted(assessments)
    ]


def _ai_system_row(project: Project, assessment: Assessment, milestones: Iterable[Milestone]) -> tuple[object, ...]:
    system_id = assessment.system_id
    system = project.cascade.ai_systems[system_id]
    states = [each.status for each in milestones if each.status is not MilestoneStatus.NOT_APPLICABLE]
    count = Counter(states)
    return (
        system_id, system.title, system.owner, system.intended_purpose, _joined(system.roles),
        _joined(system.annex_iii), assessment.route, assessment.reason, assessment.high_risk,
        assessment.is_provider, assessment.is_deployer, assessment.legacy, assessment.fria_required,
        assessment.block, " ".join(assessment.review) or None, _day(system.dates.first_use),
        _day(system.dates.placed_on_market), _joined(item.id for item in using(project.cascade, system_id)),
        objective_of(project.cascade, system_id), len(states), count[MilestoneStatus.MET],
        sum(state not in QUIET for state in states), project.law.catalogue_version, project.law.verified_on,
        f"ai_systems/{system_id}.yml",
    )  # fmt: skip


def milestone_rows(project: Project, duties: Duties) -> Rows:
    """Return one row per milestone; those that do not apply say so."""
    gates = {(gate.system_id, gate.obligation_id): gate for gate in duties.gates}
    objectives = {system_id: objective_of(project.cascade, system_id) for system_id in project.cascade.ai_systems}
    return [
        _milestone_row(
            milestone,
            objectives[milestone.system_id],
            gates.get((milestone.system_id, milestone.obligation.id)),
            duties.as_of,
        )
        for milestone in duties.milestones
    ]


def _milestone_row(
    milestone: Milestone, objective_id: str | None, gate: ShutGate | None, as_of: date
) -> tuple[object, ...]:
    asked, applies = milestone.obligation, milestone.status is not MilestoneStatus.NOT_APPLICABLE
    return (
        milestone_id(milestone), milestone.system_id, asked.id, milestone.event, objective_id if applies else None,
        asked.title, asked.article, asked.kind, asked.force if applies else None, str(milestone.status),
        milestone.reason, asked.due_words if applies else None, asked.due if applies else None,
        milestone.due if isinstance(milestone.due, datetime) else None, asked.planning_due, asked.alternative_due,
        asked.certainty, milestone.owner, asked.evidence_type, ",".join(asked.signed_by), milestone.evidence,
        asked.gate, gate is not None, gate.basis if gate else None, gate.sentence if gate else None,
        ",".join(gate.key_results) if gate else None, as_of,
    )  # fmt: skip


def _joined(values: Iterable[str] | str) -> str:
    return values if isinstance(values, str) else ",".join(values)


def _day(value: date | str | None) -> date | None:
    return value if isinstance(value, date) else None
