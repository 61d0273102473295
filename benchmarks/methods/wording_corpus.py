"""The corpus of titles, and the small sound cascade into which each of them is put alone.

What the rules make of it is counted in `wording`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from okr_pipeline.cascade.ai_system import AiSystem
from okr_pipeline.cascade.metric import Kind, Metric
from okr_pipeline.cascade.model import (
    LEVELS,
    Baseline,
    Bet,
    Cascade,
    KeyResult,
    Location,
    Objective,
    OkrLevel,
    Organisation,
    Policy,
    Scope,
    Strategy,
    Target,
    Trajectory,
    Unit,
)
from okr_pipeline.cascade.rule import RuleContext
from okr_pipeline.cascade.stand_ins import stand_in_policy
from okr_pipeline.cascade.strategy import PlanFigure

CORPUS = Path(__file__).parents[2] / "tests" / "cascade" / "wording_corpus.yml"
SUBJECT = "entry"
Part = Literal["tuning", "held_out"]
PARTS: tuple[Part, ...] = ("tuning", "held_out")
_UNIT = "insurer"
_DAY = date(2026, 6, 22)
_SOUND: Mapping[str, Any] = {"shape": "s_curve", "lag_weeks": 4}
_TARGET: Mapping[str, Any] = {"at_least": 0.7}
_HEAD: Mapping[str, Any] = {
    "org_unit": _UNIT,
    "owner": "head of the corpus",
    "cycle": "2026-h2",
    "location": Location("corpus.yml", 1),
}


@dataclass(frozen=True)
class Entry:
    """One objective or key result of the corpus.

    Attributes:
        part: ``tuning`` or ``held_out``.
        facts: The entry as it is written; see the head of the corpus.
    """

    part: Part
    facts: Mapping[str, Any]

    @property
    def expected(self) -> frozenset[str]:
        """Names of the rules that must speak."""
        return frozenset(self.facts["expected"])

    @property
    def subject(self) -> str:
        """What issues about the entry call it."""
        return f"{self.facts['kind'].replace('_', ' ')} {SUBJECT}"


def entries() -> tuple[Entry, ...]:
    """Return every entry, in the order of the file."""
    return tuple(Entry(part, facts) for part in PARTS for facts in _corpus()[part])


def world(entry: Entry) -> tuple[Cascade, RuleContext]:
    """Return a cascade in which all but the entry is sound, and its metrics."""
    facts, builder = entry.facts, _Builder()
    level: OkrLevel = facts["level"]
    levels_above = LEVELS[: LEVELS.index(level)]
    kinds_above = facts.get("above", ["business_outcome"] * len(levels_above))
    parent = None
    for upper, kind in zip(levels_above, reversed(kinds_above), strict=True):
        parent = builder.objective(f"{upper}_objective", upper, parent, {f"{upper}_result": kind})
    kind = facts.get("metric_kind", "business_outcome")
    beside = facts.get("beside", ["quality"] if kind == "adoption" and "above" not in facts else [])
    guards = {f"guard_{position}": guard for position, guard in enumerate(facts.get("guards", ()))}
    if guards:
        builder.objective("guarding", level, parent, guards)
    is_objective = facts["kind"] == "objective"
    name, result = (SUBJECT, "result") if is_objective else ("objective", SUBJECT)
    builder.objective(
        name,
        level,
        parent,
        {result: kind, **{f"beside_{position}": other for position, other in enumerate(beside)}},
        {**facts, "of_result": result, "guarded_by": tuple(guards)},
    )
    planned = f"{result}_metric" if facts.get("plan", True) else "another_metric"
    return builder.cascade(planned), RuleContext(builder.metrics, _DAY)


@dataclass
class _Builder:
    metrics: dict[str, Metric] = field(default_factory=dict)
    objectives: list[Objective] = field(default_factory=list)

    def objective(
        self,
        name: str,
        level: OkrLevel,
        parent: str | None,
        kinds: Mapping[str, Kind],
        facts: Mapping[str, Any] | None = None,
    ) -> str:
        """Add an objective with a key result for each kind, and return the id of its first key result."""
        facts = facts or {}
        results = [
            self._key_result(result, name, level, kind, facts if facts.get("of_result") == result else {})
            for result, kind in kinds.items()
        ]
        self.objectives.append(
            Objective(
                id=name,
                title=facts["text"] if name == SUBJECT else name,
                derives_from=parent,
                key_results=tuple(results),
                level=level,
                **_HEAD,
            )
        )
        return results[0].id

    def _key_result(
        self, name: str, objective: str, level: OkrLevel, kind: Kind, facts: Mapping[str, Any]
    ) -> KeyResult:
        metric = f"{name}_metric"
        self.metrics[metric] = _metric(metric, kind, facts)
        way = facts.get("trajectory", _SOUND)
        limits = facts.get("target", _TARGET).items()
        return KeyResult(
            id=name,
            title=facts["text"] if name == SUBJECT else name,
            metric=metric,
            where=Scope(org_unit=_UNIT),
            baseline=Baseline(value=0.3, source="corpus"),
            target=Target(**{key: tuple(limit) if isinstance(limit, list) else limit for key, limit in limits}),
            target_set_on=_DAY,
            window="trailing_4_weeks",
            minimum_cases=30,
            weight=float(facts.get("weight", 1)),
            due=date(2026, 12, 31),
            trajectory=None if way is None else Trajectory(**way),
            guarded_by=facts.get("guarded_by", ()),
            ai_systems=tuple(facts.get("rests_on", ())),
            objective_id=objective,
            level=level,
            **_HEAD,
        )

    def cascade(self, planned: str) -> Cascade:
        """Return what was added as a cascade whose plan holds one metric."""
        bet = Bet(id="bet", title="A bet", kind="cost_efficiency")
        change: Any = "10%"
        figure = PlanFigure(metric=planned, org_unit=_UNIT, bet=bet.id, change=change, source="corpus")
        return Cascade(
            organisation=Organisation(
                time_zone="UTC", currency="EUR", minimum_group=5, units={_UNIT: Unit(title="Example insurer")}
            ),
            strategy=Strategy(bets=(bet,), plan=(figure,)),
            policy=_policy(),
            benchmarks=(),
            ai_systems=_systems(),
            cycles={},
            sheets=(),
            objectives=tuple(self.objectives),
            initiatives=(),
        )


def _metric(name: str, kind: Kind, facts: Mapping[str, Any]) -> Metric:
    return Metric(
        name=name,
        unit="share",
        kind=kind,
        direction=facts.get("direction", "up"),
        aggregation=facts.get("aggregation", "mean" if kind == "business_outcome" else "proportion"),
        owner="head of the corpus",
        cadence="weekly",
        definition="A metric of the corpus.",
        role=None,
        people=False,
        function="corpus",
        sources=(("contact_centre", "interactions"),) if facts.get("sources", True) else (),
    )


@cache
def _corpus() -> dict[str, Any]:
    contents: dict[str, Any] = yaml.safe_load(CORPUS.read_text(encoding="utf-8"))
    return contents


@cache
def _policy() -> Policy:
    return stand_in_policy()


@cache
def _systems() -> Mapping[str, AiSystem]:
    return {
        name: AiSystem(id=name, name=title, intended_purpose="A system of the corpus")
        for name, title in _corpus()["systems"].items()
    }
