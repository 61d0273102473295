"""What stands below a plan figure: from the teams that use AI up to the metrics of their business unit.

Built from the bottom, as the article asks: first what teams adopt, then what their unit tracks, then the figure. The
result is a chain or the reason why there is none; targets and words come later.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.scope import Scope
from okr_pipeline.cascade.strategy import PlanFigure
from okr_pipeline.generation.figures import refused
from okr_pipeline.generation.inputs import Facts
from okr_pipeline.generation.measured import Measured
from okr_pipeline.generation.stages import stage_ceiling
from okr_pipeline.generation.suitable import Adoption, adoptions_of, guards_of, movers_of, unmeasured_movers
from okr_pipeline.generation.systems import Use, uses_of

MOVERS_MAX_COUNT = 2
BRANCHES_MAX_COUNT = 3
ADOPTIONS_MAX_COUNT = 2


@dataclass(frozen=True)
class TeamPart:
    """What one team brings: the n-th adoption serves the n-th mover of its branch, the rest the first."""

    unit: str
    adoptions: tuple[Adoption, ...]
    guards: tuple[Metric, ...]
    launches: tuple[Use, ...]


@dataclass(frozen=True)
class Branch:
    """One part of a business unit, with the metrics that it moves and guards and the teams that adopt.

    Attributes:
        business_unit: the owning unit.
        unit: the part that is measured: the teams and nothing that works without AI.
        movers: metrics that are to move the figure.
        guards: metrics that are to hold.
        teams: teams below.
    """

    business_unit: str
    unit: str
    movers: tuple[Metric, ...]
    guards: tuple[Metric, ...]
    teams: tuple[TeamPart, ...]


@dataclass(frozen=True)
class Chain:
    """A plan figure wired to the bottom.

    Attributes:
        figure: the figure.
        metric: its metric.
        branches: what stands below.
        adopting: every unit that uses an AI system, so that none of them is taken for a comparison.
        remarks: what was left out and why, sentences.
    """

    figure: PlanFigure
    metric: Metric
    branches: tuple[Branch, ...]
    adopting: frozenset[str]
    remarks: tuple[str, ...] = ()

    @property
    def links_count(self) -> int:
        """Number of key results that share the figure's change."""
        return sum(len(branch.movers) for branch in self.branches)


@dataclass(frozen=True)
class Unwired:
    """A plan figure for which no chain can be built yet, and why."""

    figure: PlanFigure
    reason: str


@dataclass
class Wiring:
    """Wires figure after figure; a metric of a unit that one figure has taken is not there for the next."""

    facts: Facts
    measured: Measured
    taken: set[tuple[str, str]] = field(default_factory=set)
    parents: dict[str, int] = field(default_factory=dict)

    def wire(self, figure: PlanFigure) -> Chain | Unwired:
        """Return the chain below a figure, or why there is none."""
        reason = refused(figure, self.facts, self.measured)
        if reason is not None:
            return Unwired(figure, reason)
        metric = self.facts.metrics[figure.metric]
        uses = {unit: uses_of(unit, self.facts, self.measured) for unit in self._teams(figure)}
        adopting = frozenset(unit for unit, some in uses.items() if any(use.in_use for use in some))
        if not uses:
            return Unwired(figure, f"{self.facts.title(figure.org_unit)} has no teams below it")
        if not adopting:
            return Unwired(figure, "no team below it uses an AI system yet")
        remarks: list[str] = []
        branches: list[Branch] = []
        by_branch: dict[str, list[str]] = {}
        for unit in uses:
            if unit in adopting:
                by_branch.setdefault(self.facts.branch_of(unit), []).append(unit)
        for business_unit, teams in by_branch.items():
            if self.parents.get(business_unit, 0) >= self.facts.policy.parents_taken_max_count.value:
                remarks.append(
                    f"{self.facts.title(business_unit)} already takes up as many figures as policy.yml allows"
                )
                continue
            branches += self._branches(metric, figure, business_unit, teams, uses, remarks)
        if not branches:
            why = "; ".join(remarks) or "nothing that its units track and its teams can move is measured"
            return Unwired(figure, why)
        for branch in branches:
            self.taken.update((mover.name, branch.unit) for mover in branch.movers)
        for business_unit in {branch.business_unit for branch in branches}:
            self.parents[business_unit] = self.parents.get(business_unit, 0) + 1
        return Chain(figure, metric, tuple(branches), adopting, tuple(remarks))

    def _teams(self, figure: PlanFigure) -> tuple[str, ...]:
        """Return the teams below a figure's unit; a unit right below the root is no team."""
        teams = self.facts.teams_below(figure.org_unit)
        return tuple(unit for unit in teams if self.facts.branch_of(unit) != unit)

    def _branches(
        self,
        parent: Metric,
        figure: PlanFigure,
        business_unit: str,
        teams: list[str],
        uses: dict[str, tuple[Use, ...]],
        remarks: list[str],
    ) -> Iterator[Branch]:
        everyone = self.facts.teams_below(business_unit)
        common = self._common(teams)
        planned = {some.metric for some in self.facts.strategy.plan}
        found = []
        others = [unit for unit in everyone if unit not in teams and unit in self.facts.organisation.below(common)]
        for unit in [common] if not others else teams:
            part = [team for team in teams if team in self.facts.organisation.below(unit)]
            movers = [
                mover
                for mover in movers_of(parent, unit, self.facts, self.measured)
                if mover.name not in planned and (mover.name, unit) not in self.taken
            ]
            remarks += unmeasured_movers(parent, unit, self.facts, self.measured)
            movers = self._carrying(parent, figure, unit, movers, remarks)
            members = tuple(filter(None, (self._team(parent, team, uses[team], remarks) for team in part)))
            movers = movers[: min(MOVERS_MAX_COUNT, max((len(some.adoptions) for some in members), default=0))]
            guards = guards_of(parent, unit, self.facts, self.measured)
            if movers and members:
                found.append(Branch(business_unit, unit, tuple(movers), guards, members))
        found.sort(key=lambda some: -self.measured.cases(some.movers[0], Scope(org_unit=some.unit)))
        for dropped in found[BRANCHES_MAX_COUNT:]:
            remarks.append(
                f"{self.facts.title(dropped.unit)} is left for a later cycle: three parts are enough to begin"
            )
        yield from found[:BRANCHES_MAX_COUNT]

    def _common(self, teams: list[str]) -> str:
        """Return the lowest unit that has all of the teams below it, or the team itself."""
        chains = [self.facts.organisation.ancestors(team) for team in teams]
        return next(unit for unit in chains[0] if all(unit in chain for chain in chains))

    def _carrying(
        self, parent: Metric, figure: PlanFigure, unit: str, movers: list[Metric], remarks: list[str]
    ) -> list[Metric]:
        """Leave out a stage of the way that is too short to carry even half of an equal share of the change."""
        kept = []
        for mover in movers:
            ceiling = stage_ceiling(parent, figure.org_unit, mover, unit, self.measured)
            if ceiling is not None and ceiling < abs(figure.change) / MOVERS_MAX_COUNT / 2:
                title = self.facts.title(unit)
                remarks.append(f"{mover.name} of {title} is left out: all of it is {ceiling:.1%} of {parent.name}")
            else:
                kept.append(mover)
        return kept

    def _team(self, parent: Metric, team: str, uses: tuple[Use, ...], remarks: list[str]) -> TeamPart | None:
        adoptions, left_out = adoptions_of(parent, team, uses, self.facts, self.measured)
        remarks += left_out
        free = [some for some in adoptions if (f"{some.metric.name}:{some.segment}", team) not in self.taken]
        chosen = tuple(free[:ADOPTIONS_MAX_COUNT])
        if not chosen:
            remarks.append(
                f"{self.facts.title(team)} has no metric of adoption that is measured, above 0 and still free"
            )
            return None
        self.taken.update((f"{some.metric.name}:{some.segment}", team) for some in chosen)
        launches = tuple(use for use in uses if use.launches)
        return TeamPart(team, chosen, guards_of(parent, team, self.facts, self.measured), launches)
