"""Bytes of a YAML file to text, refusing whatever an editor would not show or a reader would not expect.

Everything here is decided on bytes and characters, before any YAML is parsed.
"""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from okr_pipeline.cascade.issues import Issue

MAX_FILE_BYTES = 1024 * 1024
_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls but tab, line feed, carriage return
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"  # soft hyphen, joiners, fillers: drawn as nothing
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\uffff"
    "\U000e0000-\U000e0fff"
    "\ud800-\udfff]"  # halves of characters, which only an escape can write
)


@dataclass(frozen=True)
class FileText:
    """What a file says, and why it is refused if it is.

    Attributes:
        text: The text; of a refused file whatever can be told, good only to look for names.
        issue: Why the file is refused.
    """

    text: str
    issue: Issue | None = None


def read_text(path: Path, root: Path, file: str) -> FileText:
    """Read one file below ``root``.

    Args:
        path: The file to read.
        root: The cascade directory; a link that leads outside it is refused.
        file: How the issue names the file.
    """
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(root.resolve(strict=True)):
            problem = "the file is a link that leads outside the cascade directory"
            advice = ("every file lies inside it", "copy the file into the cascade directory")
            return FileText("", _refusal("outside_directory", file, 1, problem, *advice))
        if not real.is_file():
            advice = ("only regular files are read", "remove it or rename it")
            return FileText("", _refusal("unreadable_file", file, 1, "this is not a regular file", *advice))
        with real.open("rb") as stream:
            content = stream.read(MAX_FILE_BYTES + 1)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "the link leads to itself"
        advice = ("the file must be readable", "correct its permissions or the link")
        return FileText("", _refusal("unreadable_file", file, 1, f"the file cannot be read ({reason})", *advice))
    return decode(content, file)


def decode(content: bytes, file: str) -> FileText:
    """Decode the bytes of one file, refusing oversize, other encodings and invisible characters."""
    text = content.decode("utf-8", errors="replace").removeprefix("\ufeff")
    if len(content) > MAX_FILE_BYTES:
        advice = ("a unit file of one cycle has a few hundred lines", "split it by owning unit")
        return FileText(text, _refusal("file_too_large", file, 1, "the file is larger than 1 MiB", *advice))
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = f"byte {error.start} (0x{content[error.start]:02x}) is not UTF-8"
        advice = ("files are UTF-8 text", "save the file with encoding UTF-8")
        return FileText(text, _refusal("not_utf8", file, line, problem, *advice))
    found = _UNSAFE.search(text)
    if found is None:
        return FileText(text)
    return FileText(text, forbidden_character(file, text.count("\n", 0, found.start()) + 1, found[0]))


def unsafe_character(text: str) -> str | None:
    """Return the first character of a value that is not visible; escapes such as ``"\\u202e"`` write them."""
    found = _UNSAFE.search(text)
    return None if found is None else found[0]


def forbidden_character(file: str, line: int, character: str) -> Issue:
    """Build the issue about a character that is not visible."""
    name = unicodedata.name(character, "a control character")
    return _refusal(
        "forbidden_character",
        file,
        line,
        f"the text contains U+{ord(character):04X} ({name}), which is not visible",
        "only visible characters, spaces and line ends",
        "delete the character and type the words again",
    )


def _refusal(rule: str, file: str, line: int, *texts: str) -> Issue:
    problem, allowed, fix = texts
    return Issue(rule, "error", file, line, "file", problem, allowed, fix)
