"""Row: a week late in the history against the same week with little history before it."""

from benchmarks.refreshes import EARLY_WEEKS, Refreshes
from benchmarks.table import Line, ratio, seconds


def line(runs: Refreshes) -> Line:
    """Compare cold refreshes of the same weeks."""
    late, early = [run.seconds for run in runs.late], [run.seconds for run in runs.early]
    return Line(
        f"week {runs.history + 1} against week {EARLY_WEEKS + 1}",
        "<= 1.1 x (week 105 against week 5)",
        ratio(late, early),
        f"cold, same calendar weeks in two homes; {seconds(late)} against {seconds(early)}"
        + ("" if runs.history >= 104 else f"; history of {runs.history} weeks only"),
    )
