"""The append-only history of key-result values: a changed value becomes a new version, the old one stays.

Storing the versions, and calling a restatement a finding, happens elsewhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import isclose, isnan

from okr_pipeline.cascade.values import KeyResultValue

RELATIVE_TOLERANCE_RATIO = 1e-12
_NUMBERS = ("value", "low", "high", "baseline", "target_low", "target_high", "progress")
_FACTS = ("sample_count", "people_count", "definition_hash", "gap")


@dataclass(frozen=True, slots=True)
class ValueVersion:
    """One version of a key result's value in one week.

    Attributes:
        value: the value as computed.
        version: 1 for the first; the highest one holds.
        input_hash: hash of the metric's rows that the value was computed from.
        computed_at: when this version was computed (aware).
        restates: the version whose value this one replaces by another; None when only something else changed.
    """

    value: KeyResultValue
    version: int
    input_hash: str
    computed_at: datetime
    restates: int | None


def append(
    history: Iterable[ValueVersion],
    values: Iterable[KeyResultValue],
    computed_at: datetime,
    input_hashes: Mapping[tuple[str, date], str],
) -> tuple[ValueVersion, ...]:
    """Return the versions to add to the history: none for values that say what the newest version says.

    Args:
        history: versions so far, in any order.
        values: what has now been computed; of two for the same key result and week the last counts.
        computed_at: the moment of this run.
        input_hashes: by key result id and week, the hash of the metric's rows that the value rests on.
    """
    newest: dict[tuple[str, date], ValueVersion] = {}
    for entry in history:
        key = _key(entry.value)
        if key not in newest or newest[key].version < entry.version:
            newest[key] = entry
    added: list[ValueVersion] = []
    for value in {_key(value): value for value in values}.values():
        input_hash = input_hashes[_key(value)]
        before = newest.get(_key(value))
        if before is None:
            added.append(ValueVersion(value, 1, input_hash, computed_at, None))
        elif before.input_hash != input_hash or not _says_the_same(before.value, value):
            restates = None if _equal(before.value.value, value.value) else before.version
            added.append(ValueVersion(value, before.version + 1, input_hash, computed_at, restates))
    return tuple(added)


def _key(value: KeyResultValue) -> tuple[str, date]:
    return value.key_result_id, value.week_start


def _says_the_same(before: KeyResultValue, after: KeyResultValue) -> bool:
    return all(_equal(getattr(before, name), getattr(after, name)) for name in _NUMBERS) and all(
        getattr(before, name) == getattr(after, name) for name in _FACTS
    )


def _equal(before: float | None, after: float | None) -> bool:
    if before is None or after is None:
        return before is after
    if isnan(before) or isnan(after):
        return isnan(before) and isnan(after)
    return isclose(before, after, rel_tol=RELATIVE_TOLERANCE_RATIO, abs_tol=0.0)
