"""What a table's manifest says after a call: the files and judgements, and what the read showed of the system.

The verdict is not settled here, and nothing is read or written.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from okr_pipeline.landing.manifest import Manifest
from okr_pipeline.landing.table_landing import TableLanding


def next_manifest(done: TableLanding, asked: Collection[date]) -> Manifest:
    """Return the manifest's facts about the data after ``done``, a call for the weeks ``asked``."""
    before, found = done.before, done.found
    common = replace(
        before,
        files=done.files,
        weeks=done.records,
        parts=dict(found.known),
        unread=found.unread,
        checked_at=datetime.now(UTC),
    )
    if not found.weeks and not found.indexed:
        return common
    late = _late_rows(done, asked)
    read = bool(found.weeks) and found.parts != ()
    added = done.added if read else before.added_columns
    seen = done.span
    return replace(
        common,
        first_event=seen.first_event,
        newest_event=seen.newest_event,
        implausible=done.implausible,
        added_columns=added,
        late_rows=late,
        warnings=_warnings(added, late, done.implausible),
    )


def _late_rows(done: TableLanding, asked: Collection[date]) -> int:
    """Count rows that appeared in judged weeks not asked for, those that had none before included."""
    if done.windowed:
        return 0
    seen = done.found.rows_by_week() if done.found.indexed else done.profile.weeks
    others = {week: record.rows_seen for week, record in done.before.weeks.items() if week not in asked}
    return sum(max(seen.get(week, 0) - rows, 0) for week, rows in others.items() if week < max(asked))


def _warnings(added: Sequence[str], late: int, implausible: Mapping[str, int]) -> tuple[str, ...]:
    warnings = []
    if added:
        warnings.append(f"columns not in the contract, dropped: {', '.join(added)}")
    if late:
        warnings.append(f"{late} rows appeared in weeks no longer read again. Fix: backfill those weeks")
    warnings += [f"{count} rows left out: {name}" for name, count in sorted(implausible.items())]
    return tuple(warnings)
