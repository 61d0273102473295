"""What lies in the simulated systems' folders, and when it last changed."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Delivery:
    """A home, and what its files were (content, time of change) before the last week came."""

    home: Path
    before: dict[str, tuple[bytes, int]]


def files_of(home: Path) -> dict[str, tuple[bytes, int]]:
    """Return every file of the systems but git's own: name -> content and time of change."""
    root = home / "systems"
    return {
        str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(root.rglob("*"))
        if path.is_file() and "code_repository" not in path.parts
    }
