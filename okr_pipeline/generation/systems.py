"""Which AI systems which team uses: by the segments of metrics that are counted per system, else by their owner.

Whether a system may carry a target is decided here, too: the law comes before the wish.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from okr_pipeline.cascade.answers import UNKNOWN
from okr_pipeline.cascade.definition import ID_PATTERN
from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.scope import Scope
from okr_pipeline.generation.inputs import Facts
from okr_pipeline.generation.measured import Measured

AUTONOMY_ROLE = "autonomy"


@dataclass(frozen=True)
class Use:
    """One AI system in one team.

    Attributes:
        system: id of the system.
        unit: the team.
        in_use: whether its first use lies before the cycle.
        launches: whether its first use falls into the cycle.
        question: what a person has to confirm; None where the data shows the use.
    """

    system: str
    unit: str
    in_use: bool
    launches: bool
    question: str | None = None


def counted_by_system(metric: Metric, facts: Facts, measured: Measured) -> bool:
    """Return whether a metric's segments are AI systems of the register."""
    return bool(set(measured.segments(metric, facts.organisation.root)) & facts.ai_systems.keys())


def unregistered(facts: Facts, measured: Measured) -> tuple[str, ...]:
    """Return the systems that are counted in the data and that no file registers, sorted."""
    found: set[str] = set()
    for metric in facts.metrics.values():
        if counted_by_system(metric, facts, measured):
            found.update(measured.segments(metric, facts.organisation.root))
    return tuple(sorted(found - facts.ai_systems.keys() - {"all"}))


def uses_of(unit: str, facts: Facts, measured: Measured) -> tuple[Use, ...]:
    """Return the systems of a team, by id; a prohibited one is left out.

    Where no metric at all is counted per system, a system is taken to be the team's if its owner also answers for a
    metric of adoption that is above 0 there: a guess, with a question.
    """
    counted = [metric for metric in facts.metrics.values() if counted_by_system(metric, facts, measured)]
    if counted:
        seen = {segment for metric in counted for segment in measured.segments(metric, unit)} & facts.ai_systems.keys()
        return tuple(_uses(sorted(seen), unit, facts, None))
    owners = {
        metric.owner
        for metric in facts.metrics.values()
        if metric.kind == "adoption" and (measured.value(metric, Scope(org_unit=unit)) or 0) > 0
    }
    guessed = [name for name, system in facts.ai_systems.items() if system.owner in owners]
    question = f"Which AI system does {facts.title(unit)} use? No data says so; the register only says who answers."
    return tuple(_uses(guessed, unit, facts, question))


def _uses(names: list[str], unit: str, facts: Facts, question: str | None) -> Iterator[Use]:
    for name in names:
        first_use = facts.ai_systems[name].dates.first_use
        cannot_be_named = ID_PATTERN.fullmatch(name) is None  # a register may hold names that no key result can write
        if cannot_be_named or facts.assessment(name).block is not None or not isinstance(first_use, date):
            continue
        in_use = first_use < facts.cycle.start
        yield Use(name, unit, in_use, not in_use and first_use <= facts.cycle.end, question)


def autonomy_limit(system_id: str, facts: Facts) -> tuple[float, str] | None:
    """Return the largest share that a system may settle alone and where that limit stands; None if there is none.

    A high-risk system gets no such target from a draft: whether it may have one is for people to decide.
    """
    oversight = facts.ai_systems[system_id].oversight
    if facts.assessment(system_id).high_risk:
        return None
    limits = [(0.95, "five in a hundred stay with people")]
    if oversight.model == "HITL":
        coverage = oversight.review_coverage
        if coverage is None or coverage == UNKNOWN:
            return None
        limits.append((1 - float(coverage), f"people review {float(coverage):.0%} of the results of {system_id}"))
    allowed = oversight.ifu_max_autonomous_share
    if allowed is not None and allowed != UNKNOWN:
        limits.append((float(allowed), f"the instructions for use of {system_id} allow no more"))
    share, reason = min(limits)
    return (share, reason) if share > 0 else None
