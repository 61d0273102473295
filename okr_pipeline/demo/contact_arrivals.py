"""Who reaches the simulated contact centre when and with what: new matters, and customers who come back.

A customer who was not helped comes back once within seven days, to the same team or, more often, to tier two.
How a contact is then handled is `okr_pipeline.demo.contact_centre`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from okr_pipeline.cascade.weeks import WEEK
from okr_pipeline.demo.company import DAY_SECONDS, Company

UNITS = ("billing_support", "policy_support", "tier_two_support")
REASONS = ("billing", "claims", "policy_change", "complaint", "other")
_TIER_TWO = 2
_REASON_SHARES = ((0.94, 0, 0, 0, 0.06), (0, 0.32, 0.58, 0, 0.10), (0, 0.35, 0, 0.60, 0.05))
_DAY_WEIGHTS = (1.2, 1.1, 1.0, 1.0, 0.95, 0.4, 0.1)
_DAYS_UNTIL_RETURN_SHARES = (0.34, 0.24, 0.16, 0.11, 0.08, 0.07)
"""Chance to come back one to six days later."""
_CUSTOMERS_PER_WEEKLY_CONTACT = 400


@dataclass(frozen=True)
class Contacts:
    """Some contacts: seconds since 1970, positions in UNITS and REASONS, customer number; one entry each."""

    initiated: NDArray[np.int64]
    unit: NDArray[np.int64]
    reason: NDArray[np.int64]
    customer: NDArray[np.int64]

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "Contacts":
        """Return the chosen rows."""
        return Contacts(self.initiated[rows], self.unit[rows], self.reason[rows], self.customer[rows])


def weekly_volume(company: Company, week: date) -> int:
    """Return how many contacts end in a week: contacts per support FTE times the FTE there are."""
    staff = sum(company.truth.counts["support_fte"].values()) * company.scale
    return round(company.level("contacts_per_fte", week) * staff * company.drift("contacts", week))


def by_group(
    rng: np.random.Generator, group: NDArray[np.int64], shares: Sequence[Sequence[float]]
) -> NDArray[np.int64]:
    """Draw a category for each row from the distribution of its group."""
    limits = np.cumsum(np.asarray(shares), axis=1)
    limits[:, -1] = 1
    return np.asarray((rng.random(len(group))[:, None] > limits[group]).sum(axis=1), dtype=np.int64)


def contacts_of(company: Company, week: date, rows: int | None) -> Contacts:
    """Return a week's contacts in order of time; ``rows`` fixes their number (also of the week before)."""
    unhelped, back = _unhelped(company, week, rows)
    _, back_from_before = _unhelped(company, week - WEEK, rows)
    start, end = company.start_seconds(week), company.end_seconds(week)
    bound = [
        unhelped,
        *(part.take((part.initiated >= start) & (part.initiated < end)) for part in (back, back_from_before)),
    ]
    rng = company.rng("contact_centre", "helped", week)
    taken = sum(np.bincount(part.unit, minlength=len(UNITS)) for part in bound)
    missing = np.maximum(_volume_by_unit(company, week, rows) - taken, 0)
    unit = np.repeat(np.arange(len(UNITS)), missing)
    rng.shuffle(unit)
    every = [*bound, _new_matters(company, rng, week, unit)]
    joined = Contacts(
        *(np.concatenate([getattr(part, name) for part in every]) for name in Contacts.__dataclass_fields__)
    )
    return joined.take(np.argsort(joined.initiated, kind="stable"))


def _unhelped(company: Company, week: date, rows: int | None) -> tuple[Contacts, Contacts]:
    """Return the contacts of a week that did not settle their matter, and those in which it comes back."""
    rng = company.rng("contact_centre", "unhelped", week)
    resolved = [company.level(f"{tier}_first_contact_resolution_share", week) for tier in ("tier_one", "tier_two")]
    volume = _volume_by_unit(company, week, rows)
    lost = np.rint(volume * (1 - np.array([resolved[0], resolved[0], resolved[1]]))).astype(np.int64)
    unit = np.repeat(np.arange(len(UNITS)), lost)
    rng.shuffle(unit)
    first = _new_matters(company, rng, week, unit)
    days = rng.choice(len(_DAYS_UNTIL_RETURN_SHARES), len(unit), p=_DAYS_UNTIL_RETURN_SHARES) + 1
    shift = np.rint(rng.triangular(-1, 0, 1, len(unit)) * 2 * 3600).astype(np.int64)
    same_team = company.level("tier_one_repeat_contact_share", week) / (1 - resolved[0])
    stays = (unit == _TIER_TWO) | (rng.random(len(unit)) < same_team)
    again = first.initiated + days * DAY_SECONDS + shift
    return first, Contacts(again, np.where(stays, unit, _TIER_TWO), first.reason, first.customer)


def _volume_by_unit(company: Company, week: date, rows: int | None) -> NDArray[np.int64]:
    total = weekly_volume(company, week) if rows is None else rows
    shares = np.array([company.count("contact_share", unit) for unit in UNITS])
    volume: NDArray[np.int64] = np.rint(total * shares / shares.sum()).astype(np.int64)
    volume[0] += total - int(volume.sum())
    return volume


def _new_matters(company: Company, rng: np.random.Generator, week: date, unit: NDArray[np.int64]) -> Contacts:
    size = len(unit)
    customers = round(_CUSTOMERS_PER_WEEKLY_CONTACT * weekly_volume(company, company.truth.weeks.first))
    return Contacts(
        initiated=company.office_seconds(rng, week, size, _DAY_WEIGHTS),
        unit=unit,
        reason=by_group(rng, unit, _REASON_SHARES),
        customer=rng.integers(1, 1 + customers, size),
    )
