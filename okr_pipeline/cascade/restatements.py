"""Past values that were corrected by more than the policy tolerates, as findings.

The history itself is `history`; a correction within the tolerance is kept there and needs nobody's attention.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from okr_pipeline.cascade.history import ValueVersion
from okr_pipeline.cascade.issues import Issue
from okr_pipeline.cascade.model import Cascade
from okr_pipeline.cascade.weeks import iso_week
from okr_pipeline.cascade.wording import counted, percent


def restated_weeks(versions: Iterable[ValueVersion], cascade: Cascade) -> tuple[Issue, ...]:
    """Return one finding for each key result whose value of a past week was corrected by the data.

    A change of the definition or of the baseline is no restatement. Of several weeks the newest is named.

    Args:
        versions: the whole history, in any order.
        cascade: the definitions in force and the tolerance.
    """
    by_version = {(entry.value.key_result_id, entry.value.week_start, entry.version): entry for entry in versions}
    found: dict[str, list[tuple[date, float]]] = {}
    for (key_result_id, week, _), entry in by_version.items():
        before = by_version.get((key_result_id, week, entry.restates or 0))
        key_result = cascade.key_results_by_id.get(key_result_id)
        if before is None or key_result is None or entry.value.definition_hash != key_result.definition_hash:
            continue
        change = _relative_change(before, entry)
        if change is not None and abs(change) > cascade.policy.restatement_tolerance_ratio.value:
            found.setdefault(key_result_id, []).append((week, change))
    return tuple(_issues(found, cascade))


def _relative_change(before: ValueVersion, after: ValueVersion) -> float | None:
    was, now = before.value.value, after.value.value
    if was is None or now is None or before.value.definition_hash != after.value.definition_hash:
        return None
    return (now - was) / abs(was) if was else (0.0 if now == was else float("inf"))


def _issues(found: dict[str, list[tuple[date, float]]], cascade: Cascade) -> Iterator[Issue]:
    tolerance = percent(cascade.policy.restatement_tolerance_ratio.value)
    for key_result_id, weeks in sorted(found.items()):
        week, change = max(weeks)
        others = f", and {counted(len(weeks) - 1, 'more week')}" if len(weeks) > 1 else ""
        place = cascade.key_results_by_id[key_result_id].location
        moved = f"{'up' if change > 0 else 'down'} by {percent(abs(change))}" if abs(change) < 10 else "out of nothing"
        yield Issue(
            rule="restated_week",
            level="warning",
            file=place.file,
            line=place.line,
            object=f"key result {key_result_id}",
            problem=f"its value of {iso_week(week)} was corrected {moved}{others}",
            allowed=f"late rows move a past value by at most {tolerance}",
            fix="ask the owner of the source what changed; key_result_values keeps both versions",
        )
