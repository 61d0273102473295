"""Runs one step in a process of its own and says how long it took and how much memory it had at its peak.

The process that measures imports nothing heavy: Linux counts the memory of the parent at the moment of the start
towards the child's peak.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from okr_pipeline.settings import Settings

BIN = Path(sys.executable).parent
PROJECT = Path(__file__).parents[1]


class StepFailedError(Exception):
    """A step that was to be measured failed; a figure of it would be worthless."""


@dataclass(frozen=True)
class Measured:
    """One finished process."""

    seconds: float
    peak_mebibytes: float
    output: str

    def document(self) -> Any:
        """Return the last line of the output, which our own steps write as JSON."""
        return json.loads(self.output.strip().splitlines()[-1])


def environment(home: Path) -> dict[str, str]:
    """Return the caller's environment with everything of ours pointing into ``home``."""
    outside = {name: value for name, value in _outside().items() if not name.startswith(("OKR_", "DAGSTER_", "DBT_"))}
    return {
        **outside,
        "OKR_PROJECT": str(PROJECT),
        "OKR_HOME": str(home),
        "OKR_AS_OF": "2026-11-23",
        "OKR_PSEUDONYM_KEY": "a key for measuring only, not for persons",
    }


def run(arguments: list[str], home: Path, extra: Mapping[str, str] | None = None) -> Measured:
    """Run a command to its end.

    Raises:
        StepFailedError: its exit code was not 0; holds the end of what it said.
    """
    with tempfile.TemporaryFile("w+") as said:
        started = time.perf_counter()
        process = subprocess.Popen(
            arguments, cwd=PROJECT, env={**environment(home), **(extra or {})}, stdout=said, stderr=said
        )
        _, status, usage = os.wait4(process.pid, 0)  # of this child alone: RUSAGE_CHILDREN is the peak of them all
        took = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        output = said.read()
    if process.returncode != 0:
        raise StepFailedError(f"{' '.join(arguments)} ended with {process.returncode}:\n{output[-3000:]}")
    return Measured(took, usage.ru_maxrss / 1024, output)


def run_module(name: str, home: Path, *arguments: str) -> Measured:
    """Run ``benchmarks.<name>`` of this folder as a program."""
    return run([sys.executable, "-m", f"benchmarks.{name}", str(home), *arguments], home)


def _outside() -> Mapping[str, str]:
    return Settings.from_environment().environment
