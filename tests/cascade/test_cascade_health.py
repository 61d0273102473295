"""The roll-up: weights, coverage, the weakest child, and unknown between bad and good."""

from collections.abc import Mapping

import pytest
from cascade_copy import VALID
from hypothesis import given
from hypothesis import strategies as st
from measured_world import LAST_WEEK

from okr_pipeline.cascade.health import FROM_WORST, NodeHealth, roll_up
from okr_pipeline.cascade.loader import load_cascade
from okr_pipeline.cascade.model import Cascade, Objective
from okr_pipeline.cascade.status import Judgement, Status


def load_valid() -> Cascade:
    cascade = load_cascade(VALID).cascade
    assert cascade is not None
    return cascade


CASCADE = load_valid()
OBJECTIVE: Objective = next(objective for objective in CASCADE.objectives if len(objective.key_results) > 1)
FIRST, SECOND = OBJECTIVE.key_results[:2]


def judgement(key_result_id: str, status: Status, progress: float | None = 0.5) -> Judgement:
    return Judgement(
        key_result_id=key_result_id,
        week_start=LAST_WEEK,
        status=status,
        status_reason="So it is.",
        value_week=LAST_WEEK,
        value=1.0,
        low=0.9,
        high=1.1,
        progress=progress,
        expected_progress=0.5,
        weeks_stale=0,
        trend="steady",
    )


def health(said: Mapping[str, tuple[Status, float | None]]) -> dict[str, NodeHealth]:
    judgements = {result.id: judgement(result.id, Status.ON_TRACK) for result in CASCADE.key_results}
    judgements |= {name: judgement(name, status, progress) for name, (status, progress) in said.items()}
    return {node.node_id: node for node in roll_up(CASCADE, judgements, LAST_WEEK)}


def test_every_node_is_shown_once_below_its_parent() -> None:
    nodes = roll_up(CASCADE, {}, LAST_WEEK)
    ids = [node.node_id for node in nodes]
    assert sorted(ids) == sorted([item.id for item in CASCADE.objectives] + [item.id for item in CASCADE.key_results])
    parents = {node.node_id: node.parent_id for node in nodes}
    assert parents[FIRST.id] == OBJECTIVE.id
    assert parents[OBJECTIVE.id] == OBJECTIVE.derives_from
    derived = next(objective for objective in CASCADE.objectives if objective.derives_from)
    assert parents[derived.id] == derived.derives_from


def test_progress_is_weighted_clipped_and_only_over_key_results_that_have_data() -> None:
    weights = {result.id: result.weight for result in OBJECTIVE.key_results}
    said = {result.id: (Status.NO_DATA, None) for result in OBJECTIVE.key_results}
    node = health({**said, FIRST.id: (Status.ACHIEVED, 1.7), SECOND.id: (Status.OFF_TRACK, -0.4)})[OBJECTIVE.id]
    assert node.progress == pytest.approx(weights[FIRST.id] / (weights[FIRST.id] + weights[SECOND.id]))
    covered = (weights[FIRST.id] + weights[SECOND.id]) / sum(weights.values())
    assert node.data_coverage == pytest.approx(covered)


@pytest.mark.parametrize("status", [Status.NO_DATA, Status.STALE, Status.INCONCLUSIVE, Status.BLOCKED])
def test_missing_data_is_never_counted_as_nothing_reached(status: Status) -> None:
    said = {result.id: (Status.ON_TRACK, 0.6) for result in OBJECTIVE.key_results}
    node = health({**said, FIRST.id: (status, 0.1)})[OBJECTIVE.id]
    assert node.progress == pytest.approx(0.6)
    assert node.data_coverage < 1
    assert node.status is status


def test_the_sentence_of_an_objective_names_its_weakest_key_result() -> None:
    node = health({FIRST.id: (Status.OFF_TRACK, 0.1)})[OBJECTIVE.id]
    assert node.weakest_child == FIRST.id
    assert node.status_reason == f"Its weakest key result, {FIRST.id}, is off track: So it is."


def test_a_key_result_without_a_judgement_has_no_data_and_lowers_the_coverage() -> None:
    nodes = {node.node_id: node for node in roll_up(CASCADE, {}, LAST_WEEK)}
    assert nodes[FIRST.id].status is Status.NO_DATA
    assert (nodes[OBJECTIVE.id].progress, nodes[OBJECTIVE.id].data_coverage) == (None, 0.0)
    assert nodes[OBJECTIVE.id].status_reason.endswith("0 % of the weight has a usable status.")


def test_a_key_result_shows_the_weakest_objective_below_it_and_keeps_its_own_status() -> None:
    derived = next(objective for objective in CASCADE.objectives if objective.derives_from)
    parent_id = derived.derives_from
    assert parent_id is not None
    nodes = health({result.id: (Status.MISSED, 0.0) for result in derived.key_results})
    assert nodes[parent_id].weakest_child == derived.id
    assert nodes[parent_id].status is Status.ON_TRACK


@given(
    st.lists(
        st.sampled_from(list(Status)),
        min_size=len(OBJECTIVE.key_results),
        max_size=len(OBJECTIVE.key_results),
    )
)
def test_an_objective_is_as_bad_as_its_worst_child_and_unknown_lies_between_bad_and_good(
    statuses: list[Status],
) -> None:
    said = {result.id: (status, 0.5) for result, status in zip(OBJECTIVE.key_results, statuses, strict=True)}
    status = health(said)[OBJECTIVE.id].status
    assert status is min(statuses, key=FROM_WORST.index)
    bad = {Status.MISSED, Status.OFF_TRACK, Status.AT_RISK, Status.BLOCKED}
    unknown = {Status.NO_DATA, Status.STALE, Status.INCONCLUSIVE}
    if bad & set(statuses):
        assert status in bad
    elif unknown & set(statuses):
        assert status in unknown
