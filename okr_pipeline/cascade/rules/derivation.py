"""Whether every objective hangs on the right key result one level up."""

from collections.abc import Iterator

from okr_pipeline.cascade.issues import nearest, shown
from okr_pipeline.cascade.model import LEVELS, Cascade, KeyResult, Objective
from okr_pipeline.cascade.rule import Finding, RuleContext, rule

_ONE_UP = "an objective derives from a key result exactly one level up"


@rule("error")
def objective_without_parent(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """Below the executive level, an objective that derives from no key result.

    Example: a team's objective without ``derives_from``.
    Reason: work that serves no key result above cannot be seen in the organisation's outcomes.
    Remedy: name the key result that the objective takes up, or drop the objective.
    """
    for objective in cascade.objectives:
        if objective.level != "executive" and objective.derives_from is None:
            above = LEVELS[LEVELS.index(objective.level) - 1]
            yield Finding(
                objective.location,
                f"objective {objective.id}",
                "it derives from no key result",
                f"below the executive level, {_ONE_UP}",
                f"add derives_from: with the id of a key result of level {above}",
            )


@rule("error")
def derives_from_unknown(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """A parent that does not exist in the cycle.

    Example: ``derives_from: service_cost_per_contct``.
    Reason: the link is the cascade; with a broken one the objective hangs on nothing.
    Remedy: correct the id; the nearest known one is suggested.
    """
    for objective in cascade.objectives:
        wanted = objective.derives_from
        if wanted is None or wanted in cascade.unreadable_ids:
            continue
        parent = cascade.parent_of(objective)
        if parent is not None and parent.cycle == objective.cycle:
            continue
        problem, fix = _unknown_parent(cascade, objective, wanted, parent)
        yield Finding(
            objective.location.of("derives_from"),
            f"objective {objective.id}",
            problem,
            f"derives_from is the id of a key result of cycle {objective.cycle}",
            fix,
        )


def _unknown_parent(cascade: Cascade, objective: Objective, wanted: str, parent: KeyResult | None) -> tuple[str, str]:
    if parent is not None:
        return (
            f"its parent {wanted} belongs to cycle {parent.cycle}",
            f"take up a key result of cycle {objective.cycle}",
        )
    if wanted in cascade.objectives_by_id:
        results = ", ".join(result.id for result in cascade.objectives_by_id[wanted].key_results) or "none"
        return f"its parent {wanted} is an objective", f"name one of its key results ({results})"
    candidates = [result.id for result in cascade.key_results if result.cycle == objective.cycle]
    near = nearest(wanted, candidates)
    return (
        f"its parent {shown(wanted)} does not exist",
        f"write {near}" if near else "name an existing key result, or define this one",
    )


@rule("error")
def derives_from_wrong_level(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """A parent that is not exactly one level up: a level skipped, the same level, a level below, a circle.

    Example: a team's objective that derives from an executive key result.
    Reason: a key result at one level is the objective of the level below; a skipped level has no one who
        answers for the translation, and a circle reaches no executive objective.
    Remedy: derive from a key result one level up, or move the objective to another level.
    """
    for objective in cascade.objectives:
        parent = cascade.parent_of(objective)
        if parent is None or parent.cycle != objective.cycle:
            continue
        distance = LEVELS.index(objective.level) - LEVELS.index(parent.level)
        if distance == 1:
            continue
        circle = _circle(cascade, objective)
        if objective.level == "executive":
            problem = f"an executive objective derives from {parent.id}"
        elif circle:
            problem = f"it derives from itself in a circle ({' -> '.join(circle)})"
        elif distance == 0:
            problem = f"its parent {parent.id} is on the same level, {parent.level}"
        elif distance > 1:
            problem = f"its parent {parent.id} is {distance} levels up, {parent.level}"
        else:
            problem = f"its parent {parent.id} is on a level below, {parent.level}"
        is_executive = objective.level == "executive"
        yield Finding(
            objective.location.of("derives_from"),
            f"objective {objective.id}",
            problem,
            "an executive objective derives from nothing and names a bet" if is_executive else _ONE_UP,
            "delete derives_from" if is_executive else _fix(objective),
        )


def _fix(objective: Objective) -> str:
    above = LEVELS[LEVELS.index(objective.level) - 1]
    return f"name a key result of level {above}"


def _circle(cascade: Cascade, objective: Objective) -> tuple[str, ...]:
    """Return the ids from the objective over its ancestors back to itself; empty if it is in no circle."""
    path = [objective.id]
    current = objective
    while (parent := cascade.parent_of(current)) is not None:
        current = cascade.objective_of(parent)
        if current.id in path:
            return (*path, current.id) if current.id == objective.id else ()
        path.append(current.id)
    return ()
