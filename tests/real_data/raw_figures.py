"""The same figures once more, with pandas straight from the raw files; shares no code with the pipeline.

What is read from a file is kept: nobody may change a frame that is given out.
"""

import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

KEYS = ["week_start", "org_unit", "segment", "ai_assisted"]
ZONE = "Europe/Berlin"
UNITS = {
    "dbt-duckdb": "dbt_duckdb",
    "python-sdk": "python_sdk",
    "copilot-metrics-viewer": "metrics_viewer",
    "peps": "unmapped",  # nobody has mapped it: its rows stay, and say so
}
EXCEPTIONS = (
    "Set Payment Block",
    "Remove Payment Block",
    "Cancel Invoice Receipt",
    "Cancel Subsequent Invoice",
    "Cancel Goods Receipt",
    "Change Price",
    "Change Quantity",
)


def monday(moments: pd.Series) -> pd.Series:
    """Return the Monday of the local week of each moment."""
    local = moments.dt.tz_convert(ZONE).dt.tz_localize(None).dt.normalize()
    return local - pd.to_timedelta(local.dt.weekday, unit="D")


@cache
def events(data: Path) -> pd.DataFrame:
    """Return the incident log as it is, every cell as text."""
    with zipfile.ZipFile(data / "uci_servicenow_incident_event_log.zip").open("incident_event_log.csv") as file:
        return pd.read_csv(file, dtype=str, keep_default_na=False)


@cache
def incidents(data: Path) -> pd.DataFrame:
    """Return the last event of every incident, resolved or not."""
    log = events(data).assign(number_of_changes=lambda rows: rows.sys_mod_count.astype(int))
    last = log.sort_values(["number", "number_of_changes"], kind="stable").groupby("number").tail(1).copy()
    for name in ("opened_at", "resolved_at"):
        parts = last[name].str.extract(r"^(\d+)/(\d+)/(\d{4}) (\d+):(\d+)$").astype(float)
        parts.columns = ["day", "month", "year", "hour", "minute"]
        last[name] = pd.to_datetime(parts).dt.tz_localize("UTC")
    last["week_start"] = monday(last.resolved_at)
    last["org_unit"] = "service_desk"
    last["segment"] = last.priority.map(
        {"1 - Critical": "critical", "2 - High": "high", "3 - Moderate": "moderate", "4 - Low": "low"}
    )
    last["ai_assisted"] = "all"
    last["person"] = last.resolved_by.where(last.resolved_by != "?")
    last["moment"] = last.resolved_at
    last["is_reassigned"] = last.reassignment_count != "0"
    last["is_reopened"] = last.reopen_count != "0"
    last["kept_sla"] = last.made_sla == "true"
    last["hours"] = (last.resolved_at - last.opened_at) / pd.Timedelta(hours=1)
    return last


@cache
def items(data: Path) -> pd.DataFrame:
    """Return every purchase item, whatever its dates."""
    log = pd.read_csv(data / "bpic2019_one_trace_per_variant.csv.gz")
    log["moment"] = pd.to_datetime(log.timestamp, utc=True)
    by_item = log.groupby("case_id")
    found = pd.DataFrame(
        {
            "first": by_item.moment.min(),
            "moment": by_item.moment.max(),
            "invoice": log[log.activity == "Record Invoice Receipt"].groupby("case_id").moment.min(),
            "cleared": log[log.activity == "Clear Invoice"].groupby("case_id").moment.max(),
            "is_exception": log.activity.isin(EXCEPTIONS).groupby(log.case_id).any(),
        }
    )
    found["days"] = (found.cleared - found.invoice) / pd.Timedelta(days=1)
    found["week_start"] = monday(found.moment)
    found["org_unit"], found["segment"], found["ai_assisted"] = "accounting", "all", "all"
    return found


@cache
def pull_requests(data: Path) -> pd.DataFrame:
    """Return the merged pull requests of all four repositories."""
    found = pd.concat([pd.read_csv(path) for path in sorted(data.glob("git_pr_*.csv"))], ignore_index=True)
    found["segment"] = found.repo.str.split("/").str[1]
    found["org_unit"] = found.segment.map(UNITS)
    found["moment"] = pd.to_datetime(found.merged_at, utc=True)
    found["week_start"] = monday(found.moment)
    found["person"] = found.repo + found.contributor
    return found


def proportion(cases: pd.DataFrame, counted: pd.Series) -> pd.DataFrame:
    """Return the metric rows of a share."""
    return _rows(cases.assign(measure=counted.astype(float)), squares=False)


def mean(cases: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return the metric rows of a mean."""
    return _rows(cases.assign(measure=cases[measure]), squares=True)


def _rows(cases: pd.DataFrame, *, squares: bool) -> pd.DataFrame:
    rows = []
    for key, group in cases.groupby(KEYS):
        numbers = group.measure.to_numpy()
        people = float(group.person.dropna().nunique()) if "person" in group else np.nan
        sum_squares = float((numbers**2).sum()) if squares else np.nan
        rows.append((*key, numbers.sum(), len(group), sum_squares, len(group), people, group.moment.max()))
    names = ["numerator", "denominator", "sum_squares", "sample_count", "people_count", "observed_until"]
    return pd.DataFrame(rows, columns=[*KEYS, *names]).set_index(KEYS).sort_index()
