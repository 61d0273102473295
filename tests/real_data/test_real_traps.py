"""What bites in the real files: dates, missing marks, junk states, a thin tail; each counted or refused."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import raw_figures
from real_company import BRANCHES, FIRST_WEEKS, INCIDENTS, ITEMS, KEY, LAST_WEEKS, RealRun

from okr_pipeline.cascade.weeks import weeks_between
from okr_pipeline.connectors import open_reader
from okr_pipeline.connectors.origin import Origin
from okr_pipeline.landing import Landing, LandingReport, Pseudonymiser
from okr_pipeline.sources.contract import SourceTable

DENSE_WEEKS = weeks_between(date(2016, 2, 29), date(2016, 5, 30))
Land = Callable[[SourceTable, Origin], LandingReport]


@pytest.fixture
def land_apart(real_run: RealRun, tmp_path: Path) -> Land:
    """Lands all weeks of one table in a landing of the test's own."""

    def land(table: SourceTable, origin: Origin) -> LandingReport:
        landing = Landing(tmp_path / "landing", real_run.project.zone, Pseudonymiser(KEY.encode()))
        last = LAST_WEEKS[table.key]
        weeks = weeks_between(FIRST_WEEKS[table.key], last)
        return landing.land(table, open_reader(origin), origin, weeks, last, tmp_path / "spool")

    return land


def landed_rows(run: RealRun, key: tuple[str, str]) -> pd.DataFrame:
    files = [str(file.path) for file in run.manifests[key].files.values()]
    with duckdb.connect() as connection:
        return connection.execute("select * from read_parquet(?)", [files]).df()


def with_options(origin: Origin, **changed: object) -> Origin:
    options: Mapping[str, object] = {**origin.options, **changed}
    return replace(origin, options=options)


def test_timestamps_are_read_day_first(real_run: RealRun, real_data: Path) -> None:
    rows = landed_rows(real_run, INCIDENTS).set_index("incident_id").sort_index()
    raw = raw_figures.incidents(real_data).set_index("number").sort_index().loc[rows.index]
    for name in ("opened_at", "resolved_at"):
        assert (pd.to_datetime(rows[name], utc=True).to_numpy() == raw[name].to_numpy()).all()
    ambiguous = raw.resolved_at.dt.day.le(12) & raw.resolved_at.dt.day.ne(raw.resolved_at.dt.month)
    assert ambiguous.sum() > 1_000


def test_the_wrong_order_of_day_and_month_lands_nothing(real_run: RealRun, land_apart: Land) -> None:
    origin = with_options(real_run.project.origins[INCIDENTS], timestamp_format="%m/%d/%Y %H:%M")
    report = land_apart(real_run.project.tables[INCIDENTS], origin)
    assert report.manifest.files == {}
    assert "resolved_at" in report.reason


def test_a_question_mark_is_no_value(real_run: RealRun, real_data: Path) -> None:
    raw = raw_figures.incidents(real_data)
    resolved = raw[raw.resolved_at.notna()]
    rows = landed_rows(real_run, INCIDENTS)
    assert rows.resolved_by.isna().sum() == (resolved.resolved_by == "?").sum() > 0
    assert rows.resolved_by.nunique() == resolved.resolved_by.nunique() - 1
    assert not rows.resolved_by.dropna().isin(set(raw.resolved_by)).any(), "ids of persons are pseudonyms"


def test_events_in_state_minus_100_are_left_out_and_their_incidents_are_not(real_run: RealRun, real_data: Path) -> None:
    log = raw_figures.events(real_data)
    junk = log[log.incident_state == "-100"]
    assert len(junk) == 5
    assert set(junk.number) <= set(landed_rows(real_run, INCIDENTS).incident_id)


def test_incidents_without_a_resolution_have_no_week_and_are_counted(real_run: RealRun, real_data: Path) -> None:
    manifest = real_run.manifests[INCIDENTS]
    missing = int(raw_figures.incidents(real_data).resolved_at.isna().sum())
    assert dict(manifest.rows_quarantined) == {"no_week": missing}
    assert missing == 1_556


def test_a_thin_tail_is_refused_until_a_person_accepts_it(real_run: RealRun, land_apart: Land) -> None:
    origin = replace(real_run.project.origins[INCIDENTS], accept_volume_weeks=())
    report = land_apart(real_run.project.tables[INCIDENTS], origin)
    assert set(report.manifest.files) == set(DENSE_WEEKS)
    outcomes = {week.week_start: week.outcome for week in report.weeks}
    refused = {week for week, outcome in outcomes.items() if outcome == "volume_failed"}
    assert refused == set(real_run.manifests[INCIDENTS].files) - set(DENSE_WEEKS)
    assert report.verdict == "volume_failed"


def test_items_that_begin_in_1948_or_end_after_the_log_are_counted(real_run: RealRun, real_data: Path) -> None:
    raw = raw_figures.items(real_data)
    old = raw["first"] < pd.Timestamp("2000-01-01", tz="UTC")
    late = raw.week_start > pd.Timestamp(LAST_WEEKS[ITEMS])
    assert raw["first"].min().year == 1948
    assert dict(real_run.manifests[ITEMS].rows_quarantined) == {
        "begins_before_2000": int((old & ~late).sum()),
        "after_as_of": int(late.sum()),
    }


def test_a_deciding_moment_of_1948_has_no_week(real_run: RealRun, land_apart: Land, real_data: Path) -> None:
    table = replace(real_run.project.tables[ITEMS], week_by="first_event_at", quarantine=())
    report = land_apart(table, real_run.project.origins[ITEMS])
    old = raw_figures.items(real_data)["first"] < pd.Timestamp("2000-01-01", tz="UTC")
    assert report.manifest.rows_quarantined["before_2000"] == int(old.sum()) == 1


def test_an_item_cleared_before_its_first_invoice_is_no_case_of_the_time(real_run: RealRun, real_data: Path) -> None:
    rows = landed_rows(real_run, ITEMS)
    backwards = int((rows.cleared_at < rows.first_invoice_at).sum())
    assert backwards == int((raw_figures.items(real_data).days < 0).sum()) == 9
    cases = real_run.columns["invoice_to_clearing_days"]["sample_count"].sum()
    assert cases == (rows.cleared_at.notna() & rows.first_invoice_at.notna()).sum() - backwards


def test_evidence_of_ai_is_a_lower_bound_that_says_so_by_its_name(real_run: RealRun, real_data: Path) -> None:
    raw = raw_figures.pull_requests(real_data)
    rows = landed_rows(real_run, BRANCHES)
    assert rows.has_ai_evidence.sum() == raw.ai_trailer.sum() == raw.ai_tool.notna().sum() == 163
    assert rows.is_feature.isna().all()
    split = pd.DataFrame(real_run.columns["branch_lead_time_hours"])
    by_evidence = split.groupby("ai_assisted").sample_count.sum()
    people = raw[raw.is_bot == 0]
    assert by_evidence.to_dict() == {
        "assisted": people.ai_trailer.sum(),
        "unassisted": (people.ai_trailer == 0).sum(),
    }


def test_more_evidence_of_ai_came_with_longer_lead_times_not_shorter(real_run: RealRun) -> None:
    rows = pd.DataFrame(real_run.columns["branch_lead_time_hours"])
    rows = rows[rows.org_unit == "dbt_duckdb"]
    rows["year"] = rows.week_start.dt.year
    cases = rows.groupby("year").sample_count.sum()
    assisted = rows[rows.ai_assisted == "assisted"].groupby("year").sample_count.sum()
    share = (assisted / cases).reindex([2024, 2025, 2026]).fillna(0)
    assert share.round(2).to_list() == [0.0, 0.15, 0.3]
    hours = rows.groupby("year").numerator.sum() / cases
    assert hours[2024] < hours[2026]
