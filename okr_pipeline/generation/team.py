"""The files of the teams: how far they use their AI systems, what has to hold, what they launch, what is funded."""

from dataclasses import dataclass, field

from okr_pipeline.cascade.scope import Scope
from okr_pipeline.generation.business_unit import DraftedBranch, Moved
from okr_pipeline.generation.draft import DraftClaim, DraftFile, DraftInitiative, DraftKeyResult, DraftObjective, id_of
from okr_pipeline.generation.key_result import Ground, target_of_aim
from okr_pipeline.generation.launches import launch_objective, watch_results
from okr_pipeline.generation.links import Link, Need, link
from okr_pipeline.generation.suitable import Adoption
from okr_pipeline.generation.targets import Aim, Yardstick, adoption_aim
from okr_pipeline.generation.wiring import TeamPart
from okr_pipeline.generation.wording import Place, objective_title


@dataclass
class _Team:
    """What has been drafted of one team so far."""

    unit: str
    objectives: list[DraftObjective] = field(default_factory=list)
    by_system: dict[str, list[str]] = field(default_factory=dict)


def team_files(drafted: tuple[DraftedBranch, ...], ground: Ground) -> tuple[DraftFile, ...]:
    """Return one file for each team; an initiative stands in the file of the first team that uses its system."""
    known = {result.id for some in drafted for result in some.objective.key_results}
    teams: dict[str, _Team] = {}
    for some in drafted:
        for part in some.branch.teams:
            team = teams.setdefault(part.unit, _Team(part.unit))
            _draft(team, part, some, known, ground)
    supports: dict[str, dict[str, str]] = {}
    for team in teams.values():
        for system, results in team.by_system.items():
            supports.setdefault(system, {}).update(dict.fromkeys(results, team.unit))
    return tuple(_file(team, supports, ground) for team in teams.values())


def _draft(team: _Team, part: TeamPart, drafted: DraftedBranch, known: set[str], ground: Ground) -> None:
    """Add the team's objectives towards one branch: one for each mover that it serves, and one for each launch."""
    scope = Scope(org_unit=part.unit)
    systems = tuple(sorted({system for adoption in part.adoptions for system in adoption.systems}))
    guards = [ground.guard(guard, scope, level="team", ai_systems=systems) for guard in part.guards]
    guard_ids = tuple(guard.id for guard in guards)
    own = [guard for guard in guards if guard.id not in known]
    for system in systems:
        if ground.facts.assessment(system).high_risk:
            own += watch_results(system, Scope(org_unit=part.unit, segment=system), ground)
    known.update(guard.id for guard in own)
    function = drafted.chain.metric.function
    title_of_unit = ground.facts.title(part.unit)
    for position, moved in enumerate(drafted.movers):
        served = [some for index, some in enumerate(part.adoptions) if _serves(index, drafted) == position]
        if not served:
            continue
        results = [_adoption_result(some, part, moved, drafted, position, guard_ids, ground) for some in served]
        for result in results:
            for system in result.ai_systems:
                team.by_system.setdefault(system, []).append(result.id)
        place: Place = "team_again" if team.objectives else "team"
        title, questions = objective_title(place, function, title_of_unit)
        objective = DraftObjective(
            id_of(part.unit, "for", moved.metric.name), title, (*results, *own), moved.id, questions=questions
        )
        own = []
        team.objectives.append(objective)
    for use in part.launches:
        launched = launch_objective(use, drafted.movers[0], guard_ids, ground)
        if launched is not None:
            team.objectives.append(launched)
            team.by_system.setdefault(use.system, []).append(launched.key_results[0].id)


def _serves(index: int, drafted: DraftedBranch) -> int:
    """Return the mover that a team's n-th adoption serves: the n-th, and the first when there are no more."""
    return index if index < len(drafted.movers) else 0


def _adoption_result(
    adoption: Adoption,
    part: TeamPart,
    moved: Moved,
    drafted: DraftedBranch,
    position: int,
    guard_ids: tuple[str, ...],
    ground: Ground,
) -> DraftKeyResult:
    parts = sum(
        _serves(index, drafted) == position for team in drafted.branch.teams for index in range(len(team.adoptions))
    )
    metric, scope = adoption.metric, Scope(org_unit=part.unit, segment=adoption.segment)
    needed = link(Need(moved.metric, drafted.branch.unit, moved.change_ratio, parts), metric, part.unit, ground)
    baseline = ground.number(metric, scope)
    window = ground.window(metric, scope)
    limit = Yardstick(adoption.limit, adoption.limit_words)
    yardsticks = ground.yardsticks(metric, scope, window)
    aim = adoption_aim(baseline, yardsticks, limit, needed.change_ratio)
    questions = adoption.questions + needed.questions
    if aim is None:
        aim = adoption_aim(baseline, (), limit, needed.change_ratio) or Aim(limit.value, 0.0, limit.words)
        questions += (f"The target stops where {limit.words}; the unit or others have been there already.",)
    if moved.compare_with is None:
        questions += ("Which team does the same work without AI? Without one, an effect can only be consistent.",)
    return ground.key_result(
        metric,
        scope,
        target_of_aim(metric, aim),
        level="team",
        weight=2 if adoption.segment is None else 1,
        shape="s_curve",
        window=window,
        claim=_reached(needed, aim),
        compare_with=moved.compare_with,
        guarded_by=guard_ids or drafted.guard_ids,
        ai_systems=adoption.systems,
        questions=questions,
    )


def _reached(needed: Link, aim: Aim) -> DraftClaim:
    """Cut a lever's claim down where the target stops before the change that the lever needs."""
    if needed.change_ratio is None or aim.change_ratio >= needed.change_ratio:
        return needed.claim
    scale = aim.change_ratio / needed.change_ratio
    whole = needed.claim
    return DraftClaim(
        round(whole.low_ratio * scale, 3), round(whole.high_ratio * scale, 3), whole.lag_weeks, whole.source
    )


def _file(team: _Team, supports: dict[str, dict[str, str]], ground: Ground) -> DraftFile:
    title = ground.facts.title(team.unit).lower()
    owner = f"team lead {title}" if "@" not in title else f"team lead {team.unit}"
    initiatives = []
    for system in team.by_system:
        results = supports[system]
        if next(iter(results.values())) == team.unit:
            units = ", ".join(dict.fromkeys(ground.facts.title(unit).lower() for unit in results.values()))
            name = f"{ground.facts.ai_systems[system].title} in the daily work of {units}"
            initiatives.append(DraftInitiative(id_of(system, "in_daily_work"), name, tuple(results), (system,)))
    remarks = (f"The owner, {owner}, is a guess: no input names the role.",)
    return DraftFile(team.unit, "team", owner, remarks, tuple(team.objectives), tuple(initiatives))
