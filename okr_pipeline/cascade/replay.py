"""A past week once more: the value as it was known, held against the target of the start and against today's.

Statuses are not replayed: they also rest on sources and gates, whose past states are not kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import isclose, nan
from typing import Literal

import numpy as np

from okr_pipeline.cascade.grading import finite
from okr_pipeline.cascade.history import ValueVersion
from okr_pipeline.cascade.ledger import Change, changes_between
from okr_pipeline.cascade.progress import progress
from okr_pipeline.cascade.values import KeyResultValue
from okr_pipeline.cascade.versions import Version
from okr_pipeline.cascade.weeks import iso_week
from okr_pipeline.cascade.wording import counted

Verdict = Literal["met", "not_met", "inconclusive", "unknown"]
_MEASURES = ("metric", "unit", "where", "window")
_TOLD_BY_NUMBERS = ("target", "baseline", "metric", "where", "window")
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Against:
    """A value held against the target of one version of the definition.

    Attributes:
        version: that version, with its target, bounds and baseline as they were last published.
        progress: share of the way from baseline to target, unclipped; None when it cannot be said.
        verdict: ``met`` or ``not_met`` when the whole 95 % interval says so, ``inconclusive`` when it reaches across
            the target or the cases are too few, else ``unknown``.
        reason: why verdict or progress is missing; None when both are there.
    """

    version: Version
    progress: float | None
    verdict: Verdict
    reason: str | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """One key result in the replayed week.

    Attributes:
        key_result_id: the key result.
        week_start: Monday of the week.
        known: the version of the value that counts; None when there was none yet.
        original: against the definition that held when its cycle began.
        current: against the definition in force now, or the last that was.
    """

    key_result_id: str
    week_start: date
    known: ValueVersion | None
    original: Against
    current: Against

    @property
    def differs(self) -> bool:
        """Whether the original target tells another story than the current one."""
        was, now = self.original, self.current
        if was.verdict != now.verdict or (was.progress is None) != (now.progress is None):
            return True
        return not isclose(was.progress or 0.0, now.progress or 0.0, rel_tol=_ROUNDING, abs_tol=_ROUNDING)


def replay(
    values: Iterable[ValueVersion],
    versions: Iterable[Version],
    week: date,
    known_by: datetime | None = None,
    changes: Iterable[Change] = (),
) -> tuple[Replayed, ...]:
    """Return every key result of a week at its original and at its current target, in the order of their ids.

    Key results in force are always among them, those that have gone where the week had been computed.

    Args:
        values: the history, or the part of it about the week, in any order.
        versions: every published version of the definitions.
        week: Monday of the week.
        known_by: what was computed later is not known yet (aware); None is the newest of all. It is the values that are
            replayed as they were known; "current" is the definition in force now.
        changes: the ledger; the original definition of a key result is the one before its first change after the
            start of the cycle. Where it is empty the versions themselves are compared.
    """
    versions = tuple(versions)
    known: dict[str, ValueVersion] = {}
    for entry in values:
        if entry.value.week_start != week or (known_by is not None and entry.computed_at > known_by):
            continue
        newest = known.get(entry.value.key_result_id)
        if newest is None or newest.version < entry.version:
            known[entry.value.key_result_id] = entry
    first_change: dict[tuple[str, str], Change] = {}
    for change in sorted(tuple(changes) or changes_between(versions), key=lambda each: each.number):
        if change.is_after_start and change.field in _TOLD_BY_NUMBERS:
            first_change.setdefault((change.key_result_id, change.cycle), change)
    histories: dict[str, list[Version]] = {}
    for version in sorted(versions, key=lambda each: (each.first_published_at, each.is_current)):
        histories.setdefault(version.key_result_id, []).append(version)
    nothing = f"nothing had been computed for {iso_week(week)}" + (f" by {known_by:%Y-%m-%d}" if known_by else "")
    return tuple(
        _replayed(week, known.get(key_result_id), history, first_change, nothing)
        for key_result_id, history in sorted(histories.items())
        if key_result_id in known or any(version.is_current for version in history)
    )


def _replayed(
    week: date,
    known: ValueVersion | None,
    history: Sequence[Version],
    first_change: Mapping[tuple[str, str], Change],
    nothing: str,
) -> Replayed:
    by_hash = {version.definition_hash: version for version in history}
    measured_by = None if known is None else by_hash.get(known.value.definition_hash)
    current = next((version for version in history if version.is_current), measured_by or history[-1])
    moved = first_change.get((current.key_result_id, current.cycle))
    original = current if moved is None else by_hash.get(moved.old_definition_hash, current)
    at_original, at_current = (_against(version, known, measured_by, nothing) for version in (original, current))
    return Replayed(current.key_result_id, week, known, at_original, at_current)


def _against(version: Version, known: ValueVersion | None, measured_by: Version | None, nothing: str) -> Against:
    if known is None:
        return Against(version, None, "unknown", nothing)
    value = known.value
    if value.value is None or not finite(value.value):
        return Against(version, None, "unknown", value.reason or "the value is not a finite number")
    other = _other_measure(version, measured_by)
    if other is not None:
        return Against(version, None, "unknown", other)
    baseline = nan if version.baseline is None else version.baseline
    moved = float(progress(np.array(value.value), baseline, version.bounds))
    verdict, reason = _verdict(version, value)
    if reason is None and not finite(moved):
        reason = (
            "there is no baseline to measure from" if version.baseline is None else "the baseline equals the target"
        )
    return Against(version, moved if finite(moved) else None, verdict, reason)


def _other_measure(version: Version, measured_by: Version | None) -> str | None:
    """Return why a value cannot be held against a target: it measures something else."""
    if measured_by is None:
        return "the definition behind the value is not published"
    told: Mapping[str, tuple[object, object]] = {
        name: (getattr(measured_by, name), getattr(version, name)) for name in _MEASURES
    }
    differing = [f"{name} {now} where it was {then}" for name, (now, then) in told.items() if now != then]
    return f"the value is of another measure: {', '.join(differing)}" if differing else None


def _verdict(version: Version, value: KeyResultValue) -> tuple[Verdict, str | None]:
    """Judge as on the due date (`grading`): by the whole interval, and only with enough cases."""
    cases, needed = value.sample_count, version.minimum_cases or 0
    if cases is None:
        return "inconclusive", "how many cases are behind the value is not known"
    if cases < needed:
        return "inconclusive", f"only {counted(cases, 'case')} where {counted(needed, 'case')} are needed to judge"
    target = version.bounds
    if not target.is_known:
        return "unknown", "the target cannot be told: there is no baseline that it is relative to"
    low, high = value.low, value.high
    if low is None or high is None or not (finite(low) and finite(high)):
        return "inconclusive", "so little data cannot tell how far chance moves the value"
    if target.missed_by(low, high):
        return "not_met", None
    is_met = target.met_by(low) and target.met_by(high)
    return ("met", None) if is_met else ("inconclusive", "the 95 % interval reaches across the target")
