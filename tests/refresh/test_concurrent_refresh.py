"""One refresh at a time; readers neither wait for it nor hold it up."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from okr_runs import PROJECT, current_id, end, environment, run, start, succeed

_HOLD_LOCK = """
import sys
from pathlib import Path
from okr_pipeline.lock import refresh_lock
with refresh_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""
_READ = """
import sys
import duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
for _line in sys.stdin:
    found = connection.execute(
        "select publication_id, (select count(*) from okr.key_result_values) from okr.publication_info"
    ).fetchone()
    print(*found, flush=True)
"""


@contextmanager
def _other_process(script: str, argument: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(argument)],
        cwd=PROJECT,
        env=environment(argument.parent),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.communicate(timeout=60)  # closing its input lets it end


def _ask(process: subprocess.Popen[str]) -> str:
    assert process.stdin
    assert process.stdout
    process.stdin.write("\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def test_a_refresh_is_refused_in_one_sentence_while_another_holds_the_lock(home: Path) -> None:
    old = current_id(home)
    with _other_process(_HOLD_LOCK, home) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"

        sentence = run(home, "refresh").refusal

        assert f"process {holder.pid} since" in sentence
        assert str(home / "lock") in sentence
        assert "--wait" in sentence
    assert current_id(home) == old


def test_a_wait_that_is_too_short_is_refused_in_the_same_words(home: Path) -> None:
    with _other_process(_HOLD_LOCK, home) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        assert run(home, "refresh", "--wait", "1").refusal.startswith("another refresh is running (process ")


def test_a_waiting_refresh_runs_when_the_lock_is_free(home: Path) -> None:
    old = current_id(home)
    with _other_process(_HOLD_LOCK, home) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        waiting = start(home, "refresh", "--wait", "300")
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(timeout=8)
        assert current_id(home) == old
    ended = end(waiting)
    assert ended.code == 0, ended.err
    assert current_id(home) != old


def test_a_reader_neither_blocks_a_refresh_nor_loses_its_publication(home: Path) -> None:
    old = current_id(home)
    with _other_process(_READ, home / "published" / "cascade.duckdb") as reader:
        before = _ask(reader)
        assert before.split()[0] == old

        succeed(home, "refresh")

        assert current_id(home) != old
        assert _ask(reader) == before
