"""Every structure rule has a case in which it fires and one in which it nearly does."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from cascade_copy import AS_OF, CascadeCopy

from okr_pipeline.cascade.loader import load_cascade
from okr_pipeline.cascade.rule import Rule, discover_rules

EXECUTIVE = "2026-h2/executive.yml"
OPERATIONS = "2026-h2/customer_operations.yml"
BILLING = "2026-h2/billing_support.yml"
LEGAL = "2026-h2/legal.yml"
AGREEMENTS = "2026-h2/vendor_agreements.yml"
AGENT_ASSIST = "ai_systems/agent_assist.yml"
TITLE = "title: Agents answer billing questions with a good suggestion at hand"
COMPARED = "compare_with: {org_unit: policy_support}"
SUPPORTS = "supports: [assisted_share]"
EMPTY = "  - {id: e, title: e, derives_from: review_days, key_results: []}\n"
Edit = tuple[str, str, str]

KEY_RESULT = """\
      - id: {id}
        title: {id}
        metric: contract_review_days
        baseline: {{value: 11, source: a report}}
        target: {{at_most: 5}}
        target_set_on: 2026-06-22
        window: trailing_4_weeks
        due: 2026-12-31
"""
OBJECTIVE = """\
  - id: {id}
    title: {id}
    {link}
    key_results:
"""


def objective(name: str, link: str, *results: str) -> str:
    """Return one more objective for the end of a unit's file."""
    return OBJECTIVE.format(id=name, link=link) + "".join(KEY_RESULT.format(id=result) for result in results)


def take(copy: CascadeCopy, *numbers: int) -> None:
    """Add executive key results that legal takes up and vendor agreements in turn."""
    for number in numbers:
        copy.add(EXECUTIVE, objective(f"more_{number}", "bet: faster_contracts", f"more_days_{number}"))
        copy.add(LEGAL, objective(f"taken_{number}", f"derives_from: more_days_{number}", f"taken_days_{number}"))
        copy.add(
            AGREEMENTS,
            objective(f"done_{number}", f"derives_from: taken_days_{number}", f"done_days_{number}"),
        )


def edits(*changes: Edit) -> Callable[[CascadeCopy], None]:
    """Return a function that applies the changes to a copy."""

    def apply(copy: CascadeCopy) -> None:
        for change in changes:
            copy.edit(*change)

    return apply


def add_executive(count: int) -> Callable[[CascadeCopy], None]:
    """Return a function that adds executive objectives and units below that take them up."""
    return lambda copy: take(copy, *range(1, count + 1))


CASES = [
    ("objective_without_parent", edits((LEGAL, "    derives_from: signature_days\n", "")), 1),
    ("objective_without_parent", edits(), 0),
    ("derives_from_unknown", edits((BILLING, "derives_from: handle_time", "derives_from: handle_times")), 1),
    (
        "derives_from_unknown",
        edits((BILLING, "derives_from: handle_time", "derives_from: repeat_contacts")),
        0,
    ),
    ("derives_from_wrong_level", edits((BILLING, "from: handle_time", "from: contacts_per_person")), 1),
    ("derives_from_wrong_level", edits((BILLING, "from: handle_time", "from: review_days")), 0),
    ("key_result_not_translated", edits((BILLING, "from: handle_time", "from: repeat_contacts")), 1),
    (
        "key_result_not_translated",
        edits(
            (BILLING, "from: handle_time", "from: repeat_contacts"),
            (OPERATIONS, "        minimum_cases: 200\n", "        deploys: agent_assist\n"),
        ),
        0,
    ),
    (
        "copied_objective",
        edits((BILLING, TITLE, "title: average handle time falls by a fifth")),
        0,
    ),
    (
        "copied_objective",
        edits((BILLING, TITLE, "title: average handle time FALLS, by a quarter.")),
        1,
    ),
    ("too_many_parents_taken", add_executive(1), 0),
    ("too_many_parents_taken", add_executive(2), 1),
    ("executive_objective_count", add_executive(2), 0),
    ("executive_objective_count", add_executive(3), 1),
    ("objective_without_strategic_bet", edits((EXECUTIVE, "    bet: faster_contracts\n", "")), 1),
    (
        "objective_without_strategic_bet",
        edits((EXECUTIVE, "bet: faster_contracts", "bet: lower_service_cost")),
        0,
    ),
    ("orphaned_initiative", edits((BILLING, "    supports: [assisted_share]\n", "")), 1),
    ("orphaned_initiative", edits((BILLING, SUPPORTS, "supports: [handle_time]")), 1),
    ("orphaned_initiative", edits((BILLING, SUPPORTS, "supports: [handle_time, settled_alone]")), 0),
    ("orphaned_initiative", edits((BILLING, "due: 2026-12-31", "due: 2026-11-22")), 1),
    ("orphaned_initiative", edits((BILLING, "due: 2026-12-31", "due: 2026-11-23")), 0),
    ("duplicate_id", edits((AGREEMENTS, "id: settled_alone", "id: assist_rollout")), 1),
    ("duplicate_id", edits((AGREEMENTS, "id: settled_alone", "id: agent_assist")), 0),
    ("duplicate_unit_file", edits((AGREEMENTS, "org_unit: vendor_agreements", "org_unit: legal")), 1),
    (
        "duplicate_unit_file",
        edits((AGREEMENTS, "org_unit: vendor_agreements", "org_unit: policy_support")),
        0,
    ),
    ("empty_objective", lambda copy: copy.add(AGREEMENTS, EMPTY), 1),
    ("empty_objective", edits(), 0),
    ("past_due_date", edits((AGREEMENTS, "due: 2026-12-31", "due: 2026-11-22")), 1),
    ("past_due_date", edits((AGREEMENTS, "due: 2026-12-31", "due: 2026-11-23")), 0),
    ("past_due_date", edits((AGREEMENTS, "due: 2026-12-31", "due: 2026-06-28")), 1),
    ("past_due_date", edits((AGREEMENTS, "set_on: 2026-06-22", "set_on: 2026-12-31")), 1),
    ("past_due_date", edits((AGREEMENTS, "set_on: 2026-06-22", "set_on: 2026-12-30")), 0),
    ("weights_do_not_sum", edits((LEGAL, "        due: ", "        weight: 0\n        due: ")), 1),
    ("weights_do_not_sum", edits((LEGAL, "        due: ", "        weight: 0.001\n        due: ")), 0),
    ("weights_do_not_sum", edits((OPERATIONS, "weight: 2", "weight: 0")), 0),
    ("weights_do_not_sum", edits((OPERATIONS, "weight: 2", "weight: -0.5")), 1),
    ("unknown_metric", edits((LEGAL, "metric: contract_review_days", "metric: contract_days")), 1),
    ("unknown_metric", edits((LEGAL, "metric: contract_review_days", "metric: revert_share")), 0),
    ("unknown_metric", edits(("benchmarks.yml", "contract_review_days", "contract_review_hours")), 1),
    ("unknown_org_unit", edits((BILLING, COMPARED, "compare_with: {org_unit: claims}")), 1),
    ("unknown_org_unit", edits((BILLING, COMPARED, "compare_with: {segment: claims}")), 0),
    (
        "unknown_guard",
        edits((BILLING, "guarded_by: [repeat_contacts]", "guarded_by: [repeat_contact_rate]")),
        1,
    ),
    ("unknown_guard", edits((BILLING, "guarded_by: [repeat_contacts]", "guarded_by: [signature_days]")), 0),
    ("unknown_ai_system", edits((OPERATIONS, "ai_systems: [agent_assist]", "deploys: agent_asist")), 1),
    ("unknown_ai_system", edits((OPERATIONS, "ai_systems: [agent_assist]", "deploys: agent_assist")), 0),
    ("ai_system_without_owner", edits((AGENT_ASSIST, "owner: head of customer operations\n", "")), 1),
    ("ai_system_without_owner", edits((AGENT_ASSIST, "owner: head of customer operations", "owner: unknown")), 1),
    (
        "ai_system_without_owner",
        edits((AGENT_ASSIST, "owner: head of customer operations", "owner: agent assist desk")),
        0,
    ),
    ("unknown_bet", edits((EXECUTIVE, "bet: faster_contracts", "bet: contracts")), 1),
    ("unknown_bet", edits((EXECUTIVE, "bet: faster_contracts", "bet: lower_service_cost")), 0),
    ("unknown_supported_key_result", edits((BILLING, SUPPORTS, "supports: [assisted_answers]")), 1),
    ("unknown_supported_key_result", edits((BILLING, SUPPORTS, "supports: []")), 0),
    ("compared_with_itself", edits((BILLING, COMPARED, "compare_with: {org_unit: billing_support}")), 1),
    ("compared_with_itself", edits((BILLING, COMPARED, "compare_with: {ai_assisted: unassisted}")), 0),
    ("value_outside_share", edits((AGREEMENTS, "at_least: 0.8", "at_least: 80")), 1),
    ("value_outside_share", edits((AGREEMENTS, "at_least: 0.8", "at_least: 100%")), 0),
]


@pytest.mark.parametrize(("name", "change", "count"), CASES)
def test_a_rule_fires_where_it_should_and_not_where_it_nearly_would(
    cascade_copy: CascadeCopy, name: str, change: Callable[[CascadeCopy], None], count: int
) -> None:
    change(cascade_copy)

    assert not load_cascade(cascade_copy.root).issues
    assert len(cascade_copy.issues(name)) == count


def test_every_rule_has_a_firing_and_a_nearly_firing_case() -> None:
    covered = {name: {bool(count) for case, _, count in CASES if case == name} for name, _, _ in CASES}

    assert {name for name, kinds in covered.items() if kinds == {True, False}} == STRUCTURE


STRUCTURE = {
    rule.name
    for rule in discover_rules()
    if rule.judge.__module__.rpartition(".")[2]
    in ("derivation", "executive", "initiatives", "references", "scope", "soundness", "translation")
}


@pytest.mark.parametrize("rule", discover_rules(), ids=lambda rule: rule.name)
def test_a_rule_is_documented_by_example_reason_and_remedy(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", rule.name)
    assert rule.documentation.splitlines()[0].endswith(".")
    parts = re.findall(r"^(Example|Reason|Remedy): \S", rule.documentation, re.MULTILINE)
    assert parts == ["Example", "Reason", "Remedy"]


def test_what_stops_a_run_is_an_error_and_the_rest_is_not() -> None:
    levels = {rule.name: rule.level for rule in discover_rules() if rule.name in STRUCTURE}

    assert {name for name, level in levels.items() if level == "error"} == {
        "ai_system_without_owner",
        "derives_from_unknown",
        "derives_from_wrong_level",
        "duplicate_id",
        "duplicate_unit_file",
        "empty_objective",
        "objective_without_parent",
        "unknown_ai_system",
        "unknown_bet",
        "unknown_guard",
        "unknown_metric",
        "unknown_org_unit",
        "unknown_supported_key_result",
        "weights_do_not_sum",
    }


def test_a_warning_leaves_the_cascade_usable(cascade_copy: CascadeCopy) -> None:
    cascade_copy.edit(EXECUTIVE, "    bet: faster_contracts\n", "")

    result = cascade_copy.check()

    assert [issue.level for issue in result.issues] == ["warning"]
    assert result.cascade is not None


def test_a_cycle_that_is_over_asks_nothing_of_its_initiatives_and_dates(cascade_copy: CascadeCopy) -> None:
    assert cascade_copy.sentences(as_of=AS_OF) == []
    assert cascade_copy.sentences(as_of=date(2027, 3, 1)) == []


def test_a_parent_in_another_cycle_is_unknown(cascade_copy: CascadeCopy) -> None:
    cascade_copy.add("2027-h1/cycle.yml", "id: 2027-h1\nstart: 2027-01-01\nend: 2027-06-30\nreview_dates: []\n")
    cascade_copy.add(
        "2027-h1/legal.yml",
        "cycle: 2027-h1\norg_unit: legal\nlevel: business_unit\nowner: head of legal\nobjectives:\n"
        + objective("next", "derives_from: signature_days", "next_days"),
    )

    (issue,) = cascade_copy.issues("derives_from_unknown")

    assert issue.sentence() == (
        "2027-h1/legal.yml:8: objective next: its parent signature_days belongs to cycle 2026-h2 - "
        "derives_from is the id of a key result of cycle 2027-h1. Fix: take up a key result of cycle 2027-h1"
    )
