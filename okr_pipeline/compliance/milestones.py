"""State of every obligation on a day: evidence first, then dates, and one row more for each incident.

What a record is worth is decided in `standing`, what an incident's clock says in `clocks`.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from okr_pipeline.cascade.evidence import EvidenceRecord
from okr_pipeline.compliance.clocks import CLOCK_OF, NOTICE_HOURS, Clock, incident_clock
from okr_pipeline.compliance.documents import DocumentState
from okr_pipeline.compliance.model import Assessment, Incident, Milestone, MilestoneStatus, NotApplicable, Obligation
from okr_pipeline.compliance.standing import Standing, a_type, best_standing, first_signed, role_words, type_words

_BY = {
    "statutory": "by law",
    "national": "by national law",
    "control": "as our own record",
    "grandfathered": "as a recommendation",
}


def milestones(
    assessment: Assessment,
    records: Iterable[EvidenceRecord],
    documents: Mapping[str, DocumentState],
    incidents: Iterable[Incident],
    as_of: date,
    owner: str,
    *,
    notice_hours: float = NOTICE_HOURS,
    zone: tzinfo = UTC,
) -> tuple[Milestone, ...]:
    """Return the milestones of one system: its obligations, its incidents below them, and what does not apply.

    Args:
        assessment: what the law asks because of the system.
        records: records of evidence, of other systems too.
        documents: state of their documents, by record.
        incidents: the incident register, of other systems too.
        as_of: the day that counts as today; judged at its end.
        owner: role that answers for the system.
        notice_hours: `incident_notice_hours` of the policy.
        zone: time zone of the organisation, which decides when the day ends.
    """
    system_id = assessment.system_id
    kept = tuple(record for record in records if record.system_id == system_id)
    day_end = datetime.combine(as_of + timedelta(days=1), time(), zone)
    happened = sorted(
        (incident for incident in incidents if incident.system_id == system_id and incident.aware_at < day_end),
        key=lambda incident: (incident.aware_at.astimezone(UTC), incident.id),
    )
    found: list[Milestone] = []
    for obligation in assessment.obligations:
        found.append(milestone(obligation, kept, documents, as_of, owner, system_id))
        found.extend(_events(obligation, happened, day_end, notice_hours, found[-1]))
    found.extend(_not_applicable(item, system_id, owner) for item in assessment.not_applicable)
    return tuple(found)


def milestone(
    obligation: Obligation,
    records: Iterable[EvidenceRecord],
    documents: Mapping[str, DocumentState],
    as_of: date,
    owner: str,
    system_id: str,
) -> Milestone:
    """Return one obligation's state on a day.

    A signed record that counts meets it, however late. Without one, a changed document is told first, then an open
    question, an expired or unverified record, a breach of the due date, other records that cannot count, the date.
    """
    kept = tuple(records)
    standing = best_standing(obligation, system_id, kept, documents, as_of)
    if standing is not None and standing.status is MilestoneStatus.MET:
        status, reason = (
            MilestoneStatus.MET,
            _met_words(obligation, standing, first_signed(obligation, system_id, kept)),
        )
    else:
        status, words = _unmet(obligation, standing, as_of)
        problem = standing.problem if standing is not None else ""
        reason = " ".join(part for part in (words, problem, _opening(obligation)) if part)
    evidence = None if standing is None else standing.record.id
    return Milestone(system_id, obligation, status, reason, obligation.due, owner, evidence)


def milestone_status(obligation: Obligation, as_of: date) -> tuple[MilestoneStatus, str]:
    """Return state and reason of an obligation for which no evidence is known."""
    found = milestone(obligation, (), {}, as_of, "", "")
    return found.status, found.reason


def _met_words(obligation: Obligation, standing: Standing, first: date | None) -> str:
    record, due = standing.record, obligation.due
    role = role_words([record.signed_by_role or ""])
    words = f"Met by the {type_words(record.type)} of {record.date}, signed by {role}"
    began = first or record.date
    if due is not None and began > due:
        days = (began - due).days
        words += f"; {days} day{'' if days == 1 else 's'} late, it was due on {due}"
    if standing.ends_on is not None:
        words += f"; counts until {standing.ends_on}"
    return f"{words}."


def _unmet(obligation: Obligation, standing: Standing | None, as_of: date) -> tuple[MilestoneStatus, str]:
    """Return the state of an obligation that no record meets, and what its dates say."""
    status = None if standing is None else standing.status
    if status is MilestoneStatus.TAMPERED:
        return status, ""
    if obligation.review:
        return MilestoneStatus.NEEDS_REVIEW, f"To be clarified: {obligation.review.rstrip('.')}."
    if status in (MilestoneStatus.EXPIRED, MilestoneStatus.UNVERIFIED):
        return status, ""
    dated, words = _by_date(obligation, as_of)
    is_early_draft = standing is not None and standing.is_draft and dated is MilestoneStatus.NOT_YET_APPLICABLE
    if status is not None and dated is not MilestoneStatus.OVERDUE and not is_early_draft:
        return MilestoneStatus.EVIDENCE_MISSING, words
    return dated, words


def _by_date(obligation: Obligation, as_of: date) -> tuple[MilestoneStatus, str]:
    due, planned, by = obligation.due, obligation.planning_due, _BY[obligation.force]
    if due is None:
        return _without_date(obligation)
    other = ""
    if obligation.alternative_due is not None:
        other = f" ({obligation.alternative_due} in another reading of the law)"
    if as_of > due:
        days = (as_of - due).days
        since = f"{days} day{'' if days == 1 else 's'} ago, on {due}{other}"
        if obligation.force == "grandfathered":
            return MilestoneStatus.EVIDENCE_MISSING, f"Recommended for {due}{other}; no breach, nothing is signed yet."
        return MilestoneStatus.OVERDUE, f"Due {by} {since}."
    start = due if planned is None else min(planned, due)
    if as_of >= start:
        planning = f"; planned for {planned}" if planned is not None else ""
        return MilestoneStatus.DUE, f"Due {by} on {due}{other}{planning}."
    planning = f"; work on it is planned from {planned}" if planned is not None else ""
    return MilestoneStatus.NOT_YET_APPLICABLE, f"Due {by} on {due}{other}{planning}."


def _without_date(obligation: Obligation) -> tuple[MilestoneStatus, str]:
    since = "" if obligation.anchor is None else f" from {obligation.anchor}"
    asked = f"Asked {_BY[obligation.force]}{since}, as soon as"
    if obligation.kind == "event":
        return MilestoneStatus.NOT_YET_APPLICABLE, f"{asked} there is a case; none is recorded."
    if obligation.due_words == "on_change":
        return MilestoneStatus.NOT_YET_APPLICABLE, f"{asked} something changes."
    return MilestoneStatus.NEEDS_REVIEW, "To be clarified: the day on which it is due is not known."


def _opening(obligation: Obligation) -> str:
    if not obligation.evidence_type:
        return ""
    listing = f" that answers {', '.join(obligation.elements)}" if obligation.elements else ""
    return f"It is met by {a_type(obligation.evidence_type)}{listing}, signed by {role_words(obligation.signed_by)}."


def _events(
    obligation: Obligation, incidents: Iterable[Incident], now: datetime, notice_hours: float, quiet: Milestone
) -> Iterator[Milestone]:
    reader = CLOCK_OF.get(obligation.id)
    if reader is None:
        return
    for incident in incidents:
        clock = _as_bound(obligation, incident, now, incident_clock(reader, incident, now, notice_hours))
        reference = f"incident register: {incident.id}" + (f", {incident.closed_as}" if incident.closed_as else "")
        yield Milestone(
            quiet.system_id, obligation, clock.status, clock.reason, clock.due, quiet.owner, reference, incident.id
        )


def _as_bound(obligation: Obligation, incident: Incident, now: datetime, clock: Clock) -> Clock:
    """Return a clock as it binds the system: the law's, a recommendation, a question, or not yet anybody's."""
    if clock.status is MilestoneStatus.MET:
        return clock
    anchor = obligation.anchor
    if obligation.review:
        words = f"To be clarified: {obligation.review.rstrip('.')}. {clock.reason}"
        return Clock(MilestoneStatus.NEEDS_REVIEW, words, clock.due)
    if anchor is not None and incident.aware_at.astimezone(now.tzinfo).date() < anchor:
        asked = "It is recommended" if obligation.force == "grandfathered" else "The law asks for it"
        words = f"{asked} from {anchor} and not of this incident; in the meantime: {clock.reason}"
        return Clock(MilestoneStatus.NOT_YET_APPLICABLE, words, clock.due)
    if obligation.force == "grandfathered":
        is_late = clock.status is MilestoneStatus.OVERDUE
        status = MilestoneStatus.EVIDENCE_MISSING if is_late else clock.status
        return Clock(status, f"Recommended, not asked by law (Article 111(2)): {clock.reason}", clock.due)
    return clock


def _not_applicable(item: NotApplicable, system_id: str, owner: str) -> Milestone:
    blank = Obligation(
        id=item.id,
        item_id=item.id,
        article=item.article,
        title=item.title,
        kind="milestone",
        force="control",
        due=None,
        due_words="not_applicable",
        anchor=None,
        planning_due=None,
        alternative_due=None,
        certainty="settled",
        cadence_days=None,
        gate=None,
        evidence_type="",
        signed_by=(),
    )
    return Milestone(system_id, blank, MilestoneStatus.NOT_APPLICABLE, item.reason, None, owner)
