"""One refresh at a time per ``$OKR_HOME``, whoever started it: schedule, command line or web page.

The kernel drops an ``flock`` when its process dies, so a killed run never leaves a lock behind; the file only says
who holds it. Nothing here knows what a refresh does.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from okr_pipeline.errors import OkrError

_POLL_SECONDS = 0.2


class RefreshRunningError(OkrError):
    """Another process refreshes the same ``$OKR_HOME``. ``holder`` is what that process wrote about itself."""

    def __init__(self, path: Path, holder: str) -> None:
        """Build the sentence from the lock's path and its holder."""
        self.path, self.holder = path, holder
        super().__init__(
            f"another refresh is running ({holder or 'holder unknown'}; lock {path}) - one at a time is allowed. "
            "Fix: wait for it, or pass --wait SECONDS"
        )


@contextmanager
def refresh_lock(home: Path, *, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the lock of ``home`` for the block.

    Raises:
        RefreshRunningError: somebody else still holds it after ``wait_seconds``.
    """
    home.mkdir(parents=True, exist_ok=True)
    path = home / "lock"
    deadline = time.monotonic() + wait_seconds
    with path.open("a+", encoding="utf-8") as file:
        while not _try(file.fileno()):
            if time.monotonic() >= deadline:
                raise RefreshRunningError(path, path.read_text(encoding="utf-8").strip())
            time.sleep(_POLL_SECONDS)
        file.truncate(0)
        file.write(f"process {os.getpid()} since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)
            fcntl.flock(file.fileno(), fcntl.LOCK_UN)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
