"""Files of one week: written beside their final name, synced, hashed, renamed; superseded ones kept
until pruned.

What stands in a file and in which order is `outgoing`; equal content gives equal bytes, so the name is
the content.
"""

import errno
import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from okr_pipeline.durable import DiskError, rename, sync_file, sync_folder
from okr_pipeline.errors import SourceError
from okr_pipeline.landing.contract_sql import literal
from okr_pipeline.landing.engine import ENGINE_ERRORS
from okr_pipeline.landing.manifest import WeekFile

_HASH_CHARACTERS = 16
_TEMPORARY = ".landing.tmp"


@dataclass(frozen=True)
class Written:
    """A week's file as it now lies on the disk."""

    path: Path
    """Absolute path."""
    sha256: str
    """Of its bytes."""


def sweep(folder: Path) -> None:
    """Delete what a killed run left half-written below a table's folder."""
    for leftover in folder.glob(f"week_start=*/*{_TEMPORARY}"):
        leftover.unlink(missing_ok=True)
    for leftover in folder.glob("*.tmp"):
        leftover.unlink(missing_ok=True)


def write(engine: duckdb.DuckDBPyConnection, query: str, week: date, folder: Path) -> Written:
    """Write the rows of ``query``, one week's in canonical order, and name the file by the hash of its bytes.

    Raises:
        DiskError: the disk is full or refuses; nothing visible has changed.
    """
    target = folder / f"week_start={week.isoformat()}"
    temporary = target / _TEMPORARY
    failure: OSError | None = None
    try:
        try:
            if not target.is_dir():
                target.mkdir(parents=True, exist_ok=True)
                sync_folder(target.parent)
            engine.execute(f"copy ({query}) to {literal(temporary)} (format parquet)")
            sync_file(temporary)
            sha256 = digest(temporary)
            path = target / f"{sha256[:_HASH_CHARACTERS]}.parquet"
            rename(temporary, path)
            return Written(path, sha256)
        except ENGINE_ERRORS as error:
            if not _blames_disk(error, temporary):
                raise
            failure = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            failure = error
    finally:
        _remove(temporary)
    raise DiskError(target, failure)


def digest(path: Path) -> str:
    """Return the sha256 of a file's bytes in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(key: tuple[str, str], files: Iterable[WeekFile]) -> None:
    """Compare every file's bytes with the manifest.

    Raises:
        SourceError: a file is gone or its bytes changed; names the path.
    """
    for file in files:
        if not file.path.is_file():
            problem = f"{file.path}: the landed file is gone"
        elif (seen := digest(file.path)) != file.sha256:
            problem = (
                f"{file.path}: the landed file was changed (sha256 {seen[:12]} seen - {file.sha256[:12]} is allowed)"
            )
        else:
            continue
        raise SourceError(*key, f"{problem}. Fix: delete it and refresh week {file.week_start}; it is landed again")


def prune(folder: Path, current: Mapping[date, WeekFile], keep: int) -> int:
    """Delete superseded files of a table beyond the ``keep`` newest of each week; return how many."""
    used = {file.path for file in current.values()}
    deleted = 0
    for week in folder.glob("week_start=*"):
        old = sorted(set(week.glob("*.parquet")) - used, key=lambda path: (path.stat().st_mtime_ns, path.name))
        for path in old[: max(len(old) - keep, 0)]:
            path.unlink()
            deleted += 1
    return deleted


def _blames_disk(error: Exception, temporary: Path) -> bool:
    """Tell a refused write of ours from a failed read of the source."""
    text = str(error)
    return "No space left" in text or str(temporary) in text


def _remove(temporary: Path) -> None:
    try:
        temporary.unlink(missing_ok=True)
    except OSError:
        return  # the folder itself could not be made; that failure is already on its way
