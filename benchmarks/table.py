"""The printed table. Nothing is measured here."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One row of the speed table."""

    what: str
    reach: str
    """The target, in the words of the design."""
    measured: str
    note: str
    """What the two sides of a ratio were, or why the figure does not compare with the target."""


def median(values: Sequence[float]) -> float:
    """Return the median as a plain float."""
    return float(statistics.median(values))


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """Return the ratio of the medians, e.g. ``1.42 x``."""
    return f"{median(ours) / median(theirs):.2f} x"


def seconds(values: Sequence[float]) -> str:
    """Return the median and the range, because a busy machine shows in the range."""
    if max(values) < 1:
        return f"{median(values) * 1000:.0f} ms ({min(values) * 1000:.0f}-{max(values) * 1000:.0f})"
    return f"{median(values):.2f} s ({min(values):.2f}-{max(values):.2f})"


def head() -> str:
    """Return the head of the table as Markdown, so that it can be pasted into a report."""
    return "| what | reach | measured | note |\n|---|---|---|---|"


def row(line: Line) -> str:
    """Return one row of the table as Markdown."""
    return f"| {line.what} | {line.reach} | {line.measured} | {line.note} |"
