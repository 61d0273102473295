"""The cells of every metric, week against week before: the tables that the decomposition explains."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from okr_pipeline.analysis.drivers import decompose_ratio, decompose_total, top_driver
from okr_pipeline.analysis.insights import CellDriver, WeekDrivers
from okr_pipeline.cascade.disclosure import withheld_by_week
from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.weekly import Floats, Group, Where
from okr_pipeline.cascade.weeks import WEEK
from okr_pipeline.measured import Measured

WITHHELD: Group = ("withheld", "withheld", "withheld")
"""Stands for all cells together that must not be shown in one of the two weeks."""


def explain_metrics(measured: Measured) -> tuple[WeekDrivers, ...]:
    """Return why each metric moved over the whole organisation, from each of its weeks to the next one with a value.

    A week whose total must not be shown explains nothing. Of the newest week the top contributor is named, if it is
    clear.
    """
    return tuple(found for name in sorted(measured.rows) for found in _of_metric(measured, name))


def _of_metric(measured: Measured, name: str) -> Iterator[WeekDrivers]:
    metric, rows = measured.project.metrics[name], measured.rows[name]
    if not len(rows):
        return
    groups, cells = rows.cells
    hidden = _hidden(measured, metric, len(groups), cells["denominator"].shape[1])
    weeks = [rows.axis.first + WEEK * index for index in range(rows.axis.size)]
    usable = _usable(measured, metric, cells, weeks)
    for before, after in itertools.pairwise(usable):
        lumped = hidden[:, before] | hidden[:, after]
        pair = {key: _lumped(table[:, [before, after]], lumped) for key, table in cells.items()}
        shown = [group for group, is_hidden in zip(groups, lumped, strict=True) if not is_hidden]
        labels = [*shown, *([WITHHELD] if lumped.any() else [])]
        unclear = measured.project.cascade.policy.driver_unclear_above_ratio.value if after == usable[-1] else None
        if (found := _explained(metric, labels, pair, weeks[before], weeks[after], unclear)) is not None:
            yield found


def _explained(
    metric: Metric,
    labels: Sequence[Group],
    pair: Mapping[str, Floats],
    before: date,
    after: date,
    unclear_above_ratio: float | None,
) -> WeekDrivers | None:
    """Return the parts of one change; with ``unclear_above_ratio`` the top contributor, too."""
    n0, n1 = pair["numerator"].T
    d0, d1 = pair["denominator"].T
    if metric.aggregation == "total":
        d0, d1 = (np.full(len(labels), _periods(labels, some)) for some in (d0, d1))
        parts = decompose_total(n0, d0.max(), n1, d1.max())
    else:
        parts = decompose_ratio(n0, d0, n1, d1)
    if not np.isfinite(parts.change):
        return None
    cells = tuple(
        CellDriver(*label, mix=float(mix), rate=float(rate))
        for label, mix, rate in zip(labels, parts.mix, parts.rate, strict=True)
    )
    found = WeekDrivers(metric.name, after, before, float(parts.change), cells)
    if unclear_above_ratio is None:
        return found
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


def _periods(labels: Sequence[Group], denominator: Floats) -> float:
    """Return the periods behind a week of a total: units report the same ones, so those of the unit with most."""
    by_unit: dict[str, float] = {}
    for label, periods in zip(labels, denominator, strict=True):
        by_unit[label[0]] = by_unit.get(label[0], 0.0) + float(periods)
    return max(by_unit.values(), default=0.0)


def _hidden(measured: Measured, metric: Metric, cells: int, weeks: int) -> NDArray[np.bool_]:
    organisation, rows = measured.project.cascade.organisation, measured.rows[metric.name]
    if not metric.people or not rows.has_group_below(organisation.minimum_group):
        return np.zeros((cells, weeks), dtype=np.bool_)
    withheld = withheld_by_week(rows, organisation.minimum_group, organisation)
    return withheld.figures[:cells]


def _usable(measured: Measured, metric: Metric, cells: Mapping[str, Floats], weeks: Sequence[date]) -> list[int]:
    """Return the weeks that every source delivered, that have a value, and whose total may be shown."""
    organisation, rows = measured.project.cascade.organisation, measured.rows[metric.name]
    seen = measured.observed[metric.name].weeks
    carried = np.nansum(cells["denominator"], axis=0) > 0
    shown = np.ones(len(weeks), dtype=np.bool_)
    if metric.people and rows.has_group_below(organisation.minimum_group):
        everything = Where(organisation.root)
        shown = ~withheld_by_week(rows, organisation.minimum_group, organisation).of(everything, rows.axis)
    return [
        index
        for index, week in enumerate(weeks)
        if week in seen and carried[index] and shown[index] and week <= measured.through
    ]


def _lumped(table: Floats, hidden: NDArray[np.bool_]) -> Floats:
    """Return the shown cells and, last, the sum of the others."""
    return np.vstack((table[~hidden], table[hidden].sum(axis=0))) if hidden.any() else table
