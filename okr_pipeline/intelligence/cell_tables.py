"""The cells of a metric, or of a part of it, in two weeks: what a decomposition is made of.

Cells that must not be shown in one of the two weeks are added up to one. What the parts say is in `metric_drivers`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from okr_pipeline.cascade.disclosure import withheld_by_week
from okr_pipeline.cascade.weekly import Floats, Group, Where
from okr_pipeline.cascade.weeks import WEEK
from okr_pipeline.measured import Measured

WITHHELD: Group = ("withheld", "withheld", "withheld")
"""Stands for all cells together that must not be shown in one of the two weeks."""


@dataclass(frozen=True, eq=False)
class CellTable:
    """The cells of one metric in a scope.

    Attributes:
        groups: the cells.
        sums: measure -> cells x weeks.
        hidden: cells x weeks, whether the cell must not be shown.
        periods: what the value of a total is divided by in each week; units report the same periods.
        weeks: Mondays.
        usable: positions of the weeks that every source delivered, that have a value, and whose total may be shown.
    """

    groups: tuple[Group, ...]
    sums: Mapping[str, Floats]
    hidden: NDArray[np.bool_]
    periods: Floats
    weeks: tuple[date, ...]
    usable: tuple[int, ...]

    def pair(self, before: int, after: int) -> tuple[list[Group], dict[str, Floats]]:
        """Return labels and, by measure, the sums (cells x 2) of two weeks; the withheld cells come last, as one."""
        lumped = self.hidden[:, before] | self.hidden[:, after]
        labels = [group for group, is_hidden in zip(self.groups, lumped, strict=True) if not is_hidden]
        sums = {name: table[:, [before, after]] for name, table in self.sums.items()}
        if not lumped.any():
            return labels, sums
        return [*labels, WITHHELD], {
            name: np.vstack((table[~lumped], table[lumped].sum(axis=0))) for name, table in sums.items()
        }


def cell_table(measured: Measured, name: str, where: Where) -> CellTable:
    """Return the cells of a metric that lie in a scope; none when it has no rows there."""
    rows, organisation = measured.rows[name], measured.project.cascade.organisation
    (groups, sums), axis = rows.cells, rows.axis
    units = None if where.org_unit == organisation.root else organisation.below(where.org_unit)
    chosen = rows.cells_of(where, units)
    weeks = tuple(axis.first + WEEK * index for index in range(axis.size))
    hidden = np.zeros((len(chosen), axis.size), dtype=np.bool_)
    total_hidden = np.zeros(axis.size, dtype=np.bool_)
    if measured.project.metrics[name].people and rows.has_group_below(organisation.minimum_group):
        withheld = withheld_by_week(rows, organisation.minimum_group, organisation)
        hidden, total_hidden = withheld.figures[chosen], withheld.of(where, axis)
    chosen_sums = {measure: table[chosen] for measure, table in sums.items()}
    carried = (np.nansum(chosen_sums["denominator"], axis=0) > 0) & ~total_hidden
    seen = measured.observed[name].weeks
    usable = tuple(
        index
        for index, is_carried in enumerate(carried.tolist())
        if is_carried and weeks[index] in seen and weeks[index] <= measured.through
    )
    return CellTable(
        tuple(groups[index] for index in chosen.tolist()),
        chosen_sums,
        hidden,
        rows.weekly(where, units, axis).unit_periods.max(axis=0, initial=0.0),
        weeks,
        usable,
    )
