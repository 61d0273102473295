"""Apply every conflict rule to every key result and AI system that it names, and turn conflicts into findings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from okr_pipeline.cascade.issues import Issue
from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.model import Cascade, KeyResult
from okr_pipeline.compliance.conflicts.pair import Ground, Pair
from okr_pipeline.compliance.conflicts.rule import discover_conflict_rules
from okr_pipeline.compliance.model import Assessment, Conflict, Milestone, Observation


def find_conflicts(
    cascade: Cascade,
    assessments: Mapping[str, Assessment],
    milestones: Sequence[Milestone],
    metrics: Mapping[str, Metric],
    observations: Mapping[str, Observation],
    as_of: date,
) -> tuple[Conflict, ...]:
    """Return what does not go together, by system, rule and key result.

    Key results of cycles that have ended are history and not judged. A rule about a system itself is applied once,
    at the key result that it concerns most: one of autonomy, or else the launch, or else the first in the files.

    Args:
        cascade: the cascade.
        assessments: what the law asks, by system; systems without one are left out.
        milestones: the state of every obligation on the day.
        metrics: metrics by name.
        observations: what the data says, by system; nothing where a system is missing.
        as_of: the day that counts as today.
    """
    by_obligation = {(item.system_id, item.obligation.id): item for item in milestones if item.event is None}
    ground = Ground(cascade, metrics, by_obligation)
    found: list[Conflict] = []
    for pairs in _pairs(ground, assessments, observations, as_of).values():
        concerned = min(pairs, key=lambda pair: (pair.role != "autonomy", not pair.launches))
        for rule in discover_conflict_rules():
            for pair in [concerned] if rule.subject == "system" else pairs:
                found.extend(rule.conflicts(pair))
    return tuple(found)


def _pairs(
    ground: Ground, assessments: Mapping[str, Assessment], observations: Mapping[str, Observation], as_of: date
) -> dict[str, list[Pair]]:
    pairs: dict[str, list[Pair]] = {}
    for key_result in _running(ground.cascade, as_of):
        for system_id in sorted(_named(key_result) & assessments.keys() & ground.cascade.ai_systems.keys()):
            pair = Pair(
                key_result,
                ground.cascade.ai_systems[system_id],
                assessments[system_id],
                observations.get(system_id, Observation()),
                ground,
            )
            pairs.setdefault(system_id, []).append(pair)
    return dict(sorted(pairs.items()))


def _running(cascade: Cascade, as_of: date) -> Iterator[KeyResult]:
    for key_result in cascade.key_results:
        cycle = cascade.cycles.get(key_result.cycle)
        if cycle is None or cycle.end >= as_of:
            yield key_result


def _named(key_result: KeyResult) -> set[str]:
    launched: Iterable[str] = () if key_result.deploys is None else (key_result.deploys,)
    return {*key_result.ai_systems, *launched}


def conflict_issue(conflict: Conflict, cascade: Cascade) -> Issue:
    """Return a conflict as a finding at its key result: an error, or a warning where it only warns."""
    at = cascade.key_results_by_id[conflict.key_result_id].location
    return Issue(
        rule=conflict.rule,
        level="warning" if conflict.severity == "warn" else "error",
        file=at.file,
        line=at.line,
        object=f"key result {conflict.key_result_id}, AI system {conflict.system_id}",
        problem=conflict.problem,
        allowed=f"{conflict.basis}: {conflict.allowed}",
        fix=conflict.fix,
    )
