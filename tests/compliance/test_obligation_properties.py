"""What must hold for any answers: later use is never due earlier, a role adds, an unknown removes nothing."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from systems import TODAY, assessed, system

from okr_pipeline.cascade.ai_system import ANNEX_III_CODES, ART5_PRACTICES, OPERATOR_ROLES, AiSystem
from okr_pipeline.cascade.answers import UNKNOWN
from okr_pipeline.compliance.catalogue import load_catalogue
from okr_pipeline.compliance.model import Assessment
from okr_pipeline.compliance.obligations import assess

ANSWER = st.sampled_from([True, False])
DAY = st.dates(date(2025, 1, 1), date(2032, 12, 31))
GROUPS = {
    name: [key for key, inner in field.annotation.model_fields.items() if inner.default is False]
    for name, field in AiSystem.model_fields.items()
    if hasattr(field.annotation, "model_fields")
}


def _codes(allowed: tuple[str, ...], most: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(allowed), max_size=most, unique=True).map(tuple)


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    """Answers of any system, all of them known."""
    found: dict[str, Any] = {
        "roles": draw(_codes(OPERATOR_ROLES, 3)),
        "annex_iii": draw(_codes(ANNEX_III_CODES, 2)),
        "art5_practices": draw(st.one_of(st.just(()), _codes(ART5_PRACTICES, 1))),
        "art25_trigger": draw(st.sampled_from(["none", "own_name"])),
        "dates": {"first_use": draw(DAY), "placed_on_market": draw(DAY)},
        "annex_i": {"section": draw(st.sampled_from(["A", "B", None]))},
        "art6_3": {"condition": draw(st.sampled_from(["a", None]))},
    }
    for question in ("profiling", "material_influence", "significant_risk"):
        found["art6_3"][question] = draw(st.sampled_from([True, False, None]))
    for group, questions in GROUPS.items():
        found.setdefault(group, {}).update({question: draw(ANSWER) for question in questions})
    for name in ("workplace_use", "solely_automated_decision", "post_remote_biometric", "kr_data_individual_level"):
        found[name] = draw(ANSWER)
    return found


def _ids(assessment: Assessment) -> set[str]:
    return {obligation.id for obligation in assessment.obligations}


@given(answers(), st.integers(0, 2000))
@settings(max_examples=150, deadline=None)
def test_a_later_first_use_is_never_due_earlier_while_legacy_is_unchanged(given_: dict[str, Any], days: int) -> None:
    later = {**given_, "dates": {**given_["dates"], "first_use": given_["dates"]["first_use"] + timedelta(days=days)}}
    before, after = assessed(**given_), assessed(**later)
    if before.legacy is not after.legacy or before.route != after.route:
        return
    dues = {obligation.id: obligation.due for obligation in after.obligations}
    for obligation in before.obligations:
        if obligation.due is not None:
            assert dues[obligation.id] >= obligation.due


@given(answers(), st.sampled_from(OPERATOR_ROLES))
@settings(max_examples=150, deadline=None)
def test_a_further_role_never_removes_a_duty(given_: dict[str, Any], role: str) -> None:
    duties = {item.id for item in load_catalogue().obligations if item.nature == "duty"}
    more = {**given_, "roles": tuple(dict.fromkeys((*given_["roles"], role)))}
    assert _ids(assessed(**given_)) & duties <= _ids(assessed(**more))


def _paths(given_: dict[str, Any]) -> list[tuple[str, ...]]:
    inner = [(group, key) for group, value in given_.items() if isinstance(value, dict) for key in value]
    return [*((name,) for name in given_), *inner]


@given(answers(), st.data())
@settings(max_examples=300, deadline=None)
def test_an_unknown_removes_no_obligation_and_makes_nothing_inapplicable(
    given_: dict[str, Any], data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(_paths(given_)))
    if len(path) == 1:
        doubted = {**given_, path[0]: UNKNOWN}
    else:
        doubted = {**given_, path[0]: {**given_[path[0]], path[1]: UNKNOWN}}
    known, unknown = assessed(**given_), assessed(**doubted)
    assert _ids(known) <= _ids(unknown)
    assert not {item.id for item in unknown.not_applicable} & _ids(known)


def test_a_system_of_which_nothing_is_known_may_owe_everything() -> None:
    everything = dict.fromkeys(AiSystem.model_fields, UNKNOWN) | {"id": "tested", "intended_purpose": "to be tested"}
    found = assess(AiSystem.model_validate(everything), load_catalogue(), TODAY)
    assert not found.not_applicable
    assert found.block is None
    assert len(found.review) >= 7
    assert all(obligation.due_words in {"unknown", "on_change"} for obligation in found.obligations)
    assert all(obligation.review for obligation in found.obligations if obligation.due_words == "unknown")


def test_a_file_without_answers_is_not_a_file_of_unknowns() -> None:
    assert system().annex_iii == ()
    assert len(assessed().obligations) == 2
