"""What is wrong in a file that a person wrote, as one sentence that says where, what, and what to do next.

Issues are collected, never raised: whoever asked decides what to do with all of them. How a problem is found
does not belong here.
"""

import difflib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

Level = Literal["error", "warning", "advice"]


@dataclass(frozen=True)
class Issue:
    """One problem at one place.

    Attributes:
        rule: Name of the rule or of the reader's check, e.g. ``derives_from_unknown``.
        level: ``error`` stops the run before it starts; ``warning`` and ``advice`` are published as findings.
        file: Path relative to the cascade directory, e.g. ``2026-h2/legal.yml``; empty for what only the data shows.
        line: Line in that file, from 1; 0 without a file.
        object: What the sentence is about, e.g. ``objective faster_review``.
        problem: What is wrong, with the value seen.
        allowed: What would be right.
        fix: The next action.
    """

    rule: str
    level: Level
    file: str
    line: int
    object: str
    problem: str
    allowed: str
    fix: str

    @property
    def about(self) -> str:
        """Id of the innermost thing that the issue is about, e.g. ``faster_review``: last word of ``object``."""
        return _last_word(self.object)

    @property
    def address(self) -> str:
        """Ids of all that the issue is about, joined by dots, outermost first, e.g. ``claims_triage.AIA-27-1``.

        An obligation is that of many AI systems, so its id alone would name the issues of all of them.
        """
        return address_of(self.object)

    def sentence(self) -> str:
        """Return the issue as people read it: ``file:line: object: problem - allowed. Fix: fix``.

        What the data shows has no place in a file, and begins with the object.
        """
        place = f"{self.file}:{self.line}: " if self.file else ""
        return f"{place}{self.object}: {self.problem} - {self.allowed}. Fix: {self.fix}"

    def as_dict(self) -> dict[str, str | int]:
        """Return the fields and the sentence, ready for JSON."""
        return {**asdict(self), "sentence": self.sentence()}


def address_of(subject: str) -> str:
    """Return `Issue.address` of what a sentence is about, e.g. of ``AI system claims_triage, AIA-27-1``."""
    return ".".join(_last_word(part) for part in subject.split(", "))


def _last_word(text: str) -> str:
    return text.rsplit(maxsplit=1)[-1].strip("'\"") if text.strip() else ""


def in_reading_order(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """Sort by file and line, then by rule and text so that the order never depends on how they were found."""
    return tuple(sorted(issues, key=lambda issue: (issue.file, issue.line, issue.rule, issue.sentence())))


def has_errors(issues: Iterable[Issue]) -> bool:
    """Tell whether anything in ``issues`` stops a run."""
    return any(issue.level == "error" for issue in issues)


def nearest(seen: str, known: Iterable[str]) -> str | None:
    """Return the known name that ``seen`` was most likely meant to be, or None if none is near."""
    matches = difflib.get_close_matches(seen[:100], sorted(known), n=1, cutoff=0.7)
    return matches[0] if matches else None


def shown(value: object, limit: int = 60) -> str:
    """Quote a value that was seen, shortened, and as YAML has it (`true`, `null`), for use in a sentence."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (tuple, list)):
        return "a list"
    text = "".join(character if character.isprintable() else "?" for character in str(value))
    text = text if len(text) <= limit else text[: limit - 1] + "…"
    return f"'{text}'" if isinstance(value, str) else text


def listed(names: Iterable[str], limit: int = 12) -> str:
    """Join names for a sentence, cut after ``limit`` of them: ``a, b, c and 4 more``."""
    every = list(names)
    if len(every) <= limit:
        return ", ".join(every) if every else "none"
    return f"{', '.join(every[:limit])} and {len(every) - limit} more"
