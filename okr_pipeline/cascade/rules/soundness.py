"""What an entry needs to be one at all: an id of its own, key results, dates ahead, usable weights."""

import math
from collections.abc import Iterator

from okr_pipeline.cascade.answers import UNKNOWN
from okr_pipeline.cascade.model import Cascade, Initiative, KeyResult, Location, Objective
from okr_pipeline.cascade.rule import Finding, RuleContext, rule


@rule("error")
def duplicate_id(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """Two objectives, key results or initiatives with one id, in any cycle.

    Example: two key results named ``handle_time``.
    Reason: an id names one history of values for ever; two things with one id mix their histories.
    Remedy: rename the newer one.
    """
    first: dict[str, Location] = {}
    for kind, entry in _entries(cascade):
        before = first.setdefault(entry.id, entry.location)
        if before is not entry.location:
            yield Finding(
                entry.location.of("id"),
                f"{kind} {entry.id}",
                f"the id is already used in {before.file}:{before.of('id').line}",
                "objectives, key results and initiatives of all cycles have ids of their own",
                "rename one of the two",
            )


def _entries(cascade: Cascade) -> Iterator[tuple[str, Objective | KeyResult | Initiative]]:
    for objective in cascade.objectives:
        yield "objective", objective
        for key_result in objective.key_results:
            yield "key result", key_result
    for initiative in cascade.initiatives:
        yield "initiative", initiative


@rule("error")
def duplicate_unit_file(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """Two files of one owning unit in a cycle.

    Example: ``2026-h2/legal.yml`` and ``2026-h2/legal_more.yml``, both with ``org_unit: legal``.
    Reason: the owner of a unit looks after one file; what stands in a second is overlooked.
    Remedy: join the two files.
    """
    first: dict[tuple[str, str], str] = {}
    for sheet in cascade.sheets:
        before = first.setdefault((sheet.cycle, sheet.org_unit), sheet.location.file)
        if before != sheet.location.file:
            yield Finding(
                sheet.location.of("org_unit"),
                f"unit {sheet.org_unit}",
                f"it already has the file {before}",
                "a unit has one file in a cycle",
                f"move the objectives to {before}",
            )


@rule("error")
def empty_objective(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """An objective without key results.

    Example: ``key_results: []``.
    Reason: nothing tells whether it is reached.
    Remedy: add a key result, or drop the objective.
    """
    for objective in cascade.objectives:
        if not objective.key_results:
            yield Finding(
                objective.location.of("key_results"),
                f"objective {objective.id}",
                "it has no key results",
                "an objective has at least one",
                "add a key result, or delete the objective",
            )


@rule("warning")
def past_due_date(cascade: Cascade, context: RuleContext) -> Iterator[Finding]:
    """A due date that has passed while the cycle still runs, or that nothing could have met.

    Example: ``due: 2026-09-30`` seen on 2026-11-23 in a cycle that ends on 2026-12-31.
    Reason: the key result is decided and asks nothing of anyone for the rest of the cycle.
    Remedy: set the next target as a key result of its own, or correct the date.
    """
    for result in cascade.key_results:
        cycle = cascade.cycles.get(result.cycle)
        if cycle is None:
            continue
        if result.due < cycle.start:
            problem = f"it is due on {result.due}, before the cycle starts on {cycle.start}"
        elif result.due <= result.target_set_on:
            problem = f"it is due on {result.due}, not after its target was set on {result.target_set_on}"
        elif result.due < context.as_of <= cycle.end:
            problem = f"it was due on {result.due}"
        else:
            continue
        yield Finding(
            result.location.of("due"),
            f"key result {result.id}",
            problem,
            "the due date lies ahead while the cycle runs",
            "correct the date, or set the next target as a new key result",
        )


@rule("error")
def weights_do_not_sum(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """Weights of an objective's key results from which no share can be computed.

    Weights are relative: 2 and 1 are two thirds and one third; 0 is watched and not counted.

    Example: a weight of -1, or two key results that both weigh 0.
    Reason: the objective's progress is the weighted mean of its key results; it needs a positive sum.
    Remedy: give at least one key result a weight above 0 and none a weight below.
    """
    for objective in cascade.objectives:
        negative = [result for result in objective.key_results if result.weight < 0]
        for result in negative:
            yield Finding(
                result.location.of("weight"),
                f"key result {result.id}",
                f"its weight {result.weight:g} is negative",
                "a weight is 0 or more",
                "write 0 for a key result that is watched and not counted",
            )
        total = sum(result.weight for result in objective.key_results)
        if objective.key_results and not negative and not (total > 0 and math.isfinite(total)):
            yield Finding(
                objective.location.of("key_results"),
                f"objective {objective.id}",
                f"the weights of its key results sum to {total:g}",
                "the sum is above 0 and finite",
                "give at least one key result a weight such as 1",
            )


@rule("error")
def ai_system_without_owner(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """An AI system of the cascade for which nobody answers.

    Example: a file in ``ai_systems/`` without ``owner``.
    Reason: its obligations become milestones, and a milestone without an owner is met by nobody.
    Remedy: name the role that answers for the system.
    """
    for system_id, system in cascade.ai_systems.items():
        if system.owner in (None, UNKNOWN):
            yield Finding(
                cascade.place(f"ai_systems/{system_id}.yml", "id"),
                f"AI system {system_id}",
                "it has no owner",
                "every AI system of a cascade names the role that answers for it",
                "add owner: head of ...",
            )
