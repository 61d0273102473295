"""Which weeks of a table's history are still owed, however old: the look-back alone would never ask for them again.

Pure bookkeeping over the manifest. Whether a week that is asked for must be read is `changes`.
"""

from collections.abc import Collection
from datetime import date

from okr_pipeline.cascade.weeks import WEEK, weeks_between
from okr_pipeline.landing.manifest import Manifest, WeekRecord


def holes(manifest: Manifest, before: date, accepted: Collection[date]) -> tuple[date, ...]:
    """Return the Mondays between the table's first file and ``before`` (excluded) that must be asked for again.

    History begins with the first file. A week without a file is owed until its record settles it, see `_is_settled`;
    ``accepted`` are the weeks whose unusual volume a person has looked at.
    """
    first, newest = min(manifest.files, default=None), manifest.newest_week
    if first is None or newest is None:
        return ()
    later = weeks_between(first, before - WEEK)
    return tuple(
        week for week in later if week not in manifest.files and not _is_settled(manifest, week, newest, accepted)
    )


def _is_settled(manifest: Manifest, week: date, newest: date, accepted: Collection[date]) -> bool:
    """Tell whether asking for a week without a file again would cost a read and bring nothing.

    After the newest file nothing is settled: a system may have been silent since, and deliver all of it at once.
    """
    record = manifest.weeks.get(week)
    if record is None or week > newest or week in manifest.unread:
        return False
    if record.outcome == "volume_failed":
        return week not in accepted
    if manifest.parts:  # the system says what changed, so asking is free while nothing did
        return False
    return record.outcome == "empty" or _has_nothing(record)


def _has_nothing(record: WeekRecord) -> bool:
    """Tell whether a failed week failed because the system, read and understood, gave no row for it."""
    return record.outcome == "contract_failed" and not record.rows_seen and not record.rows_unknown
