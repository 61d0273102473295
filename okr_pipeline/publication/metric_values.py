"""Rows of ``metric_values``: every metric row, except the numbers of groups too small to show."""

from collections.abc import Iterator
from datetime import UTC, date
from typing import Any

import numpy as np

from okr_pipeline.cascade.disclosure import suppress
from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.organisation import Organisation
from okr_pipeline.cascade.rows import MetricRows
from okr_pipeline.cascade.weeks import iso_week
from okr_pipeline.measured import Columns


def metric_value_rows(
    metric: Metric, columns: Columns, minimum_group: int, organisation: Organisation
) -> Iterator[tuple[object, ...]]:
    """Yield one metric's rows in the table's column order.

    A value whose denominator is zero or that is not finite is null: unknown, never a number.
    """
    rows = MetricRows.from_columns(columns)
    count = len(rows.week_start)
    hidden = suppress(rows, minimum_group, organisation) if metric.people else np.zeros(count, dtype=bool)
    for index in range(count):
        week: date = rows.week_start[index].astype(date)
        numbers: tuple[object, ...] = (None,) * 6
        if not hidden[index]:
            numerator, denominator = _number(rows.numerator[index]), _number(rows.denominator[index])
            value = numerator / denominator if numerator is not None and denominator else None
            numbers = (
                value,
                numerator,
                denominator,
                _number(rows.sum_squares[index]),
                _whole(rows.sample_count[index]),
                _whole(rows.people_count[index]),
            )
        yield (
            metric.name,
            metric.kind,
            metric.unit,
            week,
            iso_week(week),
            rows.org_unit[index],
            rows.segment[index],
            rows.ai_assisted[index],
            *numbers,
            None if hidden[index] else _moment(rows.observed_until[index]),  # one person's last contact, perhaps
            bool(hidden[index]),
        )


def _number(number: Any) -> float | None:
    return float(number) if np.isfinite(number) else None


def _whole(number: Any) -> int | None:
    return int(number) if np.isfinite(number) else None


def _moment(tick: np.datetime64) -> object:
    return None if np.isnat(tick) else tick.astype(object).replace(tzinfo=UTC)
