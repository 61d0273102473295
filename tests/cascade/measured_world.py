"""A small world to measure in: rows, definitions and policies with one thing changed at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np

from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.model import Cycle, KeyResult, Location, Organisation
from okr_pipeline.cascade.observed import ObservedWeeks
from okr_pipeline.cascade.rows import MetricRows
from okr_pipeline.cascade.stand_ins import stand_in_policy
from okr_pipeline.cascade.values import KeyResultValue
from okr_pipeline.cascade.weeks import WEEK, weeks_between

FIRST_WEEK = date(2026, 3, 30)
LAST_WEEK = date(2026, 11, 16)
WEEKS = weeks_between(FIRST_WEEK, LAST_WEEK)
CYCLE = Cycle(id="2026-h2", start=date(2026, 6, 29), end=date(2026, 12, 31), review_dates=(date(2026, 9, 30),))
ORGANISATION = Organisation.model_validate(
    {
        "time_zone": "Europe/Berlin",
        "currency": "EUR",
        "minimum_group": 5,
        "units": {
            "company": {"title": "Company"},
            "service": {"title": "Service", "parent": "company"},
            "billing": {"title": "Billing", "parent": "service"},
            "policies": {"title": "Policies", "parent": "service"},
            "legal": {"title": "Legal", "parent": "company"},
        },
    }
)
POLICY = stand_in_policy()
"""The examples that the fields of the policy carry, which are the shipped values."""
METRIC = Metric(
    name="handle_time_seconds",
    unit="seconds",
    kind="business_outcome",
    direction="down",
    aggregation="mean",
    owner="head of service",
    cadence="weekly",
    definition="How long a contact takes.",
    role=None,
    people=True,
    function="service",
    sources=(("contact_centre", "interactions"),),
)
SHARE = replace(METRIC, name="assisted_share", unit="ratio", direction="up", aggregation="proportion")
VALUE = KeyResultValue(
    key_result_id="faster",
    week_start=LAST_WEEK,
    value=312.0,
    low=311.0,
    high=313.0,
    sample_count=1000,
    people_count=50,
    baseline=360.0,
    target_low=None,
    target_high=270.0,
    progress=48 / 90,
    expected_progress=0.55,
    observed_until=None,
    reason=None,
    definition_hash="d1",
)


def key_result(**changes: Any) -> KeyResult:
    """Return a key result with one or more fields changed; nested fields as in YAML."""
    definition: dict[str, Any] = {
        "id": "faster",
        "title": "Contacts take less time",
        "metric": METRIC.name,
        "where": {"org_unit": "service"},
        "baseline": {"value": 360, "source": "annual report"},
        "target": {"at_most": 270},
        "target_set_on": date(2026, 6, 22),
        "window": "week",
        "minimum_cases": 30,
        "due": date(2026, 12, 31),
        "objective_id": "short_contacts",
        "level": "team",
        "org_unit": "service",
        "owner": "head of service",
        "cycle": CYCLE.id,
        "location": Location("2026-h2/service.yml", 1),
    }
    return KeyResult.model_validate({**definition, **changes})


def row(week: date = LAST_WEEK, **changes: Any) -> dict[str, Any]:
    """Return one row of a metric: a hundred cases of 300 on average, by ten people."""
    return {
        "week_start": week,
        "org_unit": "billing",
        "segment": "all",
        "ai_assisted": "all",
        "numerator": 30_000.0,
        "denominator": 100.0,
        "sum_squares": 9_100_000.0,
        "sample_count": 100,
        "people_count": 10,
        "observed_until": datetime.combine(week + WEEK, datetime.min.time()),
        **changes,
    }


def rows_of(rows: Iterable[dict[str, Any]]) -> MetricRows:
    """Return rows as arrays, None being null, in the form in which a warehouse gives them."""
    table = list(rows)
    columns: dict[str, Any] = {}
    for name in row():
        values = [line[name] for line in table]
        if name in ("org_unit", "segment", "ai_assisted"):
            columns[name] = np.array(values, dtype=object)
        elif name == "week_start":
            columns[name] = np.array(values, dtype="datetime64[D]")
        elif name == "observed_until":
            columns[name] = np.array(values, dtype="datetime64[us]")
        else:
            columns[name] = np.ma.masked_array(
                [0.0 if value is None else value for value in values], [value is None for value in values]
            )
    return MetricRows.from_columns(columns)


def observed(weeks: Sequence[date] = WEEKS) -> ObservedWeeks:
    """Return the weeks that every source has delivered."""
    return ObservedWeeks(METRIC.name, frozenset(weeks))
