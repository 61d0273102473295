"""Legacy, force and due dates: from when and by when an item of the catalogue binds a system.

Sources: Articles 111 and 113 of Regulation (EU) 2024/1689 as replaced by Regulation (EU) 2026/1744, Article 1(39)-(40);
what is our own reading is listed in the README among the open points for a lawyer.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from okr_pipeline.cascade.ai_system import AiSystem
from okr_pipeline.cascade.answers import UNKNOWN
from okr_pipeline.compliance.catalogue import Catalogue
from okr_pipeline.compliance.catalogue_item import HIGH_RISK, Item
from okr_pipeline.compliance.classification import Classification
from okr_pipeline.compliance.model import Certainty, Force

ONE_DAY = timedelta(days=1)
BEFORE_RULES = frozenset({"strictly_before_first_use", "strictly_before_placing"})


@dataclass(frozen=True, slots=True)
class Calendar:
    """What the dates of a system say, before any item is looked at.

    Attributes:
        high_risk_day: day from which high-risk duties apply by the system's route; of two routes the earlier.
        legacy: whether Article 111(2) makes them a recommendation.
        legacy_public: whether it is legacy for a public authority, which has until ``LEGACY_PUBLIC``.
        changed_on: day of the design change that ended legacy; None when there was none.
        both_routes: whether it is high-risk by both routes, which makes the date a matter of reading.
        review: why legacy has to be looked at, a sentence; empty when it has not.
    """

    high_risk_day: date
    legacy: bool
    legacy_public: bool = False
    changed_on: date | None = None
    both_routes: bool = False
    review: str = ""


class Dates(NamedTuple):
    """The dates of one item for one system; None is unknown or without a date.

    Attributes:
        force: how it binds.
        due: last day.
        due_words: the date, ``event from DATE``, ``on_change`` or ``unknown``.
        anchor: day from which it binds.
        planning_due: day by which house policy wants it.
        alternative_due: last day under the other reading.
        alternative_anchor: day from which it binds under the other reading.
        certainty: whether the date is contested.
        applies_from: day from which the law asks it of anyone.
        review: why the date has to be looked at; empty when it has not.
    """

    force: Force
    due: date | None
    due_words: str
    anchor: date | None
    certainty: Certainty
    applies_from: date | None
    review: str
    planning_due: date | None = None
    alternative_due: date | None = None
    alternative_anchor: date | None = None


def calendar_of(system: AiSystem, catalogue: Catalogue, classified: Classification) -> Calendar:
    """Return legacy and high-risk date of a system (Articles 111(2), 113(c))."""
    by_annex_iii = classified.may_be("annex_iii_high") or classified.may_be("annex_iii_exempt")
    high_risk_day = catalogue.day("HIGH_RISK_ANNEX_III" if by_annex_iii else "HIGH_RISK_ANNEX_I")
    if not classified.may_be("high_risk"):
        return Calendar(high_risk_day, legacy=False)
    placed, change = system.dates.placed_on_market, system.dates.significant_design_change
    known = [day for day in (placed, system.dates.first_use) if isinstance(day, date)]
    is_old = bool(known) and min(known) < high_risk_day
    changed_on = change if is_old and isinstance(change, date) and change >= high_risk_day else None
    calendar = Calendar(
        high_risk_day,
        legacy=is_old and changed_on is None and change != UNKNOWN,
        changed_on=changed_on,
        both_routes=classified.both_routes,
    )
    if not calendar.legacy:
        doubt = ""
        if not is_old and not isinstance(placed, date):
            doubt = "It is not known when its type came on the market: treated as bound (Article 111(2))."
        elif is_old and change == UNKNOWN:
            doubt = "It is not known whether its design changed significantly: treated as bound (Article 111(2))."
        return replace(calendar, review=doubt)
    public = (system.intended_for_public_authorities, system.deployer.public_authority, system.deployer.eu_body)
    doubt = ""
    if True not in public and UNKNOWN in public:
        doubt = "It is not known whether a public authority uses it: treated as if one did (Article 111(2))."
    return replace(calendar, legacy_public=any(public), review=doubt)


def dates_of(item: Item, system: AiSystem, catalogue: Catalogue, calendar: Calendar) -> Dates:
    """Return force and dates of an item for a system.

    Args:
        item: of the catalogue.
        system: whose dates count.
        catalogue: for the application dates.
        calendar: of the system.
    """
    is_high_risk_item = item.due.application_date == HIGH_RISK
    force = _force(item, calendar, is_high_risk_item=is_high_risk_item)
    is_public = force == "statutory" and is_high_risk_item and calendar.legacy_public
    applies_from, doubt = _application_day(item, system, catalogue, calendar)
    if is_public:
        applies_from = catalogue.day("LEGACY_PUBLIC")
    if is_high_risk_item and item.nature == "duty":
        doubt = f"{doubt} {calendar.review}".strip()
    contested = item.date_certainty == "contested" or (is_high_risk_item and calendar.both_routes)
    from_law = None if force == "grandfathered" else applies_from
    base = _base(item, system)
    anchor = None if base is None else _anchor(base, from_law, calendar, is_high_risk_item=is_high_risk_item)
    dates = Dates(force, None, "on_change", anchor, "contested" if contested else "settled", from_law, doubt)
    if item.due.rule == "on_change":
        return dates
    if base is None or anchor is None:
        review = f"{doubt} It is not known when the system is first used.".strip()
        return dates._replace(due_words="unknown", review=review)
    other_day = _other_reading(item, catalogue, calendar, force)
    other = None if other_day is None else _anchor(base, other_day, calendar, is_high_risk_item=is_high_risk_item)
    other = other if other != anchor else None
    if item.due.rule == "event_clock":
        return dates._replace(due_words=f"event from {anchor}", alternative_anchor=other)
    due = _last_day(item, anchor, is_public=is_public)
    return dates._replace(
        due=due,
        due_words=due.isoformat(),
        planning_due=None if item.due.lead_days is None else due - timedelta(days=item.due.lead_days),
        alternative_due=None if other is None else _last_day(item, other, is_public=False),
        alternative_anchor=other,
    )


def _force(item: Item, calendar: Calendar, *, is_high_risk_item: bool) -> Force:
    if item.nature != "duty":
        return "control" if item.nature == "control" else "national"
    return "grandfathered" if is_high_risk_item and calendar.legacy and not calendar.legacy_public else "statutory"


def _application_day(item: Item, system: AiSystem, catalogue: Catalogue, calendar: Calendar) -> tuple[date, str]:
    """Return the day from which the law asks an item, and what is doubtful about it."""
    due = item.due
    day = calendar.high_risk_day if due.application_date == HIGH_RISK else catalogue.day(due.application_date)
    if due.legacy_application_date is None or due.legacy_cutoff is None:
        return day, ""
    dates = system.dates
    known = [day for day in (dates.own_placing, dates.placed_on_market, dates.first_use) if isinstance(day, date)]
    placed = next(iter(known), None)  # our own use is putting into service, where nothing else is known
    if placed is None:
        return day, "It is not known when it came on the market: no period of grace is counted."
    return (catalogue.day(due.legacy_application_date) if placed < due.legacy_cutoff else day), ""


def _other_reading(item: Item, catalogue: Catalogue, calendar: Calendar, force: Force) -> date | None:
    """Return the application date under the other reading; None where there is none, or nothing hangs on it."""
    if force != "statutory" or calendar.legacy:
        return None
    if item.due.alternative_application_date is not None:
        return catalogue.day(item.due.alternative_application_date)
    is_by_both = calendar.both_routes and item.due.application_date == HIGH_RISK
    return catalogue.day("HIGH_RISK_ANNEX_I") if is_by_both else None


def _base(item: Item, system: AiSystem) -> date | None:
    first_use = system.dates.first_use
    if item.due.rule == "strictly_before_placing" and system.dates.own_placing is not None:
        first_use = system.dates.own_placing
    return first_use if isinstance(first_use, date) else None


def _anchor(base: date, from_law: date | None, calendar: Calendar, *, is_high_risk_item: bool) -> date:
    """Return the later of first use and application date; a recommendation needs no application date.

    The change that ended legacy moves it further. A change of a system that was bound before moves nothing.
    """
    if from_law is None:
        return base
    changed_on = calendar.changed_on if is_high_risk_item else None
    return max(base, from_law, changed_on or from_law)


def _last_day(item: Item, anchor: date, *, is_public: bool) -> date:
    return anchor - ONE_DAY if item.due.rule in BEFORE_RULES and not is_public else anchor
