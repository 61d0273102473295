"""From a unit's file to objectives, key results and initiatives that know where they stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from okr_pipeline.cascade.model import Initiative, KeyResult, Location, Objective, UnitSheet
from okr_pipeline.cascade.policy import Policy
from okr_pipeline.cascade.scope import Scope
from okr_pipeline.cascade.unit_file import (
    InitiativeDefinition,
    KeyResultDefinition,
    ObjectiveDefinition,
    UnitFile,
    innermost_entry,
)
from okr_pipeline.cascade.yaml_reader import Path


@dataclass(frozen=True)
class PlacedUnitFile:
    """What one file adds to the cascade."""

    sheet: UnitSheet
    objectives: tuple[Objective, ...]
    initiatives: tuple[Initiative, ...]


def place_unit_file(unit_file: UnitFile, lines: Mapping[Path, int], file: str, policy: Policy) -> PlacedUnitFile:
    """Give every entry of a file its context and line, and fill in what the file leaves out.

    Args:
        unit_file: The validated content.
        lines: Path of a value to its line.
        file: Name of the file in issues.
        policy: Source of the default for ``minimum_cases``.
    """
    places = _Places(lines, file)
    sheet = UnitSheet(
        unit_file.cycle,
        unit_file.org_unit,
        unit_file.level,
        unit_file.owner,
        places.at(("cycle",), head=True),
    )
    objectives = tuple(
        _objective(objective, sheet, places, position, policy)
        for position, objective in enumerate(unit_file.objectives)
    )
    initiatives = tuple(
        _initiative(initiative, sheet, places.at(("initiatives", position)))
        for position, initiative in enumerate(unit_file.initiatives)
    )
    return PlacedUnitFile(sheet, objectives, initiatives)


def place_key_result(
    definition: KeyResultDefinition,
    sheet: UnitSheet,
    objective_id: str,
    location: Location,
    policy: Policy,
) -> KeyResult:
    """Give a key result its context; the definition is already validated."""
    written = definition.where
    unit = sheet.org_unit if written is None or written.org_unit is None else written.org_unit
    where = Scope(org_unit=unit) if written is None else written.model_copy(update={"org_unit": unit})
    minimum_cases = definition.minimum_cases or policy.minimum_cases_default.value
    return KeyResult.model_construct(
        **{**_content(definition), "where": where, "minimum_cases": minimum_cases},
        objective_id=objective_id,
        level=sheet.level,
        org_unit=sheet.org_unit,
        owner=sheet.owner,
        cycle=sheet.cycle,
        location=location,
    )


def _objective(
    definition: ObjectiveDefinition, sheet: UnitSheet, places: "_Places", position: int, policy: Policy
) -> Objective:
    path: Path = ("objectives", position)
    key_results = tuple(
        place_key_result(result, sheet, definition.id, places.at((*path, "key_results", number)), policy)
        for number, result in enumerate(definition.key_results)
    )
    return Objective.model_construct(
        **{**_content(definition), "key_results": key_results},
        level=sheet.level,
        org_unit=sheet.org_unit,
        owner=sheet.owner,
        cycle=sheet.cycle,
        location=places.at(path),
    )


def _initiative(definition: InitiativeDefinition, sheet: UnitSheet, location: Location) -> Initiative:
    return Initiative.model_construct(
        **_content(definition),
        org_unit=sheet.org_unit,
        owner=sheet.owner,
        cycle=sheet.cycle,
        location=location,
    )


def _content(
    definition: KeyResultDefinition | ObjectiveDefinition | InitiativeDefinition,
) -> dict[str, Any]:
    return {name: getattr(definition, name) for name in type(definition).model_fields}


class _Places:
    """The lines of a file, regrouped once so that each entry finds its own."""

    def __init__(self, lines: Mapping[Path, int], file: str) -> None:
        self._file = file
        self._lines = lines
        self._fields: dict[Path, dict[str, int]] = {}
        for path, line in lines.items():
            entry = innermost_entry(path)
            self._fields.setdefault(entry, {})[".".join(map(str, path[len(entry) :]))] = line

    def at(self, path: Path, *, head: bool = False) -> Location:
        """Return the place of an entry; with ``head`` that of a key of the file's head, with its fields."""
        return Location(self._file, self._lines.get(path, 1), self._fields.get(() if head else path, {}))
