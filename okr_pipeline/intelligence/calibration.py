"""Whether targets are too easy: against no change at all, against others, and against the team's own best."""

from math import nan

import numpy as np

from okr_pipeline.analysis.insights import Calibration
from okr_pipeline.analysis.sandbagging import SandbaggingResult, below_benchmark, below_own_best, within_baseline
from okr_pipeline.cascade.metric import Direction
from okr_pipeline.cascade.model import Benchmark, Cascade, KeyResult
from okr_pipeline.cascade.scope import Scope
from okr_pipeline.intelligence.history import (
    Values,
    held_levels,
    last_known,
    open_bounds,
    stacked,
    target_bound,
    values_before_target,
    window_weeks,
)
from okr_pipeline.measured import Measured


def calibrate(measured: Measured, values: Values) -> dict[str, Calibration]:
    """Return, by key result, whether its target is too easy; those that are to hold a level are left out.

    Judged is what was known when the target was set, so a target cannot become easy by being reached.
    """
    cascade = measured.project.cascade
    held = held_levels(cascade)
    items = [item for item in cascade.key_results if item.id not in held]
    if not items:
        return {}
    histories = [values_before_target(measured, item, values) for item in items]
    lows, highs = np.array([open_bounds(values[item.id][-1]) for item in items]).T
    horizons = [measured.position(item.due) - last_known(measured, item) for item in items]
    policy = cascade.policy
    chances = within_baseline(
        stacked(histories),
        lows,
        highs,
        np.array(horizons, dtype=np.float64),
        chance_max_ratio=policy.baseline_chance_max_ratio.value,
        weeks_min_count=policy.statistics_weeks_min_count.value,
        units=[_unit(measured, item) for item in items],
        window_weeks=[window_weeks(item) for item in items],
    )
    best_weeks, least = policy.own_best_weeks.value, policy.statistics_weeks_min_count.value
    own = [
        below_own_best(float(low), float(high), history[-best_weeks:], _wanted(item), least, unit=_unit(measured, item))
        for low, high, history, item in zip(lows, highs, histories, items, strict=True)
    ]
    return {
        item.id: Calibration(chance, _benchmarked(measured, item, values), best)
        for item, chance, best in zip(items, chances, own, strict=True)
    }


def _benchmarked(measured: Measured, item: KeyResult, values: Values) -> SandbaggingResult:
    bound = target_bound(item, values[item.id][-1])
    others = benchmark_of(measured.project.cascade, item)
    return below_benchmark(nan if bound is None else bound, others, _wanted(item), _unit(measured, item))


def benchmark_of(cascade: Cascade, item: KeyResult) -> float | None:
    """Return what others reach: the key result's own benchmark, or the nearest of ``benchmarks.yml``."""
    if item.benchmark is not None:
        return item.benchmark.value
    fitting = [entry for entry in cascade.benchmarks if entry.metric == item.metric and _fits(cascade, entry, item)]
    return max(fitting, key=lambda entry: _narrowness(cascade, entry)).value if fitting else None


def _fits(cascade: Cascade, entry: Benchmark, item: KeyResult) -> bool:
    where = entry.where or Scope(org_unit=cascade.organisation.root)
    unit = item.where.org_unit or cascade.organisation.root
    return (
        (where.org_unit or cascade.organisation.root) in cascade.organisation.ancestors(unit)
        and where.segment in (None, item.where.segment)
        and where.ai_assisted in (None, item.where.ai_assisted)
    )


def _narrowness(cascade: Cascade, entry: Benchmark) -> tuple[int, int]:
    """Rank by how many parts are named, then by how far down the unit is."""
    where = entry.where
    if where is None:
        return 0, 0
    named = sum(part is not None for part in (where.org_unit, where.segment, where.ai_assisted))
    return named, len(cascade.organisation.ancestors(where.org_unit or cascade.organisation.root))


def _wanted(item: KeyResult) -> Direction | None:
    return None if item.target.direction == "within" else item.target.direction


def _unit(measured: Measured, item: KeyResult) -> str:
    return measured.project.metrics[item.metric].unit
