"""One finished demo for all tests that look at a whole company: `okr demo` takes most of a minute."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

os.environ["COLUMNS"] = "200"  # noqa: TID251 - tables are as wide wherever the tests run
COMMAND = [sys.executable, "-c", "from okr_pipeline.cli import main; main()", "demo"]


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a finished demo, to be read and never written: who changes one works on a copy.

    ``OKR_TEST_DEMO_HOME`` names a home that is finished already, which saves the minute.
    """
    finished = os.environ.get("OKR_TEST_DEMO_HOME")  # noqa: TID251 - a test's own switch, not a setting
    if finished:
        home = Path(finished)
        assert (home / "published" / "cascade.duckdb").is_file(), f"{home} is the home of no finished demo"
        return home
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # noqa: TID251 - set by the test runner
        shared = shared.parent  # the processes of one run share it: the first one to come makes the demo
    home = shared / "demo" / "home"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "demo" / "finished").exists():
            _make_demo(home)
            (shared / "demo" / "finished").touch()
    return home


def _make_demo(home: Path) -> None:
    home.parent.mkdir()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OKR_")}  # noqa: TID251
    shown = subprocess.run(
        COMMAND, env=inherited | {"OKR_HOME": str(home)}, capture_output=True, text=True, check=False
    )
    assert shown.returncode == 0, shown.stdout + shown.stderr
