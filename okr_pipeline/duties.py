"""What the AI systems of a cascade owe on a day: milestones, shut gates, conflicts, and what people should be told.

The decisions are `okr_pipeline.compliance`; here they are fed with the cascade, the evidence on disk, the incident
register and the metrics.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from okr_pipeline.cascade.issues import Issue
from okr_pipeline.cascade.model import Cascade, KeyResult
from okr_pipeline.cascade.values import KeyResultValue
from okr_pipeline.compliance.catalogue import catalogue_issues
from okr_pipeline.compliance.conflicts import conflict_issue, find_conflicts
from okr_pipeline.compliance.documents import DocumentState, state_of_documents
from okr_pipeline.compliance.findings import milestone_issues
from okr_pipeline.compliance.gates import shut_gates
from okr_pipeline.compliance.milestones import milestones
from okr_pipeline.compliance.model import Incident, Milestone, MilestoneStatus, Observation, ReviewWeek, ShutGate
from okr_pipeline.project import Project

Columns = Mapping[str, np.ndarray[Any, Any]]
IncidentRow = Mapping[str, Any]


@dataclass(frozen=True)
class Register:
    """The incident register as it is landed.

    Attributes:
        incidents: all of them.
        problem: why it may be incomplete, a clause; empty when it has been read as it should.
    """

    incidents: tuple[Incident, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class Duties:
    """The duties on a day.

    Attributes:
        as_of: the day.
        milestones: every obligation of every system, those that do not apply included.
        gates: what blocks key results.
        issues: conflicts, and milestones that people should look at, as findings.
    """

    as_of: date
    milestones: tuple[Milestone, ...]
    gates: tuple[ShutGate, ...]
    issues: tuple[Issue, ...] = ()

    def gate_of(self, key_result_id: str) -> str | None:
        """Return why a key result is blocked, in a sentence or more; None when it is not."""
        return " ".join(gate.sentence for gate in self.gates if key_result_id in gate.key_results) or None


class DutyBook:
    """Looks up the duties of a project's AI systems on any day; what does not depend on the day is decided once."""

    def __init__(self, project: Project, register: Register) -> None:
        """Read the documents that the evidence names, once."""
        cascade = project.cascade
        self._project, self._register = project, register
        self._documents: Mapping[str, DocumentState] = state_of_documents(
            project.settings.cascade_dir, cascade.evidence.values()
        )

    def on(self, as_of: date, *, is_newest: bool = False) -> Duties:
        """Return milestones and gates on a day; what was signed or happened later does not count yet.

        Args:
            as_of: the day.
            is_newest: whether the state of the register today speaks of this day.
        """
        cascade = self._project.cascade
        assessments = self._project.assessments(as_of)
        found = tuple(
            milestone
            for system_id, assessment in assessments.items()
            for milestone in milestones(
                assessment,
                cascade.evidence.values(),
                self._documents,
                self._register.incidents,
                as_of,
                cascade.ai_systems[system_id].owner or "",
                notice_hours=cascade.policy.incident_notice_hours.value,
                zone=self._project.zone,
            )
        )
        if is_newest and self._register.problem:
            found = tuple(self._doubted(milestone) for milestone in found)
        gates = shut_gates(cascade, assessments, found, self._project.metrics, as_of)
        return Duties(as_of, found, gates)

    def _doubted(self, milestone: Milestone) -> Milestone:
        """Return a quiet event duty as unverified while the register may be incomplete: no news is no good news."""
        is_quiet = milestone.obligation.kind == "event" and milestone.status is MilestoneStatus.NOT_YET_APPLICABLE
        if not is_quiet:
            return milestone
        reason = f"Whether there was an incident is not known: {self._register.problem}. {milestone.reason}"
        return replace(milestone, status=MilestoneStatus.UNVERIFIED, reason=reason)

    def with_issues(
        self, duties: Duties, columns: Mapping[str, Columns], values: Mapping[str, Sequence[KeyResultValue]]
    ) -> Duties:
        """Add the findings of a day, for which the data is needed too."""
        cascade, as_of = self._project.cascade, duties.as_of
        observations = {
            system_id: self._observation(system_id, columns, values, as_of) for system_id in cascade.ai_systems
        }
        conflicts = find_conflicts(
            cascade,
            self._project.assessments(as_of),
            duties.milestones,
            self._project.metrics,
            observations,
            as_of,
        )
        issues = (
            *(conflict_issue(conflict, cascade) for conflict in conflicts),
            *milestone_issues(cascade, duties.milestones, as_of),
            *catalogue_issues(self._project.law, as_of),
        )
        return Duties(as_of, duties.milestones, duties.gates, issues)

    def _observation(
        self,
        system_id: str,
        columns: Mapping[str, Columns],
        values: Mapping[str, Sequence[KeyResultValue]],
        as_of: date,
    ) -> Observation:
        by_role = {metric.role: name for name, metric in self._project.metrics.items() if metric.role}
        overrides = columns.get(by_role.get("override", ""))
        groups = [
            newest.people_count
            for key_result in using(self._project.cascade, system_id)
            if (newest := next(iter(values[key_result.id][-1:]), None)) and newest.people_count
        ]
        return Observation(
            review_weeks=()
            if overrides is None
            else _review_weeks(overrides, system_id, as_of, self._project.cascade.organisation.minimum_group),
            smallest_group_count=min(groups, default=None),
        )


def using(cascade: Cascade, system_id: str) -> tuple[KeyResult, ...]:
    """Return the key results that rest on a system or launch it."""
    return tuple(item for item in cascade.key_results if system_id in item.ai_systems or item.deploys == system_id)


def objective_of(cascade: Cascade, system_id: str) -> str | None:
    """Return the objective that a system's milestones stand under.

    It is that of the key result that launches the system, or else of the first one that rests on it, the lowest level
    first: where the system is used. None when no key result names it.
    """
    level_rank = {"team": 0, "business_unit": 1, "executive": 2}
    ranked = sorted(using(cascade, system_id), key=lambda item: (item.deploys != system_id, level_rank[item.level]))
    return ranked[0].objective_id if ranked else None


def read_incidents(rows: Iterable[IncidentRow]) -> tuple[Incident, ...]:
    """Return the rows of the governance register's incidents, in the order of awareness."""
    incidents = (
        Incident(
            id=row["incident_id"],
            system_id=row["ai_system_id"],
            incident_class=row["incident_class"],
            aware_at=row["aware_at"],
            provider_notified_at=row["provider_notified_at"],
            provider_unreachable_at=row["provider_unreachable_at"],
            authority_notified_at=row["authority_notified_at"],
            completed_at=row["completed_at"],
            closed_as=row["report_type"] or "",
        )
        for row in rows
    )
    return tuple(sorted(incidents, key=lambda incident: (incident.aware_at, incident.id)))


def last_day(week: date) -> date:
    """Return the Sunday of a week: the day as of which its duties are judged."""
    return week + timedelta(days=6)


def _review_weeks(columns: Columns, system_id: str, as_of: date, minimum_group: int) -> tuple[ReviewWeek, ...]:
    """Return what people did with a system's proposals, by week, from the rows of the override metric.

    Rows of fewer people than may be shown are left out: a finding would tell their figure.
    """
    weeks = np.asarray(columns["week_start"]).astype("datetime64[D]")
    people = np.ma.filled(np.ma.asarray(columns["people_count"]).astype(float), np.inf)
    chosen = (
        (people >= minimum_group)
        & (np.asarray(columns["segment"], dtype=np.object_) == system_id)
        & (weeks <= np.datetime64(as_of))
    )
    reviews = np.ma.filled(np.ma.asarray(columns["denominator"]).astype(float), 0.0)
    overridden = np.ma.filled(np.ma.asarray(columns["numerator"]).astype(float), 0.0)
    return tuple(
        ReviewWeek(
            week.astype(date), float(reviews[chosen & (weeks == week)].sum()),
            float(overridden[chosen & (weeks == week)].sum()),
        )
        for week in np.unique(weeks[chosen])
    )  # fmt: skip
