"""`suppressions.yml`: findings that people have agreed to leave alone, each with a reason and a last day.

What a suppression does to findings is `suppressing`; whether it is still in order, `rules.suppressions`.
"""

import re
from datetime import date
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from okr_pipeline.cascade.definition import Definition, Label, refusal
from okr_pipeline.cascade.issues import shown
from okr_pipeline.cascade.role import Role

SUPPRESSIONS_FILE = "suppressions.yml"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,199}")


def _read_name(value: object) -> object:
    if not isinstance(value, str) or _NAME.fullmatch(value):
        return value
    raise refusal(
        f"{shown(value)} is not a name", "one name of letters, digits, _, . and -", "copy it from `okr findings`"
    )


Name = Annotated[str, BeforeValidator(_read_name), Field(pattern=f"^{_NAME.pattern}$")]


class Suppression(Definition):
    """One finding that is not to be told for a while. It never silences an error, nor what is found about itself."""

    rule: Name
    """Rule whose finding it is, as `okr rules` names it, e.g. ``vanity_metric`` or ``KR-09``."""
    about: Name
    """Id that the finding is about, e.g. ``customer_summary_share``; of two, both: ``claims_triage.AIA-27-1``."""
    reason: Label
    """Why it is left alone; published beside the finding."""
    until: date
    """Last day on which it is; the finding counts again on the day after."""
    agreed_by: Role
    """Role that agreed to it, e.g. ``general counsel``."""

    def is_in_force(self, as_of: date) -> bool:
        """Tell whether it still counts on a day."""
        return as_of <= self.until


class Suppressions(Definition):
    """`suppressions.yml`."""

    suppressions: tuple[Suppression, ...]
    """Any number; one for each rule and object."""

    @model_validator(mode="after")
    def _each_is_agreed_once(self) -> Self:
        first: dict[tuple[str, str], int] = {}
        for position, entry in enumerate(self.suppressions):
            before = first.setdefault((entry.rule, entry.about), position)
            if before != position:
                raise refusal(
                    f"{entry.rule} about {entry.about} is suppressed twice, first by entry {before + 1}",
                    "one entry for a rule and what its finding is about, so that one day and one reason count",
                    "delete one of the two",
                    at=("suppressions", position),
                )
        return self
