"""When the pipeline runs by itself, always in the organisation's time zone.

A schedule's week is the partition that has just closed, so a late or repeated tick still means the same week.
"""

import dagster as dg

REFRESH_HOUR = 6
"""Monday at six, local time: after the systems' night exports, before the weekly reviews."""


def weekly_refresh(job: dg.UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    """Return the weekly schedule of the refresh job; it is switched on in the UI or by the deployment."""
    schedule = dg.build_schedule_from_partitioned_job(
        job,
        name="weekly_refresh",
        description="Refreshes the week that ended on Sunday.",
        hour_of_day=REFRESH_HOUR,
        minute_of_hour=0,
    )
    assert isinstance(schedule, dg.ScheduleDefinition)  # noqa: S101 - the other kind is for dynamic partitions
    return schedule
