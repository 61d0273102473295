"""Whether every name that a definition uses is defined: metric, unit, guard, AI system, bet, key result."""

from collections.abc import Iterable, Iterator

from okr_pipeline.cascade.issues import listed, nearest, shown
from okr_pipeline.cascade.model import Cascade, KeyResult, Location
from okr_pipeline.cascade.rule import Finding, RuleContext, rule


@rule("error")
def unknown_metric(cascade: Cascade, context: RuleContext) -> Iterator[Finding]:
    """A key result or benchmark on a metric that no model computes.

    Example: ``metric: average_handle_time_second``.
    Reason: the key result would never have a value.
    Remedy: correct the name, or add the metric as a model of its own.
    """
    for result in cascade.key_results:
        if result.metric not in context.metrics:
            subject = f"key result {result.id}"
            yield _unknown("metric", result.metric, context.metrics, result.location.of("metric"), subject)
    for position, benchmark in enumerate(cascade.benchmarks):
        if benchmark.metric not in context.metrics:
            place = cascade.place("benchmarks.yml", f"benchmarks.{position}.metric")
            yield _unknown("metric", benchmark.metric, context.metrics, place, f"benchmark {position + 1}")


@rule("error")
def unknown_org_unit(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """A unit that ``organisation.yml`` does not have.

    Example: ``where: {org_unit: tier_on_support}``.
    Reason: no row belongs to it, so the value would be empty for ever.
    Remedy: correct the id, or add the unit with its codes.
    """
    if "organisation" in cascade.refused:
        return
    units = cascade.organisation.units
    known = units.keys() | cascade.unreadable_ids
    for sheet in cascade.sheets:
        if sheet.org_unit not in known:
            yield _unknown("org unit", sheet.org_unit, units, sheet.location.of("org_unit"), "org_unit")
    for result in cascade.key_results:
        places = {"where": result.where.org_unit}
        if result.compare_with is not None:
            places["compare_with"] = result.compare_with.org_unit
        for name, unit in places.items():
            if unit is not None and unit not in known and unit != result.org_unit:
                place = result.location.of(f"{name}.org_unit")
                yield _unknown("org unit", unit, units, place, f"key result {result.id}, {name}")


@rule("error")
def unknown_guard(cascade: Cascade, context: RuleContext) -> Iterator[Finding]:
    """A guard that is no key result of the same cycle, or that is the key result itself.

    Example: ``guarded_by: [repeat_contact_rate]``, where that is a metric that no key result tracks.
    Reason: an adoption target without the promised quality key result is unguarded.
    Remedy: name a key result that tracks quality, and define it if there is none.
    """
    in_cycle: dict[str, dict[str, KeyResult]] = {}
    for result in cascade.key_results:
        in_cycle.setdefault(result.cycle, {})[result.id] = result
    for result in cascade.key_results:
        known = in_cycle[result.cycle]
        for position, guard in enumerate(result.guarded_by):
            if guard != result.id and (guard in known or guard in cascade.unreadable_ids):
                continue
            subject, place = f"key result {result.id}", result.location.of(f"guarded_by.{position}")
            if guard == result.id:
                allowed, fix = "the guard is another key result", "name another or delete it"
                yield Finding(place, subject, "it is named as its own guard", allowed, fix)
            elif guard in context.metrics:
                tracking = next((other.id for other in known.values() if other.metric == guard), None)
                fix = f"write {tracking}" if tracking else f"define a key result on {guard} and name it"
                allowed = "guarded_by lists ids of key results"
                yield Finding(place, subject, f"its guard {guard} is a metric", allowed, fix)
            else:
                yield _unknown("guard", guard, known, place, subject, noun="key result")


@rule("error")
def unknown_ai_system(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """An AI system that has no file in ``ai_systems/``.

    Example: ``ai_systems: [agent_asist]``.
    Reason: obligations and risk class hang on the register; an unregistered system escapes both.
    Remedy: correct the id, or register the system in a file of its own.
    """
    named: list[tuple[str, str, Location]] = []
    for result in cascade.key_results:
        for position, system in enumerate(result.ai_systems):
            place = result.location.of(f"ai_systems.{position}")
            named.append((f"key result {result.id}", system, place))
        if result.deploys is not None:
            named.append((f"key result {result.id}", result.deploys, result.location.of("deploys")))
    for initiative in cascade.initiatives:
        for position, system in enumerate(initiative.ai_systems):
            place = initiative.location.of(f"ai_systems.{position}")
            named.append((f"initiative {initiative.id}", system, place))
    for record in cascade.evidence.values():
        named.append((f"evidence {record.id}", record.system_id, cascade.place(record.file, "system_id")))
    for subject, system, place in named:
        if system not in cascade.ai_systems and system not in cascade.unreadable_ids:
            yield _unknown("AI system", system, cascade.ai_systems, place, subject)


@rule("error")
def unknown_bet(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """A bet that ``strategy.yml`` does not have.

    Example: ``bet: lower_service_cots``.
    Reason: the objective looks tied to the strategy and is not.
    Remedy: correct the id, or add the bet to the strategy.
    """
    if "strategy" in cascade.refused:
        return
    bets = [bet.id for bet in cascade.strategy.bets]
    for objective in cascade.objectives:
        if objective.bet is not None and objective.bet not in {*bets, *cascade.unreadable_ids}:
            place = objective.location.of("bet")
            yield _unknown("bet", objective.bet, bets, place, f"objective {objective.id}")


@rule("error")
def unknown_supported_key_result(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """An initiative that supports a key result that does not exist.

    Example: ``supports: [billing_assisted_shar]``.
    Reason: the money looks tied to a result and is not.
    Remedy: correct the id.
    """
    known = cascade.key_results_by_id
    for initiative in cascade.initiatives:
        for position, name in enumerate(initiative.supports):
            if name not in known and name not in cascade.unreadable_ids:
                place = initiative.location.of(f"supports.{position}")
                yield _unknown("key result", name, known, place, f"initiative {initiative.id}")


def _unknown(
    kind: str, seen: str, known: Iterable[str], at: Location, subject: str, *, noun: str | None = None
) -> Finding:
    names = sorted(known)
    near = nearest(seen, names)
    fix = f"write {near}" if near else f"name an existing {noun or kind}, or define this one"
    return Finding(at, subject, f"the {kind} {shown(seen)} does not exist", f"known are {listed(names, 8)}", fix)
