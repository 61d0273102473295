"""Class and roles: one answer changed at a time."""

from datetime import date
from typing import Any

import pytest
from systems import HIGH_RISK_USE, assessed, by_id

EXEMPT = {"condition": "a", "profiling": False, "material_influence": False, "significant_risk": False}
PRODUCT = {"section": "A", "safety_component_or_product": True, "third_party_assessment": True}


@pytest.mark.parametrize(
    ("answers", "route"),
    [
        ({}, "none"),
        ({"annex_iii": ("5c",)}, "annex_iii_high"),
        ({"annex_iii": ("5c",), "art6_3": EXEMPT}, "annex_iii_exempt"),
        ({"annex_i": PRODUCT}, "annex_i_a_high"),
        ({"annex_i": {**PRODUCT, "section": "B"}}, "annex_i_b"),
        ({"annex_i": {**PRODUCT, "third_party_assessment": False}}, "none"),
        ({"annex_i": PRODUCT, "annex_iii": ("5c",)}, "annex_i_a_and_iii_high"),
        ({"annex_i": PRODUCT, "annex_iii": ("5c",), "art6_3": EXEMPT}, "annex_i_a_high"),
        ({"art5_practices": ("c",), "annex_iii": ("5c",)}, "prohibited"),
    ],
)
def test_the_route_follows_from_the_answers(answers: dict[str, Any], route: str) -> None:
    found = assessed(**answers)
    assert found.route == route
    assert found.high_risk is ("high" in route or bool(answers.get("art5_practices")))
    assert found.reason.endswith(".")


@pytest.mark.parametrize("left_out", ["profiling", "material_influence", "significant_risk", "condition"])
def test_an_exemption_needs_every_answer_written(left_out: str) -> None:
    claim = {name: answer for name, answer in EXEMPT.items() if name != left_out}
    assert assessed(annex_iii=("5c",), art6_3=claim).route == "annex_iii_high"


def test_an_unknown_answer_to_the_exemption_keeps_both_sets_open_for_review() -> None:
    found = assessed(roles=("provider",), annex_iii=("5c",), art6_3={**EXEMPT, "profiling": "unknown"})
    assert (found.route, found.high_risk) == ("annex_iii_high", True)
    assert {"AIA-06-4", "AIA-43-48"} <= by_id(found).keys()
    assert all(by_id(found)[name].review for name in ("AIA-06-4", "AIA-43-48"))


@pytest.mark.parametrize(
    ("as_of", "first_use", "route"),
    [
        (date(2026, 12, 1), date(2026, 12, 1), "none"),
        (date(2026, 12, 1), date(2026, 12, 2), "prohibited"),
        (date(2026, 12, 2), date(2026, 6, 1), "prohibited"),
    ],
)
def test_the_new_prohibitions_count_from_the_second_of_december(as_of: date, first_use: date, route: str) -> None:
    assert assessed(as_of, art5_practices=("ba",), dates={"first_use": first_use}).route == route


def test_article_25_makes_a_deployer_the_provider_of_a_high_risk_system_only() -> None:
    assert assessed(**HIGH_RISK_USE).is_provider is False
    assert assessed(**HIGH_RISK_USE, art25_trigger="own_name").is_provider is True
    assert assessed(roles=("deployer",), art25_trigger="own_name").is_provider is False
    assert assessed(roles=("product_manufacturer",), annex_i=PRODUCT).is_provider is True


@pytest.mark.parametrize(
    ("code", "deployer", "owed"),
    [
        ("4a", {}, False),
        ("4a", {"public_law_body": True}, True),
        ("4a", {"public_authority": True}, True),
        ("4a", {"eu_body": True}, True),
        ("4a", {"provides_public_service": True}, True),
        ("5b", {}, True),
        ("5c", {}, True),
        ("2", {"public_authority": True}, False),
    ],
)
def test_an_impact_assessment_is_owed_exactly_as_article_27_says(
    code: str, deployer: dict[str, bool], owed: bool
) -> None:
    found = assessed(**HIGH_RISK_USE | {"annex_iii": (code,), "deployer": deployer})
    assert found.fria_required is owed
    assert ("AIA-27-1" in by_id(found)) is owed


def test_providers_and_annex_i_systems_owe_no_impact_assessment() -> None:
    assert assessed(roles=("provider",), annex_iii=("5c",)).fria_required is False
    assert assessed(roles=("deployer",), annex_i=PRODUCT, deployer={"public_authority": True}).fria_required is False


def test_annex_i_section_b_leaves_the_classification_record_alone() -> None:
    found = assessed(roles=("provider", "deployer"), annex_i={**PRODUCT, "section": "B"})
    assert [obligation.id for obligation in found.obligations] == ["AIA-06-CLASS"]


def test_what_does_not_bind_says_which_condition_fails() -> None:
    reasons = {item.id: item.reason for item in assessed(roles=("deployer",)).not_applicable}
    assert reasons["AIA-27-1"] == "It does not bind: fria_required is false."
    assert reasons["AIA-73"] == "It does not bind: high_risk is false; is_provider is false."
