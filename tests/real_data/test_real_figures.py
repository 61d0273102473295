"""Every metric row on the real files equals an independent computation straight from them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import raw_figures
from raw_figures import incidents, items, mean, proportion, pull_requests
from real_company import BRANCHES, INCIDENTS, ITEMS, METRICS, RealRun

NUMBERS = ["numerator", "denominator", "sum_squares", "sample_count", "people_count"]


def usable_incidents(data: Path) -> pd.DataFrame:
    found = incidents(data)
    return found[found.resolved_at.notna()]


def usable_items(data: Path) -> pd.DataFrame:
    found = items(data)
    begun = found["first"] >= pd.Timestamp("2000-01-01", tz="UTC")
    return found[begun & (found.week_start <= pd.Timestamp("2019-01-14"))]


def cleared_items(data: Path) -> pd.DataFrame:
    found = usable_items(data)
    return found[found.days >= 0]


def people_s_pull_requests(data: Path) -> pd.DataFrame:
    found = pull_requests(data)
    return found[found.is_bot == 0]


def first_contact(data: Path) -> pd.DataFrame:
    cases = usable_incidents(data)
    return proportion(cases, ~cases.is_reassigned & ~cases.is_reopened)


def share_of_incidents(column: str) -> Callable[[Path], pd.DataFrame]:
    def rows(data: Path) -> pd.DataFrame:
        cases = usable_incidents(data)
        return proportion(cases, cases[column])

    return rows


def clearing_times(data: Path) -> pd.DataFrame:
    rows = mean(cleared_items(data), "days")
    newest = usable_items(data).groupby(raw_figures.KEYS).moment.max()
    return rows.assign(observed_until=newest)  # items that are no case tell how new the figure is, too


def exceptions(data: Path) -> pd.DataFrame:
    cases = usable_items(data)
    return proportion(cases, cases.is_exception)


def lead_times(data: Path) -> pd.DataFrame:
    cases = people_s_pull_requests(data)
    evidence = cases.ai_trailer.map({1: "assisted", 0: "unassisted"})
    return mean(cases.assign(ai_assisted=evidence), "lead_hours")


def merged_with_ai(data: Path) -> pd.DataFrame:
    cases = people_s_pull_requests(data).assign(ai_assisted="all")
    return proportion(cases, cases.ai_trailer == 1)


def reverts(data: Path) -> pd.DataFrame:
    cases = people_s_pull_requests(data).assign(ai_assisted="all")
    return proportion(cases, pd.Series(False, index=cases.index))


EXPECTED: dict[str, Callable[[Path], pd.DataFrame]] = {
    "incident_first_contact_share": first_contact,
    "incident_reassigned_share": share_of_incidents("is_reassigned"),
    "incident_reopened_share": share_of_incidents("is_reopened"),
    "incident_sla_share": share_of_incidents("kept_sla"),
    "incident_resolution_hours": lambda data: mean(usable_incidents(data), "hours"),
    "purchase_exception_share": exceptions,
    "invoice_to_clearing_days": clearing_times,
    "branch_lead_time_hours": lead_times,
    "merged_ai_share": merged_with_ai,
    "revert_share": reverts,
}


def published(run: RealRun, metric: str) -> pd.DataFrame:
    """Return the metric's rows with missing numbers as NaN, keyed as in `raw_figures`."""
    columns = run.columns[metric]
    frame = pd.DataFrame(
        {
            name: np.ma.filled(np.ma.asarray(values).astype(float), np.nan) if name in NUMBERS else values
            for name, values in columns.items()
        }
    )
    frame["observed_until"] = pd.to_datetime(frame.observed_until, utc=True)
    return frame.set_index(raw_figures.KEYS).sort_index()


@pytest.mark.parametrize("metric", sorted(EXPECTED))
def test_every_metric_row_equals_the_independent_one(real_run: RealRun, real_data: Path, metric: str) -> None:
    found, expected = published(real_run, metric), EXPECTED[metric](real_data)
    assert list(found.index) == list(expected.index)
    assert len(found) > 50
    for name in NUMBERS:
        np.testing.assert_allclose(
            found[name].to_numpy(float), expected[name].to_numpy(float), rtol=1e-9, atol=0, err_msg=name
        )
    assert (found.observed_until.to_numpy() == pd.to_datetime(expected.observed_until).to_numpy()).all()


def test_every_model_and_data_test_is_good_and_every_metric_is_covered(real_run: RealRun) -> None:
    assert {result.status for result in real_run.results} <= {"success", "pass"}
    assert {*EXPECTED, "ai_feature_branch_share"} == set(METRICS)


def test_what_the_file_cannot_know_is_no_case(real_run: RealRun) -> None:
    assert len(real_run.columns["ai_feature_branch_share"]["numerator"]) == 0


def test_no_missing_number_becomes_a_value(real_run: RealRun) -> None:
    for metric in METRICS:
        rows = published(real_run, metric)
        for name in ("numerator", "denominator", "sample_count"):
            assert np.isfinite(rows[name].to_numpy()).all(), (metric, name)
        aggregation = real_run.project.metrics[metric].aggregation
        assert (
            np.isfinite(rows.sum_squares.to_numpy()).all() if aggregation == "mean" else rows.sum_squares.isna().all()
        )


def test_weeks_without_a_pull_request_do_not_land_and_give_no_row(real_run: RealRun, real_data: Path) -> None:
    manifest = real_run.manifests[BRANCHES]
    with_rows = {week.date() for week in pull_requests(real_data).week_start}
    assert set(manifest.files) == with_rows
    assert {manifest.weeks[week].outcome for week in set(manifest.weeks) - with_rows} == {"contract_failed"}


def test_every_row_of_the_files_is_landed_or_counted(real_run: RealRun, real_data: Path) -> None:
    for key, raw in (
        (INCIDENTS, incidents(real_data)),
        (ITEMS, items(real_data)),
        (BRANCHES, pull_requests(real_data)),
    ):
        manifest = real_run.manifests[key]
        landed = sum(file.rows for file in manifest.files.values())
        assert landed + sum(manifest.rows_quarantined.values()) == len(raw) > 5_000
