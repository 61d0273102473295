"""Whether progress depends on the unit or on the direction of a metric: on random targets it must not.

Baseline, target and current value are drawn at scales from a thousandth to a million. The change of unit is affine, as
from Celsius to Fahrenheit; the reversal counts the same thing from the other end, so that a lower bound becomes an
upper one. Published is that no case changes. Percent of target, which the pipeline never judges by, stands below.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.methods.table import MethodRow
from okr_pipeline.cascade.progress import TargetRange, progress

METHOD = "scoring"
PUBLISHED_RUNS = 100_000
TOLERANCE_RATIO = 1e-9
_CLOSE_RATIO = 1e-6


@dataclass(frozen=True)
class _Case:
    """A key result at one moment."""

    baseline: float
    target: TargetRange
    current: float

    @property
    def progress(self) -> float:
        return float(progress(np.array([self.current]), self.baseline, self.target)[0])

    @property
    def percent_of_target(self) -> float:
        """What a plain quotient says, of the bound that there is."""
        bound = self.target.low if self.target.low is not None else self.target.high
        return self.current / bound if bound else float("nan")

    def mapped(self, change: Callable[[float], float], *, reversed_order: bool) -> "_Case":
        """Return the same state of affairs in another unit."""
        low, high = (None if bound is None else change(bound) for bound in (self.target.low, self.target.high))
        target = TargetRange(high, low) if reversed_order else TargetRange(low, high)
        return _Case(change(self.baseline), target, change(self.current))


def rows(runs: int) -> list[MethodRow]:
    """Re-measure section 7 with ``runs`` random key results, a third each of lower bounds, upper bounds and ranges."""
    random = np.random.default_rng(20260407)
    changed = {"affine change of unit": 0, "reversal of direction": 0}
    percent, apart = 0, 0
    for number in range(runs):
        case, scale = _drawn(random, number)
        factor, shift = 10 ** random.uniform(-3, 3), random.normal(0, 1) * scale
        rescaled = case.mapped(lambda value, a=factor, b=shift: a * (value + b), reversed_order=False)  # type: ignore[misc]
        turned = case.mapped(lambda value, b=shift: b - value, reversed_order=True)  # type: ignore[misc]
        said = case.progress
        changed["affine change of unit"] += not _same(said, rescaled.progress)
        changed["reversal of direction"] += not _same(said, turned.progress)
        percent += not _same(case.percent_of_target, rescaled.percent_of_target)
        apart += (said >= 1 - TOLERANCE_RATIO) is not case.target.met_by(case.current)
    found = [_share(case, "progress changes", 0.0, count, runs) for case, count in changed.items()]
    found.append(_share("any target", "progress of 1 without the target, or the reverse", 0.0, apart, runs))
    found.append(_share("affine change of unit", "percent of target changes (not used)", None, percent, runs))
    return found


def _drawn(random: np.random.Generator, number: int) -> tuple[_Case, float]:
    """Return a random key result whose baseline is no bound of its target, and the size of its numbers."""
    scale = float(10 ** random.uniform(-3, 6))
    while True:
        baseline, bound, other, current = (float(value) * scale for value in random.normal(0, 1, 4))
        if min(abs(baseline - bound), abs(baseline - other), abs(current - bound)) > _CLOSE_RATIO * scale:
            break
    low, high = sorted((bound, other))
    target = (TargetRange(bound, None), TargetRange(None, bound), TargetRange(low, high))[number % 3]
    return _Case(baseline, target, current), scale


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= TOLERANCE_RATIO * max(1.0, abs(one))


def _share(case: str, rate: str, published: float | None, count: int, runs: int) -> MethodRow:
    return MethodRow(METHOD, case, rate, published, count / runs, runs, "lower", PUBLISHED_RUNS)
