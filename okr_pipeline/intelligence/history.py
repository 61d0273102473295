"""The values of key results as arrays of one length, for statistics that look at all of them at once."""

from collections.abc import Iterable, Mapping, Sequence
from math import inf, isfinite

import numpy as np

from okr_pipeline.cascade.model import Cascade, KeyResult
from okr_pipeline.cascade.values import KeyResultValue, ValueSeries
from okr_pipeline.cascade.weekly import Floats
from okr_pipeline.cascade.weeks import WEEK
from okr_pipeline.cascade.windows import TRAILING_WEEKS
from okr_pipeline.measured import Measured

Values = Mapping[str, Sequence[KeyResultValue]]


def held_levels(cascade: Cascade) -> frozenset[str]:
    """Return the key results that are to hold a level: guards, and what claims to move nothing.

    Their baseline meets the target on purpose, so that reaching it without a change is the point.
    """
    guards = {guard for item in cascade.key_results for guard in item.guarded_by}
    silent = {item.id for item in cascade.key_results if item.contributes and not any(item.contributes.moves_parent)}
    return frozenset(guards | silent)


def stacked(series: Iterable[Floats], width: int | None = None) -> Floats:
    """Return series of different lengths as rows of one array, their ends aligned; NaN in front."""
    rows = list(series)
    size = max((len(row) for row in rows), default=0) if width is None else width
    table = np.full((len(rows), size), np.nan)
    for index, row in enumerate(rows):
        used = row[-size:] if size else row[:0]
        table[index, size - len(used) :] = used
    return table


def values_before_target(measured: Measured, item: KeyResult, values: Values) -> Floats:
    """Return a key result's values of the weeks that had closed when its target was set, oldest first."""
    return numbers(values[item.id])[: max(last_known(measured, item) + 1, 0)]


def last_known(measured: Measured, item: KeyResult) -> int:
    """Return the position of the last measured week that had closed when the target of a key result was set."""
    return min(measured.position(item.target_set_on - WEEK), len(measured.weeks) - 1)


def window_weeks(item: KeyResult) -> float:
    """Return how many weeks are behind each value of a key result; NaN where that grows with the cycle."""
    return float(TRAILING_WEEKS.get(item.window, np.nan))


def numbers(values: Sequence[KeyResultValue]) -> Floats:
    """Return the values of a key result; NaN where there is none."""
    if isinstance(values, ValueSeries):
        return values.numbers
    return np.array([np.nan if entry.value is None else entry.value for entry in values], dtype=np.float64)


def open_bounds(value: KeyResultValue) -> tuple[float, float]:
    """Return the target as two bounds, an open side as infinity; NaN while it cannot be told."""
    if not value.target.is_known:
        return np.nan, np.nan
    return (-inf if value.target_low is None else value.target_low), (
        inf if value.target_high is None else value.target_high
    )


def target_bound(item: KeyResult, value: KeyResultValue) -> float | None:
    """Return the one bound of a target that is no range; None for a range or while it cannot be told."""
    bound = {"up": value.target_low, "down": value.target_high, "within": None}[item.target.direction]
    return bound if bound is not None and isfinite(bound) else None
