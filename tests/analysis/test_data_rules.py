"""Every rule that needs data: silent where nothing is known, and one exact sentence where one fact is bad."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from okr_pipeline.analysis.alignment_score import alignment_score
from okr_pipeline.analysis.data_rule import DataContext, DataRule, check_data, discover_data_rules
from okr_pipeline.analysis.drift import DriftResult
from okr_pipeline.analysis.insights import Calibration, Forecast, Insights, LinkEvidence
from okr_pipeline.analysis.links import LinkBudget
from okr_pipeline.analysis.sandbagging import SandbaggingResult
from okr_pipeline.analysis.translation import translate
from okr_pipeline.analysis.vanity import VanityResult
from okr_pipeline.cascade.documentation import read_documentation
from okr_pipeline.cascade.issues import Issue
from okr_pipeline.cascade.loader import load_cascade
from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.model import Cascade
from okr_pipeline.cascade.policy import Policy
from okr_pipeline.cascade.status import Judgement, Status

VALID = Path(__file__).parents[1] / "cascade" / "fixtures" / "valid"
WEEK = date(2026, 11, 16)
SUNDAY = date(2026, 11, 22)
CHILD = "assisted_share"
PARENT = "handle_time"
AT_CHILD = "2026-h2/billing_support.yml"
PASSED = SandbaggingResult("passed", 0.1, 0.7, "as the test says")
NOT_ASSESSED = SandbaggingResult("not_assessed", None, None, "no benchmark is given")
CALM = Calibration(PASSED, NOT_ASSESSED, PASSED)
STEADY = DriftResult("steady", None, 0.0, -1.0, 1.0, 0.5, None, "no week leaves the limits of its chart")
LIKELY = Forecast("adoption_curve", 0.8, 0.72, 0.6, 0.8, None, "The curve of an adoption.")
ENOUGH = LinkBudget(PARENT, -0.25, -0.3, -0.26, (), (), "enough", "As the test says.")
MOVES = VanityResult("moves", -0.2, -0.25, -0.15, 0.05, 0.5, 26, 13, "It moved.")


def link(**changes: Any) -> LinkEvidence:
    facts: dict[str, Any] = {
        "child_id": CHILD,
        "parent_id": PARENT,
        "lag_weeks": 2,
        "claim_ratio": -0.2,
        "compared_with": "policy_support",
        "vanity": MOVES,
        "gap": None,
        "translation": translate(True, True),
    }
    return LinkEvidence(**{**facts, **changes})


def judgement(
    key_result_id: str, status: Status, reason: str = "70 % of the way where 72 % was expected."
) -> Judgement:
    return Judgement(key_result_id, WEEK, status, reason, WEEK, 0.5, 0.4, 0.6, 0.7, 0.72, 0, "steady")


@dataclass
class Facts:
    """What the rules are told of the small valid cascade; as it stands, everything is well."""

    cascade: Cascade
    judgements: dict[str, Judgement]
    evidence: dict[str, LinkEvidence] = field(default_factory=lambda: {CHILD: link()})
    calibration: dict[str, Calibration] = field(default_factory=lambda: {CHILD: CALM})
    drift: dict[str, DriftResult] = field(default_factory=lambda: {CHILD: STEADY})
    forecasts: dict[str, Forecast] = field(default_factory=lambda: {CHILD: LIKELY})
    budgets: dict[str, LinkBudget] = field(default_factory=lambda: {PARENT: ENOUGH})
    seen: dict[str, date] = field(default_factory=lambda: {"agent_assist": WEEK})
    unconnected: dict[str, str] = field(default_factory=dict)
    volume_drops: dict[str, tuple[date, ...]] = field(default_factory=dict)
    as_of: date = SUNDAY

    def issues(self) -> tuple[Issue, ...]:
        insights = Insights(
            week_start=WEEK,
            evidence=self.evidence,
            calibration=self.calibration,
            drift=self.drift,
            forecasts=self.forecasts,
            budgets=self.budgets,
            drivers=(),
            score=alignment_score(self.cascade),
            system_seen_until=self.seen,
            unconnected=self.unconnected,
        )
        context = DataContext(_metrics(self.cascade), self.judgements, insights, self.volume_drops, self.as_of)
        return check_data(self.cascade, context)

    def only(self) -> Issue:
        (issue,) = self.issues()
        return issue


def _metrics(cascade: Cascade) -> Mapping[str, Metric]:
    units = {"ai_assisted_reply_share": "ratio", "average_handle_time_seconds": "seconds"}
    return {
        item.metric: Metric(
            name=item.metric,
            unit=units.get(item.metric, "days"),
            kind="quality",
            direction="up",
            aggregation="mean",
            owner="head of controlling",
            cadence="weekly",
            definition="A metric of the tests.",
            role=None,
            people=False,
            function="tests",
            sources=(),
        )
        for item in cascade.key_results
    }


@pytest.fixture
def facts() -> Facts:
    """The small valid cascade, of which everything is known and nothing is bad."""
    cascade = load_cascade(VALID).cascade
    assert cascade is not None
    return Facts(cascade, {item.id: judgement(item.id, Status.ON_TRACK) for item in cascade.key_results})


def assert_says(issue: Issue, rule: str, place: str, about: str, sentence: str) -> None:
    file, _, line = place.rpartition(":")
    assert (issue.rule, issue.file, issue.line, issue.object) == (rule, file, int(line), about)
    assert f"{issue.problem} - {issue.allowed}. Fix: {issue.fix}" == sentence
    assert issue.sentence() == f"{place + ': ' if file else ''}{about}: {sentence}"


def test_where_nothing_is_bad_nothing_is_found(facts: Facts) -> None:
    assert facts.issues() == ()


def test_where_nothing_is_known_nothing_is_found_but_that_a_system_in_use_is_not_seen(facts: Facts) -> None:
    empty = Facts(facts.cascade, {}, {}, {}, {}, {}, {}, {})
    assert empty.only().rule == "unregistered_ai_system"


def test_what_cannot_be_told_never_counts_as_bad(facts: Facts) -> None:
    silent = VanityResult("not_enough_data", None, None, None, None, None, 0, 0, "Too few weeks.")
    facts.evidence[CHILD] = link(vanity=silent, claim_ratio=None)
    facts.calibration[CHILD] = Calibration(NOT_ASSESSED, NOT_ASSESSED, NOT_ASSESSED)
    facts.drift[CHILD] = DriftResult("not_enough_data", None, None, None, None, None, None, "0 weeks")
    facts.forecasts[CHILD] = Forecast(None, None, None, None, None, None, "Too early.")
    facts.budgets[PARENT] = LinkBudget(PARENT, None, None, None, (), (), "not_assessed", "Not assessed.")
    assert facts.issues() == ()


@pytest.mark.parametrize("verdict", ["moves", "consistent_with", "not_enough_data"])
def test_only_a_flat_parent_makes_a_vanity_metric(facts: Facts, verdict: str) -> None:
    facts.evidence[CHILD] = link(vanity=replace(MOVES, verdict=verdict))  # type: ignore[arg-type]
    assert facts.issues() == ()


def test_vanity_metric(facts: Facts) -> None:
    reason = "Adoption rose and the outcome did not move with it by even half of the claim: -0.4 %."
    facts.evidence[CHILD] = link(vanity=replace(MOVES, verdict="flat", reason=reason))
    assert_says(
        facts.only(),
        "vanity_metric",
        f"{AT_CHILD}:10",
        "key result assisted_share",
        "it moved, and its parent handle_time did not: Adoption rose and the outcome did not move with it by even "
        "half of the claim: -0.4 % - a parent that moves with its child after the declared lag. Fix: change what the "
        "adoption replaces in the work, or the link; then judge again",
    )


@pytest.mark.parametrize(
    ("claim_ratio", "low_ratio", "high_ratio", "is_found"),
    [(-0.2, -0.09, -0.01, True), (-0.2, -0.11, -0.01, False), (0.2, 0.01, 0.09, True), (0.2, 0.01, 0.11, False)],
)
def test_a_parent_that_moved_by_less_than_half_of_the_claim_hardly_moved(
    facts: Facts, claim_ratio: float, low_ratio: float, high_ratio: float, is_found: bool
) -> None:
    moved = replace(MOVES, low_ratio=low_ratio, high_ratio=high_ratio)
    facts.evidence[CHILD] = link(vanity=moved, claim_ratio=claim_ratio)
    assert [issue.rule for issue in facts.issues()] == ["vanity_metric"] * is_found
    assert all(issue.problem.startswith("it moved, and its parent handle_time hardly did:") for issue in facts.issues())


def test_unconnected_metric(facts: Facts) -> None:
    facts.unconnected[CHILD] = "assisted_share moved with nothing the business unit tracks (2 metrics, 47 weeks)."
    assert_says(
        facts.only(),
        "unconnected_metric",
        f"{AT_CHILD}:12",
        "key result assisted_share",
        "assisted_share moved with nothing the business unit tracks (2 metrics, 47 weeks) - a team metric that moves "
        "with a metric of its business unit. Fix: run okr discover and look at its pairs; association is the least "
        "that a link must show",
    )


def test_within_baseline(facts: Facts) -> None:
    flagged = SandbaggingResult("flagged", 0.84, 0.7, "with no change the target is met with a chance of 84 %")
    facts.calibration[CHILD] = replace(CALM, within_baseline=flagged)
    assert_says(
        facts.only(),
        "within_baseline",
        f"{AT_CHILD}:15",
        "key result assisted_share",
        "its target (at least 0.7) was within reach when it was set: with no change the target is met with a chance "
        "of 84 % - a target that no change at all would reach with less than 70 % probability. Fix: raise the "
        "target, or name the key result in guarded_by of the one that it protects",
    )


def test_below_benchmark(facts: Facts) -> None:
    flagged = SandbaggingResult("flagged", 0.05, 0.0, "the target of 70 % falls short by 5 % of the benchmark of 75 %")
    facts.calibration[CHILD] = replace(CALM, below_benchmark=flagged)
    assert_says(
        facts.only(),
        "below_benchmark",
        f"{AT_CHILD}:15",
        "key result assisted_share",
        "its target (at least 0.7) asks for less than the benchmark: the target of 70 % falls short by 5 % of the "
        "benchmark of 75 % - a target at least as ambitious as what others reach. Fix: raise the target, or correct "
        "the benchmark and its source",
    )


def test_below_own_best(facts: Facts) -> None:
    flagged = SandbaggingResult("flagged", 0.0, 0.0, "the target of 70 % equals the team's own best of 70 %")
    facts.calibration[CHILD] = replace(CALM, below_own_best=flagged)
    assert_says(
        facts.only(),
        "below_own_best",
        f"{AT_CHILD}:15",
        "key result assisted_share",
        "its target (at least 0.7) is no better than the team's own best: the target of 70 % equals the team's own "
        "best of 70 % - a target beyond the best of the half-year before it was set. Fix: raise the target, or keep "
        "it and say why in a suppression with a date",
    )


@pytest.mark.parametrize("verdict", ["enough", "may_be_enough", "not_assessed"])
def test_only_a_budget_that_falls_short_cannot_move_its_parent(facts: Facts, verdict: str) -> None:
    facts.budgets[PARENT] = replace(ENOUGH, verdict=verdict)  # type: ignore[arg-type]
    assert facts.issues() == ()


def test_cannot_move_parent(facts: Facts) -> None:
    reason = "Even the favourable end falls short: it needs -25 %, and its children claim -7 % to -3 % together."
    facts.budgets[PARENT] = replace(ENOUGH, verdict="cannot_move_parent", reason=reason)
    issue = facts.only()
    assert (issue.rule, issue.file, issue.line) == ("cannot_move_parent", "2026-h2/customer_operations.yml", 15)
    assert issue.object == "key result handle_time"
    assert issue.problem == f"its children cannot move it as far as it has to go: {reason}"
    assert issue.allowed == "the favourable end of the children's claims reaches the target"
    assert issue.fix == "add a key result below that moves it, raise the targets below, or lower this one"


def test_drifting(facts: Facts) -> None:
    facts.drift[CHILD] = replace(
        STEADY, verdict="drifting", direction="down", first_week=3, reason="the level moved by -6.5 % (p = 0.001)."
    )
    assert_says(
        facts.only(),
        "drifting",
        f"{AT_CHILD}:10",
        "key result assisted_share",
        "it drifts down: the level moved by -6.5 % (p = 0.001) - weekly values that stay with their baseline or move "
        "towards the target. Fix: look at what changed; okr explain assisted_share shows the weeks and the drivers",
    )


@pytest.mark.parametrize("status", [Status.AT_RISK, Status.OFF_TRACK])
def test_off_trajectory(facts: Facts, status: Status) -> None:
    facts.judgements[CHILD] = judgement(CHILD, status, "38 % of the way where 72 % was expected by 2026-W47.")
    assert_says(
        facts.only(),
        "off_trajectory",
        f"{AT_CHILD}:19",
        "key result assisted_share",
        f"it is {status.replace('_', ' ')}: 38 % of the way where 72 % was expected by 2026-W47 - progress that keeps "
        "to the declared trajectory. Fix: change the plan while there is time; the target stays as it was set",
    )


def test_unlikely_to_reach(facts: Facts) -> None:
    facts.forecasts[CHILD] = replace(LIKELY, chance_ratio=0.04, median=0.55)
    assert_says(
        facts.only(),
        "unlikely_to_reach",
        f"{AT_CHILD}:18",
        "key result assisted_share",
        "it will meet its target (at least 0.7) by 2026-12-31 with 4 % probability, at about 55 % - a chance of at "
        "least 20 %. Fix: change the plan, or say in the review that it will be missed",
    )


@pytest.mark.parametrize(
    ("status", "told"),
    [(Status.OFF_TRACK, True), (Status.AT_RISK, True), (Status.ON_TRACK, False), (Status.INCONCLUSIVE, False)],
)
def test_a_level_speaks_only_of_what_is_behind_and_says_what_it_takes_for_granted(
    facts: Facts, status: Status, told: bool
) -> None:
    facts.judgements[CHILD] = judgement(CHILD, status)
    facts.forecasts[CHILD] = replace(LIKELY, method="local_level", chance_ratio=0.04, median=0.55)
    said = [issue.problem for issue in facts.issues() if issue.rule == "unlikely_to_reach"]
    assert said == told * [
        "it will meet its target (at least 0.7) by 2026-12-31 with 4 % probability, at about 55 %, if nothing changes"
    ]


def test_a_chance_at_the_limit_is_not_unlikely_and_one_below_it_is(facts: Facts) -> None:
    facts.forecasts[CHILD] = replace(LIKELY, chance_ratio=0.2)
    assert facts.issues() == ()
    facts.forecasts[CHILD] = replace(LIKELY, chance_ratio=0.1999)
    assert facts.only().rule == "unlikely_to_reach"


def test_a_chance_without_a_median_names_none(facts: Facts) -> None:
    facts.forecasts[CHILD] = replace(LIKELY, chance_ratio=0.0, median=None)
    assert facts.only().problem == "it will meet its target (at least 0.7) by 2026-12-31 with 0 % probability"


UNKNOWN = {
    Status.STALE: (
        "stale_value",
        10,
        "a value that says how the key result stands. Fix: repair the source and refresh; okr sources says which one "
        "it is",
    ),
    Status.NO_DATA: (
        "no_data",
        13,
        "a value that says how the key result stands. Fix: follow the reason: connect the source or correct where",
    ),
    Status.INCONCLUSIVE: (
        "small_sample",
        17,
        "a value that says how the key result stands. Fix: lengthen the window or widen the filter",
    ),
}


@pytest.mark.parametrize("status", UNKNOWN)
def test_an_unknown_is_a_finding_with_its_reason(facts: Facts, status: Status) -> None:
    rule, line, rest = UNKNOWN[status]
    facts.judgements[CHILD] = judgement(CHILD, status, "Only 14 cases where 40 cases are needed to judge.")
    assert_says(
        facts.only(),
        rule,
        f"{AT_CHILD}:{line}",
        "key result assisted_share",
        f"only 14 cases where 40 cases are needed to judge - {rest}",
    )


@pytest.mark.parametrize("status", [Status.ON_TRACK, Status.ACHIEVED, Status.MISSED, Status.BLOCKED, Status.NOT_DUE])
def test_what_is_known_or_not_yet_due_is_no_unknown(facts: Facts, status: Status) -> None:
    facts.judgements[CHILD] = judgement(CHILD, status)
    assert facts.issues() == ()


@pytest.mark.parametrize("status", [Status.STALE, Status.NO_DATA, Status.NOT_DUE])
def test_of_what_has_no_current_value_or_has_not_begun_no_chance_is_told(facts: Facts, status: Status) -> None:
    facts.judgements[CHILD] = judgement(CHILD, status)
    facts.forecasts[CHILD] = replace(LIKELY, chance_ratio=0.0)
    assert "unlikely_to_reach" not in {issue.rule for issue in facts.issues()}


def test_what_has_not_begun_has_nothing_to_be_connected_to(facts: Facts) -> None:
    facts.judgements[CHILD] = judgement(CHILD, Status.NOT_DUE)
    facts.unconnected[CHILD] = "it moved with nothing."
    assert facts.issues() == ()


class TestUnregisteredAiSystem:
    """A system of the data that no file names, and one of a file that no data shows."""

    def test_that_is_used_is_found_with_its_last_week(self, facts: Facts) -> None:
        facts.seen["meeting_notes"] = date(2026, 11, 9)
        assert_says(
            facts.only(),
            "unregistered_ai_system",
            ":0",
            "AI system meeting_notes",
            "it is used (last in 2026-W46) and not registered - every AI system that is used has a file in "
            "ai_systems/. Fix: run okr new ai-system meeting_notes and answer its questions",
        )

    def test_whose_name_is_nearly_a_registered_one_may_be_that(self, facts: Facts) -> None:
        facts.seen["agent_asist"] = WEEK
        assert facts.only().fix == (
            "run okr new ai-system agent_asist and answer its questions, or correct the name if it is agent_assist"
        )

    def test_that_no_data_shows_is_found_once_it_is_in_use(self, facts: Facts) -> None:
        del facts.seen["agent_assist"]
        assert_says(
            facts.only(),
            "unregistered_ai_system",
            "ai_systems/agent_assist.yml:1",
            "AI system agent_assist",
            "it is in use since 2026-05-04 and no data of the last quarter shows it - a system in use shows in the "
            "usage or governance data. Fix: connect the data that shows its use, or correct its date of first use",
        )

    @pytest.mark.parametrize(("as_of", "is_found"), [(date(2026, 5, 3), False), (date(2026, 5, 4), True)])
    def test_is_in_use_from_its_first_day_on(self, facts: Facts, as_of: date, is_found: bool) -> None:
        facts.seen, facts.as_of = {}, as_of
        assert bool(facts.issues()) is is_found

    @pytest.mark.parametrize("first_use", [None, "unknown"])
    def test_whose_first_use_nobody_knows_is_not_said_to_be_unused(self, facts: Facts, first_use: str | None) -> None:
        system = facts.cascade.ai_systems["agent_assist"]
        dates = system.dates.model_copy(update={"first_use": first_use})
        changed = {"agent_assist": system.model_copy(update={"dates": dates})}
        facts.cascade, facts.seen = replace(facts.cascade, ai_systems=changed), {}
        assert facts.issues() == ()

    def test_each_one_is_named_in_order(self, facts: Facts) -> None:
        facts.seen |= {"triage": WEEK, "meeting_notes": WEEK}
        assert [issue.object for issue in facts.issues()] == ["AI system meeting_notes", "AI system triage"]


def test_volume_drop(facts: Facts) -> None:
    facts.volume_drops = {"underwriting.decisions": (date(2026, 10, 5), date(2026, 9, 28))}
    assert_says(
        facts.only(),
        "volume_drop",
        ":0",
        "source underwriting.decisions",
        "far fewer rows than usual came for 2026-W40, 2026-W41 - a week with about as many rows as the weeks before; "
        "it is not loaded otherwise. Fix: have the week delivered again, or accept it in sources.toml under "
        "accept_volume_weeks",
    )


def test_one_drop_of_each_source_is_one_finding(facts: Facts) -> None:
    facts.volume_drops = {"b.b": (WEEK,), "a.a": (WEEK, date(2026, 11, 9))}
    assert [issue.object for issue in facts.issues()] == ["source a.a", "source b.b"]


def test_limits_are_those_of_the_policy(facts: Facts) -> None:
    threshold = facts.cascade.policy.unlikely_below_ratio
    policy = facts.cascade.policy.model_copy(
        update={"unlikely_below_ratio": threshold.model_copy(update={"value": 0.9})}
    )
    facts.cascade = replace(facts.cascade, policy=policy)
    assert facts.only().allowed == "a chance of at least 90 %"


@pytest.mark.parametrize("rule", discover_data_rules(), ids=lambda rule: rule.name)
def test_every_rule_says_what_it_finds_why_and_what_to_do_and_names_real_thresholds(rule: DataRule) -> None:
    said = read_documentation(rule.documentation)
    assert said.example
    assert said.reason
    assert said.remedy
    assert rule.level in ("warning", "advice")  # data stops no run
    named = [word.strip("`.,") for word in rule.documentation.split("Threshold")[1:] for word in word.split("``")[1::2]]
    assert set(named) <= set(Policy.model_fields)


def test_every_rule_has_its_case_in_this_file() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert [rule.name for rule in discover_data_rules() if f'"{rule.name}"' not in text] == []
