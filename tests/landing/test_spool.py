"""The spool holds rows as the systems have them: for its owner alone, and for no longer than its run or the next."""

import signal
import stat
import subprocess
import sys
from pathlib import Path

from tests.landing.conftest import NEWEST, Desk, tickets
from tests.landing.refreshing import TABLE, run_of

PROJECT = Path(__file__).parents[2]
KILLED = """
import os, signal, sys
from pathlib import Path
from tests.landing.conftest import NEWEST, FolderReader, tickets
from tests.landing.refreshing import TABLE, run_of

os.umask(0)
class Dying(FolderReader):
    def read(self, request):
        request.spool.mkdir(parents=True)
        (request.spool / "rows.parquet").write_text("agent.1@example.com")
        os.kill(os.getpid(), signal.SIGKILL)

home = Path(sys.argv[1])
with run_of(home, Dying(home / "source"), NEWEST, tickets()) as run:
    run.land(TABLE, (NEWEST,))
"""


def test_what_a_killed_run_left_is_its_owners_alone_and_swept_by_the_next(desk: Desk) -> None:
    home = desk.root.parent
    killed = subprocess.run([sys.executable, "-c", KILLED, str(home)], cwd=PROJECT, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    spool = home / "spool"
    assert [path.name for path in spool.rglob("*") if path.is_file()] == ["rows.parquet"]
    for folder in (spool, *spool.iterdir()):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    with run_of(home, desk.reader, NEWEST, tickets()) as run:
        assert not spool.exists()
        assert run.land(TABLE, (NEWEST,)).verdict == "landed"
        assert not list(spool.iterdir())
    assert not spool.exists()
