"""The arithmetic of a draft's targets: how far, how sure, and from where the number comes.

Pure numbers in a metric's unit. Which metric gets which target is decided by the modules that draft.
"""

from dataclasses import dataclass
from math import ceil, floor
from typing import Literal

Direction = Literal["up", "down"]

CLAIM_MARGIN_RATIO = 0.25
"""A claim reaches a quarter below and above its share, so the favourable ends of all links exceed the need."""
CHANGE_MAX_RATIO = 0.5
"""No draft asks for more than half of a time or count by itself: beyond it the work is another work."""
ADOPTION_WAY_RATIO = 0.5
"""An adoption is to reach half of those who are still without it, unless a lever says more exactly."""
ADOPTION_MAX = 0.95
GUARD_SLACK_RATIO = 0.1
"""A guard may give way by a tenth of its level: less is noise, more is a price."""
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Aim:
    """A target as a number.

    Attributes:
        value: value that meets the target, in the metric's unit.
        change_ratio: signed change against the baseline.
        basis: where the number comes from, in words.
    """

    value: float
    change_ratio: float
    basis: str


@dataclass(frozen=True)
class Yardstick:
    """A value that a target has to beat, and what it is."""

    value: float
    words: str


def outcome_aim(
    baseline: float,
    direction: Direction,
    change_ratio: float,
    yardsticks: tuple[Yardstick, ...],
    *,
    basis: str,
    is_share: bool,
) -> Aim:
    """Return the target of an outcome: the wanted change, or more where a yardstick has already been reached.

    Args:
        baseline: value before the cycle; not 0.
        direction: which way is better.
        change_ratio: relative change that is wanted, without sign.
        yardsticks: what the target has to be harder than.
        basis: where the wanted change comes from.
        is_share: whether the value lies between 0 and 1; a share is rounded to a hundredth (below .1 to a
            thousandth) and never goes more than half of the way to its end, other values change by whole percent.
    """
    sign = 1 if direction == "up" else -1
    wanted = baseline + sign * abs(baseline) * change_ratio
    if is_share:
        end = 1.0 if direction == "up" else 0.0
        halfway = (baseline + end) / 2
        if sign * (wanted - halfway) > 0:
            wanted, basis = halfway, f"half of the way to {end:.0%}; the need asks for more"
    for yardstick in yardsticks:
        if sign * (wanted - yardstick.value) <= 0:
            wanted, basis = yardstick.value, f"better than {yardstick.words}"
    if is_share:
        value = beyond(wanted, direction, [yardstick.value for yardstick in yardsticks] + [baseline])
        return Aim(value, value / baseline - 1, basis)
    percent = max(ceil(abs(wanted / baseline - 1) * 100 - _ROUNDING), 1)
    while any(sign * (_moved(baseline, sign, percent) - other.value) <= 0 for other in yardsticks) and percent < 99:
        percent += 1
    return Aim(_moved(baseline, sign, percent), sign * percent / 100, basis)


def adoption_aim(
    baseline: float, yardsticks: tuple[Yardstick, ...], limit: Yardstick, change_ratio: float | None = None
) -> Aim | None:
    """Return the target of an adoption share; None where the limit leaves no room above baseline and yardsticks.

    Args:
        baseline: share before the cycle.
        yardsticks: what the target has to be harder than.
        limit: the highest share that may be asked for.
        change_ratio: relative change that a lever asks for; half of the way to everybody if None.
    """
    if change_ratio is None:
        wanted, basis = baseline + (1 - baseline) * ADOPTION_WAY_RATIO, "half of those who are still without it"
    else:
        wanted, basis = baseline * (1 + change_ratio), "what the lever in strategy.yml asks for"
    for yardstick in yardsticks:
        if wanted <= yardstick.value:
            wanted, basis = yardstick.value, f"better than {yardstick.words}"
    floor_value = [yardstick.value for yardstick in yardsticks] + [baseline]
    value = beyond(wanted, "up", floor_value)
    if value > limit.value + _ROUNDING:
        value, basis = floor(limit.value * 100 + _ROUNDING) / 100, limit.words
    if value <= max(floor_value):
        return None
    return Aim(value, value / baseline - 1, basis)


def guard_limit(baseline: float, direction: Direction, *, is_share: bool) -> float:
    """Return the value that a guard has to hold: a tenth worse than the baseline, of the smaller side for a share."""
    level = min(baseline, 1 - baseline) if is_share else abs(baseline)
    sign = 1 if direction == "up" else -1
    worse = baseline - sign * level * GUARD_SLACK_RATIO
    if is_share:
        worse = min(max(worse, 0.0), 1.0)
    step = _step(worse)
    # Rounded away from the baseline: a guard that the baseline itself just meets would alarm by chance.
    rounded = (floor(worse / step + _ROUNDING) if direction == "up" else ceil(worse / step - _ROUNDING)) * step
    return float(f"{rounded:.10g}")


def claim(change_ratio: float, parts: int) -> tuple[float, float]:
    """Return what one of several equal parts claims of a parent's change: lowest and highest, signed, in order.

    The favourable ends of all parts sum to the change and a quarter, so that one late part does not decide alone.
    They are rounded away from 0 to a tenth of a percent, never below what is needed.
    """
    share = abs(change_ratio) / parts
    near = floor(share * (1 - CLAIM_MARGIN_RATIO) * 1000 + _ROUNDING) / 1000
    far = ceil(share * (1 + CLAIM_MARGIN_RATIO) * 1000 - _ROUNDING) / 1000
    return (near, far) if change_ratio > 0 else (-far, -near)


def round_cases(cases: float) -> int:
    """Return a number of cases cut to two digits, so that a draft does not look more exact than it is; at least 1."""
    whole = max(int(cases), 1)
    step = int("1" + "0" * max(len(str(whole)) - 2, 0))
    return whole // step * step


def beyond(value: float, direction: Direction, others: list[float]) -> float:
    """Round a value away from where it starts, until it is strictly past all others."""
    sign = 1 if direction == "up" else -1
    step = _step(value)
    steps = ceil(value / step - _ROUNDING) if direction == "up" else floor(value / step + _ROUNDING)
    while any(sign * (steps * step - other) <= _ROUNDING for other in others):
        steps += sign
    return float(f"{steps * step:.10g}")


def _step(value: float) -> float:
    """Return the place to round to: a hundredth from .1 on, a thousandth below, and two to three digits above 10."""
    size = abs(value)
    if size < 0.1:
        return 0.001
    if size < 1:
        return 0.01
    return float(10 ** (len(str(int(size))) - 2))


def _moved(baseline: float, sign: int, percent: int) -> float:
    return baseline + sign * abs(baseline) * percent / 100
