"""One small valid cascade around a credit score, read from YAML, that a test may change in one place.

As written, nothing conflicts: the duties bind (the system is launched in 2028), every milestone is met, people are
numerous enough and look at what they confirm.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from okr_pipeline.cascade.issues import Issue
from okr_pipeline.cascade.loader import load_cascade
from okr_pipeline.cascade.metric import Kind, Metric
from okr_pipeline.cascade.model import Cascade
from okr_pipeline.compliance.catalogue import load_catalogue
from okr_pipeline.compliance.conflicts import conflict_issue, find_conflicts
from okr_pipeline.compliance.model import Assessment, Conflict, Milestone, MilestoneStatus, Observation, ReviewWeek
from okr_pipeline.compliance.obligations import assess

AS_OF = date(2027, 12, 13)
NEWEST_WEEK = date(2027, 12, 6)
SYSTEM = "ai_systems/credit_score.yml"
LENDING = "2028-h1/lending.yml"
CLASSIFIED = "evidence/credit_score_class.yml"
POLICY = "policy.yml"
DOCUMENT = "a" * 64

FILES = {
    "organisation.yml": """\
time_zone: Europe/Berlin
currency: EUR
minimum_group: 5
units:
  bank: {title: Example bank}
  lending: {parent: bank, title: Lending}
""",
    "strategy.yml": "bets:\n  - {id: faster_credit, title: Credit the same day, kind: revenue_growth}\n",
    POLICY: """\
minimum_cases_default: {value: 30, reason: below it an interval says nothing}
on_track_from: {value: -0.15, reason: two weeks late are normal}
at_risk_from: {value: -0.35, reason: a third behind can be made up}
stale_after_weeks: {value: {weekly: 0, monthly: 5}, reason: one cadence}
restatement_tolerance_ratio: {value: 0.01, reason: late rows move little}
executive_objectives_min_count: {value: 2, reason: one is no choice}
executive_objectives_max_count: {value: 4, reason: five are no priority}
parents_taken_max_count: {value: 2, reason: more cannot be led}
gates_required_by_house_policy: {value: [], reason: the law is enough here}
incident_notice_hours: {value: 24, reason: a day}
override_rate_min: {value: 0.02, reason: practice}
override_rate_max: {value: 0.20, reason: practice}
override_weeks: {value: 8, reason: two months}
override_reviews_min_count: {value: 200, reason: enough to see 2 %}
review_seconds_min: {value: 5, reason: nobody reads faster}
milestone_due_soon_days: {value: 30, reason: a month}
range_width_min_ratio: {value: 0.02, reason: as measured}
vanity_alpha_short_ratio: {value: 0.025, reason: as measured}
vanity_alpha_ratio: {value: 0.05, reason: as measured}
vanity_weeks_min_count: {value: 8, reason: as measured}
vanity_adoption_range_min_ratio: {value: 0.10, reason: as measured}
vanity_cases_min_count: {value: 30, reason: as measured}
vanity_reliability_min_ratio: {value: 0.6, reason: as measured}
baseline_chance_max_ratio: {value: 0.7, reason: as measured}
own_best_weeks: {value: 26, reason: as measured}
drift_baseline_weeks: {value: 26, reason: as measured}
drift_watched_weeks: {value: 13, reason: as measured}
assisted_gap_weeks: {value: 13, reason: as measured}
ai_system_seen_weeks: {value: 13, reason: as measured}
drift_false_discovery_ratio: {value: 0.10, reason: as measured}
statistics_weeks_min_count: {value: 8, reason: as measured}
forecast_weeks_min_count: {value: 6, reason: as measured}
unlikely_below_ratio: {value: 0.2, reason: as measured}
driver_unclear_above_ratio: {value: 0.2, reason: as measured}
discovery_lags_weeks: {value: [0, 2, 4, 8], reason: as measured}
discovery_false_discovery_ratio: {value: 0.10, reason: as measured}
discovery_weeks_min_count: {value: 26, reason: as measured}
""",
    SYSTEM: """\
id: credit_score
owner: head of lending
intended_purpose: Scores applicants for consumer credit
roles: [deployer]
annex_iii: [5b]
dates: {first_use: 2028-02-01, placed_on_market: 2028-01-03}
affected: {natural_persons: true, decisions_about_persons: true, legal_or_similar_effect: true}
kr_data_individual_level: false
data: {personal: true}
solely_automated_decision: true
oversight:
  model: HOTL
  named_overseers: 2
  stop_function: true
  review_coverage: 0.1
  sampling_rate: 0.05
  ifu_reference: version 3
  ifu_max_autonomous_share: 0.9
  weekly_volume: 10000
  escalation_rate: 0.1
  minutes_per_review: 6
  reviewer_hours_per_week: 145
""",
    "2028-h1/cycle.yml": "id: 2028-h1\nstart: 2027-12-27\nend: 2028-06-30\nreview_dates: [2028-03-31]\n",
    LENDING: """\
cycle: 2028-h1
org_unit: lending
level: team
owner: head of lending
objectives:
  - id: credit_today
    title: People get an answer the same day
    derives_from: days_to_credit
    key_results:
      - id: decided_alone
        title: Nine in ten applications are decided without waiting
        metric: autonomous_share
        baseline: {value: 0.5, source: pilot}
        target: {at_least: 0.9}
        target_set_on: 2027-11-15
        window: trailing_4_weeks
        due: 2028-06-30
        guarded_by: [upheld_complaints]
        ai_systems: [credit_score]
      - id: overrides
        title: Reviewers change 5 to 12 of 100 scores
        metric: override_rate
        baseline: {value: 0.08, source: report}
        target: {between: [0.05, 0.12]}
        target_set_on: 2027-11-16
        window: trailing_4_weeks
        due: 2028-06-30
        ai_systems: [credit_score]
      - id: upheld_complaints
        title: Fewer complaints are upheld
        metric: upheld_complaint_share
        baseline: {value: 0.09, source: complaint register}
        target: {at_most: 0.05}
        target_set_on: 2027-11-17
        window: trailing_13_weeks
        due: 2028-06-30
      - id: score_launch
        title: Half of the applications are scored
        metric: scored_share
        baseline: {value: 0.1, source: pilot}
        target: {at_least: 0.5}
        target_set_on: 2027-11-18
        window: trailing_4_weeks
        due: 2028-02-15
        guarded_by: [upheld_complaints]
        deploys: credit_score
""",
    CLASSIFIED: f"""\
obligation_id: AIA-06-CLASS
system_id: credit_score
type: classification_record
date: 2027-11-15
document_ref: https://documents.example/credit_score/class.pdf
document_sha256: "{DOCUMENT}"
signed_by_role: legal
status: signed
""",
}


def _metric(name: str, kind: Kind, role: str | None) -> Metric:
    return Metric(
        name=name,
        unit="share",
        kind=kind,
        direction="up",
        aggregation="proportion",
        owner="head of controlling",
        cadence="weekly",
        definition="A metric of the tests.",
        role=role,
        people=False,
        function="lending",
        sources=(),
    )


METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        _metric("autonomous_share", "adoption", "autonomy"),
        _metric("override_rate", "quality", "override"),
        _metric("escalation_share", "quality", "escalation"),
        _metric("review_seconds", "quality", "review_time"),
        _metric("upheld_complaint_share", "quality", None),
        _metric("scored_share", "adoption", None),
    )
}


@dataclass
class ConflictWorld:
    """The cascade in a directory, what the data says, and which milestones are not met."""

    root: Path
    observation: Observation = field(default_factory=lambda: Observation(reviewed(8, 100, 8), 30.0, 5))
    states: dict[str, MilestoneStatus] = field(default_factory=dict)
    as_of: date = AS_OF

    def __post_init__(self) -> None:
        for name, text in FILES.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace the only occurrence of ``old`` in a file."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def unmet(self, *obligation_ids: str) -> None:
        """Let milestones be overdue."""
        self.states.update(dict.fromkeys(obligation_ids, MilestoneStatus.OVERDUE))

    def cascade(self) -> Cascade:
        """Read the directory; it has no errors."""
        loaded = load_cascade(self.root)
        assert loaded.cascade is not None, [issue.sentence() for issue in loaded.issues]
        return loaded.cascade

    def conflicts(self) -> tuple[Conflict, ...]:
        """Return all conflicts."""
        return conflicts_in(self.cascade(), self.observation, self.states, self.as_of)

    def only(self) -> Conflict:
        """Return the one conflict that there is."""
        found = self.conflicts()
        assert len(found) == 1, [(conflict.rule, conflict.problem) for conflict in found]
        return found[0]

    def issue(self) -> Issue:
        """Return the one conflict as a finding."""
        return conflict_issue(self.only(), self.cascade())


def conflicts_in(
    cascade: Cascade, observation: Observation, states: Mapping[str, MilestoneStatus], as_of: date = AS_OF
) -> tuple[Conflict, ...]:
    """Return all conflicts of a cascade whose milestones are met unless ``states`` says otherwise."""
    catalogue = load_catalogue()
    assessments = {name: assess(system, catalogue, as_of) for name, system in cascade.ai_systems.items()}
    milestones = [row for item in assessments.values() for row in _milestones(cascade, item, states)]
    observations = dict.fromkeys(cascade.ai_systems, observation)
    return find_conflicts(cascade, assessments, milestones, METRICS, observations, as_of)


def _milestones(cascade: Cascade, assessment: Assessment, states: Mapping[str, MilestoneStatus]) -> list[Milestone]:
    return [
        Milestone(
            system_id=assessment.system_id,
            obligation=obligation,
            status=states.get(obligation.id, MilestoneStatus.MET),
            reason="as the test says",
            due=obligation.due,
            owner=cascade.ai_systems[assessment.system_id].owner or "",
        )
        for obligation in assessment.obligations
    ]


def reviewed(weeks_count: int, reviews_count: float, overridden_count: float) -> tuple[ReviewWeek, ...]:
    """Return weeks up to the newest one, each with as many reviews, of which as many changed something."""
    return tuple(
        ReviewWeek(NEWEST_WEEK - timedelta(weeks=age), reviews_count, overridden_count)
        for age in reversed(range(weeks_count))
    )
