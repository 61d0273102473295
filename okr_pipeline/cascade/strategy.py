"""`strategy.yml`, `benchmarks.yml` and a cycle's `cycle.yml`: the small files beside the cascade."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from okr_pipeline.cascade.definition import Amount, Definition, Id, Label, Percent, refusal
from okr_pipeline.cascade.scope import Scope

BetKind = Literal["cost_efficiency", "revenue_growth", "risk_reduction", "capability_building"]


class Bet(Definition):
    """A strategic bet that executive objectives serve."""

    id: Id
    """Stable name, e.g. ``lower_service_cost``."""
    title: Label
    """The bet in one sentence."""
    kind: BetKind
    """What the bet is meant to bring."""


class PlanFigure(Definition):
    """An outcome that the finance or operations plan already holds, with what a bet is to change about it."""

    metric: Id
    """Name of the metric; a business outcome."""
    org_unit: Id
    """Unit whose figure the plan holds."""
    bet: Id
    """Bet that is to move it."""
    change: Percent
    """Relative change that the plan counts on by the end of the cycle, signed, e.g. ``-20%``."""
    source: Label
    """Where the plan says so, e.g. ``operations plan 2026, line 14``."""


class Lever(Definition):
    """What is known of how one metric moves another: a pilot, a study, the causes counted in a past year."""

    metric: Id
    """Metric that was moved."""
    org_unit: Id
    """Unit in which it was moved; it speaks for the units below, too."""
    change: Percent
    """Relative change of the metric that was seen, signed, e.g. ``-25%``."""
    parent: Id
    """Metric that moved with it."""
    moves_parent: tuple[Percent, Percent]
    """Lowest and highest relative change of the parent that went with that change, e.g. ``[10%, 18%]``."""
    lag_weeks: Annotated[int, Field(ge=0, le=104)]
    """Weeks until the parent moved."""
    source: Label
    """What this rests on, e.g. ``agent assist pilot, spring 2026``."""

    @model_validator(mode="after")
    def _moves_something_one_way(self) -> Self:
        low, high = self.moves_parent
        if self.change == 0:
            raise refusal("a change of 0% moves nothing", "the change that was seen", "correct it", at=("change",))
        if low > high or low * high < 0 or low == high == 0:
            raise refusal(
                f"{low * 100:g}% to {high * 100:g}% is not a move in one direction",
                "the lower change, then the higher, of one sign: [-10%, -5%]",
                "correct the range, or delete the lever",
                at=("moves_parent",),
            )
        return self


class Strategy(Definition):
    """`strategy.yml`."""

    bets: tuple[Bet, ...]
    """The organisation's bets; ids are unique."""
    plan: tuple[PlanFigure, ...] = ()
    """Outcomes of the finance and operations plan: an objective that moves none of them is aspiration."""
    levers: tuple[Lever, ...] = ()
    """Known links between metrics; where there is none, a generated draft marks its link as a guess."""

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        seen: set[str] = set()
        for position, bet in enumerate(self.bets):
            if bet.id in seen:
                raise refusal(
                    f"the bet {bet.id} is defined twice",
                    "a bet has an id of its own",
                    "rename or delete one",
                    at=("bets", position),
                )
            seen.add(bet.id)
        return self

    @model_validator(mode="after")
    def _plan_names_bets(self) -> Self:
        known = {bet.id for bet in self.bets}
        for position, figure in enumerate(self.plan):
            if figure.bet not in known:
                raise refusal(
                    f"the plan names the bet {figure.bet}, which is not defined",
                    f"one of {', '.join(sorted(known)) or 'none yet'}",
                    "correct the bet",
                    at=("plan", position, "bet"),
                )
        return self


class Benchmark(Definition):
    """What others reach, by which too easy a target is known."""

    metric: Id
    """Name of the metric that it compares with."""
    where: Scope | None = None
    """The part of the organisation that it compares with; all of it if left out."""
    value: Amount
    """Value in the metric's unit."""
    source: Label
    """Where the number is published."""
    as_of: date
    """Day to which the number refers."""


class Benchmarks(Definition):
    """`benchmarks.yml`."""

    benchmarks: tuple[Benchmark, ...]
    """Any number of benchmarks."""


class Cycle(Definition):
    """`cycle.yml`: the dates of one planning cycle."""

    id: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,30}$", examples=["2026-h2"])]
    """Name of the cycle and of its folder."""
    start: date
    """First day."""
    end: date
    """Last day."""
    review_dates: tuple[date, ...]
    """Days on which progress is reviewed."""

    @model_validator(mode="after")
    def _dates_are_in_order(self) -> Self:
        if self.end <= self.start:
            raise refusal(
                f"the cycle ends on {self.end}, not after it starts on {self.start}",
                "the end lies after the start",
                "correct one of the dates",
                at=("end",),
            )
        for position, day in enumerate(self.review_dates):
            if day < self.start:
                raise refusal(
                    f"the review on {day} lies before the cycle starts on {self.start}",
                    "reviews follow the start",
                    "correct the date",
                    at=("review_dates", position),
                )
        return self
