"""Monday at six the week that ended the day before is refreshed, whatever the clocks and the year do."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from okr_pipeline.assets.partitions import weekly_partitions
from okr_pipeline.cascade.weeks import iso_week
from okr_pipeline.definitions import JOB_NAME

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
def schedule(definitions: dg.Definitions) -> dg.ScheduleDefinition:
    return definitions.resolve_schedule_def("weekly_refresh")


def tick(schedule: dg.ScheduleDefinition, moment: datetime) -> list[str | None]:
    context = dg.build_schedule_context(scheduled_execution_time=moment)
    return [request.partition_key for request in schedule.evaluate_tick(context).run_requests]


@pytest.mark.parametrize(
    ("monday", "week", "name"),
    [
        pytest.param("2026-11-23", "2026-11-16", "2026-W47", id="an ordinary week"),
        pytest.param("2026-10-26", "2026-10-19", "2026-W43", id="clocks went back the day before"),
        pytest.param("2026-11-02", "2026-10-26", "2026-W44", id="the week after clocks went back"),
        pytest.param("2026-03-30", "2026-03-23", "2026-W13", id="clocks went forward the day before"),
        pytest.param("2026-04-06", "2026-03-30", "2026-W14", id="the week after clocks went forward"),
        pytest.param("2026-12-28", "2026-12-21", "2026-W52", id="the last Monday of the year"),
        pytest.param("2027-01-04", "2026-12-28", "2026-W53", id="the week of the new year"),
        pytest.param("2027-01-11", "2027-01-04", "2027-W01", id="the first week of the new year"),
    ],
)
def test_a_tick_runs_the_week_that_ended_the_day_before(
    schedule: dg.ScheduleDefinition, monday: str, week: str, name: str
) -> None:
    day = date.fromisoformat(monday)
    assert tick(schedule, datetime(day.year, day.month, day.day, 6, tzinfo=BERLIN)) == [week]
    assert date.fromisoformat(week) + timedelta(days=7) == day
    assert iso_week(date.fromisoformat(week)) == name


def test_a_repeated_tick_asks_for_the_same_week(schedule: dg.ScheduleDefinition) -> None:
    moment = datetime(2026, 11, 23, 6, tzinfo=BERLIN)
    assert tick(schedule, moment) == tick(schedule, moment) == ["2026-11-16"]


def test_it_is_monday_at_six_in_the_organisations_time_zone(schedule: dg.ScheduleDefinition) -> None:
    assert schedule.cron_schedule == "0 6 * * 1"
    assert schedule.execution_timezone == "Europe/Berlin"


def test_it_starts_the_job_that_publishes(schedule: dg.ScheduleDefinition) -> None:
    assert schedule.job_name == JOB_NAME


def test_it_is_off_until_somebody_switches_it_on(schedule: dg.ScheduleDefinition) -> None:
    assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED


@pytest.mark.parametrize("time_zone", ["Europe/Berlin", "America/New_York", "Pacific/Auckland"])
def test_partitions_are_the_mondays_of_the_organisation(time_zone: str) -> None:
    zone = ZoneInfo(time_zone)
    partitions = weekly_partitions(date(2024, 1, 1), time_zone)
    keys = partitions.get_partition_keys(current_time=datetime(2027, 2, 3, 12, tzinfo=zone))
    days = [date.fromisoformat(key) for key in keys]
    assert days[0] == date(2024, 1, 1)
    assert days[-1] == date(2027, 1, 25), "the week that is not over is no partition"
    assert all(later - earlier == timedelta(days=7) for earlier, later in pairwise(days))
    assert date(2026, 12, 28) in days


@pytest.mark.parametrize("week", ["2026-03-23", "2026-10-19", "2026-12-28"])
def test_a_partition_is_from_midnight_to_midnight_local_time(week: str) -> None:
    window = weekly_partitions(date(2024, 1, 1), "Europe/Berlin").time_window_for_partition_key(week)
    monday = date.fromisoformat(week)
    start = datetime(monday.year, monday.month, monday.day, tzinfo=BERLIN)
    assert window.start.timestamp() == start.timestamp()
    assert window.end.timestamp() == (start + timedelta(days=7)).timestamp()


def test_every_refreshed_asset_is_partitioned_by_the_same_weeks(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    found = {graph.get(key).partitions_def for key in graph.materializable_asset_keys}
    assert found == {weekly_partitions(date(2024, 1, 1), "Europe/Berlin")}
