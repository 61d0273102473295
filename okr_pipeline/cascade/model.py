"""The cascade in memory: every entry of every file, and the links between them.

The parts that people write are models of their own modules and are named here too, so that one import serves.
Whether the cascade is sound is decided by `rules`; what it is worth, elsewhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from okr_pipeline.cascade.ai_system import AiSystem
from okr_pipeline.cascade.entries import LEVELS, Initiative, KeyResult, Location, Objective, UnitSheet
from okr_pipeline.cascade.evidence import EvidenceRecord
from okr_pipeline.cascade.organisation import Organisation, Unit
from okr_pipeline.cascade.policy import Policy
from okr_pipeline.cascade.scope import Scope
from okr_pipeline.cascade.strategy import Benchmark, Bet, Cycle, Strategy
from okr_pipeline.cascade.suppression import Suppression
from okr_pipeline.cascade.target import Baseline, Target
from okr_pipeline.cascade.unit_file import Contribution, OkrLevel, Trajectory, Window

__all__ = [
    "LEVELS",
    "AiSystem",
    "Baseline",
    "Benchmark",
    "Bet",
    "Cascade",
    "Contribution",
    "Cycle",
    "EvidenceRecord",
    "Initiative",
    "KeyResult",
    "Location",
    "Objective",
    "OkrLevel",
    "Organisation",
    "Policy",
    "Scope",
    "Strategy",
    "Suppression",
    "Target",
    "Trajectory",
    "Unit",
    "UnitSheet",
    "Window",
]


@dataclass(frozen=True)
class Cascade:
    """Everything that a cascade directory defines.

    Attributes:
        organisation: Units, time zone, currency.
        strategy: The bets.
        policy: The thresholds.
        benchmarks: What others reach, by metric.
        ai_systems: AI systems by id.
        cycles: Cycles by id.
        sheets: Heads of the units' files.
        objectives: Every objective, in the order of files and lines.
        initiatives: Every initiative, likewise.
        places: Name of a file to its place, whose ``fields`` are the lines of all its values.
        evidence: Records of evidence by id.
        unreadable_ids: Ids that stand in files or entries that could not be read; a reference to one of them
            is not known to be wrong. Empty in a cascade without errors.
        is_complete: Whether everything could be read.
        refused: Kinds of the files that could not be read and that a stand-in replaces, e.g. ``organisation``; a
            reference into one of them is not known to be wrong.
        suppressions: Findings that people have agreed to leave alone for a while, in the order of the file.
    """

    organisation: Organisation
    strategy: Strategy
    policy: Policy
    benchmarks: tuple[Benchmark, ...]
    ai_systems: Mapping[str, AiSystem]
    cycles: Mapping[str, Cycle]
    sheets: tuple[UnitSheet, ...]
    objectives: tuple[Objective, ...]
    initiatives: tuple[Initiative, ...]
    places: Mapping[str, Location] = field(default_factory=dict)
    evidence: Mapping[str, EvidenceRecord] = field(default_factory=dict)
    unreadable_ids: frozenset[str] = frozenset()
    is_complete: bool = True
    refused: frozenset[str] = frozenset()
    suppressions: tuple[Suppression, ...] = ()

    @cached_property
    def key_results(self) -> tuple[KeyResult, ...]:
        """Every key result, in the order of files and lines."""
        return tuple(result for objective in self.objectives for result in objective.key_results)

    @cached_property
    def key_results_by_id(self) -> Mapping[str, KeyResult]:
        """Key results by id; of two with one id the first."""
        return _first_by_id(self.key_results)

    @cached_property
    def objectives_by_id(self) -> Mapping[str, Objective]:
        """Objectives by id; of two with one id the first."""
        return _first_by_id(self.objectives)

    @cached_property
    def _children(self) -> Mapping[str, tuple[Objective, ...]]:
        children: dict[str, list[Objective]] = {}
        for objective in self.objectives:
            if objective.derives_from is not None:
                children.setdefault(objective.derives_from, []).append(objective)
        return {key_result_id: tuple(objectives) for key_result_id, objectives in children.items()}

    def place(self, file: str, name: str = "") -> Location:
        """Return where a value is written, e.g. ``place("benchmarks.yml", "benchmarks.0.metric")``."""
        return self.places.get(file, Location(file, 1)).of(name)

    def objective_of(self, key_result: KeyResult) -> Objective:
        """Return the objective that a key result belongs to."""
        return self.objectives_by_id[key_result.objective_id]

    def parent_of(self, objective: Objective) -> KeyResult | None:
        """Return the key result that an objective derives from; None for executive and unknown parents."""
        if objective.derives_from is None:
            return None
        return self.key_results_by_id.get(objective.derives_from)

    def children_of(self, key_result: KeyResult) -> tuple[Objective, ...]:
        """Return the objectives that take up a key result."""
        return self._children.get(key_result.id, ())


Identified = TypeVar("Identified", KeyResult, Objective)


def _first_by_id(items: Iterable[Identified]) -> dict[str, Identified]:
    found: dict[str, Identified] = {}
    for item in items:
        found.setdefault(item.id, item)
    return found
