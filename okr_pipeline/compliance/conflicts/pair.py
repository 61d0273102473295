"""A key result and an AI system that it names: everything that a conflict rule may ask about the two.

Whether they go together is decided in `rules`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property

from okr_pipeline.cascade.ai_system import AiSystem
from okr_pipeline.cascade.answers import Unknown
from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.model import Cascade, KeyResult
from okr_pipeline.compliance.model import Assessment, Milestone, MilestoneStatus, Obligation, Observation
from okr_pipeline.compliance.standing import first_signed

_COUNTED = ("total", "stock")  # aggregations of numbers that are no shares


def exact(number: float) -> Fraction:
    """Return a number as it is written: 0.9 and 0.1 make exactly 1, as they do on paper."""
    return Fraction(str(round(number, 12)))


def known(answer: float | Unknown | None) -> Fraction | None:
    """Return an answer as an exact number; None when it is unknown or not given."""
    return None if answer is None or isinstance(answer, str) else exact(answer)


def binds_from(obligation: Obligation) -> date | None:
    """Return the day from which an obligation binds.

    Where first use is unknown it is the day from which the law asks it of anyone: by the day on which a key result is
    due, the system that it rests on is in use.
    """
    return obligation.anchor or obligation.applies_from


@dataclass(frozen=True)
class Ground:
    """What holds for every pair.

    Attributes:
        cascade: the cascade, its policy and its evidence.
        metrics: metrics by name.
        milestones: milestones without a running event, by system and obligation.
    """

    cascade: Cascade
    metrics: Mapping[str, Metric]
    milestones: Mapping[tuple[str, str], Milestone]


@dataclass(frozen=True)
class Pair:
    """One key result and one system that it rests on or launches.

    Attributes:
        key_result: the key result.
        system: the answers in the system's file.
        assessment: what the law asks because of the system.
        observation: what the data says of it.
        ground: what holds for every pair.
    """

    key_result: KeyResult
    system: AiSystem
    assessment: Assessment
    observation: Observation
    ground: Ground

    @property
    def role(self) -> str | None:
        """Role of the key result's metric."""
        metric = self.ground.metrics.get(self.key_result.metric)
        return None if metric is None else metric.role

    @property
    def launches(self) -> bool:
        """Whether the key result launches the system."""
        return self.key_result.deploys == self.system.id

    @property
    def target_words(self) -> str:
        """The target with its metric, e.g. ``autonomous_resolution_share at least 0.9``."""
        return f"{self.key_result.metric} {self.key_result.target.words()}"

    @cached_property
    def autonomous_share(self) -> Fraction | None:
        """The lowest autonomous share that meets the target.

        None when the metric is none of autonomy or no share, when the target sets no lower bound, and when it is
        relative to a baseline that is measured and so not known here.
        """
        low = self._least_autonomy
        metric = self.ground.metrics.get(self.key_result.metric)
        return None if low is None or metric is None or metric.aggregation in _COUNTED else exact(low)

    @property
    def asks_for_autonomy(self) -> bool:
        """Whether the target asks that the system acts alone at all.

        An increase over a measured baseline does: whatever the baseline, more than nothing is asked.
        """
        target = self.key_result.target
        if self.role == "autonomy" and target.increase_by_at_least is not None:
            return True
        return (self._least_autonomy or 0) > 0

    @property
    def _least_autonomy(self) -> float | None:
        target, baseline = self.key_result.target, self.key_result.baseline.value
        if self.role != "autonomy" or (target.is_relative and baseline is None):
            return None
        return target.bounds(baseline or 0.0)[0]

    def obligation(self, obligation_id: str) -> Obligation | None:
        """Return an obligation of the system; None when it does not bind."""
        return next((item for item in self.assessment.obligations if item.id == obligation_id), None)

    def binds_when_due(self, *obligation_ids: str) -> bool:
        """Return whether the law asks one of the obligations by the day on which the key result is due.

        Grandfathered and later obligations do not bind then.
        """
        obligations = [self.obligation(obligation_id) for obligation_id in obligation_ids]
        starts = [binds_from(item) for item in obligations if item is not None and item.force == "statutory"]
        return any(start is not None and start <= self.key_result.due for start in starts)

    def is_met(self, obligation_id: str) -> bool:
        """Return whether valid signed evidence meets an obligation of the system."""
        milestone = self.ground.milestones.get((self.system.id, obligation_id))
        return milestone is not None and milestone.status is MilestoneStatus.MET

    def first_signed(self, obligation: Obligation) -> date | None:
        """Return when an obligation's kind of record was first signed by one who may, also if superseded by now."""
        return first_signed(obligation, self.system.id, self.ground.cascade.evidence.values())

    def state(self, obligation_id: str) -> str:
        """Return the state of an obligation in words, e.g. ``overdue``."""
        milestone = self.ground.milestones.get((self.system.id, obligation_id))
        return "without a milestone" if milestone is None else milestone.status.value.replace("_", " ")

    def open_question(self, obligation_id: str) -> str:
        """Return why it is not certain that an obligation binds, as an addition to a sentence; empty when it is."""
        item = self.obligation(obligation_id)
        return f"; to be confirmed: {item.review.rstrip('.')}" if item is not None and item.review else ""
