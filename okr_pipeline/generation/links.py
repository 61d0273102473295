"""How far a child has to move, and what it may claim of its parent: from a lever, from a stage, else a guess.

Equal parts of a change are arithmetic and no evidence; whatever rests on them carries a question.
"""

from dataclasses import dataclass

from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.strategy import Lever
from okr_pipeline.generation.draft import DraftClaim
from okr_pipeline.generation.key_result import CLAIM_LAG_WEEKS, Ground
from okr_pipeline.generation.stages import stage_ceiling, stage_ratio
from okr_pipeline.generation.targets import CHANGE_MAX_RATIO, claim

GUESS_SOURCE = "equal parts of what the parent needs: arithmetic of the draft, no evidence"


@dataclass(frozen=True)
class Need:
    """What a parent needs and how many share in it.

    Attributes:
        metric: the parent's metric.
        unit: where the parent is measured.
        change_ratio: its signed relative change.
        parts: key results that share in it.
    """

    metric: Metric
    unit: str
    change_ratio: float
    parts: int

    @property
    def share(self) -> float:
        """One part of the change, without sign."""
        return abs(self.change_ratio) / self.parts


@dataclass(frozen=True)
class Link:
    """A child's part.

    Attributes:
        change_ratio: relative change that the child needs, without sign; None where nothing tells.
        claim: what it claims of the parent.
        basis: where the change comes from.
        questions: what a person must answer.
    """

    change_ratio: float | None
    claim: DraftClaim
    basis: str
    questions: tuple[str, ...]


def link(need: Need, child: Metric, unit: str, ground: Ground) -> Link:
    """Return the part of a child in a parent's need."""
    lever = ground.lever(need.metric, child, unit)
    if lever is not None and _fits(lever, need, child):
        return _known(lever, need)
    low, high = claim(need.change_ratio, need.parts)
    guessed = DraftClaim(low, high, CLAIM_LAG_WEEKS, GUESS_SOURCE)
    question = (
        f"What did a pilot show that {child.name} of {unit} does to {need.metric.name}, and after how many weeks?"
        f" {low:+.1%} to {high:+.1%} after {CLAIM_LAG_WEEKS} weeks is arithmetic, not evidence."
    )
    questions: tuple[str, ...] = (question,)
    if lever is not None:
        questions += (f"The lever of strategy.yml ({lever.source}) moves the other way than wanted: which is right?",)
    if child.kind == "adoption":
        return Link(None, guessed, "", questions)
    ratio = stage_ratio(need.metric, need.unit, child, unit, ground.measured)
    if ratio is None:
        basis = f"one part of {need.parts} of what {need.metric.name} needs, taken one to one"
        return Link(need.share, guessed, basis, questions)
    ceiling = stage_ceiling(need.metric, need.unit, child, unit, ground.measured) or ratio
    questions += (
        f"{child.name} of {unit} is {ratio:.0%} of {need.metric.name}; without it the mean of all cases would be"
        f" {ceiling:.1%} lower. What else has to become shorter?",
    )
    basis = f"one part of {need.parts} of what {need.metric.name} needs, of a stage that is {ratio:.0%} of it"
    return Link(min(need.share / ratio, CHANGE_MAX_RATIO), guessed, basis, questions)


def _known(lever: Lever, need: Need) -> Link:
    """Scale a lever to what is needed; further than it was seen to go is a question."""
    low, high = lever.moves_parent
    scale = need.share / abs((low + high) / 2)
    scaled = DraftClaim(round(low * scale, 3), round(high * scale, 3), lever.lag_weeks, lever.source)
    further: tuple[str, ...] = ()
    if scale > 1:
        further = (
            f"The lever ({lever.source}) was seen for {lever.change:+.0%}; this asks for {lever.change * scale:+.0%}."
            " Does it reach that far?",
        )
    return Link(abs(lever.change) * scale, scaled, f"the lever of strategy.yml ({lever.source})", further)


def _fits(lever: Lever, need: Need, child: Metric) -> bool:
    """Return whether a lever moves both metrics the way that is wanted."""
    child_way = (lever.change > 0) == (child.direction == "up")
    return child_way and (sum(lever.moves_parent) > 0) == (need.change_ratio > 0)
