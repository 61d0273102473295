"""Row: peak memory of a weekly refresh and of a backfill, each a process of its own."""

from benchmarks.refreshes import Refreshes
from benchmarks.table import Line


def line(runs: Refreshes) -> Line:
    """Show the highest of the weekly refreshes, not their median: memory is a limit."""
    weekly = [run.peak_mebibytes for run in runs.late]
    return Line(
        "peak memory of a weekly refresh / of a 104-week backfill",
        "<= 450 MiB / <= 450 MiB",
        f"{max(weekly):.0f} MiB / {runs.backfill.peak_mebibytes:.0f} MiB",
        f"highest of {len(weekly)} runs ({min(weekly):.0f}-{max(weekly):.0f}) / one backfill of {runs.history} weeks",
    )
