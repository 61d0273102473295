"""Which metrics of the catalogue suit a place in the cascade: to move a figure, to guard it, to show adoption.

Only kinds, functions and measured rows decide. How many of them are taken is `wiring`'s matter.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.scope import Scope
from okr_pipeline.generation.inputs import Facts
from okr_pipeline.generation.measured import Measured
from okr_pipeline.generation.stages import stage_ratio
from okr_pipeline.generation.systems import AUTONOMY_ROLE, Use, autonomy_limit, counted_by_system
from okr_pipeline.generation.targets import ADOPTION_MAX, Yardstick, adoption_aim

_NAMES_AI = re.compile(r"\bAI\b")
_NAMES_A_GUARD = re.compile(r"\bguards?\b", re.IGNORECASE)
_SHARES = ("proportion", "distinct_share", "ratio")


@dataclass(frozen=True)
class Adoption:
    """A metric that shows how far a team has come with its AI systems.

    Attributes:
        metric: the metric.
        segment: the AI system, where the metric is counted per system; None for all of the team's work.
        systems: ids of the systems behind it.
        limit: the highest share that may be asked for.
        limit_words: where that limit stands.
        questions: what a person has to confirm.
    """

    metric: Metric
    segment: str | None
    systems: tuple[str, ...]
    limit: float
    limit_words: str
    questions: tuple[str, ...]


def movers_of(parent: Metric, unit: str, facts: Facts, measured: Measured) -> list[Metric]:
    """Return the outcomes of the parent's function that are measured in a unit, the most telling first.

    A metric that names AI in its definition measures use and not work, and one that calls itself a guard holds a
    level; neither moves a figure. First come the stages of the parent's way, the longest first, then weekly metrics
    before monthly ones, then those with more cases.
    """

    def rank(metric: Metric) -> tuple[float, bool, float, str]:
        stage = stage_ratio(parent, unit, metric, unit, measured) or 0.0
        return (-stage, metric.cadence != "weekly", -measured.cases(metric, Scope(org_unit=unit)), metric.name)

    found = [
        metric
        for metric in _of_function(parent, unit, facts, measured)
        if metric.kind == "business_outcome" and not _NAMES_AI.search(metric.definition) and not _is_guard(metric)
    ]
    return sorted(found, key=rank)


def unmeasured_movers(parent: Metric, unit: str, facts: Facts, measured: Measured) -> tuple[str, ...]:
    """Return, as sentences, which outcomes of the function have rows in a unit but no baseline, and why."""
    found = []
    for metric in facts.metrics.values():
        is_outcome = metric.function == parent.function and metric.kind == "business_outcome" and metric != parent
        if is_outcome and measured.segments(metric, unit) and not _NAMES_AI.search(metric.definition):
            reason = measured.baseline(metric, Scope(org_unit=unit)).reason
            if reason is not None:
                found.append(f"{metric.name} of {facts.title(unit)} is left out: {reason}")
    return tuple(found)


def guards_of(parent: Metric, unit: str, facts: Facts, measured: Measured) -> tuple[Metric, ...]:
    """Return what has to hold while a unit moves: its quality metric with most cases, and what calls itself a guard."""
    own = list(_of_function(parent, unit, facts, measured))
    quality = [metric for metric in own if metric.kind == "quality" and metric.role is None]
    quality.sort(key=lambda metric: (-measured.cases(metric, Scope(org_unit=unit)), metric.name))
    others = [metric for metric in own if metric.kind == "business_outcome" and _is_guard(metric)]
    return (*quality[:1], *others[:1])


def adoptions_of(
    parent: Metric, team: str, uses: tuple[Use, ...], facts: Facts, measured: Measured
) -> tuple[tuple[Adoption, ...], tuple[str, ...]]:
    """Return how a team's adoption can be measured, the nearest to its work first, and what is left out and why."""
    in_use = tuple(use for use in uses if use.in_use)
    found: list[Adoption] = []
    remarks: list[str] = []
    for metric in _adoption_metrics(parent, facts, measured):
        groups: list[tuple[str | None, tuple[Use, ...]]] = [(None, in_use)]
        if counted_by_system(metric, facts, measured):
            groups = [(use.system, (use,)) for use in in_use]
        for segment, behind in groups:
            value = measured.value(metric, Scope(org_unit=team, segment=segment))
            if value is None or not behind:
                continue
            adoption = _adoption(metric, segment, behind, facts)
            where = f"{metric.name} of {facts.title(team)}"
            if adoption is None:
                remarks.append(
                    f"{where} is left out: people review what its AI system does, or it is or may be high-risk"
                )
            elif adoption_aim(value, (), Yardstick(adoption.limit, adoption.limit_words)) is None:
                remarks.append(f"{where} is left out: at {value:.0%} there is no room ({adoption.limit_words})")
            else:
                found.append(adoption)
    first_own = [some for some in found if some.segment is None][:1]
    per_system = [some for some in found if some.segment is not None]
    others = [some for some in found if some.segment is None][1:]
    return (*first_own, *per_system, *others), tuple(remarks)


def _adoption(metric: Metric, segment: str | None, behind: tuple[Use, ...], facts: Facts) -> Adoption | None:
    limit, words = ADOPTION_MAX, "no more than that is realistic"
    if metric.role == AUTONOMY_ROLE:
        limits = [autonomy_limit(use.system, facts) for use in behind]
        if any(some is None for some in limits):
            return None
        limit, words = min(some for some in limits if some is not None)
    systems = tuple(use.system for use in behind)
    questions = tuple(dict.fromkeys(use.question for use in behind if use.question))
    if segment is None:
        questions += (f"Does {metric.name} count {' and '.join(systems)}? Its rows do not name the system.",)
    return Adoption(metric, segment, systems, limit, words, questions)


def _adoption_metrics(parent: Metric, facts: Facts, measured: Measured) -> Iterator[Metric]:
    """Yield the shares of adoption: those of the parent's own function, then those per system, people before cases."""
    shares = [
        metric
        for metric in facts.metrics.values()
        if metric.kind == "adoption" and metric.direction == "up" and metric.aggregation in _SHARES
    ]
    own = [metric for metric in shares if metric.function == parent.function]
    per_system = [metric for metric in shares if metric not in own and counted_by_system(metric, facts, measured)]
    yield from own
    yield from sorted(per_system, key=lambda metric: (metric.aggregation != "distinct_share", metric.name))


def _of_function(parent: Metric, unit: str, facts: Facts, measured: Measured) -> Iterator[Metric]:
    for metric in facts.metrics.values():
        is_other = metric.function == parent.function and metric.name != parent.name
        if is_other and measured.value(metric, Scope(org_unit=unit)) is not None:
            yield metric


def _is_guard(metric: Metric) -> bool:
    return _NAMES_A_GUARD.search(metric.definition) is not None
