"""A whole draft of a small company: what is chosen, what is wired, what is asked, and that it can be run."""

import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml
from generation_world import (
    AS_OF,
    HELPER,
    LAST,
    METRICS,
    ORGANISATION,
    SHARE,
    STRATEGY,
    WEEKS,
    facts_of,
    in_week,
    measured_of,
    metric,
    rows,
    texts,
    withheld,
    write_company,
)

from okr_pipeline.cascade.check import check_directory
from okr_pipeline.cascade.model import Cascade, KeyResult
from okr_pipeline.cascade.observed import ObservedWeeks
from okr_pipeline.cascade.scope import Scope
from okr_pipeline.cascade.values import evaluate
from okr_pipeline.cascade.weeks import WEEK
from okr_pipeline.errors import OkrError
from okr_pipeline.generation.directory import write_draft
from okr_pipeline.generation.inputs import Facts, FactsError
from okr_pipeline.generation.measured import Measured, TooFewWeeksError

LEVER = """\
levers:
  - metric: handle_minutes
    org_unit: service
    change: -30%
    parent: contacts_per_fte
    moves_parent: [20%, 40%]
    lag_weeks: 6
    source: "pilot, spring 2026"
"""


@pytest.fixture
def facts(tmp_path: Path) -> Facts:
    """The small company."""
    return facts_of(write_company(tmp_path / "company"))


def drafted(facts: Facts, out: Path, published: object = None) -> Cascade:
    """Write a draft and read it back as a refresh would; it has no errors, and the one warning is true: one figure."""
    write_draft(out, facts, texts(facts, published))  # type: ignore[arg-type]
    result = check_directory(out, facts.metrics, AS_OF)
    wrong = [issue for issue in result.issues if issue.level != "advice" and issue.rule != "executive_objective_count"]
    assert [issue.sentence() for issue in wrong] == []
    assert result.cascade is not None
    return result.cascade


def by_metric(cascade: Cascade, name: str, unit: str) -> KeyResult:
    """Return the one key result on a metric in a unit."""
    [found] = [some for some in cascade.key_results if some.metric == name and some.where.org_unit == unit]
    return found


def test_a_draft_is_wired_from_the_plan_to_every_team_that_uses_ai(facts: Facts, tmp_path: Path) -> None:
    cascade = drafted(facts, tmp_path / "out")

    tree = {
        objective.id: (objective.level, objective.derives_from, [result.id for result in objective.key_results])
        for objective in cascade.objectives
    }
    assert tree == {
        "serve_lower_cost": ("executive", None, ["service_contacts_per_fte"]),
        "front_for_contacts_per_fte": (
            "business_unit",
            "service_contacts_per_fte",
            ["front_handle_minutes", "front_repeat_share"],
        ),
        "billing_for_handle_minutes": (
            "team",
            "front_handle_minutes",
            ["billing_assisted_share", "billing_helper_user_share", "billing_repeat_share"],
        ),
        "policies_for_handle_minutes": (
            "team",
            "front_handle_minutes",
            ["policies_assisted_share", "policies_helper_user_share", "policies_repeat_share"],
        ),
    }


def test_targets_claims_and_comparison_follow_from_plan_and_measured_values(facts: Facts, tmp_path: Path) -> None:
    cascade = drafted(facts, tmp_path / "out")

    top = by_metric(cascade, "contacts_per_fte", "service")
    assert top.baseline.measured_over == "2026-W14..2026-W26"
    assert top.target.words() == "increase by at least 20%"
    unit = by_metric(cascade, "handle_minutes", "front")
    # The own best is 10 minutes in every week, and 20 % less is what the plan needs from the only link.
    assert unit.target.words() == "reduce by at least 20%"
    assert unit.contributes is not None
    assert unit.contributes.moves_parent == (0.15, 0.25)
    assert unit.compare_with == Scope(org_unit="paper")
    assert unit.guarded_by == ("front_repeat_share",)
    assert by_metric(cascade, "repeat_share", "front").target.words() == "at most 0.22"
    team = by_metric(cascade, "assisted_share", "billing")
    assert team.target.words() == "at least 0.6"  # half of the 80 % that are without
    # Four key results of two teams share the 20 %, each 5 % and a quarter of it either way.
    assert team.contributes is not None
    assert team.contributes.moves_parent == pytest.approx((-0.063, -0.037))
    assert (team.window, team.minimum_cases) == ("trailing_4_weeks", 400)
    users = by_metric(cascade, "user_share", "policies")
    assert (users.where.segment, users.minimum_cases, users.ai_systems) == ("helper", 10, ("helper",))


def test_every_key_result_of_a_draft_has_a_value_a_baseline_and_a_target(facts: Facts, tmp_path: Path) -> None:
    cascade = drafted(facts, tmp_path / "out")
    later = measured_of(replace(facts, cycle=facts.cycle.model_copy(update={"start": LAST + 2 * WEEK})))

    seen = set()
    for result in cascade.key_results:
        values = evaluate(
            result,
            facts.metrics[result.metric],
            later.rows[result.metric],
            ObservedWeeks(result.metric, frozenset(WEEKS)),
            organisation=cascade.organisation,
            cycle=cascade.cycles["2026-h2"],
            weeks=(LAST,),
        )
        newest = values[0]
        seen.add(result.level)
        assert (newest.reason, newest.baseline is not None, newest.target.is_known) == (None, True, True)
        assert newest.sample_count is not None
        assert newest.sample_count >= result.minimum_cases
    assert seen == {"executive", "business_unit", "team"}


def test_every_link_that_no_evidence_gives_carries_a_question(facts: Facts, tmp_path: Path) -> None:
    cascade = drafted(facts, tmp_path / "out")

    guesses = [some for some in cascade.key_results if some.contributes and "arithmetic" in some.contributes.source]
    assert len(guesses) == 5
    assert all("arithmetic, not evidence" in " ".join(some.draft) for some in guesses)
    assert by_metric(cascade, "handle_minutes", "front").draft == (
        "What did a pilot show that handle_minutes of front does to contacts_per_fte, and after how many weeks?"
        " +15.0% to +25.0% after 4 weeks is arithmetic, not evidence.",
    )


def test_a_lever_replaces_the_guess_and_is_scaled_to_what_is_needed(tmp_path: Path) -> None:
    facts = facts_of(write_company(tmp_path / "company", strategy=STRATEGY + LEVER))

    unit = by_metric(drafted(facts, tmp_path / "out"), "handle_minutes", "front")

    # 20 % are needed and 30 % is the middle of 20 to 40 %: two thirds of the lever, so 20 % of 30 %.
    assert unit.target.words() == "reduce by at least 20%"
    assert unit.contributes is not None
    assert unit.contributes.moves_parent == (0.133, 0.267)
    assert (unit.contributes.lag_weeks, unit.contributes.source) == (6, "pilot, spring 2026")
    assert unit.draft == ()


def test_a_lever_that_moves_the_wrong_way_is_asked_about_and_not_used(tmp_path: Path) -> None:
    wrong = STRATEGY + LEVER.replace("[20%, 40%]", "[-40%, -20%]")
    facts = facts_of(write_company(tmp_path / "company", strategy=wrong))

    unit = by_metric(drafted(facts, tmp_path / "out"), "handle_minutes", "front")

    assert (
        unit.draft[1]
        == "The lever of strategy.yml (pilot, spring 2026) moves the other way than wanted: which is right?"
    )
    assert unit.contributes is not None
    assert unit.contributes.moves_parent == (0.15, 0.25)


def test_a_target_is_harder_than_the_own_best_of_half_a_year(facts: Facts, tmp_path: Path) -> None:
    # Four weeks of 7 minutes in spring, outside of the baseline: 20 % less than 10 is easier than that.
    good = in_week(rows(), "handle_minutes", "billing", date(2026, 3, 9), 4, 7_000)
    good = in_week(good, "handle_minutes", "policies", date(2026, 3, 9), 4, 7_000)

    unit = by_metric(drafted(facts, tmp_path / "out", good), "handle_minutes", "front")

    assert unit.target.words() == "reduce by at least 31%"
    text = texts(facts, good)["service.yml"]
    assert "# better than the own best of 26 weeks, 7 minutes; about 6.9 minutes" in text


def test_a_target_is_harder_than_the_benchmark(tmp_path: Path) -> None:
    benchmark = 'benchmarks:\n  - {metric: handle_minutes, value: 6, source: "survey 2026", as_of: 2026-05-01}\n'
    facts = facts_of(write_company(tmp_path / "company", benchmarks=benchmark))

    unit = by_metric(drafted(facts, tmp_path / "out"), "handle_minutes", "front")

    assert unit.target.words() == "reduce by at least 41%"


def test_what_waits_is_named_with_its_reason_in_the_executive_file(facts: Facts) -> None:
    executive = " ".join(texts(facts)["executive.yml"].replace("\n#", "").split())

    assert "- revenue_eur of sales (bet new_markets): no team below it uses an AI system yet." in executive
    assert "- bet fewer_errors: the plan holds no figure for it." in executive


@pytest.mark.parametrize(
    ("figure", "reason"),
    [
        ("contact_per_fte, org_unit: service, bet: lower_cost, change: 20%", "no model computes contact_per_fte"),
        ("contacts_per_fte, org_unit: servce, bet: lower_cost, change: 20%", "organisation.yml has no unit servce"),
        (
            "contacts_per_fte, org_unit: service, bet: lower_cost, change: -20%",
            "the plan changes contacts_per_fte by -20%, and up is better",
        ),
        (
            "assisted_share, org_unit: service, bet: lower_cost, change: 20%",
            "assisted_share is of kind adoption; an executive key result needs a business outcome",
        ),
        ("contacts_per_fte, org_unit: paper, bet: lower_cost, change: 20%", "Paper desk has no teams below it"),
        ("revenue_eur, org_unit: service, bet: lower_cost, change: 20%", "the baseline cannot be measured"),
    ],
)
def test_a_figure_that_cannot_be_wired_says_why(figure: str, reason: str, tmp_path: Path) -> None:
    more = f'{STRATEGY}  - {{metric: {figure}, source: "plan 2026"}}\n'
    facts = facts_of(write_company(tmp_path / "company", strategy=more))

    assert reason in " ".join(texts(facts)["executive.yml"].replace("\n#", "").split())


def test_a_strategy_of_which_nothing_can_be_wired_is_refused_with_every_reason(tmp_path: Path) -> None:
    later = HELPER.replace("first_use: 2026-02-02", "first_use: 2027-02-02")
    facts = facts_of(write_company(tmp_path / "company", helper=later))

    with pytest.raises(FactsError, match="no plan figure can be wired down to a team") as refused:
        texts(facts)
    assert str(refused.value).count("no team below it uses an AI system yet") == 2


def test_a_system_that_comes_into_use_in_the_cycle_is_launched_and_claims_nothing(tmp_path: Path) -> None:
    company = write_company(tmp_path / "company")
    launch = HELPER.replace("id: helper", "id: pricer").replace("2026-02-02", "2026-10-01")
    (company.parent / "ai_systems" / "pricer.yml").write_text(launch, encoding="utf-8")
    published = rows({("user_share", "billing", "pricer"): (8, 40)})

    cascade = drafted(facts_of(company), tmp_path / "out", published)

    [launched] = [some for some in cascade.key_results if some.deploys == "pricer"]
    assert launched.id == "billing_pricer_user_share"
    assert launched.contributes is not None
    assert launched.contributes.moves_parent == (0, 0)
    assert launched.draft == ("What is pricer to bring for handle_minutes, and from when? No effect is claimed yet.",)


def test_a_prohibited_system_gets_no_key_result(tmp_path: Path) -> None:
    company = write_company(tmp_path / "company")
    banned = HELPER.replace("id: helper", "id: moods") + "art5_practices: [f]\nworkplace_use: true\n"
    (company.parent / "ai_systems" / "moods.yml").write_text(banned, encoding="utf-8")
    published = rows({("user_share", "billing", "moods"): (8, 40)})

    cascade = drafted(facts_of(company), tmp_path / "out", published)

    assert {system for some in cascade.key_results for system in some.ai_systems} == {"helper"}


@pytest.mark.parametrize(
    ("oversight", "share"),
    [
        ("model: HITL, review_coverage: 1.0", None),
        ("model: HITL, review_coverage: 0.5", 0.5),
        ("model: HOTL, sampling_rate: 0.1, ifu_max_autonomous_share: 0.55", 0.55),
        ("model: HOTL, sampling_rate: 0.1", 0.6),
        ("model: HITL, review_coverage: unknown", None),
    ],
)
def test_a_share_to_settle_alone_respects_how_people_watch(oversight: str, share: float | None, tmp_path: Path) -> None:
    watched = HELPER[: HELPER.index("oversight:")] + f"oversight: {{{oversight}, stop_function: true}}\n"
    company = write_company(tmp_path / "company", helper=watched)
    alone = replace(METRICS["assisted_share"], role="autonomy")
    facts = facts_of(company, {"assisted_share": alone})

    found = [some for some in drafted(facts, tmp_path / "out").key_results if some.id == "billing_assisted_share"]

    assert [some.target.at_least for some in found] == ([] if share is None else [share])


def test_a_unit_without_a_phrase_of_its_own_asks_for_ones_own_words(facts: Facts, tmp_path: Path) -> None:
    objectives = drafted(facts, tmp_path / "out").objectives

    assert {objective.draft for objective in objectives} == {
        ("Say in your own words what customers or colleagues get.",)
    }


def test_titles_of_the_shipped_functions_ask_nothing(tmp_path: Path) -> None:
    known = {name: replace(some, function="legal") for name, some in METRICS.items() if some.function == "service"}
    facts = facts_of(write_company(tmp_path / "company"), known)

    assert {objective.draft for objective in drafted(facts, tmp_path / "out").objectives} == {()}


def test_numbers_that_are_withheld_are_unknown_and_stand_in_no_draft(facts: Facts, tmp_path: Path) -> None:
    cascade = drafted(facts, tmp_path / "out", withheld(rows(), "assisted_share", "billing"))

    assert [some.id for some in cascade.key_results if some.org_unit == "billing"] == [
        "billing_helper_user_share",
        "billing_repeat_share",
    ]


def test_an_outcome_whose_numbers_are_withheld_is_left_out_and_the_file_says_why(facts: Facts) -> None:
    more = {"wait_minutes": metric("wait_minutes", definition="Mean time in the queue.")}
    known = replace(facts, metrics={**facts.metrics, **more})
    published = withheld(rows({("wait_minutes", "billing", "all"): (500, 100)}), "wait_minutes", "billing")

    assert (
        "# - wait_minutes of Front desk is left out: some published numbers are withheld: the groups are too small to"
        " show.\n" in texts(known, published)["service.yml"]
    )


def test_a_system_in_the_data_that_no_register_names_is_told(facts: Facts) -> None:
    shown = texts(facts, rows({("user_share", "billing", "stranger"): (1, 40)}))["executive.yml"]

    assert "# Counted in the data and in no register: stranger. Register them first." in shown


def test_without_a_unit_to_compare_with_the_draft_asks_for_one(facts: Facts, tmp_path: Path) -> None:
    published = [row for row in rows() if (row["metric"], row["org_unit"]) != ("handle_minutes", "paper")]

    unit = by_metric(drafted(facts, tmp_path / "out", published), "handle_minutes", "front")

    assert unit.compare_with is None
    assert "Which unit does the same work without AI?" in " ".join(unit.draft)


def test_a_stage_of_a_way_has_to_shorten_by_more_than_the_way(tmp_path: Path) -> None:
    whole = metric("journey_hours", unit="hours", definition="Mean time from question to answer.")
    plan = STRATEGY.replace("contacts_per_fte, org_unit: service, bet: lower_cost, change: 20%",
                            "journey_hours, org_unit: service, bet: lower_cost, change: -10%")  # fmt: skip
    facts = facts_of(write_company(tmp_path / "company", strategy=plan), {"journey_hours": whole})
    # 0.5 hours, of which 10 minutes are a third: a tenth of the way is three tenths of the stage.
    published = rows({("journey_hours", unit, "all"): (500, 1_000) for unit in ("billing", "policies", "paper")})
    published = [row for row in published if row["metric"] != "contacts_per_fte"]  # the only link is the stage

    unit = by_metric(drafted(facts, tmp_path / "out", published), "handle_minutes", "front")

    assert unit.target.words() == "reduce by at least 30%"
    assert unit.draft[1] == (
        "handle_minutes of front is 33% of journey_hours; without it the mean of all cases would be 22.2% lower."
        " What else has to become shorter?"
    )


def test_the_same_inputs_give_the_same_bytes_in_whatever_order_the_rows_come(facts: Facts) -> None:
    mixed = rows()
    random.Random(7).shuffle(mixed)  # noqa: S311 - an order, not a secret

    assert texts(facts, mixed) == texts(facts)


def test_weeks_of_the_cycle_itself_change_nothing(facts: Facts) -> None:
    later = [row | {"numerator": 1.0} if row["week_start"] >= facts.cycle.start else row for row in rows()]

    assert texts(facts, later) == texts(facts)


def test_fewer_than_thirteen_weeks_before_the_cycle_are_refused(facts: Facts) -> None:
    few = [row for row in rows() if row["week_start"] >= date(2026, 4, 6)]

    with pytest.raises(TooFewWeeksError) as refused:
        measured_of(facts, few)
    assert str(refused.value) == (
        "cycle 2026-h2 starts on 2026-06-29; published weeks: 2026-W15 to 2026-W36 - allowed: 13 whole weeks of values"
        " before the cycle. Fix: okr refresh --from an earlier week, or choose a later cycle"
    )


def test_a_cycle_that_begins_in_mid_week_measures_no_part_of_that_week(facts: Facts) -> None:
    midweek = replace(facts, cycle=facts.cycle.model_copy(update={"start": date(2026, 7, 1)}))

    assert measured_of(midweek).span_words == "2026-W14..2026-W26"


def test_a_long_name_becomes_a_short_id_that_stays_the_same(tmp_path: Path) -> None:
    long = "a_team_with_a_name_that_is_as_long_as_ids_may_be"
    organisation = ORGANISATION.replace("  billing:", f"  {long}:")
    facts = facts_of(write_company(tmp_path / "company", organisation=organisation))
    published = [row | {"org_unit": long if row["org_unit"] == "billing" else row["org_unit"]} for row in rows()]

    cascade = drafted(facts, tmp_path / "out", published)

    ids = [some.id for some in cascade.key_results if some.org_unit == long]
    assert len(set(ids)) == 3
    assert all(len(some) <= 63 for some in ids)


def test_units_named_like_files_of_a_cycle_keep_files_of_their_own(tmp_path: Path) -> None:
    organisation = ORGANISATION.replace("  billing:", "  cycle:").replace("  policies:", "  executive:")
    renamed = {"billing": "cycle", "policies": "executive"}
    facts = facts_of(write_company(tmp_path / "company", organisation=organisation))
    published = [row | {"org_unit": renamed.get(row["org_unit"], row["org_unit"])} for row in rows()]

    cascade = drafted(facts, tmp_path / "out", published)

    assert {sheet.org_unit for sheet in cascade.sheets} == {"company", "service", "cycle", "executive"}


def test_a_definition_that_is_full_of_yaml_is_quoted(tmp_path: Path) -> None:
    nasty = replace(METRICS["assisted_share"], definition='Share of "replies" # with {AI}, [and] so on')
    facts = facts_of(write_company(tmp_path / "company"), {"assisted_share": nasty})

    team = by_metric(drafted(facts, tmp_path / "out"), "assisted_share", "billing")

    assert team.title == 'Billing: share of "replies" # with {AI}, [and] so on, at least 60 %'


def test_where_no_metric_is_counted_per_system_the_owner_of_the_metric_is_a_guess(tmp_path: Path) -> None:
    facts = facts_of(write_company(tmp_path / "company"))
    published = [row for row in rows() if row["metric"] != "user_share"]

    team = by_metric(drafted(facts, tmp_path / "out", published), "assisted_share", "billing")

    assert team.ai_systems == ("helper",)
    assert team.draft[0] == "Which AI system does Billing use? No data says so; the register only says who answers."


def test_a_share_of_use_never_stands_for_an_outcome_of_a_business_unit(tmp_path: Path) -> None:
    attributed = metric("ai_share", **SHARE, definition="Share of contacts closed with AI.")
    facts = facts_of(write_company(tmp_path / "company"), {"ai_share": attributed})
    published = rows({("ai_share", unit, "all"): (200, 1_000) for unit in ("billing", "policies")})

    cascade = drafted(facts, tmp_path / "out", published)

    assert [some.id for some in cascade.key_results if some.metric == "ai_share"] == []


def test_a_metric_without_rows_is_unknown(facts: Facts) -> None:
    measured = measured_of(facts, [row for row in rows() if row["metric"] != "repeat_share"])

    assert measured.value(METRICS["repeat_share"], Scope(org_unit="front")) is None
    assert measured.cases(METRICS["repeat_share"], Scope(org_unit="front")) == 0
    assert np.isnan(measured.baseline(METRICS["repeat_share"], Scope(org_unit="front")).number)


def test_questions_and_targets_survive_any_yaml_reader(facts: Facts) -> None:
    document = yaml.safe_load(texts(facts)["billing.yml"])

    [objective] = document["objectives"]
    assert objective["key_results"][0]["target"] == {"at_least": 0.6}
    assert len(objective["key_results"][0]["draft"]) == 2


def test_what_is_measured_does_not_depend_on_rows_of_unknown_metrics(facts: Facts) -> None:
    strange = [row | {"metric": "no_such_metric"} for row in rows()[:3]]

    assert isinstance(measured_of(facts, rows() + strange), Measured)
    assert texts(facts, rows() + strange) == texts(facts)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (("change: -30%", "change: 0%"), "a change of 0% moves nothing"),
        (("[20%, 40%]", "[40%, 20%]"), "40% to 20% is not a move in one direction"),
        (("[20%, 40%]", "[-5%, 40%]"), "-5% to 40% is not a move in one direction"),
        (("[20%, 40%]", "[0%, 0%]"), "0% to 0% is not a move in one direction"),
    ],
)
def test_a_lever_that_moves_nothing_or_both_ways_is_refused(
    wrong: tuple[str, str], sentence: str, tmp_path: Path
) -> None:
    company = write_company(tmp_path / "company", strategy=STRATEGY + LEVER.replace(*wrong))

    with pytest.raises(OkrError) as refused:
        facts_of(company)
    assert sentence in str(refused.value)
