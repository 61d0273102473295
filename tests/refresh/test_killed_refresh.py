"""A refresh may be killed anywhere: readers keep one complete publication, and the next refresh mends the rest."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from okr_runs import (
    Tables,
    assert_whole,
    comparable,
    copy_home,
    current_id,
    differences,
    end,
    published,
    start,
    succeed,
)

_POLL_SECONDS = 0.002
_FRACTIONS = (0.08, 0.25, 0.4, 0.55, 0.75, 0.9, 0.97)


@dataclass(frozen=True)
class Undisturbed:
    """What a refresh that nobody kills takes and publishes."""

    seconds: float
    tables: Tables


@pytest.fixture(scope="module")
def undisturbed(waiting_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    home = copy_home(waiting_home, tmp_path_factory.mktemp("undisturbed") / "okr")
    began = time.monotonic()
    succeed(home, "refresh")
    return Undisturbed(time.monotonic() - began, published(home))


def _is_building(home: Path, _old: str | None) -> bool:
    return any((home / "build").glob("*/okr.duckdb"))


def _is_publishing(home: Path, _old: str | None) -> bool:
    return any((home / "publications").glob(".*/cascade.duckdb"))


def _has_just_published(home: Path, old: str | None) -> bool:
    return current_id(home) != old


Moment = float | Callable[[Path, str | None], bool]


def _wait_for(process: subprocess.Popen[str], moment: Moment, home: Path, seconds: float) -> None:
    old = current_id(home)
    began = time.monotonic()
    while process.poll() is None:
        reached = moment(home, old) if callable(moment) else time.monotonic() - began >= moment * seconds
        if reached:
            return
        time.sleep(_POLL_SECONDS)


@pytest.mark.parametrize("moment", [*_FRACTIONS, _is_building, _is_publishing, _has_just_published])
def test_a_killed_refresh_leaves_one_whole_publication_and_the_next_run_mends_the_rest(
    waiting_home: Path, undisturbed: Undisturbed, tmp_path: Path, moment: Moment
) -> None:
    home = copy_home(waiting_home, tmp_path / "okr")
    old = current_id(home)
    old_tables = published(home)

    process = start(home, "refresh")
    _wait_for(process, moment, home, undisturbed.seconds)
    was_running = process.poll() is None
    if was_running:
        os.killpg(process.pid, signal.SIGKILL)
    killed = end(process)

    if callable(moment):
        assert was_running
        assert killed.code == -signal.SIGKILL, killed.err
    assert_whole(home)
    if current_id(home) == old:
        assert not differences(old_tables, published(home))
    else:
        assert not differences(*(_lasting(tables) for tables in (undisturbed.tables, published(home))))
    if moment is _has_just_published:
        assert current_id(home) != old

    succeed(home, "refresh")

    assert_whole(home)
    assert current_id(home) != old
    assert not differences(*(_lasting(tables) for tables in (undisturbed.tables, published(home))))
    assert not list((home / "build").glob("*"))
    assert not list((home / "publications").glob(".*"))
    assert not (home / "spool").exists()


def _lasting(tables: Tables) -> Tables:
    return comparable(tables, "computed_at")
