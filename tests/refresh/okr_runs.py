"""Runs the command line as a person would, in a process of its own, and reads what it published."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from okr_pipeline.publication import verification
from okr_pipeline.publication.store import PublicationStore

PROJECT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-c", "from okr_pipeline.cli import main; main()")
TIMEOUT_SECONDS = 600
_REPLACED_WHOLE = ("systems", "landing", "publications")
"""Folders whose files are only ever replaced by a rename, so that copies of a home can share them."""

Row = dict[str, Any]
Tables = dict[str, list[Row]]


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def refusal(self) -> str:
        """The one sentence on standard error; fails if there is more than that, or a traceback."""
        assert self.code == 1, f"exit code {self.code}\n{self.out}\n{self.err}"
        assert "Traceback" not in self.err + self.out
        lines = [line for line in self.err.splitlines() if line.strip() and not line.startswith("Refreshing ")]
        assert len(lines) == 1, self.err
        return lines[0]


def environment(home: Path, extra: dict[str, str] | None = None) -> dict[str, str]:
    """Return a process environment that knows nothing of the developer's own."""
    return {
        "PATH": os.defpath,
        "HOME": str(home.parent),
        "LANG": "C.UTF-8",
        "COLUMNS": "200",
        "OKR_HOME": str(home),
        **(extra or {}),
    }


def start(home: Path, *words: str, env: dict[str, str] | None = None) -> subprocess.Popen[str]:
    """Start ``okr`` in a process group of its own."""
    return subprocess.Popen(
        [*COMMAND, *words],
        cwd=PROJECT,
        env=environment(home, env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def end(process: subprocess.Popen[str]) -> Ended:
    """Wait for a started command."""
    out, err = process.communicate(timeout=TIMEOUT_SECONDS)
    return Ended(process.returncode, out, err)


def run(home: Path, *words: str, env: dict[str, str] | None = None) -> Ended:
    """Run ``okr`` and wait for it."""
    return end(start(home, *words, env=env))


def succeed(home: Path, *words: str, env: dict[str, str] | None = None) -> Ended:
    """Run ``okr``; fail the test unless it succeeds."""
    ended = run(home, *words, env=env)
    assert ended.code == 0, f"{ended.out}\n{ended.err}"
    return ended


def copy_home(source: Path, target: Path) -> Path:
    """Copy a home; files that are only replaced whole are shared, symbolic links stay links."""
    for entry in source.iterdir():
        if entry.is_symlink() or entry.is_file():
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy2(entry, target / entry.name, follow_symlinks=False)
        else:
            copy = os.link if entry.name in _REPLACED_WHOLE else shutil.copy2
            shutil.copytree(entry, target / entry.name, symlinks=True, copy_function=copy)
    return target


def published(home: Path) -> Tables:
    """Return every table of the current publication, rows in the order of all their columns."""
    with duckdb.connect(str(home / "published" / "cascade.duckdb"), read_only=True) as connection:
        names = connection.execute("select table_name from duckdb_tables() where schema_name = 'okr'").fetchall()
        tables: Tables = {}
        for (name,) in names:
            cursor = connection.execute(f"select * from okr.{name} order by all")
            columns = [column[0] for column in cursor.description or ()]
            tables[name] = [dict(zip(columns, values, strict=True)) for values in cursor.fetchall()]
    return tables


def current_id(home: Path) -> str | None:
    """Return the id of the publication that readers see."""
    return PublicationStore(home).current_id()


def assert_whole(home: Path) -> None:
    """Fail unless what readers see is one complete publication that keeps its promises."""
    folder = (home / "published").resolve()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["publication_id"] == folder.name
    verification.verify(folder / "cascade.duckdb", manifest["rows"])


def comparable(tables: Tables, *without: str) -> Tables:
    """Return the rows that must not depend on when and how often a refresh ran, without the columns ``without``."""
    return {
        name: [{column: value for column, value in row.items() if column not in without} for row in rows]
        for name, rows in tables.items()
        if name != "publication_info"
    }


def differences(before: Tables, after: Tables) -> dict[str, list[Row]]:
    """Return per table the rows that only one of the two has; empty if they are the same."""
    assert before.keys() == after.keys()
    found = {}
    for name, rows in before.items():
        was, now = ({repr(row): row for row in some} for some in (rows, after[name]))
        if different := [(was | now)[key] for key in sorted(was.keys() ^ now.keys())]:
            found[name] = different
    return found
