"""Gives every key result its values, and every node its status, from metric rows and the landing's manifests.

The decisions are the cascade's (pure); here they are fed with what the warehouse and the landing hold.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from okr_pipeline.cascade.health import NodeHealth, roll_up
from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.model import Cascade
from okr_pipeline.cascade.observed import SourceState
from okr_pipeline.cascade.status import Judgement, judge, not_begun
from okr_pipeline.cascade.values import KeyResultValue, ValueSeries, evaluate_all
from okr_pipeline.cascade.weeks import monday_of, week_of
from okr_pipeline.duties import Duties, DutyBook, Register, last_day
from okr_pipeline.landing import Manifest
from okr_pipeline.measured import Columns, Measured
from okr_pipeline.milestone_nodes import milestone_nodes
from okr_pipeline.project import Project, TableKey


@dataclass(frozen=True)
class Evaluation:
    """The cascade as it stands."""

    values: dict[str, ValueSeries]
    """Key result -> one value per week, oldest first."""
    current: dict[str, Judgement]
    """Key result -> status of the newest week."""
    health: tuple[NodeHealth, ...]
    """Every node, every week of its cycle so far."""
    duties: Duties
    """What the AI systems owe at the end of the newest week."""
    input_hashes: dict[tuple[str, date], str]
    """(key result, week) -> hash of the landed files behind its metric up to that week."""


def evaluate_cascade(
    project: Project,
    measured: Measured,
    columns: Mapping[str, Columns],
    manifests: Mapping[TableKey, Manifest],
    register: Register,
) -> Evaluation:
    """Evaluate and judge all key results through the newest measured week.

    Args:
        project: the cascade and what it refers to.
        measured: the weekly series of every metric that a key result uses.
        columns: the same rows as numpy columns, by metric.
        manifests: table -> what is landed.
        register: the incident register.
    """
    cascade, weeks, through = project.cascade, measured.weeks, measured.through
    hashes = {name: running_hashes(project.metrics[name], manifests, weeks) for name in columns}
    values = evaluate_all(
        cascade.key_results,
        project.metrics,
        measured.rows,
        measured.observed,
        organisation=cascade.organisation,
        cycles=cascade.cycles,
        weeks=weeks,
    )
    input_hashes = {(item.id, week): hashes[item.metric][week] for item in cascade.key_results for week in weeks}
    states = {name: _states(project, name, manifests) for name in columns}
    book = DutyBook(project, register)
    duties = book.on(last_day(through), is_newest=True)
    health: list[NodeHealth] = []
    current: dict[str, Judgement] = {}
    for week in weeks:
        if any(week_of_cycle_has_begun(project, cycle_id, week) for cycle_id in cascade.cycles):
            is_newest = week == through
            owed = duties if is_newest else book.on(last_day(week))
            current = _judgements(project, values, states if is_newest else {}, owed, week)
            health += _running_nodes(cascade, current, owed, week)
    if not current:
        current = {item.id: not_begun(item, through, cascade.cycles[item.cycle].start) for item in cascade.key_results}
    return Evaluation(values, current, tuple(health), book.with_issues(duties, columns, values), input_hashes)


def _judgements(
    project: Project,
    values: Mapping[str, Sequence[KeyResultValue]],
    states: Mapping[str, Sequence[SourceState]],
    owed: Duties,
    week: date,
) -> dict[str, Judgement]:
    """Judge every key result in a week; one whose cycle has not begun is not due."""
    cascade = project.cascade
    return {
        item.id: judge(
            item,
            project.metrics[item.metric],
            values[item.id],
            states.get(item.metric, ()),
            week,
            policy=cascade.policy,
            gate=owed.gate_of(item.id),
        )
        if week_of_cycle_has_begun(project, item.cycle, week)
        else not_begun(item, week, cascade.cycles[item.cycle].start)
        for item in cascade.key_results
    }


def _running_nodes(
    cascade: Cascade, judgements: Mapping[str, Judgement], owed: Duties, week: date
) -> Iterator[NodeHealth]:
    """Yield the health of every node whose cycle has begun."""
    begun = {item.id for item in cascade.objectives if week >= monday_of(cascade.cycles[item.cycle].start)}
    for node in roll_up(cascade, judgements, week, milestone_nodes(cascade, owed.milestones, week)):
        if {node.node_id, node.parent_id} & begun:
            yield node


def week_of_cycle_has_begun(project: Project, cycle_id: str, week: date) -> bool:
    """Return whether a week belongs to a cycle that has begun; a cycle that has ended is shown as it ended."""
    return week >= monday_of(project.cascade.cycles[cycle_id].start)


def running_hashes(metric: Metric, manifests: Mapping[TableKey, Manifest], weeks: Iterable[date]) -> dict[date, str]:
    """Hash, for each week, the landed files of the metric's tables up to that week: what a value can rest on."""
    digest = hashlib.sha256()
    hashes: dict[date, str] = {}
    for week in weeks:
        for key in sorted(metric.sources):
            file = manifests[key].files.get(week)
            digest.update(f"{'.'.join(key)} {week} {file.sha256 if file else '-'}\n".encode())
        hashes[week] = digest.hexdigest()
    return hashes


def _states(project: Project, metric: str, manifests: Mapping[TableKey, Manifest]) -> tuple[SourceState, ...]:
    return tuple(source_state(manifests[key], project) for key in project.metrics[metric].sources)


def source_state(manifest: Manifest, project: Project) -> SourceState:
    """Return what the landing says of one table as the cascade wants to hear it.

    The newest week is the last one that was read, a week that is rightly empty included, so that a table whose rows are
    rare (a monthly close, incidents) is as fresh as the system is.
    """
    read = [*manifest.files, *(week for week, record in manifest.weeks.items() if record.outcome == "empty")]
    newest = max(read, default=None)
    if manifest.newest_event is not None and newest is None:
        newest = week_of(manifest.newest_event, project.zone)
    return SourceState(
        manifest.system, manifest.table, manifest.verdict, manifest.reason, manifest.newest_event, newest
    )
