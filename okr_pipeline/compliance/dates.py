"""Legacy, force and due dates: from when and by when an item of the catalogue binds a system.

Sources: Articles 111 and 113 of Regulation (EU) 2024/1689 as replaced by Regulation (EU) 2026/1744, Article 1(39)-(40);
what is our own reading is listed in the README among the open points for a lawyer.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from okr_pipeline.cascade.ai_system import AiSystem
from okr_pipeline.compliance.catalogue import HIGH_RISK, Catalogue, Item
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
        review: what a person has to look at, sentences.
    """

    high_risk_day: date
    legacy: bool
    legacy_public: bool
    review: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of one item for one system; None is unknown or without a date.

    Attributes:
        force: how it binds.
        due: last day.
        due_words: the date, ``event from DATE``, ``on_change`` or ``unknown``.
        anchor: day from which it binds.
        planning_due: day by which house policy wants it.
        alternative_due: last day under the other reading.
        certainty: whether the date is contested.
        applies_from: day from which the law asks it of anyone.
        review: why the date has to be looked at; empty when it has not.
    """

    force: Force
    due: date | None
    due_words: str
    anchor: date | None
    planning_due: date | None
    alternative_due: date | None
    certainty: Certainty
    applies_from: date | None
    review: str


def calendar_of(system: AiSystem, catalogue: Catalogue, classified: Classification) -> Calendar:
    """Return legacy and high-risk date of a system (Articles 111(2), 113(c))."""
    by_annex_iii = classified.may_be("annex_iii_high") or classified.may_be("annex_iii_exempt")
    high_risk_day = catalogue.day("HIGH_RISK_ANNEX_III" if by_annex_iii else "HIGH_RISK_ANNEX_I")
    if not classified.may_be("high_risk"):
        return Calendar(high_risk_day, legacy=False, legacy_public=False, review=())
    known = [day for day in (system.dates.placed_on_market, system.dates.first_use) if isinstance(day, date)]
    is_old = bool(known) and min(known) < high_risk_day
    change = system.dates.significant_design_change
    is_unchanged = change is None or (isinstance(change, date) and change < high_risk_day)
    review = []
    if not is_old and not isinstance(system.dates.placed_on_market, date):
        review.append("It is not known when its type came on the market: treated as bound (Article 111(2)).")
    if is_old and not is_unchanged and not isinstance(change, date):
        review.append("It is not known whether its design changed significantly: treated as bound (Article 111(2)).")
    legacy = is_old and is_unchanged
    public = (
        system.intended_for_public_authorities,
        system.deployer.public_authority,
        system.deployer.eu_body,
    )
    if legacy and True not in public and "unknown" in public:
        review.append("It is not known whether a public authority uses it: treated as if one did (Article 111(2)).")
    return Calendar(high_risk_day, legacy, legacy and any(public), tuple(review))


def dates_of(item: Item, system: AiSystem, catalogue: Catalogue, calendar: Calendar, *, both_routes: bool) -> Dates:
    """Return force and dates of an item for a system.

    Args:
        item: of the catalogue.
        system: whose dates count.
        catalogue: for the application dates.
        calendar: of the system.
        both_routes: whether the system is high-risk by both routes, which makes the date a matter of reading.
    """
    due = item.due
    is_high_risk_item = due.application_date == HIGH_RISK
    force = _force(item, calendar, is_high_risk_item=is_high_risk_item)
    is_public = force == "statutory" and is_high_risk_item and calendar.legacy_public
    applies_from, doubt = _application_day(item, system, catalogue, calendar)
    if is_public:
        applies_from = catalogue.day("LEGACY_PUBLIC")
    base = _base(item, system)
    contested = item.date_certainty == "contested" or (is_high_risk_item and both_routes)
    certainty: Certainty = "contested" if contested else "settled"
    from_law = None if force == "grandfathered" else applies_from
    if due.rule == "on_change":
        anchor = None if base is None else _anchor(base, from_law, system, calendar, is_high_risk_item)
        return Dates(force, None, "on_change", anchor, None, None, certainty, from_law, doubt)
    if base is None:
        review = f"{doubt} It is not known when the system is first used.".strip()
        return Dates(force, None, "unknown", None, None, None, certainty, from_law, review)
    anchor = _anchor(base, from_law, system, calendar, is_high_risk_item)
    if due.rule == "event_clock":
        return Dates(force, None, f"event from {anchor}", anchor, None, None, certainty, from_law, doubt)
    day = _last_day(item, anchor, is_public=is_public)
    other = None
    if due.alternative_application_date is not None and force == "statutory" and not calendar.legacy:
        earlier = catalogue.day(due.alternative_application_date)
        other = _last_day(item, _anchor(base, earlier, system, calendar, is_high_risk_item), is_public=False)
    planned = None if due.lead_days is None else day - timedelta(days=due.lead_days)
    alternative = other if other != day else None
    return Dates(force, day, day.isoformat(), anchor, planned, alternative, certainty, from_law, doubt)


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
    placed = system.dates.own_placing or system.dates.placed_on_market
    if not isinstance(placed, date):
        return day, "It is not known when it came on the market: no period of grace is counted."
    return (catalogue.day(due.legacy_application_date) if placed < due.legacy_cutoff else day), ""


def _base(item: Item, system: AiSystem) -> date | None:
    first_use = system.dates.first_use
    if item.due.rule == "strictly_before_placing" and system.dates.own_placing is not None:
        first_use = system.dates.own_placing
    return first_use if isinstance(first_use, date) else None


def _anchor(base: date, from_law: date | None, system: AiSystem, calendar: Calendar, is_high_risk_item: bool) -> date:
    """Return the later of first use and application date; a recommendation needs no application date."""
    if from_law is None:
        return base
    anchor = max(base, from_law)
    change = system.dates.significant_design_change
    if is_high_risk_item and isinstance(change, date) and change >= calendar.high_risk_day:
        anchor = max(anchor, change)
    return anchor


def _last_day(item: Item, anchor: date, *, is_public: bool) -> date:
    return anchor - ONE_DAY if item.due.rule in BEFORE_RULES and not is_public else anchor
