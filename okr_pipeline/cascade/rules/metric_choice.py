"""Whether a key result measures the right kind of thing for its level, and is kept honest.

What its objective is tied to is in `outcomes`; how exact its target may be in `exactness`.
"""

from collections.abc import Iterator, Mapping

from okr_pipeline.cascade.issues import shown
from okr_pipeline.cascade.language.outputs import counted_output
from okr_pipeline.cascade.metric import Kind, Metric
from okr_pipeline.cascade.model import LEVELS, Cascade, KeyResult, OkrLevel
from okr_pipeline.cascade.rule import Finding, RuleContext, rule
from okr_pipeline.cascade.rules.wording import registered_names

_KINDS_BY_LEVEL: Mapping[OkrLevel, frozenset[Kind]] = {
    "executive": frozenset({"business_outcome"}),
    "business_unit": frozenset({"business_outcome", "quality"}),
}
_WORDS: Mapping[Kind, str] = {
    "business_outcome": "a business outcome",
    "adoption": "adoption",
    "quality": "quality",
    "activity": "activity",
}
_HONEST: frozenset[Kind] = frozenset({"business_outcome", "quality"})


@rule("warning", needs_all_files=True)
def activity_key_result(cascade: Cascade, context: RuleContext) -> Iterator[Finding]:
    """A key result that counts what an AI system does instead of what it is good for.

    Example: ``Number of AI-generated summaries produced``; any key result on a metric of kind ``activity``.
    Reason: ten thousand summaries that shorten no review are a failed objective with a green figure.
    Remedy: measure the outcome that the output is for, or the share of work that is done with it.

    Silent for an intermediate step: the objective also tracks a business outcome, or it tracks adoption and the key
    result directly above is a business outcome. An outcome above alone excuses nothing, since every team has one.
    """
    systems = registered_names(cascade)
    for result in cascade.key_results:
        metric = context.metrics.get(result.metric)
        output = counted_output(result.title, systems)
        is_activity = metric is not None and metric.kind == "activity"
        if not (is_activity or output is not None) or _is_step(cascade, context, result):
            continue
        seen = f"its title counts output ({shown(output)})" if output else f"{result.metric} counts activity"
        yield Finding(
            result.location.of("title" if output else "metric"),
            f"key result {result.id}",
            seen,
            "output is counted only as a step towards an outcome that the objective tracks too",
            "measure the outcome that the output is for",
        )


@rule("warning")
def metric_kind_at_wrong_level(cascade: Cascade, context: RuleContext) -> Iterator[Finding]:
    """A kind of metric that does not belong on its level.

    Executives answer for business outcomes; business units for business outcomes or quality. Teams answer for
    adoption or quality with an outcome above, which `objective_without_outcome` looks after; a team that tracks
    the outcome itself does more than is asked and not less.

    Example: an executive key result on ``active_user_share``.
    Reason: adoption is a team's lever; as an executive's result it is reached while the business stands still.
    Remedy: move the key result down a level or two and put the outcome that it serves in its place.
    """
    for result in cascade.key_results:
        metric = context.metrics.get(result.metric)
        allowed = _KINDS_BY_LEVEL.get(result.level)
        if metric is None or allowed is None or metric.kind in allowed:
            continue
        words = " or ".join(_WORDS[kind] for kind in _WORDS if kind in allowed)
        level = result.level.replace("_", "-")
        yield Finding(
            result.location.of("metric"),
            f"key result {result.id}",
            f"{result.metric} measures {_WORDS[metric.kind]}",
            f"a key result of level {level} measures {words}",
            "measure the outcome that it serves, and leave this one to a level below",
        )


@rule("warning", needs_all_files=True)
def unguarded_adoption(cascade: Cascade, context: RuleContext) -> Iterator[Finding]:
    """An adoption key result that nothing keeps honest.

    Example: ``70 % of the tickets get a suggested reply``, alone in its objective, below another adoption figure.
    Reason: use can be ordered. Without a figure that suffers from bad use, nobody learns that it was bad.
    Remedy: add a quality key result to the objective and name it in ``guarded_by``.

    Kept honest by a key result on quality or a business outcome: in ``guarded_by``, beside it, or directly above.
    """
    for result in cascade.key_results:
        metric = context.metrics.get(result.metric)
        if metric is None or metric.kind != "adoption":
            continue
        guards = [cascade.key_results_by_id.get(guard) for guard in result.guarded_by]
        above = cascade.parent_of(cascade.objective_of(result))
        if above is not None and LEVELS.index(above.level) + 1 != LEVELS.index(result.level):
            continue  # what stands above is a mistake of its own, and told as one
        near = [*guards, *_beside(cascade, result), *([above] if above else [])]
        kinds = [_kind(context, other) for other in near]
        if None in kinds or _HONEST.intersection(kinds):
            continue
        yield Finding(
            result.location.of("metric"),
            f"key result {result.id}",
            "it measures adoption, and neither quality beside it nor an outcome above it would show bad use",
            "an adoption key result has a quality key result beside it or an outcome directly above",
            "add a key result on quality to the objective, and name it in guarded_by",
        )


@rule("warning")
def manual_metric_at_executive(cascade: Cascade, context: RuleContext) -> Iterator[Finding]:
    """An executive key result whose values come from no system of record.

    A baseline that is given as a number with its source is fine: it is a fact about the past and not a value.

    Example: a metric that is computed from a seed file which the programme office edits.
    Reason: who is judged by a number must not be the one who types it in.
    Remedy: compute the metric from a system of record, or choose one that is.
    """
    for result in cascade.key_results:
        metric = context.metrics.get(result.metric)
        if result.level == "executive" and metric is not None and not metric.sources:
            yield Finding(
                result.location.of("metric"),
                f"key result {result.id}",
                f"{result.metric} is computed from no system of record",
                "values of the executive level come from systems of record",
                "compute the metric from the source() of a system, or choose a metric that is",
            )


@rule("advice")
def missing_trajectory(cascade: Cascade, context: RuleContext) -> Iterator[Finding]:
    """An adoption key result that expects a straight line from the first day.

    Example: an adoption key result without ``trajectory``, or with ``{shape: linear, lag_weeks: 0}``.
    Reason: people start slowly, then all at once. Against a straight line a sound roll-out is red for weeks, and
        a red that means nothing teaches people to look away.
    Remedy: add ``trajectory: {shape: s_curve, lag_weeks: 2}`` or the shape that you expect.

    Silent for a range and for a cap: what is held is not climbed.
    """
    for result in cascade.key_results:
        metric = context.metrics.get(result.metric)
        if metric is None or metric.kind != "adoption" or result.target.direction != metric.direction:
            continue
        way = result.trajectory
        if way is not None and (way.shape != "linear" or way.lag_weeks > 0):
            continue
        yield Finding(
            result.location.of("trajectory"),
            f"key result {result.id}",
            "it expects adoption to rise in a straight line from the first day",
            "an adoption key result states its curve or its lag",
            "add trajectory: {shape: s_curve, lag_weeks: 2}",
        )


def _is_step(cascade: Cascade, context: RuleContext, result: KeyResult) -> bool:
    """Tell whether it is an intermediate step to an outcome that is tracked too."""
    others = [_kind(context, other) for other in _beside(cascade, result)]
    above = cascade.parent_of(cascade.objective_of(result))
    return "business_outcome" in others or ("adoption" in others and _kind(context, above) == "business_outcome")


def _beside(cascade: Cascade, result: KeyResult) -> tuple[KeyResult, ...]:
    return tuple(other for other in cascade.objective_of(result).key_results if other.id != result.id)


def _kind(context: RuleContext, result: KeyResult | None) -> Kind | None:
    """Return the kind of a key result's metric; None if either is unknown."""
    metric: Metric | None = None if result is None else context.metrics.get(result.metric)
    return None if metric is None else metric.kind
