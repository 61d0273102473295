"""How much of one time another one is: a stage of the way cannot shorten the way by more than itself.

Plain arithmetic of means; what the two have to do with each other beyond that, no number here can say.
"""

from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.scope import Scope
from okr_pipeline.generation.measured import Measured

_HOURS = {"seconds": 1 / 3600, "minutes": 1 / 60, "hours": 1.0, "days": 24.0, "weeks": 168.0}


def stage_ratio(parent: Metric, parent_unit: str, child: Metric, child_unit: str, measured: Measured) -> float | None:
    """Return the child's mean time as a share of the parent's; None unless both are measured mean times.

    A child that is longer than its parent is no stage of it: None.
    """
    if parent.unit not in _HOURS or child.unit not in _HOURS or {parent.aggregation, child.aggregation} != {"mean"}:
        return None
    whole = measured.value(parent, Scope(org_unit=parent_unit))
    part = measured.value(child, Scope(org_unit=child_unit))
    if whole is None or part is None or whole <= 0:
        return None
    ratio = part * _HOURS[child.unit] / (whole * _HOURS[parent.unit])
    return ratio if 0 < ratio <= 1 else None


def stage_ceiling(parent: Metric, parent_unit: str, child: Metric, child_unit: str, measured: Measured) -> float | None:
    """Return by how much the parent would be shorter if the child took no time at all, as a share of the parent.

    The child's unit handles only some of the parent's cases; the others stay as long as they are.
    """
    ratio = stage_ratio(parent, parent_unit, child, child_unit, measured)
    all_cases = measured.cases(parent, Scope(org_unit=parent_unit))
    if ratio is None or all_cases <= 0:
        return None
    return ratio * min(measured.cases(child, Scope(org_unit=child_unit)) / all_cases, 1.0)
