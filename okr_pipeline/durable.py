"""Files that are whole or absent: written beside their name, synced, then renamed.

Everything that a killed run could leave half-written goes through here.
"""

import os
import shutil
from pathlib import Path

from okr_pipeline.errors import OkrError


class DiskError(OkrError):
    """The disk refused a write. ``path`` is the file that was being written; nothing visible has changed."""

    def __init__(self, path: Path, error: OSError) -> None:
        """Build the sentence from the path and the operating system's own words."""
        self.path = path
        super().__init__(
            f"{path}: could not be written ({error.strerror or error}) - what was there before is untouched. "
            "Fix: free space or correct the permissions, then run again"
        )


def write_text(path: Path, text: str) -> None:
    """Replace ``path`` by ``text`` (UTF-8) atomically.

    Raises:
        DiskError: the disk is full or refuses; the old content stays.
    """
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        rename(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise DiskError(path, error) from error


def rename(source: Path, target: Path) -> None:
    """Rename and sync the folder, so that the new name survives a power cut."""
    source.replace(target)
    sync_folder(target.parent)


def sync_file(path: Path) -> None:
    """Push a file's bytes to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Push a folder's entries to the disk."""
    sync_file(path)


def point_link(link: Path, target: str) -> None:
    """Let the symbolic link ``link`` point to ``target`` (relative) by one rename.

    Raises:
        DiskError: the disk refuses; the link still points to the old target.
    """
    temporary = link.with_name(f".{link.name}.tmp")
    try:
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(target)
        rename(temporary, link)
    except OSError as error:
        raise DiskError(link, error) from error


def remove_tree(path: Path) -> None:
    """Delete a folder of ours if it is there."""
    shutil.rmtree(path, ignore_errors=True)
