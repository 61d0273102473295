"""A company small enough to draft by hand: one service unit with two teams that use AI and one that does not."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.weeks import WEEK, weeks_between
from okr_pipeline.compliance.catalogue import load_catalogue
from okr_pipeline.generation.generate import cycle_files
from okr_pipeline.generation.inputs import Facts, read_facts
from okr_pipeline.generation.measured import Measured

SHIPPED = Path(__file__).parents[2] / "cascade_definitions"
FIRST, LAST = date(2025, 12, 29), date(2026, 8, 31)
WEEKS = weeks_between(FIRST, LAST)
CYCLE_WEEK = date(2026, 6, 29)
AS_OF = date(2026, 6, 29)

ORGANISATION = """\
time_zone: Europe/Berlin
currency: EUR
minimum_group: 5
units:
  company: {title: Company}
  service: {title: Service, parent: company}
  front: {title: Front desk, parent: service}
  billing: {title: Billing, parent: front}
  policies: {title: Policies, parent: front}
  paper: {title: Paper desk, parent: service}
  sales: {title: Sales, parent: company}
  stores: {title: Stores, parent: sales}
"""
STRATEGY = """\
bets:
  - {id: lower_cost, kind: cost_efficiency, title: Serve more people at the same cost}
  - {id: new_markets, kind: revenue_growth, title: Sell where nobody sells}
  - {id: fewer_errors, kind: risk_reduction, title: Make fewer mistakes}
plan:
  - {metric: contacts_per_fte, org_unit: service, bet: lower_cost, change: 20%, source: "plan 2026, line 14"}
  - {metric: revenue_eur, org_unit: sales, bet: new_markets, change: 10%, source: "plan 2026, line 2"}
"""
CYCLE = "id: 2026-h2\nstart: 2026-06-29\nend: 2026-12-31\nreview_dates: [2026-09-30]\n"
HELPER = """\
id: helper
name: Desk helper
owner: head of service
intended_purpose: Suggests answers to agents; a person decides about every reply.
roles: [deployer]
dates: {placed_on_market: 2025-02-01, first_use: 2026-02-02}
oversight: {model: HITL, named_overseers: 2, stop_function: true, review_coverage: 1.0}
"""


def metric(name: str, **facts: Any) -> Metric:
    """Return a metric; what is not said is that of an outcome of the service unit."""
    defaults: dict[str, Any] = {
        "name": name, "unit": "minutes", "kind": "business_outcome", "direction": "down", "aggregation": "mean",
        "owner": "head of service", "cadence": "weekly", "definition": "Mean time of a contact.", "role": None,
        "people": False, "function": "service", "sources": (("desk", "contacts"),),
    }  # fmt: skip
    return Metric(**{**defaults, **facts})


SHARE: dict[str, Any] = {"unit": "ratio", "aggregation": "proportion", "direction": "up"}
METRICS = {
    some.name: some
    for some in (
        metric(
            "contacts_per_fte", unit="contacts_per_fte", direction="up", aggregation="ratio",
            definition="Contacts handled per full-time position.",
        ),
        metric("handle_minutes", definition="Mean time of a contact: conversation and notes."),
        metric("repeat_share", **{**SHARE, "direction": "down"}, kind="quality", definition="Share of second calls."),
        metric("assisted_share", **SHARE, kind="adoption", definition="Share of replies that AI drafted."),
        metric(
            "user_share", **{**SHARE, "aggregation": "distinct_share"}, kind="adoption", function="AI programme",
            definition="Share of people who used the AI system.",
        ),
        metric("revenue_eur", unit="eur", direction="up", aggregation="ratio", function="sales", definition="Revenue."),
    )
}  # fmt: skip
VALUES: dict[tuple[str, str, str], tuple[float, float]] = {
    ("contacts_per_fte", "billing", "all"): (8_000, 100),
    ("contacts_per_fte", "policies", "all"): (8_000, 100),
    ("contacts_per_fte", "paper", "all"): (8_000, 100),
    ("handle_minutes", "billing", "all"): (10_000, 1_000),
    ("handle_minutes", "policies", "all"): (10_000, 1_000),
    ("handle_minutes", "paper", "all"): (12_000, 1_000),
    ("repeat_share", "billing", "all"): (200, 1_000),
    ("repeat_share", "policies", "all"): (200, 1_000),
    ("assisted_share", "billing", "all"): (200, 1_000),
    ("assisted_share", "policies", "all"): (400, 1_000),
    ("user_share", "billing", "helper"): (10, 40),
    ("user_share", "policies", "helper"): (20, 40),
    ("revenue_eur", "stores", "all"): (1_000, 10),
}
"""(metric, unit, segment) -> (numerator, denominator), the same in every week."""
Rows = list[dict[str, Any]]


def rows(values: Mapping[tuple[str, str, str], tuple[float, float]] | None = None) -> Rows:
    """Return published rows of every week; means have the spread of cases that are all alike."""
    found: Rows = []
    for (name, unit, segment), (numerator, denominator) in {**VALUES, **(values or {})}.items():
        for week in WEEKS:
            found.append(
                {
                    "metric": name, "week_start": week, "org_unit": unit, "segment": segment, "ai_assisted": "all",
                    "numerator": numerator, "denominator": denominator,
                    "sum_squares": numerator**2 / denominator * 1.1, "sample_count": int(denominator),
                    "people_count": 40, "observed_until": None,
                }
            )  # fmt: skip
    return found


def withheld(some: Rows, name: str, unit: str) -> Rows:
    """Return the rows with the numbers of one metric and unit taken out, as the publication shows small groups."""
    numbers = ("numerator", "denominator", "sum_squares", "sample_count", "people_count")
    return [row | dict.fromkeys(numbers) if (row["metric"], row["org_unit"]) == (name, unit) else row for row in some]


def in_week(some: Rows, name: str, unit: str, last: date, weeks_count: int, numerator: float) -> Rows:
    """Return the rows with another numerator in the weeks up to ``last``."""
    changed = {last - WEEK * number for number in range(weeks_count)}
    return [
        row | {"numerator": numerator}
        if (row["metric"], row["org_unit"]) == (name, unit) and row["week_start"] in changed
        else row
        for row in some
    ]


def write_company(folder: Path, **files: str) -> Path:
    """Write the company's files, some of them replaced (``strategy=...``, ``helper=...``); return the strategy's."""
    texts = {"organisation": ORGANISATION, "strategy": STRATEGY, **files}
    (folder / "ai_systems").mkdir(parents=True)
    (folder / "2026-h2").mkdir()
    for name in ("organisation", "strategy", "benchmarks"):
        if name in texts:
            (folder / f"{name}.yml").write_text(texts[name], encoding="utf-8")
    (folder / "policy.yml").write_bytes((SHIPPED / "policy.yml").read_bytes())
    (folder / "ai_systems" / "helper.yml").write_text(texts.get("helper", HELPER), encoding="utf-8")
    (folder / "2026-h2" / "cycle.yml").write_text(CYCLE, encoding="utf-8")
    return folder / "strategy.yml"


def facts_of(strategy_file: Path, metrics: Mapping[str, Metric] | None = None, **changes: Any) -> Facts:
    """Return the facts that stand beside a strategy."""
    known = {**METRICS, **(metrics or {})}
    facts = read_facts(strategy_file, strategy_file.parent, metrics=known, law=load_catalogue(), as_of=AS_OF)
    return replace(facts, **changes)


def measured_of(facts: Facts, published: Iterable[Mapping[str, Any]] | None = None) -> Measured:
    """Return the values as a draft sees them."""
    return Measured.from_published(
        rows() if published is None else published,
        organisation=facts.organisation,
        cycle=facts.cycle,
        metrics=facts.metrics,
    )


def texts(facts: Facts, published: Iterable[Mapping[str, Any]] | None = None) -> dict[str, str]:
    """Return the drafted files by name."""
    return cycle_files(facts, measured_of(facts, published))
