"""Whether an objective says what is achieved, and not what is built or what a machine puts out.

How a title is read is in `language`. Whether its key results can carry it: `outcomes`, `metric_choice`.
"""

from collections.abc import Iterator

from okr_pipeline.cascade.issues import shown
from okr_pipeline.cascade.language.building import what_is_built
from okr_pipeline.cascade.language.outputs import counted_output, machine_score
from okr_pipeline.cascade.language.technology import SystemNames, names_product
from okr_pipeline.cascade.language.words import read, text
from okr_pipeline.cascade.model import Cascade, Objective
from okr_pipeline.cascade.rule import Finding, RuleContext, rule


def registered_names(cascade: Cascade) -> SystemNames:
    """Return the names and ids of the registered AI systems, as titles may use them."""
    named = ((system_id, system.name) for system_id, system in cascade.ai_systems.items())
    return SystemNames(name for both in named for name in both if name is not None)


@rule("warning")
def technology_milestone_objective(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """An objective that names what is built instead of what is achieved.

    Example: ``Deploy a large language model across customer service``; also ``Roll out agent assist so that
        customers get answers at once``, which says what to build and appends a hope.
    Reason: it tells teams what to build, is reached when that is built, whoever is better off, and does not
        survive a change in technology.
    Remedy: say what will be different for customers, employees or the business: ``Make our customer service
        operation a competitive differentiator through AI-augmented resolution``. The deed is an initiative.

    Silent where `machine_output_objective` speaks: one title, one sentence.
    """
    systems = registered_names(cascade)
    for objective in cascade.objectives:
        deed = what_is_built(objective.title, systems)
        if deed is not None and _machine_output(objective, systems) is None:
            yield Finding(
                objective.location.of("title"),
                f"objective {objective.id}",
                f"its title names what is built ({shown(deed)})",
                "an objective says first what is achieved, and for whom",
                "write what changes for customers, employees or the business; make the deed an initiative",
            )


@rule("warning")
def machine_output_objective(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """An objective that names a score of a model or the volume of its output.

    Example: ``Improve AI model accuracy to 92 percent``; ``Generate one million AI answers a month``.
    Reason: teams then optimise a test set or a counter while what people do hardly changes.
    Remedy: name the human outcome: ``Reduce the time our underwriters spend on manual document review so they can
        grow written premium without headcount``. The score may be a team's quality key result.
    """
    systems = registered_names(cascade)
    for objective in cascade.objectives:
        seen = _machine_output(objective, systems)
        if seen is None:
            continue
        yield Finding(
            objective.location.of("title"),
            f"objective {objective.id}",
            f"its title names {seen}",
            "an objective names a human or business outcome, not the output of a machine",
            "write what people can do, decide or stop doing once the machine is good enough",
        )


def _machine_output(objective: Objective, systems: SystemNames) -> str | None:
    score = machine_score(objective.title)
    if score is not None:
        return f"a score of a machine ({shown(score)})"
    output = counted_output(objective.title, systems, needs_quantity=True)
    return None if output is None else f"a volume of output ({shown(output)})"


@rule("advice", needs_all_files=True)
def single_initiative_objective(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """An executive objective that only one named AI system could serve.

    Example: ``Agent assist becomes the heart of our service``; or a title about a chatbot, while every key result
        down to the teams rests on the same system.
    Reason: programmes that outlive a cycle are portfolios; such an objective ends with its one bet.
    Remedy: write it so that a second initiative, with or without AI, could serve it too.
    """
    systems = registered_names(cascade)
    for objective in cascade.objectives:
        if objective.level != "executive":
            continue
        words = read(objective.title)
        named = systems.find(words)
        beneath = _systems_beneath(cascade, objective)
        if named:
            name = text(words[named[0].start : named[0].end])
            problem = f"its title names one AI system ({shown(name)})"
        elif len(beneath) == 1 and names_product(words):
            problem = f"its title is about a product, and all that rests on AI beneath it rests on {min(beneath)}"
        else:
            continue
        yield Finding(
            objective.location.of("title"),
            f"objective {objective.id}",
            problem,
            "more than one initiative could serve an executive objective",
            "name the outcome that the system is meant to bring",
        )


def _systems_beneath(cascade: Cascade, objective: Objective) -> frozenset[str]:
    """Return the AI systems on which any key result of the objective or of one below it rests."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [objective]
    while waiting:
        current = waiting.pop()
        if current.id in seen:
            continue
        seen.add(current.id)
        for result in current.key_results:
            found.update(result.ai_systems)
            waiting.extend(cascade.children_of(result))
    return frozenset(found)
