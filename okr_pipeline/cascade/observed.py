"""What is known of the data's arrival: which weeks every source has delivered, and the state of each source.

The facts come from the landing's manifests, which nothing here reads. `freshness` decides what they mean.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from okr_pipeline.cascade.weekly import Axis

Verdict = Literal["landed", "unchanged", "empty", "contract_failed", "volume_failed", "unreachable", "missing"]
FAILED_VERDICTS: frozenset[str] = frozenset({"contract_failed", "volume_failed", "unreachable"})


@dataclass(frozen=True, slots=True)
class ObservedWeeks:
    """The weeks for which every source table of one metric has been read.

    A week that was read and had no rows is observed: only a week that never came is missing.

    Attributes:
        metric: name of the metric.
        weeks: Mondays.
    """

    metric: str
    weeks: frozenset[date]

    @classmethod
    def in_every(cls, metric: str, landed: Iterable[Collection[date]]) -> "ObservedWeeks":
        """Keep the weeks that stand in each of the collections, one collection per source table."""
        collections = [frozenset(weeks) for weeks in landed]
        return cls(metric, frozenset.intersection(*collections) if collections else frozenset())

    def on(self, axis: Axis) -> NDArray[np.bool_]:
        """Return, for each week of an axis, whether it is observed."""
        seen = np.zeros(axis.size, dtype=np.bool_)
        positions = [axis.index(week) for week in self.weeks]
        seen[[position for position in positions if 0 <= position < axis.size]] = True
        return seen


@dataclass(frozen=True, slots=True)
class SourceState:
    """What the landing says of one source table at the end of a run.

    Attributes:
        system: id of the system of record.
        table: name of the table.
        verdict: outcome of the newest read.
        reason: the landing's sentence for it; empty when all is well.
        newest_event: newest event in the landed data (aware); None if nothing was ever landed.
        newest_week: newest landed week; None if nothing was ever landed.
    """

    system: str
    table: str
    verdict: Verdict
    reason: str
    newest_event: datetime | None
    newest_week: date | None

    @property
    def failed(self) -> bool:
        """Whether the newest read went wrong; ``missing`` did not, it is late or not, as the cadence says."""
        return self.verdict in FAILED_VERDICTS

    @property
    def name(self) -> str:
        """Name for people, e.g. ``contact_centre.interactions``."""
        return f"{self.system}.{self.table}"
