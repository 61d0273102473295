"""The simulated document management: one SQLite file of agreements, their review turns and what is open.

An agreement is drawn backwards from its signature, with the levels of the week in which it is signed.
"""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from okr_pipeline.cascade.weeks import iso_week
from okr_pipeline.demo.company import DAY_SECONDS, Company
from okr_pipeline.demo.storage import constant, moments, numbered, picked, until, write_sqlite

_TYPES = {
    "vendor_agreements": "vendor_standard",
    "customer_agreements": "customer",
    "partner_agreements": "partner",
}
_SYSTEMS = {"vendor_agreements": "contract_reviewer", "customer_agreements": "contract_summariser"}
_REVIEWER_NUMBERS = {"vendor_agreements": 1, "customer_agreements": 21, "partner_agreements": 41}
_UNESCALATED_TIME_RATIO = 0.8
_TAIL_WEEKS = 26


def write_documents(company: Company, home: Path, through: date) -> None:
    """Write the database as it is at the end of ``through``."""
    parts = [_signed(company, unit, week) for week in company.weeks_with_tail(_TAIL_WEEKS) for unit in _TYPES]
    agreements = pa.concat_tables(part[0] for part in parts)
    turns = pa.concat_tables(part[1] for part in parts)
    end = company.end_seconds(through)
    write_sqlite(
        home / "systems" / "document_management" / "documents.sqlite",
        {
            "agreements": until(agreements, "signed_at", end),
            "review_turns": until(turns, "agreement_closed_at", end),
            "open_agreements_snapshot": _open_snapshots(company, agreements, through),
        },
    )


def _level(company: Company, unit: str, name: str, week: date) -> float:
    return company.level(f"{unit.removesuffix('_agreements')}_{name}", week)


def _signed(company: Company, unit: str, week: date) -> tuple[pa.Table, pa.Table]:
    """Return the agreements of one type signed in a week, and their turns."""
    rng = company.rng("documents", unit, week)
    size = max(round(rng.normal(company.count("agreements_per_week", unit), 2)), 1)
    signed = company.office_seconds(rng, week, size)
    escalated = rng.random(size) >= _level(company, unit, "no_escalation_share", week)
    rounds = 2 + rng.poisson(_level(company, unit, "extra_rounds", week), size)
    usual = np.where(escalated, 1.0, _UNESCALATED_TIME_RATIO)
    internal = rng.gamma(36, 1 / 36, size) * usual / usual.mean()
    internal *= _level(company, unit, "review_days", week) * company.drift("review_load", week)
    counterparty = rng.gamma(5, 1 / 5, size) * _level(company, unit, "counterparty_days", week)
    before, after = rng.gamma(4, 1 / 4, (2, size)) * _level(company, unit, "other_days", week) * [[0.6], [0.4]]
    turn = _turn_seconds(rng, rounds, internal * DAY_SECONDS, counterparty * DAY_SECONDS)
    turns_of = 2 * rounds - 1
    first_turn = np.cumsum(turns_of) - turns_of
    completed = signed - np.rint(after * DAY_SECONDS).astype(np.int64)
    received = completed - np.add.reduceat(turn, first_turn)
    number = np.arange(size) + 1
    label = f"{company.code('document_management', unit)}-{iso_week(week).replace('-W', '')}-"
    reviewer = _REVIEWER_NUMBERS[unit] + rng.integers(0, round(company.count("reviewers", unit)), size)
    summarised = rng.random(size) < _level(company, unit, "ai_summary_share", week)
    ai_system = _SYSTEMS.get(unit)
    uses_ai = ~escalated if ai_system == "contract_reviewer" else summarised
    agreements = pa.table(
        {
            "agreement_id": numbered(label, number, 3),
            "agreement_type": constant(_TYPES[unit], size),
            "unit_code": constant(company.code("document_management", unit), size),
            "drafted_at": moments(received - np.rint(before * DAY_SECONDS).astype(np.int64)),
            "received_at": moments(received),
            "review_completed_at": moments(completed),
            "signed_at": moments(signed),
            "is_escalated": escalated,
            "has_ai_summary": summarised,
            "ai_system_id": constant(ai_system, size, uses_ai),
            "reviewer_id": numbered("reviewer-", reviewer, 3),
            "negotiation_notes": _notes(reviewer),
        }
    )
    owner = np.repeat(np.arange(size), turns_of)
    position = np.arange(len(owner)) - first_turn[owner]
    ended = received[owner] + np.cumsum(turn) - (np.cumsum(turn) - turn)[first_turn][owner]
    theirs = position % 2 == 1
    turns = pa.table(
        {
            "agreement_id": numbered(label, number[owner], 3),
            "turn_number": position + 1,
            "party": picked(("internal", "counterparty"), position % 2),
            "started_at": moments(ended - turn),
            "ended_at": moments(ended),
            "agreement_closed_at": moments(signed[owner]),
            "reviewer_id": numbered("reviewer-", reviewer[owner], 3, missing=theirs),
        }
    )
    return agreements, turns


def _turn_seconds(
    rng: np.random.Generator,
    rounds: NDArray[np.int64],
    internal: NDArray[np.float64],
    counterparty: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Divide both parties' time among their turns, agreement after agreement; first and last are internal."""
    turns_of = 2 * rounds - 1
    first = np.cumsum(turns_of) - turns_of
    owner = np.repeat(np.arange(len(rounds)), turns_of)
    theirs = (np.arange(len(owner)) - first[owner]) % 2 == 1
    weight = rng.gamma(3, 1, len(owner))
    ours_sum = np.add.reduceat(np.where(theirs, 0, weight), first)
    theirs_sum = np.add.reduceat(np.where(theirs, weight, 0), first)
    share = weight / np.where(theirs, theirs_sum[owner], ours_sum[owner])
    return np.rint(share * np.where(theirs, counterparty[owner], internal[owner])).astype(np.int64)


def _notes(reviewer: NDArray[np.int64]) -> pa.Array:
    """Return free text as people write it: with an address in it, which is why no free text may land."""
    return pa.array([f"Ask reviewer{number:03d}@example.com about the liability clause" for number in reviewer])


def _open_snapshots(company: Company, agreements: pa.Table, through: date) -> pa.Table:
    """Return at the end of every week the agreements that were received and not yet signed."""
    received = agreements["received_at"].cast(pa.timestamp("s", tz="UTC")).cast(pa.int64()).to_numpy()
    signed = agreements["signed_at"].cast(pa.timestamp("s", tz="UTC")).cast(pa.int64()).to_numpy()
    snapshots = []
    for week in company.weeks_until(through):
        at = company.snapshot_seconds(week)
        waiting = agreements.filter(pa.array((received <= at) & (signed > at)))
        snapshots.append(
            pa.table(
                {
                    "snapshot_at": moments(np.full(len(waiting), at)),
                    **{name: waiting[name] for name in ("agreement_id", "agreement_type", "unit_code", "received_at")},
                }
            )
        )
    return pa.concat_tables(snapshots)
