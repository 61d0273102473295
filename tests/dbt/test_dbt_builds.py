"""The project on the small company: idempotence, order of weeks, empty weeks, every metric's contract."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import small_company
from dbt_runs import PROJECT, Dbt

from okr_pipeline.catalogue import load_metrics

FACTS = ["run", "--select", "config.materialized:incremental"]
METRICS = load_metrics(PROJECT)
CONTRACT = [
    ("week_start", "DATE"),
    ("org_unit", "VARCHAR"),
    ("segment", "VARCHAR"),
    ("ai_assisted", "VARCHAR"),
    ("numerator", "DOUBLE"),
    ("denominator", "DOUBLE"),
    ("sum_squares", "DOUBLE"),
    ("sample_count", "BIGINT"),
    ("people_count", "BIGINT"),
    ("observed_until", "TIMESTAMP WITH TIME ZONE"),
]


def all_rows(path: Path) -> dict[str, list[Any]]:
    """Return every metric's rows, exactly and in one order."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return {name: connection.execute(f"select * from metrics.{name} order by all").fetchall() for name in METRICS}


def test_every_metric_has_exactly_the_contract_and_some_rows(built_at_once: Path) -> None:
    with duckdb.connect(str(built_at_once), read_only=True) as connection:
        for name in METRICS:
            described = connection.execute(f"describe metrics.{name}").fetchall()
            assert [(row[0], row[1]) for row in described] == CONTRACT, name
    assert [name for name, rows in all_rows(built_at_once).items() if not rows] == []


def test_building_the_same_weeks_again_gives_the_same_rows(
    dbt: Dbt, built_at_once: Path, copy_of: Callable[[Path], Path]
) -> None:
    again = copy_of(built_at_once)
    dbt.run(FACTS, again, small_company.WEEKS[1:])
    assert all_rows(again) == all_rows(built_at_once)


def test_building_week_by_week_gives_what_one_pass_gives(dbt: Dbt, built_at_once: Path, tmp_path: Path) -> None:
    path = tmp_path / "okr.duckdb"
    small_company.create(path)
    dbt.run(["run"], path, small_company.WEEKS[:1])
    for week in small_company.WEEKS[1:]:
        dbt.run(FACTS, path, [week])
    assert all_rows(path) == all_rows(built_at_once)


def test_a_week_that_became_empty_disappears(dbt: Dbt, built_at_once: Path, copy_of: Callable[[Path], Path]) -> None:
    path = copy_of(built_at_once)
    emptied = small_company.WEEKS[2]
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"delete from contact_centre.interactions where week_start = date '{emptied}'")
    dbt.run(FACTS, path, small_company.WEEKS[2:])
    before, after = all_rows(built_at_once), all_rows(path)
    for name, metric in METRICS.items():
        if ("contact_centre", "interactions") not in metric.sources:
            assert after[name] == before[name], name
            continue
        gone = {emptied}
        if name in {"first_contact_resolution_share", "repeat_contact_rate"}:
            gone.add(small_company.WEEKS[3])  # nobody knows who had called in the week before
        assert after[name] == [row for row in before[name] if row[0] not in gone], name


def test_a_restated_week_changes_the_week_that_looks_back_at_it(
    dbt: Dbt, built_at_once: Path, copy_of: Callable[[Path], Path]
) -> None:
    path = copy_of(built_at_once)
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "update contact_centre.interactions set customer_id = contact_id"
            f" where week_start = date '{small_company.WEEKS[2]}'"
        )
    dbt.run(FACTS, path, small_company.WEEKS[2:])
    before, after = (all_rows(each)["first_contact_resolution_share"] for each in (built_at_once, path))
    judged = [row for row in after if row[0] == small_company.WEEKS[3]]
    assert judged
    assert all(row[4] == row[5] for row in judged), "contacts of customers who are seen once are all resolved"
    assert [row for row in after if row[0] < small_company.WEEKS[2]] == [
        row for row in before if row[0] < small_company.WEEKS[2]
    ]


def test_an_unmapped_code_keeps_its_rows(built_at_once: Path) -> None:
    rows = all_rows(built_at_once)["average_handle_time_seconds"]
    per_unit = {unit: sum(row[7] for row in rows if row[1] == unit) for unit in {row[1] for row in rows}}
    assert set(per_unit) == {"billing_support", "tier_two_support", "unmapped"}
    assert sum(per_unit.values()) == small_company.CASES_PER_WEEK * len(small_company.WEEKS)


def test_an_unmapped_code_counts_in_the_whole_though_nobody_is_employed_there(built_at_once: Path) -> None:
    rows = [row for row in all_rows(built_at_once)["contacts_per_support_fte"] if row[1] == "unmapped"]
    assert [(row[4], row[5], row[7]) for row in rows] == [(small_company.CASES_PER_WEEK / 3, 0, 40)] * 4


def test_people_stand_behind_exactly_the_metrics_that_say_so(built_at_once: Path) -> None:
    for name, rows in all_rows(built_at_once).items():
        assert {row[8] is not None for row in rows} == {METRICS[name].people}, name
        assert {row[6] is not None for row in rows} == {METRICS[name].aggregation == "mean"}, name


@pytest.mark.parametrize("weeks", ["2026-11-17", "16.11.2026"])
def test_what_is_no_monday_is_refused_before_anything_is_built(
    dbt: Dbt, built_at_once: Path, copy_of: Callable[[Path], Path], weeks: str
) -> None:
    path = copy_of(built_at_once)
    outcome = dbt.invoke(
        ["run", "--select", "int_erp__headcount_weekly"],
        {"OKR_WAREHOUSE": str(path), "OKR_BUILD_WEEKS": weeks, "OKR_TIME_ZONE": small_company.ZONE},
    )
    assert not outcome.success
    assert all_rows(path) == all_rows(built_at_once)


BROKEN_ROWS = {
    "active_user_share": "select * from good union all select * from good",
    "ai_summary_share": "select * replace (null as org_unit) from good",
    "time_to_market_days": "select * replace (cast('nan' as double) as numerator) from good",
    "spec_to_deployable_days": "select * replace (cast('inf' as double) as sum_squares) from good",
    "draft_to_signature_days": "select * replace (sum_squares / 100 as sum_squares) from good",
    "average_handle_time_seconds": "select * replace ('all' as ai_assisted) from good where ai_assisted = 'assisted'",
    "case_correction_share": "select * replace (denominator + 1 as numerator) from good",
    "contract_review_days": "select * replace ('all' as segment) from good where segment = 'customer'"
    " union all select * from good where segment <> 'customer'",
    "customer_satisfaction_score": "select * replace (6 * numerator as numerator, 36 * sum_squares as"
    " sum_squares) from good",
    "ai_outputs_count": "select * replace (0.5 as numerator) from good",
    "override_rate": "select * replace (null as people_count) from good",
    "post_close_adjustments_count": "select * replace (3 as people_count) from good",
    "contacts_per_support_fte": "select * replace (0 as denominator) from good",
    "branch_lead_time_hours": "select * replace (sample_count + 1 as denominator) from good",
    "revert_share": "select * replace (null as observed_until) from good",
    "ai_attributed_premium_share": "select * replace (denominator + 1 as numerator) from good",
    "open_discrepancy_age_hours": "select * replace (-numerator as numerator) from good",
    "monitoring_coverage_share": "select * replace (numerator - 0.5 as numerator) from good",
    "log_retention_months": "select * replace (2 as denominator) from good",
    "time_to_notify_provider_hours": "select * replace (0 as numerator) from good",
}


def test_every_broken_promise_of_a_metric_is_found_and_nothing_else(
    dbt: Dbt, built_at_once: Path, copy_of: Callable[[Path], Path]
) -> None:
    path = copy_of(built_at_once)
    with duckdb.connect(str(path)) as connection:
        for name, broken in BROKEN_ROWS.items():
            connection.execute(f"create table metrics.broken as with good as (from metrics.{name}) {broken}")
            connection.execute(f"drop view metrics.{name}; alter table metrics.broken rename to {name}")
    results = dbt.run(["test", "--exclude", "test_type:unit"], path, small_company.WEEKS[3:])
    failed = {result.node.attached_node.rsplit(".", 1)[1] for result in results.values() if result.status == "fail"}
    assert failed == set(BROKEN_ROWS)
    assert {result.status for result in results.values()} == {"fail", "pass"}


def test_a_unit_code_that_is_mapped_twice_is_found(
    dbt: Dbt, built_at_once: Path, copy_of: Callable[[Path], Path]
) -> None:
    path = copy_of(built_at_once)
    with duckdb.connect(str(path)) as connection:
        connection.execute("insert into control.unit_codes values ('underwriting', 'UW-LIFE', 'underwriting')")
    dbt.run(FACTS, path, small_company.WEEKS[3:])
    results = dbt.run(["test", "--select", "test_type:singular"], path, small_company.WEEKS[3:])
    assert {name: result.status for name, result in results.items()} == {
        "breakdowns_agree": "pass",
        "landed_rows_reach_their_fact": "fail",
    }
