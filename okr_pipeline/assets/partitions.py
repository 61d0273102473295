"""Which weeks a run is for: taken from its partitions, never from the clock."""

from datetime import date

import dagster as dg

from okr_pipeline.cascade.weeks import weeks_between

FIRST_WEEK_TAG = "okr/first_week"
"""A run for one partition that covers the weeks before it too: Dagster writes an event per asset and partition, which
for a year of weeks takes minutes. Backfills from the UI go by partitions as usual."""


def weekly_partitions(first_week: date, time_zone: str) -> dg.WeeklyPartitionsDefinition:
    """Return Monday-to-Sunday weeks in the organisation's time zone."""
    return dg.WeeklyPartitionsDefinition(
        start_date=first_week.isoformat(), day_offset=1, timezone=time_zone, fmt="%Y-%m-%d"
    )


def weeks_of(context: dg.AssetExecutionContext) -> tuple[date, ...]:
    """Return the Mondays a run is for, in order: its partitions, and those from its first-week tag on."""
    weeks = sorted(date.fromisoformat(key) for key in context.partition_keys)
    first = context.run.tags.get(FIRST_WEEK_TAG)
    return weeks_between(date.fromisoformat(first) if first else weeks[0], weeks[-1])
