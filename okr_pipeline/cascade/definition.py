"""What every definition has in common: the strict frozen base, and the types of ids, labels and numbers.

A type here refuses with three texts: what is wrong, what is allowed, and what to do. Types that only one kind
of definition uses live with that kind.
"""

import re
import unicodedata
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from okr_pipeline.cascade.issues import shown
from okr_pipeline.cascade.weeks import parse_week_range

LABEL_CHARACTERS_MAX_COUNT = 300
ID_PATTERN = re.compile(r"[a-z][a-z0-9_]{0,62}")
_SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
_PERCENT = re.compile(r"([+-]?[0-9]{1,6}(?:\.[0-9]{1,6})?) ?%")
_ID_ALLOWED = "an id is 1 to 63 characters a-z, 0-9 and _, and begins with a letter"


class Definition(BaseModel):
    """Base of what people write in YAML: frozen, no unknown keys, no conversions, finite numbers."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


def refusal(problem: str, allowed: str, fix: str, at: tuple[str | int, ...] = ()) -> PydanticCustomError:
    """Build the error that a validator raises; ``at`` leads from the validated value to the offending one."""
    context = {"problem": problem, "allowed": allowed, "fix": fix, "at": at}
    return PydanticCustomError("refusal", "{problem}", context)


def _read_id(value: object) -> object:
    if not isinstance(value, str) or ID_PATTERN.fullmatch(value):
        return value
    foreign = next((character for character in value if not character.isascii()), None)
    if foreign is not None:
        name = unicodedata.name(foreign, "unnamed")
        raise refusal(
            f"{shown(value)} contains '{foreign}' ({name})", _ID_ALLOWED, "type the id again in plain letters"
        )
    raise refusal(f"{shown(value)} is not an id", _ID_ALLOWED, "rename it")


def _read_segment(value: object) -> object:
    if not isinstance(value, str) or (_SEGMENT.fullmatch(value) and value != "all"):
        return value
    if value == "all":
        raise refusal("'all' is no segment", "leaving the segment out means all of them", "delete the key")
    raise refusal(
        f"{shown(value)} is not a segment",
        "a segment is 1 to 63 characters A-Z, a-z, 0-9, _, . and -",
        "copy the segment from the metric's table",
    )


def _read_label(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not value.strip():
        raise refusal("the text is empty", "a sentence that people understand", "write it")
    if "\n" in value or "\t" in value:
        raise refusal(f"{shown(value)} has a line break or tab", "one line of text", "write it on one line")
    if len(value) > LABEL_CHARACTERS_MAX_COUNT:
        raise refusal(
            f"the text has {len(value)} characters",
            f"at most {LABEL_CHARACTERS_MAX_COUNT}",
            "say it in one sentence",
        )
    return unicodedata.normalize("NFC", value.strip())


def _read_percent(value: object) -> object:
    ratio = percent_ratio(value)
    if ratio is not None:
        return ratio
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        fix = "write it like 25%"
        if not isinstance(value, str):
            fix = f"write {value * 100:g}% if {value:g} is a ratio" if abs(value) < 1 else f"write {value:g}%"
        raise refusal(f"{shown(value)} is not a percentage", "a number with a percent sign, e.g. 25%", fix)
    return value


def _read_amount(value: object) -> object:
    if not isinstance(value, str):
        return value
    ratio = percent_ratio(value)
    if ratio is None:
        raise refusal(
            f"{shown(value)} is not a number",
            "a number in the metric's unit such as 300 or 0.7, or a share such as 70%",
            "write the number without a unit",
        )
    return ratio


def percent_ratio(value: object) -> float | None:
    """Return ``25%`` as 0.25, or None for anything that is not a percentage."""
    match = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    return None if match is None else float(match[1]) / 100


def _read_week_range(value: object) -> object:
    if isinstance(value, str):
        try:
            parse_week_range(value)
        except ValueError as error:
            raise refusal(str(error), "first and last ISO week, e.g. 2026-W14..2026-W26", "correct the range") from None
    return value


Id = Annotated[str, BeforeValidator(_read_id), Field(pattern=f"^{ID_PATTERN.pattern}$")]
"""A stable name in ASCII, e.g. ``tier_one_handle_time``."""

Segment = Annotated[str, BeforeValidator(_read_segment), Field(pattern=f"^{_SEGMENT.pattern}$")]
"""A value of a metric's own breakdown, e.g. ``vendor_standard``."""

Label = Annotated[str, BeforeValidator(_read_label), Field(max_length=LABEL_CHARACTERS_MAX_COUNT)]
"""One line of text for people, in Unicode normal form C."""

Percent = Annotated[float, BeforeValidator(_read_percent, json_schema_input_type=str), Field(examples=["25%", "-10%"])]
"""A relative change written with a percent sign; read as a ratio, ``25%`` is 0.25."""

Amount = Annotated[
    float, BeforeValidator(_read_amount, json_schema_input_type=float | str), Field(examples=[300, "70%"])
]
"""A number in the metric's unit; a share may be written ``70%``, which is 0.7."""

WeekRange = Annotated[str, BeforeValidator(_read_week_range), Field(examples=["2026-W14..2026-W26"])]
"""First and last ISO week, both included."""
