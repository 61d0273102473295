"""The book has every rule that can find something, and says of each what it finds, why, and what to do."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import okr_pipeline
from okr_pipeline.cascade.documentation import Documentation, read_documentation
from okr_pipeline.cascade.policy import Policy
from okr_pipeline.rule_book import RuleEntry, UnknownRuleError, find_rule, rule_book, rule_names

_PROMISED = """
    objective_without_parent derives_from_wrong_level derives_from_unknown key_result_not_translated copied_objective
    too_many_parents_taken executive_objective_count objective_without_strategic_bet orphaned_initiative
    duplicate_id empty_objective past_due_date weights_do_not_sum
    technology_milestone_objective machine_output_objective objective_without_outcome single_initiative_objective
    activity_key_result metric_kind_at_wrong_level unguarded_adoption exact_target manual_metric_at_executive
    missing_trajectory retroactive_target_change
    within_baseline below_benchmark below_own_best cannot_move_parent vanity_metric unregistered_ai_system
    unconnected_metric stale_value no_data small_sample drifting off_trajectory unlikely_to_reach restated_week
    volume_drop
    unclassified_ai_system classified_after_target prohibited_practice
    KR-01 KR-02 KR-03 KR-04 KR-05 KR-06 KR-07 KR-08 KR-09 KR-10 KR-11 KR-12 KR-13 KR-14
    milestone_overdue milestone_due_soon evidence_missing evidence_expired evidence_tampered
    missing_monitoring_key_result missing_incident_key_result
"""
PROMISED = frozenset(_PROMISED.split())
"""Every rule that a cascade is promised to be judged by."""
BUILDERS = frozenset({"Issue", "_issue", "_refusal", "refuse", "Refused"})
NAME = re.compile(r"[a-z]+(_[a-z0-9]+)+")


def test_every_promised_rule_is_in_the_book() -> None:
    known = {name for entry in rule_book() for name in (entry.name, *entry.also)}

    assert PROMISED - known == set()


def _names_in_code() -> Iterator[str]:
    """Yield the rule of every issue that is built with its name written out."""
    for path in Path(okr_pipeline.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            builder = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            named = [keyword.value for keyword in node.keywords if keyword.arg == "rule"]
            for value in (*named, *node.args[:1]) if builder in BUILDERS else ():
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and NAME.fullmatch(value.value):
                    yield value.value


def test_no_issue_is_built_under_a_name_that_the_book_does_not_know() -> None:
    seen = set(_names_in_code())

    assert {"yaml_syntax", "duplicate_key", "missing_file", "milestone_overdue", "outdated_catalogue"} <= seen
    assert seen - rule_names() == set()


@pytest.mark.parametrize("entry", rule_book(), ids=lambda entry: entry.name)
def test_every_rule_has_a_sentence_an_example_a_reason_and_a_remedy(entry: RuleEntry) -> None:
    written = entry.documentation

    assert written.summary.endswith(".")
    assert all((written.example, written.reason, written.remedy))
    assert set(entry.thresholds) <= set(Policy.model_fields)
    assert not {f"{part}:" for part in ("Example", "Reason", "Remedy")} & set(written.notes.split())


def test_no_name_leads_to_two_rules() -> None:
    every = [name.casefold() for entry in rule_book() for name in (entry.name, *entry.also)]

    assert len(every) == len(set(every))


def test_rules_come_by_what_they_need_and_then_by_name() -> None:
    needs = list(dict.fromkeys(entry.needs for entry in rule_book()))

    assert needs == ["files", "definitions", "data", "compliance"]
    for kind in needs:
        names = [entry.name for entry in rule_book() if entry.needs == kind]
        assert names == sorted(names)


def test_the_thresholds_of_a_rule_are_those_that_it_names_or_reads() -> None:
    assert find_rule("too_many_parents_taken").thresholds == ("parents_taken_max_count",)
    assert find_rule("restated_week").thresholds == ("restatement_tolerance_ratio",)
    assert find_rule("duplicate_id").thresholds == ()


@pytest.mark.parametrize("name", ["KR-09", "kr-09", "rubber_stamping"])
def test_a_conflict_is_found_by_its_id_and_by_its_name(name: str) -> None:
    assert find_rule(name).name == "KR-09"
    assert find_rule(name).basis == "practice"


def test_findings_carry_the_id_of_a_conflict_so_only_that_may_be_suppressed() -> None:
    assert "KR-09" in rule_names()
    assert "rubber_stamping" not in rule_names()


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("copied_objectve", ("copied_objective", "empty_objective")),
        ("rubber_stampin", ("KR-09",)),
        ("zzz", ()),
    ],
)
def test_an_unknown_name_comes_back_with_those_that_may_have_been_meant(name: str, near: tuple[str, ...]) -> None:
    with pytest.raises(UnknownRuleError) as refused:
        find_rule(name)

    assert refused.value.near[: len(near)] == near
    assert bool(refused.value.near) is bool(near)


def test_a_docstring_is_read_in_its_parts_with_continued_lines_and_notes() -> None:
    text = """A target that is too easy.

        Chance = 1 - F(t), Source: the textbook.

        Example: baseline 10,
            target 10.
        Reason: it asks for nothing: no change is needed.
        Remedy: raise it.

        Silent while the baseline is unknown.
    """
    assert read_documentation(text) == Documentation(
        summary="A target that is too easy.",
        example="baseline 10, target 10.",
        reason="it asks for nothing: no change is needed.",
        remedy="raise it.",
        notes="Chance = 1 - F(t), Source: the textbook. Silent while the baseline is unknown.",
    )
    assert read_documentation("") == Documentation("", "", "", "")
