"""The simulated contact centre: one Parquet drop of ended interactions a week.

The level of a team's handle time is given; within it assisted contacts are shorter than the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from okr_pipeline.cascade.weeks import iso_week
from okr_pipeline.demo.company import Company, found_company
from okr_pipeline.demo.contact_arrivals import REASONS, UNITS, by_group, contacts_of, weekly_volume
from okr_pipeline.demo.storage import constant, moments, numbered, picked, write_parquet

_LEVELS = ("billing", "policy", "tier_two")
_QUEUES = (
    ("invoices", "payments", "dunning"),
    ("policy_changes", "cover_questions", "legal_protection"),
    ("complaints", "complex_claims", "second_opinion"),
)
_QUEUE_SHARES = ((0.5, 0.35, 0.15), (0.5, 0.36, 0.14), (0.4, 0.4, 0.2))
_QUEUE_FACTORS = ((0.92, 1.0, 1.2667), (0.95, 1.0, 1.1786), (1.1, 0.9, 1.0))
"""Handle time of a queue relative to its team; the share-weighted mean is 1."""
_CHANNELS = ("voice", "chat", "email")
_ASSISTED_TIME_RATIO = 0.78
_ASSISTED_REPLIES_RATIO = 0.92
"""Share of the replies of an assisted contact that the AI system drafted."""
_QUEUE_OF_FEW = (1, 2)
_AGENTS_OF_QUEUE_OF_FEW = 10
_PHASES = (0.72, 0.10, 0.18)
"""Talk, hold and after-contact work as shares of the handle time."""


@dataclass(frozen=True)
class _Desks:
    """Where contacts are handled, one entry each."""

    unit: NDArray[np.int64]
    """Position in UNITS."""
    queue: NDArray[np.int64]
    """Position among the unit's queues."""
    agent: NDArray[np.int64]
    """Number of the agent."""
    of_small_queue: NDArray[np.bool_]
    """Whether the queue is the one where only a few agents use the AI system."""
    of_the_few: NDArray[np.bool_]
    """Whether the agent is one of those few."""


def write_contact_centre(company: Company, home: Path, through: date) -> None:
    """Write the drops as delivered by the end of ``through``."""
    for week in company.weeks_until(through):
        _write(home, week, interactions(company, week, through))


def simulate_contact_centre(home: Path, weeks: Sequence[date], rows_per_week: int, seed: int | None = None) -> None:
    """Write any ``weeks`` (Mondays, also outside the simulation) of ``rows_per_week`` rows, no faults."""
    usual = weekly_volume(found_company(seed=seed), weeks[0]) if weeks else 1
    company = found_company(scale=rows_per_week / usual, seed=seed, faults=())
    for week in weeks:
        _write(home, week, interactions(company, week, week, rows_per_week))


def interactions(company: Company, week: date, through: date, rows: int | None = None) -> pa.Table:
    """Return one week's interactions as the drop holds them at the end of ``through``."""
    contacts = contacts_of(company, week, rows)
    size = len(contacts.unit)
    rng = company.rng("contact_centre", "handling", week)
    desks = _desks(company, rng, week, contacts.unit)
    assisted = _assisted(company, rng, week, desks)
    handle = _handle_seconds(company, rng, week, desks, assisted)
    parts = [np.rint(handle * share).astype(np.int64) for share in _PHASES]
    talk, hold, after = (_as_first_delivered(company, week, through, part) for part in parts)
    wait = np.rint(rng.exponential(90, size)).astype(np.int64)
    replies = 1 + rng.poisson(2.2, size)
    answered = rng.random(size) < 0.3
    score = np.clip(np.rint(rng.normal(company.level("satisfaction_score", week), 0.9, size)), 1, 5)
    codes = tuple(company.code("contact_centre", unit) for unit in UNITS)
    stamp = iso_week(week).replace("-W", "")
    return pa.table(
        {
            "contact_id": numbered(f"C{stamp}-", np.arange(1, size + 1), 7),
            "initiated_at": moments(contacts.initiated),
            "ended_at": moments(contacts.initiated + wait + sum(parts)),
            "channel": picked(_CHANNELS, rng.choice(3, size, p=(0.55, 0.30, 0.15))),
            "unit_code": _unit_codes(
                company,
                rng,
                week,
                picked(codes, contacts.unit),
                (contacts.unit == 0) & (desks.queue == 0) & (contacts.reason == REASONS.index("billing")),
            ),
            "queue": picked(sum(_QUEUES, ()), contacts.unit * 3 + desks.queue),
            "reason": picked(REASONS, contacts.reason),
            "customer_id": numbered("K-", contacts.customer, 8),
            "agent_id": numbered("agent-", desks.agent, 4),
            "talk_seconds": talk,
            "hold_seconds": hold,
            "after_contact_seconds": after,
            "is_transferred": rng.random(size) < company.level("transfer_share", week),
            "ai_assisted": assisted,
            "ai_system_id": constant("agent_assist", size, assisted),
            "replies_count": replies,
            "ai_assisted_replies_count": np.where(assisted, rng.binomial(replies, _ASSISTED_REPLIES_RATIO), 0),
            "satisfaction_score": pa.array(score.astype(np.int64), mask=~answered),
        }
    )


def _write(home: Path, week: date, table: pa.Table) -> None:
    folder = home / "systems" / "contact_centre" / "interactions"
    write_parquet(folder / f"interactions_{iso_week(week)}.parquet", table)


def _desks(company: Company, rng: np.random.Generator, week: date, unit: NDArray[np.int64]) -> _Desks:
    """Draw queue and agent of every contact of the teams ``unit``."""
    queue = by_group(rng, unit, _QUEUE_SHARES)
    sizes = np.array([round(company.count("support_agents", name) * max(company.scale, 1)) for name in UNITS])
    of_few = (unit == _QUEUE_OF_FEW[0]) & (queue == _QUEUE_OF_FEW[1])
    place = np.floor(rng.random(len(unit)) * np.where(of_few, _AGENTS_OF_QUEUE_OF_FEW, sizes[unit]))
    fault = company.fault("small_group", week)
    few = of_few & (place < (fault.people or 0)) if fault else np.zeros(len(unit), dtype=bool)
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    return _Desks(unit, queue, 1 + first[unit] + place.astype(np.int64), of_few, few)


def _assisted(company: Company, rng: np.random.Generator, week: date, desks: _Desks) -> NDArray[np.bool_]:
    """Draw which contacts are assisted."""
    replies = [company.level(f"{name}_ai_reply_share", week) for name in _LEVELS[:2]]
    chance = np.array([*replies, 0.0])[desks.unit] / _ASSISTED_REPLIES_RATIO
    if "small_group" in company.faults:
        chance = np.where(desks.of_small_queue, np.where(desks.of_the_few, 0.6, 0.0), chance)
    return np.asarray(rng.random(len(chance)) < chance)


def _handle_seconds(
    company: Company, rng: np.random.Generator, week: date, desks: _Desks, assisted: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Draw handle times whose team means are the levels, whatever the share of assisted contacts is."""
    unit = desks.unit
    means = np.array([company.level(f"{name}_handle_seconds", week) * company.drift(name, week) for name in _LEVELS])
    means *= company.drift("contact_difficulty", week)
    contacts = np.maximum(np.bincount(unit, minlength=len(UNITS)), 1)
    share = np.bincount(unit, weights=assisted, minlength=len(UNITS)) / contacts
    unassisted = means / (1 - (1 - _ASSISTED_TIME_RATIO) * share)
    mean = unassisted[unit] * np.asarray(_QUEUE_FACTORS)[unit, desks.queue]
    return np.asarray(mean * np.where(assisted, _ASSISTED_TIME_RATIO, 1.0) * rng.gamma(4, 1 / 4, len(unit)))


def _as_first_delivered(company: Company, week: date, through: date, seconds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return durations as delivered: in the restated week some are too low until the correction."""
    fault = company.fault("restated_week", week)
    if fault is None or fault.corrected_with is None or week != fault.start or through >= fault.corrected_with:
        return seconds
    wrong = company.rng("contact_centre", "restated", week).random(len(seconds)) < (fault.affected_ratio or 0)
    return np.where(wrong, np.rint(seconds * (fault.kept_ratio or 0)).astype(np.int64), seconds)


def _unit_codes(
    company: Company,
    rng: np.random.Generator,
    week: date,
    codes: pa.Array,
    movable: npt.NDArray[np.bool_],
) -> pa.Array:
    """Give some rows the code of a team that nobody has mapped yet.

    They come from one large queue: a handful over all queues would be groups too small to show, and showing the
    queues beside them would give them away.
    """
    fault = company.fault("unmapped_code", week)
    if fault is None or not fault.rows_per_week or not len(codes):
        return codes
    moved = np.zeros(len(codes), dtype=bool)
    chosen = np.flatnonzero(movable)
    moved[rng.choice(chosen, min(fault.rows_per_week, len(chosen)), replace=False)] = True
    return pc.if_else(pa.array(moved), pa.scalar(fault.code), codes)
