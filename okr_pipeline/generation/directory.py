"""Writes a draft as a cascade directory of its own: built beside its name, then renamed, so it is whole or absent."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from okr_pipeline import durable
from okr_pipeline.durable import DiskError
from okr_pipeline.errors import OkrError
from okr_pipeline.generation.inputs import Facts
from okr_pipeline.generation.writer import cycle_text

_FILES = ("organisation.yml", "policy.yml", "benchmarks.yml")
_FOLDERS = ("ai_systems", "evidence")


class OccupiedError(OkrError):
    """The directory for the draft is there and not empty, or is no directory."""

    def __init__(self, out: Path) -> None:
        """Build the sentence from the path."""
        self.out = out
        super().__init__(f"--out: {out} exists and is not empty - nothing is overwritten. Fix: name a new directory")


def refuse_occupied(out: Path) -> None:
    """Raise `OccupiedError` unless ``out`` is free: nothing there, or an empty directory."""
    if out.is_symlink() or (out.exists() and (not out.is_dir() or any(out.iterdir()))):
        raise OccupiedError(out)


def write_draft(out: Path, facts: Facts, files: Mapping[str, str]) -> None:
    """Write a cascade directory: what the draft rests on, copied byte by byte, and the cycle's files.

    Raises:
        OccupiedError: ``out`` is not free.
        DiskError: the disk refuses; ``out`` is as it was.
    """
    refuse_occupied(out)
    beside = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    durable.remove_tree(beside)
    try:
        for source, name in _copied(facts):
            target = beside / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
            durable.sync_file(target)
        for name, text in files.items():
            durable.write_text(beside / facts.cycle.id / name, text)
        durable.write_text(beside / facts.cycle.id / "cycle.yml", _cycle(facts))
        durable.rename(beside, out)  # an empty directory gives way; one that has been filled meanwhile does not
    except OSError as error:
        if out.is_dir() and any(out.iterdir()):
            raise OccupiedError(out) from error
        raise DiskError(out, error) from error
    finally:
        durable.remove_tree(beside)


def _copied(facts: Facts) -> Iterator[tuple[Path, str]]:
    """Yield what to copy and under which name, in a fixed order; links are not followed out of the directory."""
    yield facts.strategy_file, "strategy.yml"
    for name in _FILES:
        if (facts.folder / name).is_file():
            yield facts.folder / name, name
    for folder in _FOLDERS:
        for path in sorted((facts.folder / folder).rglob("*")):
            if path.is_file() and path.resolve().is_relative_to(facts.folder.resolve()):
                yield path, str(path.relative_to(facts.folder))


def _cycle(facts: Facts) -> str:
    """Return the text of the cycle's file: as it is where it is the one that was read."""
    known = facts.folder / facts.cycle.id / "cycle.yml"
    return cycle_text(facts.cycle) if facts.is_new_cycle else known.read_text(encoding="utf-8")
