"""Conflict rules that rest on law: each fires on one change, and is silent on the nearest one that is allowed."""

from datetime import date
from pathlib import Path

import pytest
from conflict_world import CLASSIFIED, LENDING, POLICY, SYSTEM, ConflictWorld

from okr_pipeline.compliance.model import MilestoneStatus

TARGET = "target: {at_least: 0.9}"
BASELINE = "baseline: {value: 0.5, source: pilot}"
MEASURED = "baseline: {measured_over: 2027-W14..2027-W26}"
LAUNCH_DUE = "due: 2028-02-15"
DATES = "dates: {first_use: 2028-02-01, placed_on_market: 2028-01-03}"
LEGACY = "dates: {first_use: 2028-02-01, placed_on_market: 2027-06-01}"
FRIA = "AIA-27-1"
PLAN = "AIA-26-2"


@pytest.fixture
def world(tmp_path: Path) -> ConflictWorld:
    return ConflictWorld(tmp_path)


def test_nothing_conflicts_as_the_cascade_is_written(world: ConflictWorld) -> None:
    assert world.conflicts() == ()


def test_no_target_may_exist_for_a_prohibited_practice(world: ConflictWorld) -> None:
    world.edit(SYSTEM, "annex_iii: [5b]", "annex_iii: [5b]\nart5_practices: [c]")
    found = world.conflicts()
    assert [(conflict.rule, conflict.severity, conflict.basis, conflict.key_result_id) for conflict in found] == [
        ("KR-01", "block", "law", "decided_alone"),
        ("KR-01", "block", "law", "overrides"),
        ("KR-01", "block", "law", "score_launch"),
    ]
    assert found[0].problem.startswith("credit_score is prohibited: ")
    assert found[0].allowed == "no target may exist for a practice of Art 5(1)"


def test_a_practice_that_nobody_can_say_is_no_prohibition(world: ConflictWorld) -> None:
    world.edit(SYSTEM, "annex_iii: [5b]", "annex_iii: [5b]\nart5_practices: unknown")
    assert world.conflicts() == ()


def test_ninety_percent_autonomous_without_an_oversight_plan_is_a_conflict(world: ConflictWorld) -> None:
    world.unmet(PLAN)
    issue = world.issue()
    assert (issue.rule, issue.level) == ("KR-02", "error")
    assert issue.sentence() == (
        "2028-h1/lending.yml:10: key result decided_alone, AI system credit_score: it asks for autonomous_share at"
        " least 0.9 of credit_score, which is high-risk, and no human oversight plan is valid (AIA-26-2 is overdue);"
        " the duty binds from 2028-02-01, and the target is due on 2028-06-30 - law: Art 26(2): oversight of a"
        " high-risk system is assigned to people; the Act sets no cap on autonomy. Fix: design the oversight and have"
        " the plan signed; a lower number is no cure"
    )


@pytest.mark.parametrize("status", [status for status in MilestoneStatus if status is not MilestoneStatus.MET])
def test_only_a_met_milestone_shows_an_oversight_plan(world: ConflictWorld, status: MilestoneStatus) -> None:
    world.states[PLAN] = status
    assert world.only().rule == "KR-02"
    assert f"({PLAN} is {status.value.replace('_', ' ')})" in world.only().problem


def test_a_target_that_asks_for_no_autonomy_needs_no_plan(world: ConflictWorld) -> None:
    world.unmet(PLAN)
    world.edit(LENDING, TARGET, "target: {at_most: 0.4}")
    assert world.conflicts() == ()


def test_an_increase_over_a_measured_baseline_asks_for_autonomy(world: ConflictWorld) -> None:
    world.unmet(PLAN)
    world.edit(LENDING, BASELINE, MEASURED)
    world.edit(LENDING, TARGET, "target: {increase_by_at_least: 40%}")
    assert world.only().problem.startswith("it asks for autonomous_share increase by at least 40% of credit_score")


def test_a_grandfathered_duty_of_oversight_warns_only(world: ConflictWorld) -> None:
    world.unmet(PLAN)
    world.edit(SYSTEM, DATES, LEGACY)
    conflict = world.only()
    assert (conflict.rule, conflict.severity) == ("KR-02", "warn")
    assert "the duty is grandfathered and so recommended only" in conflict.problem


@pytest.mark.parametrize(
    ("first_use", "severity"), [("2028-06-29", "conflict"), ("2028-06-30", "conflict"), ("2028-07-01", "warn")]
)
def test_the_duty_counts_on_the_day_on_which_the_target_is_due(
    world: ConflictWorld, first_use: str, severity: str
) -> None:
    world.unmet(PLAN)
    world.edit(SYSTEM, "first_use: 2028-02-01", f"first_use: {first_use}")
    world.edit(LENDING, LAUNCH_DUE, "due: 2028-07-01")
    conflict = world.only()
    assert (conflict.rule, conflict.severity) == ("KR-02", severity)
    assert f"the duty binds from {first_use}" in conflict.problem


def test_the_duty_counts_also_where_first_use_is_unknown(world: ConflictWorld) -> None:
    world.unmet(PLAN)
    world.edit(SYSTEM, "first_use: 2028-02-01", "first_use: unknown")
    oversight = [conflict for conflict in world.conflicts() if conflict.rule == "KR-02"]
    assert [conflict.severity for conflict in oversight] == ["conflict"]
    assert "the duty binds from 2027-12-02, and the target is due on 2028-06-30" in oversight[0].problem


@pytest.mark.parametrize("question", ["stop_function: true", "sampling_rate: 0.05"])
def test_a_signed_plan_does_not_answer_what_the_file_calls_unknown(world: ConflictWorld, question: str) -> None:
    name = question.partition(":")[0]
    world.edit(SYSTEM, question, f"{name}: unknown")
    plan, hold = world.conflicts()
    assert (plan.rule, plan.severity) == ("KR-02", "warn")
    assert plan.problem == (
        "it asks for autonomous_share at least 0.9; the oversight plan of credit_score is signed, but its file answers"
        f" unknown to oversight.{name}"
    )
    assert (hold.rule, hold.severity) == ("KR-06", "warn")


@pytest.mark.parametrize("share", ["0.9", "0.001"])
def test_no_identification_from_afar_is_acted_on_alone(world: ConflictWorld, share: str) -> None:
    world.edit(SYSTEM, "annex_iii: [5b]", "annex_iii: [1a]")
    world.edit(LENDING, TARGET, f"target: {{at_least: {share}}}")
    conflict = world.only()
    assert (conflict.rule, conflict.severity, conflict.basis) == ("KR-03", "block", "law")
    assert conflict.problem == (
        f"it asks for autonomous_share at least {share} of credit_score, which identifies people from afar"
        " (Annex III, 1(a)), by 2028-06-30"
    )
    assert conflict.allowed.startswith("Art 14(5): ")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("annex_iii: [5b]", "annex_iii: [1b]"),
        (DATES, LEGACY),
        ("first_use: 2028-02-01", "first_use: 2028-07-01"),
    ],
)
def test_identification_is_blocked_only_by_point_1a_and_only_once_it_binds(
    world: ConflictWorld, old: str, new: str
) -> None:
    if not old.startswith("annex_iii"):
        world.edit(SYSTEM, "annex_iii: [5b]", "annex_iii: [1a]")
    world.edit(SYSTEM, old, new)
    assert "KR-03" not in [conflict.rule for conflict in world.conflicts()]


def test_a_solely_automated_share_needs_a_ground(world: ConflictWorld) -> None:
    world.unmet("GDPR-22")
    conflict = world.only()
    assert (conflict.rule, conflict.severity, conflict.basis) == ("KR-05", "conflict", "law")
    assert conflict.problem == (
        "it asks for autonomous_share at least 0.9 of credit_score, whose decisions have legal or similar effect;"
        " GDPR-22 is overdue"
    )


def test_the_ground_is_missed_also_where_the_file_denies_automated_decisions(world: ConflictWorld) -> None:
    world.edit(SYSTEM, "solely_automated_decision: true", "solely_automated_decision: false")
    assert world.only().problem.endswith("; GDPR-22 is without a milestone")


def test_decisions_without_legal_effect_need_no_ground(world: ConflictWorld) -> None:
    world.unmet("GDPR-22")
    world.edit(SYSTEM, "legal_or_similar_effect: true", "legal_or_similar_effect: false")
    assert world.conflicts() == ()


def test_an_unknown_effect_warns(world: ConflictWorld) -> None:
    world.unmet("GDPR-22")
    world.edit(SYSTEM, "legal_or_similar_effect: true", "legal_or_similar_effect: unknown")
    conflict = world.only()
    assert (conflict.rule, conflict.severity) == ("KR-05", "warn")
    assert "unknown whether its decisions have legal or similar effect" in conflict.problem


def launch_early(world: ConflictWorld, due: str = "2028-01-30") -> None:
    """Date the launch before the assessment, which is due on 2028-01-31, and do not meet the assessment."""
    world.edit(LENDING, LAUNCH_DUE, f"due: {due}")
    world.unmet(FRIA)


def test_a_launch_dated_before_the_impact_assessment_is_a_conflict(world: ConflictWorld) -> None:
    launch_early(world)
    conflict = world.only()
    assert (conflict.rule, conflict.severity, conflict.basis) == ("KR-08", "conflict", "law")
    assert conflict.key_result_id == "score_launch"
    assert conflict.fix == "meet AIA-27-1 before 2028-01-30, or move the launch"
    assert conflict.allowed == "Art 27(1)(a)-(f): met before first use"
    assert conflict.problem == (
        "it launches credit_score by 2028-01-30, and 'Fundamental rights impact assessment completed' (AIA-27-1, Art"
        " 27(1)(a)-(f)), which comes first, is due on 2028-01-31 and is overdue; the law asks for it from 2027-12-02"
    )


def test_a_launch_on_the_day_of_the_assessment_is_not_before_it(world: ConflictWorld) -> None:
    launch_early(world, "2028-01-31")
    assert world.conflicts() == ()


def test_a_launch_after_an_assessment_that_is_met_is_no_conflict(world: ConflictWorld) -> None:
    world.edit(LENDING, LAUNCH_DUE, "due: 2028-01-30")
    assert world.conflicts() == ()


@pytest.mark.parametrize(("due", "fires"), [("2027-12-01", False), ("2027-12-02", True)])
def test_the_law_asks_nothing_of_a_launch_before_its_application_date(
    world: ConflictWorld, due: str, fires: bool
) -> None:
    world.as_of = date(2027, 11, 20)
    launch_early(world, due)
    assert [conflict.rule for conflict in world.conflicts()] == (["KR-08"] if fires else [])


def test_house_policy_asks_for_the_assessment_of_a_grandfathered_system_and_says_so(world: ConflictWorld) -> None:
    launch_early(world)
    world.edit(SYSTEM, DATES, LEGACY)
    assert world.conflicts() == ()
    world.edit(
        POLICY, "gates_required_by_house_policy: {value: []", f"gates_required_by_house_policy: {{value: [{FRIA}]"
    )
    conflict = world.only()
    assert (conflict.rule, conflict.severity, conflict.basis) == ("KR-08", "conflict", "practice")
    assert conflict.problem.endswith("; house policy asks for it")
    assert "the law" not in conflict.problem
    assert conflict.allowed == "gates_required_by_house_policy in policy.yml: met before launch"


def test_a_gate_without_a_date_warns(world: ConflictWorld) -> None:
    world.unmet(FRIA)
    world.edit(SYSTEM, "first_use: 2028-02-01", "first_use: unknown")
    conflict = world.only()
    assert (conflict.rule, conflict.severity) == ("KR-08", "warn")
    assert "has no date (first use or placing is unknown) and is overdue; the law asks for it from" in conflict.problem
    assert conflict.fix == "answer dates in ai_systems/credit_score.yml"


def test_a_key_result_that_launches_nothing_has_no_gate(world: ConflictWorld) -> None:
    launch_early(world)
    world.edit(LENDING, "deploys: credit_score", "ai_systems: [credit_score]")
    assert world.conflicts() == ()


def test_figures_of_single_workers_are_a_matter_of_works_council_and_data_protection(world: ConflictWorld) -> None:
    world.edit(SYSTEM, "kr_data_individual_level: false", "kr_data_individual_level: true")
    conflict = world.only()
    assert (conflict.rule, conflict.severity, conflict.basis) == ("KR-12", "warn", "law")
    assert conflict.problem == "the figures of credit_score tell single workers apart"
    assert "Annex III, 4(b)" in conflict.allowed


def test_whether_figures_tell_workers_apart_may_not_stay_unknown(world: ConflictWorld) -> None:
    world.edit(SYSTEM, "kr_data_individual_level: false", "kr_data_individual_level: unknown")
    assert world.only().problem == "whether the figures of credit_score tell single workers apart is unknown"


def test_a_target_above_the_instructions_for_use_contradicts_them(world: ConflictWorld) -> None:
    world.edit(SYSTEM, "ifu_max_autonomous_share: 0.9", "ifu_max_autonomous_share: 0.89")
    conflict = world.only()
    assert (conflict.rule, conflict.severity, conflict.basis) == ("KR-13", "conflict", "law")
    assert conflict.problem == (
        "it asks for an autonomous share of 0.9 by 2028-06-30; the instructions for use of credit_score (version 3)"
        " allow 0.89"
    )


@pytest.mark.parametrize(
    ("target", "baseline", "fires"),
    [
        ("{between: [0.9, 0.95]}", BASELINE, False),
        ("{between: [0.91, 0.95]}", BASELINE, True),
        ("{increase_by_at_least: 80%}", BASELINE, False),
        ("{increase_by_at_least: 81%}", BASELINE, True),
        ("{increase_by_at_least: 81%}", MEASURED, False),
        ("{at_most: 0.95}", "baseline: {value: 0.99, source: pilot}", False),
    ],
)
def test_a_target_demands_its_lower_bound(world: ConflictWorld, target: str, baseline: str, fires: bool) -> None:
    world.edit(LENDING, BASELINE, baseline)
    world.edit(LENDING, TARGET, f"target: {target}")
    assert [conflict.rule for conflict in world.conflicts()] == (["KR-13"] if fires else [])


@pytest.mark.parametrize("reference", ["  ifu_reference: unknown\n", ""])
def test_instructions_without_a_known_version_are_named_without_one(world: ConflictWorld, reference: str) -> None:
    world.edit(SYSTEM, "ifu_max_autonomous_share: 0.9", "ifu_max_autonomous_share: 0.89")
    world.edit(SYSTEM, "  ifu_reference: version 3\n", reference)
    assert world.only().problem.endswith("the instructions for use of credit_score allow 0.89")


@pytest.mark.parametrize("limit", ["unknown", None])
def test_unknown_instructions_contradict_nothing(world: ConflictWorld, limit: str | None) -> None:
    line = "" if limit is None else f"  ifu_max_autonomous_share: {limit}\n"
    world.edit(SYSTEM, "  ifu_max_autonomous_share: 0.9\n", line)
    assert world.conflicts() == ()


def test_instructions_of_a_grandfathered_system_bind_nobody(world: ConflictWorld) -> None:
    world.edit(SYSTEM, "ifu_max_autonomous_share: 0.9", "ifu_max_autonomous_share: 0.1")
    world.edit(SYSTEM, DATES, LEGACY)
    assert world.conflicts() == ()


def test_a_system_is_classified_before_its_targets_are_set(world: ConflictWorld) -> None:
    world.edit(CLASSIFIED, "date: 2027-11-15", "date: 2027-11-16")
    conflict = world.only()
    assert (conflict.rule, conflict.severity, conflict.key_result_id) == ("KR-14", "warn", "decided_alone")
    assert conflict.problem == "its target was set on 2027-11-15, before credit_score was classified on 2027-11-16"


def test_a_target_without_a_valid_classification_is_found_at_every_key_result(world: ConflictWorld) -> None:
    world.states["AIA-06-CLASS"] = MilestoneStatus.EXPIRED
    found = world.conflicts()
    assert [conflict.rule for conflict in found] == ["KR-14"] * 3
    assert found[0].problem == (
        "its target was set on 2027-11-15, and credit_score has no valid classification record"
        " (AIA-06-CLASS is expired)"
    )


def test_a_newer_classification_does_not_make_the_first_one_late(world: ConflictWorld) -> None:
    first = (world.root / CLASSIFIED).read_text(encoding="utf-8")
    newer = first.replace("date: 2027-11-15", "date: 2027-12-01") + "supersedes: credit_score_class\n"
    (world.root / "evidence/credit_score_class_again.yml").write_text(newer, encoding="utf-8")
    world.edit(CLASSIFIED, "status: signed", "status: superseded")
    assert world.conflicts() == ()


@pytest.mark.parametrize(
    ("old", "new"), [("signed_by_role: legal", "signed_by_role: procurement"), ("type: classification", "type: other")]
)
def test_a_record_of_another_kind_classifies_nothing(world: ConflictWorld, old: str, new: str) -> None:
    world.edit(CLASSIFIED, old, new)
    assert {conflict.rule for conflict in world.conflicts()} == {"KR-14"}


def test_a_role_written_with_spaces_classifies_as_well(world: ConflictWorld) -> None:
    world.edit(CLASSIFIED, "signed_by_role: legal", "signed_by_role: compliance officer")
    assert world.conflicts() == ()


def test_key_results_of_a_cycle_that_has_ended_are_history(world: ConflictWorld) -> None:
    world.unmet(PLAN)
    world.as_of = date(2028, 6, 30)
    assert world.only().rule == "KR-02"
    world.as_of = date(2028, 7, 1)
    assert world.conflicts() == ()
