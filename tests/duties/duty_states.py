"""Milestones by id, and which of them differ between two states of the duties."""

from collections.abc import Callable

from okr_pipeline.compliance.model import Milestone
from okr_pipeline.duties import Duties
from okr_pipeline.milestone_nodes import milestone_id

DutiesOf = Callable[..., Duties]


def by_id(duties: Duties) -> dict[str, Milestone]:
    """Return the milestones by their id."""
    return {milestone_id(milestone): milestone for milestone in duties.milestones}


def changed(before: Duties, after: Duties) -> set[str]:
    """Return the ids of the milestones whose state differs, or that only one of the two has."""
    was, now = by_id(before), by_id(after)
    return {
        name
        for name in was.keys() | now.keys()
        if name not in was or name not in now or was[name].status is not now[name].status
    }
