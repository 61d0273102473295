"""Milestones as nodes of the cascade: where they hang, and what their state means beside key results.

Which obligations there are and how they stand is decided in `okr_pipeline.compliance`.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from okr_pipeline.cascade.health import NodeHealth
from okr_pipeline.cascade.model import Cascade
from okr_pipeline.cascade.status import Status
from okr_pipeline.compliance.model import Milestone, MilestoneStatus
from okr_pipeline.duties import objective_of

STATUS: Mapping[MilestoneStatus, Status] = {
    MilestoneStatus.MET: Status.ACHIEVED,
    MilestoneStatus.DUE: Status.AT_RISK,
    MilestoneStatus.OVERDUE: Status.MISSED,
    MilestoneStatus.NOT_YET_APPLICABLE: Status.NOT_DUE,
    MilestoneStatus.EVIDENCE_MISSING: Status.NO_DATA,
    MilestoneStatus.EXPIRED: Status.MISSED,
    MilestoneStatus.TAMPERED: Status.MISSED,
    MilestoneStatus.UNVERIFIED: Status.INCONCLUSIVE,
    MilestoneStatus.NEEDS_REVIEW: Status.INCONCLUSIVE,
}
"""State of a milestone -> status among key results. ``due`` is at risk: the day that was planned has passed."""


_MERELY_OPEN = frozenset(
    {
        MilestoneStatus.DUE,
        MilestoneStatus.EVIDENCE_MISSING,
        MilestoneStatus.EXPIRED,
        MilestoneStatus.NOT_YET_APPLICABLE,
    }
)
"""States in which a recommendation is simply not followed (yet). Tampering and open questions are told all the same."""


def milestone_id(milestone: Milestone) -> str:
    """Return the id of a milestone in the cascade, e.g. ``life_risk_pricing.AIA-27-1``; an event adds its own."""
    return ".".join(part for part in (milestone.system_id, milestone.obligation.id, milestone.event) if part)


def milestone_nodes(cascade: Cascade, milestones: Iterable[Milestone], week: date) -> dict[str, tuple[NodeHealth, ...]]:
    """Return, by objective id, the nodes of the milestones that bind; a system that nothing uses has none."""
    nodes: dict[str, tuple[NodeHealth, ...]] = {}
    objectives = {system_id: objective_of(cascade, system_id) for system_id in cascade.ai_systems}
    for milestone in milestones:
        objective_id = objectives.get(milestone.system_id)
        if objective_id is not None and milestone.status is not MilestoneStatus.NOT_APPLICABLE:
            node = _node(milestone, cascade, objective_id, week)
            nodes[objective_id] = (*nodes.get(objective_id, ()), node)
    return nodes


def _node(milestone: Milestone, cascade: Cascade, objective_id: str, week: date) -> NodeHealth:
    status = STATUS[milestone.status]
    if milestone.obligation.force == "grandfathered" and milestone.status in _MERELY_OPEN:
        status = Status.NOT_DUE  # recommended: never a breach
    return NodeHealth(
        node_id=milestone_id(milestone),
        node_kind="milestone",
        week_start=week,
        level=cascade.objectives_by_id[objective_id].level,
        parent_id=objective_id,
        status=status,
        status_reason=f"{milestone.obligation.title}: {milestone.reason}",
        progress=None,
        data_coverage=1.0 if status is Status.ACHIEVED else 0.0,
        weakest_child=None,
    )
