"""A killed call leaves the last good state, and a full disk is one clear sentence."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from okr_pipeline.durable import DiskError
from okr_pipeline.landing import week_files
from tests.landing.conftest import NEWEST, WEEKS, Desk, rows_of_week

KEY = ("desk", "tickets")
PROJECT = Path(__file__).parents[2]
KILLED = """
import os, signal, sys
from pathlib import Path
from okr_pipeline import durable
from okr_pipeline.landing import Landing, Pseudonymiser, manifest, week_files
from tests.landing.conftest import KEY, NEWEST, WEEKS, ZONE, Desk, FolderReader

home, point, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
module, name = {"copied": (week_files, "digest"), "renaming": (week_files, "rename"),
    "manifest": (manifest, "write_text"), "manifest renaming": (durable, "rename")}[point]
calls, real = 0, getattr(module, name)
def dying(*arguments):
    global calls
    calls += 1
    if calls == count:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments)
setattr(module, name, dying)
landing = Landing(home / "landing", ZONE, Pseudonymiser(KEY))
Desk(home / "source", landing, home / "landing", home / "spool", FolderReader(home / "source")).land()
"""


@pytest.mark.parametrize(
    ("point", "count"),
    [
        ("copied", 1),
        ("copied", 4),
        ("renaming", 1),
        ("renaming", 7),
        ("manifest", 1),
        ("manifest renaming", 1),
    ],
)
def test_kill_9_leaves_the_old_state_and_the_next_call_succeeds(desk: Desk, point: str, count: int) -> None:
    before = desk.land(WEEKS[:2], as_of_week=WEEKS[1]).manifest
    for week in WEEKS:
        desk.export(week, rows_of_week(week, 44))
    arguments = [sys.executable, "-c", KILLED, str(desk.source.parent), point, str(count)]
    done = subprocess.run(arguments, cwd=PROJECT, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert desk.landing.manifest(KEY) == before
    desk.landing.verify(KEY)
    report = desk.land()
    assert (report.verdict, report.changed_weeks) == ("landed", WEEKS)
    assert not list(desk.root.rglob("*.tmp"))
    desk.landing.verify(KEY)


def test_a_full_disk_names_the_path_and_leaves_nothing_behind(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = desk.land(WEEKS[:3], as_of_week=WEEKS[2]).manifest
    desk.export(WEEKS[2], rows_of_week(WEEKS[2], 44))

    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(week_files, "sync_file", full)
    with pytest.raises(DiskError, match=rf"week_start={WEEKS[2]}: could not be written \(No space left on device\)"):
        desk.land()
    assert not list(desk.root.rglob("*.tmp"))
    assert desk.landing.manifest(KEY) == before


def test_an_engine_that_finds_the_disk_full_says_so_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path) -> None:
        raise duckdb.IOException(f"Could not write file {path}: No space left on device")

    monkeypatch.setattr(week_files, "sync_file", full)
    with pytest.raises(DiskError, match="No space left on device"):
        desk.land([NEWEST])
