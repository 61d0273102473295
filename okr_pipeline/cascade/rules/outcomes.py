"""Whether an objective is tied to an outcome that the organisation counts on without it.

What kind of metric suits a single key result is in `metric_choice`.
"""

from collections.abc import Iterator

from okr_pipeline.cascade.issues import listed
from okr_pipeline.cascade.model import Cascade, KeyResult, Objective
from okr_pipeline.cascade.rule import Finding, RuleContext, rule
from okr_pipeline.cascade.strategy import PlanFigure

_ALLOWED = "an objective moves an outcome that the finance or operations plan already holds"


@rule("warning", needs_all_files=True)
def objective_without_outcome(cascade: Cascade, context: RuleContext) -> Iterator[Finding]:
    """An objective with no tie to an outcome of the finance or operations plan.

    An executive objective is tied by a key result on a metric and unit that ``plan`` in ``strategy.yml`` holds. One
    below is tied by a key result on a business outcome, its own or one above it.

    Example: ``Employees are proud to work with modern tools``, with a key result on the share of active users.
    Reason: what moves no figure that the chief financial or operating officer cares about is aspiration.
    Remedy: add a key result on a figure of the plan, or drop the objective.

    Silent at the executive level while no plan is written (`strategy_without_plan` says so once), and wherever a
    metric or a parent is unknown.
    """
    for objective in cascade.objectives:
        if objective.level == "executive":
            problem = _unplanned(cascade, objective, context)
        else:
            problem = _without_outcome(cascade, objective, context)
        if problem is not None:
            yield Finding(
                objective.location.of("key_results"),
                f"objective {objective.id}",
                problem,
                _ALLOWED,
                "add a key result on one of its figures, or drop the objective",
            )


@rule("advice", needs_all_files=True)
def strategy_without_plan(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """A strategy that names no figure of the finance or operations plan.

    Example: ``strategy.yml`` without ``plan``.
    Reason: without it nobody can tell an executive objective that the organisation counts on from a wish.
    Remedy: list the figures that the bets are to move, each with its source.
    """
    if cascade.strategy.plan or "strategy" in cascade.refused:
        return
    if any(objective.level == "executive" for objective in cascade.objectives):
        yield Finding(
            cascade.place("strategy.yml"),
            "strategy",
            "it names no figure of the finance or operations plan",
            "plan lists the outcomes that the bets are to move, so that executive objectives can be held to them",
            "add plan: with one figure for each bet, e.g. {metric: ..., org_unit: ..., bet: ..., change: -20%, "
            "source: ...}",
        )


def _unplanned(cascade: Cascade, objective: Objective, context: RuleContext) -> str | None:
    results = objective.key_results
    plan = cascade.strategy.plan
    if not plan or not results or any(result.metric not in context.metrics for result in results):
        return None
    if any(_holds(cascade, figure, result) for figure in plan for result in results):
        return None
    return f"none of its key results is on a figure of the plan ({listed([result.metric for result in results], 4)})"


def _holds(cascade: Cascade, figure: PlanFigure, result: KeyResult) -> bool:
    """Tell whether a figure is the key result's metric, for its unit, one above or one below it."""
    units = cascade.organisation.units
    here, there = result.where.org_unit, figure.org_unit
    if figure.metric != result.metric or here is None or here not in units or there not in units:
        return figure.metric == result.metric  # an unknown unit is another rule's matter
    return here in cascade.organisation.ancestors(there) or there in cascade.organisation.ancestors(here)


def _without_outcome(cascade: Cascade, objective: Objective, context: RuleContext) -> str | None:
    above = _parents(cascade, objective)
    if above is None or not objective.key_results:
        return None
    metrics = [context.metrics.get(result.metric) for result in (*objective.key_results, *above)]
    if any(metric is None or metric.kind == "business_outcome" for metric in metrics):
        return None
    return "neither its key results nor those above it measure a business outcome"


def _parents(cascade: Cascade, objective: Objective) -> tuple[KeyResult, ...] | None:
    """Return the key results above an objective up to the executive level; None if the way up is broken."""
    chain: list[KeyResult] = []
    current = objective
    while current.level != "executive":
        parent = cascade.parent_of(current)
        if parent is None or parent in chain:
            return None
        chain.append(parent)
        current = cascade.objective_of(parent)
    return tuple(chain)
