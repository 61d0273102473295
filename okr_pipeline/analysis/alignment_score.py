"""The alignment score: one number for how well a cascade hangs together, itemised always.

It stands beside the findings of the rules and replaces none of them. The idea and the weights are those of the
OpenOKR method, section 5.2; what counts as an anchor, an orphan or a silo is defined here, on this cascade. Whether
the links are strong enough is the matter of `links`; whether they hold in the data, of the vanity test.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from okr_pipeline.cascade.issues import listed
from okr_pipeline.cascade.model import LEVELS, Cascade, Objective, UnitSheet

DeductionKind = Literal["no_anchor", "orphan", "objective_without_key_results", "level_skip", "silo"]
POINTS: dict[DeductionKind, int] = {
    "no_anchor": 10,
    "orphan": 12,
    "objective_without_key_results": 4,
    "level_skip": 3,
    "silo": 8,
}
FULL_SCORE = 100
LOWEST_SCORE = 5
HEALTHY_FROM_SCORE = 75


@dataclass(frozen=True, slots=True)
class Deduction:
    """Points lost at one place.

    Attributes:
        kind: what is wrong, one of a closed set.
        reason: what is wrong, in words.
        points: points lost.
        about: what it is about, e.g. ``initiative generative_claims_letters``.
    """

    kind: DeductionKind
    reason: str
    points: int
    about: str


@dataclass(frozen=True, slots=True)
class AlignmentScore:
    """The score and all that was deducted.

    Attributes:
        score: 5 to 100.
        is_healthy: whether it is 75 or more, and rests on a cascade that has objectives and could be read whole.
        deductions: every deduction, by kind and then in the order of the cascade.
        reason: the score in one sentence, with what it does not rest on.
    """

    score: int
    is_healthy: bool
    deductions: tuple[Deduction, ...]
    reason: str


def alignment_score(cascade: Cascade, cycle: str | None = None) -> AlignmentScore:
    """Return the score of a cascade: 100 minus all deductions, and at least 5.

    - ``no_anchor`` (10, once a cycle): an executive objective names no bet of `strategy.yml`, or there is none.
    - ``orphan`` (12 each): an initiative that supports no team's key result of its cycle, whatever the day; an
      objective below the executive level whose parent is missing or unknown in its cycle.
    - ``objective_without_key_results`` (4 each).
    - ``level_skip`` (3 each): an objective whose parent is not exactly one level up.
    - ``silo`` (8 each): the file of a unit, where nothing connects on a side that needs a connection: above, when no
      objective of it derives from a key result of another unit (below the executive level); below, when no unit
      takes up one of its key results (above the team level).

    One gap may cost twice: a unit whose only objective has no parent is an orphan and a silo.

    Args:
        cascade: the cascade.
        cycle: id of the cycle to score; all of them when left out.
    """
    cycles = tuple(name for name in _cycles(cascade) if cycle in (None, name))
    deductions = tuple(
        deduction for judge in (_anchors, _orphans, _empty, _skips, _silos) for deduction in judge(cascade, cycles)
    )
    score = max(LOWEST_SCORE, FULL_SCORE - sum(deduction.points for deduction in deductions))
    has_objectives = any(objective.cycle in cycles for objective in cascade.objectives)
    doubt = ""
    if not has_objectives:
        doubt = " There are no objectives, so there is nothing to align."
    elif not cascade.is_complete:
        doubt = " Not all files could be read, so links may be missed or missing."
    reason = f"{score} of {FULL_SCORE} points; {HEALTHY_FROM_SCORE} are healthy.{doubt}"
    return AlignmentScore(score, score >= HEALTHY_FROM_SCORE and not doubt, deductions, reason)


def _cycles(cascade: Cascade) -> tuple[str, ...]:
    named = [*cascade.cycles, *(sheet.cycle for sheet in cascade.sheets), *(one.cycle for one in cascade.objectives)]
    return tuple(dict.fromkeys(named))


def _deduct(kind: DeductionKind, reason: str, about: str) -> Deduction:
    return Deduction(kind, reason, POINTS[kind], about)


def _anchors(cascade: Cascade, cycles: tuple[str, ...]) -> Iterator[Deduction]:
    bets = {bet.id for bet in cascade.strategy.bets}
    for cycle in cycles:
        tops = [one for one in cascade.objectives if one.level == "executive" and one.cycle == cycle]
        loose = [one.id for one in tops if one.bet not in bets]
        if not bets:
            yield _deduct("no_anchor", "the strategy has no bets", f"cycle {cycle}")
        elif not tops:
            yield _deduct("no_anchor", "no executive objective ties it to the strategy", f"cycle {cycle}")
        elif loose:
            yield _deduct("no_anchor", f"tied to no bet of the strategy: {listed(loose)}", f"cycle {cycle}")


def _orphans(cascade: Cascade, cycles: tuple[str, ...]) -> Iterator[Deduction]:
    for objective in cascade.objectives:
        if objective.cycle in cycles and objective.level != "executive" and not _has_parent(cascade, objective):
            wanted = objective.derives_from
            reason = "it derives from no key result" if wanted is None else f"its parent {wanted} is not known"
            yield _deduct("orphan", reason, f"objective {objective.id}")
    for initiative in cascade.initiatives:
        if initiative.cycle not in cycles:
            continue
        supported = [cascade.key_results_by_id.get(name) for name in initiative.supports]
        if cascade.unreadable_ids.intersection(initiative.supports):
            continue
        if not any(one and one.level == "team" and one.cycle == initiative.cycle for one in supported):
            yield _deduct("orphan", "it supports no key result of a team", f"initiative {initiative.id}")


def _empty(cascade: Cascade, cycles: tuple[str, ...]) -> Iterator[Deduction]:
    for objective in cascade.objectives:
        if objective.cycle in cycles and not objective.key_results:
            yield _deduct("objective_without_key_results", "it has no key results", f"objective {objective.id}")


def _skips(cascade: Cascade, cycles: tuple[str, ...]) -> Iterator[Deduction]:
    for objective in cascade.objectives:
        parent = cascade.parent_of(objective)
        if objective.cycle not in cycles or parent is None or not _has_parent(cascade, objective):
            continue
        if LEVELS.index(objective.level) - LEVELS.index(parent.level) != 1:
            reason = f"its level is {objective.level}, and its parent {parent.id} is of level {parent.level}"
            yield _deduct("level_skip", reason, f"objective {objective.id}")


def _silos(cascade: Cascade, cycles: tuple[str, ...]) -> Iterator[Deduction]:
    links = {
        (objective.cycle, objective.org_unit, parent.org_unit)
        for objective in cascade.objectives
        if (parent := cascade.parent_of(objective)) is not None and parent.cycle == objective.cycle
    }
    between = {(cycle, below, above) for cycle, below, above in links if below != above}
    hanging = {(cycle, below) for cycle, below, _ in between}
    taken_up = {(cycle, above) for cycle, _, above in between}
    for sheet in cascade.sheets:
        if sheet.cycle in cycles:
            yield from _silo(sheet, (sheet.cycle, sheet.org_unit) in hanging, (sheet.cycle, sheet.org_unit) in taken_up)


def _silo(sheet: UnitSheet, hangs: bool, is_taken_up: bool) -> Iterator[Deduction]:
    gaps = []
    if sheet.level != "executive" and not hangs:
        gaps.append("its objectives derive from no key result of another unit")
    if sheet.level != "team" and not is_taken_up:
        gaps.append("no other unit takes up one of its key results")
    if gaps:
        yield _deduct("silo", " and ".join(gaps), f"unit {sheet.org_unit}")


def _has_parent(cascade: Cascade, objective: Objective) -> bool:
    """Return whether the parent is known; one in a file that could not be read is not known to be wrong."""
    parent = cascade.parent_of(objective)
    if parent is None:
        return objective.derives_from in cascade.unreadable_ids
    return parent.cycle == objective.cycle
