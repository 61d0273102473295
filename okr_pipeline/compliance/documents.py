"""Whether the documents behind the evidence are still those that were signed. What follows is in `milestones`.

Documents are only ever read, and only below the cascade directory: a link, an absolute path or a path that leads out
is as good as no document.
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from okr_pipeline.cascade.evidence import EvidenceRecord

DOCUMENTS = "evidence/documents"
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):", re.IGNORECASE)
_BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class DocumentState:
    """State of one record's document.

    Attributes:
        state: ``intact`` when its bytes have the signed hash, ``changed`` when they have another, ``missing`` when
            there is no file that may be read, ``remote`` when it lies elsewhere and no copy of it is here.
        reason: what was found, a clause, e.g. ``evidence/documents/fria.md is not there``.
    """

    state: Literal["intact", "changed", "missing", "remote"]
    reason: str


def state_of_documents(directory: Path, records: Iterable[EvidenceRecord]) -> Mapping[str, DocumentState]:
    """Look at the documents of all records; never raises on what it finds.

    A remote document counts as intact only by a copy in ``evidence/documents/`` whose file is named by the SHA-256 of
    its bytes, with any ending.

    Args:
        directory: The cascade directory.
        records: Records of evidence.

    Returns:
        Record id -> state of its document.
    """
    return {record.id: _state(directory, record) for record in records}


def _state(directory: Path, record: EvidenceRecord) -> DocumentState:
    reference, signed = record.document_ref, record.document_sha256
    scheme = _SCHEME.match(reference)
    if scheme is not None and scheme[1].lower() != "file":
        copy = None if signed is None else _copy(directory, signed)
        if copy is None:
            return DocumentState("remote", f"{reference} lies outside the cascade directory, and no copy of it is here")
        reference = copy
    refusal = _refusal(directory, reference)
    if refusal:
        return DocumentState("missing", refusal)
    try:
        seen = _sha256(directory / reference)
    except OSError as error:
        return DocumentState("missing", f"{reference} cannot be read ({error.strerror or 'unknown reason'})")
    if signed is None:
        return DocumentState("missing", f"the record names no hash of {reference}")
    if seen != signed:
        return DocumentState("changed", f"{reference} has the hash {seen[:12]}..., signed was {signed[:12]}...")
    return DocumentState("intact", f"{reference} has the hash that was signed")


def _refusal(directory: Path, reference: str) -> str:
    """Return why a reference is no regular file below the directory, reached without a link; empty if it is one."""
    parts = PurePosixPath(reference).parts
    if reference.startswith(("/", "~")) or "\\" in reference or _SCHEME.match(reference):
        return f"{reference} is no path below the cascade directory"
    if ".." in parts or not parts:
        return f"{reference} leads out of the cascade directory"
    path = directory
    for part in parts:
        path = path / part
        try:
            mode = path.lstat().st_mode
        except (OSError, ValueError):
            return f"{reference} is not there"
        if stat.S_ISLNK(mode):
            return f"{reference} is reached through a link, which can be pointed elsewhere"
    return "" if stat.S_ISREG(mode) else f"{reference} is not a regular file"


def _copy(directory: Path, sha256: str) -> str | None:
    try:
        names = sorted(path.name for path in (directory / DOCUMENTS).iterdir())
    except OSError:
        return None
    return next((f"{DOCUMENTS}/{name}" for name in names if name.partition(".")[0] == sha256), None)


def _sha256(path: Path) -> str:
    """Hash a file's bytes; a link put in its place since it was looked at is not followed."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    digest = hashlib.sha256()
    with os.fdopen(descriptor, "rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
