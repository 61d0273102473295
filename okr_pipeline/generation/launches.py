"""The launch of a system whose first use falls into the cycle: its use, and the watch that the law wants kept.

The milestones before the launch follow from the AI system's file by themselves; `deploys` is what ties them to it.
"""

from collections.abc import Iterator

from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.scope import Scope
from okr_pipeline.compliance.findings import INCIDENT_METRIC, MONITORING_METRIC
from okr_pipeline.generation.business_unit import Moved
from okr_pipeline.generation.draft import DraftClaim, DraftKeyResult, DraftObjective, DraftTarget, id_of
from okr_pipeline.generation.key_result import CLAIM_LAG_WEEKS, Ground, target_of_aim
from okr_pipeline.generation.systems import AUTONOMY_ROLE, Use, counted_by_system
from okr_pipeline.generation.targets import ADOPTION_MAX, Yardstick, adoption_aim, beyond
from okr_pipeline.generation.wording import objective_title

NEARLY_ALL = 0.99
"""From here on a share is held and not raised: only all cases would be more."""
_NOTHING_YET = "launched in this cycle: no effect is claimed before it works"
_WATCH = "a watch over the system: it protects, it brings nothing"


def launch_objective(use: Use, moved: Moved, guard_ids: tuple[str, ...], ground: Ground) -> DraftObjective | None:
    """Return the objective that launches a system in a team; None where no metric counts its use there."""
    scope = Scope(org_unit=use.unit, segment=use.system)
    metric = _usage(scope, ground)
    if metric is None:
        return None
    window = ground.window(metric, scope)
    limit = Yardstick(ADOPTION_MAX, "no more than that is realistic")
    aim = adoption_aim(ground.number(metric, scope), ground.yardsticks(metric, scope, window), limit)
    if aim is None:
        return None
    watch = watch_results(use.system, scope, ground)
    launched = ground.key_result(
        metric,
        scope,
        target_of_aim(metric, aim),
        level="team",
        weight=2,
        shape="s_curve",
        window=window,
        claim=DraftClaim(0.0, 0.0, CLAIM_LAG_WEEKS, _NOTHING_YET),
        compare_with=moved.compare_with,
        guarded_by=(*guard_ids, *(result.id for result in watch[:1])),
        ai_systems=(use.system,),
        deploys=use.system,
        questions=(
            f"What is {use.system} to bring for {moved.metric.name}, and from when? No effect is claimed yet.",
            *((use.question,) if use.question else ()),
        ),
    )
    function = ground.facts.metrics[moved.metric.name].function
    title, questions = objective_title("launch", function, ground.facts.title(use.unit))
    return DraftObjective(id_of(use.unit, "launch", use.system), title, (launched, *watch), moved.id, None, questions)


def _usage(scope: Scope, ground: Ground) -> Metric | None:
    """Return the metric that counts how much of the work rests on the system; cases before people."""
    found = [
        metric
        for metric in ground.facts.metrics.values()
        if metric.kind == "adoption"
        and metric.role != AUTONOMY_ROLE
        and counted_by_system(metric, ground.facts, ground.measured)
        and ground.measured.value(metric, scope) is not None
    ]
    return min(found, key=lambda metric: (metric.aggregation == "distinct_share", metric.name), default=None)


def watch_results(system: str, scope: Scope, ground: Ground) -> tuple[DraftKeyResult, ...]:
    """Return the watch over a system: overrides in the band of the policy and, where it is or may be high-risk,
    monitoring and the notice of incidents. What is not measured is left out.
    """
    policy, metrics = ground.facts.policy, ground.facts.metrics
    low, high = policy.override_rate_min.value, policy.override_rate_max.value
    band = DraftTarget("between", f"[{low:.10g}, {high:.10g}]", "override_rate_min and _max of policy.yml")
    hours = f"{policy.incident_notice_hours.value:.10g}"
    notice = DraftTarget("at_most", hours, "incident_notice_hours of policy.yml (Article 26(5) says immediately)")
    wanted = [(metric, band) for metric in metrics.values() if metric.role == "override"]
    is_high_risk = ground.facts.assessment(system).high_risk
    if is_high_risk and INCIDENT_METRIC in metrics:
        wanted.append((metrics[INCIDENT_METRIC], notice))
    found = [
        _watched(metric, scope, target, system, ground)
        for metric, target in wanted
        if ground.measured.value(metric, scope) is not None
    ]
    if is_high_risk and MONITORING_METRIC in metrics:
        found += _monitoring(metrics[MONITORING_METRIC], scope, system, ground)
    return tuple(found)


def _monitoring(metric: Metric, scope: Scope, system: str, ground: Ground) -> Iterator[DraftKeyResult]:
    covered = ground.measured.value(metric, scope)
    if covered is None:
        return
    if covered >= NEARLY_ALL:
        yield ground.guard(metric, scope, level="team", ai_systems=(system,))
        return
    value = min(beyond((covered + 1) / 2, "up", [covered]), NEARLY_ALL)
    target = DraftTarget("at_least", f"{value:.10g}", "half of what is not monitored yet (Article 72)")
    yield _watched(metric, scope, target, system, ground)


def _watched(metric: Metric, scope: Scope, target: DraftTarget, system: str, ground: Ground) -> DraftKeyResult:
    claim = DraftClaim(0.0, 0.0, CLAIM_LAG_WEEKS, _WATCH)
    return ground.key_result(
        metric, scope, target, level="team", weight=1, shape="linear", claim=claim, ai_systems=(system,)
    )
