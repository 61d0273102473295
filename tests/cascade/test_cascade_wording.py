"""What a title says: built or achieved, output or outcome. Measured on a corpus, a part of it held out."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml
from cascade_copy import CascadeCopy
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks.methods.wording import OF_TITLES, counts, overall, rules
from benchmarks.methods.wording_corpus import PARTS, Part, entries
from okr_pipeline.cascade.check import check_directory
from okr_pipeline.cascade.language.building import what_is_built
from okr_pipeline.cascade.language.exactness import exact_number
from okr_pipeline.cascade.language.lists import GROUPS, WORD_LISTS
from okr_pipeline.cascade.language.outputs import counted_output, machine_score
from okr_pipeline.cascade.language.technology import SystemNames
from okr_pipeline.cascade.language.words import read
from okr_pipeline.catalogue import load_metrics

ROOT = Path(__file__).parents[2]
EXECUTIVE = "2026-h2/executive.yml"
OPERATIONS = "2026-h2/customer_operations.yml"
GOOD_SERVICE = "title: Good service costs the organisation less"
ROUTINE = "title: Routine questions are answered in one short conversation"
NAMES = SystemNames(("agent_assist", "Agent assist", "harbour", "Harbour"))


@pytest.mark.parametrize("part", [None, *PARTS])
@pytest.mark.parametrize("names", [(), OF_TITLES], ids=["all rules", "rules of titles"])
def test_precision_and_recall_are_above_nine_in_ten(part: Part | None, names: tuple[str, ...]) -> None:
    count = overall(counts(part), names)

    assert count.precision > 0.9
    assert count.recall > 0.9


def test_no_rule_is_carried_by_the_others() -> None:
    for name, count in counts().items():
        assert count.precision > 0.9, name
        assert count.recall > 0.9, name


def test_the_corpus_is_large_balanced_and_has_every_rule_in_both_parts() -> None:
    every = entries()
    texts = Counter(entry.facts["text"] for entry in every)
    bad = sum(bool(entry.expected) for entry in every)

    assert len(every) >= 160
    assert max(texts.values()) == 1
    assert 0.4 <= bad / len(every) <= 0.6
    for part in PARTS:
        expected = set[str]().union(*(entry.expected for entry in every if entry.part == part))
        assert expected == {rule.name for rule in rules()}


def test_every_group_of_words_has_a_reason_and_a_use() -> None:
    groups = yaml.safe_load(WORD_LISTS.read_text(encoding="utf-8"))

    assert set(groups) == set(GROUPS)
    for name, group in groups.items():
        assert group.keys() == {"reason", "words"}, name
        assert group["reason"].endswith("."), name
        assert all(isinstance(word, str) for word in group["words"]), name  # `on` unquoted would be true
        assert max(Counter(group["words"]).values()) == 1, name


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Deploy a large language model across customer service", "Deploy a large language model"),
        ("Roll out agent assist so that customers get answers at once", "Roll out agent assist"),
        ("IT launches a copilot", "launches a copilot"),
        ("Leverage AI across the business", "Leverage AI"),
        ("A retrieval system for contracts is implemented", "A retrieval system for contracts is implemented"),
        ("Successful deployment of the pricing algorithm", "deployment of the pricing algorithm"),
        ("Make our customer service a competitive differentiator through AI-augmented resolution", None),
        ("Answer customers at once with agent assist", None),
        ("Launch products faster than competitors", None),
        ("Developers deploy without fear", None),
        ("Use AI to halve the time that families wait", None),
        ("An operating model in which regions decide", None),
        ("The implementation of our software takes customers half the time", None),
    ],
)
def test_what_comes_first_in_a_title_decides(title: str, words: str | None) -> None:
    assert what_is_built(title, NAMES) == words


def test_a_system_of_the_register_is_technology_under_its_own_name_only() -> None:
    assert what_is_built("Introduce agent assist in billing", NAMES) == "Introduce agent assist"
    assert what_is_built("Introduce agent assist in billing") is None
    assert what_is_built("Deploy Harbour in claims", NAMES) == "Deploy Harbour"
    assert what_is_built("Build a harbour for small boats", NAMES) is None


@pytest.mark.parametrize(
    ("title", "counted", "score"),
    [
        ("Number of AI-generated summaries produced", "summaries", None),
        ("API calls", "API calls", None),
        ("3000 invoices processed with AI", "invoices", None),
        ("80 % of agreements are processed without human escalation", None, None),
        ("Three of four letters are drafted by the assistant", None, None),
        ("Claims processed within a day rise by 20 %", None, None),
        ("Complaints about generated letters fall", None, None),
        ("Tickets solved per employee grow by 15 %", None, None),
        ("Improve AI model accuracy to 92 percent", None, "accuracy"),
        ("The accuracy of invoices gives nobody a reason to call", None, None),
        ("An operating model with fewer errors and more precision", None, None),
        ("AI-assisted clerks work with more precision", None, None),
    ],
)
def test_a_count_or_a_score_is_told_from_an_outcome(title: str, counted: str | None, score: str | None) -> None:
    assert counted_output(title) == counted
    assert machine_score(title) == score


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Right in exactly 92 % of cases", "exactly 92 %"),
        ("Precisely 75 percent are accepted", "Precisely 75 percent"),
        ("Customers call exactly once", None),
        ("At least 92 % are right", None),
        ("92 % are right", None),
        ("We do exactly", None),
    ],
)
def test_only_an_explicit_word_makes_a_number_exact(title: str, words: str | None) -> None:
    assert exact_number(title) == words


def test_a_word_stands_for_its_base_forms() -> None:
    forms = {word.text: word.forms for word in read("Deploying, migrated policies planned built")}

    assert "deploy" in forms["Deploying"]
    assert "migrate" in forms["migrated"]
    assert "policy" in forms["policies"]
    assert "plan" in forms["planned"]
    assert "build" in forms["built"]


@given(st.text(max_size=300))
@example("%")
@example("exactly")
@example("1.2.3 of 4")
def test_any_text_can_be_read(title: str) -> None:
    for read_title in (what_is_built, counted_output, machine_score, exact_number):
        assert read_title(title) is None or isinstance(read_title(title), str)


@given(st.sampled_from([entry.facts["text"] for entry in entries()]))
def test_without_a_register_the_case_of_letters_changes_nothing(title: str) -> None:
    for read_title in (what_is_built, counted_output, machine_score, exact_number):
        assert (read_title(title.upper()) is None) == (read_title(title.lower()) is None)


HOPES = [
    "so that customers get answers at once",
    "because competitors did",
    "which saves a million",
    "while headcount stays level",
]


@pytest.mark.parametrize("hope", HOPES)
def test_a_hope_behind_it_excuses_nothing_that_is_built(hope: str) -> None:
    assert what_is_built(f"Deploy a language model in claims {hope}") == "Deploy a language model"


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        (
            OPERATIONS,
            ROUTINE,
            "title: Roll out agent assist so that customers get answers at once",
            "2026-h2/customer_operations.yml:7: objective short_conversations: its title names what is built ('Roll "
            "out agent assist') - an objective says first what is achieved, and for whom. Fix: write what changes for "
            "customers, employees or the business; make the deed an initiative",
        ),
        (
            OPERATIONS,
            ROUTINE,
            "title: Improve AI model accuracy to 92 percent",
            "2026-h2/customer_operations.yml:7: objective short_conversations: its title names a score of a machine "
            "('accuracy') - an objective names a human or business outcome, not the output of a machine. Fix: write "
            "what people can do, decide or stop doing once the machine is good enough",
        ),
        (
            OPERATIONS,
            ROUTINE,
            "title: Generate one million AI answers a month",
            "2026-h2/customer_operations.yml:7: objective short_conversations: its title names a volume of output "
            "('answers') - an objective names a human or business outcome, not the output of a machine. Fix: write "
            "what people can do, decide or stop doing once the machine is good enough",
        ),
        (
            EXECUTIVE,
            GOOD_SERVICE,
            "title: Good service begins with Agent Assist",
            "2026-h2/executive.yml:7: objective service_people_can_afford: its title names one AI system ('Agent "
            "Assist') - more than one initiative could serve an executive objective. Fix: name the outcome that the "
            "system is meant to bring",
        ),
        (
            EXECUTIVE,
            GOOD_SERVICE,
            "title: Customers like to talk to our chatbot",
            "2026-h2/executive.yml:7: objective service_people_can_afford: its title is about a product, and all that "
            "rests on AI beneath it rests on agent_assist - more than one initiative could serve an executive "
            "objective. Fix: name the outcome that the system is meant to bring",
        ),
    ],
)
def test_a_finding_shows_the_words_that_it_rests_on(
    cascade_copy: CascadeCopy, file: str, old: str, new: str, sentence: str
) -> None:
    cascade_copy.edit(file, old, new)

    titles = [issue for issue in cascade_copy.check().issues if issue.rule in OF_TITLES]

    assert [issue.sentence() for issue in titles] == [sentence]


def test_an_executive_objective_about_a_product_is_fine_when_two_systems_serve_it(cascade_copy: CascadeCopy) -> None:
    cascade_copy.edit(EXECUTIVE, GOOD_SERVICE, "title: Customers like to talk to our chatbot")
    cascade_copy.add("ai_systems/harbour.yml", "id: harbour\nintended_purpose: Answers customers at night\n")
    cascade_copy.edit(OPERATIONS, "ai_systems: [agent_assist]", "ai_systems: [agent_assist, harbour]")

    assert cascade_copy.issues("single_initiative_objective") == []


def test_a_business_unit_may_name_its_system(cascade_copy: CascadeCopy) -> None:
    cascade_copy.edit(OPERATIONS, ROUTINE, "title: With agent assist at their side agents answer at once")

    assert not [issue for issue in cascade_copy.check().issues if issue.rule in OF_TITLES]


def test_the_example_organisation_says_what_is_achieved() -> None:
    found = check_directory(
        ROOT / "cascade_definitions", load_metrics(ROOT / "dbt_project"), as_of=date(2026, 11, 23)
    ).issues

    measured = {rule.name for rule in rules()}
    assert [issue.sentence() for issue in found if issue.rule in measured] == []
