"""The file of one owning unit and cycle, as people write it. The JSON Schema is generated from these models.

What a definition gains from where it stands (level, owner, line) does not belong here: `model`.
"""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from okr_pipeline.cascade.definition import Amount, Definition, Id, Label, Percent, refusal
from okr_pipeline.cascade.role import Role
from okr_pipeline.cascade.scope import Scope
from okr_pipeline.cascade.target import Baseline, Target

OkrLevel = Literal["executive", "business_unit", "team"]
Window = Literal["week", "trailing_4_weeks", "trailing_13_weeks", "cycle_to_date"]
ENTRY_LISTS = ("objectives", "key_results", "initiatives")
LagWeeks = Annotated[int, Field(ge=0, le=104)]


def innermost_entry(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Return the path of the entry (objective, key result, initiative) that a path leads into, or ()."""
    for end in range(len(path), 1, -1):
        if isinstance(path[end - 1], int) and path[end - 2] in ENTRY_LISTS:
            return path[:end]
    return ()


class Trajectory(Definition):
    """How a value is expected to move between the cycle's start and the due date."""

    shape: Literal["linear", "s_curve", "step"]
    """Form of the way to the target; adoption follows an S-curve."""
    lag_weeks: LagWeeks = 0
    """Weeks after the cycle's start before any movement is expected."""


class Comparison(Definition):
    """A published value that says what others reach."""

    value: Amount
    """Value in the metric's unit."""
    source: Label
    """Where the number is published."""
    as_of: date
    """Day to which the number refers."""


class Contribution(Definition):
    """What reaching this target is expected to do to the parent key result."""

    moves_parent: tuple[Percent, Percent]
    """Lowest and highest relative change of the parent, e.g. ``[-10%, -5%]``."""
    lag_weeks: LagWeeks
    """Weeks until the parent moves."""
    source: Label
    """What the expectation rests on, e.g. ``pilot, spring 2026``."""

    @model_validator(mode="after")
    def _range_is_ordered(self) -> Self:
        low, high = self.moves_parent
        if low > high:
            raise refusal(
                f"{low * 100:g}% is above {high * 100:g}%",
                "the lower change, then the higher: [-10%, -5%]",
                "swap the two",
                at=("moves_parent",),
            )
        return self


class KeyResultDefinition(Definition):
    """One key result: a metric, where it starts, and what it is to reach by when."""

    id: Id
    """Stable name, e.g. ``tier_one_handle_time``; never reused."""
    title: Label
    """The key result in one sentence."""
    metric: Id
    """Name of the metric, which is the name of its dbt model."""
    where: Scope | None = None
    """Part of the organisation that counts; the file's own unit if left out."""
    baseline: Baseline
    """Where the value starts."""
    target: Target
    """What is to be reached: a threshold or a range."""
    target_set_on: date
    """Day on which the target was decided."""
    window: Window
    """Weeks that make up one value."""
    minimum_cases: Annotated[int, Field(ge=1)] | None = None
    """Cases below which a value is inconclusive; the policy's default if left out."""
    weight: float = 1.0
    """Share in the objective's progress, relative to its other key results; 0 is watched and not counted."""
    due: date
    """Day by which the target is to be reached."""
    trajectory: Trajectory | None = None
    """Expected way to the target; linear without lag if left out."""
    benchmark: Comparison | None = None
    """What others reach."""
    contributes: Contribution | None = None
    """Expected effect on the parent key result."""
    compare_with: Scope | None = None
    """A unit, segment or side that has not adopted, against which an effect can be seen."""
    guarded_by: tuple[Id, ...] = ()
    """Key results, usually of quality, that keep this one honest."""
    ai_systems: tuple[Id, ...] = ()
    """AI systems that the key result rests on."""
    deploys: Id | None = None
    """AI system that the key result launches."""
    draft: tuple[Label, ...] = ()
    """Questions that a person must answer before this is more than a draft; delete each with its answer."""

    @model_validator(mode="after")
    def _target_differs_from_baseline(self) -> Self:
        value = self.baseline.value
        if value is not None and self.target.between is None and value in self.target.bounds(value):
            raise refusal(
                f"the target ({self.target.words()}) equals the baseline {value:g}",
                "a target away from the baseline, so that progress can be told",
                "correct the target or the baseline",
                at=("target",),
            )
        return self


class ObjectiveDefinition(Definition):
    """One objective and the key results that tell whether it is reached."""

    id: Id
    """Stable name, e.g. ``faster_tier_one``; never reused."""
    title: Label
    """What is to be achieved, in one sentence."""
    derives_from: Id | None = None
    """Key result one level up that this objective takes up; required below the executive level."""
    bet: Id | None = None
    """Strategic bet that an executive objective serves."""
    key_results: tuple[KeyResultDefinition, ...]
    """Two to five key results are usual."""
    draft: tuple[Label, ...] = ()
    """Questions that a person must answer before this is more than a draft."""


class InitiativeDefinition(Definition):
    """Funded work that is to move key results."""

    id: Id
    """Stable name, e.g. ``agent_assist_rollout``."""
    title: Label | None = None
    """The work in one sentence."""
    supports: tuple[Id, ...] = ()
    """Key results that the work is to move; at least one of a team."""
    ai_systems: tuple[Id, ...] = ()
    """AI systems that the work introduces or changes."""
    budget_eur: Annotated[float, Field(ge=0)] | None = None
    """Budget in euro for the cycle."""


class UnitFile(Definition):
    """Objectives and initiatives of one owning unit in one cycle."""

    cycle: Annotated[str, Field(examples=["2026-h2"])]
    """Id of the cycle, which is also the name of the folder."""
    org_unit: Id
    """Owning unit, as in `organisation.yml`."""
    level: OkrLevel
    """Level of the cascade; every objective below `executive` derives from a key result one level up."""
    owner: Role
    """Role that answers for the file; never a person."""
    objectives: tuple[ObjectiveDefinition, ...]
    """The unit's objectives of the cycle."""
    initiatives: tuple[InitiativeDefinition, ...] = ()
    """The unit's initiatives of the cycle."""
