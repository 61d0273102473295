"""Where key results will be when they are due: adoption along its curve, everything else from its level."""

from collections.abc import Sequence
from math import isfinite

import numpy as np

from okr_pipeline.analysis.adoption_curve import forecast_adoption
from okr_pipeline.analysis.insights import Forecast
from okr_pipeline.analysis.local_level import forecast_level, measured_coverage
from okr_pipeline.cascade.model import KeyResult
from okr_pipeline.cascade.weekly import Floats
from okr_pipeline.cascade.wording import counted, percent
from okr_pipeline.intelligence.history import Values, numbers, open_bounds, stacked, window_weeks
from okr_pipeline.measured import Measured

COVERAGE_RATIO = 0.8
_GROWING = Forecast(
    *(None, None, None, None, None, None),
    "It is judged over the whole cycle to date; neither a curve nor a level says where such a value ends.",
)
_NO_LEVEL = "Too few weeks, or whole windows of them, to tell a level from chance, or a value that never varies."


def forecast(measured: Measured, values: Values) -> dict[str, Forecast]:
    """Return, by key result that is not due yet, where it will be in the week of its due date."""
    key_results = measured.project.cascade.key_results
    not_due = [item for item in key_results if measured.position(item.due) >= len(measured.weeks)]
    growing = {item.id: _GROWING for item in not_due if not isfinite(window_weeks(item))}
    open_items = [item for item in not_due if item.id not in growing]
    adopting = [item for item in open_items if _is_adoption(measured, item, values)]
    curved = {item.id for item in adopting}
    others = [item for item in open_items if item.id not in curved]
    return {**growing, **_adoption(measured, adopting, values), **_levels(measured, others, values)}


def _is_adoption(measured: Measured, item: KeyResult, values: Values) -> bool:
    """Return whether a key result is an adoption that rises from a known level below its target."""
    newest = values[item.id][-1]
    metric = measured.project.metrics[item.metric]
    rises = item.target.direction == "up" and newest.baseline is not None and newest.target_low is not None
    return metric.kind == "adoption" and rises and 0 <= (newest.baseline or 0) < (newest.target_low or 0) <= 1


def _adoption(measured: Measured, items: Sequence[KeyResult], values: Values) -> dict[str, Forecast]:
    """Forecast the mean over the window that is judged in the due week: known weeks as they are, the others at once.

    The weeks to come are forecast as one in their middle.
    """
    if not items:
        return {}
    starts = [measured.starts[item.cycle] for item in items]
    width = max(len(measured.weeks) - min(starts), 1)
    shares, people = np.full((2, len(items), width), np.nan)
    for row, (item, start) in enumerate(zip(items, starts, strict=True)):
        weekly = measured.weekly(item.metric, item.where, item.cycle)
        first, end = max(start, 0), len(measured.weeks) - start  # weeks before the first measured one are unknown
        shares[row, first - start : end], people[row, first - start : end] = (
            weekly.value[first:],
            weekly.sample_count[first:],
        )
    lows, highs = np.array([open_bounds(values[item.id][-1]) for item in items]).T
    known_part, weights, middles = np.array(
        [
            _judged_window(measured, item, start, shares[row])
            for row, (item, start) in enumerate(zip(items, starts, strict=True))
        ]
    ).T
    floors = np.array([values[item.id][-1].baseline for item in items], dtype=np.float64)
    first_week = measured.project.cascade.policy.forecast_weeks_min_count.value
    found = forecast_adoption(
        shares,
        people,
        (lows - known_part) / weights,
        (highs - known_part) / weights,
        middles,
        floor=floors,
        first_week=first_week,
    )
    return {
        item.id: Forecast(
            method=None if found.reasons[row] else "adoption_curve",
            chance_ratio=_known(found.chance[row]),
            median=_known(known_part[row] + weights[row] * found.median[row]),
            low=_known(known_part[row] + weights[row] * found.low[row]),
            high=_known(known_part[row] + weights[row] * found.high[row]),
            measured_coverage_ratio=None,
            reason=_sentence(found.reasons[row])
            or f"Adoption curve over {counted(len(measured.weeks) - starts[row], 'week')} since the cycle began.",
        )
        for row, item in enumerate(items)
    }


def _judged_window(measured: Measured, item: KeyResult, start: int, shares: Floats) -> tuple[float, float, float]:
    """Return what the known weeks give to the window of the due week, the weight of the others, and their middle.

    The middle is a week counted from 1 at the start of the cycle, rounded to the earlier one.
    """
    due, elapsed = measured.position(item.due) - start + 1, len(measured.weeks) - start
    window = int(window_weeks(item))
    to_come = min(window, due - elapsed)
    seen = shares[max(due - window, 0) : elapsed]
    seen = seen[np.isfinite(seen)]
    weight = to_come / (to_come + len(seen))
    return float(seen.sum()) / (to_come + len(seen)), weight, due - to_come // 2


def _levels(measured: Measured, items: Sequence[KeyResult], values: Values) -> dict[str, Forecast]:
    if not items:
        return {}
    table = stacked(numbers(values[item.id]) for item in items)
    horizons = np.array([measured.position(item.due) - len(measured.weeks) + 1 for item in items], dtype=np.float64)
    lows, highs = np.array([open_bounds(values[item.id][-1]) for item in items]).T
    least, windows = measured.project.cascade.policy.statistics_weeks_min_count.value, [*map(window_weeks, items)]
    level = forecast_level(table, horizons, least, windows)
    low, high = level.interval(COVERAGE_RATIO)
    chance = level.chance_between(lows, highs)
    coverage = measured_coverage(table, horizons, COVERAGE_RATIO, least, windows)
    return {
        item.id: _level_forecast(_known(level.centre[row]), _known(low[row]), _known(high[row]), _known(chance[row]),
                                 _known(coverage[row]))
        for row, item in enumerate(items)
    }  # fmt: skip


def _level_forecast(
    centre: float | None, low: float | None, high: float | None, chance: float | None, coverage: float | None
) -> Forecast:
    if centre is None:
        return Forecast(None, None, None, None, None, None, _NO_LEVEL)
    held = "" if coverage is None else f" Its own past intervals held {percent(coverage)} of the values."
    unknown = "" if chance is not None else " The target is not known, so neither is the chance to meet it."
    reason = f"Level of its last four values; no trend is drawn on.{held}{unknown}"
    return Forecast("local_level", chance, centre, low, high, coverage, reason)


def _sentence(clause: str) -> str:
    return f"{clause[:1].upper()}{clause[1:].rstrip('.')}." if clause else ""


def _known(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None
