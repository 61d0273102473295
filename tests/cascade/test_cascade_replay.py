"""A replayed week: the value as it was known, at the target of the start and at today's."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from measured_world import LAST_WEEK, VALUE
from versions_world import VERSION

from okr_pipeline.cascade.history import ValueVersion
from okr_pipeline.cascade.replay import Replayed, replay
from okr_pipeline.cascade.windows import Gap

MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)
LATER = MONDAY + timedelta(weeks=1)
ORIGINAL = replace(VERSION, is_current=False)
EASIER = replace(
    VERSION,
    definition_hash="b",
    first_published_at=datetime(2026, 10, 5, tzinfo=UTC),
    target="reduce by at least 10%",
    target_high=324.0,
)
MEASURED = ValueVersion(replace(VALUE, definition_hash="b"), 1, "h", MONDAY, None)


def value(**facts: Any) -> ValueVersion:
    return replace(MEASURED, value=replace(MEASURED.value, **facts))


def one(*values: ValueVersion, versions: Any = (ORIGINAL, EASIER), known_by: datetime | None = None) -> Replayed:
    (found,) = replay(values, versions, LAST_WEEK, known_by)
    return found


def test_a_week_is_shown_at_the_target_of_the_start_and_at_todays() -> None:
    found = one(MEASURED)
    assert found.known == MEASURED
    assert (found.original.version, found.current.version) == (ORIGINAL, EASIER)
    # 312 lies 48 below the baseline of 360; the targets lie 90 and 36 below it
    assert found.original.progress == pytest.approx(48 / 90)
    assert found.current.progress == pytest.approx(48 / 36)
    assert (found.original.verdict, found.current.verdict) == ("not_met", "met")
    assert (found.original.reason, found.current.reason) == (None, None)
    assert found.differs


def test_a_definition_that_never_changed_tells_one_story() -> None:
    found = one(value(definition_hash="a"), versions=[VERSION])
    assert found.original == found.current
    assert not found.differs


def test_the_original_definition_is_the_one_at_the_start_of_the_cycle_and_not_a_draft_before_it() -> None:
    draft = replace(ORIGINAL, definition_hash="draft", target="reduce by at least 50%", target_high=180.0)
    agreed = replace(ORIGINAL, first_published_at=datetime(2026, 6, 25, tzinfo=UTC))
    assert one(MEASURED, versions=[draft, agreed, EASIER]).original.version == agreed
    assert not one(value(definition_hash="a"), versions=[draft, replace(agreed, is_current=True)]).differs


def test_a_new_owner_leaves_the_baseline_as_it_is_measured_now() -> None:
    handed_over = replace(EASIER, owner="head of sales", target=VERSION.target, target_high=285.0, baseline=380.0)
    found = one(MEASURED, versions=[ORIGINAL, handed_over])
    assert found.original == found.current


def test_the_newest_version_known_by_then_counts_in_any_order() -> None:
    corrected = replace(value(value=330.0, low=329.0, high=331.0), version=2, computed_at=LATER, restates=1)
    for values in ((MEASURED, corrected), (corrected, MEASURED)):
        assert one(*values).known == corrected
        assert one(*values, known_by=LATER).known == corrected
        assert one(*values, known_by=LATER - timedelta(seconds=1)).known == MEASURED


def test_what_was_not_computed_yet_is_unknown_with_its_reason() -> None:
    found = one(MEASURED, known_by=datetime(2026, 11, 20, tzinfo=UTC))
    assert found.known is None
    assert (found.current.verdict, found.current.progress) == ("unknown", None)
    assert found.current.reason == "nothing had been computed for 2026-W47 by 2026-11-20"
    assert one().original.reason == "nothing had been computed for 2026-W47"
    assert not found.differs


@pytest.mark.parametrize(
    ("facts", "verdict", "reason"),
    [
        ({"value": None, "gap": Gap.NO_CASES, "reason": "no cases"}, "unknown", "no cases"),
        ({"value": float("nan")}, "unknown", "the value is not a finite number"),
        ({"value": float("inf")}, "unknown", "the value is not a finite number"),
        ({"low": None, "high": None}, "inconclusive", "so little data cannot tell how far chance moves the value"),
        ({"high": float("nan")}, "inconclusive", "so little data cannot tell how far chance moves the value"),
        ({"low": 300.0, "high": 325.0}, "inconclusive", "the 95 % interval reaches across the target"),
        ({"sample_count": 29}, "inconclusive", "only 29 cases where 30 cases are needed to judge"),
        ({"sample_count": None}, "inconclusive", "how many cases are behind the value is not known"),
    ],
)
def test_an_unknown_or_doubtful_value_meets_no_target(facts: dict[str, Any], verdict: str, reason: str) -> None:
    found = one(value(**facts)).current
    assert (found.verdict, found.reason) == (verdict, reason)


def test_a_target_without_its_baseline_is_unknown_at_that_target_only() -> None:
    found = one(MEASURED, versions=[replace(ORIGINAL, baseline=None, target_high=None), EASIER])
    assert (found.original.verdict, found.original.progress) == ("unknown", None)
    assert found.original.reason == "the target cannot be told: there is no baseline that it is relative to"
    assert (found.current.verdict, found.differs) == ("met", True)


@pytest.mark.parametrize(
    ("baseline", "reason"),
    [(None, "there is no baseline to measure from"), (324.0, "the baseline equals the target")],
)
def test_an_absolute_target_can_be_met_without_progress(baseline: float | None, reason: str) -> None:
    found = one(MEASURED, versions=[replace(EASIER, target="at most 324", baseline=baseline)]).current
    assert (found.verdict, found.progress, found.reason) == ("met", None, reason)


def test_a_value_of_another_measure_is_not_held_against_the_target_of_the_start() -> None:
    found = one(MEASURED, versions=[ORIGINAL, replace(EASIER, metric="wait_seconds", window="trailing_13_weeks")])
    assert (found.original.verdict, found.original.progress) == ("unknown", None)
    assert found.original.reason == (
        "the value is of another measure: metric wait_seconds where it was handle_time_seconds,"
        " window trailing_13_weeks where it was week"
    )
    assert found.current.verdict == "met"


def test_a_value_whose_definition_is_not_published_is_held_against_nothing() -> None:
    found = one(value(definition_hash="lost"))
    assert (found.original.verdict, found.current.verdict) == ("unknown", "unknown")
    assert found.current.reason == "the definition behind the value is not published"


def test_a_key_result_that_has_gone_is_replayed_at_its_last_definition_where_the_week_was_computed() -> None:
    gone = [ORIGINAL, replace(EASIER, is_current=False)]
    assert one(value(definition_hash="a"), versions=gone).current.version == ORIGINAL
    assert one(MEASURED, versions=gone).current.version == gone[1]
    assert replay((), gone, LAST_WEEK) == ()


def test_other_weeks_are_left_out_and_key_results_come_in_the_order_of_their_ids() -> None:
    other = value(week_start=date(2026, 11, 9))
    versions = [EASIER, replace(EASIER, key_result_id="cheaper")]
    assert [(each.key_result_id, each.known) for each in replay([other, MEASURED], versions, LAST_WEEK)] == [
        ("cheaper", None),
        ("faster", MEASURED),
    ]


@given(st.floats(100, 500), st.floats(-50, 50), st.floats(101, 359), st.floats(101, 359))
def test_two_targets_tell_the_same_story_only_if_they_are_the_same(
    number: float, wobble: float, before: float, after: float
) -> None:
    entry = value(value=number, low=number - abs(wobble), high=number + abs(wobble))
    was = replace(ORIGINAL, target=f"at most {before}", target_high=before)
    found = one(entry, versions=[was, replace(EASIER, target=f"at most {after}", target_high=after)])
    for side, bound in ((found.original, before), (found.current, after)):
        assert (side.verdict == "met") == (number + abs(wobble) <= bound)
        assert (side.verdict == "not_met") == (number - abs(wobble) > bound)
    if before == after:
        assert not found.differs
