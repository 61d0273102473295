"""What a run has measured, as weekly series: the rows of every metric, and the weeks that its sources delivered.

What key results make of it is in `evaluation`, what can be learned from it in `intelligence`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from okr_pipeline.cascade.model import KeyResult
from okr_pipeline.cascade.observed import ObservedWeeks
from okr_pipeline.cascade.rows import MetricRows
from okr_pipeline.cascade.scope import Scope
from okr_pipeline.cascade.selection import Selection, select
from okr_pipeline.cascade.weeks import monday_of, weeks_between
from okr_pipeline.cascade.windows import WindowStatistics
from okr_pipeline.landing import Manifest
from okr_pipeline.project import Project, TableKey

Columns = Mapping[str, np.ndarray[Any, Any]]


@dataclass(frozen=True, eq=False)
class Measured:
    """The measured weeks of a project.

    Attributes:
        project: the cascade and what it refers to.
        rows: metric -> its rows.
        observed: metric -> the weeks that every source of it has delivered.
        weeks: every week from the first landed one, oldest first.
    """

    project: Project
    rows: Mapping[str, MetricRows]
    observed: Mapping[str, ObservedWeeks]
    weeks: tuple[date, ...]

    @classmethod
    def of(
        cls, project: Project, columns: Mapping[str, Columns], manifests: Mapping[TableKey, Manifest], through: date
    ) -> "Measured":
        """Put together what the warehouse and the landing hold.

        Args:
            project: the cascade and what it refers to.
            columns: metric -> its rows as numpy columns.
            manifests: table -> what is landed.
            through: newest week to speak of.
        """
        first = min((week for manifest in manifests.values() for week in manifest.files), default=through)
        return cls(
            project,
            {name: MetricRows.from_columns(some) for name, some in columns.items()},
            {name: _observed(project, name, manifests) for name in columns},
            weeks_between(min(first, through), through),
        )

    @property
    def through(self) -> date:
        """The newest week."""
        return self.weeks[-1]

    def selection(self, metric: str, where: Scope, cycle_id: str) -> Selection:
        """Return one metric seen through a scope, over all weeks."""
        cascade = self.project.cascade
        return select(
            where,
            self.project.metrics[metric],
            self.rows[metric],
            self.observed[metric],
            organisation=cascade.organisation,
            cycle=cascade.cycles[cycle_id],
            weeks=self.weeks,
        )

    def weekly(self, metric: str, where: Scope, cycle_id: str) -> WindowStatistics:
        """Return the statistics of every single week; what must not be shown is NaN here as everywhere."""
        return self.selection(metric, where, cycle_id).over("week")

    def position(self, day: date) -> int:
        """Return the position of the week that a day lies in; it may lie outside of the weeks."""
        return (monday_of(day) - self.weeks[0]).days // 7

    @cached_property
    def running(self) -> tuple[KeyResult, ...]:
        """Key results whose due week has not passed; what is over is neither watched nor forecast."""
        last = len(self.weeks) - 1
        return tuple(item for item in self.project.cascade.key_results if self.position(item.due) >= last)

    @cached_property
    def starts(self) -> Mapping[str, int]:
        """Cycle -> position of its first week: below 0 before the first measured one, at most the number of weeks."""
        cycles = self.project.cascade.cycles.values()
        return {cycle.id: min(self.position(cycle.start), len(self.weeks)) for cycle in cycles}


def _observed(project: Project, metric: str, manifests: Mapping[TableKey, Manifest]) -> ObservedWeeks:
    landed = []
    for key in project.metrics[metric].sources:
        manifest = manifests[key]
        empty = {week for week, record in manifest.weeks.items() if record.outcome == "empty"}
        landed.append({*manifest.files, *empty})
    return ObservedWeeks.in_every(metric, landed)
