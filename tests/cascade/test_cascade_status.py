"""Statuses: first match wins, every one says why, and nothing unknown is ever green."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measured_world import (
    CYCLE,
    LAST_WEEK,
    METRIC,
    ORGANISATION,
    POLICY,
    SHARE,
    VALUE,
    WEEKS,
    key_result,
    observed,
    row,
    rows_of,
)

from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.observed import SourceState
from okr_pipeline.cascade.status import Judgement, Status, judge
from okr_pipeline.cascade.values import KeyResultValue, evaluate
from okr_pipeline.cascade.weeks import WEEK
from okr_pipeline.cascade.windows import Gap

GOOD = {Status.ACHIEVED, Status.ON_TRACK}
FRESH = SourceState(
    "contact_centre", "interactions", "landed", "", datetime(2026, 11, 22, 17, 59, tzinfo=UTC), LAST_WEEK
)
MONTHLY = replace(METRIC, cadence="monthly")


def judged(
    value: KeyResultValue | Sequence[KeyResultValue] = VALUE,
    states: Sequence[SourceState] = (FRESH,),
    week: date = LAST_WEEK,
    metric: Metric = METRIC,
    gate: str | None = None,
    **changes: Any,
) -> Judgement:
    values = [value] if isinstance(value, KeyResultValue) else value
    return judge(key_result(**changes), metric, values, states, week, policy=POLICY, gate=gate)


def at(share: float, width: float = 0.01, **changes: Any) -> KeyResultValue:
    """Return a value that has covered ``share`` of the way from 360 to 270, give or take ``width``."""
    value = 360 - 90 * share
    return replace(VALUE, value=value, low=value - 90 * width, high=value + 90 * width, progress=share, **changes)


def seconds(value: int, low: int, high: int) -> str:
    """Return how a value, its interval and the target are spoken of."""
    return f"{value} seconds (95 % interval {low} seconds to {high} seconds) against at most 270 seconds."


@pytest.mark.parametrize(
    ("value", "changes", "status", "reason"),
    [
        (
            at(0.53),
            {},
            Status.ON_TRACK,
            "53 % of the way where 55 % was expected by 2026-W47: " + seconds(312, 311, 313),
        ),
        (
            at(0.38),
            {},
            Status.AT_RISK,
            "38 % of the way where 55 % was expected by 2026-W47: " + seconds(326, 325, 327),
        ),
        (
            at(-0.1),
            {},
            Status.OFF_TRACK,
            "Further from the target than the baseline by 10 % of the way,"
            " where 55 % was expected by 2026-W47: " + seconds(369, 368, 370),
        ),
        (
            at(0.3, width=0.2),
            {},
            Status.INCONCLUSIVE,
            "30 % of the way where 55 % was expected by 2026-W47, but the interval reaches from on track"
            " to off track: " + seconds(333, 315, 351),
        ),
        (
            at(1.1),
            {},
            Status.ACHIEVED,
            "Target already met, before it is due on 2026-12-31: " + seconds(261, 260, 262),
        ),
        (
            at(1.1),
            {"due": date(2026, 11, 22)},
            Status.ACHIEVED,
            "Target met when due on 2026-11-22: " + seconds(261, 260, 262),
        ),
        (
            at(0.9),
            {"due": date(2026, 11, 22)},
            Status.MISSED,
            "Target missed when due on 2026-11-22: " + seconds(279, 278, 280),
        ),
        (
            at(1.0),
            {"due": date(2026, 11, 22)},
            Status.INCONCLUSIVE,
            "Due on 2026-11-22, but the interval reaches across the target: " + seconds(270, 269, 271),
        ),
        (
            at(0.53, sample_count=29),
            {},
            Status.INCONCLUSIVE,
            "Only 29 cases where 30 cases are needed to judge.",
        ),
        (
            at(0.1, expected_progress=None),
            {"trajectory": {"shape": "linear", "lag_weeks": 6}},
            Status.NOT_DUE,
            "Nothing is expected by 2026-W47: 6 weeks of lag have not passed. Now " + seconds(351, 350, 352),
        ),
        (
            replace(VALUE, low=None, high=None),
            {},
            Status.INCONCLUSIVE,
            "312 seconds against at most 270 seconds, but so little data cannot tell how far chance moves it.",
        ),
        (
            replace(VALUE, baseline=None, progress=None, reason="the baseline cannot be measured: no data"),
            {},
            Status.INCONCLUSIVE,
            "Progress cannot be told: the baseline cannot be measured: no data. Now " + seconds(312, 311, 313),
        ),
        (
            replace(VALUE, value=None, gap=Gap.NO_CASES, reason="there are no cases in the window"),
            {},
            Status.NO_DATA,
            "No value: there are no cases in the window.",
        ),
        (
            replace(VALUE, value=float("nan")),
            {},
            Status.NO_DATA,
            "No value: the value is not a finite number.",
        ),
    ],
)
def test_every_status_has_its_sentence(
    value: KeyResultValue, changes: dict[str, Any], status: Status, reason: str
) -> None:
    judgement = judged(value, **changes)
    assert (judgement.status, judgement.status_reason) == (status, reason)


@pytest.mark.parametrize(
    ("share", "status"),
    [(0.40, Status.ON_TRACK), (0.399, Status.AT_RISK), (0.20, Status.AT_RISK), (0.199, Status.OFF_TRACK)],
)
def test_the_limits_of_the_bands_belong_to_the_better_side(share: float, status: Status) -> None:
    assert judged(at(share, width=0.0)).status is status


def test_a_shut_gate_comes_before_everything() -> None:
    judgement = judged(at(1.1), gate="Article 27: the assessment of the pricing system is not signed.")
    assert judgement.status is Status.BLOCKED
    assert judgement.status_reason == "Article 27: the assessment of the pricing system is not signed."
    assert judgement.value == pytest.approx(261)


def test_a_failed_source_shows_the_last_value_as_stale_with_the_reason_of_the_verdict() -> None:
    failed = replace(FRESH, verdict="contract_failed", reason="column talk_seconds is gone", newest_week=WEEKS[-2])
    missing = replace(VALUE, value=None, gap=Gap.WEEK_MISSING, reason="no data for 2026-W47")
    judgement = judged([replace(VALUE, week_start=WEEKS[-2]), missing], [failed])
    assert judgement.status is Status.STALE
    assert judgement.status_reason == (
        "The newest data of contact_centre.interactions is of 2026-W46, newest event 2026-11-22 17:59 UTC"
        " (contract_failed: column talk_seconds is gone). Shown is the value of 2026-W46."
    )
    assert (judgement.value, judgement.value_week, judgement.weeks_stale) == (312.0, WEEKS[-2], 1)


def test_a_failed_source_is_stale_even_if_an_older_read_covers_the_week() -> None:
    assert judged(at(1.1), [replace(FRESH, verdict="volume_failed")]).status is Status.STALE


def test_a_source_that_never_delivered_gives_no_data_and_says_so() -> None:
    never = replace(FRESH, verdict="unreachable", reason="login refused", newest_event=None, newest_week=None)
    judgement = judged(replace(VALUE, value=None, gap=Gap.WEEK_MISSING, reason="no data for 2026-W47"), [never])
    assert (judgement.status, judgement.status_reason) == (
        Status.NO_DATA,
        "No value: no data for 2026-W47; contact_centre.interactions has never delivered (unreachable: login refused).",
    )


def test_a_hole_in_data_that_goes_on_is_no_data_and_not_stale() -> None:
    hole = replace(VALUE, value=None, gap=Gap.WEEK_MISSING, reason="no data for 2026-W45")
    judgement = judged([replace(VALUE, week_start=WEEKS[-2]), hole])
    assert (judgement.status, judgement.value) == (Status.NO_DATA, None)


@pytest.mark.parametrize(("behind", "status"), [(5, Status.ON_TRACK), (6, Status.STALE)])
def test_a_monthly_metric_may_lag_five_weeks(behind: int, status: Status) -> None:
    week = LAST_WEEK - WEEK * behind
    state = replace(FRESH, verdict="missing", reason="nothing new", newest_week=week)
    waiting = replace(VALUE, value=None, gap=Gap.NO_PERIOD, reason="no period was closed in the window")
    judgement = judged([replace(VALUE, week_start=week), waiting], [state], metric=MONTHLY)
    assert judgement.status is status
    assert judgement.weeks_stale == behind


def test_a_monthly_value_that_stands_in_for_the_week_says_of_when_it_is() -> None:
    waiting = replace(VALUE, value=None, gap=Gap.NO_PERIOD, reason="no period was closed in the window")
    judgement = judged([replace(VALUE, week_start=WEEKS[-3]), waiting], metric=MONTHLY)
    assert judgement.status_reason.endswith("The newest figure is of 2026-W45, 2 weeks before.")


def test_a_week_that_was_never_computed_has_no_data() -> None:
    assert judged([]).status_reason == "No value: nothing has been computed for this week."


def test_later_values_do_not_change_the_judgement_of_an_earlier_week() -> None:
    values = [at(0.53, week_start=WEEKS[-2]), at(-0.5, week_start=WEEKS[-1])]
    assert judged(values, (), week=WEEKS[-2]).status is Status.ON_TRACK


@pytest.mark.parametrize(
    ("before", "trend"), [(0.3, "improving"), (0.7, "worsening"), (0.53, "steady"), (None, "unknown")]
)
def test_the_trend_looks_four_weeks_back_and_past_chance(before: float | None, trend: str) -> None:
    earlier = [] if before is None else [at(before, week_start=WEEKS[-5])]
    between = [at(0.5, week_start=week) for week in WEEKS[-4:-1]]
    assert judged([*earlier, *between, at(0.53)]).trend == trend


def test_a_share_is_spoken_of_in_percent() -> None:
    value = replace(
        VALUE, value=0.61, low=0.6, high=0.62, baseline=0.2, target_low=0.7, target_high=None, progress=0.82
    )
    judgement = judged(value, metric=SHARE, target={"at_least": 0.7}, baseline={"value": 0.2, "source": "x"})
    assert judgement.status_reason == (
        "82 % of the way where 55 % was expected by 2026-W47: 61 % (95 % interval 60 % to 62 %) against at least 70 %."
    )


UNKNOWN = st.sampled_from([None, float("nan"), float("inf"), float("-inf")])
NUMBER = st.floats(min_value=-1e4, max_value=1e4)


@settings(max_examples=300)
@given(
    numbers=st.fixed_dictionaries(dict.fromkeys(("value", "progress", "baseline", "target_high"), NUMBER)),
    half=st.floats(min_value=0, max_value=100),
    broken=st.sampled_from(["value", "low", "high", "sample_count"]),
    unknown=UNKNOWN,
    due=st.sampled_from([date(2026, 12, 31), date(2026, 11, 20)]),
)
def test_nothing_unknown_is_ever_green(
    numbers: dict[str, float], half: float, broken: str, unknown: float | None, due: date
) -> None:
    sound = replace(VALUE, **numbers, low=numbers["value"] - half, high=numbers["value"] + half)
    judgement = judged(replace(sound, **{broken: unknown}), due=due)
    assert judgement.status not in GOOD
    assert judgement.status_reason.endswith(".")


@given(unknown=UNKNOWN, name=st.sampled_from(["progress", "expected_progress", "baseline", "target_high"]))
def test_without_progress_nothing_is_on_track(unknown: float | None, name: str) -> None:
    assert judged(replace(VALUE, **{name: unknown})).status is not Status.ON_TRACK


def test_a_finished_key_result_keeps_the_verdict_of_the_week_it_was_due_in() -> None:
    missed_then_better = [at(0.3, week_start=WEEKS[-3]), at(1.2, week_start=WEEKS[-1])]
    due = WEEKS[-3] + timedelta(days=3)
    assert judged(missed_then_better, (), due=due).status is Status.MISSED
    met_then_worse = [at(1.2, week_start=WEEKS[-3]), at(0.3, week_start=WEEKS[-1])]
    assert judged(met_then_worse, (), due=due).status is Status.ACHIEVED
    assert judged(met_then_worse, (), due=due).week_start == WEEKS[-1]
    assert judged([at(1.2, week_start=WEEKS[-1])], (), due=due).status is Status.NO_DATA


def test_a_target_that_is_not_known_is_never_met() -> None:
    open_ended = replace(VALUE, target_low=None, target_high=None)
    assert judged(open_ended, due=date(2026, 11, 20)).status is Status.INCONCLUSIVE
    assert judged(open_ended).status is Status.INCONCLUSIVE


ORDER = {Status.MISSED: 0, Status.OFF_TRACK: 0, Status.AT_RISK: 1, Status.ON_TRACK: 2, Status.ACHIEVED: 3}


@settings(max_examples=200, deadline=None)
@given(
    hits=st.tuples(st.integers(0, 400), st.integers(0, 400)),
    baseline=st.floats(0.05, 0.95),
    goal=st.floats(0.05, 0.95),
    due=st.sampled_from([date(2026, 12, 31), date(2026, 11, 20)]),
)
def test_raising_a_higher_is_better_metric_never_worsens_its_status(
    hits: tuple[int, int], baseline: float, goal: float, due: date
) -> None:
    definition = key_result(
        target={"at_least": goal},
        baseline={"value": baseline if baseline != goal else 0.01, "source": "x"},
        due=due,
    )
    statuses = []
    for count in sorted(hits):
        rows = rows_of([row(numerator=float(count), denominator=400.0, sample_count=400, sum_squares=None)])
        values = evaluate(definition, SHARE, rows, observed(), organisation=ORGANISATION, cycle=CYCLE, weeks=WEEKS[-1:])
        statuses.append(judge(definition, SHARE, values, (FRESH,), LAST_WEEK, policy=POLICY).status)
    ranks = [ORDER[status] for status in statuses if status in ORDER]
    assert ranks == sorted(ranks)


@settings(max_examples=60, deadline=None)
@given(
    hole=st.integers(min_value=1, max_value=20),
    spoiled=st.sampled_from([float("nan"), float("inf"), None]),
    window=st.sampled_from(["week", "trailing_4_weeks", "trailing_13_weeks", "cycle_to_date"]),
)
def test_a_spoiled_or_missing_week_makes_every_window_over_it_unknown(
    hole: int, spoiled: float | None, window: str
) -> None:
    week = WEEKS[-hole]
    definition = key_result(window=window, target={"at_most": 310})
    length = {"week": 1, "trailing_4_weeks": 4, "trailing_13_weeks": 13, "cycle_to_date": 99}[window]
    holed = [row(other, **({"numerator": spoiled} if other == week else {})) for other in WEEKS]
    for rows, seen in (
        (holed, observed()),
        ([row(other) for other in WEEKS], observed([other for other in WEEKS if other != week])),
    ):
        values = evaluate(
            definition, METRIC, rows_of(rows), seen, organisation=ORGANISATION, cycle=CYCLE, weeks=WEEKS[-20:]
        )
        status = judge(definition, METRIC, values, (FRESH,), LAST_WEEK, policy=POLICY).status
        assert (status is Status.NO_DATA) == (hole <= length)
