"""The unit against which an effect could be seen: same business unit, same metrics, no AI system."""

from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.scope import Scope
from okr_pipeline.generation.inputs import Facts
from okr_pipeline.generation.measured import Measured
from okr_pipeline.generation.systems import uses_of
from okr_pipeline.generation.wiring import Branch


def comparison_for(
    metrics: tuple[Metric, ...], branch: Branch, adopting: frozenset[str], facts: Facts, measured: Measured
) -> str | None:
    """Return the team without any AI system in which all of the metrics are measured; None where there is none.

    Of several, the one with most cases of the first metric.
    """
    inside = facts.organisation.below(branch.unit)
    candidates = [
        unit
        for unit in facts.teams_below(branch.business_unit)
        if unit not in inside and unit not in adopting and not uses_of(unit, facts, measured)
    ]
    with_rows = [
        unit
        for unit in candidates
        if all(measured.value(metric, Scope(org_unit=unit)) is not None for metric in metrics)
    ]
    return max(with_rows, key=lambda unit: measured.cases(metrics[0], Scope(org_unit=unit)), default=None)
