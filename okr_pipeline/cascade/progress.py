"""Targets and progress towards them: where the goal lies, and how much of the way to it has been covered.

Whether that is good enough is decided in `status`; clipping to 0..1 belongs to the roll-up (`health`).
"""

from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TargetRange:
    """The values that meet a target, in the metric's unit.

    Attributes:
        low: smallest value that meets it; None when there is no lower bound.
        high: largest value that meets it; None when there is no upper bound.
    """

    low: float | None
    high: float | None

    @property
    def is_known(self) -> bool:
        """Whether there is a bound, and each is finite; a relative target without a baseline has none."""
        bounds = [bound for bound in (self.low, self.high) if bound is not None]
        return bool(bounds) and all(isfinite(bound) for bound in bounds)

    def met_by(self, value: float) -> bool:
        """Return whether a finite value meets the target."""
        above = self.low is None or value >= self.low
        return self.is_known and above and (self.high is None or value <= self.high)

    def missed_by(self, low: float, high: float) -> bool:
        """Return whether every value from ``low`` to ``high`` misses the target."""
        return (self.low is not None and high < self.low) or (self.high is not None and low > self.high)


def progress(current: Floats, baseline: float, target: TargetRange) -> Floats:
    """Return the share of the way from baseline to target that is covered; unclipped, NaN where undefined.

    For one bound it is ``(current - baseline) / (bound - baseline)``, which holds for both directions. It is
    computed as ``1 + s * (current - bound) / |bound - baseline|`` with s = 1 for a lower bound and -1 for an
    upper one: the same number when the baseline misses the target, and still falling as the value worsens
    when the baseline already meets it (a guard that must not slip). In a range it is 1 inside, else the
    progress to the nearest bound. A baseline that equals the bound leaves nothing to measure by: NaN.
    """
    with np.errstate(all="ignore"):
        if target.low is None:
            return _side(current, target.high, baseline, -1.0)
        over = _side(current, target.low, baseline, 1.0)
        if target.high is None:
            return over
        under = _side(current, target.high, baseline, -1.0)
        inside = (current >= target.low) & (current <= target.high)
        outside = np.where(current < target.low, over, under)
        return np.where(np.isfinite(current), np.where(inside, 1.0, outside), np.nan)


def _side(current: Floats, bound: float | None, baseline: float, sign: float) -> Floats:
    if bound is None or not np.isfinite(baseline) or bound == baseline:
        return np.full(np.shape(current), np.nan)
    result: Floats = 1 + sign * (current - bound) / abs(bound - baseline)
    return np.where(np.isfinite(result), result, np.nan)
