"""What every key result must say in every week, from the oracle's rows and the definitions read as plain YAML."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isnan, nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from oracle_rows import WEEK, Oracle

ROOT = "insurer"
TRAILING = {"week": 1, "trailing_4_weeks": 4, "trailing_13_weeks": 13}


@dataclass(frozen=True)
class Figure:
    """One window of one key result; NaN and a word for the gap where there is no value.

    Attributes:
        people: most people behind one row of the window; NaN where none are counted.
    """

    value: float
    sample_count: float
    people: float
    gap: str


@dataclass(frozen=True)
class Expected:
    """A key result in one week.

    Attributes:
        allowed: what rounding may add to value, baseline and progress.
        withheld: whether value and counts must, may or must not be withheld.
        baseline_withheld: the same for the baseline.
    """

    figure: Figure
    baseline: float
    progress: float
    allowed: float
    withheld: str
    baseline_withheld: str


def key_results(cascade: Path) -> Iterator[Mapping[str, Any]]:
    """Return all key results of the example's cycle as they are written."""
    for path in sorted((cascade / "2026-h2").glob("*.yml")):
        for objective in yaml.safe_load(path.read_text()).get("objectives", []):
            yield from objective["key_results"]


def expected(entry: Mapping[str, Any], oracle: Oracle, cascade: Path) -> dict[pd.Timestamp, Expected]:
    """Return what one key result must say, for every simulated week."""
    selected = rows_in_scope(entry.get("where", {}), oracle.rows, cascade)
    baseline, baseline_withheld = float(entry["baseline"].get("value", nan)), "never"
    for first, last in baseline_spans(entry):
        baseline = figure(selected, oracle, first, last).value
        baseline_withheld = _withheld(selected, oracle, first, last)
    allowed = max(oracle.rounded_by, 1e-12)
    found = {}
    for week in pd.date_range("2025-09-29", "2026-11-16", freq="7D"):
        start, _ = window(entry, week, cascade)
        measured = figure(selected, oracle, start, week)
        progress = _progress(measured.value, baseline, entry["target"])
        withheld = _withheld(selected, oracle, start, week)
        found[week] = Expected(measured, baseline, progress, allowed, withheld, baseline_withheld)
    return found


def baseline_spans(entry: Mapping[str, Any]) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """Return the first and the last week of a measured baseline; nothing for one that is given as a number."""
    if "measured_over" not in entry["baseline"]:
        return []
    first, last = (_monday(label) for label in entry["baseline"]["measured_over"].split(".."))
    return [(first, last)]


def window(entry: Mapping[str, Any], week: pd.Timestamp, cascade: Path) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first and the last week of the window that closes with a week."""
    length = TRAILING.get(entry["window"])
    if length is None:
        return pd.Timestamp(yaml.safe_load((cascade / "2026-h2" / "cycle.yml").read_text())["start"]), week
    return week - (length - 1) * WEEK, week


def figure(rows: pd.DataFrame, oracle: Oracle, first: pd.Timestamp, last: pd.Timestamp) -> Figure:
    """Return the metric over the weeks from ``first`` to ``last``."""
    inside = rows[(rows.week >= first) & (rows.week <= last)]
    weeks = pd.date_range(first, last, freq="7D")
    sample, people = _counts(inside, oracle)
    if len(weeks) == 0:
        return Figure(nan, sample, people, "not_started")
    if not oracle.monthly and not oracle.weeks.issuperset(weeks):
        return Figure(nan, sample, people, "week_missing")
    if inside.empty or inside.denominator.sum() == 0:
        return Figure(nan, sample, people, "no_period" if oracle.monthly else "no_cases")
    return Figure(_value(inside, oracle.aggregation), sample, people, "none")


def _value(inside: pd.DataFrame, aggregation: str) -> float:
    if aggregation == "distinct_share":
        weekly = inside.groupby("week")[["numerator", "denominator"]].sum()
        return float((weekly.numerator / weekly.denominator).mean())
    if aggregation == "total":
        return float(inside.numerator.sum() / inside.groupby("org_unit").denominator.sum().max())
    return float(inside.numerator.sum() / inside.denominator.sum())


def _counts(inside: pd.DataFrame, oracle: Oracle) -> tuple[float, float]:
    people = float(inside.people_count.max()) if oracle.people and len(inside) else nan
    if oracle.aggregation == "distinct_share":
        return (0.0 if isnan(people) else people), people
    if oracle.aggregation == "stock":  # the same cases week after week
        return float(inside.groupby("week").sample_count.sum().max()) if len(inside) else 0.0, people
    return float(inside.sample_count.sum()), people


def _withheld(selected: pd.DataFrame, oracle: Oracle, first: pd.Timestamp, last: pd.Timestamp) -> str:
    """Tell whether a window is withheld, by each of its weeks.

    It must be if what it selects is a small group in one of them; it may be if one of them holds any small group of
    the metric, which it could betray.
    """
    if not oracle.people:
        return "never"
    inside = selected[(selected.week >= first) & (selected.week <= last)]
    if inside.groupby("week").people_count.max().between(1, 4).any():
        return "must"
    others = oracle.rows[(oracle.rows.week >= first) & (oracle.rows.week <= last)]
    return "may" if others.people_count.between(1, 4).any() else "never"


def rows_in_scope(where: Mapping[str, str], rows: pd.DataFrame, cascade: Path) -> pd.DataFrame:
    """Return the rows that a key result looks at."""
    unit = where.get("org_unit", ROOT)
    if unit != ROOT:
        rows = rows[rows.org_unit.isin(_subtree(unit, cascade))]
    for column in ("segment", "ai_assisted"):
        if column in where:
            rows = rows[rows[column] == where[column]]
    return rows


def _subtree(unit: str, cascade: Path) -> set[str]:
    units = yaml.safe_load((cascade / "organisation.yml").read_text())["units"]
    below = {unit}
    while more := {name for name, entry in units.items() if entry.get("parent") in below} - below:
        below |= more
    return below


def _progress(value: float, baseline: float, target: Mapping[str, Any]) -> float:
    """Return the covered share of the way, as the definitions say it in words.

    A baseline that misses the target: the way covered over the way there is. One that already meets it: 1 at the
    bound and 2 at the baseline. Within a band: 1 inside, else towards the bound that is missed.
    """
    ((operator, amount),) = target.items()
    if isnan(value) or isnan(baseline):
        return nan
    if operator == "between":
        low, high = amount
        if low <= value <= high:
            return 1.0
        bound, meets = (low, baseline >= low) if value < low else (high, baseline <= high)
    else:
        share = float(str(amount).rstrip("%")) / 100
        bound = {
            "at_most": amount,
            "at_least": amount,
            "reduce_by_at_least": baseline * (1 - share),
            "increase_by_at_least": baseline * (1 + share),
        }[operator]
        falls = operator in ("at_most", "reduce_by_at_least")
        meets = baseline <= bound if falls else baseline >= bound
    if meets:
        return float(1 + (value - bound) / (baseline - bound))
    return float((value - baseline) / (bound - baseline))


def _monday(label: str) -> pd.Timestamp:
    return pd.Timestamp.fromisocalendar(int(label[:4]), int(label[6:]), 1)


def close(published: float | None, must: float, allowed: float = 1e-12) -> bool:
    """Return whether both are missing, or equal but for rounding."""
    missing = published is None or pd.isna(published)
    if missing or isnan(must):
        return missing and isnan(must)
    return bool(np.isclose(float(published), must, rtol=1e-9, atol=allowed))
