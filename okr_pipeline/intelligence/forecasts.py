"""Where key results will be when they are due: adoption along its curve, everything else from its level."""

from collections.abc import Sequence

import numpy as np

from okr_pipeline.analysis.adoption_curve import forecast_adoption
from okr_pipeline.analysis.insights import Forecast
from okr_pipeline.analysis.local_level import forecast_level, measured_coverage
from okr_pipeline.cascade.model import KeyResult
from okr_pipeline.cascade.wording import counted, percent
from okr_pipeline.intelligence.history import Values, numbers, open_bounds, stacked, window_weeks
from okr_pipeline.measured import Measured

COVERAGE_RATIO = 0.8
_NO_LEVEL = "Too few weeks, or whole windows of them, to tell a level from chance, or a value that never varies."


def forecast(measured: Measured, values: Values) -> dict[str, Forecast]:
    """Return, by key result that is not due yet, where it will be in the week of its due date."""
    open_items = [item for item in measured.running if measured.position(item.due) >= len(measured.weeks)]
    adopting = [item for item in open_items if _is_adoption(measured, item, values)]
    curved = {item.id for item in adopting}
    others = [item for item in open_items if item.id not in curved]
    return {**_adoption(measured, adopting, values), **_levels(measured, others, values)}


def _is_adoption(measured: Measured, item: KeyResult, values: Values) -> bool:
    """Return whether a key result is an adoption that rises from a known level below its target."""
    newest = values[item.id][-1]
    metric = measured.project.metrics[item.metric]
    rises = item.target.direction == "up" and newest.baseline is not None and newest.target_low is not None
    return metric.kind == "adoption" and rises and 0 <= (newest.baseline or 0) < (newest.target_low or 0) <= 1


def _adoption(measured: Measured, items: Sequence[KeyResult], values: Values) -> dict[str, Forecast]:
    """Forecast the share in the middle of the window that is judged: while it rises, a mean of weeks lags behind."""
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
    due = [
        measured.position(item.due) - start + 1 - (_or_one(window_weeks(item)) - 1) / 2
        for item, start in zip(items, starts, strict=True)
    ]
    floors = np.array([values[item.id][-1].baseline for item in items], dtype=np.float64)
    first_week = measured.project.cascade.policy.forecast_weeks_min_count.value
    found = forecast_adoption(
        shares, people, lows, highs, np.array(due, dtype=np.float64), floor=floors, first_week=first_week
    )
    return {
        item.id: Forecast(
            method=None if found.reasons[row] else "adoption_curve",
            chance_ratio=_known(found.chance[row]),
            median=_known(found.median[row]),
            low=_known(found.low[row]),
            high=_known(found.high[row]),
            measured_coverage_ratio=None,
            reason=_sentence(found.reasons[row])
            or f"Adoption curve over {counted(len(measured.weeks) - starts[row], 'week')} since the cycle began.",
        )
        for row, item in enumerate(items)
    }


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
    reason = f"Level of the last four weeks; no trend is drawn on.{held}{unknown}"
    return Forecast("local_level", chance, centre, low, high, coverage, reason)


def _sentence(clause: str) -> str:
    return f"{clause[:1].upper()}{clause[1:].rstrip('.')}." if clause else ""


def _or_one(window: float) -> float:
    return window if np.isfinite(window) else 1.0


def _known(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None
