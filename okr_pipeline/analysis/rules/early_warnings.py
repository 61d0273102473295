"""What will go wrong if nothing is done: drift, falling behind, and targets that will probably be missed."""

from collections.abc import Iterator

from okr_pipeline.analysis.data_rule import DataContext, about, data_rule
from okr_pipeline.cascade.model import Cascade
from okr_pipeline.cascade.rule import Finding
from okr_pipeline.cascade.status import Status
from okr_pipeline.cascade.wording import figure, percent

_NO_FORECAST = (
    Status.STALE,  # a forecast from old values would be a second unknown on top of the first
    Status.NO_DATA,
    Status.NOT_DUE,  # it would say of a change that has not begun that it has not happened
)


@data_rule("warning")
def drifting(cascade: Cascade, context: DataContext) -> Iterator[Finding]:
    """A key result whose weekly values have left their baseline in the wrong direction.

    Example: underwriters override the model a little more often every week.
    Reason: model behaviour changes with a prompt or a data fix; a slow slide crosses no threshold until it is late.
    Remedy: look at what changed in the week named: a release, a source, a team; then at the drivers of the metric.

    Thresholds: ``drift_false_discovery_ratio``, ``statistics_weeks_min_count``.
    """
    for item in cascade.key_results:
        found = context.insights.drift.get(item.id)
        if found is None or found.verdict != "drifting":
            continue
        yield about(
            item,
            f"it drifts {found.direction}: {found.reason.rstrip('.')}",
            "weekly values that stay with their baseline or move towards the target",
            f"look at what changed; okr explain {item.id} shows the weeks and the drivers",
        )


@data_rule("warning")
def off_trajectory(cascade: Cascade, context: DataContext) -> Iterator[Finding]:
    """A key result behind the trajectory that was declared for it.

    Example: a third of the way where two thirds were expected by now.
    Reason: while there is time, the plan can change; at the due date only the number can.
    Remedy: change the plan, not the target; `okr explain` shows what moved it.

    Thresholds: ``on_track_from``, ``at_risk_from``.
    """
    for item in cascade.key_results:
        judgement = context.judgements.get(item.id)
        if judgement is not None and judgement.status in (Status.AT_RISK, Status.OFF_TRACK):
            yield about(
                item,
                f"it is {judgement.status.replace('_', ' ')}: {judgement.status_reason.rstrip('.')}",
                "progress that keeps to the declared trajectory",
                "change the plan while there is time; the target stays as it was set",
                "trajectory",
            )


@data_rule("advice")
def unlikely_to_reach(cascade: Cascade, context: DataContext) -> Iterator[Finding]:
    """A target that the forecast gives little chance by its due date.

    Example: an adoption curve that flattens at 55 % where 70 % are promised.
    Reason: one chance in five is worth a conversation before the last month.
    Remedy: find what holds the rest back; decide early whether the target is met by other means.

    A level draws on no trend, so it speaks only of what is behind its trajectory: of what is on its way it knows less.

    Thresholds: ``unlikely_below_ratio``, ``forecast_weeks_min_count``.
    """
    limit = cascade.policy.unlikely_below_ratio.value
    for item in cascade.key_results:
        found = context.insights.forecasts.get(item.id)
        judgement = context.judgements.get(item.id)
        if found is None or found.chance_ratio is None or found.chance_ratio >= limit or judgement is None:
            continue
        is_behind = judgement.status in (Status.AT_RISK, Status.OFF_TRACK)
        if judgement.status in _NO_FORECAST or (found.method == "local_level" and not is_behind):
            continue
        unit = context.metrics[item.metric].unit
        where = "" if found.median is None else f", at about {figure(found.median, unit)}"
        yield about(
            item,
            f"it will meet its target ({item.target.words()}) by {item.due} with {percent(found.chance_ratio)} "
            f"probability{where}{', if nothing changes' if found.method == 'local_level' else ''}",
            f"a chance of at least {percent(limit)}",
            "change the plan, or say in the review that it will be missed",
            "due",
        )
