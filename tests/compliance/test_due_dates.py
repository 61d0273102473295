"""By when: each rule and each exception, with days counted by hand."""

from datetime import date
from typing import Any

import pytest
from systems import HIGH_RISK_USE, assessed, by_id, due

PUBLIC = {"public_authority": True}
PRODUCT = {"section": "A", "safety_component_or_product": True, "third_party_assessment": True}


def used(first_use: date, placed: date | None = None, **more: Any) -> dict[str, Any]:
    """Return a high-risk system with these dates."""
    dates = {"first_use": first_use, "placed_on_market": placed or first_use, **more.pop("dates", {})}
    return {**HIGH_RISK_USE, "annex_iii": ("5c",), "dates": dates, **more}


@pytest.mark.parametrize(
    ("first_use", "before", "by"),
    [
        (date(2028, 3, 1), "2028-02-29", "2028-03-01"),
        (date(2028, 2, 29), "2028-02-28", "2028-02-29"),
        (date(2027, 12, 2), "2027-12-01", "2027-12-02"),
        (date(2029, 3, 1), "2029-02-28", "2029-03-01"),
    ],
)
def test_before_first_use_is_the_day_before_also_in_leap_years(first_use: date, before: str, by: str) -> None:
    found = assessed(**used(first_use))
    assert due(found, "AIA-27-1") == ("statutory", before)
    assert due(found, "AIA-27-3") == ("statutory", by)
    assert due(found, "AIA-26-5-INC") == ("statutory", f"event from {by}")


def test_one_day_before_the_application_date_is_legacy() -> None:
    found = assessed(**used(date(2027, 12, 1)))
    assert found.legacy
    assert due(found, "AIA-27-1") == ("grandfathered", "2027-11-30")
    assert due(found, "AIA-25-ROLE") == ("control", "2027-12-01")


def test_a_significant_design_change_ends_legacy_and_moves_the_date() -> None:
    dates = {"significant_design_change": date(2029, 5, 7)}
    found = assessed(**used(date(2027, 6, 1), dates=dates))
    assert not found.legacy
    assert due(found, "AIA-26-1") == ("statutory", "2029-05-07")
    before = assessed(**used(date(2027, 6, 1), dates={"significant_design_change": date(2027, 12, 1)}))
    assert before.legacy


@pytest.mark.parametrize(
    "public", [{"deployer": PUBLIC}, {"deployer": {"eu_body": True}}, {"intended_for_public_authorities": True}]
)
def test_legacy_for_public_authorities_is_law_by_august_2030(public: dict[str, Any]) -> None:
    found = assessed(**used(date(2027, 6, 1), **public))
    assert found.legacy
    assert due(found, "AIA-27-1") == ("statutory", "2030-08-02")
    assert due(found, "AIA-26-1") == ("statutory", "2030-08-02")
    assert due(found, "AIA-26-5-INC-READY") == ("control", "2030-08-02")
    later = assessed(**used(date(2031, 1, 15), date(2027, 6, 1), **public))
    assert due(later, "AIA-27-1") == ("statutory", "2031-01-15")


def test_legacy_of_a_provider_for_public_authorities_counts_too() -> None:
    answers = used(date(2027, 6, 1), roles=("provider",), intended_for_public_authorities=True)
    assert due(assessed(**answers), "AIA-43-48") == ("statutory", "2030-08-02")
    private = used(date(2027, 6, 1), roles=("provider",))
    assert due(assessed(**private), "AIA-43-48") == ("grandfathered", "2027-05-31")


def test_both_routes_take_both_sets_and_the_earlier_date() -> None:
    answers = used(date(2027, 12, 2), roles=("provider", "deployer"), annex_i=PRODUCT)
    found = assessed(**answers)
    assert found.route == "annex_i_a_and_iii_high"
    assert due(found, "AIA-43-48") == ("statutory", "2027-12-01")
    assert by_id(found)["AIA-43-48"].certainty == "contested"
    alone = assessed(roles=("provider",), annex_i=PRODUCT, dates={"first_use": date(2028, 8, 2)})
    assert due(alone, "AIA-43-48") == ("statutory", "2028-08-01")
    assert by_id(alone)["AIA-43-48"].certainty == "settled"


def test_a_contested_date_shows_the_other_reading() -> None:
    exempt = {"condition": "a", "profiling": False, "material_influence": False, "significant_risk": False}
    answers = used(date(2026, 10, 1), roles=("provider",), art6_3=exempt)
    registration = by_id(assessed(**answers))["AIA-49-2"]
    assert registration.certainty == "contested"
    assert (registration.due, registration.alternative_due) == (date(2027, 12, 1), date(2026, 9, 30))


@pytest.mark.parametrize(("placed", "expected"), [(date(2026, 8, 1), "2026-12-02"), (date(2026, 8, 2), "2026-08-02")])
def test_marking_has_a_grace_for_what_was_on_the_market_before(placed: date, expected: str) -> None:
    answers = {"roles": ("provider",), "transparency": {"synthetic_content": True}}
    dates = {"placed_on_market": placed, "first_use": date(2026, 5, 1)}
    assert due(assessed(**answers, dates=dates), "AIA-50-2") == ("statutory", expected)


def test_marking_of_a_system_of_our_own_counts_from_its_first_use() -> None:
    answers = {"roles": ("provider", "deployer"), "transparency": {"synthetic_content": True}}
    dates = {"first_use": date(2026, 3, 1)}
    assert due(assessed(**answers, dates=dates), "AIA-50-2") == ("statutory", "2026-12-02")
    unknown = {**dates, "own_placing": "unknown", "placed_on_market": date(2026, 9, 1)}
    assert due(assessed(**answers, dates=unknown), "AIA-50-2") == ("statutory", "2026-08-02")


def test_a_provider_places_before_it_uses() -> None:
    dates = {"own_placing": date(2028, 5, 10)}
    answers = used(date(2028, 7, 1), roles=("provider", "deployer"), dates=dates)
    found = assessed(**answers)
    assert due(found, "AIA-43-48") == ("statutory", "2028-05-09")
    assert due(found, "AIA-27-1") == ("statutory", "2028-06-30")


def test_the_planning_date_stands_beside_the_legal_one() -> None:
    assessment = by_id(assessed(**used(date(2028, 3, 1))))["AIA-27-1"]
    assert (assessment.due, assessment.planning_due) == (date(2028, 2, 29), date(2027, 12, 31))


def test_an_unknown_day_on_the_market_is_bound_and_marked() -> None:
    answers = {**used(date(2028, 3, 1)), "dates": {"first_use": date(2028, 3, 1), "placed_on_market": "unknown"}}
    found = assessed(**answers)
    assert not found.legacy
    assert found.review == ("It is not known when its type came on the market: treated as bound (Article 111(2)).",)
    assert due(found, "AIA-27-1") == ("statutory", "2028-02-29")


def test_without_a_first_use_there_is_no_date_and_a_question() -> None:
    screening = by_id(assessed(roles=("deployer",)))["AIA-05-SCREEN"]
    assert (screening.due, screening.due_words) == (None, "unknown")
    assert screening.review == "It is not known when the system is first used."
