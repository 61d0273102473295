"""Every row that every metric publishes, against the same row computed from the delivered files."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import oracle_rows
import oracle_systems
import pandas as pd
import pytest

PROJECT = Path(__file__).parents[2]
METRICS = sorted(path.stem for path in (PROJECT / "dbt_project" / "models" / "metrics").glob("*.sql"))
MEASURES = ["numerator", "denominator", "sample_count", "people_count"]


def _both(metric: str, oracle: Mapping[str, oracle_rows.Oracle], published: pd.DataFrame) -> pd.DataFrame:
    ours = oracle[metric].rows
    theirs = published[published.metric == metric].rename(columns={"week_start": "week"})
    return ours.merge(theirs, on=oracle_rows.KEY, how="outer", suffixes=("_oracle", ""), indicator=True)


def test_no_metric_is_left_out(oracle, published) -> None:
    assert sorted(oracle) == METRICS
    assert sorted(published["metric_values"].metric.unique()) == METRICS


@pytest.mark.parametrize("metric", METRICS)
def test_the_same_rows_exist(metric, oracle, published) -> None:
    both = _both(metric, oracle, published["metric_values"])
    odd = both[both._merge != "both"]
    assert odd.empty, odd[[*oracle_rows.KEY, "_merge"]].head(10).to_string()


@pytest.mark.parametrize("metric", METRICS)
def test_the_rows_say_the_same(metric, oracle, published) -> None:
    both = _both(metric, oracle, published["metric_values"])
    shown = both[~both.is_suppressed.astype(bool)]
    assert not shown.empty
    rounded = oracle[metric].rounded_by
    cases = shown.sample_count_oracle.to_numpy(dtype=float)
    allowed = {measure: rounded * cases if measure == "numerator" else 0 * cases for measure in MEASURES}
    for measure in MEASURES:
        _agree(shown[measure], shown[f"{measure}_oracle"], allowed[measure], measure)
    squares = shown.sum_squares_oracle if oracle[metric].aggregation == "mean" else pd.Series(np.nan, shown.index)
    _agree(shown.sum_squares, squares, 3 * rounded * shown.numerator_oracle.to_numpy(), "sum_squares")
    staffed = shown.denominator_oracle.replace(0, np.nan)  # cases of a unit without staff are divided further up
    _agree(shown.value, shown.numerator_oracle / staffed, rounded + 0 * cases, "value")


def _agree(theirs: pd.Series, ours: pd.Series, allowed: np.ndarray, measure: str) -> None:
    found, must = (side.to_numpy(dtype=float, na_value=np.nan) for side in (theirs, ours))
    both_missing = np.isnan(found) & np.isnan(must)
    same = both_missing | (np.abs(found - must) <= allowed + 1e-9 * np.abs(must))
    assert same.all(), f"{measure}: {found[~same][:5]} instead of {must[~same][:5]}"


@pytest.mark.parametrize("metric", METRICS)
def test_a_small_group_is_never_shown(metric, oracle, published) -> None:
    both = _both(metric, oracle, published["metric_values"])
    hidden = both.is_suppressed.astype(bool)
    small = (both.people_count_oracle > 0) & (both.people_count_oracle < 5)
    assert not (small & ~hidden).any()
    assert both.loc[hidden, ["value", "numerator", "sample_count", "observed_until"]].isna().all(axis=None)
    assert oracle[metric].people or not hidden.any()
    assert set(both.week[hidden]) == set(both.week[small]) or not oracle[metric].people


def test_what_the_oracle_leaves_out_is_there(delivered, demo_home) -> None:
    """The planted faults really are in the files: else the comparison would prove less than it seems to."""
    contacts, released, cases = delivered["interactions"], delivered["delivery"], delivered["cases"]
    assert (contacts.org_unit == "unmapped").sum() > 0
    assert released.week.max() == pd.Timestamp("2026-11-02")
    assert pd.Timestamp("2026-09-28") not in set(cases.week)
    raw = pd.read_parquet(demo_home / "systems" / "underwriting" / "cases")
    raw = raw.assign(week=oracle_systems.week_of(raw.decided_at))
    assert oracle_systems.broken_off(raw) == [pd.Timestamp("2026-09-28")]
    ledger = pd.read_csv(demo_home / "systems" / "erp" / "ledger.csv")
    assert (ledger.currency != "EUR").sum() > 100
