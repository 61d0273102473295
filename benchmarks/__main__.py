"""Prints the speed table: ``python -m benchmarks [--rows N] [--weeks N] [--runs N]``.

Everything happens in a folder of its own below the temporary directory and is removed afterwards. Each row is printed
as soon as it is measured, so that a step that fails costs no row but its own. The row "health of 10,000 key results"
is measured by ``python -m benchmarks.ten_thousand``, the error rates of the methods by ``benchmarks.methods``.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import (
    backfill,
    cold_refresh,
    landing_rows,
    late_week,
    memory,
    publishing,
    refreshes,
    warm,
)
from benchmarks.company import weeks_until_last
from benchmarks.processes import run_module
from benchmarks.table import Line, head, row

TARGET_ROWS = 1_000_000
"""Interactions a week that the targets of the design are about."""


def main() -> None:
    """Simulate, measure and print; progress goes to standard error."""
    options = _options()
    weeks = weeks_until_last(options.weeks + 2 * options.runs + 2)
    past, cold_weeks = weeks[: options.weeks], weeks[options.weeks : options.weeks + options.runs]
    warm_weeks, publish_week = weeks[options.weeks + options.runs : -1], weeks[-1]
    print(f"{options.rows:,} interactions a week, {options.weeks} weeks of history, medians of {options.runs} runs")
    if options.rows < TARGET_ROWS:
        print(
            f"The targets are for {TARGET_ROWS:,} interactions a week: with fewer, fixed costs make the ratios larger."
        )
    print(head(), flush=True)
    with tempfile.TemporaryDirectory(prefix="okr-bench-") as folder:
        base = Path(folder)
        origin, late, early = base / "origin", base / "late", base / "early"
        _say(f"simulating {len(weeks)} weeks of {options.rows:,} interactions")
        run_module("company", origin, str(len(weeks)), str(options.rows))
        _say("landing against a plain copy")
        landed = run_module("landing_rows", base / "landing", str(origin), str(options.runs)).document()
        _show(landing_rows.line(landed))
        _say(f"backfill of {len(past)} weeks, then cold refreshes with long and with short history")
        runs = refreshes.measure(origin, late, early, past, cold_weeks)
        _show(backfill.line(runs), cold_refresh.line(runs), late_week.line(runs), memory.line(runs))
        _say("new weeks inside a running process")
        warmed = run_module("warm", late, str(origin), *map(str, warm_weeks)).document()
        _show(*warm.lines(warmed, len(past) + len(cold_weeks)))
        _say("publishing with a reader")
        published = run_module("publishing", late, str(origin), str(publish_week)).document()
        _show(publishing.line(published))


def _show(*lines: Line) -> None:
    for line in lines:
        print(row(line), flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=TARGET_ROWS, help="interactions a week")
    parser.add_argument("--weeks", type=int, default=104, help="weeks of history before the first weekly refresh")
    parser.add_argument("--runs", type=int, default=3, help="interleaved runs of each side")
    options = parser.parse_args()
    if options.weeks < refreshes.EARLY_WEEKS or options.runs < 1 or options.rows < 1:
        parser.error(f"--weeks is at least {refreshes.EARLY_WEEKS}, --runs and --rows at least 1")
    return options


def _say(step: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {step}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
