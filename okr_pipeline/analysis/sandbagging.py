"""Is a target too easy: against the team's own baseline, against a benchmark, against the team's own best.

Whether the children's promises can move the parent is arithmetic on the cascade and does not belong here; nor
does a target that was lowered in mid-cycle, which is read from the definitions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isclose, isfinite
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from okr_pipeline.analysis.local_level import SMALLEST_HISTORY, WIDENED_AT_RATIO, LevelForecast, forecast_level
from okr_pipeline.cascade.wording import counted, figure, percent

Floats = NDArray[np.float64]
SandbaggingVerdict = Literal["flagged", "passed", "not_assessed"]
Wanted = Literal["up", "down"]

BEST_MIN_COUNT = 8
_ROUNDING = 1e-12


@dataclass(frozen=True)
class SandbaggingResult:
    """Whether a target is too easy.

    Attributes:
        verdict: ``flagged`` when it is too easy; ``not_assessed`` is never a pass.
        estimate: the chance to reach the target with no change (0 to 1), or by how much the target falls short of
            the benchmark or of the team's best, in the unit of the metric; negative when it goes beyond.
        threshold: from which estimate on it is flagged; for a benchmark, above which.
        reason: what the verdict rests on, as a clause.
        low, high: 80 % interval of the value at the horizon with no change, in the unit of the metric; None for
            the two comparisons, which are exact.
    """

    verdict: SandbaggingVerdict
    estimate: float | None
    threshold: float | None
    reason: str
    low: float | None = None
    high: float | None = None


def within_baseline(
    history: Floats,
    target_low: ArrayLike,
    target_high: ArrayLike,
    horizon_weeks: ArrayLike,
    chance_max_ratio: float = 0.7,
    weeks_min_count: int = 8,
    units: Sequence[str] = (),
    window_weeks: ArrayLike = 1,
) -> tuple[SandbaggingResult, ...]:
    """Flag the targets that are met with no change at all, with a chance of ``chance_max_ratio`` or more.

    Of the targets so flagged .05 to .08 are missed on stable series and .07 to .18 on drifting ones (simulated).
    The forecast knows no trend: a series that already moves towards its target is flagged late.

    Args:
        history: series x weeks, oldest first, up to the day the target was set.
        target_low: least value that meets each target; minus infinity for ``at most``.
        target_high: largest value that meets each target; infinity for ``at least``.
        horizon_weeks: weeks from the last of the history to the due date, one for all or one per series.
        chance_max_ratio: the chance from which on a target is too easy.
        weeks_min_count: weeks with a value without which nothing is said; below 6 it counts as 6.
        units: unit of each series for the sentences; empty for plain numbers.
        window_weeks: weeks behind each value; NaN where that differs from value to value, and nothing is said then.
    """
    forecast = forecast_level(history, horizon_weeks, weeks_min_count, window_weeks)
    chances = forecast.chance_between(target_low, target_high)
    lows, highs = forecast.interval(WIDENED_AT_RATIO)
    horizons, windows = (
        np.broadcast_to(np.asarray(weeks, dtype=np.float64), chances.shape) for weeks in (horizon_weeks, window_weeks)
    )
    results = []
    for row, chance in enumerate(chances.tolist()):
        if not isfinite(chance):
            reason = _silence(forecast, row, float(horizons[row]), weeks_min_count)
            if not isfinite(windows[row]):
                reason = "the value is one over the whole cycle to date, which has no level"
            results.append(SandbaggingResult("not_assessed", None, chance_max_ratio, reason))
            continue
        low, high = float(lows[row]), float(highs[row])
        unit = units[row] if units else "count"
        reason = (
            f"with no change the target is met with a chance of {figure(chance, 'ratio')} (flagged from "
            f"{percent(chance_max_ratio)}): {counted(float(forecast.weeks_count[row]), 'week')} of history put the "
            f"value {counted(float(horizons[row]), 'week')} on at {figure(low, unit)} to {figure(high, unit)}"
        )
        verdict: SandbaggingVerdict = "flagged" if chance >= chance_max_ratio else "passed"
        results.append(SandbaggingResult(verdict, chance, chance_max_ratio, reason, low, high))
    return tuple(results)


def below_benchmark(
    target: float, benchmark: float | None, wanted: Wanted | None, unit: str = "count"
) -> SandbaggingResult:
    """Flag a target that falls short of the benchmark; equal to it passes.

    Args:
        target: the bound of the target.
        benchmark: what others reach, in the same unit; without one the target is not assessed.
        wanted: which way is better; None for a range, which has no single direction.
        unit: unit of the metric for the sentence; without it the numbers are plain.
    """
    if wanted is None:
        return _not_assessed("the target is a range: neither end is the better one")
    if benchmark is None:
        return _not_assessed("no benchmark is given")
    if not (isfinite(target) and isfinite(benchmark)):
        return _not_assessed("the target or the benchmark is no finite number")
    shortfall = _shortfall(target, benchmark, wanted)
    reason = _comparison(target, shortfall, f"the benchmark of {figure(benchmark, unit)}", unit)
    return SandbaggingResult("flagged" if shortfall > 0 else "passed", shortfall, 0.0, reason)


def below_own_best(
    target_low: float,
    target_high: float,
    history: Floats,
    wanted: Wanted | None,
    weeks_min_count: int = BEST_MIN_COUNT,
    unit: str = "count",
) -> SandbaggingResult:
    """Flag a target at or below what the team itself has reached before.

    One value is enough to show that it was reached; that it never was is said only after ``weeks_min_count``.

    Args:
        target_low: least value that meets the target; minus infinity for ``at most``.
        target_high: largest value that meets the target; infinity for ``at least``.
        history: values of the last periods before the target was set, read in the window of the target:
            single weeks would make chance the best week.
        wanted: which way is better; None for a range, which has no single direction.
        weeks_min_count: values without which a target does not pass.
        unit: unit of the metric for the sentence; without it the numbers are plain.
    """
    if wanted is None or (isfinite(target_low) and isfinite(target_high)):
        return _not_assessed("the target is a range: neither end is the better one")
    target, open_side = (target_low, target_high) if wanted == "up" else (target_high, target_low)
    if not isfinite(target) or open_side != (inf if wanted == "up" else -inf):
        return _not_assessed(f"the target has no bound for a value that is to go {wanted}")
    values = history[np.isfinite(history)]
    if values.size:
        best = float(values.max() if wanted == "up" else values.min())
        shortfall = _shortfall(target, best, wanted)
        if shortfall >= 0 or values.size >= weeks_min_count:
            reason = _comparison(target, shortfall, f"the team's own best of {figure(best, unit)}", unit)
            return SandbaggingResult("flagged" if shortfall >= 0 else "passed", shortfall, 0.0, reason)
    return _not_assessed(f"{counted(values.size, 'week')} with a value, {weeks_min_count} are needed")


def _shortfall(target: float, other: float, wanted: Wanted) -> float:
    """Return by how much the target is the easier one; what only rounding tells apart is equal."""
    if isclose(target, other, rel_tol=_ROUNDING):
        return 0.0
    return other - target if wanted == "up" else target - other


def _comparison(target: float, shortfall: float, other: str, unit: str) -> str:
    words = "equals"
    if shortfall > 0:
        words = f"falls short by {figure(shortfall, unit)} of"
    elif shortfall < 0:
        words = f"goes {figure(-shortfall, unit)} beyond"
    return f"the target of {figure(target, unit)} {words} {other}"


def _not_assessed(reason: str) -> SandbaggingResult:
    return SandbaggingResult("not_assessed", None, None, reason)


def _silence(forecast: LevelForecast, row: int, horizon_weeks: float, weeks_min_count: int) -> str:
    """Say why there is no chance."""
    if not 1 <= horizon_weeks < inf:
        return "the due date is unknown or less than a week after the history"
    least = max(weeks_min_count, SMALLEST_HISTORY)
    if forecast.weeks_count[row] < least:
        return f"{counted(float(forecast.weeks_count[row]), 'week')} with a value, {least} are needed"
    if np.isfinite(forecast.centre[row]):
        return "a bound of the target is no number"
    return "the history never varies, spans too few whole windows, or too many of its last weeks have no value"
