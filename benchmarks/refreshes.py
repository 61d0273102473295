"""Runs the whole command ``okr refresh`` as people do, and keeps what each run cost; the rows are made of these.

The newest weeks are refreshed one by one in two homes in turn: same files, same week, long history and short.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.company import deliver, found_home, iso
from benchmarks.processes import BIN, PROJECT, Measured, run, run_module

EARLY_WEEKS = 4


@dataclass(frozen=True)
class Refreshes:
    """What was run, in runs of `okr refresh` and of what Dagster and dbt cost alone."""

    history: int
    """Weeks before the first weekly refresh in the home with the long history."""
    backfill: Measured
    late: list[Measured]
    early: list[Measured]
    noop: list[Measured]
    parse: list[Measured]
    """``dbt parse`` of everything."""
    parse_known: list[Measured]
    """``dbt parse`` where nothing has changed since the last."""


def measure(origin: Path, late: Path, early: Path, past: Sequence[date], new: Sequence[date]) -> Refreshes:
    """Backfill ``past`` into ``late``, and its last weeks into ``early``; then refresh each of ``new`` in both."""
    found_home(origin, late, past)
    backfill = _refresh(late, past[0], past[-1])
    recent = past[-EARLY_WEEKS:]
    found_home(origin, early, recent)
    _refresh(early, recent[0], recent[-1])
    floor = origin.parent / "floor"
    run_module("noop", floor)  # makes the instance; a refresh of a new week finds one, too
    _parse(floor, "--no-partial-parse")
    runs = Refreshes(len(past), backfill, [], [], [], [], [])
    for week in new:
        for home, kept in ((late, runs.late), (early, runs.early)):
            deliver(origin, home, week)
            kept.append(_refresh(home, week, week))
        runs.noop.append(run_module("noop", floor))
        runs.parse.append(_parse(floor, "--no-partial-parse"))
        runs.parse_known.append(_parse(floor, "--partial-parse"))
    return runs


def _refresh(home: Path, first: date, last: date) -> Measured:
    return run([str(BIN / "okr"), "refresh", "--from", iso(first), "--to", iso(last)], home)


def _parse(floor: Path, how: str) -> Measured:
    dbt = str(PROJECT / "dbt_project")
    quiet = ["--quiet", "--no-send-anonymous-usage-stats", "--no-version-check"]
    places = ["--project-dir", dbt, "--profiles-dir", dbt]
    places += ["--target-path", str(floor / "target"), "--log-path", str(floor / "logs")]
    return run([str(BIN / "dbt"), *quiet, "parse", how, *places], floor)
