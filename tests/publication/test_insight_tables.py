"""What a publication says beyond values and statuses: its rows agree with each other and with the values shown."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from okr_pipeline.catalogue import load_metrics
from okr_pipeline.publication.tables import TABLES

ROOT = Path(__file__).parents[2]
EXACT = 1e-9
Cell = tuple[str, str, str]
WITHHELD: Cell = ("withheld", "withheld", "withheld")


@pytest.fixture(scope="module")
def okr(demo_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(demo_home / "published" / "cascade.duckdb"), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def withheld(okr: duckdb.DuckDBPyConnection) -> set[tuple[object, ...]]:
    """(metric, unit, segment, side, week) of every group that must not be shown."""
    return set(
        okr.execute(
            "select metric, org_unit, segment, ai_assisted, week_start from okr.metric_values where is_suppressed"
        ).fetchall()
    )


def rows(okr: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    return okr.execute(query).fetchall()


def values_over_everything(okr: duckdb.DuckDBPyConnection) -> dict[tuple[str, date], float]:
    """Return (metric, week) -> value over the whole organisation, of weeks in which every cell is shown.

    A total counts its periods once, by the unit that reports most of them; everything else is a ratio of sums.
    """
    metrics = load_metrics(ROOT / "dbt_project")
    numerators: dict[tuple[str, date], float] = defaultdict(float)
    denominators: dict[tuple[str, date], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    unknown: set[tuple[str, date]] = set()
    for metric, week, unit, numerator, denominator, is_suppressed in okr.execute(
        "select metric, week_start, org_unit, numerator, denominator, is_suppressed from okr.metric_values"
    ).fetchall():
        if is_suppressed:
            unknown.add((metric, week))
            continue
        numerators[metric, week] += numerator or 0.0
        denominators[metric, week][unit] += denominator or 0.0
    values = {}
    for key, by_unit in denominators.items():
        is_total = metrics[key[0]].aggregation == "total"
        denominator = max(by_unit.values()) if is_total else sum(by_unit.values())
        if key not in unknown and denominator:
            values[key] = numerators[key] / denominator
    return values


def test_every_table_and_column_is_there_in_order_and_in_the_dictionary(okr: duckdb.DuckDBPyConnection) -> None:
    for table in TABLES:
        described = rows(
            okr,
            f"select column_name, type from okr.data_dictionary where table_name = '{table.name}' order by position",
        )
        there = rows(okr, f"select column_name from (describe okr.{table.name})")
        assert described == [(column.name, column.type) for column in table.columns]
        assert {name for (name,) in there} == {column.name for column in table.columns}


def test_evidence_names_links_of_the_cascade_in_force(okr: duckdb.DuckDBPyConnection) -> None:
    links = rows(okr, "select child_key_result_id, parent_key_result_id from okr.alignment_evidence")
    known = rows(okr, "select key_result_id, parent_key_result_id from okr.key_results where is_current")
    assert len(links) == 33
    assert set(links) <= set(known)


def test_evidence_that_claims_an_effect_has_its_figures_and_silence_has_none_to_show_off(
    okr: duckdb.DuckDBPyConnection,
) -> None:
    found = rows(
        okr,
        "select verdict, estimate_ratio is not null, low_ratio <= estimate_ratio, estimate_ratio <= high_ratio,"
        " compared_with is not null, weeks_before >= 8 and weeks_after >= 8, length(reason) > 20"
        " from okr.alignment_evidence where verdict in ('moves', 'flat')",
    )
    assert {verdict for verdict, *_ in found} == {"moves", "flat"}
    assert {facts for _, *facts in map(tuple, found) for facts in [tuple(facts)]} == {(True,) * 6}


def test_evidence_that_moves_lies_on_the_wanted_side_of_nothing(okr: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        okr,
        "select e.low_ratio, e.high_ratio, k.direction from okr.alignment_evidence as e inner join okr.key_results as k"
        " on k.key_result_id = e.parent_key_result_id and k.is_current where e.verdict = 'moves'",
    )
    assert found
    assert all((high < 0) if direction == "down" else (low > 0) for low, high, direction in found)  # type: ignore[operator]


def test_the_parts_of_every_metric_and_week_sum_to_the_change(okr: duckdb.DuckDBPyConnection) -> None:
    sums = rows(
        okr,
        "select metric, week_start, min(change), max(change), sum(mix + rate) from okr.metric_drivers"
        " group by metric, week_start",
    )
    assert len({metric for metric, *_ in sums}) == 38
    assert [key for *key, least, most, parts in sums if least != most or abs(parts - most) > EXACT] == []  # type: ignore[operator]


def test_the_parts_of_every_key_result_sum_to_the_change(okr: duckdb.DuckDBPyConnection) -> None:
    sums = rows(
        okr,
        "select key_result_id, min(change), max(change), sum(mix + rate) from okr.key_result_drivers"
        " group by key_result_id",
    )
    assert len(sums) > 30
    assert [name for name, least, most, parts in sums if least != most or abs(parts - most) > EXACT] == []  # type: ignore[operator]


def test_the_change_is_the_difference_of_the_values_that_are_shown(okr: duckdb.DuckDBPyConnection) -> None:
    values = values_over_everything(okr)
    changes = rows(okr, "select distinct metric, week_start, previous_week, change from okr.metric_drivers")
    known = [
        (metric, week, change, values[metric, week] - values[metric, before])
        for metric, week, before, change in changes
        if (metric, week) in values and (metric, before) in values
    ]
    assert len({metric for metric, *_ in known}) > 20
    assert [(metric, week) for metric, week, change, expected in known if abs(change - expected) > EXACT] == []  # type: ignore[operator]


def test_a_week_is_compared_with_an_earlier_one_and_each_only_once(okr: duckdb.DuckDBPyConnection) -> None:
    assert rows(okr, "select metric from okr.metric_drivers where previous_week >= week_start") == []
    assert rows(
        okr,
        "select metric, week_start from okr.metric_drivers group by all having count(distinct previous_week) > 1",
    ) == []  # fmt: skip


def test_only_the_newest_week_of_a_metric_names_a_top_and_then_one(okr: duckdb.DuckDBPyConnection) -> None:
    named = rows(
        okr,
        "select metric, week_start, count(*), week_start = (select max(week_start) from okr.metric_drivers as all_weeks"
        " where all_weeks.metric = d.metric) from okr.metric_drivers as d where is_top group by all",
    )
    assert named
    assert {(count, is_newest) for _, _, count, is_newest in named} == {(1, True)}


def test_no_withheld_group_has_a_part_of_its_own(
    okr: duckdb.DuckDBPyConnection, withheld: set[tuple[object, ...]]
) -> None:
    parts = rows(
        okr,
        "select metric, org_unit, segment, ai_assisted, week_start, previous_week from okr.metric_drivers"
        " union all select k.metric, d.org_unit, d.segment, d.ai_assisted, d.week_start, d.previous_week"
        " from okr.key_result_drivers as d inner join okr.key_results as k using (key_result_id) where k.is_current",
    )
    assert len(withheld) > 100
    assert [part for part in parts if {(*part[:4], week) for week in part[4:]} & withheld] == []


def test_withheld_groups_are_told_together_and_every_other_cell_by_its_name(
    okr: duckdb.DuckDBPyConnection, withheld: set[tuple[object, ...]]
) -> None:
    with_rest = rows(
        okr,
        "select metric, week_start, previous_week from okr.metric_drivers where org_unit = 'withheld' group by all",
    )
    assert with_rest
    for metric, week, before in with_rest:
        hidden = {key[1:4] for key in withheld if key[0] == metric and key[4] in (week, before)}
        assert len(hidden) >= 2, (metric, week)
    assert rows(okr, "select 1 from okr.metric_values where org_unit = 'withheld'") == []


def test_an_association_was_compared_or_says_why_not(okr: duckdb.DuckDBPyConnection) -> None:
    assert rows(
        okr,
        "select team_key_result_id from okr.metric_associations where (reason is null) <> (p_value is not null)"
        " or not (p_value between 0 and 1) or not (correlation between low and high) or low < -1 or high > 1"
        " or (is_discovered and p_value is null) or sentence = ''",
    ) == []  # fmt: skip
    levels = dict(rows(okr, "select key_result_id, level from okr.key_results where is_current"))
    pairs = rows(okr, "select distinct team_key_result_id, business_key_result_id from okr.metric_associations")
    assert {(levels[team], levels[business]) for team, business in pairs} == {("team", "business_unit")}


def test_a_discovered_association_says_that_it_is_no_more_than_one(okr: duckdb.DuckDBPyConnection) -> None:
    sentences = rows(okr, "select sentence from okr.metric_associations where is_discovered")
    assert sentences
    assert all("Association only" in str(text) and "caused" not in str(text) for (text,) in sentences)


def test_every_forecast_has_a_method_an_interval_and_a_chance_and_silence_has_a_reason(
    okr: duckdb.DuckDBPyConnection,
) -> None:
    assert rows(
        okr,
        "select key_result_id from okr.key_result_current where coalesce(forecast_reason, '') = ''"
        " or (forecast is null) <> (forecast_method is null)"
        " or (forecast is not null and not (forecast_low <= forecast and forecast <= forecast_high))"
        " or (forecast is not null and not reach_probability between 0 and 1)"
        " or (forecast is null and (reach_probability is not null or forecast_low is not null))"
        " or coalesce(drift_reason, '') = '' or (drift = 'drifting') <> (drift_direction is not null)",
    ) == []  # fmt: skip
    methods = {name for (name,) in rows(okr, "select distinct forecast_method from okr.key_result_current")}
    assert methods >= {"adoption_curve", "local_level"}


def test_the_score_is_a_hundred_less_what_its_deductions_say(okr: duckdb.DuckDBPyConnection) -> None:
    ((score, reason, deductions),) = rows(
        okr, "select alignment_score, alignment_reason, alignment_deductions from okr.publication_info"
    )
    lost = [int(part.split()[0]) for part in str(deductions).split("; ") if part]
    assert score == 100 + sum(lost) == 88
    assert str(reason).startswith("88 of 100 points")


def test_no_target_of_the_demo_has_changed(okr: duckdb.DuckDBPyConnection) -> None:
    assert rows(okr, "select count(*) from okr.target_changes") == [(0,)]
