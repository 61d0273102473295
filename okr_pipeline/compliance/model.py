"""What the compliance engine says of a system: its class, its obligations, their state and their gates.

Only the shapes; how each is decided is in the module that returns it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

Route = Literal[
    "prohibited",
    "annex_i_b",
    "annex_i_a_and_iii_high",
    "annex_i_a_high",
    "annex_iii_high",
    "annex_iii_exempt",
    "none",
]
Force = Literal["statutory", "grandfathered", "control", "national"]
Kind = Literal["milestone", "continuous", "event", "readiness"]
Gate = Literal["blocks_kr_setting", "blocks_deployment", "blocks_autonomy_kr"]
Certainty = Literal["settled", "contested"]


class MilestoneStatus(StrEnum):
    """State of an obligation on a day; a closed set, and every one comes with a reason."""

    MET = "met"
    DUE = "due"
    OVERDUE = "overdue"
    NOT_YET_APPLICABLE = "not_yet_applicable"
    NOT_APPLICABLE = "not_applicable"
    EVIDENCE_MISSING = "evidence_missing"
    EXPIRED = "expired"
    TAMPERED = "tampered"
    UNVERIFIED = "unverified"
    NEEDS_REVIEW = "needs_review"


@dataclass(frozen=True, slots=True)
class Obligation:
    """One item of the catalogue as it binds one system.

    Attributes:
        id: id of the item, or of its readiness milestone, e.g. ``AIA-27-1``, ``AIA-26-5-INC-READY``.
        item_id: id of the catalogue item; differs from ``id`` for readiness milestones only.
        article: article and paragraph, e.g. ``Art 27(1)(a)-(f), 27(2), 27(4)``.
        title: what is to be done, in a sentence.
        kind: done once, kept up, answered when it happens, or prepared.
        force: statutory, grandfathered (recommended), control (our own record) or national law.
        due: last day by law or by our own rule; None when an event or a change decides, or a date is unknown.
        due_words: ISO date, ``event from DATE``, ``on_change`` or ``unknown``.
        anchor: day from which it applies: the later of first use and application date; None when unknown.
        planning_due: day by which house policy wants it; None without a due date or a lead time.
        alternative_due: due under the other reading of a contested date; None where there is none.
        certainty: whether the date is contested.
        cadence_days: days after which evidence of a continuous item has to be renewed; None elsewhere.
        gate: what it stands in the way of while it is not met; None when nothing.
        evidence_type: type of the record that meets it.
        signed_by: roles that may sign that record.
        depends_on: ids of items that come first.
        review: why a person has to look at it, e.g. which answer is unknown; empty when nothing is open.
        applies_from: day from which the law asks it of anyone, whenever this system is first used: the application
            date of its rule, or that of public legacy systems; None where the law has none.
        elements: what a record has to answer one by one, e.g. the letters of Article 27(1); empty when nothing is
            asked beyond its type.
    """

    id: str
    item_id: str
    article: str
    title: str
    kind: Kind
    force: Force
    due: date | None
    due_words: str
    anchor: date | None
    planning_due: date | None
    alternative_due: date | None
    certainty: Certainty
    cadence_days: int | None
    gate: Gate | None
    evidence_type: str
    signed_by: tuple[str, ...]
    depends_on: tuple[str, ...] = ()
    review: str = ""
    applies_from: date | None = None
    elements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """One item of the catalogue that does not bind a system, and the condition that says so."""

    id: str
    article: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the law asks because of one system.

    Attributes:
        system_id: id of the system.
        route: the way into a class; with unknown answers the strictest that is not ruled out, prohibition excepted.
        reason: why, in a sentence.
        high_risk, is_provider, is_deployer, legacy, fria_required: what follows; an unknown counts as yes for
            duties and as no for relief (``legacy``).
        block: why no target may exist; None unless prohibited.
        review: what a person has to look at, sentences; empty when every answer is known.
        obligations: items that bind, or may bind, in the order of the catalogue; none when prohibited.
        not_applicable: the other items, with the reason.
    """

    system_id: str
    route: Route
    reason: str
    high_risk: bool
    is_provider: bool
    is_deployer: bool
    legacy: bool
    fria_required: bool
    block: str | None
    review: tuple[str, ...]
    obligations: tuple[Obligation, ...]
    not_applicable: tuple[NotApplicable, ...] = ()


@dataclass(frozen=True, slots=True)
class Milestone:
    """One obligation of one system on one day.

    Attributes:
        system_id: id of the system.
        obligation: what is asked.
        status: its state.
        reason: one sentence with dates.
        due: the date that counts now: the obligation's, or that of a running event clock; None when there is none.
        owner: role that answers for it.
        evidence: reference of the record that meets it, or of the newest that does not; None without any.
        event: id of the incident whose clock runs; None for the rest.
    """

    system_id: str
    obligation: Obligation
    status: MilestoneStatus
    reason: str
    due: date | datetime | None
    owner: str
    evidence: str | None = None
    event: str | None = None


@dataclass(frozen=True, slots=True)
class ShutGate:
    """A milestone that is not met and stands in the way of key results.

    Attributes:
        system_id: id of the system.
        obligation_id: id of the obligation; empty for a prohibited practice.
        basis: whether the law or house policy shuts it.
        sentence: why, for people: names the obligation, the article, the basis and what opens the gate.
        key_results: ids of the key results that it blocks.
    """

    system_id: str
    obligation_id: str
    basis: Literal["law", "house policy"]
    sentence: str
    key_results: tuple[str, ...]


Severity = Literal["block", "conflict", "warn"]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A key result and an AI system that do not go together.

    Attributes:
        rule: ``KR-01`` to ``KR-14``.
        severity: ``block`` and ``conflict`` are published as errors, ``warn`` as a warning; none stops publication.
        basis: law, arithmetic or practice.
        system_id: id of the system.
        key_result_id: id of the key result.
        problem: what is wrong, with the figures seen.
        allowed: what would be right, and by which article.
        fix: the next action.
    """

    rule: str
    severity: Severity
    basis: Literal["law", "arithmetic", "practice"]
    system_id: str
    key_result_id: str
    problem: str
    allowed: str
    fix: str


IncidentClass = Literal["death", "widespread_infringement", "critical_infrastructure", "other_serious"]


@dataclass(frozen=True, slots=True)
class Incident:
    """A serious incident (Article 3(49)) or widespread infringement (3(61)), as the incident register holds it.

    Attributes:
        id: id in the register.
        system_id: id of the AI system.
        incident_class: decides the outer limit of Article 73: ``death`` 10 days (73(4)), ``widespread_infringement``
            and ``critical_infrastructure`` 2 days (73(3)), ``other_serious`` 15 days (73(2)).
        aware_at: when we became aware; with time zone.
        provider_notified_at: when the provider was told; None while it was not.
        provider_unreachable_at: when it was established that the provider cannot be reached; None otherwise.
        authority_notified_at: when the market surveillance authority got a first report, complete or not; None
            while it did not.
        completed_at: when the complete report was sent (73(5)); None while it was not.
        closed_as: kind of document the register calls its report, e.g. ``serious_incident_report``; a
            ``generic_outcome_log`` or ``monitoring_report`` never satisfies the duty. Empty without any.
    """

    id: str
    system_id: str
    incident_class: IncidentClass
    aware_at: datetime
    provider_notified_at: datetime | None = None
    provider_unreachable_at: datetime | None = None
    authority_notified_at: datetime | None = None
    completed_at: datetime | None = None
    closed_as: str = ""


@dataclass(frozen=True, slots=True)
class ReviewWeek:
    """What people did with a system's proposals in one week.

    Attributes:
        week_start: Monday.
        reviews_count: proposals that people decided about.
        overridden_count: of these, changed or rejected.
    """

    week_start: date
    reviews_count: float
    overridden_count: float


@dataclass(frozen=True, slots=True)
class Observation:
    """What the data says of one system, for the rules that need it.

    Attributes:
        review_weeks: newest last; empty when nothing is known.
        median_review_seconds: median time of one review; None when not measured.
        smallest_group_count: fewest people behind a published figure of its key results; None when nobody is.
    """

    review_weeks: tuple[ReviewWeek, ...] = ()
    median_review_seconds: float | None = None
    smallest_group_count: int | None = None
