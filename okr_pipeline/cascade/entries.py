"""Entries of a cascade with what they gain from where they stand: level, owner, cycle, place, hash.

What people write is in `unit_file`; how entries hang together is in `model`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from okr_pipeline.cascade.definition import Definition
from okr_pipeline.cascade.scope import Scope
from okr_pipeline.cascade.unit_file import (
    InitiativeDefinition,
    KeyResultDefinition,
    ObjectiveDefinition,
    OkrLevel,
)

LEVELS: tuple[OkrLevel, ...] = ("executive", "business_unit", "team")


@dataclass(frozen=True)
class Location:
    """A place in a file; two places are equal when file and line are.

    Attributes:
        file: Path relative to the cascade directory.
        line: Line from 1.
        fields: Lines of the values inside, by dotted name, e.g. ``target.at_most``.
    """

    file: str
    line: int
    fields: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    def of(self, name: str) -> "Location":
        """Return the place of a value inside, or this place where the value is not written."""
        return Location(self.file, self.fields.get(name, self.line))


@dataclass(frozen=True)
class UnitSheet:
    """What the head of a unit's file says.

    Attributes:
        cycle: Id of the cycle.
        org_unit: Owning unit.
        level: Level of the cascade.
        owner: Role that answers for the file.
        location: Where the file begins.
    """

    cycle: str
    org_unit: str
    level: OkrLevel
    owner: str
    location: Location


class KeyResult(KeyResultDefinition):
    """A key result with its context; `where.org_unit` and `minimum_cases` are always given."""

    where: Scope
    """Part of the organisation that counts, with its unit filled in."""
    minimum_cases: int
    """Cases below which a value is inconclusive."""
    objective_id: str
    """Objective that the key result belongs to."""
    level: OkrLevel
    """Level of that objective."""
    org_unit: str
    """Owning unit."""
    owner: str
    """Role that answers for it."""
    cycle: str
    """Id of the cycle."""
    location: Location
    """Where it is written; no part of the definition."""

    @cached_property
    def definition_hash(self) -> str:
        """SHA-256 of the definition with its context, as canonical JSON; place and open questions change nothing."""
        return _canonical_hash(self, exclude={"location", "draft"})


class Objective(ObjectiveDefinition):
    """An objective with its context."""

    key_results: tuple[KeyResult, ...]
    """Its key results, in the order of the file."""
    level: OkrLevel
    """Level of the cascade."""
    org_unit: str
    """Owning unit."""
    owner: str
    """Role that answers for it."""
    cycle: str
    """Id of the cycle."""
    location: Location
    """Where it is written; no part of the definition."""

    @cached_property
    def definition_hash(self) -> str:
        """SHA-256 of the objective and the hashes of its key results."""
        return _canonical_hash(
            self,
            exclude={"location", "key_results", "draft"},
            key_results=[key_result.definition_hash for key_result in self.key_results],
        )


class Initiative(InitiativeDefinition):
    """An initiative with its context."""

    org_unit: str
    """Owning unit."""
    owner: str
    """Role that answers for it."""
    cycle: str
    """Id of the cycle."""
    location: Location
    """Where it is written."""


def _canonical_hash(definition: Definition, exclude: set[str], **more: object) -> str:
    content = {**definition.model_dump(mode="json", exclude=exclude), **more}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
