"""Milestones that people should look at, as findings at the file to be changed. None of them stops publication."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from okr_pipeline.cascade.issues import Issue, Level, in_reading_order, listed
from okr_pipeline.cascade.model import Cascade, KeyResult, Location
from okr_pipeline.compliance.model import Milestone, MilestoneStatus
from okr_pipeline.compliance.standing import a_type, counts_until, role_words

MONITORING_METRIC = "monitoring_coverage_share"
INCIDENT_METRIC = "time_to_notify_provider_hours"
_EVIDENCE: Mapping[MilestoneStatus, tuple[str, Level, str]] = {
    MilestoneStatus.EVIDENCE_MISSING: ("evidence_missing", "warning", "add a signed record to evidence/"),
    MilestoneStatus.EXPIRED: ("evidence_expired", "warning", "renew it and add the new record, which supersedes this"),
    MilestoneStatus.TAMPERED: (
        "evidence_tampered",
        "error",
        "restore the document that was signed, or have the new one signed in a record of its own",
    ),
    MilestoneStatus.UNVERIFIED: (
        "evidence_unverified",
        "warning",
        "put the signed document into evidence/documents/, unchanged and with its hash in the record",
    ),
}


def milestone_issues(cascade: Cascade, milestones: Sequence[Milestone], as_of: date) -> tuple[Issue, ...]:
    """Return the findings of a day, by file and line."""
    found = [
        *(issue for milestone in milestones for issue in _of_milestone(cascade, milestone, as_of)),
        *_records_for_nothing(cascade, milestones),
        *_missing_key_results(cascade, milestones, as_of),
    ]
    return in_reading_order(found)


def _of_milestone(cascade: Cascade, milestone: Milestone, as_of: date) -> Iterator[Issue]:
    status, obligation = milestone.status, milestone.obligation
    subject = f"AI system {milestone.system_id}, {obligation.id}"
    if milestone.event is not None:
        subject += f", incident {milestone.event}"
    allowed = f"{obligation.article}: {obligation.title}"
    place = _system_place(cascade, milestone.system_id)
    if status is MilestoneStatus.OVERDUE:
        fix = "report it and complete the register" if milestone.event else _next_step(milestone)
        yield _issue("milestone_overdue", "error", place, subject, milestone.reason, allowed, fix)
    elif status in _EVIDENCE:
        rule, level, fix = _EVIDENCE[status]
        place = _evidence_place(cascade, milestone, place)
        yield _issue(rule, level, place, subject, milestone.reason, allowed, fix)
    elif _is_soon(milestone, as_of, cascade.policy.milestone_due_soon_days.value):
        fix = "report it and complete the register" if milestone.event else _next_step(milestone)
        yield _issue("milestone_due_soon", "advice", place, subject, milestone.reason, allowed, fix)
    elif status is MilestoneStatus.MET and _ends_soon(cascade, milestone, as_of):
        place = _evidence_place(cascade, milestone, place)
        yield _issue("evidence_ends_soon", "advice", place, subject, milestone.reason, allowed, _next_step(milestone))


def _ends_soon(cascade: Cascade, milestone: Milestone, as_of: date) -> bool:
    record = cascade.evidence.get(milestone.evidence or "")
    ends_on = None if record is None else counts_until(milestone.obligation, record)
    if record is None or ends_on is None:
        return False
    days = min(cascade.policy.milestone_due_soon_days.value, (ends_on - record.date).days // 2)
    return ends_on <= as_of + timedelta(days=days)


def _is_soon(milestone: Milestone, as_of: date, days: int) -> bool:
    due = milestone.due.date() if isinstance(milestone.due, datetime) else milestone.due
    is_open = milestone.status in (MilestoneStatus.DUE, MilestoneStatus.NOT_YET_APPLICABLE)
    is_asked = milestone.event is None or milestone.status is MilestoneStatus.DUE
    return is_open and is_asked and due is not None and due <= as_of + timedelta(days=days)


def _next_step(milestone: Milestone) -> str:
    asked = milestone.obligation
    return f"have {a_type(asked.evidence_type)} signed by {role_words(asked.signed_by)} and add its record to evidence/"


def _records_for_nothing(cascade: Cascade, milestones: Sequence[Milestone]) -> Iterator[Issue]:
    asked: dict[str, set[str]] = {}
    for milestone in milestones:
        if milestone.status is not MilestoneStatus.NOT_APPLICABLE:
            asked.setdefault(milestone.system_id, set()).add(milestone.obligation.id)
    for record in cascade.evidence.values():
        known = asked.get(record.system_id, set())
        if known and record.obligation_id not in known:
            yield _issue(
                "evidence_without_obligation",
                "warning",
                cascade.place(record.file, "obligation_id"),
                f"evidence {record.id}",
                f"{record.obligation_id} does not bind {record.system_id}, so the record counts for nothing",
                f"one of {listed(sorted(known), 30)}",
                "correct the obligation or delete the record",
            )


def _missing_key_results(cascade: Cascade, milestones: Sequence[Milestone], as_of: date) -> Iterator[Issue]:
    asked = {
        (milestone.system_id, milestone.obligation.id)
        for milestone in milestones
        if milestone.status is not MilestoneStatus.NOT_APPLICABLE
    }
    active = [item for item in cascade.key_results if _is_running(cascade, item, as_of)]
    wanted = (
        ("missing_monitoring_key_result", MONITORING_METRIC, ("AIA-26-5-MON", "AIA-72"), "how much of it is monitored"),
        ("missing_incident_key_result", INCIDENT_METRIC, ("AIA-26-5-INC", "AIA-73"), "how fast incidents are reported"),
    )
    for system_id in cascade.ai_systems:
        if not any(system_id in item.ai_systems or item.deploys == system_id for item in active):
            continue
        for rule, metric, obligations, what in wanted:
            binding = [name for name in obligations if (system_id, name) in asked]
            if binding and not any(_measures(item, metric, system_id) for item in active):
                yield _issue(
                    rule,
                    "warning",
                    _system_place(cascade, system_id),
                    f"AI system {system_id}",
                    f"key results rest on this high-risk system and none says {what}",
                    f"a key result on {metric} with where: {{segment: {system_id}}} ({', '.join(binding)})",
                    "add one under the objective that uses the system",
                )


def _is_running(cascade: Cascade, key_result: KeyResult, as_of: date) -> bool:
    cycle = cascade.cycles.get(key_result.cycle)
    return cycle is not None and cycle.start <= as_of <= cycle.end


def _measures(key_result: KeyResult, metric: str, system_id: str) -> bool:
    return key_result.metric == metric and key_result.where.segment == system_id


def _system_place(cascade: Cascade, system_id: str) -> Location:
    return cascade.place(f"ai_systems/{system_id}.yml", "id")


def _evidence_place(cascade: Cascade, milestone: Milestone, otherwise: Location) -> Location:
    record = None if milestone.event or milestone.evidence is None else cascade.evidence.get(milestone.evidence)
    if record is None:
        return otherwise
    named = {
        MilestoneStatus.EXPIRED: "valid_until",
        MilestoneStatus.MET: "valid_until",
        MilestoneStatus.TAMPERED: "document_sha256",
    }
    return cascade.place(record.file, named.get(milestone.status, "status"))


def _issue(rule: str, level: Level, at: Location, subject: str, problem: str, allowed: str, fix: str) -> Issue:
    return Issue(rule, level, at.file, at.line, subject, problem.rstrip("."), allowed, fix)
