"""What one call of the landing did, for the asset that wraps it and for the person who reads the run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from okr_pipeline.landing.manifest import Manifest, Verdict, WeekFile, WeekRecord

WeekOutcome = Literal["landed", "unchanged", "contract_failed", "volume_failed", "empty", "missing"]


@dataclass(frozen=True)
class WeekReport:
    """One week that was asked for."""

    week_start: date
    """Monday of the week."""
    outcome: WeekOutcome
    """``landed`` is a new or restated file, ``unchanged`` the file there was."""
    reason: str
    """Why, in words; empty for ``landed`` and ``unchanged``."""
    rows: int
    """Rows judged."""
    sha256: str | None
    """Of the current file, None without one."""
    changed: bool
    """Whether the week's current file is another one than before, or no longer there."""


@dataclass(frozen=True)
class LandingReport:
    """One table after `Landing.land` or `Landing.record_failure`."""

    table: tuple[str, str]
    """``(system, table)``."""
    verdict: Verdict
    """Of the newest week asked."""
    reason: str
    """Why, in words; empty for ``landed`` and ``unchanged``."""
    weeks: tuple[WeekReport, ...]
    """Every week asked, in order."""
    rows_read: int
    """Rows of the weeks that were read."""
    manifest: Manifest
    """The table's state afterwards."""

    @property
    def changed_weeks(self) -> tuple[date, ...]:
        """Weeks whose numbers must be computed again."""
        return tuple(week.week_start for week in self.weeks if week.changed)


def week_reports(
    asked: Iterable[date],
    before: Mapping[date, WeekFile],
    after: Mapping[date, WeekFile],
    records: Mapping[date, WeekRecord],
) -> tuple[WeekReport, ...]:
    """Return one report for each week asked, in order."""
    reports = []
    for week in sorted(asked):
        old, new, record = before.get(week), after.get(week), records[week]
        changed = (old.sha256 if old else None) != (new.sha256 if new else None)
        outcome: WeekOutcome = "unchanged" if record.outcome == "landed" and not changed else record.outcome
        reports.append(WeekReport(week, outcome, record.reason, record.rows, new.sha256 if new else None, changed))
    return tuple(reports)
