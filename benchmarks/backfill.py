"""Row: the first refresh of a new home, over all of its history."""

from benchmarks.refreshes import Refreshes
from benchmarks.table import Line


def line(runs: Refreshes) -> Line:
    """Show the seconds of the one backfill; a shorter one is not scaled, as starting up is a large part of it."""
    took = runs.backfill.seconds
    shorter = "" if runs.history >= 104 else "; shorter than the target's, so the two do not compare"
    return Line(
        "104-week backfill (four weeks a pass)",
        "<= 45 s",
        f"{took:.1f} s for {runs.history} weeks",
        f"one cold `okr refresh --from --to`, landing included{shorter}",
    )
