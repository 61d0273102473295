"""One metric seen through one `where`: its weekly sums and the statistics of its windows, each computed once.

What a key result makes of them is in `values`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from okr_pipeline.cascade import windows
from okr_pipeline.cascade.disclosure import withheld_by_week
from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.observed import ObservedWeeks
from okr_pipeline.cascade.organisation import Organisation
from okr_pipeline.cascade.rows import MetricRows
from okr_pipeline.cascade.scope import Scope
from okr_pipeline.cascade.strategy import Cycle
from okr_pipeline.cascade.weekly import Axis, WeeklySums, Where
from okr_pipeline.cascade.weeks import WEEK, monday_of

Span = tuple[date, date]
"""First and last Monday, both included."""

_REACH = WEEK * (max(windows.TRAILING_WEEKS.values()) - 1)


@dataclass(frozen=True, eq=False)
class Calendar:
    """The weeks asked for, the axis that they need, and what was observed on it; shared by selections.

    Attributes:
        weeks: Mondays asked for, oldest first.
        axis: every week that a window of theirs, the cycle or the rows can reach.
        observed: for each week of the axis, whether every source has delivered it.
        cycle: gives the dates for ``cycle_to_date``.
        members: membership matrix by window and baseline, filled when first asked for.
    """

    weeks: tuple[date, ...]
    axis: Axis
    observed: NDArray[np.bool_]
    cycle: Cycle
    members: dict[object, windows.Membership] = field(default_factory=dict)

    def of(self, window: windows.WindowName, baseline: Span | None) -> windows.Membership:
        """Return which weeks of the axis belong to the window closing with each week, then to the baseline.

        A baseline may reach out of the axis; whoever uses it asks `missing_between` first.
        """
        key = (window, baseline)
        if key not in self.members:
            closing = windows.membership(window, self.axis, self.weeks, self.cycle.start, self.cycle.end)
            self.members[key] = closing if baseline is None else np.vstack((closing, self._inside(*baseline)))
        return self.members[key]

    def missing_between(self, first: date, last: date) -> tuple[date, ...]:
        """Return the weeks of a range that were not delivered by every source."""
        positions = range(self.axis.index(first), self.axis.index(last) + 1)
        missing = [index for index in positions if not (0 <= index < self.axis.size and self.observed[index])]
        return tuple(self.axis.first + WEEK * index for index in missing)

    def _inside(self, first: date, last: date) -> windows.Membership:
        columns = np.arange(self.axis.size)
        inside: windows.Membership = (columns >= self.axis.index(first)) & (columns <= self.axis.index(last))
        return inside


@dataclass(frozen=True, eq=False)
class Selection:
    """One metric, one `where`, some weeks."""

    metric: Metric
    where: Where
    organisation: Organisation
    calendar: Calendar
    rows: MetricRows
    sums: WeeklySums
    found: dict[object, windows.WindowStatistics] = field(default_factory=dict)

    @property
    def minimum_group(self) -> int:
        """Fewest people that may stand behind a figure."""
        return self.organisation.minimum_group

    @property
    def weeks(self) -> tuple[date, ...]:
        """Mondays asked for, oldest first."""
        return self.calendar.weeks

    def over(self, window: windows.WindowName, baseline: Span | None = None) -> windows.WindowStatistics:
        """Return the statistics of the window closing with each week and, last, of the baseline's weeks."""
        key = (window, baseline)
        if key not in self.found:
            members = self.calendar.of(window, baseline)
            self.found[key] = windows.statistics(
                self.metric,
                self.sums,
                self.calendar.observed,
                members,
                minimum_group=self.minimum_group,
                withheld=self.withheld,
            )
        return self.found[key]

    def missing_weeks(self, window: windows.WindowName, index: int) -> tuple[date, ...]:
        """Return the weeks of one window that some source has not delivered; ``index`` is its week."""
        missing = np.flatnonzero(self.calendar.of(window, None)[index] & ~self.calendar.observed)
        return tuple(self.calendar.axis.first + WEEK * int(position) for position in missing)

    @cached_property
    def withheld(self) -> NDArray[np.bool_]:
        """In which weeks of the axis the figure must not be shown: of a small group, or it would betray one."""
        axis = self.calendar.axis
        if not self.metric.people or not self.rows.has_group_below(self.minimum_group):
            return np.zeros(axis.size, dtype=np.bool_)
        return withheld_by_week(self.rows, self.minimum_group, self.organisation).of(self.where, axis)


def select(
    scope: Scope,
    metric: Metric,
    rows: MetricRows,
    observed: ObservedWeeks,
    *,
    organisation: Organisation,
    cycle: Cycle,
    weeks: tuple[date, ...],
) -> Selection:
    """Return a metric seen through a scope, from the caches of ``rows`` if it was asked for before.

    The root unit means all rows, also those whose unit code could not be mapped: no work is left out of the
    total.
    """
    where, units = _place(scope, organisation)
    caches = rows.caches
    calendar_key = _calendar_key(observed, cycle, weeks)
    calendar: Calendar = _kept(caches, calendar_key, lambda: _calendar(rows, observed, cycle, weeks))
    key = (where, organisation.minimum_group, metric.name, *calendar_key)
    selection: Selection = _kept(
        caches,
        key,
        lambda: Selection(metric, where, organisation, calendar, rows, rows.weekly(where, units, calendar.axis)),
    )
    return selection


def prepare(
    wanted: Iterable[tuple[Scope, windows.WindowName, Span | None]],
    metric: Metric,
    rows: MetricRows,
    observed: ObservedWeeks,
    *,
    organisation: Organisation,
    cycle: Cycle,
    weeks: tuple[date, ...],
) -> None:
    """Work out at once, and with the same result, what `select` and `Selection.over` will be asked for.

    Args:
        wanted: scope, window and baseline of each selection. The rest is as in `select`.
    """
    asked = list(wanted)
    calendar: Calendar = _kept(
        rows.caches, _calendar_key(observed, cycle, weeks), lambda: _calendar(rows, observed, cycle, weeks)
    )
    places = [_place(scope, organisation) for scope, _, _ in asked]
    rows.add_up(dict(places), calendar.axis)
    by_window: dict[tuple[windows.WindowName, Span | None], dict[Where, Selection]] = {}
    for (scope, window, baseline), (where, _) in zip(asked, places, strict=True):
        selection = select(scope, metric, rows, observed, organisation=organisation, cycle=cycle, weeks=weeks)
        if (window, baseline) not in selection.found:
            by_window.setdefault((window, baseline), {})[where] = selection
    for key, selections in by_window.items():
        found = windows.statistics_of_all(
            metric,
            [selection.sums for selection in selections.values()],
            calendar.observed,
            calendar.of(*key),
            minimum_group=organisation.minimum_group,
            withheld=[selection.withheld for selection in selections.values()],
        )
        for selection, statistics in zip(selections.values(), found, strict=True):
            selection.found[key] = statistics


def _place(scope: Scope, organisation: Organisation) -> tuple[Where, tuple[str, ...] | None]:
    """Return what a scope selects, and its units; None for all rows."""
    unit = scope.org_unit or organisation.root
    where = Where(unit, scope.segment, scope.ai_assisted)
    return where, None if unit == organisation.root else organisation.below(unit)


def _calendar_key(observed: ObservedWeeks, cycle: Cycle, weeks: tuple[date, ...]) -> tuple[object, ...]:
    return (weeks[0], len(weeks), observed.weeks, cycle.start, cycle.end)


def _kept(caches: dict[object, Any], key: object, build: Any) -> Any:
    if key not in caches:
        caches[key] = build()
    return caches[key]


def _calendar(rows: MetricRows, observed: ObservedWeeks, cycle: Cycle, weeks: tuple[date, ...]) -> Calendar:
    seen = observed.weeks or frozenset(weeks)
    starts = (weeks[0] - _REACH, monday_of(cycle.start), min(seen), rows.first_week or weeks[0])
    axis = Axis.spanning(min(starts), max(weeks[-1], *seen))
    return Calendar(weeks, axis, observed.on(axis), cycle)
