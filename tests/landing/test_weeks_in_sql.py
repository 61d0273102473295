"""A row's week in the engine is the ISO week of the organisation's calendar, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
from hypothesis import example, given, settings
from hypothesis import strategies as st

from okr_pipeline.cascade.weeks import monday_of
from okr_pipeline.landing.profile import take

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Pacific/Auckland",
    "Australia/Lord_Howe",
)
END = datetime(2040, 1, 1, tzinfo=UTC)
moments = st.integers(0, 35 * 365 * 86_400_000_000).map(
    lambda microseconds: datetime(2000, 1, 3, tzinfo=UTC) + timedelta(microseconds=microseconds)
)


@settings(max_examples=80, deadline=None)
@given(st.lists(moments, min_size=1, max_size=5), st.sampled_from(ZONES))
@example(
    [datetime(2026, 3, 29, 21, 59, 59, 999999, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)],
    "Europe/Berlin",
)
@example([datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC)], "Europe/Berlin")
@example([datetime(2027, 1, 3, 22, 59, tzinfo=UTC), datetime(2024, 12, 30, tzinfo=UTC)], "Europe/Berlin")
@example([datetime(2024, 2, 29, 12, tzinfo=UTC), datetime(2026, 4, 4, 15, 1, tzinfo=UTC)], "Australia/Lord_Howe")
def test_weeks_equal_isocalendar(events: list[datetime], zone: str) -> None:
    expected: dict[date, int] = {}
    for event in events:
        week = monday_of(event.astimezone(ZoneInfo(zone)).date())
        expected[week] = expected.get(week, 0) + 1
    with duckdb.connect() as engine:
        engine.execute(f"set TimeZone = '{zone}'")
        values = ", ".join(f"('{event.isoformat()}'::timestamptz)" for event in events)
        profile = take(engine, f"(values {values}) v(t)", "t", END)
    assert profile.weeks == expected
    assert profile.first_event == min(events)
    assert profile.last_event == max(events)


def test_moments_outside_belief_are_counted_apart() -> None:
    with duckdb.connect() as engine:
        engine.execute("set TimeZone = 'UTC'")
        inside = END - timedelta(days=1)
        values = ", ".join(
            f"({v})" for v in (f"'{inside}'", f"'{END}'", "'1999-12-31 23:59:59+00'", "null", "'infinity'")
        )
        relation = f"(select t::timestamptz as t from (values {values}) v(t))"
        profile = take(engine, relation, "t", END)
    assert profile.implausible == {"no_week": 1, "before_2000": 1, "after_as_of": 2}
    assert profile.first_event == profile.last_event == inside
