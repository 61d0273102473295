"""Why metrics moved from week to week, and why key results moved within four weeks: which cells did it."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from okr_pipeline.analysis.drivers import decompose_ratio, decompose_total, top_driver
from okr_pipeline.analysis.insights import CellDriver, WeekDrivers
from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.weekly import Floats, Where
from okr_pipeline.intelligence.cell_tables import CellTable, cell_table
from okr_pipeline.measured import Measured

MOVED_OVER_WEEKS = 4
"""A key result is explained against the week four weeks before: from one week to the next most of it is noise."""


def explain_metrics(measured: Measured) -> tuple[WeekDrivers, ...]:
    """Return why each metric moved over the whole organisation, from each of its weeks to the next one with a value.

    A week whose total must not be shown explains nothing. Of the newest week the top contributor is named, if it is
    clear.
    """
    everything = Where(measured.project.cascade.organisation.root)
    return tuple(
        found
        for name in sorted(measured.rows)
        if len(measured.rows[name])
        for found in _week_by_week(measured, measured.project.metrics[name], cell_table(measured, name, everything))
    )


def explain_key_results(measured: Measured) -> dict[str, WeekDrivers]:
    """Return why each key result's metric, in the key result's own scope, moved against four weeks before.

    Of a monthly metric the newest figure is held against the one before. What cannot be compared is left out.
    """
    cascade = measured.project.cascade
    found = {}
    for item in cascade.key_results:
        metric, scope = measured.project.metrics[item.metric], item.where
        if not len(measured.rows[item.metric]):
            continue
        where = Where(scope.org_unit or cascade.organisation.root, scope.segment, scope.ai_assisted)
        table = cell_table(measured, item.metric, where)
        pair = _weeks_apart(metric, table)
        if pair is not None and (drivers := _explained(metric, table, *pair)) is not None:
            found[item.id] = _with_top(metric, table, pair, drivers, _unclear_above(measured))
    return found


def _week_by_week(measured: Measured, metric: Metric, table: CellTable) -> Iterator[WeekDrivers]:
    for before, after in itertools.pairwise(table.usable):
        found = _explained(metric, table, before, after)
        if found is None:
            continue
        is_newest = after == table.usable[-1]
        yield _with_top(metric, table, (before, after), found, _unclear_above(measured)) if is_newest else found


def _weeks_apart(metric: Metric, table: CellTable) -> tuple[int, int] | None:
    """Return the positions of the newest week and the one to hold it against; None when one of them is missing."""
    if len(table.usable) < 2:
        return None
    after = table.usable[-1]
    before = table.usable[-2] if metric.cadence == "monthly" else after - MOVED_OVER_WEEKS
    return (before, after) if before in table.usable else None


def _explained(metric: Metric, table: CellTable, before: int, after: int) -> WeekDrivers | None:
    labels, pair = table.pair(before, after)
    n0, n1 = pair["numerator"].T
    d0, d1 = _denominators(metric, table, (before, after), pair)
    if metric.aggregation == "total":
        parts = decompose_total(n0, d0.max(), n1, d1.max())
    else:
        parts = decompose_ratio(n0, d0, n1, d1)
    if not np.isfinite(parts.change):
        return None
    cells = tuple(
        CellDriver(*label, mix=mix, rate=rate)
        for label, mix, rate in zip(labels, parts.mix.tolist(), parts.rate.tolist(), strict=True)
    )
    return WeekDrivers(metric.name, table.weeks[after], table.weeks[before], float(parts.change), cells)


def _with_top(
    metric: Metric, table: CellTable, weeks: tuple[int, int], found: WeekDrivers, unclear_above_ratio: float
) -> WeekDrivers:
    _, pair = table.pair(*weeks)
    n0, n1 = pair["numerator"].T
    d0, d1 = _denominators(metric, table, weeks, pair)
    top = top_driver(
        n0,
        d0,
        n1,
        d1,
        pair["sum_squares"][:, 0],
        pair["sum_squares"][:, 1],
        unclear_above_ratio=unclear_above_ratio,
        aggregation=metric.aggregation,
    )
    return replace(found, top=top.cell if top.is_clear else None, reason=top.reason)


def _denominators(
    metric: Metric, table: CellTable, weeks: tuple[int, int], pair: Mapping[str, Floats]
) -> tuple[Floats, Floats]:
    """Return the denominators of the two weeks; of a total in each cell the periods behind the week."""
    d0, d1 = pair["denominator"].T
    if metric.aggregation != "total":
        return d0, d1
    return np.full(len(d0), table.periods[weeks[0]]), np.full(len(d1), table.periods[weeks[1]])


def _unclear_above(measured: Measured) -> float:
    return measured.project.cascade.policy.driver_unclear_above_ratio.value
