"""Which files a cascade directory has, by name and place. Nothing is opened here."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from okr_pipeline.cascade.issues import Issue, listed, nearest
from okr_pipeline.cascade.suppression import SUPPRESSIONS_FILE

Kind = Literal[
    "organisation", "strategy", "policy", "benchmarks", "suppressions", "ai_system", "evidence", "cycle", "unit"
]  # fmt: skip
_TOP: dict[str, Kind] = {
    "organisation.yml": "organisation",
    "strategy.yml": "strategy",
    "policy.yml": "policy",
    "benchmarks.yml": "benchmarks",
    SUPPRESSIONS_FILE: "suppressions",
}
_REQUIRED = ("organisation.yml", "strategy.yml", "policy.yml")
_KIND_OF_FOLDER: dict[str, Kind] = {"ai_systems": "ai_system", "evidence": "evidence"}
_NOT_READ = frozenset({"schema"})


@dataclass(frozen=True)
class CascadeFile:
    """One file to read.

    Attributes:
        path: Where it is.
        name: How issues name it: the path below the cascade directory, with ``/``.
        kind: What it defines.
        folder: Name of the folder that it lies in; empty at the top.
    """

    path: Path
    name: str
    kind: Kind
    folder: str


def find_files(directory: Path) -> tuple[tuple[CascadeFile, ...], tuple[Issue, ...]]:
    """List the files of a cascade directory, and what is missing or would be silently ignored."""
    try:
        entries = _entries(directory)
    except OSError as error:
        problem = f"the directory cannot be read ({error.strerror or 'unknown reason'})"
        return (), (_issue("unreadable_file", ".", problem, "a readable directory", "correct the path"),)
    files: list[CascadeFile] = []
    issues: list[Issue] = []
    names = {entry.name for entry in entries}
    for name in _REQUIRED:
        if name not in names:
            problem = "the file is missing"
            issues.append(_issue("missing_file", name, problem, f"{listed(_REQUIRED)} must exist", f"add {name}"))
    for entry in entries:
        if Path(entry.path).is_dir():
            found, wrong = _folder(entry)
            files.extend(found)
            issues.extend(wrong)
        elif entry.name in _TOP:
            files.append(CascadeFile(Path(entry.path), entry.name, _TOP[entry.name], ""))
        elif _looks_like_yaml(entry.name):
            issues.append(_unexpected(_shown(entry.name), entry.name))
    if not any(file.kind in ("cycle", "unit") for file in files):
        problem = "there is no folder of a cycle"
        issues.append(_issue("missing_file", ".", problem, "a folder with a cycle.yml", "add 2026-h2/cycle.yml"))
    return tuple(files), tuple(issues)


def _folder(folder: os.DirEntry[str]) -> tuple[list[CascadeFile], list[Issue]]:
    if folder.name in _NOT_READ:
        return [], []
    try:
        entries = _entries(Path(folder.path))
    except OSError as error:
        problem = f"the folder cannot be read ({error.strerror or 'unknown reason'})"
        return [], [
            _issue(
                "unreadable_file",
                _shown(folder.name),
                problem,
                "a readable folder",
                "correct its permissions",
            )
        ]
    files, issues = [], []
    for entry in entries:
        name = f"{_shown(folder.name)}/{_shown(entry.name)}"
        if not _looks_like_yaml(entry.name):
            continue  # evidence/documents too: what is signed may be of any kind
        if not entry.name.endswith(".yml"):
            issues.append(_unexpected(name, entry.name))
            continue
        files.append(CascadeFile(Path(entry.path), name, _kind_in(folder.name, entry.name), folder.name))
    if folder.name not in _KIND_OF_FOLDER and files and not any(file.kind == "cycle" for file in files):
        allowed = "a folder of a cycle has a cycle.yml"
        issues.append(
            _issue(
                "missing_file",
                f"{_shown(folder.name)}/cycle.yml",
                "the file is missing",
                allowed,
                "add cycle.yml",
            )
        )
    return files, issues


def _kind_in(folder: str, name: str) -> Kind:
    if folder in _KIND_OF_FOLDER:
        return _KIND_OF_FOLDER[folder]
    return "cycle" if name == "cycle.yml" else "unit"


def _entries(directory: Path) -> list[os.DirEntry[str]]:
    def visible() -> Iterator[os.DirEntry[str]]:
        with os.scandir(directory) as scan:
            yield from (entry for entry in scan if not entry.name.startswith("."))

    return sorted(visible(), key=lambda entry: entry.name)


def _shown(name: str) -> str:
    """Return a file's name for a sentence: bytes and controls that cannot be shown become ``?``."""
    return "".join(character if character.isprintable() else "?" for character in name)


def _looks_like_yaml(name: str) -> bool:
    return name.lower().endswith((".yml", ".yaml"))


def _unexpected(name: str, last: str) -> Issue:
    near = nearest(last, _TOP) if name == last else None
    fix = f"rename it to {near}" if near else "rename it to end in .yml and move it to its folder"
    folders = "ai_systems/<id>.yml, evidence/<id>.yml, <cycle>/cycle.yml and <cycle>/<org unit>.yml"
    allowed = f"{listed(_TOP)}, {folders} are read"
    return _issue("unexpected_file", name, "the file would be ignored", allowed, fix)


def _issue(rule: str, file: str, problem: str, allowed: str, fix: str) -> Issue:
    return Issue(rule, "error", file, 1, "file", problem, allowed, fix)
