"""Conflict rules that rest on arithmetic and practice: their figures, their boundaries, and what is unknown."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conflict_world import LENDING, SYSTEM, ConflictWorld, conflicts_in, reviewed
from hypothesis import given
from hypothesis import strategies as st

from okr_pipeline.cascade.model import Cascade
from okr_pipeline.compliance.conflicts import discover_conflict_rules
from okr_pipeline.compliance.model import Conflict, Observation

TARGET = "target: {at_least: 0.9}"
BAND = "target: {between: [0.05, 0.12]}"
OVERRIDES = "metric: override_rate"
HITL = "model: HOTL", "model: HITL"
QUIET = Observation()
NEXT_RESULT = "      - id: upheld_complaints"


@pytest.fixture
def world(tmp_path: Path) -> ConflictWorld:
    return ConflictWorld(tmp_path)


def found(world: ConflictWorld) -> list[tuple[str, str]]:
    """Return rule and severity of every conflict."""
    return [(conflict.rule, conflict.severity) for conflict in world.conflicts()]


def test_there_are_fourteen_rules_and_each_documents_itself() -> None:
    rules = discover_conflict_rules()
    assert [rule.id for rule in rules] == [f"KR-{number:02}" for number in range(1, 15)]
    for rule in rules:
        for part in ("Example: ", "Reason: ", "Remedy: "):
            assert part in rule.documentation, f"{rule.id} has no {part}"


def test_what_is_reviewed_first_is_not_autonomous(world: ConflictWorld) -> None:
    world.edit(SYSTEM, *HITL)
    world.edit(SYSTEM, "review_coverage: 0.1", "review_coverage: 1.0")
    conflict = world.only()
    assert (conflict.rule, conflict.severity, conflict.basis) == ("KR-04", "conflict", "arithmetic")
    assert conflict.problem == (
        "it asks for an autonomous share of 0.9, and people review 1 of the results of credit_score before they take"
        " effect (HITL): together 1.9"
    )


@pytest.mark.parametrize(
    ("coverage", "expected"),
    [("0.1", []), ("0.1001", [("KR-04", "conflict")]), ("unknown", []), ("0", [])],
)
def test_nine_tenths_autonomous_and_one_tenth_reviewed_make_exactly_one(
    world: ConflictWorld, coverage: str, expected: list[tuple[str, str]]
) -> None:
    world.edit(SYSTEM, *HITL)
    world.edit(SYSTEM, "review_coverage: 0.1", f"review_coverage: {coverage}")
    assert found(world) == expected


def test_coverage_counts_in_the_loop_only(world: ConflictWorld) -> None:
    world.edit(SYSTEM, "review_coverage: 0.1", "review_coverage: 1.0")
    assert found(world) == []


@pytest.mark.parametrize(
    ("stop", "sampling", "severity", "words"),
    [
        ("false", "0.05", "conflict", "no stop function"),
        ("true", "0", "conflict", "a sampling rate of 0"),
        ("false", "0", "conflict", "no stop function and a sampling rate of 0"),
        ("true", None, "warn", "an unknown sampling rate"),
        ("false", None, "conflict", "no stop function and an unknown sampling rate"),
    ],
)
def test_on_the_loop_without_samples_or_a_stop_is_no_oversight(
    world: ConflictWorld, stop: str, sampling: str | None, severity: str, words: str
) -> None:
    world.edit(SYSTEM, "stop_function: true", f"stop_function: {stop}")
    world.edit(SYSTEM, "  sampling_rate: 0.05\n", "" if sampling is None else f"  sampling_rate: {sampling}\n")
    conflict = world.only()
    assert (conflict.rule, conflict.severity, conflict.basis) == ("KR-06", severity, "practice")
    assert conflict.problem == f"credit_score acts alone under watch (HOTL) with {words}"


@pytest.mark.parametrize("sampling", ["0.0001", "0.05"])
def test_the_smallest_sample_and_a_stop_are_on_the_loop(world: ConflictWorld, sampling: str) -> None:
    world.edit(SYSTEM, "sampling_rate: 0.05", f"sampling_rate: {sampling}")
    assert found(world) == []


def test_a_system_in_the_loop_needs_no_samples(world: ConflictWorld) -> None:
    world.edit(SYSTEM, *HITL)
    world.edit(SYSTEM, "sampling_rate: 0.05", "sampling_rate: 0")
    assert found(world) == []


def test_145_hours_of_reviews_do_not_fit_into_100(world: ConflictWorld) -> None:
    world.edit(SYSTEM, "reviewer_hours_per_week: 145", "reviewer_hours_per_week: 100")
    conflict = world.only()
    assert (conflict.rule, conflict.severity, conflict.basis) == ("KR-07", "conflict", "arithmetic")
    assert conflict.problem == (
        "the promised reviews of credit_score take 145 hours a week (1,450 reviews of 6 minutes), and 100 are staffed"
    )
    assert conflict.key_result_id == "decided_alone"


@pytest.mark.parametrize(("hours", "fires"), [("150", False), ("145", False), ("144.99", True), ("unknown", False)])
def test_hours_that_are_exactly_enough_are_enough(world: ConflictWorld, hours: str, fires: bool) -> None:
    world.edit(SYSTEM, "reviewer_hours_per_week: 145", f"reviewer_hours_per_week: {hours}")
    assert found(world) == ([("KR-07", "conflict")] if fires else [])


@pytest.mark.parametrize("question", ["weekly_volume: 10000", "escalation_rate: 0.1", "minutes_per_review: 6"])
@pytest.mark.parametrize("answer", ["unknown", None])
def test_capacity_is_silent_on_what_is_not_known(world: ConflictWorld, question: str, answer: str | None) -> None:
    world.edit(SYSTEM, "reviewer_hours_per_week: 145", "reviewer_hours_per_week: 1")
    name = question.partition(":")[0]
    world.edit(SYSTEM, f"  {question}\n", "" if answer is None else f"  {name}: {answer}\n")
    assert found(world) == []


def test_a_rate_near_zero_may_be_rubber_stamping(world: ConflictWorld) -> None:
    world.observation = Observation(reviewed(8, 50, 0.875))
    conflict = world.only()
    assert (conflict.rule, conflict.severity, conflict.basis) == ("KR-09", "warn", "practice")
    assert conflict.problem == (
        "people changed 1.75% of 400 proposals of credit_score in the 8 weeks up to that of 2027-12-06, less than 2.00%"
    )
    assert "seeded errors" in conflict.fix


@pytest.mark.parametrize(
    ("weeks_count", "reviews_count", "overridden_count", "fires"),
    [
        (8, 25, 0, True),  # 200 reviews
        (8, 24.875, 0, False),  # 199 reviews
        (7, 100, 0, False),
        (9, 25, 0, True),
        (8, 50, 1, False),  # exactly 2 %
        (8, 50, 0.99, True),
    ],
)
def test_rubber_stamping_takes_eight_weeks_and_two_hundred_reviews(
    world: ConflictWorld, weeks_count: int, reviews_count: float, overridden_count: float, fires: bool
) -> None:
    world.observation = Observation(reviewed(weeks_count, reviews_count, overridden_count))
    assert found(world) == ([("KR-09", "warn")] if fires else [])


@pytest.mark.parametrize("missing", [1, 4, 7])
def test_a_week_without_reviews_hides_no_rubber_stamping(world: ConflictWorld, missing: int) -> None:
    weeks = reviewed(9, 100, 0)
    world.observation = Observation((*weeks[:missing], *weeks[missing + 1 :]))
    assert found(world) == [("KR-09", "warn")]


def test_overrides_of_older_weeks_do_not_count(world: ConflictWorld) -> None:
    old, new = reviewed(9, 100, 50), reviewed(8, 100, 0)
    world.observation = Observation((old[0], *new))
    assert found(world) == [("KR-09", "warn")]


@pytest.mark.parametrize(("seconds", "fires"), [(4.9, True), (5.0, False), (None, False)])
def test_reviews_faster_than_reading_are_suspect(world: ConflictWorld, seconds: float | None, fires: bool) -> None:
    world.observation = Observation(median_review_seconds=seconds)
    assert found(world) == ([("KR-09", "warn")] if fires else [])
    if fires:
        assert world.only().problem == "the median review of credit_score takes 4.9 seconds, less than 5"


@pytest.mark.parametrize(
    ("reviews_count", "overridden_count", "fires"), [(100, 21, True), (100, 20, False), (30, 7, True), (29, 29, False)]
)
def test_a_system_that_is_set_aside_too_often_supports_no_target(
    world: ConflictWorld, reviews_count: float, overridden_count: float, fires: bool
) -> None:
    world.observation = Observation(reviewed(1, reviews_count, overridden_count))
    assert found(world) == ([("KR-10", "warn")] if fires else [])


def test_too_many_overrides_are_told_with_their_figures(world: ConflictWorld) -> None:
    world.observation = Observation(reviewed(2, 100, 30))
    conflict = world.only()
    assert (conflict.basis, conflict.problem) == (
        "practice",
        "people changed 30.00% of 200 proposals of credit_score in the weeks of 2027-11-29 to 2027-12-06, more than"
        " 20.00%",
    )


def test_a_target_of_one_percent_overrides_pays_for_agreement(world: ConflictWorld) -> None:
    world.edit(LENDING, BAND, "target: {at_most: 1%}")
    conflict = world.only()
    assert (conflict.rule, conflict.severity, conflict.basis) == ("KR-11", "conflict", "practice")
    assert (conflict.key_result_id, conflict.problem) == (
        "overrides",
        "it rewards lowering override_rate (at most 0.01) of credit_score, which is high-risk, and no key result of"
        " quality guards it",
    )


@pytest.mark.parametrize("metric", ["override_rate", "escalation_share", "review_seconds"])
@pytest.mark.parametrize(
    ("target", "fires"),
    [
        ("{at_most: 0.01}", True),
        ("{reduce_by_at_least: 20%}", True),
        ("{between: [0, 0.09]}", True),
        ("{between: [0.01, 0.04]}", True),
        ("{between: [0.01, 0.08]}", False),
        ("{at_least: 0.1}", False),
    ],
)
def test_what_lowers_overrides_escalations_or_review_time_pays(
    world: ConflictWorld, metric: str, target: str, fires: bool
) -> None:
    world.edit(LENDING, OVERRIDES, f"metric: {metric}")
    world.edit(LENDING, BAND, f"target: {target}")
    assert found(world) == ([("KR-11", "conflict")] if fires else [])


@pytest.mark.parametrize(("guard", "fires"), [("upheld_complaints", False), ("score_launch", True)])
def test_only_a_guard_of_quality_pairs_such_a_target(world: ConflictWorld, guard: str, fires: bool) -> None:
    world.edit(LENDING, BAND, "target: {at_most: 1%}")
    world.edit(LENDING, NEXT_RESULT, f"        guarded_by: [{guard}]\n{NEXT_RESULT}")
    assert found(world) == ([("KR-11", "conflict")] if fires else [])


def test_a_guard_that_is_itself_an_override_rate_pairs_nothing(world: ConflictWorld) -> None:
    world.edit(LENDING, BAND, "target: {at_most: 1%}")
    world.edit(LENDING, NEXT_RESULT, f"        guarded_by: [upheld_complaints]\n{NEXT_RESULT}")
    world.edit(LENDING, "metric: upheld_complaint_share", "metric: escalation_share")
    assert found(world) == [("KR-11", "conflict")]


@pytest.mark.parametrize(("count", "fires"), [(4, True), (5, False), (None, False)])
def test_groups_below_the_minimum_are_too_small(world: ConflictWorld, count: int | None, fires: bool) -> None:
    world.observation = Observation(smallest_group_count=count)
    assert found(world) == ([("KR-12", "warn")] if fires else [])
    if fires:
        assert world.only().problem == "4 people stand behind a figure of credit_score, fewer than 5"


def test_an_agent_that_reconciles_ledgers_may_do_nine_tenths_alone(world: ConflictWorld) -> None:
    system = (world.root / SYSTEM).read_text(encoding="utf-8")
    kept = [line for line in system.splitlines() if not line.startswith(("annex_iii", "affected", "solely", "data"))]
    (world.root / SYSTEM).write_text("\n".join(kept), encoding="utf-8")
    world.edit(LENDING, BAND, "target: {at_most: 1%}")
    assert found(world) == []


def test_a_rule_about_the_system_speaks_once_at_the_key_result_that_it_concerns_most(world: ConflictWorld) -> None:
    world.edit(SYSTEM, "stop_function: true", "stop_function: false")
    assert world.only().key_result_id == "decided_alone"
    world.edit(LENDING, "metric: autonomous_share", "metric: scored_share")
    assert world.only().key_result_id == "score_launch"
    world.edit(LENDING, "deploys: credit_score", "ai_systems: [credit_score]")
    assert world.only().key_result_id == "decided_alone"


def test_a_warning_is_published_as_a_warning(world: ConflictWorld) -> None:
    world.observation = Observation(smallest_group_count=1)
    issue = world.issue()
    assert (issue.level, issue.file, issue.line) == ("warning", "2028-h1/lending.yml", 10)
    assert issue.object == "key result decided_alone, AI system credit_score"
    assert issue.allowed.startswith("law: employee data: ")


@lru_cache
def written() -> Cascade:
    """Return the cascade as it is written, read once."""
    with TemporaryDirectory() as root:
        return ConflictWorld(Path(root)).cascade()


def changed(share: float, **oversight: float | str) -> Cascade:
    """Return the cascade with another autonomy target and other answers about oversight."""
    cascade = written()
    system = cascade.ai_systems["credit_score"]
    answers = system.oversight.model_copy(update=oversight)
    (objective,) = cascade.objectives
    results = tuple(
        result.model_copy(update={"target": result.target.model_copy(update={"at_least": share})})
        if result.id == "decided_alone"
        else result
        for result in objective.key_results
    )
    return replace(
        cascade,
        ai_systems={"credit_score": system.model_copy(update={"oversight": answers})},
        objectives=(objective.model_copy(update={"key_results": results}),),
    )


def fired(cascade: Cascade, rule: str) -> list[Conflict]:
    """Return the conflicts of one rule."""
    return [conflict for conflict in conflicts_in(cascade, QUIET, {}) if conflict.rule == rule]


shares = st.integers(0, 1000).map(lambda thousandths: thousandths / 1000)


@given(
    volume=st.integers(0, 10**6),
    hours=st.integers(0, 10**5),
    minutes=st.integers(0, 120),
    escalated=shares,
    sampled=shares,
    factor=st.integers(1, 1000),
)
def test_scaling_volume_and_hours_together_changes_nothing_about_capacity(
    volume: int, hours: int, minutes: int, escalated: float, sampled: float, factor: int
) -> None:
    def answer(times: int) -> bool:
        oversight = {
            "weekly_volume": float(volume * times),
            "reviewer_hours_per_week": float(hours * times),
            "minutes_per_review": float(minutes),
            "escalation_rate": escalated,
            "sampling_rate": sampled,
        }
        return bool(fired(changed(0.5, **oversight), "KR-07"))

    assert answer(1) == answer(factor)


@given(first=shares, second=shares, coverage=shares)
def test_lowering_the_target_never_makes_it_exceed_the_reviews(first: float, second: float, coverage: float) -> None:
    low, high = sorted((first, second))
    oversight = {"model": "HITL", "review_coverage": coverage}
    if not fired(changed(high, **oversight), "KR-04"):
        assert not fired(changed(low, **oversight), "KR-04")


@given(share=shares)
def test_complements_never_exceed_one(share: float) -> None:
    complement = round(1 - share, 3)
    assert not fired(changed(share, model="HITL", review_coverage=complement), "KR-04")
