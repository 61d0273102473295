"""Every value of every key result in every week, against the same figure computed from the delivered files."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from oracle_rows import KEY
from oracle_values import Expected, baseline_spans, close, expected, key_results, rows_in_scope, window

CASCADE = Path(__file__).parents[2] / "cascade_definitions"
ENTRIES = {entry["id"]: entry for entry in key_results(CASCADE)}
NUMBERS = ["value", "low", "high", "progress", "sample_count", "people_count", "observed_until"]
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
        if (must.withheld == "never" or pd.notna(row.sample_count))
        and not close(row.sample_count, must.figure.sample_count)
    ]
    assert not odd


def test_the_baseline_is_the_same(weeks) -> None:
    odd = [
        (row.iso_week, row.baseline, must.baseline)
        for row, must in weeks
        if not (
            pd.isna(row.baseline)
            if must.baseline_withheld == "must"
            else close(row.baseline, must.baseline, must.allowed)
            or (must.baseline_withheld == "may" and pd.isna(row.baseline))
        )
    ]
    assert not odd


def test_the_progress_is_the_same(weeks) -> None:
    odd = [
        (row.iso_week, row.progress, must.progress)
        for row, must in weeks
        if pd.notna(row.value) and pd.notna(row.baseline) and not close(row.progress, must.progress, must.allowed)
    ]
    assert not odd


def test_a_missing_value_has_its_reason(weeks) -> None:
    for row, must in weeks:
        assert (pd.isna(row.value) or pd.isna(row.progress)) == pd.notna(row.reason), row.iso_week
        if row.gap != "group_too_small":
            assert row.gap == must.figure.gap, row.iso_week


def test_a_small_group_is_withheld_whole(weeks) -> None:
    for row, must in weeks:
        if must.withheld == "must" and must.figure.gap == "none":
            assert row.gap == "group_too_small", row.iso_week
        if row.gap == "group_too_small":
            assert must.withheld != "never", row.iso_week
        if row.gap == "group_too_small" or must.withheld == "must":
            assert row[NUMBERS].isna().all(), row.iso_week


@pytest.mark.parametrize("metric", sorted({entry["metric"] for entry in ENTRIES.values()}))
def test_all_published_figures_together_give_no_small_group_away(metric, oracle, published) -> None:
    """Every row and every value and baseline of a metric as one system of equations over the hidden rows."""
    rows = oracle[metric].rows
    shown = published["metric_values"].query("metric == @metric and is_suppressed")
    hidden = pd.MultiIndex.from_frame(shown[["week_start", *KEY[1:]]])
    if hidden.empty:
        return
    all_values = published["key_result_values"]
    equations = []
    for entry in (entry for entry in ENTRIES.values() if entry["metric"] == metric):
        scope = rows_in_scope(entry.get("where", {}), rows, CASCADE)
        values = all_values[all_values.key_result_id == entry["id"]]
        spans = [window(entry, row.week_start, CASCADE) for _, row in values.iterrows() if pd.notna(row.sample_count)]
        spans += baseline_spans(entry) if values.baseline.notna().any() else []
        for first, last in spans:
            inside = scope[(scope.week >= first) & (scope.week <= last)]
            equations.append(hidden.isin(pd.MultiIndex.from_frame(inside[KEY])).astype(float))
    known = np.unique(np.array(equations), axis=0) if equations else np.zeros((1, len(hidden)))
    small = pd.MultiIndex.from_frame(rows[rows.people_count.between(1, 4)][KEY])
    rank = np.linalg.matrix_rank(known)
    for secret in np.eye(len(hidden))[hidden.isin(small)]:
        assert np.linalg.matrix_rank(np.vstack((known, secret))) > rank
