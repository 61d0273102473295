"""How a rule is documented: one sentence, then example, reason and remedy, as `okr rules` prints them.

Rules that are functions carry this as their docstring; checks that are part of a reader or of an engine stand in a
table of `Check` (`checks`, and one of the same name in the compliance package).
"""

import inspect
from dataclasses import dataclass
from typing import Literal

from okr_pipeline.cascade.issues import Level

Needs = Literal["files", "definitions", "data", "compliance"]
"""What a rule judges, and so has to be there first: files, definitions, weekly values, the state under the AI Act."""
_PARTS = ("Example", "Reason", "Remedy")


@dataclass(frozen=True)
class Documentation:
    """What a rule is about, in parts; a part that nobody wrote is empty.

    Attributes:
        summary: What it finds, one sentence.
        example: What it looks like.
        reason: Why it matters.
        remedy: What to do about it.
        notes: Everything else that was written, e.g. a formula and its source.
    """

    summary: str
    example: str
    reason: str
    remedy: str
    notes: str = ""


@dataclass(frozen=True)
class Check:
    """A check that is no function of its own.

    Attributes:
        name: Name of the rule in its issues.
        level: Level of its issues.
        needs: What has to be there before it can judge.
        text: Its documentation, as a docstring would be written.
    """

    name: str
    level: Level
    needs: Needs
    text: str


def read_documentation(text: str) -> Documentation:
    """Divide a docstring into its parts; never fails, since what is missing is a matter of the tests.

    A part begins on a line with its name and a colon and ends with the next part or an empty line.
    """
    summary, _, rest = inspect.cleandoc(text).partition("\n")
    found: dict[str, list[str]] = {}
    part = ""
    for line in rest.splitlines():
        name, _, begun = line.partition(": ")
        starts = name in _PARTS
        if starts or not line.strip():
            part = name if starts else ""
        found.setdefault(part, []).append((begun if starts else line).strip())
    example, reason, remedy, notes = (" ".join(filter(None, found.get(name, ()))) for name in (*_PARTS, ""))
    return Documentation(summary.strip(), example, reason, remedy, notes)
