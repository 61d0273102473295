"""When the pipeline runs by itself, always in the organisation's time zone.

A schedule's week is the partition that has just closed, so a late or repeated tick still means the same week.
"""

from typing import Any

import dagster as dg

REFRESH_HOUR = 6
"""Monday at six, local time: after the systems' night exports, before the weekly reviews."""


def weekly_refresh(job: Any) -> Any:
    """Return the weekly schedule of the refresh job; it is switched on in the UI or by the deployment.

    Dagster does not export the types of an asset job and its schedule before they are resolved.
    """
    return dg.build_schedule_from_partitioned_job(
        job,
        name="weekly_refresh",
        description="Refreshes the week that ended on Sunday.",
        hour_of_day=REFRESH_HOUR,
        minute_of_hour=0,
    )
