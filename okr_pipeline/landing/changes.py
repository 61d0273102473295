"""Which weeks must be read again, from what changed in the system since the last complete read.

Pure bookkeeping over fingerprints of parts and the weeks each part holds; nothing is read here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from okr_pipeline.landing.manifest import Manifest, Part

INDEX_FROM_PARTS = 4
"""With fewer parts one change touches every week anyway, so looking into single parts would only cost
a read."""


@dataclass(frozen=True)
class Changes:
    """What to read of a table."""

    weeks: tuple[date, ...]
    """Weeks to read, in order; empty when nothing can have changed."""
    parts: tuple[str, ...] | None
    """Parts that hold rows of these weeks; None for all."""
    known: Mapping[str, Part]
    """The system's parts after this read."""
    unread: tuple[date, ...] = ()
    """Weeks judged earlier that changed since and are not read now: read as soon as they are asked for."""

    @property
    def indexed(self) -> bool:
        """Whether the weeks of every part are known."""
        return bool(self.known) and all(part.weeks is not None for part in self.known.values())

    def rows_by_week(self) -> dict[date, int]:
        """Return the rows of all parts by week; only meaningful when `indexed`."""
        total: dict[date, int] = {}
        for part in self.known.values():
            for week, rows in (part.weeks or {}).items():
                total[week] = total.get(week, 0) + rows
        return total


def find(
    manifest: Manifest,
    fingerprints: Mapping[str, str] | None,
    asked: Iterable[date],
    look_into: Callable[[Sequence[str]], Mapping[str, Part]],
) -> Changes:
    """Return what to read; ``look_into`` profiles new and changed parts.

    ``manifest`` is the last state under the same contract, key and origin; otherwise it has no
    ``parts`` and every judged week is ``unread``.
    """
    weeks = tuple(sorted(asked))
    ever = {*weeks, *manifest.weeks}
    if fingerprints is None:
        return Changes(weeks, None, {})
    before = manifest.parts
    fresh = [name for name, mark in fingerprints.items() if name not in before or before[name].fingerprint != mark]
    gone = [name for name in before if name not in fingerprints]
    if len(fingerprints) < INDEX_FROM_PARTS:
        known = {name: before.get(name, Part(mark, None)) for name, mark in fingerprints.items()}
        known |= {name: Part(fingerprints[name], None) for name in fresh}
        touched = ever if fresh or gone else set()
    else:
        unseen = [name for name in fingerprints if name in fresh or before[name].weeks is None]
        known = {name: before[name] for name in fingerprints if name not in unseen}
        known |= look_into(unseen)
        changed = [before[name] for name in (*fresh, *gone) if name in before] + [known[name] for name in fresh]
        whole = any(part.weeks is None for part in changed)
        touched = ever if whole else {week for part in changed for week in part.weeks or {}}
    moved = bool(fresh or gone)
    behind = {*manifest.unread, *(touched & set(manifest.weeks))}
    again = tuple(week for week in weeks if week in touched | behind or _is_open(manifest, week, moved=moved))
    holding = tuple(name for name, part in known.items() if part.weeks is None or set(again) & set(part.weeks))
    return Changes(again, holding, known, tuple(sorted(behind - set(again))))


def _is_open(manifest: Manifest, week: date, *, moved: bool) -> bool:
    """Tell whether a week lacks a judgement that stands while its parts stay the same.

    A broken contract stands: the same rows break it again. An unusual volume does not: it may be accepted meanwhile.
    """
    record = manifest.weeks.get(week)
    if record is None or record.outcome == "volume_failed":
        return True
    if record.outcome == "missing":
        return moved
    return record.outcome == "landed" and not (week in manifest.files and manifest.files[week].path.is_file())


def span(parts: Iterable[Part]) -> tuple[datetime | None, datetime | None]:
    """Return the earliest and latest moment of indexed parts."""
    known = list(parts)
    firsts = [part.first_event for part in known if part.first_event is not None]
    lasts = [part.last_event for part in known if part.last_event is not None]
    return min(firsts, default=None), max(lasts, default=None)
