"""The alignment score: every deduction has a case, and the score is what is left of 100."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okr_pipeline.analysis.alignment_score import POINTS, AlignmentScore, alignment_score
from okr_pipeline.cascade.loader import load_cascade
from okr_pipeline.cascade.model import Cascade

VALID = Path(__file__).parents[1] / "cascade" / "fixtures" / "valid"
EXECUTIVE, OPERATIONS, BILLING = (
    "2026-h2/executive.yml",
    "2026-h2/customer_operations.yml",
    "2026-h2/billing_support.yml",
)
LEGAL, VENDORS = "2026-h2/legal.yml", "2026-h2/vendor_agreements.yml"
Edit = tuple[str, str, str]
Scored = Callable[..., AlignmentScore]


@pytest.fixture
def scored(tmp_path: Path) -> Scored:
    """Return a function that breaks a copy of the valid cascade and scores it."""

    def score(*edits: Edit, without: tuple[str, ...] = ()) -> AlignmentScore:
        root = tmp_path / "cascade"
        shutil.copytree(VALID, root)
        for file in without:
            (root / file).unlink()
        for file, old, new in edits:
            text = (root / file).read_text(encoding="utf-8")
            assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {file}"
            (root / file).write_text(text.replace(old, new), encoding="utf-8")
        cascade = load_cascade(root).partial
        assert cascade is not None
        return alignment_score(cascade)

    return score


def lost(score: AlignmentScore) -> list[tuple[str, int, str, str]]:
    """Return the deductions as tuples."""
    return [(one.kind, one.points, one.about, one.reason) for one in score.deductions]


def test_a_cascade_without_a_gap_has_100_points(scored: Scored) -> None:
    score = scored()
    assert (score.score, score.is_healthy, score.deductions) == (100, True, ())
    assert score.reason == "100 of 100 points; 75 are healthy."


def test_an_executive_objective_without_a_bet_costs_the_anchor(scored: Scored) -> None:
    score = scored((EXECUTIVE, "    bet: faster_contracts\n", ""))
    assert score.score == 90
    assert lost(score) == [("no_anchor", 10, "cycle 2026-h2", "tied to no bet of the strategy: contracts_in_a_week")]


def test_two_objectives_without_a_bet_cost_the_anchor_once(scored: Scored) -> None:
    score = scored(
        (EXECUTIVE, "    bet: faster_contracts\n", ""),
        (EXECUTIVE, "    bet: lower_service_cost\n", "    bet: something_else\n"),
    )
    assert lost(score) == [
        (
            "no_anchor",
            10,
            "cycle 2026-h2",
            "tied to no bet of the strategy: service_people_can_afford, contracts_in_a_week",
        )
    ]


def test_a_strategy_without_bets_is_no_anchor(scored: Scored) -> None:
    text = (VALID / "strategy.yml").read_text(encoding="utf-8")
    score = scored(("strategy.yml", text, "bets: []\n"))
    assert lost(score) == [("no_anchor", 10, "cycle 2026-h2", "the strategy has no bets")]


@pytest.mark.parametrize("supports", ["[]", "[handle_time]", "[assisted_shares]"])
def test_an_initiative_that_supports_no_key_result_of_a_team_is_an_orphan(scored: Scored, supports: str) -> None:
    score = scored((BILLING, "supports: [assisted_share]", f"supports: {supports}"))
    assert score.score == 88
    assert lost(score) == [("orphan", 12, "initiative assist_rollout", "it supports no key result of a team")]


def test_an_objective_without_a_parent_is_an_orphan_and_its_unit_hangs_on_nothing(scored: Scored) -> None:
    score = scored((VENDORS, "    derives_from: review_days\n", ""))
    assert score.score == 100 - 12 - 8 - 8
    assert lost(score) == [
        ("orphan", 12, "objective routine_without_queue", "it derives from no key result"),
        ("silo", 8, "unit legal", "no other unit takes up one of its key results"),
        ("silo", 8, "unit vendor_agreements", "its objectives derive from no key result of another unit"),
    ]
    assert not score.is_healthy


def test_an_unknown_parent_is_an_orphan_too(scored: Scored) -> None:
    score = scored((VENDORS, "derives_from: review_days", "derives_from: review_dayz"))
    assert lost(score)[0] == (
        "orphan",
        12,
        "objective routine_without_queue",
        "its parent review_dayz is not known",
    )


def test_an_objective_without_key_results_costs_four_points(scored: Scored) -> None:
    objective = "  - {id: wish, title: A wish, derives_from: review_days, key_results: []}\n"
    score = scored((VENDORS, "objectives:\n", f"objectives:\n{objective}"))
    assert lost(score) == [("objective_without_key_results", 4, "objective wish", "it has no key results")]


def test_a_skipped_level_costs_three_points_and_leaves_the_skipped_unit_a_silo(scored: Scored) -> None:
    score = scored((VENDORS, "derives_from: review_days", "derives_from: signature_days"))
    assert lost(score) == [
        (
            "level_skip",
            3,
            "objective routine_without_queue",
            "its level is team, and its parent signature_days is of level executive",
        ),
        ("silo", 8, "unit legal", "no other unit takes up one of its key results"),
    ]


def test_a_unit_with_nothing_above_and_nothing_below_is_one_silo(scored: Scored) -> None:
    score = scored((LEGAL, "derives_from: signature_days", "derives_from: review_days"), without=(VENDORS,))
    silos = [one for one in lost(score) if one[0] == "silo"]
    assert silos == [
        (
            "silo",
            8,
            "unit legal",
            "its objectives derive from no key result of another unit "
            "and no other unit takes up one of its key results",
        )
    ]


def test_a_score_never_falls_below_five(scored: Scored) -> None:
    orphans = "".join(f"  - {{id: idea_{number}, supports: []}}\n" for number in range(9))
    score = scored((BILLING, "initiatives:\n", f"initiatives:\n{orphans}"))
    assert (score.score, score.is_healthy) == (5, False)
    assert sum(one.points for one in score.deductions) == 9 * 12


def test_healthy_begins_at_75(scored: Scored) -> None:
    orphans = "".join(f"  - {{id: idea_{number}, supports: []}}\n" for number in range(2))
    score = scored((BILLING, "initiatives:\n", f"initiatives:\n{orphans}"))
    assert (score.score, score.is_healthy) == (76, True)


def test_a_cascade_without_objectives_is_not_healthy(scored: Scored) -> None:
    score = scored(without=(EXECUTIVE, OPERATIONS, BILLING, LEGAL, VENDORS))
    assert (score.score, score.is_healthy) == (90, False)
    assert score.reason == "90 of 100 points; 75 are healthy. There are no objectives, so there is nothing to align."


def test_a_cascade_that_cannot_be_read_whole_is_not_called_healthy(scored: Scored) -> None:
    score = scored((VENDORS, "    derives_from: review_days\n", "    derives_from: [review_days]\n"))
    assert not score.is_healthy
    assert score.reason.endswith("Not all files could be read, so links may be missed or missing.")


def test_another_cycle_does_not_count_when_one_is_asked_for(tmp_path: Path) -> None:
    root = tmp_path / "cascade"
    shutil.copytree(VALID, root)
    (root / "2026-h1").mkdir()
    (root / "2026-h1" / "cycle.yml").write_text(
        "id: 2026-h1\nstart: 2025-12-29\nend: 2026-06-28\nreview_dates: [2026-03-31]\n", encoding="utf-8"
    )
    cascade = load_cascade(root).cascade
    assert cascade is not None
    assert alignment_score(cascade).score == 90  # the old cycle has no executive objective
    assert alignment_score(cascade, "2026-h2").score == 100


@pytest.fixture(scope="module")
def whole() -> Cascade:
    """The valid cascade, read once."""
    cascade = load_cascade(VALID).cascade
    assert cascade is not None
    return cascade


@given(
    dropped=st.sets(st.integers(0, 5)),
    loose=st.sets(st.integers(0, 5)),
    unfunded=st.integers(0, 12),
)
def test_the_score_is_what_the_deductions_leave_of_100(
    whole: Cascade, dropped: set[int], loose: set[int], unfunded: int
) -> None:
    objectives = tuple(
        objective.model_copy(
            update={
                **({"key_results": ()} if number in dropped else {}),
                **({"derives_from": None, "bet": None} if number in loose else {}),
            }
        )
        for number, objective in enumerate(whole.objectives)
    )
    orphan = whole.initiatives[0].model_copy(update={"supports": ()})
    fields = {name: getattr(whole, name) for name in Cascade.__dataclass_fields__}
    broken = Cascade(**{**fields, "objectives": objectives, "initiatives": (orphan,) * unfunded})
    score = alignment_score(broken)
    assert score.score == max(5, 100 - sum(one.points for one in score.deductions))
    assert all(one.points == POINTS[one.kind] for one in score.deductions)
    assert sum(one.kind == "objective_without_key_results" for one in score.deductions) == len(
        [number for number in dropped if number < len(objectives)]
    )
    assert sum(one.about == "initiative assist_rollout" for one in score.deductions) == unfunded
