"""Answers that may be `unknown`: the types of an AI system's file. What an unknown leads to is not decided here."""

import re
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, model_validator

from okr_pipeline.cascade.definition import Definition, percent_ratio, refusal
from okr_pipeline.cascade.issues import listed, nearest, shown

UNKNOWN: Final = "unknown"
Unknown = Literal["unknown"]
_SYSTEM_ID = re.compile(r"[a-z][a-z0-9_-]{0,62}")


class Answered(Definition):
    """A group of questions; `unknown` in place of the group answers every question of it so."""

    @model_validator(mode="before")
    @classmethod
    def _unknown_as_a_whole(cls, value: Any) -> Any:
        return dict.fromkeys(cls.model_fields, UNKNOWN) if value == UNKNOWN else value


def _read_answer(value: object) -> object:
    if isinstance(value, bool) or value == UNKNOWN:
        return value
    near = {"yes": "true", "no": "false"}.get(str(value).lower(), "unknown if nobody can say")
    raise refusal(f"{shown(value)} is no answer", "true, false or unknown", f"write {near}")


def _read_day(value: object) -> object:
    if isinstance(value, date) or value == UNKNOWN:
        return value
    raise refusal(f"{shown(value)} is not a date", "YYYY-MM-DD, e.g. 2027-12-02, or unknown", "write the day so")


def _read_share(value: object) -> object:
    if value == UNKNOWN:
        return value
    number = percent_ratio(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= 1:
        raise refusal(f"{shown(value)} is no share", "0 to 1, a percentage, or unknown", "write e.g. 0.05 or 5%")
    return float(number)


def _read_quantity(value: object) -> object:
    if value == UNKNOWN:
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise refusal(f"{shown(value)} is no quantity", "a number from 0, or unknown", "write it in digits")
    return float(value)


def _read_count(value: object) -> object:
    if value == UNKNOWN or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    raise refusal(f"{shown(value)} is no count", "a whole number from 0, or unknown", "write it in digits")


def _read_system_id(value: object) -> object:
    if isinstance(value, str) and _SYSTEM_ID.fullmatch(value):
        return value
    raise refusal(
        f"{shown(value)} is not an id",
        "an id is 1 to 63 characters a-z, 0-9, _ and -, and begins with a letter",
        "rename it",
    )


def is_system_id(value: str) -> bool:
    """Return whether a name can be the id of a system or of a record about one."""
    return _SYSTEM_ID.fullmatch(value) is not None


class OneOf:
    """Reads a list of codes from a closed vocabulary, or `unknown`; a code of digits may be written as a number."""

    def __init__(self, *allowed: str) -> None:
        """``allowed`` are all codes."""
        self._allowed = allowed

    def __call__(self, value: object) -> object:
        """Return the codes as text; refuse others."""
        if value == UNKNOWN:
            return value
        if not isinstance(value, tuple | list):
            raise refusal(f"{shown(value)} is not a list", "a list such as [5c], or unknown", "put it in brackets")
        codes = tuple(str(code) if isinstance(code, int) and not isinstance(code, bool) else code for code in value)
        for position, code in enumerate(codes):
            if code not in self._allowed:
                near = nearest(str(code), self._allowed)
                fix = f"write {near}" if near else "choose one of them, or write unknown in place of the list"
                allowed = f"one of {listed(self._allowed, 30)}"
                raise refusal(f"{shown(code)} is not known here", allowed, fix, at=(position,))
        return codes


Answer = Annotated[bool | Unknown, BeforeValidator(_read_answer)]
"""Yes, no, or nobody knows."""

Day = Annotated[date | Unknown, BeforeValidator(_read_day)]
"""A day, or nobody knows."""

Share = Annotated[float | Unknown, BeforeValidator(_read_share)]
"""A share, 0 to 1."""

Quantity = Annotated[float | Unknown, BeforeValidator(_read_quantity)]
"""A finite number from 0."""

Count = Annotated[int | Unknown, BeforeValidator(_read_count)]
"""A whole number from 0."""

SystemId = Annotated[str, BeforeValidator(_read_system_id), Field(pattern=f"^{_SYSTEM_ID.pattern}$")]
"""Stable name of an AI system; one that a key result refers to has no hyphen."""
