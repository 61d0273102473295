"""Every value of every key result in every week, against the same figure computed from the delivered files."""

from pathlib import Path

import pandas as pd
import pytest
from oracle_values import Expected, close, expected, key_results

CASCADE = Path(__file__).parents[2] / "cascade_definitions"
ENTRIES = {entry["id"]: entry for entry in key_results(CASCADE)}
Week = tuple[pd.Series, Expected]


@pytest.fixture(scope="module", params=sorted(ENTRIES))
def weeks(request, oracle, published) -> list[Week]:
    """One key result: each week's published row beside what it must say."""
    entry = ENTRIES[request.param]
    all_values = published["key_result_values"]
    rows = all_values[all_values.key_result_id == entry["id"]].sort_values("week_start")
    must = expected(entry, oracle[entry["metric"]], CASCADE)
    assert list(rows.week_start) == list(must)
    return [(row, must[row.week_start]) for _, row in rows.iterrows()]


def test_every_key_result_is_published(published) -> None:
    assert set(published["key_result_values"].key_result_id) == set(ENTRIES)
    assert len(published["key_result_values"]) == len(ENTRIES) * 60


def test_the_values_are_the_same(weeks) -> None:
    odd = [
        (row.iso_week, row.value, must.figure)
        for row, must in weeks
        if row.gap != "group_too_small" and not close(row.value, must.figure.value, must.allowed)
    ]
    assert not odd


def test_the_counts_are_the_same(weeks) -> None:
    odd = [
        (row.iso_week, row.sample_count, must.figure)
        for row, must in weeks
        if row.gap != "group_too_small" and not close(row.sample_count, must.figure.sample_count)
    ]
    assert not odd


def test_the_baseline_is_the_same(weeks) -> None:
    odd = [
        (row.iso_week, row.baseline, must.baseline)
        for row, must in weeks
        if not close(row.baseline, must.baseline, must.allowed)
    ]
    assert not odd


def test_the_progress_is_the_same(weeks) -> None:
    odd = [
        (row.iso_week, row.progress, must.progress)
        for row, must in weeks
        if row.gap != "group_too_small" and not close(row.progress, must.progress, must.allowed)
    ]
    assert not odd


def test_a_missing_value_has_its_reason(weeks) -> None:
    for row, must in weeks:
        assert pd.isna(row.value) == pd.notna(row.reason), row.iso_week
        if row.gap != "group_too_small":
            assert row.gap == must.figure.gap, row.iso_week


def test_a_small_group_is_withheld_whole(weeks) -> None:
    for row, must in weeks:
        if must.figure.people < 5 and must.figure.gap == "none":
            assert row.gap == "group_too_small", row.iso_week
        if row.gap == "group_too_small":
            assert must.may_be_withheld, row.iso_week
            assert row[["value", "low", "high", "progress", "sample_count", "people_count"]].isna().all()
