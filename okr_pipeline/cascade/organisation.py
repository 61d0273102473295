"""The organisation: its units as a tree, the codes that systems use for them, and what holds for all of it.

Which unit owns what does not belong here; that is the cascade.
"""

from functools import cached_property
from typing import Annotated, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from okr_pipeline.cascade.definition import Definition, Id, Label, refusal
from okr_pipeline.cascade.issues import listed, nearest, shown

MINIMUM_GROUP_PEOPLE_COUNT = 5


def _read_group(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool) and value < MINIMUM_GROUP_PEOPLE_COUNT:
        raise refusal(
            f"{value} people are too small a group to publish",
            f"{MINIMUM_GROUP_PEOPLE_COUNT} or more: the minimum may be raised, never lowered",
            f"write {MINIMUM_GROUP_PEOPLE_COUNT}",
        )
    return value


def _known_zone(value: str) -> str:
    if value not in available_timezones():
        near = nearest(value, available_timezones())
        raise refusal(
            f"{shown(value)} is no time zone",
            "a name of the IANA time zone database, e.g. Europe/Berlin",
            f"write {near}" if near else "correct the name",
        )
    return value


class Unit(Definition):
    """A part of the organisation."""

    title: Label
    """Name of the unit for people, e.g. ``Billing support``."""
    parent: Id | None = None
    """Id of the unit above; only the root has none."""
    codes: dict[Id, tuple[Label, ...]] = Field(default_factory=dict)
    """System of record to the codes that it uses for this unit, e.g. ``{contact_centre: [T1-BILL]}``."""


class Organisation(Definition):
    """`organisation.yml`."""

    time_zone: Annotated[str, AfterValidator(_known_zone)]
    """Time zone in which weeks begin, e.g. ``Europe/Berlin``."""
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["EUR"])]
    """ISO 4217 code of all amounts."""
    minimum_group: Annotated[int, BeforeValidator(_read_group), Field(ge=MINIMUM_GROUP_PEOPLE_COUNT)]
    """Fewest people behind a published number; 5 or more."""
    units: dict[Id, Unit]
    """Unit id to unit; they form one tree."""

    @model_validator(mode="after")
    def _units_form_one_tree(self) -> Self:
        for unit_id, unit in self.units.items():
            if unit.parent is not None and unit.parent not in self.units:
                near = nearest(unit.parent, self.units)
                raise refusal(
                    f"there is no unit {shown(unit.parent)}",
                    f"the parent is one of {listed(self.units)}",
                    f"write {near}" if near else "name an existing unit",
                    at=("units", unit_id, "parent"),
                )
        roots = [unit_id for unit_id, unit in self.units.items() if unit.parent is None]
        if len(roots) != 1:
            raise refusal(
                f"{len(roots)} units have no parent ({listed(roots)})",
                "exactly one unit, the root, has none",
                "give every other unit its parent",
                at=("units", roots[-1]) if roots else ("units",),
            )
        for unit_id in self.units:
            if roots[0] not in self.ancestors(unit_id):
                raise refusal(
                    "following the parents never ends",
                    "the parents lead to the root",
                    "correct the parent of one of the units in the circle",
                    at=("units", unit_id, "parent"),
                )
        return self

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Self:
        owner: dict[tuple[str, str], str] = {}
        for unit_id, unit in self.units.items():
            for system, codes in unit.codes.items():
                for code in codes:
                    other = owner.setdefault((system, code), unit_id)
                    if other != unit_id:
                        raise refusal(
                            f"the code {shown(code)} of {system} already belongs to {other}",
                            "a code means one unit",
                            f"delete it from {unit_id} or {other}",
                            at=("units", unit_id, "codes", system),
                        )
        return self

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone as an object."""
        return ZoneInfo(self.time_zone)

    @cached_property
    def root(self) -> str:
        """Id of the unit that has no parent."""
        return next(unit_id for unit_id, unit in self.units.items() if unit.parent is None)

    def ancestors(self, unit_id: str) -> tuple[str, ...]:
        """Return the unit and every unit above it, nearest first."""
        chain: list[str] = []
        above: str | None = unit_id
        while above is not None and above not in chain:
            chain.append(above)
            above = self.units[above].parent
        return tuple(chain)

    @cached_property
    def _below(self) -> dict[str, tuple[str, ...]]:
        below: dict[str, list[str]] = {unit_id: [] for unit_id in self.units}
        for unit_id in self.units:
            for above in self.ancestors(unit_id):
                below[above].append(unit_id)
        return {unit_id: tuple(units) for unit_id, units in below.items()}

    def below(self, unit_id: str) -> tuple[str, ...]:
        """Return the unit and every unit below it, in the order of the file."""
        return self._below[unit_id]

    def unit_codes(self) -> tuple[tuple[str, str, str], ...]:
        """Return (system, code, org unit) for every code of every unit."""
        return tuple(
            (system, code, unit_id)
            for unit_id, unit in self.units.items()
            for system, codes in unit.codes.items()
            for code in codes
        )
