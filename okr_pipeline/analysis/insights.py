"""Everything that the analysis says about a cascade in one week, by key result: the facts that data rules judge.

How a fact is found is in the module of its method; which series it is found in, outside of this package.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from okr_pipeline.analysis.alignment_score import AlignmentScore
from okr_pipeline.analysis.assisted_gap import GapResult
from okr_pipeline.analysis.discovery import Association
from okr_pipeline.analysis.drift import DriftResult
from okr_pipeline.analysis.links import LinkBudget
from okr_pipeline.analysis.sandbagging import SandbaggingResult
from okr_pipeline.analysis.translation import Translation
from okr_pipeline.analysis.vanity import VanityResult

EvidenceVerdict = Literal["moves", "flat", "consistent_with", "not_enough_data"]


@dataclass(frozen=True)
class LinkEvidence:
    """What the data says of the link between a child key result and its parent.

    Attributes:
        child_id, parent_id: the key results.
        lag_weeks: lag that the link claims.
        claim_ratio: relative change of the parent that it claims for the way covered so far; None when that way
            cannot be told.
        compared_with: what the adopting unit was compared with, in words; None without a comparison.
        vanity: verdict of the vanity test.
        gap: difference between assisted and unassisted cases of the adopting unit; None where the parent's metric
            has no such split.
        translation: which of the two has moved, for the monthly review.
    """

    child_id: str
    parent_id: str
    lag_weeks: int
    claim_ratio: float | None
    compared_with: str | None
    vanity: VanityResult
    gap: GapResult | None
    translation: Translation

    @property
    def verdict(self) -> EvidenceVerdict:
        """The vanity test's verdict, or `consistent_with` when only the gap says something."""
        if self.vanity.verdict == "not_enough_data" and self.gap and self.gap.verdict == "consistent_with":
            return "consistent_with"
        return self.vanity.verdict

    @property
    def falls_short(self) -> bool:
        """Whether the interval rules out half of what the link claims: the parent did not move, or hardly."""
        claim, low, high = self.claim_ratio, self.vanity.low_ratio, self.vanity.high_ratio
        if self.vanity.verdict == "flat":
            return True
        if self.vanity.verdict != "moves" or claim is None or low is None or high is None:
            return False
        return high < claim / 2 if claim > 0 else low > claim / 2

    @property
    def reason(self) -> str:
        """Why, in sentences: what the test found or why it is silent, and what the gap adds."""
        if self.gap is None or self.vanity.verdict in ("moves", "flat"):
            return self.vanity.reason
        return f"{self.vanity.reason} {self.gap.reason}"


@dataclass(frozen=True)
class Calibration:
    """Whether a target is too easy, by three separate tests."""

    within_baseline: SandbaggingResult
    below_benchmark: SandbaggingResult
    below_own_best: SandbaggingResult


@dataclass(frozen=True)
class Forecast:
    """Where a key result will be in the week of its due date.

    Attributes:
        method: ``adoption_curve`` or ``local_level``; None when there is no forecast.
        chance_ratio: probability, 0 to 1, that the target is met in that week; None without a forecast.
        median, low, high: value and 80 % interval, in the metric's unit.
        measured_coverage_ratio: share of this series' own past forecasts that their interval held; None where there
            were too few.
        reason: what it rests on, or why it is silent, e.g. too early.
    """

    method: Literal["adoption_curve", "local_level"] | None
    chance_ratio: float | None
    median: float | None
    low: float | None
    high: float | None
    measured_coverage_ratio: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class CellDriver:
    """What one cell of a metric contributed to the change of a week.

    Attributes:
        org_unit, segment, ai_assisted: the cell; ``withheld`` three times for all that must not be shown together.
        mix: part of the change that comes from its share of the cases.
        rate: part that comes from its own value.
    """

    org_unit: str
    segment: str
    ai_assisted: str
    mix: float
    rate: float


@dataclass(frozen=True)
class WeekDrivers:
    """Why a metric, or a key result's part of it, moved from one week to a later one.

    Attributes:
        metric: the metric.
        week_start: the week.
        previous_week: the week that it is compared with.
        change: difference of the two values; mix and rate of all cells sum to it.
        cells: the parts.
        top: index of the cell that explains most; None when it is unclear or was not asked for.
        reason: who moved it, or why nobody is named; empty when not asked for.
    """

    metric: str
    week_start: date
    previous_week: date
    change: float
    cells: tuple[CellDriver, ...]
    top: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Insights:
    """What the analysis says of a cascade at the end of a week.

    Attributes:
        week_start: the week.
        evidence: child key result -> its link.
        calibration: key result -> whether its target is too easy; guards have none.
        drift: key result -> whether it drifts.
        forecasts: key result -> where it will be.
        budgets: parent key result -> what its children would deliver.
        drivers: why the metrics moved, by metric and week.
        moved: key result -> why its own part of the metric moved against four weeks before.
        score: how well the cascade hangs together.
        system_seen_until: AI system id in the data -> newest week in which it was seen, over the last quarter.
        associations: every pair of a team metric and a business metric that was compared, at each lag.
        unconnected: team key result -> why it is said to be connected to nothing.
    """

    week_start: date
    evidence: Mapping[str, LinkEvidence]
    calibration: Mapping[str, Calibration]
    drift: Mapping[str, DriftResult]
    forecasts: Mapping[str, Forecast]
    budgets: Mapping[str, LinkBudget]
    drivers: tuple[WeekDrivers, ...]
    score: AlignmentScore
    moved: Mapping[str, WeekDrivers] = field(default_factory=dict)
    system_seen_until: Mapping[str, date] = field(default_factory=dict)
    associations: tuple[Association, ...] = ()
    unconnected: Mapping[str, str] = field(default_factory=dict)
