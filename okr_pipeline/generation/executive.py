"""The executive file of a draft: one objective for each chosen bet, one key result for each of its plan figures."""

from okr_pipeline.cascade.scope import Scope
from okr_pipeline.generation.draft import DraftFile, DraftKeyResult, DraftObjective, DraftTarget, id_of
from okr_pipeline.generation.key_result import Ground
from okr_pipeline.generation.portfolio import Choice, Portfolio
from okr_pipeline.generation.systems import unregistered
from okr_pipeline.generation.wiring import Chain
from okr_pipeline.generation.wording import executive_title

OWNER = "chief executive officer"


def executive_file(portfolio: Portfolio, ground: Ground) -> DraftFile:
    """Return the file of the root unit, with what was left out at its top."""
    remarks = [
        "Chosen: the bets whose plan figures can be wired down to teams with measured metrics and AI systems in use.",
        *(f"- {choice.bet.id}: {choice.reason}" for choice in portfolio.choices),
        *(["Not yet, and why:"] if portfolio.waiting else []),
        *(f"- {sentence}" for sentence in portfolio.waiting),
    ]
    unknown = unregistered(ground.facts, ground.measured)
    if unknown:
        remarks.append(f"Counted in the data and in no register: {', '.join(unknown)}. Register them first.")
    remarks.append(f"The owner, {OWNER}, is a guess: no input names the role.")
    objectives = tuple(_objective(choice, ground) for choice in portfolio.choices)
    return DraftFile(ground.facts.organisation.root, "executive", OWNER, tuple(remarks), objectives)


def executive_id(chain: Chain, ground: Ground) -> str:
    """Return the id of the key result of a plan figure."""
    return ground.id(chain.figure.org_unit, chain.metric)


def _objective(choice: Choice, ground: Ground) -> DraftObjective:
    functions = tuple(chain.metric.function for chain in choice.chains)
    title, questions = executive_title(choice.bet.kind, functions)
    results = tuple(_key_result(chain, ground) for chain in choice.chains)
    return DraftObjective(id_of("serve", choice.bet.id), title, results, bet=choice.bet.id, questions=questions)


def _key_result(chain: Chain, ground: Ground) -> DraftKeyResult:
    figure, metric = chain.figure, chain.metric
    scope = Scope(org_unit=figure.org_unit)
    baseline = ground.number(metric, scope)
    window = ground.window(metric, scope)
    percent = f"{abs(figure.change) * 100:.10g}%"
    target = DraftTarget(
        "increase_by_at_least" if figure.change > 0 else "reduce_by_at_least", percent, f"the plan: {figure.source}"
    )
    planned = baseline + abs(baseline) * figure.change
    beaten = [
        f"The plan asks for no more than {yardstick.words}: is it still ambitious?"
        for yardstick in ground.yardsticks(metric, scope, window)
        if (yardstick.value >= planned if metric.direction == "up" else yardstick.value <= planned)
    ]
    return ground.key_result(
        metric,
        scope,
        target,
        level="executive",
        weight=1,
        shape="linear",
        window=window,
        questions=tuple(beaten),
    )
