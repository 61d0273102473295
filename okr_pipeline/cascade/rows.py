"""One metric's rows, and their weekly sums for a selection of them.

The rows are the metric contract of the warehouse, as arrays. What a window of weeks makes of the sums is not
decided here (`windows`), and neither is which weeks count as observed (`observed`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from okr_pipeline.cascade.weekly import WEEK_DAYS, Axis, Dates, Floats, Group, Labels, WeeklySums, Where

_SMALLEST = np.iinfo(np.int64).min  # NaT, and the smallest of all
_SELECTIONS_AT_ONCE = 64  # a selection may be made of all cells, and each is copied
_MEASURES = ("numerator", "denominator", "sum_squares", "sample_count", "people_count")


@dataclass(frozen=True, eq=False)
class MetricRows:
    """All rows of one metric, as equally long arrays (the metric contract).

    Attributes:
        week_start: Mondays, ``datetime64[D]``.
        org_unit: unit id of the row itself.
        segment: the metric's own breakdown; ``all`` where it has none.
        ai_assisted: ``assisted``, ``unassisted`` or ``all``.
        numerator: value = sum(numerator) / sum(denominator).
        denominator: cases, people, FTE or periods.
        sum_squares: sum of squares of the cases behind a mean; NaN otherwise.
        sample_count: cases behind the row.
        people_count: distinct pseudonyms behind the row; NaN where no persons stand behind it.
        observed_until: newest event seen, ``datetime64[us]`` in UTC; NaT where unknown.
    """

    week_start: Dates
    org_unit: Labels
    segment: Labels
    ai_assisted: Labels
    numerator: Floats
    denominator: Floats
    sum_squares: Floats
    sample_count: Floats
    people_count: Floats
    observed_until: Dates
    caches: dict[object, Any] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def from_columns(cls, columns: Mapping[str, NDArray[Any]]) -> "MetricRows":
        """Build the rows from arrays by column name, masked where null, as ``fetchnumpy`` gives them."""
        return cls(
            week_start=np.asarray(columns["week_start"]).astype("datetime64[D]"),
            org_unit=np.asarray(columns["org_unit"], dtype=np.object_),
            segment=np.asarray(columns["segment"], dtype=np.object_),
            ai_assisted=np.asarray(columns["ai_assisted"], dtype=np.object_),
            observed_until=np.ma.filled(
                np.ma.asarray(columns["observed_until"]).astype("datetime64[us]"), np.datetime64("NaT")
            ),
            **{name: np.ma.filled(np.ma.asarray(columns[name]).astype(np.float64), np.nan) for name in _MEASURES},
        )

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.week_start)

    @property
    def first_week(self) -> date | None:
        """Monday of the oldest row; None without rows."""
        return self.week_start.min().astype(date) if len(self) else None

    @property
    def axis(self) -> Axis:
        """The weeks from the oldest row to the newest; of one week without rows."""
        return Axis(self._cube.first, self._cube.size)

    def weekly(self, where: Where, units: Collection[str] | None, axis: Axis) -> WeeklySums:
        """Return the weekly sums of a selection, from a cache if it was asked for before.

        Args:
            where: what to select.
            units: ``where.org_unit`` and every unit below it; None for all rows.
            axis: the weeks wanted; rows outside of it are left out.
        """
        key = (where, axis)
        if key not in self.caches:
            self.add_up({where: units}, axis)
        sums: WeeklySums = self.caches[key]
        return sums

    def add_up(self, selections: Mapping[Where, Collection[str] | None], axis: Axis) -> None:
        """Work out at once what ``weekly`` will be asked for; each selection with its units."""
        new = [(where, units) for where, units in selections.items() if (where, axis) not in self.caches]
        for start in range(0, len(new), _SELECTIONS_AT_ONCE):
            some = dict(new[start : start + _SELECTIONS_AT_ONCE])
            for where, sums in zip(some, self._cube.select(some, axis), strict=True):
                self.caches[where, axis] = sums

    def has_group_below(self, minimum: int) -> bool:
        """Return whether fewer people than ``minimum``, but some, stand behind any row."""
        key = ("group below", minimum)
        if key not in self.caches:
            self.caches[key] = bool(((self.people_count > 0) & (self.people_count < minimum)).any())
        return self.caches[key] is True

    def people_by_group(self, axis: Axis) -> tuple[list[Group], Floats]:
        """Return the cells, sorted, and for each of them (first axis) and week the people behind it.

        0 without rows or without persons.
        """
        return self._cube.groups, self._cube.people_on(axis)

    def positions(self, units: Collection[str] | None) -> NDArray[np.int64]:
        """Return where the rows of some units stand, in the order of the rows; those of all units for None."""
        if units is None:
            return np.arange(len(self))
        found = [self._positions_by_unit[unit] for unit in units if unit in self._positions_by_unit]
        return np.sort(np.concatenate(found)) if found else np.arange(0)

    @cached_property
    def _positions_by_unit(self) -> Mapping[str, NDArray[np.int64]]:
        positions: dict[str, list[int]] = {}
        for position, unit in enumerate(self.org_unit):
            positions.setdefault(unit, []).append(position)
        return {unit: np.array(found) for unit, found in positions.items()}

    @property
    def cells(self) -> tuple[list[Group], Mapping[str, Floats]]:
        """The cells, sorted, and their sums by measure (cells x weeks of ``axis``); 0 without rows."""
        return self._cube.groups, self._cube.sums

    def cells_of(self, where: Where, units: Collection[str] | None) -> NDArray[np.int64]:
        """Return the positions among ``cells`` of those that a selection is made of, in their order.

        Args:
            where: what to select.
            units: ``where.org_unit`` and every unit below it; None for all rows.
        """
        return np.sort(np.array(self._cube.chosen(where, units), dtype=np.int64))

    @cached_property
    def _cube(self) -> "_Cube":
        return _Cube(self)


class _Cube:
    """The rows summed once by group (unit, segment, AI side) and week; a selection adds a few groups."""

    def __init__(self, rows: MetricRows) -> None:
        numbers: defaultdict[Group, int] = defaultdict(count().__next__)
        labels = zip(rows.org_unit.tolist(), rows.segment.tolist(), rows.ai_assisted.tolist(), strict=True)
        seen = np.fromiter(map(numbers.__getitem__, labels), dtype=np.int64, count=len(rows))
        self.groups = sorted(numbers)
        self.by_unit: dict[str, list[int]] = {}
        for index, group in enumerate(self.groups):
            self.by_unit.setdefault(group[0], []).append(index)
        self._row_of_unit = {unit: row for row, unit in enumerate(self.by_unit)}
        place = np.empty(len(numbers), dtype=np.int64)
        place[[numbers[group] for group in self.groups]] = np.arange(len(numbers))
        group_of_row = place[seen]
        first = rows.week_start.min() if len(rows) else np.datetime64("1970-01-05")
        weeks = (rows.week_start - first).astype(np.int64) // WEEK_DAYS
        self.first: date = first.astype(date)
        self.size = int(weeks.max()) + 1 if len(rows) else 1
        cell = group_of_row * self.size + weeks
        order: Any = slice(None)
        if len(rows) and np.bincount(cell).max() > 1:
            # Sums of floats depend on their order; a fixed one makes the order of the rows irrelevant.
            order = np.lexsort((rows.sample_count, rows.denominator, rows.numerator, weeks, group_of_row))
        cell = cell[order]
        measures = [*(getattr(rows, name)[order] for name in _MEASURES[:4]), np.ones(len(rows))]
        self.table = np.stack([self._sum(cell, values) for values in measures])
        self.sums = dict(zip(_MEASURES[:4], self.table, strict=False))
        people = np.full(len(self.groups) * self.size, -np.inf)
        np.fmax.at(people, cell, rows.people_count[order])
        self.people = people.reshape(-1, self.size)
        until = np.full(len(self.groups) * self.size, _SMALLEST)
        np.maximum.at(until, cell, rows.observed_until.astype("datetime64[us]").astype(np.int64)[order])
        self.until = until.reshape(-1, self.size)

    def _sum(self, cell: NDArray[np.int64], values: Floats) -> Floats:
        finite = np.where(np.isfinite(values), values, np.nan)
        summed = np.bincount(cell, finite, minlength=len(self.groups) * self.size).astype(np.float64)
        return summed.reshape(-1, self.size)

    def chosen(self, where: Where, units: Collection[str] | None) -> list[int]:
        """Return which groups a selection is made of."""
        in_units = [index for unit in units or self.by_unit for index in self.by_unit.get(unit, ())]
        return [index for index in in_units if where.selects(self.groups[index], units)]

    def select(self, selections: Mapping[Where, Collection[str] | None], axis: Axis) -> Iterator[WeeklySums]:
        """Yield the sums of each selection; the cells of all of them are added up in one go."""
        chosen = [self.chosen(where, units) for where, units in selections.items()]
        table = self._place(_reduced(np.add, self.table, chosen, 0.0), axis, 0.0)
        people = self._place(_reduced(np.maximum, self.people, chosen, -np.inf), axis, -np.inf)
        until = self._place(_reduced(np.maximum, self.until, chosen, _SMALLEST), axis, _SMALLEST)
        people = np.where(people >= 0, people, np.where(table[-1] > 0, np.nan, 0.0))
        moments = until.astype("datetime64[us]")
        for row, units in enumerate(selections.values()):
            *totals, rows_count = table[:, row]
            yield WeeklySums(
                axis=axis,
                people_count=people[row],
                rows_count=rows_count,
                unit_periods=self._periods(units, axis),
                observed_until=moments[row],
                **dict(zip(_MEASURES[:4], totals, strict=True)),
            )

    def people_on(self, axis: Axis) -> Floats:
        """Return the people behind each group (first axis) in each week; 0 without rows or persons."""
        placed = [self._place(people, axis, 0.0) for people in self.people]
        return np.fmax(np.array(placed, dtype=np.float64).reshape(-1, axis.size), np.zeros(axis.size))

    def _periods(self, units: Collection[str] | None, axis: Axis) -> Floats:
        """Return the denominators of each unit (first axis) over all its groups, in each week."""
        rows = [self._row_of_unit[unit] for unit in units or self.by_unit if unit in self._row_of_unit]
        return self._place(self._unit_periods[rows], axis, 0.0)

    @cached_property
    def _unit_periods(self) -> Floats:
        return _reduced(np.add, self.sums["denominator"], list(self.by_unit.values()), 0.0)

    def _place(self, values: NDArray[Any], axis: Axis, empty: float) -> NDArray[Any]:
        """Move weekly values (..., weeks) from the cube's own weeks to an axis."""
        placed = np.full((*values.shape[:-1], axis.size), empty, dtype=values.dtype)
        shift = axis.index(self.first)
        start, end = max(shift, 0), min(shift + self.size, axis.size)
        if start < end:
            placed[..., start:end] = values[..., start - shift : end - shift]
        return placed


def _reduced(operation: np.ufunc, cells: NDArray[Any], groups: Sequence[Sequence[int]], empty: float) -> NDArray[Any]:
    """Return the cells (..., cells, weeks) reduced to groups of them (..., groups, weeks).

    Each group is gone through in its own order, whatever other groups there are.
    """
    reduced = np.full((*cells.shape[:-2], len(groups), cells.shape[-1]), empty, dtype=cells.dtype)
    filled = [position for position, group in enumerate(groups) if group]
    if filled:
        starts = np.cumsum([0, *(len(groups[position]) for position in filled[:-1])])
        members = [index for position in filled for index in groups[position]]
        reduced[..., filled, :] = operation.reduceat(cells[..., members, :], starts, axis=-2)
    return reduced
