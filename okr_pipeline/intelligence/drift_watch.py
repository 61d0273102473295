"""Which key results drift away from where they should be: one chart each, false discoveries controlled over all."""

import numpy as np

from okr_pipeline.analysis.drift import DriftResult, Way, judge_drift
from okr_pipeline.cascade.model import KeyResult
from okr_pipeline.cascade.values import KeyResultValue
from okr_pipeline.cascade.weekly import Floats
from okr_pipeline.cascade.weeks import WEEK, iso_week
from okr_pipeline.intelligence.history import Values, stacked
from okr_pipeline.measured import Measured


def watch(measured: Measured, values: Values) -> dict[str, DriftResult]:
    """Return, by running key result with a weekly metric, whether its weeks have left their baseline the bad way.

    The single weeks are judged and not the window: overlapping windows repeat each other.

    Args:
        measured: the weekly series.
        values: key result -> its values; the newest tells the range.
    """
    project = measured.project
    items = [item for item in measured.running if project.metrics[item.metric].cadence == "weekly"]
    if not items:
        return {}
    pairs = [_series(measured, item) for item in items]
    policy = project.cascade.policy
    watched = policy.drift_watched_weeks.value
    found = judge_drift(
        stacked(baseline for baseline, _ in pairs),
        stacked((recent for _, recent in pairs), watched),
        policy.drift_false_discovery_ratio.value,
        policy.statistics_weeks_min_count.value,
        units=[project.metrics[item.metric].unit for item in items],
        wrong=[_wrong(item, values[item.id][-1], baseline) for item, (baseline, _) in zip(items, pairs, strict=True)],
        weeks=[iso_week(measured.through - WEEK * behind) for behind in reversed(range(watched))],
    )
    return {item.id: result for item, result in zip(items, found, strict=True)}


def _series(measured: Measured, item: KeyResult) -> tuple[Floats, Floats]:
    weekly = measured.weekly(item.metric, item.where, item.cycle).value
    policy, start = measured.project.cascade.policy, max(measured.starts[item.cycle], 0)
    span = item.baseline.weeks
    end = start if span is None else min(max(measured.position(span[1]) + 1, 0), len(weekly))
    first = max(end - policy.drift_baseline_weeks.value, 0)
    return weekly[first:end], weekly[max(start, end, len(weekly) - policy.drift_watched_weeks.value) :]


def _wrong(item: KeyResult, newest: KeyResultValue, baseline: Floats) -> Way | None:
    """Return the bad way: away from the target; of a range in which the baseline lies both ways are bad.

    Where the definition's own baseline cannot be measured, the weeks that the chart rests on tell on which side of the
    range it lies.
    """
    if item.target.direction != "within":
        return "down" if item.target.direction == "up" else "up"
    usable = baseline[np.isfinite(baseline)]
    level = newest.baseline if newest.baseline is not None else usable.mean() if usable.size else None
    low, high = newest.target_low, newest.target_high
    if level is not None and high is not None and level > high:
        return "up"
    return "down" if level is not None and low is not None and level < low else None
