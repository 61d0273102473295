"""Row: the first refresh of a new home, over all of its history."""

from benchmarks.refreshes import Refreshes
from benchmarks.table import Line


def line(runs: Refreshes) -> Line:
    """Show the seconds of the one backfill; a shorter one is scaled in the note, not in the figure."""
    took = runs.backfill.seconds
    scaled = "" if runs.history == 104 else f"; in proportion {took * 104 / runs.history:.0f} s for 104"
    return Line(
        "104-week backfill (four weeks a pass)",
        "<= 45 s",
        f"{took:.1f} s for {runs.history} weeks",
        f"one cold `okr refresh --from --to`, landing included{scaled}",
    )
