"""Row: the whole command for one new week against what Dagster and dbt cost without doing anything."""

from benchmarks.refreshes import Refreshes
from benchmarks.table import Line, ratio, seconds


def line(runs: Refreshes) -> Line:
    """Compare the cold refreshes with the sum of the two floors."""
    ours = [run.seconds for run in runs.late]
    noop = [run.seconds for run in runs.noop]
    parse = [run.seconds for run in runs.parse]
    known = [run.seconds for run in runs.parse_known]
    floors = [a + b for a, b in zip(noop, parse, strict=True)]
    beside_known = ratio(ours, [a + b for a, b in zip(noop, known, strict=True)])
    return Line(
        "whole cold `okr refresh` of one new week, Dagster and dbt included",
        "<= 1.3 x (cold no-op Dagster asset + cold `dbt parse`)",
        ratio(ours, floors),
        f"{seconds(ours)} against no-op {seconds(noop)} + full parse {seconds(parse)}; "
        f"{beside_known} with a partial parse of {seconds(known)}",
    )
