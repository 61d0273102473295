"""Which series speak for a link: the outcome where it was adopted, a comparison apart from it, what is claimed."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from learning_world import (
    ADOPTED,
    BILLING,
    ORGANISATION,
    SERVICE,
    WEEKS,
    LearningWorld,
    Row,
    mean_rows,
    metric,
    noise,
    row,
    share_rows,
)

from okr_pipeline.analysis.insights import LinkEvidence
from okr_pipeline.intelligence.links import claiming, gather_evidence

COMPARED = "compare_with: {org_unit: policies}"
TEAM_CLAIM = "contributes: {moves_parent: [-22%, -18%], lag_weeks: 0, source: pilot}"
PARENT = "metric: handle_time_seconds\n"
ADOPTION_BASELINE = "baseline: {value: 0.01, source: pilot}"


def evidence(world: LearningWorld) -> dict[str, LinkEvidence]:
    measured, evaluation = world.evaluated()
    return gather_evidence(measured, evaluation.values, evaluation.current)


def of_team(world: LearningWorld) -> LinkEvidence:
    return evidence(world)["assisted"]


def estimate(link: LinkEvidence) -> float:
    assert link.vanity.estimate_ratio is not None, link.reason
    return link.vanity.estimate_ratio


def test_the_outcome_is_the_parents_metric_in_the_unit_that_adopted(world: LearningWorld) -> None:
    link = of_team(world)
    assert (link.parent_id, link.compared_with, link.verdict) == ("handle_time", "policies", "moves")
    assert estimate(link) == pytest.approx(-0.25, abs=0.02)  # as planted in billing; over all of service it is half


def test_without_a_comparison_nothing_that_others_do_enters(world: LearningWorld) -> None:
    world.edit(BILLING, f"        {COMPARED}\n", "")
    before = of_team(world)
    world.change_rows("handle_time_seconds", lambda each: None if each["org_unit"] == "policies" else each)
    assert of_team(world).vanity == before.vanity
    assert (before.compared_with, before.verdict) == (None, "consistent_with")
    assert estimate(before) == pytest.approx(-0.25, abs=0.02)


def test_of_a_child_outside_of_the_parents_unit_the_outcome_is_the_parents_own(world: LearningWorld) -> None:
    world.edit(BILLING, "metric: assisted_share\n", "metric: assisted_share\n        where: {org_unit: legal}\n")
    world.edit(BILLING, f"        {COMPARED}\n", "")
    world.rows["assisted_share"] = share_rows("legal", ADOPTED.tolist())
    assert estimate(of_team(world)) == pytest.approx(-0.13, abs=0.02)  # -25 % of 300 in 300 and 280 together


def test_of_a_unit_in_which_the_parents_metric_has_no_rows_the_outcome_is_the_parents_own(
    world: LearningWorld,
) -> None:
    world.edit(ORGANISATION, "  legal:", "  chat: {title: Chat, parent: service}\n  legal:")
    world.edit(BILLING, "metric: assisted_share\n", "metric: assisted_share\n        where: {org_unit: chat}\n")
    world.edit(BILLING, f"        {COMPARED}\n", "")
    world.rows["assisted_share"] = share_rows("chat", ADOPTED.tolist())
    assert estimate(of_team(world)) == pytest.approx(-0.13, abs=0.02)


@pytest.mark.parametrize(
    "named",
    [
        "{org_unit: billing}",
        "{org_unit: service}",
        "{org_unit: company}",
        "{org_unit: night}",
        "{segment: calls}",
        "{ai_assisted: unassisted}",
        "{org_unit: billing, segment: calls, ai_assisted: unassisted}",
    ],
    ids=["itself", "above", "root", "below", "one of its segments", "one of its sides", "one of its cells"],
)
def test_a_comparison_that_shares_cases_with_the_outcome_is_refused(world: LearningWorld, named: str) -> None:
    world.edit(ORGANISATION, "  legal:", "  night: {title: Night shift, parent: billing}\n  legal:")
    for side in ("assisted", "unassisted"):
        world.rows["handle_time_seconds"] += mean_rows(
            "night", np.exp(noise(8, 0.01)).tolist(), segment="calls", ai_assisted=side
        )
    world.edit(BILLING, COMPARED, f"compare_with: {named}")
    assert of_team(world).compared_with is None


def test_a_comparison_without_rows_is_none(world: LearningWorld) -> None:
    world.edit(BILLING, COMPARED, "compare_with: {org_unit: legal}")
    assert of_team(world).compared_with is None
    assert of_team(world).verdict == "consistent_with"


def in_calls(each: Row) -> Row:
    return {**each, "segment": "calls"}


def test_another_segment_of_the_same_unit_is_apart_from_the_outcome(world: LearningWorld) -> None:
    world.change_rows("handle_time_seconds", in_calls)
    world.rows["handle_time_seconds"] += mean_rows("billing", (280 * np.exp(noise(3, 0.01))).tolist(), segment="chats")
    world.edit(SERVICE, PARENT, f"{PARENT}        where: {{org_unit: service, segment: calls}}\n")
    world.edit(BILLING, COMPARED, "compare_with: {segment: chats}")
    link = of_team(world)
    assert link.compared_with == "billing / chats"
    assert estimate(link) == pytest.approx(-0.25, abs=0.02)


def test_a_unit_that_knows_other_segments_is_compared_with_as_a_whole(world: LearningWorld) -> None:
    world.change_rows(
        "handle_time_seconds",
        lambda each: {**each, "segment": "calls" if each["org_unit"] == "billing" else "letters"},
    )
    world.edit(SERVICE, PARENT, f"{PARENT}        where: {{org_unit: service, segment: calls}}\n")
    link = of_team(world)
    assert link.compared_with == "policies"
    assert estimate(link) == pytest.approx(-0.25, abs=0.02)


def test_a_unit_that_knows_the_segment_is_compared_with_in_it(world: LearningWorld) -> None:
    world.change_rows("handle_time_seconds", in_calls)
    world.edit(SERVICE, PARENT, f"{PARENT}        where: {{org_unit: service, segment: calls}}\n")
    assert of_team(world).compared_with == "policies / calls"


def test_guards_and_claims_of_nothing_have_no_link_to_test(world: LearningWorld) -> None:
    assert set(evidence(world)) == {"handle_time", "assisted"}
    world.edit(BILLING, f"        {TEAM_CLAIM}\n", "")
    assert set(evidence(world)) == {"handle_time"}
    assert [(child.id, parent.id) for child, parent in claiming(world.project().cascade)] == [
        ("handle_time", "contact_cost")
    ]


def test_the_claim_is_its_smaller_end_for_the_way_that_is_covered(world: LearningWorld) -> None:
    assert of_team(world).claim_ratio == -0.18  # the target is met: all of it
    world.edit(BILLING, "target: {at_least: 0.55}", "target: {at_least: 0.95}")
    measured, evaluation = world.evaluated()
    link = gather_evidence(measured, evaluation.values, evaluation.current)["assisted"]
    covered = evaluation.values["assisted"][-1].progress
    assert covered == pytest.approx(0.63, abs=0.01)  # (.608 - .01) / (.95 - .01)
    assert link.claim_ratio == pytest.approx(-0.18 * covered)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (TEAM_CLAIM, "contributes: {moves_parent: [-22%, 3%], lag_weeks: 0, source: pilot}"),
        (ADOPTION_BASELINE, "baseline: {value: 0.65, source: pilot}"),
    ],
    ids=["either way", "further from the target than the baseline"],
)
def test_a_claim_that_holds_nothing_yet_is_not_tested(world: LearningWorld, old: str, new: str) -> None:
    world.edit(BILLING, old, new)
    world.edit(BILLING, "target: {at_least: 0.55}", "target: {at_least: 0.8}")
    link = of_team(world)
    assert (link.claim_ratio, link.verdict) == (0.0, "not_enough_data")
    assert link.vanity.reason == (
        "The link claims no movement so far: its child has not moved, or it claims a fall as well as a rise."
    )


def test_a_child_of_which_nobody_knows_how_far_it_has_come_says_so(world: LearningWorld) -> None:
    world.edit(BILLING, ADOPTION_BASELINE, "baseline: {measured_over: 2025-W14..2025-W26}")
    link = of_team(world)
    assert (link.claim_ratio, link.verdict, link.vanity.estimate_ratio) == (None, "not_enough_data", None)
    assert link.reason == (
        "How far the child has come cannot be told, so neither can what its link claims by now: the baseline cannot be "
        "measured: no data for 13 weeks between 2025-W14 and 2025-W26."
    )


def test_of_a_child_that_is_no_share_its_progress_takes_the_place_of_adoption(world: LearningWorld) -> None:
    link = evidence(world)["handle_time"]
    assert link.vanity.adoption_reached_ratio is not None
    assert link.vanity.adoption_reached_ratio > 1  # a tenth was promised and more was reached
    assert "% more of the way to its target" in link.vanity.reason


def test_a_week_that_one_source_never_delivered_leaves_the_test(world: LearningWorld) -> None:
    full = of_team(world)
    world.metrics["assisted_share"] = metric(
        "assisted_share", "adoption", "proportion", "ratio", "up", sources=(("desk", "replies"),)
    )
    world.missing = {("desk", "replies"): {date(2026, 2, 2), date(2026, 9, 7), date(2026, 9, 14)}}
    holed = of_team(world)
    assert (full.vanity.weeks_before, full.vanity.weeks_after) == (26, 21)
    assert (holed.vanity.weeks_before, holed.vanity.weeks_after) == (25, 19)
    assert holed.verdict == "moves"


def test_the_thinner_of_the_two_units_decides_whether_there_are_enough_cases(world: LearningWorld) -> None:
    def thin(each: Row) -> Row:
        few = each["org_unit"] == "policies"
        return {**each, "sample_count": 20} if few else each

    world.change_rows("handle_time_seconds", thin)
    assert of_team(world).vanity.reason == "Half the weeks have 20 cases or fewer where 30 are needed."


def test_a_monthly_parent_is_too_thin_for_the_test_and_says_so(world: LearningWorld) -> None:
    world.metrics["handle_time_seconds"] = metric(
        "handle_time_seconds", "business_outcome", "mean", "seconds", cadence="monthly"
    )
    world.change_rows("handle_time_seconds", lambda each: each if each["week_start"].day <= 7 else None)
    link = of_team(world)
    assert link.verdict == "not_enough_data"
    assert link.vanity.reason == "Only 6 weeks before the adoption can be used where 8 are needed."


def test_before_the_cycle_begins_nothing_is_said(world: LearningWorld) -> None:
    world.through = date(2026, 6, 15)
    link = of_team(world)
    assert link.verdict == "not_enough_data"
    assert link.translation.quadrant == "unknown"
    assert link.vanity.estimate_ratio is None


@pytest.mark.parametrize("name", ["handle_time_seconds", "assisted_share", "contact_cost_eur", "repeat_share"])
def test_a_metric_without_any_row_silences_its_links_and_no_other(world: LearningWorld, name: str) -> None:
    full = evidence(world)
    world.rows[name] = []
    found = evidence(world)
    touched = {
        "handle_time_seconds": {"assisted", "handle_time"},
        "assisted_share": {"assisted"},
        "contact_cost_eur": {"handle_time"},
        "repeat_share": set(),
    }[name]
    assert {child for child, link in found.items() if link.verdict == "not_enough_data"} == touched
    assert {child: found[child] for child in set(full) - touched} == {
        child: full[child] for child in set(full) - touched
    }


@pytest.mark.parametrize(
    ("adoption", "effect", "quadrant"),
    [(1.0, -0.25, "both"), (1.0, 0.0, "child_only"), (0.05, -0.25, "parent_only"), (0.05, 0.0, "neither")],
)
def test_the_translation_table_follows_what_child_and_parent_did(
    tmp_path: Path, adoption: float, effect: float, quadrant: str
) -> None:
    world = LearningWorld(tmp_path)
    world.rows["assisted_share"] = share_rows("billing", (0.01 + adoption * ADOPTED).tolist())
    handle_time = 300 * (1 + effect * ADOPTED / 0.6) * np.exp(noise(2, 0.01))
    world.rows["handle_time_seconds"] = mean_rows("billing", handle_time.tolist(), cases=10_000)
    assert of_team(world).translation.quadrant == quadrant


def test_of_a_range_the_metric_says_which_way_is_wanted(world: LearningWorld) -> None:
    world.edit(SERVICE, "target: {reduce_by_at_least: 10%}", "target: {between: [240, 260]}")
    assert of_team(world).verdict == "moves"  # down, as the metric wants it
    assert of_team(world).translation.quadrant == "unknown"


class TestAssistedAndOtherCases:
    """The gap between the two sides of one unit, which stands beside the test and never enters it."""

    @staticmethod
    def split(world: LearningWorld, people: int | None = None) -> None:
        rows = []
        for side, mean in (("assisted", 200.0), ("unassisted", 300.0)):
            rows += mean_rows("billing", [mean] * len(WEEKS), cases=200, ai_assisted=side, people_count=people)
        world.rows["handle_time_seconds"] = rows
        world.edit(BILLING, f"        {COMPARED}\n", "")

    def test_is_told_where_the_parents_metric_knows_both_sides(self, world: LearningWorld) -> None:
        assert of_team(world).gap is None
        self.split(world)
        gap = of_team(world).gap
        assert gap is not None
        assert (gap.verdict, gap.estimate_ratio) == ("consistent_with", pytest.approx(-1 / 3))

    def test_speaks_where_the_test_is_silent(self, world: LearningWorld) -> None:
        self.split(world)
        link = of_team(world)
        assert (link.vanity.verdict, link.verdict) == ("not_enough_data", "consistent_with")
        assert link.gap is not None
        assert link.reason == f"{link.vanity.reason} {link.gap.reason}"

    def test_rests_on_the_last_thirteen_weeks(self, world: LearningWorld) -> None:
        self.split(world)
        newest = WEEKS[-13]
        world.change_rows(
            "handle_time_seconds",
            lambda each: each if each["week_start"] >= newest else {**each, "numerator": 1.0, "sum_squares": 1.0},
        )
        gap = of_team(world).gap
        assert gap is not None
        assert gap.estimate_ratio == pytest.approx(-1 / 3)

    def test_leaves_out_cells_of_too_few_people(self, world: LearningWorld) -> None:
        self.split(world, people=20)
        world.metrics["handle_time_seconds"] = metric(
            "handle_time_seconds", "business_outcome", "mean", "seconds", people=True
        )
        # Three people with a wild figure: it and a companion are withheld, so no side is left to compare.
        world.change_rows(
            "handle_time_seconds",
            lambda each: {**each, "people_count": 3, "numerator": 9e6} if each["ai_assisted"] == "assisted" else each,
        )
        assert of_team(world).gap is None

    def test_of_the_whole_organisation_holds_rows_of_units_that_nobody_knows(self, world: LearningWorld) -> None:
        for side, mean in (("assisted", 4.0), ("unassisted", 5.0)):
            world.rows["contact_cost_eur"] += mean_rows("not_in_the_tree", [mean] * len(WEEKS), ai_assisted=side)
        world.edit(SERVICE, PARENT, f"{PARENT}        where: {{org_unit: company}}\n")
        gap = evidence(world)["handle_time"].gap
        assert gap is not None
        assert gap.estimate_ratio == pytest.approx(-0.2)

    @pytest.mark.parametrize("aggregation", ["ratio", "total", "stock", "distinct_share"])
    def test_is_none_for_what_is_no_sum_of_cases(self, world: LearningWorld, aggregation: str) -> None:
        self.split(world)
        world.metrics["handle_time_seconds"] = metric(
            "handle_time_seconds",
            "business_outcome",
            aggregation,
            "seconds",  # type: ignore[arg-type]
        )
        assert of_team(world).gap is None

    def test_is_none_where_the_outcome_is_one_side(self, world: LearningWorld) -> None:
        self.split(world)
        world.edit(SERVICE, PARENT, f"{PARENT}        where: {{org_unit: service, ai_assisted: assisted}}\n")
        assert of_team(world).gap is None


def test_a_parent_that_was_never_measured_has_no_gap_and_stops_nothing(world: LearningWorld) -> None:
    world.rows["handle_time_seconds"] = []
    link = of_team(world)
    assert link.gap is None
    assert link.vanity.reason == "Only 0 weeks before the adoption can be used where 8 are needed."


def test_a_child_without_a_value_leaves_the_translation_unknown(world: LearningWorld) -> None:
    world.change_rows("assisted_share", lambda each: each if each["week_start"] < WEEKS[-4] else None)
    assert of_team(world).translation.sentence == (
        "It is not known whether the child was reached, so nothing is said of the translation."
    )


def test_a_zero_in_the_outcome_is_no_week_to_compare(world: LearningWorld) -> None:
    world.change_rows(
        "handle_time_seconds",
        lambda each: (
            row(each["week_start"], each["org_unit"], numerator=0.0) if each["week_start"] == date(2026, 2, 2) else each
        ),
    )
    assert of_team(world).vanity.weeks_before == 25
