"""Finds the line on which a table or key of a TOML text stands; the standard parser keeps no positions."""

import re
from collections.abc import Mapping

_HEADER = re.compile(r"^\s*\[\s*([A-Za-z0-9_.\"' -]+?)\s*\]\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\"'-]+)\s*=")
_LONG = re.compile(r"\"\"\"|'''")


def toml_lines(text: str) -> Mapping[tuple[str, ...], int]:
    """Give path -> line number (from 1) for every header and for every key at the start of a line.

    Args:
        text: TOML, as written.
    """
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        if not inside and (header := _HEADER.match(line)):
            table = tuple(part.strip().strip("\"'") for part in header.group(1).split("."))
            for depth in range(1, len(table) + 1):
                lines.setdefault(table[:depth], number)
        elif not inside and (key := _KEY.match(line)):
            lines.setdefault((*table, key.group(1).strip("\"'")), number)
        inside ^= len(_LONG.findall(line)) % 2 == 1
    return lines
