"""The files of the business units: what each of them moves towards a plan figure, and what has to hold meanwhile."""

from dataclasses import dataclass

from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.scope import Scope
from okr_pipeline.generation.comparison import comparison_for
from okr_pipeline.generation.draft import DraftFile, DraftKeyResult, DraftObjective, id_of
from okr_pipeline.generation.executive import executive_id
from okr_pipeline.generation.key_result import Ground, is_share, target_of_aim
from okr_pipeline.generation.links import Need, link
from okr_pipeline.generation.targets import outcome_aim
from okr_pipeline.generation.wiring import Branch, Chain
from okr_pipeline.generation.wording import OWN_WORDS, objective_title


@dataclass(frozen=True)
class Moved:
    """A mover as it was drafted: the parent of what teams do.

    Attributes:
        metric: its metric.
        id: its key result.
        change_ratio: the signed relative change that its target asks for.
        compare_with: a unit without AI that has the metric, too.
    """

    metric: Metric
    id: str
    change_ratio: float
    compare_with: str | None


@dataclass(frozen=True)
class DraftedBranch:
    """A branch with the key results that its teams derive from, and the ids of those that guard them."""

    branch: Branch
    chain: Chain
    movers: tuple[Moved, ...]
    guard_ids: tuple[str, ...]
    objective: DraftObjective


def drafted_branches(chain: Chain, ground: Ground) -> tuple[DraftedBranch, ...]:
    """Return the objectives of a plan figure, one for each part of a business unit that takes it up."""
    need = Need(chain.metric, chain.figure.org_unit, chain.figure.change, chain.links_count)
    return tuple(_drafted(branch, chain, need, ground) for branch in chain.branches)


def business_unit_files(drafted: tuple[DraftedBranch, ...]) -> tuple[DraftFile, ...]:
    """Return one file for each business unit, with its parts in the order of the plan."""
    units = dict.fromkeys(some.branch.business_unit for some in drafted)
    return tuple(_file(unit, [some for some in drafted if some.branch.business_unit == unit]) for unit in units)


def _file(unit: str, parts: list[DraftedBranch]) -> DraftFile:
    seen: set[str] = set()
    titles: set[str] = set()
    objectives = []
    for part in parts:
        fresh = tuple(result for result in part.objective.key_results if result.id not in seen)
        seen.update(result.id for result in fresh)
        questions = part.objective.questions
        if part.objective.title in titles and OWN_WORDS not in questions:
            questions += (OWN_WORDS,)
        titles.add(part.objective.title)
        objective = part.objective
        objectives.append(
            DraftObjective(
                objective.id, objective.title, fresh, derives_from=objective.derives_from, questions=questions
            )
        )
    chains = {part.chain.figure.metric: part.chain for part in parts}
    remarks = [
        f"Takes up {', '.join(chains)}.",
        *(f"- {sentence}." for chain in chains.values() for sentence in chain.remarks),
    ]
    return DraftFile(unit, "business_unit", parts[0].chain.metric.owner, tuple(remarks), tuple(objectives))


def _drafted(branch: Branch, chain: Chain, need: Need, ground: Ground) -> DraftedBranch:
    scope = Scope(org_unit=branch.unit)
    systems = tuple(
        sorted({system for team in branch.teams for adoption in team.adoptions for system in adoption.systems})
    )
    guards = tuple(ground.guard(guard, scope, level="business_unit", ai_systems=systems) for guard in branch.guards)
    guard_ids = tuple(guard.id for guard in guards)
    movers: list[Moved] = []
    results: list[DraftKeyResult] = []
    for mover in branch.movers:
        part = link(need, mover, branch.unit, ground)
        window = ground.window(mover, scope)
        baseline = ground.number(mover, scope)
        aim = outcome_aim(
            baseline,
            mover.direction,
            part.change_ratio or need.share,
            ground.yardsticks(mover, scope, window),
            basis=part.basis,
            is_share=is_share(mover),
        )
        others = (branch, chain.adopting, ground.facts, ground.measured)
        comparison = comparison_for((mover, chain.metric), *others)  # an effect on the figure shows in the figure
        below = comparison_for((mover,), *others)  # that of a team shows in the mover
        result = ground.key_result(
            mover,
            scope,
            target_of_aim(mover, aim),
            level="business_unit",
            weight=2,
            shape="s_curve",
            window=window,
            claim=part.claim,
            compare_with=comparison,
            guarded_by=guard_ids,
            ai_systems=systems,
            questions=part.questions + _missing(comparison, guard_ids),
        )
        results.append(result)
        movers.append(Moved(mover, result.id, aim.change_ratio, below))
    title, questions = objective_title("business_unit", chain.metric.function, ground.facts.title(branch.unit))
    objective = DraftObjective(
        id_of(branch.unit, "for", chain.metric.name),
        title,
        (*results, *guards),
        derives_from=executive_id(chain, ground),
        questions=questions,
    )
    return DraftedBranch(branch, chain, tuple(movers), guard_ids, objective)


def _missing(comparison: str | None, guard_ids: tuple[str, ...]) -> tuple[str, ...]:
    questions = []
    if comparison is None:
        questions.append("Which unit does the same work without AI? Without one, an effect can only be consistent.")
    if not guard_ids:
        questions.append("Which quality must not suffer? No quality metric is measured here.")
    return tuple(questions)
