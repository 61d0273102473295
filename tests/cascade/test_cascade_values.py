"""Values of key results: the table of aggregations, windows, gaps and baselines, by hand-worked cases."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measured_world import (
    CYCLE,
    LAST_WEEK,
    METRIC,
    ORGANISATION,
    SHARE,
    WEEKS,
    key_result,
    observed,
    row,
    rows_of,
)

from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.observed import ObservedWeeks
from okr_pipeline.cascade.values import KeyResultValue, ValueSeries, evaluate
from okr_pipeline.cascade.weeks import WEEK
from okr_pipeline.cascade.windows import Gap

FULL = [row(week) for week in WEEKS]


def series(
    rows: Sequence[dict[str, Any]],
    metric: Metric = METRIC,
    seen: ObservedWeeks | None = None,
    **changes: Any,
) -> ValueSeries:
    return evaluate(
        key_result(**changes),
        metric,
        rows_of(rows),
        observed() if seen is None else seen,
        organisation=ORGANISATION,
        cycle=CYCLE,
        weeks=WEEKS[-20:],
    )


def last(rows: Sequence[dict[str, Any]], metric: Metric = METRIC, **changes: Any) -> KeyResultValue:
    return series(rows, metric, **changes)[-1]


def test_a_value_carries_everything_that_its_reader_needs() -> None:
    value = last(FULL)
    assert (value.key_result_id, value.week_start, value.value) == ("faster", LAST_WEEK, 300.0)
    assert (value.sample_count, value.people_count, value.baseline) == (100, 10, 360.0)
    assert (value.target_low, value.target_high) == (None, 270.0)
    assert value.progress == pytest.approx(2 / 3)
    assert value.expected_progress == pytest.approx(147 / 186)
    assert value.observed_until is not None
    assert value.observed_until.isoformat() == "2026-11-23T00:00:00+00:00"
    assert (value.reason, value.gap) == (None, Gap.NONE)


def test_a_mean_is_the_ratio_of_sums_with_a_t_interval() -> None:
    value = last(FULL)
    # s = sqrt((9.1e6 - 100 * 300^2) / 99) = 31.782, t(99) = 1.98422: half width 6.306
    assert (value.low, value.high) == pytest.approx((293.694, 306.306), abs=1e-3)


def test_a_proportion_over_four_weeks_is_the_ratio_of_sums_with_a_wilson_interval() -> None:
    shares = [
        row(week, numerator=20.0 + 5 * n, denominator=65.0, sum_squares=None) for n, week in enumerate(WEEKS[-4:])
    ]
    value = last(
        shares,
        SHARE,
        window="trailing_4_weeks",
        target={"at_least": 0.7},
        baseline={"value": 0.2, "source": "x"},
    )
    assert value.value == pytest.approx(110 / 260)
    assert (value.low, value.high) == pytest.approx((0.3646, 0.4838), abs=1e-3)


def test_a_total_is_the_mean_per_period_and_units_share_their_periods() -> None:
    total = replace(METRIC, aggregation="total", people=False)
    rows = [
        row(week, org_unit=unit, numerator=count, denominator=1.0, sum_squares=None)
        for week in WEEKS[-4:]
        for unit, count in (("billing", 6.0), ("policies", 4.0))
    ]
    value = last(rows, total, window="trailing_4_weeks")
    assert value.value == 10.0
    assert (value.low, value.high) == pytest.approx((28.577 / 4, 54.469 / 4), abs=1e-3)


def test_a_total_of_a_segment_counts_periods_that_another_segment_carries() -> None:
    total = replace(METRIC, aggregation="total", people=False)
    rows = [
        row(segment="a", numerator=6.0, denominator=1.0),
        row(segment="b", numerator=4.0, denominator=0.0),
    ]
    assert last(rows, total, where={"org_unit": "service", "segment": "b"}).value == 4.0


def test_overdispersion_in_the_history_widens_the_interval_of_a_total() -> None:
    total = replace(METRIC, aggregation="total", people=False)
    steady = last([row(week, numerator=100.0, denominator=1.0) for week in WEEKS], total)
    counts = [100.0 + 60 * (-1) ** n for n in range(len(WEEKS) - 1)]
    wild = last(
        [row(week, numerator=count, denominator=1.0) for week, count in zip(WEEKS, [*counts, 100.0], strict=True)],
        total,
    )
    assert steady.high is not None
    assert wild.high is not None
    assert steady.high == pytest.approx(121.63, abs=0.01)
    assert wild.high > 200


def test_a_ratio_has_the_spread_of_its_weeks_and_none_below_three() -> None:
    ratio = replace(METRIC, aggregation="ratio", people=False)
    rows = [
        row(week, numerator=count, denominator=10.0)
        for week, count in zip(WEEKS[-4:], (90, 100, 110, 100), strict=True)
    ]
    value = last(rows, ratio, window="trailing_4_weeks")
    # weekly 9, 10, 11, 10: sd .8165, t(3) = 3.18245: half width 1.2992
    assert (value.value, value.low, value.high) == pytest.approx((10.0, 8.7008, 11.2992), abs=1e-4)
    single = last(rows, ratio, window="week")
    assert (single.value, single.low, single.high) == (10.0, None, None)


def test_a_distinct_share_is_the_mean_of_weekly_shares_and_counts_people_not_user_weeks() -> None:
    distinct = replace(SHARE, aggregation="distinct_share")
    rows = [
        row(week, numerator=users, denominator=eligible, people_count=int(eligible), sum_squares=None)
        for week, users, eligible in zip(WEEKS[-4:], (10.0, 20.0, 30.0, 20.0), (50.0, 40.0, 50.0, 50.0), strict=True)
    ]
    value = last(rows, distinct, window="trailing_4_weeks", target={"at_least": 0.7})
    assert value.value == pytest.approx((0.2 + 0.5 + 0.6 + 0.4) / 4)
    assert (value.sample_count, value.people_count) == (50, 50)
    assert value.low == pytest.approx(0.2966, abs=2e-3)


def test_a_stock_is_the_mean_of_week_end_values() -> None:
    stock = replace(METRIC, aggregation="stock", people=False)
    rows = [
        row(week, numerator=age, denominator=1.0, sample_count=cases)
        for week, age, cases in zip(WEEKS[-4:], (8.0, 9.0, 10.0, 9.0), (10, 30, 20, 20), strict=True)
    ]
    value = last(rows, stock, window="trailing_4_weeks")
    assert (value.value, value.sample_count) == (9.0, 30)
    assert value.high == pytest.approx(9 + 1.2992, abs=1e-4)


def test_cycle_to_date_starts_with_the_cycle() -> None:
    rows = [row(week, numerator=90_000.0) if week < CYCLE.start else row(week) for week in WEEKS]
    value = last(rows, window="cycle_to_date")
    assert (value.value, value.sample_count) == (300.0, 2100)
    before = evaluate(
        key_result(window="cycle_to_date"),
        METRIC,
        rows_of(rows),
        observed(),
        organisation=ORGANISATION,
        cycle=CYCLE,
        weeks=WEEKS[:20],
    )
    assert before[0].reason == "no whole week of the cycle has closed since 2026-06-29"
    assert before[-1].sample_count == 700


def test_a_unit_means_that_unit_and_all_below_and_the_root_means_all_rows() -> None:
    rows = [
        row(org_unit="billing", numerator=100.0, denominator=1.0),
        row(org_unit="policies", numerator=200.0, denominator=1.0),
        row(org_unit="legal", numerator=600.0, denominator=1.0),
        row(org_unit="unmapped", numerator=1100.0, denominator=1.0),
    ]
    found = {unit: last(rows, where={"org_unit": unit}).value for unit in ("billing", "service", "legal", "company")}
    assert found == {"billing": 100.0, "service": 150.0, "legal": 600.0, "company": 500.0}


def test_a_segment_and_a_side_of_the_ai_split_can_be_selected() -> None:
    rows = [
        row(segment=segment, ai_assisted=side, numerator=number * 100.0)
        for number, (segment, side) in enumerate(
            (segment, side) for segment in ("a", "b") for side in ("assisted", "unassisted")
        )
    ]
    assert last(rows, where={"org_unit": "billing", "segment": "b"}).value == 2.5
    assert last(rows, where={"org_unit": "billing", "ai_assisted": "assisted"}).value == 1.0
    assert last(rows, where={"org_unit": "billing", "segment": "b", "ai_assisted": "unassisted"}).value == 3.0


def test_missing_empty_and_zero_weeks_are_three_different_things() -> None:
    missing = last(FULL[:-1], seen=observed(WEEKS[:-1]))
    assert missing.gap is Gap.WEEK_MISSING
    assert missing.reason == "no data for 2026-W47: not every source of handle_time_seconds delivered it"
    empty = last(FULL[:-1])
    assert (empty.gap, empty.reason) == (Gap.NO_CASES, "there are no cases in the window")
    zero = last([*FULL[:-1], row(numerator=0.0, sum_squares=0.0)])
    assert (zero.gap, zero.value) == (Gap.NONE, 0.0)


def test_an_empty_week_inside_a_longer_window_does_no_harm() -> None:
    assert last(FULL[:-1], window="trailing_4_weeks").sample_count == 300


def test_a_hole_in_the_window_is_named_and_outside_of_it_forgotten() -> None:
    hole = WEEKS[-3]
    values = series(FULL, seen=observed([week for week in WEEKS if week != hole]), window="trailing_4_weeks")
    assert values[-1].reason == "no data for 2026-W45: not every source of handle_time_seconds delivered it"
    assert [value.gap is Gap.WEEK_MISSING for value in values[-5:]] == [False, False, True, True, True]


def test_many_missing_weeks_are_named_as_a_range() -> None:
    value = last(FULL, seen=observed(WEEKS[-2:]), window="trailing_13_weeks")
    assert value.reason is not None
    assert value.reason.startswith("no data for 11 weeks between 2026-W35 and 2026-W45")


def test_a_monthly_metric_needs_one_period_and_not_every_week() -> None:
    monthly = replace(METRIC, aggregation="total", cadence="monthly", people=False)
    rows = [row(WEEKS[-6], numerator=12.0, denominator=1.0)]
    values = series(rows, monthly, seen=observed([WEEKS[-6]]), window="trailing_4_weeks")
    assert values[-3].value == 12.0
    assert (values[-1].gap, values[-1].reason) == (Gap.NO_PERIOD, "no period was closed in the window")


@pytest.mark.parametrize("column", ["numerator", "denominator"])
@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf"), None])
def test_a_number_that_is_not_finite_spoils_its_own_windows_only(column: str, number: float | None) -> None:
    rows = [row(week, **({column: number} if week == WEEKS[-6] else {})) for week in WEEKS]
    gaps = [value.gap for value in series(rows, window="trailing_4_weeks")[-7:]]
    assert gaps == [Gap.NONE, *[Gap.NOT_FINITE] * 4, Gap.NONE, Gap.NONE]


def test_a_huge_number_leaves_no_trace_in_later_windows() -> None:
    rows = [row(week, **({"numerator": 1e300} if week == WEEKS[-6] else {})) for week in WEEKS]
    assert last(rows, window="trailing_4_weeks").value == 300.0


def test_a_zero_denominator_and_an_impossible_share_are_no_values() -> None:
    assert last([row(denominator=0.0)]).gap is Gap.NO_CASES
    assert last([row(denominator=-1.0)]).gap is Gap.NOT_FINITE
    beyond = last([row(numerator=101.0, sum_squares=None)], SHARE, target={"at_least": 0.7})
    assert (beyond.gap, beyond.reason) == (Gap.IMPOSSIBLE, "the rows add up to a share outside of 0 to 100 %")


@pytest.mark.parametrize(("people", "gap"), [(0, Gap.NONE), (4, Gap.GROUP_TOO_SMALL), (5, Gap.NONE)])
def test_a_small_group_is_not_shown(people: int, gap: Gap) -> None:
    value = last([row(people_count=people)])
    assert value.gap is gap
    if gap is not Gap.NONE:
        assert (value.value, value.low, value.sample_count, value.people_count) == (None, None, None, None)
        assert value.reason == "not shown: it would tell of a group of fewer than 5 people"


def test_a_window_that_holds_a_withheld_week_is_withheld_too() -> None:
    """Two people in the first of four weeks, nine in the others: the four minus the three would be the two."""
    people = dict(zip(WEEKS[-8:], (9, 9, 9, 2, 9, 9, 9, 9), strict=True))
    rows = [row(week, people_count=count) for week, count in people.items()]
    weekly = series(rows, window="week")[-8:]
    assert [value.gap is Gap.GROUP_TOO_SMALL for value in weekly] == [count == 2 for count in people.values()]
    windows = series(rows, window="trailing_4_weeks")[-8:]
    assert [value.gap is Gap.GROUP_TOO_SMALL for value in windows] == [False] * 3 + [True] * 4 + [False]
    assert {(value.sample_count, value.people_count, value.observed_until) for value in windows[3:7]} == {
        (None, None, None)
    }
    baseline = last(rows, baseline={"measured_over": "2026-W42..2026-W44"})
    assert (baseline.baseline, baseline.reason) == (
        None,
        "the baseline cannot be measured: not shown: it would tell of a group of fewer than 5 people",
    )


def test_a_small_group_is_not_counted_where_a_week_is_missing_either() -> None:
    rows = [row(week, people_count=2) for week in WEEKS[-4:-1]]
    value = last(rows, window="trailing_4_weeks", metric=METRIC)
    missing = series(rows, seen=observed(WEEKS[:-1]), window="trailing_4_weeks")[-1]
    assert (value.gap, missing.gap) == (Gap.GROUP_TOO_SMALL, Gap.WEEK_MISSING)
    for shown in (value, missing):
        assert (shown.sample_count, shown.people_count, shown.observed_until) == (None, None, None)


def test_the_interval_of_a_total_does_not_tell_of_a_withheld_week() -> None:
    total = replace(METRIC, aggregation="total")

    def interval(withheld: float) -> tuple[float | None, float | None]:
        counts = dict.fromkeys(WEEKS, 100.0) | {WEEKS[-9]: withheld}
        people = {WEEKS[-9]: 2}
        rows = [
            row(week, numerator=count, denominator=1.0, people_count=people.get(week, 9))
            for week, count in counts.items()
        ]
        value = last(rows, total)
        return value.low, value.high

    assert interval(100.0) == interval(900.0) != (None, None)


def test_an_unknown_number_of_people_is_not_shown_unless_no_persons_stand_behind_the_metric() -> None:
    rows = [row(people_count=None)]
    assert last(rows).gap is Gap.GROUP_TOO_SMALL
    assert last(rows, replace(METRIC, people=False)).value == 300.0


def test_a_unit_whose_value_would_betray_a_small_sibling_is_not_shown() -> None:
    rows = [
        row(org_unit="billing", people_count=30),
        row(org_unit="policies", people_count=3),
        row(org_unit="legal", people_count=50),
    ]
    shown = {unit: last(rows, where={"org_unit": unit}).gap is Gap.NONE for unit in ORGANISATION.units}
    assert not shown["policies"]
    assert not (shown["billing"] and shown["service"])
    assert not (shown["billing"] and shown["legal"] and shown["company"])
    assert shown["legal"] or shown["company"]


def test_a_measured_baseline_is_the_same_statistic_over_its_weeks() -> None:
    rows = [row(week, numerator=36_000.0 if week < CYCLE.start else 30_000.0) for week in WEEKS]
    value = last(rows, baseline={"measured_over": "2026-W14..2026-W26"}, target={"reduce_by_at_least": "25%"})
    assert (value.baseline, value.target_high) == (360.0, 270.0)
    assert value.progress == pytest.approx(2 / 3)


def test_without_its_baseline_a_value_stands_and_progress_does_not() -> None:
    value = last(
        FULL,
        seen=observed(WEEKS[3:]),
        baseline={"measured_over": "2026-W14..2026-W26"},
        target={"reduce_by_at_least": "25%"},
    )
    assert (value.value, value.progress, value.baseline, value.target_high) == (300.0, None, None, None)
    assert value.reason == "the baseline cannot be measured: no data for 2026-W14, 2026-W15, 2026-W16"


def test_a_baseline_before_all_data_is_missing_and_never_half_measured() -> None:
    value = last(FULL, baseline={"measured_over": "2025-W50..2026-W26"})
    assert value.baseline is None
    assert value.reason == "the baseline cannot be measured: no data for 16 weeks between 2025-W50 and 2026-W13"


def test_a_relative_target_on_a_baseline_of_zero_has_no_progress() -> None:
    rows = [row(week, numerator=0.0 if week < CYCLE.start else 5.0) for week in WEEKS]
    value = last(rows, baseline={"measured_over": "2026-W14..2026-W26"}, target={"reduce_by_at_least": "25%"})
    assert (value.progress, value.target_high) == (None, None)
    assert value.reason == "the baseline is 0: a relative target needs something to be relative to"


def test_a_measured_baseline_that_equals_the_target_is_said_to() -> None:
    value = last(FULL, baseline={"measured_over": "2026-W14..2026-W26"}, target={"at_most": 300})
    assert (value.progress, value.reason) == (None, "the baseline equals the target")


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(min_value=0, max_value=10_000))
def test_the_order_of_the_rows_does_not_matter_to_the_last_digit(seed: int) -> None:
    shuffler = random.Random(seed)  # noqa: S311  # shuffles test rows
    rows = [
        row(
            week,
            org_unit=unit,
            segment=segment,
            numerator=shuffler.uniform(1, 1e6),
            sum_squares=shuffler.uniform(1e8, 1e12),
        )
        for week in WEEKS[-5:]
        for unit in ("billing", "policies")
        for segment in ("a", "b", "c")
    ]
    shuffled = shuffler.sample(rows, len(rows))
    changes = {"window": "trailing_4_weeks"}
    assert tuple(series(rows, **changes)) == tuple(series(shuffled, **changes))


def test_values_asked_for_twice_are_equal_and_from_the_same_sums() -> None:
    rows = rows_of(FULL)
    again = [
        tuple(
            evaluate(
                key_result(id=name),
                METRIC,
                rows,
                observed(),
                organisation=ORGANISATION,
                cycle=CYCLE,
                weeks=WEEKS[-8:],
            )
        )
        for name in ("faster", "faster")
    ]
    assert again[0] == again[1]
    assert len(again[0]) == 8


def test_weeks_stay_weeks_over_a_year_end() -> None:
    weeks = [date(2026, 12, 14) + timedelta(days=7 * number) for number in range(5)]
    values = evaluate(
        key_result(window="trailing_4_weeks"),
        METRIC,
        rows_of([row(week) for week in weeks]),
        ObservedWeeks(METRIC.name, frozenset(weeks)),
        organisation=ORGANISATION,
        cycle=CYCLE,
        weeks=weeks,
    )
    assert [value.sample_count for value in values[3:]] == [400, 400]
    assert values[4].week_start == weeks[-1] == date(2027, 1, 4) + WEEK
    assert np.isfinite(values[4].value or np.nan)
