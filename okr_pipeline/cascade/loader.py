"""From a cascade directory to a `Cascade`, with every problem of every file at once.

Which files a directory has is `directory`'s matter; whether the links are sound is decided by `rules`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from okr_pipeline.cascade.ai_system import AiSystem
from okr_pipeline.cascade.answers import is_system_id
from okr_pipeline.cascade.definition import Definition
from okr_pipeline.cascade.directory import CascadeFile, find_files
from okr_pipeline.cascade.evidence import EvidenceDefinition, EvidenceRecord
from okr_pipeline.cascade.issues import Issue, has_errors, in_reading_order, shown
from okr_pipeline.cascade.model import Cascade, Initiative, Location, Objective, UnitSheet
from okr_pipeline.cascade.organisation import Organisation
from okr_pipeline.cascade.placing import place_unit_file
from okr_pipeline.cascade.policy import Policy
from okr_pipeline.cascade.pruning import prune
from okr_pipeline.cascade.stand_ins import stand_in_organisation, stand_in_policy, stand_in_strategy
from okr_pipeline.cascade.strategy import Benchmark, Benchmarks, Cycle, Strategy
from okr_pipeline.cascade.suppression import Suppression, Suppressions
from okr_pipeline.cascade.unit_file import UnitFile
from okr_pipeline.cascade.validation import validate
from okr_pipeline.cascade.yaml_reader import Document, Unreadable, read_yaml
from okr_pipeline.cascade.yaml_text import read_text

Model = TypeVar("Model", bound=Definition)
_WRITTEN_KEY = re.compile(r"^ +[\"']?([a-z][a-z0-9_]{0,62})\b[\"']?\s*:", re.MULTILINE)
_WRITTEN_ID = re.compile(r"\bid[\"']?\s*:\s*[\"']?([a-z][a-z0-9_]{0,62})\b")


@dataclass(frozen=True)
class LoadResult:
    """What a cascade directory holds.

    Attributes:
        cascade: The whole cascade; None when any error was found.
        partial: What could be read, errors or not; None if a required file does not exist.
        issues: Every problem, sorted by file and line.
    """

    cascade: Cascade | None
    partial: Cascade | None
    issues: tuple[Issue, ...]


def load_cascade(directory: Path) -> LoadResult:
    """Read every file of a cascade directory; never raises on any content.

    Args:
        directory: Folder with ``organisation.yml``, ``strategy.yml``, ``policy.yml``, ``ai_systems/``, ``evidence/``
            and one folder for each cycle; ``benchmarks.yml`` and ``suppressions.yml`` may be there too.
    """
    files, issues = find_files(directory)
    gathered = _Gathered(issues=list(issues))
    for file in files:
        _Reader(directory, file, gathered).read()
    found = in_reading_order(gathered.issues)
    partial = gathered.assemble(is_complete=not has_errors(found))
    return LoadResult(None if has_errors(found) else partial, partial, found)


@dataclass
class _Gathered:
    """What the files read so far have yielded."""

    issues: list[Issue]
    organisation: Organisation | None = None
    strategy: Strategy | None = None
    policy: Policy | None = None
    benchmarks: tuple[Benchmark, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    ai_systems: dict[str, AiSystem] = field(default_factory=dict)
    evidence: dict[str, EvidenceRecord] = field(default_factory=dict)
    cycles: dict[str, Cycle] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)
    places: dict[str, Location] = field(default_factory=dict)
    unit_files: list[tuple[CascadeFile, UnitFile, Document]] = field(default_factory=list)
    written_ids: set[str] = field(default_factory=set)

    def assemble(self, *, is_complete: bool) -> Cascade | None:
        """Put the parts together, with stand-ins for refused ones; None if a required file does not exist."""
        if not self.kinds >= {"organisation", "strategy", "policy"}:
            return None
        organisation = self.organisation or stand_in_organisation()
        strategy = self.strategy or stand_in_strategy()
        policy = self.policy or stand_in_policy()
        sheets: list[UnitSheet] = []
        objectives: list[Objective] = []
        initiatives: list[Initiative] = []
        for file, unit_file, document in self.unit_files:
            placed = place_unit_file(unit_file, document.lines, file.name, policy)
            sheets.append(placed.sheet)
            objectives.extend(placed.objectives)
            initiatives.extend(placed.initiatives)
        read_ids = _ids_of(objectives, initiatives, self.ai_systems, strategy)
        return Cascade(
            organisation=organisation,
            strategy=strategy,
            policy=policy,
            benchmarks=self.benchmarks,
            suppressions=self.suppressions,
            ai_systems=self.ai_systems,
            cycles=self.cycles,
            sheets=tuple(sheets),
            objectives=tuple(objectives),
            initiatives=tuple(initiatives),
            places=self.places,
            evidence=self.evidence,
            unreadable_ids=frozenset(self.written_ids - read_ids),
            is_complete=is_complete,
            refused=frozenset(kind for kind in ("organisation", "strategy", "policy") if getattr(self, kind) is None),
        )


@dataclass(frozen=True)
class _Reader:
    """Reads one file into what has been gathered."""

    directory: Path
    file: CascadeFile
    gathered: _Gathered

    def read(self) -> None:
        before = len(self.gathered.issues)
        content = read_text(self.file.path, self.directory, self.file.name)
        if content.issue is not None:
            self._note([content.issue])
        else:
            document = read_yaml(content.text, self.file.name)
            self._note(document.issues)
            if not isinstance(document.value, Unreadable):
                self._store(document)
        self.gathered.kinds.add(self.file.kind)
        if len(self.gathered.issues) > before:
            names = _WRITTEN_KEY if self.file.kind == "organisation" else _WRITTEN_ID
            self.gathered.written_ids.update(names.findall(content.text))
            if self.file.kind == "evidence":
                self.gathered.written_ids.add(self.file.path.stem)

    def _store(self, document: Document) -> None:
        fields = {".".join(map(str, path)): line for path, line in document.lines.items()}
        self.gathered.places[self.file.name] = Location(self.file.name, 1, fields)
        match self.file.kind:
            case "organisation":
                self.gathered.organisation = self._model(Organisation, document)
            case "strategy":
                self.gathered.strategy = self._model(Strategy, document)
            case "policy":
                self.gathered.policy = self._model(Policy, document)
            case "benchmarks":
                benchmarks = self._model(Benchmarks, document)
                self.gathered.benchmarks = () if benchmarks is None else benchmarks.benchmarks
            case "suppressions":
                suppressions = self._model(Suppressions, document)
                self.gathered.suppressions = () if suppressions is None else suppressions.suppressions
            case "ai_system":
                system = self._model(AiSystem, document)
                if system is not None and self._is_named(system.id, self.file.path.stem, document, "id"):
                    self.gathered.ai_systems[system.id] = system
            case "evidence":
                self._store_evidence(document)
            case "cycle":
                cycle = self._model(Cycle, document)
                if cycle is not None and self._is_named(cycle.id, self.file.folder, document, "id"):
                    self.gathered.cycles[cycle.id] = cycle
            case "unit":
                self._store_unit(document)

    def _store_evidence(self, document: Document) -> None:
        stem = self.file.path.stem
        if not is_system_id(stem):
            problem = f"{shown(stem)} is not an id"
            allowed = "the file is named by the record's id: 1 to 63 characters a-z, 0-9, _ and -, a letter first"
            self._note([Issue("wrong_place", "error", self.file.name, 1, "file", problem, allowed, "rename the file")])
            return
        record = self._model(EvidenceDefinition, document)
        if record is not None:
            self.gathered.evidence[stem] = EvidenceRecord(id=stem, **dict(record))

    def _store_unit(self, document: Document) -> None:
        validated = validate(UnitFile, document)
        self._note(validated.issues)
        unit_file = validated.model
        if unit_file is None:
            document = prune(document, validated.refused)
            unit_file = validate(UnitFile, document).model
        if unit_file is not None and self._is_named(unit_file.cycle, self.file.folder, document, "cycle"):
            self.gathered.unit_files.append((self.file, unit_file, document))

    def _model(self, model: type[Model], document: Document) -> Model | None:
        validated = validate(model, document)
        self._note(validated.issues)
        return validated.model

    def _is_named(self, seen: str, expected: str, document: Document, key: str) -> bool:
        if seen == expected:
            return True
        line = document.lines.get((key,), 1)
        named = "file" if self.file.kind == "ai_system" else "folder"
        problem = f"{shown(seen)} differs from the {named}'s name {shown(expected)}"
        allowed = f"the {named} is named by the id"
        fix = f"write {expected}, or rename the {named}"
        self._note([Issue("wrong_place", "error", self.file.name, line, key, problem, allowed, fix)])
        return False

    def _note(self, issues: Iterable[Issue]) -> None:
        self.gathered.issues.extend(issues)


def _ids_of(
    objectives: Iterable[Objective],
    initiatives: Iterable[Initiative],
    ai_systems: Iterable[str],
    strategy: Strategy,
) -> set[str]:
    ids = {initiative.id for initiative in initiatives} | set(ai_systems) | {bet.id for bet in strategy.bets}
    for objective in objectives:
        ids.add(objective.id)
        ids.update(key_result.id for key_result in objective.key_results)
    return ids
