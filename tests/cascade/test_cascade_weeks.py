"""Weeks are ISO weeks in the organisation's time zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okr_pipeline.cascade.weeks import (
    iso_week,
    last_closed_week,
    monday_of,
    parse_iso_week,
    parse_week_range,
    week_bounds,
    week_of,
    weeks_between,
)

BERLIN = ZoneInfo("Europe/Berlin")


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)))
def test_a_label_leads_back_to_the_monday_of_its_week(day: date) -> None:
    assert parse_iso_week(iso_week(day)) == monday_of(day)


def test_labels_carry_the_iso_year() -> None:
    assert iso_week(date(2026, 11, 16)) == "2026-W47"
    assert iso_week(date(2027, 1, 1)) == "2026-W53"


@pytest.mark.parametrize("label", ["2026-W00", "2025-W53", "2026-W5", "2026W05", "2026-w05", " 2026-W05", "0000-W01"])
def test_a_label_of_no_week_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match=r"week"):
        parse_iso_week(label)


def test_a_range_includes_both_ends_and_runs_forward() -> None:
    assert parse_week_range("2026-W14..2026-W26") == (date(2026, 3, 30), date(2026, 6, 22))
    assert parse_week_range("2026-W14..2026-W14") == (date(2026, 3, 30), date(2026, 3, 30))
    with pytest.raises(ValueError, match="lies before"):
        parse_week_range("2026-W26..2026-W14")
    with pytest.raises(ValueError, match="range"):
        parse_week_range("2026-W14-2026-W26")


def test_a_moment_belongs_to_the_week_of_the_local_calendar() -> None:
    sunday_evening_utc = datetime(2026, 11, 15, 23, 30, tzinfo=UTC)

    assert week_of(sunday_evening_utc, BERLIN) == date(2026, 11, 16)
    assert week_of(sunday_evening_utc, ZoneInfo("UTC")) == date(2026, 11, 9)
    with pytest.raises(ValueError, match="time zone"):
        week_of(datetime(2026, 11, 15), BERLIN)  # noqa: DTZ001 - a moment without zone is what is refused


@pytest.mark.parametrize(
    ("week", "hours"), [(date(2026, 10, 19), 169), (date(2026, 3, 23), 167), (date(2026, 11, 16), 168)]
)
def test_the_week_in_which_clocks_change_is_an_hour_longer_or_shorter(week: date, hours: int) -> None:
    start, end = week_bounds(week, BERLIN)

    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=hours)
    assert week_of(start, BERLIN) == week
    assert week_of(end - timedelta(microseconds=1), BERLIN) == week


def test_a_week_is_named_by_its_monday_only() -> None:
    with pytest.raises(ValueError, match="not a Monday"):
        week_bounds(date(2026, 11, 17), BERLIN)


def test_weeks_between_includes_both_ends() -> None:
    weeks = weeks_between(parse_iso_week("2025-W40"), parse_iso_week("2026-W47"))

    assert (len(weeks), weeks[0], weeks[-1]) == (60, date(2025, 9, 29), date(2026, 11, 16))
    assert weeks_between(date(2026, 11, 16), date(2026, 11, 9)) == ()


def test_a_week_is_closed_when_its_sunday_has_passed() -> None:
    assert last_closed_week(date(2026, 11, 23)) == date(2026, 11, 16)
    assert last_closed_week(date(2026, 11, 22)) == date(2026, 11, 9)
