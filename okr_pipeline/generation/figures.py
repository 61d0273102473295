"""Whether a plan figure can be an executive key result: known, an outcome, measured, and a change for the better.

What stands below it is `wiring`'s matter.
"""

from collections.abc import Iterator

from okr_pipeline.cascade.scope import Scope
from okr_pipeline.cascade.strategy import PlanFigure
from okr_pipeline.generation.inputs import Facts
from okr_pipeline.generation.measured import Measured

RISE_MAX_RATIO = 10
"""More than elevenfold in a cycle is a slip of the pen."""


def refused(figure: PlanFigure, facts: Facts, measured: Measured) -> str | None:
    """Return why a figure cannot be a key result; None when it can."""
    return next(_reasons(figure, facts, measured), None)


def _reasons(figure: PlanFigure, facts: Facts, measured: Measured) -> Iterator[str]:
    if figure.metric not in facts.metrics:
        yield f"no model computes {figure.metric}"
        return
    metric = facts.metrics[figure.metric]
    if metric.kind != "business_outcome":
        yield f"{metric.name} is of kind {metric.kind}; an executive key result needs a business outcome"
    if not metric.sources:
        yield f"{metric.name} is computed from no system of record"
    if figure.org_unit not in facts.organisation.units:
        yield f"organisation.yml has no unit {figure.org_unit}"
        return
    if not -1 <= figure.change <= RISE_MAX_RATIO or figure.change == 0:
        yield f"a change of {figure.change:+.0%} is no target"
    if (figure.change > 0) != (metric.direction == "up"):
        yield f"the plan changes {metric.name} by {figure.change:+.0%}, and {metric.direction} is better"
    scope = Scope(org_unit=figure.org_unit)
    if measured.value(metric, scope) is None:
        yield measured.baseline(metric, scope).reason or "its baseline is 0, to which no change is relative"
