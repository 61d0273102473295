"""What holds for the executive level alone."""

from collections.abc import Iterator

from okr_pipeline.cascade.model import Cascade, Location
from okr_pipeline.cascade.rule import Finding, RuleContext, rule


@rule("warning", needs_all_files=True)
def executive_objective_count(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """Fewer or more executive objectives in a cycle than the policy allows.

    Example: seven executive objectives in ``2026-h2``.
    Reason: two to four can be led; with one there is no choice, with seven there is no priority.
    Remedy: start with two or three and wire one of them to the bottom before adding another.
    """
    fewest = cascade.policy.executive_objectives_min_count.value
    most = cascade.policy.executive_objectives_max_count.value
    for cycle in cascade.cycles:
        count = sum(objective.level == "executive" and objective.cycle == cycle for objective in cascade.objectives)
        if fewest <= count <= most:
            continue
        sheets = [sheet for sheet in cascade.sheets if sheet.level == "executive" and sheet.cycle == cycle]
        place = sheets[0].location.of("objectives") if sheets else Location(f"{cycle}/cycle.yml", 1)
        yield Finding(
            place,
            f"cycle {cycle}",
            f"it has {count} executive {'objective' if count == 1 else 'objectives'}",
            f"a cycle has {fewest} to {most}",
            "start with two or three, one of them wired down to a team",
        )


@rule("warning")
def objective_without_strategic_bet(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """An executive objective tied to no bet in ``strategy.yml``.

    Example: an executive objective without ``bet``.
    Reason: an objective that serves no bet competes for money with those that do.
    Remedy: name the bet, or drop the objective.
    """
    for objective in cascade.objectives:
        if objective.level == "executive" and objective.bet is None:
            bets = ", ".join(bet.id for bet in cascade.strategy.bets) or "none yet"
            yield Finding(
                objective.location,
                f"objective {objective.id}",
                "it is tied to no strategic bet",
                f"an executive objective names one of the bets of strategy.yml ({bets})",
                "add bet: with the id of one",
            )
