"""The rows of every published table, from what a run has found. Nothing is computed that a decision depends on."""

import hashlib
import importlib.metadata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from okr_pipeline.analysis.insights import Insights
from okr_pipeline.cascade.history import ValueVersion, append
from okr_pipeline.cascade.issues import Issue
from okr_pipeline.cascade.ledger import retroactive_target_changes
from okr_pipeline.cascade.model import KeyResult
from okr_pipeline.cascade.restatements import restated_weeks
from okr_pipeline.cascade.values import KeyResultValue
from okr_pipeline.cascade.versions import baseline_words
from okr_pipeline.cascade.weeks import iso_week
from okr_pipeline.cascade.windows import Gap
from okr_pipeline.evaluation import Evaluation, source_state
from okr_pipeline.landing import Manifest
from okr_pipeline.measured import Columns
from okr_pipeline.project import Project, TableKey
from okr_pipeline.publication.compliance import ai_system_rows, milestone_rows
from okr_pipeline.publication.findings import SUPPRESSED_UNTIL, UnmappedCodes, finding_rows
from okr_pipeline.publication.insights import association_rows, driver_rows, evidence_rows, forecast_columns, moved_rows
from okr_pipeline.publication.ledger import change_rows, continue_ledger
from okr_pipeline.publication.metric_values import metric_value_rows
from okr_pipeline.publication.tables import (
    CASCADE_FINDINGS,
    KEY_RESULT_VALUES,
    KEY_RESULTS,
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
    key_results = _key_result_rows(project, evaluation, published["key_results"], facts)
    starts = {cycle_id: cycle.start for cycle_id, cycle in project.cascade.cycles.items()}
    ledger = continue_ledger(published, key_results, facts.published_at, project.zone, starts)
    moved = retroactive_target_changes(ledger.changes, project.cascade)
    issues = (*project.issues, *evaluation.duties.issues, *restated, *moved, *learned.issues)
    findings = finding_rows(project.cascade, issues, unmapped, project.as_of)
    sources = [_source_row(project, key, manifest, unmapped, facts.through) for key, manifest in manifests.items()]
    landing_hash = _hash(
        f"{'.'.join(key)} {week} {file.sha256}"
        for key, manifest in manifests.items()
        for week, file in manifest.files.items()
    )
    minimum = project.cascade.organisation.minimum_group
    replaced: dict[str, Rows] = {
        "key_results": key_results,
        "key_result_current": [
            _current_row(project, evaluation, learned.insights, item) for item in project.cascade.key_results
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
        "data_sources": sources,
        "publication_info": [
            (
                facts.publication_id,
                facts.published_at,
                facts.through,
                iso_week(facts.through),
                project.zone.key,
                importlib.metadata.version("okr-pipeline"),
                facts.dbt_hash,
                project.cascade_hash,
                landing_hash,
                facts.run_id,
                learned.insights.score.score,
                learned.insights.score.reason,
                "; ".join(f"-{lost.points} {lost.about}: {lost.reason}" for lost in learned.insights.score.deductions),
            )
        ],
        "data_dictionary": dictionary_rows(),
    }
    appended = {KEY_RESULT_VALUES.name: [_value_row(version) for version in new]}
    return Tables(replaced, appended | {TARGET_CHANGES.name: change_rows(ledger.added)})


def findings_of(tables: Tables) -> list[Row]:
    """Return the findings with the names of their columns."""
    names = [column.name for column in CASCADE_FINDINGS.columns]
    return [dict(zip(names, row, strict=True)) for row in tables.replaced[CASCADE_FINDINGS.name]]


def published_through(info: Sequence[Row]) -> date | None:
    """Return the newest week of the published ``publication_info``, None before the first."""
    return info[0]["data_through"] if info else None


def _key_result_rows(project: Project, evaluation: Evaluation, published: Sequence[Row], facts: RunFacts) -> Rows:
    first_seen = {(row["key_result_id"], row["definition_hash"]): row["first_published_at"] for row in published}
    in_force = {(item.id, item.definition_hash) for item in project.cascade.key_results}
    kept = [
        tuple(False if column.name == "is_current" else row.get(column.name) for column in KEY_RESULTS.columns)
        for row in published
        if (row["key_result_id"], row["definition_hash"]) not in in_force
    ]
    return [
        *kept,
        *(_key_result_row(project, evaluation, item, first_seen, facts) for item in project.cascade.key_results),
    ]


def _key_result_row(
    project: Project,
    evaluation: Evaluation,
    item: KeyResult,
    first_seen: Mapping[tuple[str, str], datetime],
    facts: RunFacts,
) -> tuple[object, ...]:
    metric = project.metrics[item.metric]
    objective = project.cascade.objective_of(item)
    newest = evaluation.values[item.id][-1]
    parts = (item.where.org_unit, item.where.segment, item.where.ai_assisted)
    return (
        item.id, item.definition_hash, True, item.title, item.level, item.org_unit, item.owner, item.cycle,
        item.objective_id, objective.title, objective.derives_from, item.metric, metric.kind, metric.unit,
        metric.direction, " / ".join(part for part in parts if part), item.window, newest.baseline,
        newest.target_low, newest.target_high, float(item.weight), item.minimum_cases, item.due,
        item.target_set_on, ",".join(item.guarded_by), ",".join(item.ai_systems), item.location.file,
        item.location.line, first_seen.get((item.id, item.definition_hash), facts.published_at),
        item.target.words(), baseline_words(item.baseline.value, item.baseline.source, item.baseline.measured_over),
        project.cascade.cycles[item.cycle].start,
    )  # fmt: skip


def _current_row(project: Project, evaluation: Evaluation, insights: Insights, item: KeyResult) -> tuple[object, ...]:
    judged = evaluation.current[item.id]
    newest = evaluation.values[item.id][-1]
    shown = next((v for v in evaluation.values[item.id] if v.week_start == judged.value_week), newest)
    return (
        item.id, item.objective_id, item.level, item.org_unit, item.title, item.metric,
        project.metrics[item.metric].unit, str(judged.status), judged.status_reason, judged.week_start,
        judged.value_week, judged.value, judged.low, judged.high, shown.sample_count, newest.baseline,
        newest.target_low, newest.target_high, judged.progress, judged.expected_progress, judged.weeks_stale,
        judged.trend, shown.observed_until, item.due, item.definition_hash,
        *forecast_columns(insights.forecasts.get(item.id), insights.drift.get(item.id)),
    )  # fmt: skip


def _value_row(entry: ValueVersion) -> tuple[object, ...]:
    value = entry.value
    return (
        value.key_result_id, value.week_start, iso_week(value.week_start), entry.version, True, entry.restates,
        value.value, value.low, value.high, value.sample_count, value.people_count, value.baseline,
        value.target_low, value.target_high, value.progress, value.expected_progress, value.observed_until,
        value.reason, str(value.gap), entry.input_hash, value.definition_hash, entry.computed_at,
    )  # fmt: skip


def value_version(row: Row) -> ValueVersion:
    """Return a row of ``key_result_values`` as a version of the value."""
    fields: dict[str, Any] = {name: row.get(name) for name in KeyResultValue.__dataclass_fields__ if name != "gap"}
    value = KeyResultValue(**fields, gap=Gap(row["gap"]))
    return ValueVersion(value, row["version"], row["input_hash"], row["computed_at"], row["restates"])


def _health_rows(project: Project, evaluation: Evaluation, findings: Rows) -> Rows:
    by_node = Counter((finding[3], finding[2]) for finding in findings if finding[SUPPRESSED_UNTIL] is None)
    objectives, key_results = project.cascade.objectives, project.cascade.key_results
    hashes = {item.id: item.definition_hash for item in objectives}
    hashes |= {item.id: item.definition_hash for item in key_results}
    units = {item.id: item.org_unit for item in objectives} | {item.id: item.org_unit for item in key_results}
    systems = project.cascade.ai_systems
    system_hashes = {system_id: _hash([system.model_dump_json()]) for system_id, system in systems.items()}
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


def _source_row(
    project: Project, key: TableKey, manifest: Manifest, unmapped: UnmappedCodes, through: date
) -> tuple[object, ...]:
    table = next(t for system in project.systems for t in system.tables if t.key == key)
    state = source_state(manifest, project)
    behind = max((through - state.newest_week).days // 7, 0) if state.newest_week else None
    quarantine = ", ".join(f"{name}: {count}" for name, count in sorted(manifest.rows_quarantined.items()) if count)
    codes = ", ".join(f"{code}: {count}" for code, count in unmapped.get(key, {}).items())
    files = manifest.files
    return (
        *key, table.owner, table.cadence, _verdict(manifest), manifest.reason, manifest.newest_event,
        state.newest_week, behind, through, len(files), sum(file.rows for file in files.values()),
        sum(manifest.rows_quarantined.values()), quarantine, codes, ", ".join(manifest.added_columns),
        _hash(f"{week} {file.sha256}" for week, file in files.items()), table.contract_hash,
    )  # fmt: skip


def _verdict(manifest: Manifest) -> str:
    """Say ``landed`` for data that is unchanged too: the published verdict is about the data, not about the run."""
    return "landed" if manifest.verdict == "unchanged" else manifest.verdict


def _hash(lines: Any) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
