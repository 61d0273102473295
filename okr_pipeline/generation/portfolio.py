"""Which two or three executive objectives a draft begins with, and why the others wait.

The article: two to three well-formed executive objectives, each with one fully wired cascade beneath it, are worth
more than a superficial set for every function.
"""

from dataclasses import dataclass

from okr_pipeline.cascade.scope import Scope
from okr_pipeline.cascade.strategy import Bet
from okr_pipeline.generation.comparison import comparison_for
from okr_pipeline.generation.inputs import Facts, FactsError
from okr_pipeline.generation.measured import Measured
from okr_pipeline.generation.wiring import Chain, Unwired, Wiring

OBJECTIVES_MAX_COUNT = 3


@dataclass(frozen=True)
class Choice:
    """One executive objective: a bet and its figures that are wired.

    Attributes:
        bet: the bet.
        chains: its figures, wired, in the order of the plan.
        reason: why it was chosen, in words.
    """

    bet: Bet
    chains: tuple[Chain, ...]
    reason: str


@dataclass(frozen=True)
class Portfolio:
    """What is drafted and what is not yet.

    Attributes:
        choices: the objectives, in the order of the strategy's bets.
        waiting: what was left out and why, sentences.
    """

    choices: tuple[Choice, ...]
    waiting: tuple[str, ...]


def choose(facts: Facts, measured: Measured) -> Portfolio:
    """Return the bets whose figures are wired best: first by teams whose effect can be seen, then by teams and cases.

    An effect can be seen where a unit that does the same work without AI is measured, too.

    Raises:
        FactsError: no figure can be wired.
    """
    wiring = Wiring(facts, measured)
    waiting: list[str] = []
    wired: dict[str, list[Chain]] = {}
    for figure in facts.strategy.plan:
        outcome = wiring.wire(figure)
        if isinstance(outcome, Unwired):
            waiting.append(f"{figure.metric} of {figure.org_unit} (bet {figure.bet}): {outcome.reason}.")
        else:
            wired.setdefault(figure.bet, []).append(outcome)
    if not wired:
        raise FactsError(
            f"{facts.strategy_file}: no plan figure can be wired down to a team - "
            + " ".join(waiting)
            + " Fix: measure what is missing, or name other figures"
        )
    bets = {bet.id: bet for bet in facts.strategy.bets}
    most = min(OBJECTIVES_MAX_COUNT, facts.policy.executive_objectives_max_count.value)
    order = list(bets)
    scores = {name: _score(chains, facts, measured) for name, chains in wired.items()}
    ranked = sorted(wired, key=lambda name: (*(-part for part in scores[name]), order.index(name)))
    for name in ranked[most:]:
        figures = ", ".join(chain.figure.metric for chain in wired[name])
        waiting.append(
            f"{figures} (bet {name}): it could be wired ({_words(scores[name])}), but {most} objectives are enough"
            " to begin with."
        )
    planned = {figure.bet for figure in facts.strategy.plan}
    waiting += [f"bet {name}: the plan holds no figure for it." for name in order if name not in planned]
    chosen = sorted(ranked[:most], key=order.index)
    choices = tuple(Choice(bets[name], tuple(wired[name]), _words(scores[name])) for name in chosen)
    return Portfolio(choices, tuple(waiting))


def _score(chains: list[Chain], facts: Facts, measured: Measured) -> tuple[int, int, float]:
    """Return teams whose effect can be seen, teams, and weekly cases of the movers."""
    seen, teams, cases = 0, 0, 0.0
    for chain in chains:
        for branch in chain.branches:
            comparison = comparison_for((branch.movers[0],), branch, chain.adopting, facts, measured)
            teams += len(branch.teams)
            seen += len(branch.teams) if comparison else 0
            cases += measured.cases(branch.movers[0], Scope(org_unit=branch.unit))
    return seen, teams, cases


def _words(score: tuple[int, int, float]) -> str:
    seen, teams, cases = score
    return f"teams that use AI: {teams}, of these with a unit to compare with: {seen}, cases a week: {cases:,.0f}"
