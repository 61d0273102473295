"""ISO weeks: the one calendar of the project. A week is the `datetime.date` of its Monday.

Only calendar arithmetic belongs here. Which weeks a metric has, or a run covers, is decided elsewhere.
"""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)
_ISO_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")


def iso_week(week: date) -> str:
    """Label the ISO week that ``week`` falls in, with the ISO year: 2027-01-01 -> ``2026-W53``."""
    year, number, _ = week.isocalendar()
    return f"{year:04d}-W{number:02d}"


def parse_iso_week(label: str) -> date:
    """Return the Monday of a label such as ``2026-W47``.

    Raises:
        ValueError: the label has another form, or that ISO year has no such week.
    """
    match = _ISO_WEEK.fullmatch(label)
    if match is None:
        raise ValueError(f"{label!r} is not an ISO week such as 2026-W47")
    year, number = int(match[1]), int(match[2])
    try:
        return date.fromisocalendar(year, number, 1)
    except ValueError:
        raise ValueError(f"the ISO year {year} has no week {number}") from None


def parse_week_range(label: str) -> tuple[date, date]:
    """Return the first and last Monday of a range such as ``2026-W14..2026-W26`` (both weeks included).

    Raises:
        ValueError: not two ISO weeks joined by ``..``, or the last lies before the first.
    """
    first_label, separator, last_label = label.partition("..")
    if not separator:
        raise ValueError(f"{label!r} is not a range of weeks such as 2026-W14..2026-W26")
    first, last = parse_iso_week(first_label), parse_iso_week(last_label)
    if last < first:
        raise ValueError(f"the last week {last_label} lies before the first week {first_label}")
    return first, last


def monday_of(day: date) -> date:
    """Return the Monday of the ISO week that a calendar day falls in."""
    return day - timedelta(days=day.weekday())


def week_of(moment: datetime, zone: ZoneInfo) -> date:
    """Return the week of an aware moment, seen in the organisation's time zone.

    Raises:
        ValueError: ``moment`` has no time zone, so its week is not known.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone belongs to no known week")
    return monday_of(moment.astimezone(zone).date())


def week_bounds(week: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the aware start and exclusive end of a week: midnights of two Mondays in ``zone``.

    The week in which clocks change is 167 or 169 hours long.
    """
    _require_monday(week)
    return (
        datetime.combine(week, time.min, tzinfo=zone),
        datetime.combine(week + WEEK, time.min, tzinfo=zone),
    )


def weeks_between(first: date, last: date) -> tuple[date, ...]:
    """Return every Monday from ``first`` to ``last``, both included; empty if ``last`` comes first."""
    _require_monday(first)
    _require_monday(last)
    return tuple(first + WEEK * number for number in range((last - first).days // 7 + 1))


def last_closed_week(as_of: date) -> date:
    """Return the newest week whose Sunday lies before ``as_of``: on Monday 2026-11-23 that is 2026-W47."""
    return monday_of(as_of) - WEEK


def _require_monday(week: date) -> None:
    if week.weekday() != 0:
        raise ValueError(f"{week} is not a Monday; a week is named by its Monday")
