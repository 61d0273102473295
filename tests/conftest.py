"""One finished demo for all tests that look at a whole company, and the longest tests first."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

os.environ["COLUMNS"] = "200"  # noqa: TID251 - tables are as wide wherever the tests run
WHOLE_RUNS = ("refresh/", "assets/", "ui/")
"""Folders whose tests refresh a whole company; begun last, they would keep one process long after the others."""
MadeOnce = Callable[[str, Callable[[Path], None]], Path]
COMMAND = [sys.executable, "-c", "from okr_pipeline.cli import main; main()", "demo"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest; `make test` deals the files out in this order."""
    here = Path(__file__).parent
    items.sort(key=lambda item: not item.path.relative_to(here).as_posix().startswith(WHOLE_RUNS))


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """Make a folder once for all processes of a test run: the first one to come makes it, the others wait."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # noqa: TID251 - set by the test runner
        shared = shared.parent

    def make(name: str, fill: Callable[[Path], None]) -> Path:
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (shared / name / "finished").exists():
                (shared / name).mkdir()
                fill(shared / name)
                (shared / name / "finished").touch()
        return shared / name

    return make


@pytest.fixture(scope="session")
def demo_home(made_once: MadeOnce) -> Path:
    """The home of a finished demo, to be read and never written: who changes one works on a copy.

    ``OKR_TEST_DEMO_HOME`` names a home that is finished already, which saves the minute.
    """
    finished = os.environ.get("OKR_TEST_DEMO_HOME")  # noqa: TID251 - a test's own switch, not a setting
    if finished:
        home = Path(finished)
        assert (home / "published" / "cascade.duckdb").is_file(), f"{home} is the home of no finished demo"
        return home
    return made_once("demo", lambda folder: _make_demo(folder / "home")) / "home"


def _make_demo(home: Path) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OKR_")}  # noqa: TID251
    shown = subprocess.run(
        COMMAND, env=inherited | {"OKR_HOME": str(home)}, capture_output=True, text=True, check=False
    )
    assert shown.returncode == 0, shown.stdout + shown.stderr
