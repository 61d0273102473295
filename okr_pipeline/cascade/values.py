"""A key result's value, week by week: what its metric says through its window, and how far along that is.

How good a value is, is not decided here (`status`); neither is what history keeps of it (`history`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from math import isfinite
from typing import overload

import numpy as np

from okr_pipeline.cascade.baseline import MeasuredBaseline, baseline_of, target_of
from okr_pipeline.cascade.gaps import gap_sentence
from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.model import Cycle, KeyResult, Organisation
from okr_pipeline.cascade.observed import ObservedWeeks
from okr_pipeline.cascade.progress import TargetRange, progress
from okr_pipeline.cascade.rows import MetricRows
from okr_pipeline.cascade.selection import Selection, prepare, select
from okr_pipeline.cascade.trajectory import Shape, expected_progress
from okr_pipeline.cascade.weekly import Floats
from okr_pipeline.cascade.windows import Gap, WindowStatistics


@dataclass(frozen=True, slots=True)
class KeyResultValue:
    """A key result in one week.

    Attributes:
        key_result_id: id of the key result.
        week_start: Monday of the week that closes the window.
        value: in the metric's unit; None when it cannot or must not be given.
        low, high: 95 % interval; both None when none can be given.
        sample_count: cases in the window; None when withheld.
        people_count: most people behind one row of one week; None where unknown or withheld.
        baseline: in the metric's unit; None when it could not be measured.
        target_low, target_high: the values that meet the target lie between them; None is no such bound.
        progress: share of the way from baseline to target, unclipped; None when it cannot be said.
        expected_progress: share expected by the end of the week, 0 to 1; None before the lag has passed.
        observed_until: newest event behind the value (UTC).
        reason: why value or progress is missing; None when both are there.
        definition_hash: of the key result's definition.
        gap: the kind of reason for a missing value; ``none`` when there is one.
    """

    key_result_id: str
    week_start: date
    value: float | None
    low: float | None
    high: float | None
    sample_count: int | None
    people_count: int | None
    baseline: float | None
    target_low: float | None
    target_high: float | None
    progress: float | None
    expected_progress: float | None
    observed_until: datetime | None
    reason: str | None
    definition_hash: str
    gap: Gap = Gap.NONE

    @property
    def target(self) -> TargetRange:
        """The values that meet the target."""
        return TargetRange(self.target_low, self.target_high)


class ValueSeries(Sequence[KeyResultValue]):
    """The values of one key result over consecutive weeks, kept as arrays; records are built when asked for.

    Ten thousand key results over a year are half a million records, of which a status reads a handful.
    """

    def __init__(
        self,
        key_result: KeyResult,
        selection: Selection,
        measured: WindowStatistics,
        baseline: MeasuredBaseline,
        expected: tuple[float | None, ...],
    ) -> None:
        """Put together what `evaluate` has found; use that instead."""
        self._key_result, self._selection, self._measured = key_result, selection, measured
        self._baseline, self._expected = baseline, expected
        self._records: dict[int, KeyResultValue] = {}
        self.target, self._target_reason = target_of(key_result.target, baseline)
        self.progress: Floats = progress(measured.value, baseline.number, self.target)

    def __len__(self) -> int:
        """Return the number of weeks."""
        return len(self._selection.weeks)

    @property
    def numbers(self) -> Floats:
        """The values as one array, oldest first; NaN where there is none. No records are built for it."""
        return self._measured.value[: len(self)]

    @overload
    def __getitem__(self, index: int) -> KeyResultValue: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[KeyResultValue, ...]: ...

    def __getitem__(self, index: int | slice) -> KeyResultValue | tuple[KeyResultValue, ...]:
        """Return the record of one week, or of several."""
        if isinstance(index, slice):
            return tuple(self[position] for position in range(*index.indices(len(self))))
        position = range(len(self))[index]
        if position not in self._records:
            self._records[position] = self._record(position)
        return self._records[position]

    def _record(self, index: int) -> KeyResultValue:
        measured = self._measured
        gap = measured.gap(index)
        moved = _known(self.progress[index])
        return KeyResultValue(
            key_result_id=self._key_result.id,
            week_start=self._selection.weeks[index],
            value=_known(measured.value[index]),
            low=_known(measured.low[index]),
            high=_known(measured.high[index]),
            sample_count=_whole(measured.sample_count[index]),
            people_count=_whole(measured.people_count[index]),
            baseline=_known(self._baseline.number),
            target_low=self.target.low,
            target_high=self.target.high,
            progress=moved,
            expected_progress=self._expected[index],
            observed_until=_moment(measured.observed_until[index]),
            reason=self._reason(index, gap, moved),
            definition_hash=self._key_result.definition_hash,
            gap=gap,
        )

    def _reason(self, index: int, gap: Gap, moved: float | None) -> str | None:
        if gap is not Gap.NONE:
            return gap_sentence(gap, self._selection.missing_weeks(self._key_result.window, index), self._selection)
        if moved is not None:
            return None
        return self._baseline.reason or self._target_reason or "the baseline equals the target"


def evaluate(
    key_result: KeyResult,
    metric: Metric,
    rows: MetricRows,
    observed: ObservedWeeks,
    *,
    organisation: Organisation,
    cycle: Cycle,
    weeks: Sequence[date],
) -> ValueSeries:
    """Return the values of a key result for consecutive weeks, oldest first.

    Selections, windows and baselines are kept with ``rows``, so key results that share them cost little more.

    Args:
        key_result: its definition.
        metric: the metric it names.
        rows: all rows of that metric.
        observed: the weeks that every source of the metric has delivered.
        organisation: the unit tree and the minimum group.
        cycle: the cycle of the key result.
        weeks: consecutive Mondays, oldest first.
    """
    selection = select(
        key_result.where, metric, rows, observed, organisation=organisation, cycle=cycle, weeks=tuple(weeks)
    )
    trajectory = key_result.trajectory
    shape: Shape = trajectory.shape if trajectory else "linear"
    lag_weeks = trajectory.lag_weeks if trajectory else 0
    baseline_weeks = key_result.baseline.weeks
    measured = selection.over(key_result.window, baseline_weeks)
    return ValueSeries(
        key_result=key_result,
        selection=selection,
        measured=measured,
        baseline=baseline_of(key_result.baseline.value, baseline_weeks, selection, measured),
        expected=_expected(shape, lag_weeks, cycle.start, key_result.due, selection.weeks),
    )


def evaluate_all(
    key_results: Iterable[KeyResult],
    metrics: Mapping[str, Metric],
    rows: Mapping[str, MetricRows],
    observed: Mapping[str, ObservedWeeks],
    *,
    organisation: Organisation,
    cycles: Mapping[str, Cycle],
    weeks: Sequence[date],
) -> dict[str, ValueSeries]:
    """Return, by id, what `evaluate` returns for each: the same to the last bit, of thousands much sooner.

    Args:
        key_results: their definitions; the result is in their order. The rest is as in `evaluate`, by metric and cycle.
    """
    items = tuple(key_results)
    together: dict[tuple[str, str], list[KeyResult]] = {}
    for item in items:
        together.setdefault((item.metric, item.cycle), []).append(item)
    for (metric, cycle), some in together.items():
        prepare(
            ((item.where, item.window, item.baseline.weeks) for item in some),
            metrics[metric],
            rows[metric],
            observed[metric],
            organisation=organisation,
            cycle=cycles[cycle],
            weeks=tuple(weeks),
        )
    return {
        item.id: evaluate(
            item,
            metrics[item.metric],
            rows[item.metric],
            observed[item.metric],
            organisation=organisation,
            cycle=cycles[item.cycle],
            weeks=weeks,
        )
        for item in items
    }


@lru_cache(maxsize=4096)
def _expected(
    shape: Shape, lag_weeks: int, start: date, due: date, weeks: tuple[date, ...]
) -> tuple[float | None, ...]:
    return tuple(expected_progress(shape, lag_weeks, start, due, week) for week in weeks)


def _known(number: float) -> float | None:
    return float(number) if isfinite(number) else None


def _whole(number: float) -> int | None:
    return round(number) if isfinite(number) else None


def _moment(tick: np.datetime64) -> datetime | None:
    moment = tick.item()  # of microseconds: a datetime, or None for NaT
    return moment.replace(tzinfo=UTC) if isinstance(moment, datetime) else None
