"""The rows of every published table, from what a run has found. Nothing is computed that a decision depends on."""

import hashlib
import importlib.metadata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from okr_pipeline.analysis.insights import Insights
from okr_pipeline.cascade.history import append
from okr_pipeline.cascade.issues import Issue
from okr_pipeline.cascade.ledger import retroactive_target_changes
from okr_pipeline.cascade.restatements import restated_weeks
from okr_pipeline.cascade.weeks import iso_week
from okr_pipeline.evaluation import Evaluation
from okr_pipeline.landing import Manifest
from okr_pipeline.measured import Columns
from okr_pipeline.project import Project, TableKey
from okr_pipeline.publication.compliance import ai_system_rows, milestone_rows
from okr_pipeline.publication.findings import SUPPRESSED_UNTIL, UnmappedCodes, finding_rows
from okr_pipeline.publication.insights import association_rows, driver_rows, evidence_rows, moved_rows
from okr_pipeline.publication.key_results import current_row, key_result_rows, value_row, value_version
from okr_pipeline.publication.ledger import change_rows, continue_ledger
from okr_pipeline.publication.metric_values import metric_value_rows
from okr_pipeline.publication.sources import hash_of_all, source_row
from okr_pipeline.publication.tables import (
    CASCADE_FINDINGS,
    KEY_RESULT_VALUES,
    TARGET_CHANGES,
    dictionary_rows,
)

Rows = list[tuple[object, ...]]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class RunFacts:
    """What a publication says of the run that built it."""

    publication_id: str
    published_at: datetime
    through: date
    dbt_hash: str
    run_id: str


@dataclass(frozen=True)
class Learned:
    """What the measured weeks say beyond values and statuses."""

    insights: Insights
    issues: tuple[Issue, ...]


@dataclass(frozen=True)
class Tables:
    """Table -> rows: some replace what was published, some are added to it."""

    replaced: dict[str, Rows]
    appended: dict[str, Rows]


def build(
    project: Project,
    evaluation: Evaluation,
    learned: Learned,
    manifests: Mapping[TableKey, Manifest],
    metric_columns: Mapping[str, Columns],
    published: Mapping[str, Sequence[Row]],
    unmapped: UnmappedCodes,
    facts: RunFacts,
) -> Tables:
    """Return the rows of all tables.

    Args:
        project: the cascade and what it refers to.
        evaluation: values, statuses and health.
        learned: what the analysis says, and the findings that rest on it.
        manifests: table -> what is landed.
        metric_columns: metric -> its rows; every metric of the project.
        published: rows of ``key_result_values``, ``key_results``, ``target_changes`` and ``publication_info`` as
            published before.
        unmapped: table -> unit code -> rows of the newest week that no unit claims.
        facts: of this run.
    """
    history = [value_version(row) for row in published["key_result_values"]]
    computed = [value for values in evaluation.values.values() for value in values]
    new = append(history, computed, facts.published_at, evaluation.input_hashes)
    restated = restated_weeks((*history, *new), project.cascade)
    key_results = key_result_rows(project, evaluation, published["key_results"], facts.published_at)
    starts = {cycle_id: cycle.start for cycle_id, cycle in project.cascade.cycles.items()}
    ledger = continue_ledger(published, key_results, facts.published_at, project.zone, starts)
    moved = retroactive_target_changes(ledger.changes, project.cascade)
    issues = (*project.issues, *evaluation.duties.issues, *restated, *moved, *learned.issues)
    findings = finding_rows(project.cascade, issues, unmapped, project.as_of)
    minimum = project.cascade.organisation.minimum_group
    replaced: dict[str, Rows] = {
        "key_results": key_results,
        "key_result_current": [
            current_row(project, evaluation, learned.insights, item) for item in project.cascade.key_results
        ],
        "cascade_health": _health_rows(project, evaluation, findings),
        "cascade_findings": findings,
        "ai_systems": ai_system_rows(project, evaluation.duties),
        "compliance_milestones": milestone_rows(project, evaluation.duties),
        "alignment_evidence": evidence_rows(learned.insights),
        "key_result_drivers": moved_rows(learned.insights),
        "metric_associations": association_rows(learned.insights),
        "metric_drivers": driver_rows(learned.insights),
        "metric_values": [
            row
            for name, columns in sorted(metric_columns.items())
            for row in metric_value_rows(project.metrics[name], columns, minimum, project.cascade.organisation)
        ],
        "data_sources": [
            source_row(project, key, manifest, unmapped, facts.through) for key, manifest in manifests.items()
        ],
        "publication_info": [_information(project, learned, hash_of_all(manifests), facts)],
        "data_dictionary": dictionary_rows(),
    }
    appended = {KEY_RESULT_VALUES.name: [value_row(version) for version in new]}
    return Tables(replaced, appended | {TARGET_CHANGES.name: change_rows(ledger.added)})


def findings_of(tables: Tables) -> list[Row]:
    """Return the findings with the names of their columns."""
    names = [column.name for column in CASCADE_FINDINGS.columns]
    return [dict(zip(names, row, strict=True)) for row in tables.replaced[CASCADE_FINDINGS.name]]


def published_through(info: Sequence[Row]) -> date | None:
    """Return the newest week of the published ``publication_info``, None before the first."""
    return info[0]["data_through"] if info else None


def _information(project: Project, learned: Learned, landing_hash: str, facts: RunFacts) -> tuple[object, ...]:
    score = learned.insights.score
    return (
        facts.publication_id, facts.published_at, facts.through, iso_week(facts.through), project.zone.key,
        importlib.metadata.version("okr-pipeline"), facts.dbt_hash, project.cascade_hash, landing_hash, facts.run_id,
        score.score, score.reason,
        "; ".join(f"-{lost.points} {lost.about}: {lost.reason}" for lost in score.deductions),
    )  # fmt: skip


def _health_rows(project: Project, evaluation: Evaluation, findings: Rows) -> Rows:
    by_node = Counter((finding[3], finding[2]) for finding in findings if finding[SUPPRESSED_UNTIL] is None)
    objectives, key_results = project.cascade.objectives, project.cascade.key_results
    hashes = {item.id: item.definition_hash for item in objectives}
    hashes |= {item.id: item.definition_hash for item in key_results}
    units = {item.id: item.org_unit for item in objectives} | {item.id: item.org_unit for item in key_results}
    systems = project.cascade.ai_systems
    system_hashes = {
        system_id: hashlib.sha256(system.model_dump_json().encode()).hexdigest()
        for system_id, system in systems.items()
    }
    rows: Rows = []
    for node in evaluation.health:
        if node.node_kind == "milestone":
            definition_hash, unit = system_hashes[node.node_id.partition(".")[0]], units[str(node.parent_id)]
        else:
            definition_hash, unit = hashes[node.node_id], units[node.node_id]
        counts = [by_node[node.node_id, level] for level in ("error", "warning", "advice")]
        rows.append(
            (
                node.node_id, node.node_kind, node.week_start, iso_week(node.week_start), node.level,
                unit, node.parent_id, str(node.status), node.status_reason, node.progress,
                node.data_coverage, node.weakest_child, *counts, node.gate, definition_hash,
            )
        )  # fmt: skip
    return rows
