"""Everything a run needs to know before it touches data: cascade, metrics, systems and where they are, the law.

Loading reads files only. A cascade with errors raises once, with all of them.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

from okr_pipeline.cascade.check import check_directory
from okr_pipeline.cascade.issues import Issue
from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.model import Cascade
from okr_pipeline.catalogue import load_metrics
from okr_pipeline.compliance.catalogue import Catalogue, load_catalogue
from okr_pipeline.compliance.model import Assessment
from okr_pipeline.compliance.obligations import assess
from okr_pipeline.connectors.configuration import load_origins
from okr_pipeline.connectors.origin import Origin
from okr_pipeline.errors import OkrError
from okr_pipeline.rule_book import rule_names
from okr_pipeline.settings import Settings
from okr_pipeline.sources import discover
from okr_pipeline.sources.contract import SourceSystem, SourceTable

TableKey = tuple[str, str]


class CascadeError(OkrError):
    """The cascade files hold errors. ``issues`` has all problems, warnings and advice included."""

    def __init__(self, issues: tuple[Issue, ...]) -> None:
        """Build one line per error."""
        self.issues = issues
        errors = [issue.sentence() for issue in issues if issue.level == "error"]
        super().__init__("\n".join(errors))


@dataclass(frozen=True)
class Project:
    """The loaded facts of one project."""

    settings: Settings
    cascade: Cascade
    issues: tuple[Issue, ...]
    """Warnings and advice about the cascade; there are no errors."""
    metrics: dict[str, Metric]
    systems: tuple[SourceSystem, ...]
    origins: dict[TableKey, Origin]
    law: Catalogue

    @classmethod
    def load(cls, settings: Settings) -> "Project":
        """Read the cascade, the metric catalogue, the source files and ``sources.toml``.

        Raises:
            CascadeError: the cascade holds errors.
            OkrError: another file cannot be used.
        """
        metrics = load_metrics(settings.dbt_project_dir)
        result = check_directory(settings.cascade_dir, metrics, cls._day(settings), rule_names())
        if result.cascade is None:
            raise CascadeError(result.issues)
        return cls(
            settings=settings,
            cascade=result.cascade,
            issues=result.issues,
            metrics=metrics,
            systems=discover(settings.extra_sources),
            origins=load_origins(settings.sources_toml, home=settings.home, environment=settings.environment),
            law=load_catalogue(),
        )

    @staticmethod
    def _day(settings: Settings) -> date:
        return settings.as_of(ZoneInfo("UTC"))

    @property
    def zone(self) -> ZoneInfo:
        """The organisation's time zone."""
        return ZoneInfo(self.cascade.organisation.time_zone)

    @property
    def as_of(self) -> date:
        """The day this project is looked at, in the organisation's time zone."""
        return self.settings.as_of(self.zone)

    @cached_property
    def tables(self) -> dict[TableKey, SourceTable]:
        """Every table of every system that ``sources.toml`` connects, in the order of discovery."""
        return {table.key: table for system in self.systems for table in system.tables if table.key in self.origins}

    @cached_property
    def unit_codes(self) -> list[tuple[str, str, str]]:
        """(system, code, org unit), sorted."""
        return sorted(
            (system, code, unit_id)
            for unit_id, unit in self.cascade.organisation.units.items()
            for system, codes in unit.codes.items()
            for code in codes
        )

    @cached_property
    def cascade_hash(self) -> str:
        """Hash over all definitions in force."""
        cascade = self.cascade
        models = (
            cascade.organisation, cascade.strategy, cascade.policy, *cascade.benchmarks,
            *cascade.cycles.values(), *cascade.initiatives, *cascade.ai_systems.values(), *cascade.evidence.values(),
            *cascade.suppressions,
        )  # fmt: skip
        parts = sorted(objective.definition_hash for objective in cascade.objectives)
        parts += sorted(model.model_dump_json(exclude={"location"}) for model in models)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def assessments(self, as_of: date) -> dict[str, Assessment]:
        """Return what the law asks because of each AI system on a day, by system id."""
        return {system_id: assess(system, self.law, as_of) for system_id, system in self.cascade.ai_systems.items()}

    def function_of(self, org_unit: str) -> str:
        """Return the business function of a unit: its ancestor right below the root, or the root itself."""
        units = self.cascade.organisation.units
        while (parent := units[org_unit].parent) is not None and units[parent].parent is not None:
            org_unit = parent
        return org_unit
