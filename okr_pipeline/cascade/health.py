"""The health of the cascade in one week: what the judgements of key results say of the objectives above them.

How one key result is judged is in `status`; findings are counted by whoever publishes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal

from okr_pipeline.cascade.model import Cascade, KeyResult, Objective, OkrLevel
from okr_pipeline.cascade.status import Judgement, Status
from okr_pipeline.cascade.wording import percent

# A bad status outranks an unknown one, which outranks a good one. A shut gate is worse than any figure.
FROM_WORST: tuple[Status, ...] = (
    Status.BLOCKED,
    Status.MISSED,
    Status.OFF_TRACK,
    Status.AT_RISK,
    Status.NO_DATA,
    Status.STALE,
    Status.INCONCLUSIVE,
    Status.NOT_DUE,
    Status.ON_TRACK,
    Status.ACHIEVED,
)
UNUSABLE = frozenset({Status.BLOCKED, Status.NO_DATA, Status.STALE, Status.INCONCLUSIVE})
_RANK = {status: rank for rank, status in enumerate(FROM_WORST)}


@dataclass(frozen=True, slots=True)
class NodeHealth:
    """One node of the cascade in one week.

    Attributes:
        node_id: id of the objective, key result or milestone.
        node_kind: which of the three; a milestone is an obligation that an AI system brings, and carries no weight.
        week_start: Monday of the week.
        level: level of the cascade.
        parent_id: of an objective the key result it derives from, None at the top; of a key result or milestone
            its objective.
        status: a key result's or milestone's own status; an objective's is that of its weakest child.
        status_reason: one sentence; an objective's names its weakest child.
        progress: of a key result unclipped; of an objective the weighted mean of clipped progress, 0 to 1,
            over key results with a usable status; None when there is none.
        data_coverage: share of weight, 0 to 1, of key results with a usable status.
        weakest_child: of an objective its weakest key result or milestone; of a key result the weakest objective
            below it.
        gate: why it is blocked, or key results of it are, in sentences; None when no gate is shut.
    """

    node_id: str
    node_kind: Literal["objective", "key_result", "milestone"]
    week_start: date
    level: OkrLevel
    parent_id: str | None
    status: Status
    status_reason: str
    progress: float | None
    data_coverage: float
    weakest_child: str | None
    gate: str | None = None


def roll_up(
    cascade: Cascade,
    judgements: Mapping[str, Judgement],
    week: date,
    milestones: Mapping[str, Sequence[NodeHealth]] = MappingProxyType({}),
) -> tuple[NodeHealth, ...]:
    """Return the health of every objective, each followed by its key results and milestones.

    Args:
        cascade: objectives and key results; theirs is the order.
        judgements: by key result id, all of ``week``; a key result without one counts as ``no_data``.
        week: Monday of the week.
        milestones: by objective id, the nodes of its milestones in ``week``.
    """
    objectives = {
        objective.id: _objective(objective, judgements, week, milestones.get(objective.id, ()))
        for objective in cascade.objectives
    }
    nodes: list[NodeHealth] = []
    for objective in cascade.objectives:
        nodes.append(objectives[objective.id])
        for key_result in objective.key_results:
            derived = [objectives[child.id] for child in cascade.children_of(key_result)]
            nodes.append(_key_result(key_result, judgements, week, derived))
        nodes.extend(milestones.get(objective.id, ()))
    return tuple(nodes)


def _key_result(
    key_result: KeyResult, judgements: Mapping[str, Judgement], week: date, derived: Sequence[NodeHealth]
) -> NodeHealth:
    judgement = judgements.get(key_result.id)
    status, reason = _said(judgement)
    weakest = min(derived, key=lambda node: _RANK[node.status], default=None)
    return NodeHealth(
        node_id=key_result.id,
        node_kind="key_result",
        week_start=week,
        level=key_result.level,
        parent_id=key_result.objective_id,
        status=status,
        status_reason=reason,
        progress=None if judgement is None else judgement.progress,
        data_coverage=0.0 if status in UNUSABLE else 1.0,
        weakest_child=None if weakest is None else weakest.node_id,
        gate=reason if status is Status.BLOCKED else None,
    )


def _objective(
    objective: Objective, judgements: Mapping[str, Judgement], week: date, milestones: Sequence[NodeHealth]
) -> NodeHealth:
    children = objective.key_results
    said = {child.id: _said(judgements.get(child.id)) for child in children}
    usable = [child for child in children if said[child.id][0] not in UNUSABLE]
    total = sum(child.weight for child in children)
    coverage = sum(child.weight for child in usable) / total if total > 0 else 0.0
    # A milestone that is met or whose time has not come says nothing about the objective.
    open_milestones = {node.node_id: (node.status, node.status_reason) for node in milestones if not _is_quiet(node)}
    candidates = {**said, **open_milestones}
    weakest = min(candidates, key=lambda node_id: _RANK[candidates[node_id][0]], default=None)
    status, reason = (Status.NO_DATA, "") if weakest is None else candidates[weakest]
    return NodeHealth(
        node_id=objective.id,
        node_kind="objective",
        week_start=week,
        level=objective.level,
        parent_id=objective.derives_from,
        status=status,
        status_reason=_objective_sentence(weakest, status, reason, coverage, is_milestone=weakest in open_milestones),
        progress=_weighted_progress(usable, judgements),
        data_coverage=coverage,
        weakest_child=weakest,
        gate=" ".join(dict.fromkeys(text for child, text in said.values() if child is Status.BLOCKED)) or None,
    )


def _is_quiet(milestone: NodeHealth) -> bool:
    return milestone.status in (Status.ACHIEVED, Status.NOT_DUE)


def _said(judgement: Judgement | None) -> tuple[Status, str]:
    if judgement is None:
        return Status.NO_DATA, "No value: it has not been judged."
    return judgement.status, judgement.status_reason


def _weighted_progress(usable: Iterable[KeyResult], judgements: Mapping[str, Judgement]) -> float | None:
    parts = [(child.weight, judgements[child.id].progress) for child in usable]
    known = [(weight, min(max(progress, 0.0), 1.0)) for weight, progress in parts if progress is not None]
    total = sum(weight for weight, _ in known)
    return sum(weight * progress for weight, progress in known) / total if total > 0 else None


def _objective_sentence(
    weakest: str | None, status: Status, reason: str, coverage: float, *, is_milestone: bool
) -> str:
    if weakest is None:
        return "It has no key result."
    covered = "" if coverage == 1 else f" {percent(coverage)} of the weight has a usable status."
    kind = "milestone" if is_milestone else "key result"
    return f"Its weakest {kind}, {weakest}, is {status.replace('_', ' ')}: {reason}{covered}"
