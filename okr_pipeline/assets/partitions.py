"""Which weeks a run is for: taken from its partitions, never from the clock."""

from datetime import date

import dagster as dg


def weekly_partitions(first_week: date, time_zone: str) -> dg.WeeklyPartitionsDefinition:
    """Return Monday-to-Sunday weeks in the organisation's time zone."""
    return dg.WeeklyPartitionsDefinition(
        start_date=first_week.isoformat(), day_offset=1, timezone=time_zone, fmt="%Y-%m-%d"
    )


def weeks_of(context: dg.AssetExecutionContext) -> tuple[date, ...]:
    """Return the Mondays of a run's partitions, in order."""
    return tuple(sorted(date.fromisoformat(key) for key in context.partition_keys))
