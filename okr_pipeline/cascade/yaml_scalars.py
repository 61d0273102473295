"""What one YAML scalar means: text, number, date, truth value or null; nothing that YAML versions dispute.

YAML 1.1 reads ``no`` as false, ``1:30`` as 90, ``010`` as 8 and ``240_000`` as a number; YAML 1.2 does not.
Such scalars are refused instead of read one way or the other.
"""

import re
from dataclasses import dataclass
from datetime import date

Scalar = str | int | float | bool | date | None

_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OLD_NUMBER = re.compile(r"[-+]?(0[0-9_]+|0[xob][0-9a-fA-F_]+|[0-9][0-9_]*_[0-9_.]*|[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?)")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(inf|nan)", re.IGNORECASE)
_OLD_BOOLEANS = frozenset({"yes", "no", "on", "off", "y", "n"})
_MAX_NUMBER_CHARACTERS = 40


@dataclass(frozen=True)
class Refused:
    """A scalar that is not read: why, what is allowed, and what to do."""

    rule: str
    problem: str
    allowed: str
    fix: str


def read_plain(text: str) -> Scalar | Refused:
    """Return the value of an unquoted scalar, or why it is refused."""
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if text.lower() in _OLD_BOOLEANS or text.lower() in ("true", "false", "null"):
        return Refused(
            "ambiguous_value",
            f"'{text}' is a truth value to some YAML readers and a word to others",
            "the truth values are true and false; a word that looks like one stands in quotes",
            f'write "{text}" if you mean the word',
        )
    if _DATE.fullmatch(text):
        return _read_date(text)
    return _read_number(text)


def _read_date(text: str) -> date | Refused:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return Refused(
            "wrong_value",
            f"'{text}' is no day of the calendar",
            "a date is YYYY-MM-DD, e.g. 2026-12-31",
            "correct the day or the month",
        )


def _read_number(text: str) -> str | int | float | Refused:
    if _DECIMAL.fullmatch(text):
        if len(text) > _MAX_NUMBER_CHARACTERS:
            return _not_a_number(text[:20] + "…", "is a number of too many digits")
        number = int(text) if _WHOLE.fullmatch(text) else float(text)
        if abs(number) == float("inf"):
            return _not_a_number(text, "is too large a number")
        return number
    if _NOT_A_NUMBER.fullmatch(text):
        return _not_a_number(text, "is not a finite number")
    if _OLD_NUMBER.fullmatch(text):
        return _not_a_number(text[:20], "is a number that YAML versions read differently")
    return text


def _not_a_number(text: str, problem: str) -> Refused:
    return Refused(
        "ambiguous_value",
        f"'{text}' {problem}",
        "a number is digits with an optional decimal point, e.g. 240000 or 0.15; text stands in quotes",
        "write it plainly, or in quotes if it is text",
    )
