"""The rows of ``key_results``, ``key_result_values`` and ``key_result_current``. Nothing is decided here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from okr_pipeline.analysis.insights import Insights
from okr_pipeline.cascade.history import ValueVersion
from okr_pipeline.cascade.model import KeyResult
from okr_pipeline.cascade.values import KeyResultValue
from okr_pipeline.cascade.versions import baseline_words
from okr_pipeline.cascade.weeks import iso_week
from okr_pipeline.cascade.windows import Gap
from okr_pipeline.evaluation import Evaluation
from okr_pipeline.project import Project
from okr_pipeline.publication.insights import forecast_columns
from okr_pipeline.publication.tables import KEY_RESULTS

Rows = list[tuple[object, ...]]
Row = Mapping[str, Any]


def key_result_rows(project: Project, evaluation: Evaluation, published: Sequence[Row], published_at: datetime) -> Rows:
    """Return every definition in force and, from what was published, those that were before."""
    first_seen = {(row["key_result_id"], row["definition_hash"]): row["first_published_at"] for row in published}
    in_force = {(item.id, item.definition_hash) for item in project.cascade.key_results}
    kept = [
        tuple(False if column.name == "is_current" else row.get(column.name) for column in KEY_RESULTS.columns)
        for row in published
        if (row["key_result_id"], row["definition_hash"]) not in in_force
    ]
    return [
        *kept,
        *(_key_result_row(project, evaluation, item, first_seen, published_at) for item in project.cascade.key_results),
    ]


def _key_result_row(
    project: Project,
    evaluation: Evaluation,
    item: KeyResult,
    first_seen: Mapping[tuple[str, str], datetime],
    published_at: datetime,
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
        item.location.line, first_seen.get((item.id, item.definition_hash), published_at),
        item.target.words(), baseline_words(item.baseline.value, item.baseline.source, item.baseline.measured_over),
        project.cascade.cycles[item.cycle].start,
    )  # fmt: skip


def current_row(project: Project, evaluation: Evaluation, insights: Insights, item: KeyResult) -> tuple[object, ...]:
    """Return what is said of a key result now."""
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


def value_row(entry: ValueVersion) -> tuple[object, ...]:
    """Return a version of a value as a row of ``key_result_values``."""
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
