"""The translation table of the monthly review: was the child reached, and did its parent move?

It sorts what is known; whether a movement has to do with the child is the matter of the vanity test.
"""

from dataclasses import dataclass
from math import isfinite
from typing import Literal

Quadrant = Literal["both", "child_only", "parent_only", "neither", "unknown"]
Direction = Literal["up", "down", "within"]

_SENTENCES: dict[tuple[bool, bool], tuple[Quadrant, str]] = {
    (True, True): ("both", "The child was reached and the parent moved: the translation works so far."),
    (True, False): (
        "child_only",
        "The child was reached and the parent did not move: vanity is suspected, look at the vanity test.",
    ),
    (False, True): (
        "parent_only",
        "The parent moved without this child: something else moves it, and this child may not be needed.",
    ),
    (False, False): ("neither", "Neither the child was reached nor did the parent move: help the child first."),
}


@dataclass(frozen=True, slots=True)
class Translation:
    """One cell of the table.

    Attributes:
        quadrant: which cell.
        sentence: what it means, for people; association only.
    """

    quadrant: Quadrant
    sentence: str


def translate(child_reached: bool | None, parent_moved: bool | None) -> Translation:
    """Return the cell of a child and its parent.

    Args:
        child_reached: whether the child is achieved or as far as expected; None when that is not known.
        parent_moved: whether the parent moved the wanted way (`has_moved`); None when that is not known.
    """
    if child_reached is not None and parent_moved is not None:
        return Translation(*_SENTENCES[child_reached, parent_moved])
    if child_reached is None and parent_moved is None:
        missing = "whether the child was reached or the parent moved"
    else:
        missing = "whether the child was reached" if child_reached is None else "whether the parent moved"
    return Translation("unknown", f"It is not known {missing}, so nothing is said of the translation.")


def has_moved(
    baseline: float | None, current_low: float | None, current_high: float | None, direction: Direction
) -> bool | None:
    """Return whether a value moved the wanted way: its whole interval lies on that side of the baseline.

    An interval that holds the baseline has not moved visibly, which is False and not unknown: a movement that chance
    explains is none that a review can count on. The baseline counts as exact.

    Args:
        baseline: in the metric's unit.
        current_low, current_high: interval of the current value.
        direction: the wanted way. ``within`` (a range) has no side; ask with the way to its nearest bound.

    Returns:
        None when a number is missing, not finite or out of order, or when the direction has no side.
    """
    if baseline is None or current_low is None or current_high is None or direction == "within":
        return None
    if not all(isfinite(number) for number in (baseline, current_low, current_high)) or current_low > current_high:
        return None
    return current_low > baseline if direction == "up" else current_high < baseline
