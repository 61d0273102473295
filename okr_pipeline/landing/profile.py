"""Which weeks a relation has rows for, found by reading its deciding column alone.

The rows themselves are judged in `batch`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb

from okr_pipeline.cascade.weeks import WEEK, week_bounds
from okr_pipeline.landing.contract_sql import literal

PLAUSIBLE_FROM = datetime(2000, 1, 1, tzinfo=UTC)
"""Earlier moments are placeholders of some system, not events."""
SLACK = timedelta(days=1)
"""Clocks of systems differ; an event this much after the open week is still believed."""

_QUARTER_HOUR = 900_000_000
"""Microseconds; every offset of a time zone since 2000 is a multiple, so no week begins inside one."""


@dataclass(frozen=True)
class Profile:
    """What one look at a relation's deciding column shows."""

    weeks: Mapping[date, int]
    """Rows by Monday, plausible moments only."""
    implausible: Mapping[str, int]
    """Rows of no usable week: ``no_week``, ``before_2000``, ``after_as_of``."""
    first_event: datetime | None
    """Earliest plausible moment, in UTC."""
    last_event: datetime | None
    """Latest plausible moment, in UTC."""


def horizon(as_of_week: date, zone: ZoneInfo) -> datetime:
    """Return the first moment that is not believed: the end of the open week after ``as_of_week``, and
    a day."""
    return week_bounds(as_of_week + WEEK, zone)[1] + SLACK


def moment(value: datetime) -> str:
    """Return a moment as an SQL literal that no session setting can shift."""
    return f"timestamptz {literal(value.astimezone(UTC).strftime('%Y-%m-%d %H:%M:%S.%f+00'))}"


def plausible(time: str, end: datetime) -> str:
    """Return the SQL predicate of a moment that can decide a week."""
    return f"{time} >= {moment(PLAUSIBLE_FROM)} and {time} < {moment(end)}"


def take(engine: duckdb.DuckDBPyConnection, relation: str, time: str, end: datetime) -> Profile:
    """Profile the SQL relation ``relation`` by its moment ``time``; moments from ``end`` on are not
    believed."""
    believed = plausible("t", end)
    rows = engine.execute(
        f"""
        with moments as (select {time} as t from {relation}),
        buckets as (
            select case when {believed} then epoch_us(t) // {_QUARTER_HOUR} end as bucket,
                count(*) as n, min(t) as first, max(t) as last,
                count(*) filter (t < {moment(PLAUSIBLE_FROM)}) as early,
                count(*) filter (t >= {moment(end)}) as late
            from moments group by 1
        )
        select case when bucket is not null then date_trunc('week', first)::date end as week_start,
            sum(n)::bigint, epoch_us(min(case when bucket is not null then first end)),
            epoch_us(max(case when bucket is not null then last end)), sum(early)::bigint, sum(late)::bigint
        from buckets group by 1 order by 1
        """
    ).fetchall()
    weeks = {row[0]: row[1] for row in rows if row[0] is not None}
    lost = next((row for row in rows if row[0] is None), None)
    implausible: dict[str, int] = {}
    if lost is not None:
        implausible = {"no_week": lost[1] - lost[4] - lost[5], "before_2000": lost[4], "after_as_of": lost[5]}
    firsts = [row[2] for row in rows if row[0] is not None]
    lasts = [row[3] for row in rows if row[0] is not None]
    return Profile(
        weeks=weeks,
        implausible={name: count for name, count in implausible.items() if count},
        first_event=at(min(firsts, default=None)),
        last_event=at(max(lasts, default=None)),
    )


def at(value: int | None) -> datetime | None:
    """Return the moment that lies ``value`` microseconds after 1970, in UTC."""
    return None if value is None else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value)
