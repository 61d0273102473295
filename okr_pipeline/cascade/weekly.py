"""The terms of weekly figures: an axis of weeks, what to select of a metric, and the sums that this gives.

How the sums are made of rows is in `rows`, what windows make of the sums in `windows`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]
Labels = NDArray[np.object_]
Group = tuple[str, str, str]
"""Unit, segment and AI side: one cell of a metric."""

WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Axis:
    """Consecutive weeks without a gap: the columns of every weekly array.

    Attributes:
        first: Monday of the first week.
        size: number of weeks.
    """

    first: date
    size: int

    @classmethod
    def spanning(cls, first: date, last: date) -> "Axis":
        """Return the axis from ``first`` to ``last``, both Mondays, both included."""
        return cls(first, (last - first).days // WEEK_DAYS + 1)

    def index(self, week: date) -> int:
        """Return the position of a week; it may lie outside of the axis (negative, or ``size`` and above)."""
        return (week - self.first).days // WEEK_DAYS


@dataclass(frozen=True, slots=True)
class Where:
    """What a key result looks at: a unit with all below it, perhaps one segment or AI side.

    Attributes:
        org_unit: unit id; that unit and all below it.
        segment: value of the metric's own breakdown; None for all.
        ai_assisted: ``assisted`` or ``unassisted``; None for both.
    """

    org_unit: str
    segment: str | None = None
    ai_assisted: str | None = None

    def selects(self, group: Group, units: Collection[str] | None) -> bool:
        """Return whether a cell is part of it; ``units`` are its unit and all below, None for all units."""
        in_unit = units is None or group[0] in units
        return in_unit and self.segment in (None, group[1]) and self.ai_assisted in (None, group[2])


@dataclass(frozen=True, slots=True)
class WeeklySums:
    """Additive statistics of a selection, one entry per week of an axis; zeros where there are no rows.

    A value that is NaN or infinite in any row makes its week's entry NaN. Several selections may be stacked: every
    array then has them as its first axis.

    Attributes:
        axis: the weeks.
        numerator: sum, in the metric's unit times the denominator.
        denominator: sum; cases, people, FTE or periods, as the metric's aggregation says.
        sum_squares: sum of squares of the cases; NaN where a row has none.
        sample_count: cases.
        people_count: maximum over the rows, a lower bound; 0 without rows, NaN where every row has none.
        rows_count: number of rows; 0 tells a week without rows from a week of zeros.
        unit_periods: units x weeks, the denominator over all segments; how totals count their periods.
        observed_until: newest event seen, microseconds since 1970 (UTC); NaT without rows.
    """

    axis: Axis
    numerator: Floats
    denominator: Floats
    sum_squares: Floats
    sample_count: Floats
    people_count: Floats
    rows_count: Floats
    unit_periods: Floats
    observed_until: Dates

    @classmethod
    def stacked(cls, several: Sequence["WeeklySums"]) -> "WeeklySums":
        """Return sums of one axis stacked, without their ``unit_periods``: selections differ in their units."""
        axis = several[0].axis
        names = [field.name for field in fields(cls) if field.name not in ("axis", "unit_periods")]
        arrays = {name: np.stack([getattr(sums, name) for sums in several]) for name in names}
        return cls(axis=axis, unit_periods=np.empty((0, axis.size)), **arrays)
