"""A publication that breaks a promise about what was learned is refused, and readers keep the one before."""

import math
from pathlib import Path
from typing import Any

import pytest
from publishing import BEFORE, CELL, MONDAY, OTHER_CELL, PARTS, SHOWN, publish

from okr_pipeline.publication.store import PublicationStore
from okr_pipeline.publication.verification import VerificationError

FIRST, SECOND = PARTS
OWN_PARTS = tuple(
    {**{name: value for name, value in part.items() if name != "metric"}, "key_result_id": "faster"} for part in PARTS
)
HIDDEN = {**CELL, "week_start": MONDAY, "is_suppressed": True}
STAYS = " - nothing is published, the last publication stays"


def refusal(home: Path, **changed: Any) -> str:
    """Return why a publication is refused, without the name of its file."""
    publish(home, "p1")
    with pytest.raises(VerificationError) as refused:
        publish(home, "p2", **changed)
    assert PublicationStore(home).current_id() == "p1"
    assert PublicationStore(home).ids() == ("p1",)
    sentence = str(refused.value)
    assert sentence.startswith("cascade.duckdb: ")
    assert sentence.endswith(STAYS)
    return sentence.removeprefix("cascade.duckdb: ").removesuffix(STAYS)


def test_a_publication_that_keeps_every_promise_is_shown(tmp_path: Path) -> None:
    assert publish(tmp_path, own_parts=OWN_PARTS).name == "p1"
    assert PublicationStore(tmp_path).current_id() == "p1"


@pytest.mark.parametrize(
    ("changed", "broken"),
    [
        (
            {"alignment_evidence": {"verdict": "proves"}},
            "a verdict on a link outside the closed set: adopted",
        ),
        (
            {"alignment_evidence": {"verdict": None}},
            "a verdict on a link outside the closed set: adopted",
        ),
        (
            {"alignment_evidence": {"verdict": "flat", "reason": ""}},
            "evidence without a reason: adopted",
        ),
        (
            {"alignment_evidence": {"verdict": "not_enough_data", "reason": None}},
            "evidence without a reason: adopted",
        ),
        (
            {"alignment_evidence": {"compared_with": None}},
            "a link that is said to move its parent without a comparison: adopted",
        ),
        (
            {"cascade_findings": {"suppression_reason": None}},
            "a suppressed finding without a reason: f1",
        ),
        (
            {"cascade_findings": {"suppression_reason": ""}},
            "a suppressed finding without a reason: f1",
        ),
        (
            {"cascade_findings": {"severity": "error"}},
            "an error that is suppressed: f1",
        ),
        (
            {"key_result_current": {"reach_probability": 1.01}},
            "a probability outside 0 to 1: faster",
        ),
        (
            {"key_result_current": {"reach_probability": -0.01}},
            "a probability outside 0 to 1: faster",
        ),
        (
            {"key_result_current": {"reach_probability": math.nan}},
            "a probability outside 0 to 1: faster",
        ),
        (
            {"key_result_current": {"drift": "calm"}},
            "a drift outside the closed set: faster",
        ),
        (
            {"key_result_current": {"drift_direction": None}},
            "a drifting key result without a direction: faster",
        ),
        (
            {"key_result_current": {"drift_direction": "sideways"}},
            "a drifting key result without a direction: faster",
        ),
    ],
)
def test_one_broken_promise_is_named_with_what_breaks_it(
    tmp_path: Path, changed: dict[str, dict[str, Any]], broken: str
) -> None:
    assert refusal(tmp_path, **changed) == broken


@pytest.mark.parametrize(
    "changed",
    [
        {"alignment_evidence": {"verdict": "consistent_with", "compared_with": None}},
        {"cascade_findings": {"suppressed_until": None, "suppression_reason": None, "severity": "error"}},
        {"key_result_current": {"reach_probability": None}},
        {"key_result_current": {"reach_probability": 1.0}},
        {"key_result_current": {"reach_probability": 0.0}},
        {"key_result_current": {"drift": "not_enough_data", "drift_direction": None}},
    ],
)
def test_what_is_unknown_or_at_the_edge_breaks_nothing(tmp_path: Path, changed: dict[str, dict[str, Any]]) -> None:
    assert publish(tmp_path, **changed).exists()


@pytest.mark.parametrize(
    "second",
    [
        {**SECOND, "rate": -4.00001},
        {**SECOND, "rate": None},
        {**SECOND, "mix": math.nan},
        {**SECOND, "mix": math.inf},
        {**SECOND, "change": -8.5},
        {**SECOND, "change": None},
    ],
)
def test_parts_that_do_not_sum_to_the_change_are_refused(tmp_path: Path, second: dict[str, Any]) -> None:
    assert refusal(tmp_path, parts=(FIRST, second)) == (
        "a change of a metric that its parts do not sum to: handle_time"
    )
    own = tuple(
        {**{name: value for name, value in part.items() if name != "metric"}, "key_result_id": "faster"}
        for part in (FIRST, second)
    )
    assert refusal(tmp_path / "own", own_parts=own) == ("a change of a key result that its parts do not sum to: faster")


def test_a_change_without_any_parts_but_unknown_ones_is_refused(tmp_path: Path) -> None:
    unknown = {**FIRST, "mix": math.nan, "rate": math.nan, "change": math.nan}
    assert refusal(tmp_path, parts=(unknown,)) == "a change of a metric that its parts do not sum to: handle_time"


def test_rounding_of_large_amounts_is_no_broken_promise(tmp_path: Path) -> None:
    large = tuple({**part, "change": -8e9 + 1e-6, "mix": 0.0, "rate": -4e9} for part in PARTS)
    assert publish(tmp_path, parts=large).exists()


@pytest.mark.parametrize("week", [MONDAY, BEFORE])
def test_a_part_of_a_group_withheld_in_either_week_is_refused(tmp_path: Path, week: object) -> None:
    said = "a part of a change that belongs to a withheld group: handle_time"
    cells = (SHOWN, {**HIDDEN, **OTHER_CELL, "week_start": week})
    assert refusal(tmp_path, cells=cells) == said
    assert refusal(tmp_path / "own", cells=cells, parts=(), own_parts=OWN_PARTS) == said


def test_a_group_withheld_in_another_week_gives_nothing_away(tmp_path: Path) -> None:
    cells = (SHOWN, {**HIDDEN, **OTHER_CELL, "week_start": BEFORE.replace(day=2)})
    assert publish(tmp_path, cells=cells).exists()


def test_withheld_groups_may_be_told_together(tmp_path: Path) -> None:
    together = dict.fromkeys(("org_unit", "segment", "ai_assisted"), "withheld")
    cells = (SHOWN, {**HIDDEN, **OTHER_CELL})
    assert publish(tmp_path, cells=cells, parts=(FIRST, {**SECOND, **together})).exists()
