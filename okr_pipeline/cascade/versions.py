"""Two versions of one key result's definition, compared: what was changed, and whether the target became easier.

When a change was made, and whether it may be, is not decided here (`ledger`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from math import inf, isclose
from typing import Literal

from okr_pipeline.cascade.progress import TargetRange

Field = Literal["target", "baseline", "due", "weight", "owner", "metric", "where", "window", "cycle"]
Effect = Literal["easier", "harder", "neither", "unknown"]

TOLERANCE_RATIO = 1e-9  # numbers that went through a file and back are the same
_RELATIVE = re.compile(r"(reduce|increase) by at least ([0-9.e+-]+)%")
_MEASURED = "measured over "


@dataclass(frozen=True, slots=True)
class Version:
    """What one version of a key result's definition says; None is what an earlier release did not publish.

    Attributes:
        key_result_id: stable id.
        definition_hash: of this version.
        is_current: whether it is the one in force.
        first_published_at: when it was first published (aware).
        cycle, cycle_start: planning cycle and its first day.
        owner: role that answers for it.
        metric, unit, where, window: what is measured, in which unit, of which part of the organisation.
        weight: in the roll-up of its objective.
        minimum_cases: fewer cases are inconclusive.
        due: last day.
        target_set_on: day on which the target was decided, as declared.
        target: in words, to six significant digits, e.g. ``reduce by at least 25%``.
        baseline_definition: ``measured over 2026-W14..2026-W26``, or number and source.
        baseline: in the metric's unit, as measured when this version was last published; None when unknown.
        target_low, target_high: bounds in the metric's unit at that baseline; both None when unknown.
    """

    key_result_id: str
    definition_hash: str
    is_current: bool
    first_published_at: datetime
    cycle: str
    cycle_start: date | None
    owner: str | None
    metric: str
    unit: str
    where: str | None
    window: str | None
    weight: float | None
    minimum_cases: int | None
    due: date | None
    target_set_on: date | None
    target: str | None
    baseline_definition: str | None
    baseline: float | None
    target_low: float | None
    target_high: float | None

    @property
    def bounds(self) -> TargetRange:
        """The values that meet the target."""
        return TargetRange(self.target_low, self.target_high)

    @property
    def target_words(self) -> str:
        """The target as defined; in numbers where an earlier release published no words."""
        if self.target is not None:
            return self.target
        if self.target_low is not None and self.target_high is not None:
            return f"between {self.target_low:g} and {self.target_high:g}"
        if self.target_low is not None:
            return f"at least {self.target_low:g}"
        return "unknown" if self.target_high is None else f"at most {self.target_high:g}"

    @property
    def _share(self) -> float | None:
        """The signed relative change that the target asks for, as defined; None for an absolute or unknown target."""
        found = _RELATIVE.fullmatch(self.target or "")
        return None if found is None else float(found[2]) / 100 * (1 if found[1] == "increase" else -1)

    @property
    def _share_in_numbers(self) -> float | None:
        """The relative change from the baseline to the only bound, whether or not the target is defined so."""
        one = [bound for bound in (self.target_low, self.target_high) if bound is not None]
        if len(one) != 1 or not self.baseline:
            return None
        return (one[0] - self.baseline) / abs(self.baseline)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two versions say differently.

    Attributes:
        field: what was changed.
        before, after: as people read it.
        effect: whether what is to be reached by when became easier or harder; ``neither`` when the change has no such
            direction, ``unknown`` when it has one that the published numbers cannot tell.
    """

    field: Field
    before: str
    after: str
    effect: Effect


def baseline_words(value: float | None, source: str | None, measured_over: str | None) -> str:
    """Spell a baseline as defined: ``measured over 2026-W14..2026-W26``, or ``480 (annual report)``."""
    return f"{_MEASURED}{measured_over}" if measured_over is not None else f"{value:g} ({source})"


def differences(old: Version, new: Version) -> tuple[Difference, ...]:
    """Return what the newer version changes, in the order of `Field`; what either does not say is not compared.

    A baseline that was merely measured again is no change: baselines are compared as defined, and so are targets.
    Without words on one side (an earlier release) numbers are compared: bounds that moved in step with the baseline
    are then no change, and neither is another number of a baseline that is, or may be, measured.
    """
    return tuple(_differences(old, new)) if old.definition_hash != new.definition_hash else ()


def _differences(old: Version, new: Version) -> Iterator[Difference]:
    if not _same_target(old, new):
        yield Difference("target", old.target_words, new.target_words, _target_effect(old, new))
    if not _same_baseline(old, new):
        before = f"{old.baseline:g}" if old.baseline_definition is None else old.baseline_definition
        yield Difference("baseline", before, str(new.baseline_definition), _baseline_effect(old, new))
    if old.due is not None and new.due is not None and old.due != new.due:
        yield Difference("due", str(old.due), str(new.due), "easier" if new.due > old.due else "harder")
    if old.weight is not None and new.weight is not None and not _close(old.weight, new.weight):
        yield Difference("weight", f"{old.weight:g}", f"{new.weight:g}", "neither")
    others: tuple[Field, ...] = ("owner", "metric", "where", "window", "cycle")
    for name in others:
        before, after = getattr(old, name), getattr(new, name)
        if before is not None and after is not None and before != after:
            yield Difference(name, before, after, "unknown" if name in ("metric", "where", "window") else "neither")


def _same_target(old: Version, new: Version) -> bool:
    if old.target is not None and new.target is not None:
        return old.target == new.target
    if not (old.bounds.is_known and new.bounds.is_known):
        return True
    if _close(old.target_low, new.target_low) and _close(old.target_high, new.target_high):
        return True
    is_absolute = any(version.target is not None and version._share is None for version in (old, new))
    was, now = old._share_in_numbers, new._share_in_numbers
    return not is_absolute and was is not None and _close(was, now)


def _same_baseline(old: Version, new: Version) -> bool:
    if old.baseline_definition is not None and new.baseline_definition is not None:
        return old.baseline_definition == new.baseline_definition
    if new.baseline_definition is None or new.baseline_definition.startswith(_MEASURED):
        return True
    return old.baseline is None or new.baseline is None or _close(old.baseline, new.baseline)


def _target_effect(old: Version, new: Version) -> Effect:
    if (old.metric, old.unit) != (new.metric, new.unit):
        return "unknown"
    was, now = old._share, new._share
    if was is not None and now is not None and (was > 0) == (now > 0):  # as defined: baselines do not disturb it
        return _widened(TargetRange(None, -abs(was)), TargetRange(None, -abs(now)))
    return _widened(old.bounds, new.bounds)


def _baseline_effect(old: Version, new: Version) -> Effect:
    """Tell whether the values that meet the new target became more because of its baseline.

    Only a relative target moves with its baseline. Under an absolute one another baseline changes the progress that is
    shown, not what has to be reached.
    """
    share = new._share
    if share is None:
        return "neither"
    if old.baseline is None or new.baseline is None or (old.metric, old.unit) != (new.metric, new.unit):
        return "unknown"
    was, now = (number + abs(number) * share for number in (old.baseline, new.baseline))
    return _widened(*(TargetRange(each, None) if share > 0 else TargetRange(None, each) for each in (was, now)))


def _widened(old: TargetRange, new: TargetRange) -> Effect:
    if not (old.is_known and new.is_known):
        return "unknown"
    lows = [-inf if each.low is None else each.low for each in (old, new)]
    highs = [inf if each.high is None else each.high for each in (old, new)]
    wider = lows[1] <= lows[0] and highs[1] >= highs[0]
    narrower = lows[1] >= lows[0] and highs[1] <= highs[0]
    if wider == narrower:  # the same values, or a range that was shifted
        return "neither"
    return "easier" if wider else "harder"


def _close(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return isclose(one, other, rel_tol=TOLERANCE_RATIO, abs_tol=0.0)
