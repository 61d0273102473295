"""Conditions have three values: an unknown counts only where it decides."""

from typing import Any

import pytest

from okr_pipeline.cascade.definition import Definition
from okr_pipeline.cascade.validation import validate
from okr_pipeline.cascade.yaml_reader import read_yaml
from okr_pipeline.compliance.catalogue import CATALOGUE_FILE, read_catalogue
from okr_pipeline.compliance.conditions import Condition, Fact, Outcome, Truth, every, negated, some
from okr_pipeline.errors import OkrError

FACTS: dict[str, Fact] = {"yes": True, "no": False, "open": None, "codes": frozenset({"5c"}), "open_codes": None}


class Holder(Definition):
    """Holds a condition."""

    when: Condition


def condition(text: str) -> Condition | None:
    """Return the condition that a text holds; None when it is refused."""
    found = validate(Holder, read_yaml(f"when: {text}\n", "some.yml")).model
    return None if found is None else found.when


@pytest.mark.parametrize(
    ("first", "second", "both", "either"),
    [
        (True, True, True, True),
        (True, False, False, True),
        (True, None, None, True),
        (False, False, False, False),
        (False, None, False, None),
        (None, None, None, None),
    ],
)
def test_unknown_and_or(first: Truth, second: Truth, both: Truth, either: Truth) -> None:
    for pair in ((first, second), (second, first)):
        assert every(pair) is both
        assert some(pair) is either
        assert negated(every(map(negated, pair))) is either


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("{always: true}", Outcome(truth=True)),
        ("{fact: 'yes', is: true}", Outcome(truth=True)),
        ("{fact: 'no', is: true}", Outcome(False, ("no is false",))),
        ("{fact: open, is: false}", Outcome(None, ("open",))),
        ("{fact: codes, contains: 5c}", Outcome(truth=True)),
        ("{fact: codes, contains: 5b}", Outcome(False, ("codes has no 5b",))),
        ("{fact: open_codes, contains: 5b}", Outcome(None, ("open_codes",))),
        ("{all: [{fact: open, is: true}, {fact: 'no', is: true}]}", Outcome(False, ("no is false",))),
        ("{any: [{fact: open, is: true}, {fact: 'no', is: true}]}", Outcome(None, ("open",))),
        ("{any: [{fact: open, is: true}, {fact: 'no', is: false}]}", Outcome(truth=True)),
    ],
)
def test_a_condition_says_what_decides(text: str, outcome: Outcome) -> None:
    found = condition(text)
    assert found is not None
    assert found.evaluate(FACTS) == outcome


@pytest.mark.parametrize(
    "text",
    [
        "{}", "{always: false}", "{all: []}", "{any: []}", "{fact: open}", "{is: true}",
        "{fact: open, is: true, contains: 5c}", "{always: true, fact: open, is: true}",
    ],
)  # fmt: skip
def test_a_condition_that_could_be_read_in_two_ways_is_refused(text: str) -> None:
    assert condition(text) is None


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "{fact: annex_iii, contains: \"2\"}",
            "{fact: annex_iii, contains: \"9\"}",
            "AIA-49-5: the fact annex_iii never contains 9, only 1a, 1b,",
        ),
        (
            "{fact: annex_iii, contains: \"2\"}",
            "{fact: annex_iii, is: true}",
            "AIA-49-5: the fact annex_iii is a list: ask what it contains",
        ),
        (
            "{fact: data.controls_input, is: true}",
            "{fact: data.control_input, is: true}",
            "AIA-26-4: the fact data.control_input does not exist (did you mean data.controls_input?)",
        ),
        (
            "{fact: data.controls_input, is: true}",
            "{fact: oversight.model, is: true}",
            "AIA-26-4: the fact oversight.model does not exist",
        ),
        ("id: AIA-86-READY,", "id: AIA-86,", "AIA-86: the id AIA-86 is used twice"),
    ],
)  # fmt: skip
def test_a_catalogue_that_asks_what_nobody_answers_is_refused(old: str, new: str, problem: str) -> None:
    text = CATALOGUE_FILE.read_text(encoding="utf-8")
    assert text.count(old) == 1
    with pytest.raises(OkrError) as refused:
        read_catalogue(text.replace(old, new), "catalogue.yml")
    sentences: list[Any] = str(refused.value).splitlines()
    assert len(sentences) == 1
    assert problem in sentences[0]
