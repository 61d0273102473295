"""What becomes of a week and of a table: pure decisions over counts, no engine and no files.

A week that breaks its contract is failed alone; the weeks around it land. Unknown is never a success.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from okr_pipeline.cascade.weeks import WEEK, iso_week, week_bounds
from okr_pipeline.landing.batch import Judged
from okr_pipeline.landing.manifest import Outcome, Verdict, WeekFile, WeekRecord
from okr_pipeline.sources.contract import SourceTable

LOOK_BACK_WEEKS = 4
"""Closed weeks that a refresh reads again, for late and restated rows; a failure in one of them fails the table."""
_MONTHLY_PATIENCE = timedelta(days=45)
"""A monthly table without rows this long after its newest event is between two months, not missing."""
_HISTORY_WEEKS = 8
_LEAST_HISTORY_WEEKS = 4


@dataclass(frozen=True)
class Span:
    """The plausible moments a system has shown, in UTC."""

    first_event: datetime | None
    """The earliest."""
    newest_event: datetime | None
    """The latest."""

    def passes(self, week: date, zone: ZoneInfo, patience: timedelta) -> bool:
        """Tell whether the system has rows before the end of ``week``, and after it or within
        ``patience`` of it."""
        end = week_bounds(week, zone)[1]
        if self.first_event is None or self.newest_event is None:
            return False
        return self.first_event < end <= self.newest_event + patience


def without_rows(
    table: SourceTable, week: date, span: Span, zone: ZoneInfo, quarantined: Mapping[str, int]
) -> WeekRecord:
    """Judge a week for which the system gave no usable row."""
    seen = sum(quarantined.values())
    patience = _MONTHLY_PATIENCE if table.cadence == "monthly" else timedelta(0)
    if not span.passes(week, zone, patience) and not seen:
        reason = f"no rows for {iso_week(week)}, and the system has nothing {_side(week, span, zone)}"
        return WeekRecord("missing", reason, 0, 0, {})
    if table.minimum_rows > 0:
        reason = f"{iso_week(week)}: 0 usable rows - allowed: at least {table.minimum_rows}"
        return WeekRecord("contract_failed", reason, 0, seen, quarantined)
    return WeekRecord("empty", f"no rows in {iso_week(week)}, and none are due", 0, seen, quarantined)


def with_rows(
    table: SourceTable, judged: Judged, seen: int, files: Mapping[date, WeekFile], accepted: Iterable[date]
) -> WeekRecord:
    """Judge a week with rows: the contract first, then the number of rows against recent weeks."""
    week, label = judged.week_start, iso_week(judged.week_start)
    outcome: Outcome = "landed"
    reason = ""
    if judged.problems:
        outcome, reason = "contract_failed", f"{label}: " + "; ".join(judged.problems)
    elif judged.rows < table.minimum_rows:
        outcome = "contract_failed"
        reason = f"{label}: {judged.rows} usable rows - allowed: at least {table.minimum_rows}"
    elif week not in set(accepted) and (drop := _drop(table, week, judged.rows, files)):
        outcome, reason = "volume_failed", drop
    return WeekRecord(outcome, reason, judged.rows, seen, judged.quarantined)


def verdict(
    asked: Iterable[date], records: Mapping[date, WeekRecord], as_of_week: date, *, changed: bool
) -> tuple[Verdict, str]:
    """Return the table's verdict and reason: that of the newest week asked, or of a failed look-back week."""
    weeks = sorted(asked, reverse=True)
    if not weeks:
        return "unchanged", ""
    watched = [week for week in weeks if week == weeks[0] or as_of_week - LOOK_BACK_WEEKS * WEEK <= week <= as_of_week]
    for week in watched:
        record = records[week]
        match record.outcome:
            case "contract_failed" | "volume_failed" as failed:
                return failed, record.reason
    newest = records[weeks[0]]
    if newest.outcome == "missing":
        return "missing", newest.reason
    return ("landed" if changed else "unchanged"), ""


def _drop(table: SourceTable, week: date, rows: int, files: Mapping[date, WeekFile]) -> str:
    """Return why so few rows are not believed, or nothing."""
    if table.cadence == "monthly" or table.minimum_rows == 0:
        return ""
    earlier = [files[each].rows for each in sorted(files) if each < week][-_HISTORY_WEEKS:]
    if len(earlier) < _LEAST_HISTORY_WEEKS:
        return ""
    usual = median(earlier)
    if rows >= table.volume_drop_ratio * usual:
        return ""
    return (
        f"{iso_week(week)}: {rows} rows, the median of the {len(earlier)} weeks before is {usual:g} - "
        f"allowed: at least "
        f"{table.volume_drop_ratio:.0%} of it. Fix: repair the export, or add the week to "
        f"accept_volume_weeks "
        "in sources.toml"
    )


def _side(week: date, span: Span, zone: ZoneInfo) -> str:
    """Say on which side of the week the system has nothing."""
    if span.first_event is not None and span.first_event >= week_bounds(week, zone)[1]:
        return "so early"
    return "newer"
