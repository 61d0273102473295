"""Which key results drift away from where they should be: one chart each, false discoveries controlled over all."""

from datetime import timedelta

from okr_pipeline.analysis.drift import DriftResult, judge_drift
from okr_pipeline.cascade.model import KeyResult
from okr_pipeline.cascade.weekly import Floats
from okr_pipeline.intelligence.history import stacked
from okr_pipeline.measured import Measured

WATCHED_WEEKS = 13
"""Newest weeks that are watched: the error rates of the chart are measured over a quarter."""
GIVEN_BASELINE_WEEKS = 13
"""Weeks before the cycle that stand for the level where the definition gives a number instead of weeks."""


def watch(measured: Measured) -> dict[str, DriftResult]:
    """Return, by key result with a weekly metric, whether its weekly values have left their baseline.

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
    )
    return {item.id: result for item, result in zip(items, found, strict=True)}


def _series(measured: Measured, item: KeyResult) -> tuple[Floats, Floats]:
    weekly = measured.weekly(item.metric, item.where, item.cycle).value
    start = measured.starts[item.cycle]
    span = item.baseline.weeks
    if span is None:
        baseline = weekly[max(start - GIVEN_BASELINE_WEEKS, 0) : start]
    else:
        first, last = measured.position(span[0]), measured.position(span[1] + timedelta(days=6))
        baseline = weekly[max(first, 0) : max(last + 1, 0)]
    return baseline, weekly[max(start, len(weekly) - WATCHED_WEEKS) :]
