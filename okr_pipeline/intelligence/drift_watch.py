"""Which key results drift away from where they should be: one chart each, false discoveries controlled over all."""

from okr_pipeline.analysis.drift import DriftResult, Way, judge_drift
from okr_pipeline.cascade.model import KeyResult
from okr_pipeline.cascade.weekly import Floats
from okr_pipeline.cascade.weeks import WEEK, iso_week
from okr_pipeline.intelligence.history import stacked
from okr_pipeline.measured import Measured

WATCHED_WEEKS = 13
"""Newest weeks that are watched: the error rates of the chart are measured over a quarter."""
BASELINE_WEEKS = 26
"""Weeks up to the end of the baseline that give the level and its spread: with fewer, control over a whole cascade
finds hardly anything (`make bench-methods`)."""


def watch(measured: Measured) -> dict[str, DriftResult]:
    """Return, by key result with a weekly metric, whether its weekly values have left their baseline the bad way.

    The single weeks are judged and not the window: overlapping windows repeat each other.
    """
    project = measured.project
    items = [item for item in project.cascade.key_results if project.metrics[item.metric].cadence == "weekly"]
    if not items:
        return {}
    pairs = [_series(measured, item) for item in items]
    policy = project.cascade.policy
    found = judge_drift(
        stacked(baseline for baseline, _ in pairs),
        stacked((recent for _, recent in pairs), WATCHED_WEEKS),
        policy.drift_false_discovery_ratio.value,
        policy.statistics_weeks_min_count.value,
        units=[project.metrics[item.metric].unit for item in items],
        wrong=[_wrong(measured, item) for item in items],
        weeks=[iso_week(measured.through - WEEK * behind) for behind in reversed(range(WATCHED_WEEKS))],
    )
    return {item.id: result for item, result in zip(items, found, strict=True)}


def _series(measured: Measured, item: KeyResult) -> tuple[Floats, Floats]:
    weekly = measured.weekly(item.metric, item.where, item.cycle).value
    start = measured.starts[item.cycle]
    span = item.baseline.weeks
    end = start if span is None else min(max(measured.position(span[1]) + 1, 0), len(weekly))
    return weekly[max(end - BASELINE_WEEKS, 0) : end], weekly[max(start, end, len(weekly) - WATCHED_WEEKS) :]


def _wrong(measured: Measured, item: KeyResult) -> Way:
    """Return the bad way: away from the target, or of a range the way that is worse for the metric."""
    wanted = item.target.direction
    if wanted == "within":
        wanted = measured.project.metrics[item.metric].direction
    return "down" if wanted == "up" else "up"
