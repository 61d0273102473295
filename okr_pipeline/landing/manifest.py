"""What is landed of one table: which file is current for each week, and what was judged when it was
last read.

The manifest is written last and by one rename, so a killed run leaves the one before. Nothing is read from a
system of record here.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from okr_pipeline.durable import write_text
from okr_pipeline.errors import SourceError

FORMAT = 1
Verdict = Literal["landed", "unchanged", "contract_failed", "volume_failed", "unreachable", "missing"]
Outcome = Literal["landed", "contract_failed", "volume_failed", "empty", "missing"]
VERDICTS: tuple[str, ...] = get_args(Verdict)


@dataclass(frozen=True)
class WeekFile:
    """The current file of one week."""

    week_start: date
    """Monday of the week."""
    path: Path
    """Absolute path of the Parquet file."""
    sha256: str
    """Of the file's bytes (64 hex characters)."""
    rows: int
    """Rows in the file, at least 1."""
    first_event: datetime
    """Earliest moment of the deciding column, in UTC."""
    last_event: datetime
    """Latest moment of the deciding column, in UTC."""
    contract_hash: str
    """The contract it was checked against."""
    key_id: str
    """The pseudonym key it was written with; empty where no column is a person."""
    landed_at: datetime
    """When these bytes first became current, in UTC."""


@dataclass(frozen=True)
class WeekRecord:
    """The last judgement of one week, whether or not it has a file."""

    outcome: Outcome
    """``landed``, ``contract_failed``, ``volume_failed``, ``empty`` (no rows, and the system has later
    ones) or ``missing`` (no rows, and the system has none later, or none so early)."""
    reason: str
    """Why, in words; empty for ``landed``."""
    rows: int
    """Rows judged, without duplicates and quarantined ones."""
    rows_seen: int
    """Rows the system gave, duplicates and quarantined ones included."""
    quarantined: Mapping[str, int]
    """Rows left out, by the contract's reasons."""
    rows_unknown: bool = False
    """Whether the table as a whole could not be judged, so that nobody knows what the week holds."""


@dataclass(frozen=True)
class Part:
    """One part of a system (a file, a repository) as last seen."""

    fingerprint: str
    """Changes whenever the part may have changed."""
    weeks: Mapping[date, int] | None
    """Rows by week; None where the part was not looked into: a change then touches every week."""
    first_event: datetime | None = None
    """Earliest plausible moment in it, in UTC."""
    last_event: datetime | None = None
    """Latest plausible moment in it, in UTC."""
    implausible: Mapping[str, int] = field(default_factory=dict)
    """Rows of no usable week in it."""


@dataclass(frozen=True)
class Manifest:
    """The state of one table in the landing."""

    system: str
    """As in the contract."""
    table: str
    """As in the contract."""
    verdict: Verdict = "missing"
    """Of the newest week checked."""
    reason: str = "never landed"
    """Why, in words; empty for ``landed`` and ``unchanged``."""
    files: Mapping[date, WeekFile] = field(default_factory=dict)
    """The current file of each week that has one, by Monday."""
    weeks: Mapping[date, WeekRecord] = field(default_factory=dict)
    """The last judgement of each week ever asked for, by Monday."""
    parts: Mapping[str, Part] = field(default_factory=dict)
    """The system's parts at the last complete read."""
    unread: tuple[date, ...] = ()
    """Judged weeks that changed in the system since and were not asked for: read when they are."""
    reading: str = ""
    """Fingerprint of contract, key, time zone and origin: a change makes every week unread."""
    first_event: datetime | None = None
    """Earliest plausible moment the system has shown, in UTC."""
    newest_event: datetime | None = None
    """Latest plausible moment the system has shown, in UTC; later than the newest landed week as a rule."""
    implausible: Mapping[str, int] = field(default_factory=dict)
    """Rows of no usable week at the last read: ``no_week``, ``before_2000``, ``after_as_of``."""
    added_columns: tuple[str, ...] = ()
    """Columns the contract does not know; dropped."""
    late_rows: int = 0
    """Rows that appeared in weeks no longer read again."""
    warnings: tuple[str, ...] = ()
    """What a person should look at although the data landed."""
    contract_hash: str = ""
    """Of the contract at the last read."""
    key_id: str = ""
    """Of the pseudonym key at the last read; empty where no column is a person."""
    checked_week: date | None = None
    """The newest week judged."""
    checked_at: datetime | None = None
    """When the table was last judged, in UTC."""

    @property
    def key(self) -> tuple[str, str]:
        """``(system, table)``."""
        return (self.system, self.table)

    @property
    def newest_week(self) -> date | None:
        """Monday of the newest week with a file."""
        return max(self.files, default=None)

    @property
    def rows_quarantined(self) -> Mapping[str, int]:
        """Rows left out by reason: those of no usable week, and the contract's own over the judged weeks."""
        counts = {name: count for name, count in self.implausible.items() if count}
        for record in self.weeks.values():
            for name, count in record.quarantined.items():
                counts[name] = counts.get(name, 0) + count
        return counts


def manifest_path(root: Path, key: tuple[str, str]) -> Path:
    """Return where the manifest of a table lies."""
    return root / key[0] / key[1] / "manifest.json"


def load(root: Path, key: tuple[str, str]) -> Manifest:
    """Return the manifest of a table, an empty one if nothing was landed yet.

    Raises:
        SourceError: the file is there and is not a manifest of ours.
    """
    path = manifest_path(root, key)
    if not path.exists():
        return Manifest(*key)
    try:
        return _from_document(json.loads(path.read_text(encoding="utf-8")), root, key)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        problem = (
            f"{path}: not a manifest of format {FORMAT} ({type(error).__name__}) - what this version "
            f"writes is "
            f"allowed. Fix: delete {path.parent} and land the table's weeks again"
        )
        raise SourceError(*key, problem) from error


def save(root: Path, manifest: Manifest) -> None:
    """Write the manifest atomically.

    Raises:
        DiskError: the disk refuses; the manifest before stays.
    """
    document = asdict(replace(manifest, files={}, weeks={}, parts={}))
    document["files"] = [{**asdict(f), "path": f.path.relative_to(root)} for _, f in sorted(manifest.files.items())]
    document["weeks"] = {week.isoformat(): asdict(record) for week, record in sorted(manifest.weeks.items())}
    document["parts"] = {name: _part_document(part) for name, part in sorted(manifest.parts.items())}
    text = json.dumps({"format": FORMAT, **document}, indent=1, default=_plain)
    write_text(manifest_path(root, manifest.key), text + "\n")


def _part_document(part: Part) -> dict[str, Any]:
    weeks = None if part.weeks is None else {week.isoformat(): rows for week, rows in sorted(part.weeks.items())}
    return {**asdict(replace(part, weeks=None)), "weeks": weeks}


def _plain(value: object) -> object:
    """Turn what JSON lacks into text or plain containers."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


def _from_document(document: dict[str, Any], root: Path, key: tuple[str, str]) -> Manifest:
    if document.pop("format") != FORMAT or (document["system"], document["table"]) != key:
        raise ValueError("another format or another table")
    if document["verdict"] not in VERDICTS:
        raise ValueError("unknown verdict")
    files = [_file(entry, root) for entry in document["files"]]
    return Manifest(
        **{
            **document,
            "files": {file.week_start: file for file in files},
            "weeks": {date.fromisoformat(week): WeekRecord(**record) for week, record in document["weeks"].items()},
            "parts": {name: _part(entry) for name, entry in document["parts"].items()},
            "first_event": _moment(document["first_event"]),
            "newest_event": _moment(document["newest_event"]),
            "unread": tuple(date.fromisoformat(week) for week in document["unread"]),
            "added_columns": tuple(document["added_columns"]),
            "warnings": tuple(document["warnings"]),
            "checked_week": date.fromisoformat(document["checked_week"]) if document["checked_week"] else None,
            "checked_at": _moment(document["checked_at"]),
        }
    )


def _file(entry: dict[str, Any], root: Path) -> WeekFile:
    moments = {name: datetime.fromisoformat(entry[name]) for name in ("first_event", "last_event", "landed_at")}
    week = date.fromisoformat(entry["week_start"])
    return WeekFile(**{**entry, **moments, "week_start": week, "path": root / entry["path"]})


def _part(entry: dict[str, Any]) -> Part:
    weeks = entry["weeks"]
    return Part(
        fingerprint=entry["fingerprint"],
        weeks=None if weeks is None else {date.fromisoformat(week): rows for week, rows in weeks.items()},
        first_event=_moment(entry["first_event"]),
        last_event=_moment(entry["last_event"]),
        implausible=entry["implausible"],
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
