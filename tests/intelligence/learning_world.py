"""A small company that is measured for a year, read from YAML and rows, of which a test may change one thing.

As it stands, billing support adopts an assistant from the start of the cycle and its handle time falls with it;
policy support does neither. Everything that can be judged is well, and the data rules find nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from okr_pipeline.analysis.insights import Insights
from okr_pipeline.cascade.issues import Issue
from okr_pipeline.cascade.loader import load_cascade
from okr_pipeline.cascade.metric import Aggregation, Kind, Metric
from okr_pipeline.cascade.stand_ins import stand_in_policy
from okr_pipeline.cascade.weeks import WEEK, weeks_between
from okr_pipeline.compliance.catalogue import load_catalogue
from okr_pipeline.duties import Register
from okr_pipeline.evaluation import Evaluation, evaluate_cascade
from okr_pipeline.intelligence.analyse import analyse
from okr_pipeline.intelligence.findings import data_issues
from okr_pipeline.landing import Manifest
from okr_pipeline.landing.manifest import Outcome, WeekFile, WeekRecord
from okr_pipeline.measured import Measured
from okr_pipeline.project import Project
from okr_pipeline.settings import Settings

Row = dict[str, Any]
FIRST_WEEK = date(2025, 12, 29)
CYCLE_START = date(2026, 6, 29)
LAST_WEEK = date(2026, 11, 16)
WEEKS = weeks_between(FIRST_WEEK, LAST_WEEK)
START = WEEKS.index(CYCLE_START)
AGE = np.arange(len(WEEKS)) - START
"""Weeks since the cycle began, below 0 before."""
ADOPTED = np.where(AGE < 0, 0.0, 0.6 / (1 + np.exp(-0.6 * (AGE - 7.0))))
"""The assistant's share of billing's replies without noise: an S-curve to 60 %."""
MEASURES = ("numerator", "denominator", "sum_squares", "sample_count", "people_count")

ORGANISATION = "organisation.yml"
POLICY = "policy.yml"
BENCHMARKS = "benchmarks.yml"
EXECUTIVE = "2026-h2/company.yml"
SERVICE = "2026-h2/service.yml"
BILLING = "2026-h2/billing.yml"
ASSISTANT = "ai_systems/assistant.yml"

FILES = {
    ORGANISATION: """\
time_zone: Europe/Berlin
currency: EUR
minimum_group: 5
units:
  company: {title: Company}
  service: {title: Service, parent: company}
  billing: {title: Billing support, parent: service}
  policies: {title: Policy support, parent: service}
  legal: {title: Legal, parent: company}
""",
    "strategy.yml": "bets:\n  - {id: lower_cost, title: Serve more customers, kind: cost_efficiency}\n",
    POLICY: yaml.safe_dump(stand_in_policy().model_dump(mode="json")),  # the examples of its fields, as shipped
    BENCHMARKS: "benchmarks: []\n",
    "2026-h2/cycle.yml": "id: 2026-h2\nstart: 2026-06-29\nend: 2026-12-31\nreview_dates: [2026-09-30]\n",
    EXECUTIVE: """\
cycle: 2026-h2
org_unit: company
level: executive
owner: chief executive
objectives:
  - id: good_service_costs_less
    title: Good service costs the organisation less
    bet: lower_cost
    key_results:
      - id: contact_cost
        title: A contact costs a tenth less
        metric: contact_cost_eur
        baseline: {measured_over: 2026-W14..2026-W26}
        target: {reduce_by_at_least: 10%}
        target_set_on: 2026-06-22
        window: trailing_4_weeks
        due: 2026-12-31
""",
    SERVICE: """\
cycle: 2026-h2
org_unit: service
level: business_unit
owner: head of service
objectives:
  - id: short_contacts
    title: Routine questions are answered in one short conversation
    derives_from: contact_cost
    key_results:
      - id: handle_time
        title: Contacts take a tenth less time
        metric: handle_time_seconds
        baseline: {measured_over: 2026-W14..2026-W26}
        target: {reduce_by_at_least: 10%}
        target_set_on: 2026-06-22
        window: trailing_4_weeks
        due: 2026-12-31
        contributes: {moves_parent: [-14%, -10%], lag_weeks: 0, source: pilot}
        guarded_by: [repeats]
      - id: repeats
        title: No more customers come back within a week
        metric: repeat_share
        baseline: {value: 0.14, source: report}
        target: {at_most: 0.16}
        target_set_on: 2026-06-22
        window: trailing_4_weeks
        due: 2026-12-31
        contributes: {moves_parent: [0%, 0%], lag_weeks: 0, source: it is to hold}
""",
    BILLING: """\
cycle: 2026-h2
org_unit: billing
level: team
owner: team lead billing
objectives:
  - id: assisted_answers
    title: Agents answer with a good suggestion at hand
    derives_from: handle_time
    key_results:
      - id: assisted
        title: More than half of the replies are written with assistance
        metric: assisted_share
        baseline: {value: 0.01, source: pilot}
        target: {at_least: 0.55}
        target_set_on: 2026-06-22
        window: trailing_4_weeks
        due: 2026-12-31
        trajectory: {shape: s_curve, lag_weeks: 0}
        contributes: {moves_parent: [-22%, -18%], lag_weeks: 0, source: pilot}
        compare_with: {org_unit: policies}
        guarded_by: [repeats]
        ai_systems: [assistant]
""",
    ASSISTANT: """\
id: assistant
name: Reply suggestions
owner: head of service
intended_purpose: Suggests replies that an agent sends or changes
roles: [deployer]
dates: {placed_on_market: 2025-09-01, first_use: 2026-06-29}
""",
}


def metric(
    name: str, kind: Kind, aggregation: Aggregation, unit: str, direction: str = "down", **changes: Any
) -> Metric:
    """Return a weekly metric of the contact centre without persons behind it."""
    template = Metric(
        name=name,
        unit=unit,
        kind=kind,
        direction="down",
        aggregation=aggregation,
        owner="head of service",
        cadence="weekly",
        definition="A metric of the tests.",
        role=None,
        people=False,
        function="service",
        sources=(("desk", "contacts"),),
    )
    return replace(template, direction=direction, **changes)  # type: ignore[arg-type]


def row(week: date, org_unit: str, **changes: Any) -> Row:
    """Return one row of a metric: a hundred cases, none of them special."""
    facts: Row = {
        "week_start": week,
        "org_unit": org_unit,
        "segment": "all",
        "ai_assisted": "all",
        "numerator": 50.0,
        "denominator": 100.0,
        "sum_squares": None,
        "sample_count": 100,
        "people_count": None,
        "observed_until": datetime.combine(week + WEEK, datetime.min.time()),
    }
    assert not set(changes) - set(facts)
    return {**facts, **changes}


def share_rows(org_unit: str, shares: Sequence[float], cases: int = 1000, **changes: Any) -> list[Row]:
    """Return a share week by week, e.g. of assisted replies."""
    return [
        row(week, org_unit, numerator=share * cases, denominator=float(cases), sample_count=cases, **changes)
        for week, share in zip(WEEKS, shares, strict=True)
    ]


def mean_rows(
    org_unit: str, means: Sequence[float], cases: int = 1000, sd_ratio: float = 0.3, **changes: Any
) -> list[Row]:
    """Return a mean week by week; the cases spread around it by ``sd_ratio`` of it."""
    return [
        row(
            week,
            org_unit,
            numerator=mean * cases,
            denominator=float(cases),
            sum_squares=cases * mean**2 * (1 + sd_ratio**2),
            sample_count=cases,
            **changes,
        )
        for week, mean in zip(WEEKS, means, strict=True)
    ]


def noise(seed: int, sd_ratio: float) -> np.ndarray[Any, Any]:
    """Return independent weekly noise."""
    return np.random.default_rng(seed).normal(0, sd_ratio, len(WEEKS))


def handle_times(effect: float = -0.25) -> list[Row]:
    """Return billing's and policies' handle times; billing's moved by ``effect`` once adoption is complete."""
    common = np.exp(noise(1, 0.01))
    billing = 300 * common * (1 + effect * ADOPTED / 0.6) * np.exp(noise(2, 0.01))
    policies = 280 * common * np.exp(noise(3, 0.01))
    return [*mean_rows("billing", billing.tolist()), *mean_rows("policies", policies.tolist())]


def _rows() -> dict[str, list[Row]]:
    cost = 5.0 * (1 - 0.11 * ADOPTED / 0.6) * np.exp(noise(4, 0.004))
    adopted = np.clip(ADOPTED + 0.01 * (1 + noise(5, 0.3)), 0, 1)
    return {
        "contact_cost_eur": mean_rows("service", cost.tolist()),
        "handle_time_seconds": handle_times(),
        "repeat_share": share_rows("billing", (0.14 + noise(6, 0.004)).tolist()),
        "assisted_share": share_rows("billing", adopted.tolist(), segment="assistant"),
    }


def _metrics() -> dict[str, Metric]:
    return {
        each.name: each
        for each in (
            metric("contact_cost_eur", "business_outcome", "mean", "eur"),
            metric("handle_time_seconds", "business_outcome", "mean", "seconds"),
            metric("repeat_share", "quality", "proportion", "ratio"),
            metric("assisted_share", "adoption", "proportion", "ratio", "up", segment="ai_system"),
        )
    }


@dataclass
class LearningWorld:
    """The company, of which anything may be changed before it is looked at.

    Attributes:
        root: the cascade directory.
        rows: metric -> its rows.
        metrics: what the cascade knows of them.
        missing: table -> weeks that never came.
        outcomes: table -> week -> judgement of a week that was not loaded.
        through: newest week.
    """

    root: Path
    rows: dict[str, list[Row]] = field(default_factory=_rows)
    metrics: dict[str, Metric] = field(default_factory=_metrics)
    missing: dict[tuple[str, str], set[date]] = field(default_factory=dict)
    outcomes: dict[tuple[str, str], dict[date, Outcome]] = field(default_factory=dict)
    through: date = LAST_WEEK

    def __post_init__(self) -> None:
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, file: str, text: str) -> None:
        """Write a file of the cascade."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace the only occurrence of ``old`` in a file."""
        text = (self.root / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {file}"
        self.write(file, text.replace(old, new))

    def change_rows(self, name: str, change: Callable[[Row], Row | None]) -> None:
        """Change every row of a metric, or leave it out."""
        self.rows[name] = [changed for each in self.rows[name] if (changed := change(each)) is not None]

    def add_metric(self, added: Metric, rows: Iterable[Row]) -> None:
        """Add a metric with its rows."""
        self.metrics[added.name] = added
        self.rows[added.name] = list(rows)

    def project(self) -> Project:
        """Read the cascade; it has no errors."""
        loaded = load_cascade(self.root)
        assert loaded.cascade is not None, [issue.sentence() for issue in loaded.issues]
        settings = Settings(
            project=self.root,
            home=self.root,
            cascade_dir=self.root,
            sources_toml=self.root / "sources.toml",
            dbt_project_dir=self.root,
            extra_sources=None,
            history_from=FIRST_WEEK,
            fixed_as_of=self.through + WEEK,
            pseudonym_key=None,
            environment={},
        )
        return Project(settings, loaded.cascade, (), self.metrics, (), {}, load_catalogue())

    def manifests(self) -> dict[tuple[str, str], Manifest]:
        """Return what is landed: every week up to the newest, but for those that are missing or refused."""
        tables = {key for each in self.metrics.values() for key in each.sources}
        return {key: self._manifest(key) for key in sorted(tables)}

    def _manifest(self, key: tuple[str, str]) -> Manifest:
        weeks = weeks_between(FIRST_WEEK, self.through)
        refused = self.outcomes.get(key, {})
        landed = [week for week in weeks if week not in self.missing.get(key, set()) and week not in refused]
        records = {week: WeekRecord(outcome, "as the test says", 0, 0, {}) for week, outcome in refused.items()}
        return Manifest(*key, verdict="landed", reason="", files={week: _file(week) for week in landed}, weeks=records)

    def columns(self) -> dict[str, dict[str, np.ndarray[Any, Any]]]:
        """Return the rows as a warehouse gives them, those after the newest week left out."""
        return {
            name: columns_of([each for each in rows if each["week_start"] <= self.through])
            for name, rows in self.rows.items()
        }

    def measured(self) -> Measured:
        """Return the measured weeks."""
        return Measured.of(self.project(), self.columns(), self.manifests(), self.through)

    def evaluated(self) -> tuple[Measured, Evaluation]:
        """Return the measured weeks, and what the key results make of them."""
        measured = self.measured()
        return measured, evaluate_cascade(measured.project, measured, self.columns(), self.manifests(), Register())

    def insights(self) -> Insights:
        """Return everything that the analysis says."""
        return analyse(*self.evaluated())

    def issues(self) -> tuple[Issue, ...]:
        """Return what the data rules find."""
        measured, evaluation = self.evaluated()
        return data_issues(measured, evaluation, analyse(measured, evaluation), self.manifests())


def _file(week: date) -> WeekFile:
    moment = datetime.combine(week, datetime.min.time(), UTC)
    return WeekFile(week, Path("unread.parquet"), "0" * 64, 1, moment, moment, "", "", moment)


def columns_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, np.ndarray[Any, Any]]:
    """Return rows as arrays by column, masked where null, in the form in which a warehouse gives them."""
    columns: dict[str, np.ndarray[Any, Any]] = {
        "week_start": np.array([each["week_start"] for each in rows], dtype="datetime64[D]"),
        "observed_until": np.array([each["observed_until"] for each in rows], dtype="datetime64[us]"),
    }
    for name in ("org_unit", "segment", "ai_assisted"):
        columns[name] = np.array([each[name] for each in rows], dtype=object)
    for name in MEASURES:
        values = [each[name] for each in rows]
        columns[name] = np.ma.masked_array(
            np.array([0.0 if value is None else value for value in values], dtype=np.float64),
            [value is None for value in values],
        )
    return columns
