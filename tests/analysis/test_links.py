"""The sum of the children's claims against what the parent needs, by cases worked by hand."""

from collections.abc import Callable
from dataclasses import replace
from math import inf, nan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okr_pipeline.analysis.links import LinkBudget, ParentBounds, link_budgets
from okr_pipeline.cascade.loader import load_cascade
from okr_pipeline.cascade.model import Cascade, Contribution, KeyResult

VALID = Path(__file__).parents[1] / "cascade" / "fixtures" / "valid"
Claims = dict[str, tuple[float, float] | None]
Build = Callable[..., Cascade]


@pytest.fixture(scope="module")
def build() -> Build:
    """Return a function that builds a cascade of a business unit's key result and a team's children with claims."""
    loaded = load_cascade(VALID).cascade
    assert loaded is not None
    above = loaded.key_results_by_id["handle_time"].model_copy(
        update={"id": "parent", "guarded_by": (), "contributes": None}
    )
    below = loaded.key_results_by_id["assisted_share"].model_copy(update={"guarded_by": (), "contributes": None})

    def child(name: str, claim: tuple[float, float] | None) -> KeyResult:
        contributes = None
        if claim is not None:
            contributes = Contribution.model_construct(moves_parent=claim, lag_weeks=4, source=f"pilot of {name}")
        return below.model_copy(update={"id": name, "contributes": contributes})

    def cascade(claims: Claims, guarded_by: str | None = None) -> Cascade:
        parents = (above,)
        if guarded_by is not None:
            guard = above.model_copy(update={"id": guarded_by})
            parents = (above.model_copy(update={"guarded_by": (guarded_by,)}), guard)
        objective = loaded.objectives_by_id["short_conversations"].model_copy(update={"key_results": parents})
        children = tuple(
            loaded.objectives_by_id["assisted_answers"].model_copy(
                update={"id": f"{name}_goal", "derives_from": "parent", "key_results": (child(name, claim),)}
            )
            for name, claim in claims.items()
        )
        return replace(loaded, objectives=(objective, *children))

    return cascade


def budget(cascade: Cascade, bounds: ParentBounds | None) -> LinkBudget:
    """Return the budget of the parent."""
    found = link_budgets(cascade, {} if bounds is None else {"parent": bounds})
    return next(one for one in found if one.parent_id == "parent")


QUARTER_LESS = ParentBounds(480, None, 360)
FIFTH_MORE = ParentBounds(78, 93.6, None)


@pytest.mark.parametrize(
    ("claims", "bounds", "verdict", "reason"),
    [
        (
            {"a": (-0.20, -0.16), "b": (-0.15, -0.09)},
            QUARTER_LESS,
            "enough",
            "Even the unfavourable end reaches the target: it needs -25 %, "
            "and its children claim -35 % to -25 % together.",
        ),
        (
            {"a": (-0.18, -0.12), "b": (-0.03, -0.01), "c": (-0.09, -0.05)},
            QUARTER_LESS,
            "may_be_enough",
            "Only the favourable end reaches the target: it needs -25 %, "
            "and its children claim -30 % to -18 % together.",
        ),
        (
            {"a": (-0.12, -0.08), "b": (-0.125, -0.05)},
            QUARTER_LESS,
            "cannot_move_parent",
            "Even the favourable end falls short: it needs -25 %, and its children claim -24.5 % to -13 % together.",
        ),
        (
            {"a": (0.10, 0.18), "b": (0.0, 0.01)},
            FIFTH_MORE,
            "cannot_move_parent",
            "Even the favourable end falls short: it needs +20 %, and its children claim +10 % to +19 % together.",
        ),
        (
            {"a": (0.10, 0.10), "b": (0.10, 0.10)},
            FIFTH_MORE,
            "enough",
            "Even the unfavourable end reaches the target: it needs +20 %, and its children claim +20 % together.",
        ),
        (
            {"a": (0.1, 0.2)},
            QUARTER_LESS,
            "cannot_move_parent",
            "Even the favourable end falls short: it needs -25 %, and its children claim +10 % to +20 % together.",
        ),
    ],
)
def test_the_two_ends_of_the_sum_decide(
    build: Build, claims: Claims, bounds: ParentBounds, verdict: str, reason: str
) -> None:
    found = budget(build(claims), bounds)
    assert (found.verdict, found.reason) == (verdict, reason)


def test_a_budget_holds_the_sums_and_every_claim_with_its_source(build: Build) -> None:
    found = budget(build({"a": (-0.18, -0.12), "b": (-0.09, -0.05), "c": None}), QUARTER_LESS)
    assert found.needed_ratio == -0.25
    assert (found.delivered_low_ratio, found.delivered_high_ratio) == (pytest.approx(-0.27), pytest.approx(-0.17))
    claims = [(one.key_result_id, one.low_ratio, one.high_ratio, one.lag_weeks, one.source) for one in found.children]
    assert claims == [("a", -0.18, -0.12, 4, "pilot of a"), ("b", -0.09, -0.05, 4, "pilot of b")]
    assert found.silent == ("c",)


def test_the_sum_of_tenths_reaches_the_number_it_equals_on_paper(build: Build) -> None:
    claims = {"a": (0.1, 0.1), "b": (0.7, 0.7)}  # in floating point 0.7999999999999999
    assert budget(build(claims), ParentBounds(10, 18, None)).verdict == "enough"


def test_a_child_without_a_claim_is_never_counted_as_nothing(build: Build) -> None:
    found = budget(build({"a": (-0.12, -0.08), "b": None}), QUARTER_LESS)
    assert found.verdict == "not_assessed"
    assert found.reason == (
        "Not assessed: it needs -25 %, and its children claim -12 % to -8 % together, "
        "but b claims no effect on it (no `contributes`)."
    )


def test_a_guard_without_a_claim_does_not_hide_that_the_others_fall_short(build: Build) -> None:
    short = budget(build({"a": (-0.12, -0.08), "b": None}, guarded_by="b"), QUARTER_LESS)
    assert (short.verdict, short.silent) == ("cannot_move_parent", ())
    alone = budget(build({"b": None}, guarded_by="b"), QUARTER_LESS)
    assert alone.reason == "Not assessed: it needs -25 %, and none of its children is there to move it."


def test_a_sum_that_reaches_without_the_silent_child_is_told_with_its_name(build: Build) -> None:
    found = budget(build({"a": (-0.30, -0.26), "b": None, "c": None}), QUARTER_LESS)
    assert found.verdict == "enough"
    assert found.reason.endswith(" Besides, b, c claim no effect on it (no `contributes`).")


def test_children_that_all_claim_nothing_leave_the_sum_unknown(build: Build) -> None:
    found = budget(build({"a": None}), QUARTER_LESS)
    assert (found.verdict, found.delivered_low_ratio, found.delivered_high_ratio) == ("not_assessed", None, None)
    assert found.reason == "Not assessed: it needs -25 %, and a claims no effect on it (no `contributes`)."


@pytest.mark.parametrize(
    ("bounds", "reason"),
    [
        (None, "Not assessed: its baseline is not known."),
        (ParentBounds(None, None, 360), "Not assessed: its baseline is not known."),
        (ParentBounds(nan, None, 360), "Not assessed: its baseline is not known."),
        (ParentBounds(inf, None, 360), "Not assessed: its baseline is not known."),
        (
            ParentBounds(0, 5, None),
            "Not assessed: its baseline is 0: a relative change needs something to be relative to.",
        ),
        (ParentBounds(480, None, None), "Not assessed: its target is not known."),
        (ParentBounds(480, None, nan), "Not assessed: its target is not known."),
    ],
)
def test_an_unknown_start_or_target_is_not_assessed(build: Build, bounds: ParentBounds | None, reason: str) -> None:
    found = budget(build({"a": (-0.9, -0.8)}), bounds)
    assert (found.verdict, found.needed_ratio, found.reason) == ("not_assessed", None, reason)


@pytest.mark.parametrize(
    ("claims", "bounds", "needed", "verdict"),
    [
        ((-0.40, -0.30), ParentBounds(38, 10, 28), -10 / 38, "enough"),  # to 26.6 at least, to 22.8 at most
        ((-0.30, -0.20), ParentBounds(38, 10, 28), -10 / 38, "may_be_enough"),
        ((0.20, 0.40), ParentBounds(5, 6, 8), 0.2, "enough"),
        ((0.10, 0.15), ParentBounds(5, 6, 8), 0.2, "cannot_move_parent"),
        ((-0.10, 0.10), ParentBounds(7, 6, 8), 0.0, "enough"),  # from inside to between 6.3 and 7.7
        ((-0.10, -0.04), ParentBounds(0.04, None, 0.05), 0.0, "enough"),
    ],
)
def test_a_range_needs_the_way_to_its_nearest_bound_and_none_from_inside(
    build: Build, claims: tuple[float, float], bounds: ParentBounds, needed: float, verdict: str
) -> None:
    found = budget(build({"a": claims}), bounds)
    assert (found.needed_ratio, found.verdict) == (pytest.approx(needed), verdict)


@pytest.mark.parametrize(
    ("claims", "bounds"),
    [
        ((0.10, 0.30), ParentBounds(0.04, None, 0.05)),  # from inside to .052
        ((-0.80, -0.30), ParentBounds(38, 10, 28)),  # past the range to 7.6
        ((0.25, 0.70), ParentBounds(5, 6, 8)),  # past the range to 8.5
        ((-0.20, 0.00), ParentBounds(7, 6, 8)),  # from inside to 5.6
    ],
)
def test_claims_that_lead_out_of_the_target_again_are_not_called_enough(
    build: Build, claims: tuple[float, float], bounds: ParentBounds
) -> None:
    found = budget(build({"a": claims}), bounds)
    assert found.verdict == "may_be_enough"
    assert found.reason.startswith("The claims may lead out of the target on its far side: ")


def test_a_negative_baseline_changes_by_its_magnitude(build: Build) -> None:
    found = budget(build({"a": (0.4, 0.6)}), ParentBounds(-200, -100, None))
    assert (found.needed_ratio, found.verdict) == (0.5, "may_be_enough")


def test_a_key_result_that_nobody_takes_up_is_not_assessed_but_a_guard_needs_nobody(build: Build) -> None:
    found = link_budgets(build({}, guarded_by="guard"), {"parent": QUARTER_LESS})
    assert [(one.parent_id, one.verdict, one.reason) for one in found] == [
        ("parent", "not_assessed", "Not assessed: no objective below takes it up, so nothing is claimed.")
    ]


def test_a_parent_that_already_meets_its_target_needs_no_claims(build: Build) -> None:
    found = budget(build({"a": None}), ParentBounds(340, None, 360))
    assert (found.verdict, found.needed_ratio) == ("enough", 0.0)
    assert found.reason == "Its baseline already meets the target, and no child claims to move it."


RATIO = st.integers(-300, 300).map(lambda percent: percent / 100)


@given(
    low=RATIO,
    width=st.integers(0, 50),
    baseline=st.floats(0.1, 1e6),
    needed=st.integers(-90, 300).filter(bool),
    factor=st.floats(0.01, 100),
)
def test_the_verdict_does_not_change_with_the_unit_of_the_metric(
    build: Build, low: float, width: int, baseline: float, needed: int, factor: float
) -> None:
    cascade = build({"a": (low, low + width / 100)})

    def verdict(scale: float) -> str:
        start, target = scale * baseline, scale * baseline * (1 + needed / 100)
        return budget(cascade, ParentBounds(start, *((target, None) if needed > 0 else (None, target)))).verdict

    assert verdict(factor) == verdict(1.0)


@given(
    claims=st.lists(st.tuples(RATIO, st.integers(0, 50)), min_size=1, max_size=5),
    needed=st.integers(-90, 300).filter(bool),
)
def test_a_fall_and_a_rise_are_judged_alike(build: Build, claims: list[tuple[float, int]], needed: int) -> None:
    up = {f"child_{number}": (low, low + width / 100) for number, (low, width) in enumerate(claims)}
    down = {name: (-high, -low) for name, (low, high) in up.items()}

    def verdict(made: Claims, change: float) -> str:
        bound = 100 * (1 + change)
        return budget(build(made), ParentBounds(100, *((bound, None) if change > 0 else (None, bound)))).verdict

    assert verdict(up, needed / 100) == verdict(down, -needed / 100)
