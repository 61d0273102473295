"""Which local paths may be read: only what lies below an allowed root once all links are resolved."""

import re
from collections.abc import Sequence
from pathlib import Path

_GLOB = re.compile(r"[*?\[]")


class OutsideError(ValueError):
    """A path leads out of the allowed folders; the sentence says which and how."""


def anchored(pattern: str, home: Path, roots: Sequence[Path]) -> str:
    """Give ``pattern`` (a path or glob) as an absolute pattern whose fixed part is resolved and allowed.

    Raises:
        OutsideError: it holds ``..`` or a NUL, or its fixed part lies outside every root.
    """
    if "\0" in pattern or ".." in Path(pattern).parts:
        raise OutsideError(f"{pattern!r} holds '..': a path goes down from a root")
    parts = (home / pattern).parts
    fixed = next((i for i, part in enumerate(parts) if _GLOB.search(part)), len(parts))
    base = Path(*parts[:fixed]).resolve()
    _below(base, roots, pattern)
    return str(base.joinpath(*parts[fixed:]))


def matches(pattern: str, roots: Sequence[Path]) -> tuple[Path, ...]:
    """Give the files that an anchored pattern finds now, sorted.

    Raises:
        OutsideError: one of them is, or lies behind, a symbolic link, or lies outside the roots.
    """
    parts = Path(pattern).parts
    fixed = next((i for i, part in enumerate(parts) if _GLOB.search(part)), len(parts))
    base = Path(*parts[:fixed])
    found = [base] if fixed == len(parts) else sorted(base.glob(str(Path(*parts[fixed:]))))
    files = [path for path in found if path.is_file() or path.is_symlink()]
    for path in files:
        plain(path, roots)
    return tuple(files)


def plain(path: Path, roots: Sequence[Path]) -> Path:
    """Give ``path`` back if it is absolute, no link leads to it and it lies below a root.

    Raises:
        OutsideError: otherwise.
    """
    if path.resolve() != path:
        raise OutsideError(f"{path} is or lies behind a symbolic link")
    _below(path, roots, str(path))
    return path


def _below(path: Path, roots: Sequence[Path], shown: str) -> None:
    if not any(path.is_relative_to(root.resolve()) for root in roots):
        raise OutsideError(f"{shown!r} lies outside the allowed roots")
