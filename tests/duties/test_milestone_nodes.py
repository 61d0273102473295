"""What the state of a milestone means beside key results: a recommendation is never a breach, tampering always told."""

from dataclasses import replace
from pathlib import Path

import pytest
from duty_states import DutiesOf, by_id

from okr_pipeline.cascade.loader import load_cascade
from okr_pipeline.cascade.status import Status
from okr_pipeline.compliance.model import MilestoneStatus
from okr_pipeline.milestone_nodes import STATUS, milestone_nodes

RECOMMENDED = "life_risk_pricing.AIA-26-2"
STILL_TOLD = {
    MilestoneStatus.MET: Status.ACHIEVED,
    MilestoneStatus.TAMPERED: Status.MISSED,
    MilestoneStatus.OVERDUE: Status.MISSED,
    MilestoneStatus.UNVERIFIED: Status.INCONCLUSIVE,
    MilestoneStatus.NEEDS_REVIEW: Status.INCONCLUSIVE,
}


@pytest.mark.parametrize("status", [status for status in MilestoneStatus if status in STATUS])
@pytest.mark.parametrize("force", ["statutory", "grandfathered"])
def test_the_state_of_a_milestone_becomes_a_status(
    duties_of: DutiesOf, cascade_dir: Path, status: MilestoneStatus, force: str
) -> None:
    cascade = load_cascade(cascade_dir).cascade
    assert cascade is not None
    milestone = by_id(duties_of())[RECOMMENDED]
    changed = replace(milestone, status=status, obligation=replace(milestone.obligation, force=force))
    ((node,),) = milestone_nodes(cascade, [changed], duties_of().as_of).values()
    expected = STATUS[status] if force == "statutory" else STILL_TOLD.get(status, Status.NOT_DUE)
    assert node.status is expected
    assert node.node_id == RECOMMENDED
