"""What the published metric values say of a part of the organisation before the cycle: baseline, own best, cases.

What a target makes of it is `targets`' matter. Rows that were withheld have no numbers and are unknown here, too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import isfinite
from typing import Any

import numpy as np

from okr_pipeline.cascade.baseline import MeasuredBaseline, baseline_of
from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.observed import ObservedWeeks
from okr_pipeline.cascade.organisation import Organisation
from okr_pipeline.cascade.rows import MetricRows
from okr_pipeline.cascade.scope import Scope
from okr_pipeline.cascade.selection import Selection, Span, select
from okr_pipeline.cascade.strategy import Cycle
from okr_pipeline.cascade.unit_file import Window
from okr_pipeline.cascade.weeks import WEEK, iso_week, monday_of, weeks_between
from okr_pipeline.cascade.windows import TRAILING_WEEKS
from okr_pipeline.errors import OkrError

BASELINE_WEEKS_COUNT = 13
_NUMBERS = ("numerator", "denominator", "sum_squares", "sample_count", "people_count")
_LABELS = ("org_unit", "segment", "ai_assisted")


class TooFewWeeksError(OkrError):
    """Fewer whole weeks are published before the cycle than a baseline needs."""

    def __init__(self, cycle: Cycle, first: date | None, last: date | None) -> None:
        """Build the sentence from the cycle and the weeks that are published."""
        self.cycle = cycle
        seen = f"{iso_week(first)} to {iso_week(last)}" if first and last else "none"
        super().__init__(
            f"cycle {cycle.id} starts on {cycle.start}; published weeks: {seen} - allowed: {BASELINE_WEEKS_COUNT} whole"
            " weeks of values before the cycle. Fix: okr refresh --from an earlier week, or choose a later cycle"
        )


@dataclass(frozen=True)
class Measured:
    """Metric rows up to a week, seen from the start of a cycle.

    Attributes:
        organisation: its units.
        cycle: the cycle that is drafted.
        metrics: metrics by name.
        rows: metric -> its rows.
        span: first and last Monday of the baseline.
    """

    organisation: Organisation
    cycle: Cycle
    metrics: Mapping[str, Metric]
    rows: Mapping[str, MetricRows]
    span: Span

    @classmethod
    def from_published(
        cls,
        published: Iterable[Mapping[str, Any]],
        *,
        organisation: Organisation,
        cycle: Cycle,
        metrics: Mapping[str, Metric],
    ) -> "Measured":
        """Build it from rows of the published table ``metric_values``, in any order.

        The baseline is the newest 13 whole weeks before the cycle; later weeks are left out, so that a draft does not
        depend on what the cycle brought.

        Raises:
            TooFewWeeksError: there are not as many.
        """
        by_metric: dict[str, list[Mapping[str, Any]]] = {}
        for row in published:
            if row["metric"] in metrics:
                by_metric.setdefault(row["metric"], []).append(row)
        weeks = [row["week_start"] for some in by_metric.values() for row in some]
        first, newest = min(weeks, default=None), max(weeks, default=None)
        before = monday_of(cycle.start) - WEEK
        last = before if newest is None else min(newest, before)
        if first is None or last - WEEK * (BASELINE_WEEKS_COUNT - 1) < first:
            raise TooFewWeeksError(cycle, first, newest)
        rows = {
            name: _metric_rows([row for row in some if row["week_start"] <= last])
            for name, some in sorted(by_metric.items())
        }
        span = (last - WEEK * (BASELINE_WEEKS_COUNT - 1), last)
        return cls(organisation, cycle, metrics, rows, span)

    @property
    def span_words(self) -> str:
        """The baseline's weeks as a definition writes them, e.g. ``2026-W14..2026-W26``."""
        return f"{iso_week(self.span[0])}..{iso_week(self.span[1])}"

    def baseline(self, metric: Metric, scope: Scope) -> MeasuredBaseline:
        """Return the baseline as a refresh will measure it, or the reason why it cannot be told from what is shown."""
        if metric.name not in self.rows:
            return MeasuredBaseline(float("nan"), "no rows are published")
        selection = self._selection(metric, scope, (self.span[1],))
        found = baseline_of(None, self.span, selection, selection.over("week", self.span))
        if found.reason is not None and self._has_withheld_rows(metric, scope):
            return MeasuredBaseline(
                found.number, "some published numbers are withheld: the groups are too small to show"
            )
        return found

    def value(self, metric: Metric, scope: Scope) -> float | None:
        """Return the baseline's value; None where it cannot be told or is 0, to which nothing can be relative."""
        number = self.baseline(metric, scope).number
        return number if isfinite(number) and number != 0 else None

    def best(self, metric: Metric, scope: Scope, window: Window, weeks_count: int) -> float | None:
        """Return the best value of that window in so many weeks before the cycle; None where none can be told."""
        weeks = weeks_between(self.span[1] - WEEK * (weeks_count - 1), self.span[1])
        values = self._selection(metric, scope, weeks).over(window).value
        known = values[np.isfinite(values)]
        if not known.size:
            return None
        return float(known.max() if metric.direction == "up" else known.min())

    def cases(self, metric: Metric, scope: Scope, window: Window = "week") -> float:
        """Return the usual number of cases behind one value of that window; 0 where unknown.

        Cases of a ``distinct_share`` are people and of a ``stock`` systems: they do not add up over weeks.
        """
        if metric.name not in self.rows:
            return 0.0
        selection = self._selection(metric, scope, (self.span[1],))
        found = float(selection.over("week", self.span).sample_count[-1])
        if not isfinite(found):
            return 0.0
        if metric.aggregation in ("distinct_share", "stock"):
            return found
        return found / BASELINE_WEEKS_COUNT * TRAILING_WEEKS.get(window, BASELINE_WEEKS_COUNT)

    def segments(self, metric: Metric, unit: str) -> tuple[str, ...]:
        """Return the segments that a metric has in a unit and below it in the baseline's weeks, sorted."""
        below = set(self.organisation.below(unit))
        cells = self._cells.get(metric.name, ())
        return tuple(sorted({segment for org_unit, segment in cells if org_unit in below}))

    def _has_withheld_rows(self, metric: Metric, scope: Scope) -> bool:
        rows = self.rows[metric.name]
        below = self.organisation.below(scope.org_unit or self.organisation.root)
        inside = (rows.week_start >= np.datetime64(self.span[0])) & np.isin(rows.org_unit, below)
        return bool((inside & np.isnan(rows.numerator)).any())

    @cached_property
    def _cells(self) -> Mapping[str, frozenset[tuple[str, str]]]:
        found: dict[str, frozenset[tuple[str, str]]] = {}
        for name, rows in self.rows.items():
            inside = rows.week_start >= np.datetime64(self.span[0])
            found[name] = frozenset(zip(rows.org_unit[inside], rows.segment[inside], strict=True))
        return found

    def _selection(self, metric: Metric, scope: Scope, weeks: tuple[date, ...]) -> Selection:
        rows = self.rows[metric.name]
        first = rows.first_week or self.span[0]
        # A published table does not tell an empty week from one that never came: from its first row on, all count.
        observed = ObservedWeeks(metric.name, frozenset(weeks_between(first, max(first, self.span[1]))))
        return select(scope, metric, rows, observed, organisation=self.organisation, cycle=self.cycle, weeks=weeks)


def _metric_rows(published: list[Mapping[str, Any]]) -> MetricRows:
    columns: dict[str, np.ndarray[Any, Any]] = {
        "week_start": np.array([row["week_start"] for row in published], dtype="datetime64[D]"),
        "observed_until": np.full(len(published), np.datetime64("NaT"), dtype="datetime64[us]"),
    }
    for name in _LABELS:
        columns[name] = np.array([row[name] for row in published], dtype=np.object_)
    for name in _NUMBERS:
        numbers = [float("nan") if row[name] is None else float(row[name]) for row in published]
        columns[name] = np.array(numbers, dtype=np.float64)
    return MetricRows.from_columns(columns)
