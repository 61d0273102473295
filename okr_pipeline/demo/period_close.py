"""The simulated general ledger and its monthly close: postings, late adjustments and exceptions.

A month is closed at the end of the fifth working day of the next one. What is posted to it later is a
post-close adjustment.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from okr_pipeline.cascade.weeks import iso_week, monday_of
from okr_pipeline.demo.company import DAY_SECONDS, Company
from okr_pipeline.demo.erp import LEDGER_SHARES, LEDGERS
from okr_pipeline.demo.storage import constant, moments, numbered, picked, until, write_csv

_UNITS = ("reconciliation", "close_accounting")
_UNIT_SHARES = (0.4, 0.6)
_SETTLED_BY_ITSELF_RATIO = 0.25
"""Exceptions that need nobody, relative to those that need somebody."""

_MONTHLY_SPREAD_RATIO = 0.4
"""Spread of monthly counts relative to that of a Poisson count."""


@dataclass(frozen=True)
class _Close:
    """The close of one month: its name (2026-10), the second it was closed, and the week that lies in."""

    period: str
    closed: int
    week: date


def write_period_close(company: Company, home: Path, through: date) -> None:
    """Write the exceptions of every period closed by the end of ``through``."""
    every = pa.concat_tables(_exceptions(company, unit, close) for close in _closes(company) for unit in _UNITS)
    kept = until(every, "period_closed_at", company.end_seconds(through))
    write_csv(home / "systems" / "erp" / "period_close_exceptions.csv", kept)


def write_ledger(company: Company, home: Path, through: date) -> None:
    """Write the entries posted by the end of ``through``: a sample of regular ones and all adjustments."""
    parts = [_regular(company, week) for week in company.weeks_until(through)]
    parts += [_adjustments(company, close) for close in _closes(company)]
    kept = until(pa.concat_tables(parts), "posted_at", company.end_seconds(through))
    write_csv(home / "systems" / "erp" / "ledger.csv", kept)


def _closes(company: Company) -> Iterator[_Close]:
    first, last = company.truth.weeks.first, company.truth.weeks.last
    months = np.arange(np.datetime64(first, "M") - 1, np.datetime64(last, "M") + 1)
    for month in months:
        day = np.busday_offset((month + 1).astype("datetime64[D]"), 4, roll="forward").astype(date)
        week = monday_of(day)
        closed = company.start_seconds(week) + (day - week).days * DAY_SECONDS + 18 * 3600
        if week >= first:
            yield _Close(str(month), closed, week)


def _exceptions(company: Company, unit: str, close: _Close) -> pa.Table:
    rng = company.rng("exceptions", unit, close.week)
    manual_count = _count(rng, company.level(f"{unit}_close_exceptions_count", close.week))
    size = round(manual_count * (1 + _SETTLED_BY_ITSELF_RATIO))
    manual = np.arange(size) < manual_count
    rng.shuffle(manual)
    raised = close.closed - np.sort(rng.integers(600, 5 * DAY_SECONDS, size))[::-1]
    return pa.table(
        {
            "exception_id": numbered(f"PCX-{unit[:3].upper()}-{close.period}-", np.arange(1, size + 1), 4),
            "period_name": constant(close.period, size),
            "unit_code": constant(company.code("erp", unit, "FIN-"), size),
            "ledger": picked(LEDGERS, rng.choice(4, size, p=LEDGER_SHARES)),
            "raised_at": moments(raised),
            "period_closed_at": moments(np.full(size, close.closed)),
            "needs_manual_intervention": manual,
        }
    )


def _regular(company: Company, week: date) -> pa.Table:
    rng = company.rng("ledger", week)
    usual = sum(company.count("ledger_entries_per_week", unit) for unit in _UNITS)
    size = round(usual * company.scale)
    posted = company.office_seconds(rng, week, size)
    kinds = np.where(rng.random(size) < 0.02, 1, 0)
    fault = company.fault("foreign_currency", week)
    foreign = (rng.random(size) < (fault.affected_ratio or 0)) if fault else np.zeros(size, dtype=bool)
    months = posted.astype("datetime64[s]").astype("datetime64[M]").astype(str)
    return pa.table(
        {
            "entry_id": numbered(f"LE-{iso_week(week).replace('-W', '')}-", np.arange(1, size + 1), 5),
            "posted_at": moments(posted),
            "period_name": pa.array(months.tolist(), pa.string()),
            "period_closed_at": moments(posted, missing=np.ones(size, dtype=bool)),
            "unit_code": _unit_codes(company, rng, size),
            "ledger": picked(LEDGERS, rng.choice(4, size, p=LEDGER_SHARES)),
            "entry_type": picked(("regular", "reversal"), kinds),
            "amount_eur": np.round(rng.choice([-1, 1], size) * rng.lognormal(7, 1.3, size), 2),
            "currency": picked(("EUR", "USD"), foreign.astype(np.int64)),
        }
    )


def _adjustments(company: Company, close: _Close) -> pa.Table:
    rng = company.rng("adjustments", close.week)
    size = _count(rng, company.level("post_close_adjustments_count", close.week))
    late_days = rng.integers(1, 15, size)
    posted = close.closed + late_days * DAY_SECONDS - rng.integers(1, 9 * 3600, size)
    return pa.table(
        {
            "entry_id": numbered(f"LE-{close.period}-ADJ-", np.arange(1, size + 1), 4),
            "posted_at": moments(np.sort(posted)),
            "period_name": constant(close.period, size),
            "period_closed_at": moments(np.full(size, close.closed)),
            "unit_code": _unit_codes(company, rng, size),
            "ledger": picked(LEDGERS, rng.choice(4, size, p=LEDGER_SHARES)),
            "entry_type": constant("adjustment", size),
            "amount_eur": np.round(rng.choice([-1, 1], size) * rng.lognormal(6, 1.3, size), 2),
            "currency": constant("EUR", size),
        }
    )


def _count(rng: np.random.Generator, expected: float) -> int:
    """Draw a month's count: steadier than Poisson, because the same closing steps come back every month."""
    return max(round(float(rng.normal(expected, _MONTHLY_SPREAD_RATIO * expected**0.5))), 0)


def _unit_codes(company: Company, rng: np.random.Generator, size: int) -> pa.Array:
    codes = tuple(company.code("erp", unit, "FIN-") for unit in _UNITS)
    choice: NDArray[np.int64] = rng.choice(2, size, p=_UNIT_SHARES)
    return picked(codes, choice)
