"""The governance register tells of incidents as they were known at the time, and names no person."""

from datetime import date
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from measured_systems import Systems, measure

from okr_pipeline.cascade.weeks import WEEK
from okr_pipeline.demo import Truth
from okr_pipeline.demo.company import Company, found_company
from okr_pipeline.demo.governance import write_governance

LATER = ["provider_notified_at", "authority_notified_at", "completed_at"]


@pytest.fixture(scope="module")
def company() -> Company:
    return found_company()


def exported(company: Company, home: Path, through: date) -> pd.DataFrame:
    """Return the incidents as the register exports them at the end of a week."""
    write_governance(company, home, through)
    path = home / "systems" / "governance" / "incidents.jsonl"
    frame = pd.read_json(path, lines=True, convert_dates=False).set_index("incident_id")
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in ["aware_at", *LATER]})


def test_incidents_are_those_of_the_truth_and_the_provider_hears_within_4_to_30_hours(
    company: Company, truth: Truth, tmp_path: Path
) -> None:
    found = exported(company, tmp_path, truth.weeks.last)
    local = found.aware_at.dt.tz_convert(truth.time_zone).dt.tz_localize(None)
    assert [moment.date() - moment.weekday() * (WEEK / 7) for moment in local] == list(
        truth.incidents["life_risk_pricing"]
    )
    hours = (found.provider_notified_at - found.aware_at).dt.total_seconds() / 3600
    assert hours.between(4, 30).all()
    assert set(found.incident_class) == {"other_serious"}
    assert set(found.report_type) == {"incident_notification"}


def test_what_comes_after_the_export_is_not_in_it_and_is_filled_in_later(
    company: Company, truth: Truth, tmp_path: Path
) -> None:
    exports = [exported(company, tmp_path, truth.weeks.last - weeks * WEEK) for weeks in range(8, -1, -1)]
    for week, export in zip(range(8, -1, -1), exports, strict=True):
        end = pd.Timestamp(truth.weeks.last + (1 - week) * WEEK, tz=truth.time_zone)
        assert all((export[name].dropna() < end).all() for name in ["aware_at", *LATER])
    for before, after in pairwise(exports):
        assert list(after.index[: len(before)]) == list(before.index)
        known = before[LATER].notna()
        assert after.loc[before.index, LATER].where(known).equals(before[LATER])
    assert exports[-1].completed_at.isna().tolist() == [False] * 7 + [True]


def test_logs_are_kept_as_long_as_the_truth_says(systems: Systems, truth: Truth, last_week: date) -> None:
    kept = truth.counts["log_retention_months"].values()
    assert measure(systems, "log retention months", last_week) == sum(kept) / len(kept)


def test_a_register_of_a_system_that_concerns_nobody_has_nobody_to_inform(systems: Systems) -> None:
    concerned = systems.connection.execute(
        "select ai_system_id, sum(persons_subject_count) > 0 from monitoring group by all order by all"
    ).fetchall()
    assert concerned == [("life_risk_pricing", True), ("reconciliation_agent", False)]
