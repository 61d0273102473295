"""History: append only, idempotent, and a new version for every change that a reader could see."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from measured_world import LAST_WEEK, VALUE, WEEKS

from okr_pipeline.cascade.history import ValueVersion, append
from okr_pipeline.cascade.values import KeyResultValue
from okr_pipeline.cascade.windows import Gap

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
LATER = NOW + timedelta(days=7)
KEY = (VALUE.key_result_id, LAST_WEEK)
FIRST = ValueVersion(VALUE, 1, "h1", NOW, None)


def test_the_first_value_is_version_one_and_restates_nothing() -> None:
    assert append((), [VALUE], NOW, {KEY: "h1"}) == (FIRST,)


def test_the_same_value_again_adds_nothing() -> None:
    assert append((FIRST,), [VALUE], LATER, {KEY: "h1"}) == ()
    rounded = replace(VALUE, value=312.0 * (1 + 1e-14))
    assert append((FIRST,), [rounded], LATER, {KEY: "h1"}) == ()


@pytest.mark.parametrize(
    ("changes", "restates"),
    [
        ({"value": 313.0}, 1),
        ({"value": None, "gap": Gap.NO_CASES}, 1),
        ({"low": 310.0}, None),
        ({"high": None}, None),
        ({"sample_count": 1001}, None),
        ({"people_count": 51}, None),
        ({"baseline": 361.0}, None),
        ({"progress": 0.5}, None),
        ({"definition_hash": "d2"}, None),
    ],
)
def test_a_change_is_a_new_version_and_restates_if_the_value_changed(
    changes: dict[str, Any], restates: int | None
) -> None:
    changed = replace(VALUE, **changes)
    assert append((FIRST,), [changed], LATER, {KEY: "h1"}) == (ValueVersion(changed, 2, "h1", LATER, restates),)


def test_new_input_behind_the_same_value_is_a_version_that_restates_nothing() -> None:
    assert append((FIRST,), [VALUE], LATER, {KEY: "h2"}) == (ValueVersion(VALUE, 2, "h2", LATER, None),)


def test_more_expected_progress_and_another_wording_are_no_new_version() -> None:
    assert append((FIRST,), [replace(VALUE, expected_progress=0.6, reason="x")], LATER, {KEY: "h1"}) == ()


def test_the_newest_version_counts_whatever_the_order_of_the_history() -> None:
    second = ValueVersion(replace(VALUE, value=313.0), 2, "h1", LATER, 1)
    assert append((second, FIRST), [VALUE], LATER, {KEY: "h1"}) == (ValueVersion(VALUE, 3, "h1", LATER, 2),)


VALUES = st.builds(
    lambda name, week, number: replace(VALUE, key_result_id=name, week_start=week, value=number),
    st.sampled_from(["faster", "cheaper"]),
    st.sampled_from(WEEKS[-3:]),
    st.sampled_from([None, 1.0, 2.0, float("nan")]),
)


@given(st.lists(st.lists(VALUES, max_size=5), max_size=4))
def test_appending_is_idempotent_and_never_changes_what_is_there(runs: list[list[KeyResultValue]]) -> None:
    hashes = {(name, week): "h" for name in ("faster", "cheaper") for week in WEEKS[-3:]}
    history: tuple[ValueVersion, ...] = ()
    for values in runs:
        added = append(history, values, NOW, hashes)
        history += added
        assert append(history, values, LATER, hashes) == ()
    versions: dict[object, list[int]] = {}
    for entry in history:
        versions.setdefault((entry.value.key_result_id, entry.value.week_start), []).append(entry.version)
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in versions.values())
