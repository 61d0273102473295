"""Files of one week: written beside their final name, synced, hashed, renamed; superseded ones kept until pruned.

A file holds the contract's columns in order, persons as pseudonyms, rows in one canonical order: equal content gives
equal bytes.
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
from okr_pipeline.landing.batch import Batch
from okr_pipeline.landing.contract_sql import literal, quoted
from okr_pipeline.landing.engine import ENGINE_ERRORS
from okr_pipeline.landing.manifest import WeekFile
from okr_pipeline.landing.pseudonyms import Replacement

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


def write(
    engine: duckdb.DuckDBPyConnection,
    batch: Batch,
    people: Replacement,
    week: date,
    folder: Path,
    *,
    sort: bool,
) -> Written:
    """Write the rows of one week of a judged batch and give the file its name, the hash of its bytes.

    Raises:
        DiskError: the disk is full or refuses; nothing visible has changed.
    """
    target = folder / f"week_start={week.isoformat()}"
    temporary = target / _TEMPORARY
    columns = [
        f"{people.expressions[name]} as {quoted(name)}" if name in people.expressions else f"r.{quoted(name)}"
        for name in batch.table.columns
    ]
    rows = (
        f"select {', '.join(columns)} from (select * from {batch.rows} "
        f"where {batch.of_week(week)} and {batch.kept}) r{people.joins}"
    )
    order = f" order by {', '.join(map(quoted, order_of(batch)))}" if sort else ""
    failure: OSError | None = None
    try:
        try:
            if not target.is_dir():
                target.mkdir(parents=True, exist_ok=True)
                sync_folder(target.parent)
            engine.execute(f"copy (select * from ({rows}){order}) to {literal(temporary)} (format parquet)")
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


def order_of(batch: Batch) -> tuple[str, ...]:
    """Return the canonical order of rows: the deciding moment, then the key, without a key every column.

    Pseudonyms are ordered as pseudonyms: the order of raw ids would tell who is who.
    """
    rest = batch.table.row_key or tuple(batch.table.columns)
    return (batch.table.week_by, *(name for name in rest if name != batch.table.week_by))


def is_ordered(engine: duckdb.DuckDBPyConnection, batch: Batch, week: date) -> bool:
    """Tell whether the rows of a week already come in canonical order, so that sorting them changes nothing."""
    names = order_of(batch)
    if not batch.table.row_key or set(names) & set(batch.table.pseudonymised):
        return False
    current = [quoted(name) for name in names]
    before = [quoted(f"before {name}") for name in names]
    lags = ", ".join(f"lag({now}) over () as {then}" for now, then in zip(current, before, strict=True))
    backwards = [
        " and ".join(
            [*(f"{current[i]} = {before[i]}" for i in range(last)), f"{current[last]} < {before[last]}"]
        )
        for last in range(len(names))
    ]
    found = engine.execute(
        f"select count(*) from (select {', '.join(current)}, {lags} from {batch.rows} "
        f"where {batch.of_week(week)} and {batch.kept}) where {' or '.join(f'({each})' for each in backwards)}"
    ).fetchall()
    return bool(found[0][0] == 0)


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
            problem = f"{file.path}: the landed file was changed (sha256 {seen[:12]} seen - {file.sha256[:12]} is allowed)"
        else:
            continue
        raise SourceError(
            *key, f"{problem}. Fix: delete it and refresh week {file.week_start}; it is landed again"
        )


def prune(folder: Path, current: Mapping[date, WeekFile], keep: int) -> int:
    """Delete superseded files of a table beyond the ``keep`` newest of each week; return how many."""
    used = {file.path for file in current.values()}
    deleted = 0
    for week in folder.glob("week_start=*"):
        old = sorted(
            set(week.glob("*.parquet")) - used, key=lambda path: (path.stat().st_mtime_ns, path.name)
        )
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
        return  # a folder that could not be made has nothing to remove; the failure itself is already on its way
