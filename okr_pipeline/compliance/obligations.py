"""What the law asks because of one system: class, roles, and every item of the catalogue that binds, with its date.

Whether an obligation is met is decided in `milestones`.
"""

from dataclasses import replace
from datetime import date

from okr_pipeline.cascade.ai_system import AiSystem
from okr_pipeline.compliance.catalogue import Catalogue
from okr_pipeline.compliance.catalogue_item import Item
from okr_pipeline.compliance.classification import Classification, classify
from okr_pipeline.compliance.dates import Calendar, calendar_of, dates_of
from okr_pipeline.compliance.model import Assessment, NotApplicable, Obligation

CLASSIFICATION_RECORD = "AIA-06-CLASS"
"""The one item that a system under Annex I, section B, keeps."""


def assess(system: AiSystem, catalogue: Catalogue, as_of: date) -> Assessment:
    """Return what the law asks because of a system.

    Args:
        system: the answers of its owner.
        catalogue: the law.
        as_of: the day that counts as today; decides only which prohibitions are in force.
    """
    classified = classify(system, catalogue, as_of)
    calendar = calendar_of(system, catalogue, classified)
    obligations: list[Obligation] = []
    others: list[NotApplicable] = []
    for item in catalogue.obligations:
        reason = _excluded(item, classified)
        outcome = item.applies_when.evaluate(classified.facts)
        if reason is None and outcome.truth is False:
            reason = f"It does not bind: {'; '.join(outcome.because)}."
        if reason is not None:
            others.append(NotApplicable(item.id, item.article, item.title, reason))
            continue
        unknown = "" if outcome.truth else f"Whether it binds depends on what is unknown: {', '.join(outcome.because)}."
        obligations += _obligations(item, system, catalogue, calendar, unknown)
    is_prohibited = classified.route == "prohibited"
    return Assessment(
        system_id=system.id,
        route=classified.route,
        reason=classified.reason,
        high_risk=classified.may_be("high_risk"),
        is_provider=classified.may_be("is_provider"),
        is_deployer=classified.may_be("is_deployer"),
        legacy=calendar.legacy,
        fria_required=classified.may_be("fria_required"),
        block=f"{classified.reason} No target may exist for it." if is_prohibited else None,
        review=(*classified.review, *filter(None, (calendar.review,))),
        obligations=tuple(obligations),
        not_applicable=tuple(others),
    )


def _excluded(item: Item, classified: Classification) -> str | None:
    """Return why the class as a whole rules an item out; None when it does not."""
    if classified.route == "prohibited":
        return "The practice is prohibited: there is nothing to comply with."
    if classified.route == "annex_i_b" and item.id != CLASSIFICATION_RECORD:
        return "Annex I, section B: the sectoral act governs."
    return None


def _obligations(
    item: Item, system: AiSystem, catalogue: Catalogue, calendar: Calendar, unknown: str
) -> list[Obligation]:
    """Return an item, and the readiness milestone that prepares it."""
    dates = dates_of(item, system, catalogue, calendar)
    obligation = Obligation(
        id=item.id,
        item_id=item.id,
        article=item.article,
        title=item.title,
        kind=item.kind,
        force=dates.force,
        due=dates.due,
        due_words=dates.due_words,
        anchor=dates.anchor,
        planning_due=dates.planning_due,
        alternative_due=dates.alternative_due,
        certainty=dates.certainty,
        cadence_days=item.due.cadence_days,
        gate=item.gate,
        evidence_type=item.evidence.type,
        signed_by=item.evidence.signed_by,
        depends_on=item.depends_on,
        review=f"{unknown} {dates.review}".strip(),
        applies_from=dates.applies_from,
        elements=item.evidence.elements,
    )
    ready = item.readiness_milestone
    if ready is None:
        return [obligation]
    anchor = dates.anchor
    prepared = replace(
        obligation,
        id=ready.id,
        title=f"Prepared: {item.title[:1].lower()}{item.title[1:]}",
        kind="readiness",
        force=dates.force if ready.force_of_item else "control",
        due=anchor,
        due_words="unknown" if anchor is None else anchor.isoformat(),
        alternative_due=dates.alternative_anchor,
        gate=None,
        evidence_type=ready.evidence,
        depends_on=(),
        elements=(),
    )
    return [obligation, prepared]
