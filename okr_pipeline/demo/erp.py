"""The simulated ERP system's discrepancies and staff: CSV exports that grow every week.

The ledger and the period close have their own monthly rhythm: `okr_pipeline.demo.period_close`.
"""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from okr_pipeline.cascade.weeks import iso_week
from okr_pipeline.demo.company import Company
from okr_pipeline.demo.storage import constant, moments, numbered, picked, until, write_csv

LEDGERS = ("accounts_payable", "accounts_receivable", "premium", "claims")
LEDGER_SHARES = (0.35, 0.25, 0.25, 0.15)
_ROLES = {
    "support_fte": "agent",
    "reviewers": "reviewer",
    "accountants": "accountant",
    "developers": "developer",
    "underwriters": "underwriter",
}
_WITHIN_FOUR_HOURS_RATIO = 0.95
"""Of the discrepancies that the AI system resolves alone, those resolved within four hours."""
_WITH_AI = frozenset({"reconciliation"})
_FIRST_ACCOUNTANT = {"reconciliation": 1, "close_accounting": 51}
_TAIL_WEEKS = 8


def write_discrepancies(company: Company, home: Path, through: date) -> None:
    """Write resolved discrepancies and the weekly snapshots of open ones, as of the end of ``through``."""
    every = pa.concat_tables(
        _resolved(company, unit, week)
        for week in company.weeks_with_tail(_TAIL_WEEKS)
        for unit in company.truth.counts["discrepancies_per_week"]
    )
    folder = home / "systems" / "erp"
    write_csv(folder / "discrepancies.csv", until(every, "resolved_at", company.end_seconds(through)))
    write_csv(folder / "open_discrepancies.csv", _open_snapshots(company, every, through))


def write_headcount(company: Company, home: Path, through: date) -> None:
    """Write the weekly snapshots of staff by cost centre and role."""
    rows = [
        (
            company.snapshot_seconds(week),
            company.code("erp", unit, "CC-"),
            role,
            fte * _staff_scale(company, role),
        )
        for week in company.weeks_until(through)
        for size, role in _ROLES.items()
        for unit, fte in company.truth.counts[size].items()
    ]
    moment, code, role, fte = (list(column) for column in zip(*rows, strict=True))
    columns = {
        "snapshot_at": moments(np.array(moment)),
        "unit_code": code,
        "role": role,
        "fte": np.array(fte, float),
    }
    write_csv(home / "systems" / "erp" / "headcount.csv", pa.table(columns))


def _staff_scale(company: Company, role: str) -> float:
    return company.scale if role == "agent" else 1.0


def _resolved(company: Company, unit: str, week: date) -> pa.Table:
    """Return the discrepancies that a unit resolves in a week; only reconciliation has the AI system."""
    rng = company.rng("discrepancies", unit, week)
    size = round(company.count("discrepancies_per_week", unit) * company.scale * company.drift("discrepancies", week))
    resolved = company.office_seconds(rng, week, size)
    by_ai = company.level("autonomous_within_four_hours_share", week) / _WITHIN_FOUR_HOURS_RATIO
    draw = rng.random(size)
    method = np.where(draw < by_ai, 0, np.where(draw < by_ai + (1 - by_ai) / 2, 1, 2))
    if unit not in _WITH_AI:
        method[:] = 2
    in_time = rng.random(size) < _WITHIN_FOUR_HOURS_RATIO
    hours = np.where(method == 0, np.where(in_time, 0.1 + 3.8 * rng.beta(1.5, 3, size), 4.5 + rng.gamma(2, 3, size)), 0)
    hours = np.where(method > 0, rng.gamma(2, np.where(method == 1, 9, 20), size), hours)
    accountant = _FIRST_ACCOUNTANT[unit] + rng.integers(0, round(company.count("accountants", unit)), size)
    label = f"DSC-{unit[:3].upper()}-{iso_week(week).replace('-W', '')}-"
    return pa.table(
        {
            "discrepancy_id": numbered(label, np.arange(1, size + 1), 5),
            "unit_code": constant(company.code("erp", unit, "FIN-"), size),
            "ledger": picked(LEDGERS, rng.choice(4, size, p=LEDGER_SHARES)),
            "detected_at": moments(resolved - np.rint(hours * 3600).astype(np.int64)),
            "resolved_at": moments(resolved),
            "resolution_method": picked(("ai_autonomous", "ai_assisted", "manual"), method),
            "resolved_by_id": numbered("accountant-", accountant, 3, missing=method == 0),
            "ai_system_id": constant("reconciliation_agent", size, method < 2),
            "amount_variance_eur": np.round(rng.choice([-1, 1], size) * rng.lognormal(5, 1.2, size), 2),
            "currency": constant("EUR", size),
            "reopened_count": (rng.random(size) < company.level("discrepancy_reopen_share", week)).astype(np.int64),
        }
    )


def _open_snapshots(company: Company, discrepancies: pa.Table, through: date) -> pa.Table:
    """Return at the end of every week the discrepancies that were found and not yet resolved."""
    found, gone = (
        discrepancies[name].cast(pa.timestamp("s", tz="UTC")).cast(pa.int64()).to_numpy()
        for name in ("detected_at", "resolved_at")
    )
    kept = ("discrepancy_id", "unit_code", "ledger", "detected_at")
    snapshots = []
    for week in company.weeks_until(through):
        at = company.snapshot_seconds(week)
        waiting = discrepancies.filter(pa.array((found <= at) & (gone > at))).select(kept)
        snapshots.append(waiting.add_column(0, "snapshot_at", moments(np.full(len(waiting), at))))
    return pa.concat_tables(snapshots)
