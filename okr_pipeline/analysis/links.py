"""Whether the children of a key result could move it at all: their claims, added up, against what it needs.

Arithmetic on what people wrote; whether the parent did move is the matter of the vanity test and of `translation`.

The claims (`moves_parent`) are relative changes of one and the same baseline, each as if its child alone reached its
target, so they are added and not compounded. If all claims have one sign and sum to s, the compounded change lies
between s and exp(s) - 1: the sum overstates a fall of 30 % by at most 4 points and understates a rise of 20 % by at
most 2, less than the width of a claim; the error grows with the square of s. For falls it never raises
`cannot_move_parent`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import fsum, isfinite
from typing import Literal

from okr_pipeline.cascade.issues import listed
from okr_pipeline.cascade.model import Cascade, KeyResult
from okr_pipeline.cascade.wording import figure

LinkVerdict = Literal["enough", "may_be_enough", "cannot_move_parent", "not_assessed"]
_ROUNDING = 1e-9  # claims of 10 % and 20 % reach a needed 30 %


@dataclass(frozen=True, slots=True)
class ParentBounds:
    """Where a parent key result starts and what meets its target, in the metric's unit.

    Attributes:
        baseline: given or measured; None or NaN when it is not known.
        target_low, target_high: smallest and largest value that meets the target; None is unbounded.
    """

    baseline: float | None
    target_low: float | None
    target_high: float | None


@dataclass(frozen=True, slots=True)
class ChildClaim:
    """What one child says that reaching its target does to the parent.

    Attributes:
        key_result_id: the child.
        low_ratio, high_ratio: lowest and highest relative change of the parent, signed, low <= high.
        lag_weeks: weeks until the parent moves.
        source: what the claim rests on.
    """

    key_result_id: str
    low_ratio: float
    high_ratio: float
    lag_weeks: int
    source: str


@dataclass(frozen=True, slots=True)
class LinkBudget:
    """What a parent key result needs beside what its children would deliver.

    Attributes:
        parent_id: the key result that is to be moved.
        needed_ratio: relative change from the baseline to the nearest bound of the target, signed; 0 when the
            baseline meets the target; None when it cannot be told.
        delivered_low_ratio, delivered_high_ratio: sums of the claims; None when no child makes one.
        children: the claims.
        silent: children that claim nothing, though they are neither guards nor launches.
        verdict: ``enough`` if even the unfavourable end of the sum reaches the target, ``may_be_enough`` if only the
            favourable end does, ``cannot_move_parent`` if neither does, ``not_assessed`` if it cannot be told.
        reason: one sentence for people.
    """

    parent_id: str
    needed_ratio: float | None
    delivered_low_ratio: float | None
    delivered_high_ratio: float | None
    children: tuple[ChildClaim, ...]
    silent: tuple[str, ...]
    verdict: LinkVerdict
    reason: str


def link_budgets(cascade: Cascade, bounds: Mapping[str, ParentBounds]) -> tuple[LinkBudget, ...]:
    """Return the budget of every key result above the team level, in the order of the cascade.

    A guard or a launch that nothing takes up is left out: it needs no children. Any other is `not_assessed` then.

    Args:
        cascade: the cascade.
        bounds: baseline and target by id of the parent; one that is missing is not known.
    """
    guards = {guard for result in cascade.key_results for guard in result.guarded_by}
    budgets = []
    for parent in cascade.key_results:
        children = tuple(child for objective in cascade.children_of(parent) for child in objective.key_results)
        needs_children = parent.level != "team" and parent.id not in guards and parent.deploys is None
        if children or needs_children:
            budgets.append(_budget(parent, children, guards, bounds.get(parent.id, ParentBounds(None, None, None))))
    return tuple(budgets)


def _budget(
    parent: KeyResult, children: tuple[KeyResult, ...], guards: Collection[str], bounds: ParentBounds
) -> LinkBudget:
    claims = tuple(_claim(child) for child in children)
    made = tuple(claim for claim in claims if claim is not None)
    # A guard or a launch without a claim is not silent: it is there to protect or to begin, not to move.
    silent = tuple(
        child.id for child in children if child.contributes is None and child.id not in guards and child.deploys is None
    )
    allowed = _allowed(bounds)
    delivered = _delivered(made)
    needed = None if isinstance(allowed, str) else _nearest(*allowed)
    verdict, reason = _judged(allowed, delivered, silent, has_children=bool(children))
    low, high = delivered or (None, None)
    return LinkBudget(parent.id, needed, low, high, made, silent, verdict, reason)


def _claim(child: KeyResult) -> ChildClaim | None:
    if child.contributes is None:
        return None
    low, high = child.contributes.moves_parent
    return ChildClaim(child.id, low, high, child.contributes.lag_weeks, child.contributes.source)


def _delivered(claims: tuple[ChildClaim, ...]) -> tuple[float, float] | None:
    if not claims:
        return None
    return fsum(claim.low_ratio for claim in claims), fsum(claim.high_ratio for claim in claims)


def _allowed(bounds: ParentBounds) -> tuple[float, float] | str:
    """Return the relative changes that meet the target, from lowest to highest, or why they cannot be told."""
    baseline = bounds.baseline
    if baseline is None or not isfinite(baseline):
        return "its baseline is not known"
    if baseline == 0:
        return "its baseline is 0: a relative change needs something to be relative to"
    known = [bound for bound in (bounds.target_low, bounds.target_high) if bound is not None]
    if not known or not all(isfinite(bound) for bound in known):
        return "its target is not known"
    low = -float("inf") if bounds.target_low is None else (bounds.target_low - baseline) / abs(baseline)
    high = float("inf") if bounds.target_high is None else (bounds.target_high - baseline) / abs(baseline)
    return low, high


def _nearest(low: float, high: float) -> float:
    """Return the smallest change that meets the target; 0 if no change does."""
    if low > _ROUNDING:
        return low
    return high if high < -_ROUNDING else 0.0


def _judged(
    allowed: tuple[float, float] | str,
    delivered: tuple[float, float] | None,
    silent: tuple[str, ...],
    *,
    has_children: bool,
) -> tuple[LinkVerdict, str]:
    if not has_children:
        return "not_assessed", "Not assessed: no objective below takes it up, so nothing is claimed."
    if isinstance(allowed, str):
        return "not_assessed", f"Not assessed: {allowed}."
    needed = _nearest(*allowed)
    if delivered is not None:
        return _compared(allowed, needed, delivered, silent)
    if needed == 0:
        return "enough", "Its baseline already meets the target, and no child claims to move it."
    return "not_assessed", f"Not assessed: it needs {_signed(needed)}, and {_without_claim(silent)}."


def _compared(
    allowed: tuple[float, float], needed: float, delivered: tuple[float, float], silent: tuple[str, ...]
) -> tuple[LinkVerdict, str]:
    reaching_count = sum(_reaches(end, needed) for end in delivered)
    sums = _sums(needed, delivered)
    if reaching_count == 0 and silent:
        # The sum is short of what the silent ones would add.
        return "not_assessed", f"Not assessed: {sums}, but {_without_claim(silent)}."
    if reaching_count == 0:
        return "cannot_move_parent", f"Even the favourable end falls short: {sums}."
    also = f" Besides, {_without_claim(silent)}." if silent else ""
    if _leaves(allowed, needed, delivered):
        # A parent that its own children push out of its target is no good news.
        return "may_be_enough", f"The claims may lead out of the target on its far side: {sums}.{also}"
    if needed == 0:
        return "enough", f"{sums[0].upper()}{sums[1:]}.{also}"
    if reaching_count == 2:
        return "enough", f"Even the unfavourable end reaches the target: {sums}.{also}"
    return "may_be_enough", f"Only the favourable end reaches the target: {sums}.{also}"


def _reaches(change: float, needed: float) -> bool:
    if needed == 0:
        return True
    return change >= needed - _ROUNDING if needed > 0 else change <= needed + _ROUNDING


def _leaves(allowed: tuple[float, float], needed: float, delivered: tuple[float, float]) -> bool:
    """Return whether an end of the sum lies beyond the target, seen from the baseline."""
    beyond = needed >= 0 and delivered[1] > allowed[1] + _ROUNDING
    return beyond or (needed <= 0 and delivered[0] < allowed[0] - _ROUNDING)


def _sums(needed: float, delivered: tuple[float, float]) -> str:
    low, high = (_signed(end) for end in delivered)
    claimed = low if low == high else f"{low} to {high}"
    wanted = f"it needs {_signed(needed)}" if needed else "its baseline already meets the target"
    return f"{wanted}, and its children claim {claimed} together"


def _without_claim(silent: tuple[str, ...]) -> str:
    if not silent:
        return "none of its children is there to move it"
    verb = "claims" if len(silent) == 1 else "claim"
    return f"{listed(silent)} {verb} no effect on it (no `contributes`)"


def _signed(ratio: float) -> str:
    return f"{'+' if ratio > 0 else ''}{figure(ratio, 'ratio')}"
