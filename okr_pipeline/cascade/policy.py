"""`policy.yml`: every threshold with its reason. A new threshold is one field here and one line there.

What a threshold decides is written where it is used.
"""

from typing import Annotated, Generic, Self, TypeVar

from pydantic import Field, model_validator

from okr_pipeline.cascade.definition import Definition, Label, refusal
from okr_pipeline.cascade.evidence import ObligationId

Limit = TypeVar("Limit")
Count = Annotated[int, Field(ge=1)]
Ratio = Annotated[float, Field(ge=0, le=1)]
Hours = Annotated[float, Field(gt=0, le=8760)]
Seconds = Annotated[float, Field(ge=0, le=3600)]
Days = Annotated[int, Field(ge=0, le=3660)]
Weeks = Annotated[int, Field(ge=0, le=104)]
Gap = Annotated[float, Field(ge=-1, le=0)]
Chance = Annotated[float, Field(gt=0, lt=0.5)]


class Threshold(Definition, Generic[Limit]):
    """One limit and why it is where it is."""

    value: Limit
    """The limit itself."""
    reason: Label
    """Why this value and not another; published beside what it decides."""


class CadenceWeeks(Definition):
    """Whole weeks for each cadence of a metric."""

    weekly: Weeks
    """Weeks for metrics that have a value every week."""
    monthly: Weeks
    """Weeks for metrics that have a value every month."""


class Policy(Definition):
    """`policy.yml`; no threshold has a default, so none is without a reason. Every field has an example."""

    minimum_cases_default: Threshold[Count] = Field(examples=[30])
    """Cases below which a value is inconclusive, for key results that state no `minimum_cases`."""
    on_track_from: Threshold[Gap] = Field(examples=[-0.15])
    """Progress minus expected progress from which a key result is on track, e.g. -0.15."""
    at_risk_from: Threshold[Gap] = Field(examples=[-0.35])
    """Progress minus expected progress from which it is at risk, below which off track, e.g. -0.35."""
    stale_after_weeks: Threshold[CadenceWeeks] = Field(examples=[{"weekly": 0, "monthly": 5}])
    """Weeks that a value may lie behind the newest closed week and still be fresh."""
    restatement_tolerance_ratio: Threshold[Ratio] = Field(examples=[0.01])
    """Relative change of a past value above which it is reported as restated."""
    executive_objectives_min_count: Threshold[Count] = Field(examples=[2])
    """Fewest executive objectives of a cycle."""
    executive_objectives_max_count: Threshold[Count] = Field(examples=[4])
    """Most executive objectives of a cycle."""
    parents_taken_max_count: Threshold[Count] = Field(examples=[2])
    """Most executive key results that one business unit takes up in a cycle."""
    gates_required_by_house_policy: Threshold[tuple[ObligationId, ...]] = Field(examples=[("AIA-27-1",)])
    """Obligations whose gate is shut until they are met, whether or not the law asks for them yet."""
    incident_notice_hours: Threshold[Hours] = Field(examples=[24])
    """Hours from awareness of a serious incident to the notice; the Act says immediately and names no number."""
    override_rate_min: Threshold[Ratio] = Field(examples=[0.02])
    """Share of reviewed results that people change below which they may only be confirming, e.g. 0.02."""
    override_rate_max: Threshold[Ratio] = Field(examples=[0.20])
    """Share above which the system or the choice of its cases is in doubt, e.g. 0.20."""
    override_weeks: Threshold[Count] = Field(examples=[8])
    """Newest weeks over which the two shares are judged."""
    override_reviews_min_count: Threshold[Count] = Field(examples=[200])
    """Reviews in these weeks below which the lower share is not judged."""
    review_seconds_min: Threshold[Seconds] = Field(examples=[5])
    """Median seconds of a review below which it can hardly be one."""
    milestone_due_soon_days: Threshold[Days] = Field(examples=[30])
    """Days before a milestone's due date from which people are reminded."""

    range_width_min_ratio: Threshold[Ratio] = Field(examples=[0.02])
    """Width of a target's range, as a share of its larger end, below which it is one number with its rounding."""
    vanity_alpha_short_ratio: Threshold[Chance] = Field(examples=[0.025])
    """Chance of a false `moves` allowed below 26 weeks before and 26 after, one-sided."""
    vanity_alpha_ratio: Threshold[Chance] = Field(examples=[0.05])
    """The same with 26 + 26 weeks and more."""
    vanity_weeks_min_count: Threshold[Count] = Field(examples=[8])
    """Weeks before the adoption, and after it and its lag, below which the vanity test is silent."""
    vanity_adoption_range_min_ratio: Threshold[Ratio] = Field(examples=[0.10])
    """Rise of the adoption, as a share, below which the vanity test is silent."""
    vanity_cases_min_count: Threshold[Count] = Field(examples=[30])
    """Cases a week, of the smaller unit, below which the vanity test is silent."""
    vanity_reliability_min_ratio: Threshold[Ratio] = Field(examples=[0.6])
    """Share of the smoothed adoption's movement that is not noise of few cases below which the test is silent."""
    baseline_chance_max_ratio: Threshold[Ratio] = Field(examples=[0.7])
    """Chance of reaching a target with no change at all from which the target is too easy."""
    own_best_weeks: Threshold[Count] = Field(examples=[26])
    """Weeks before a target was set in which the team's own best counts."""
    drift_baseline_weeks: Threshold[Count] = Field(examples=[26])
    """Weeks up to the end of the baseline that give a level and its spread."""
    drift_watched_weeks: Threshold[Count] = Field(examples=[13])
    """Newest weeks that are watched for drift."""
    assisted_gap_weeks: Threshold[Count] = Field(examples=[13])
    """Newest weeks over which assisted and unassisted cases are compared."""
    ai_system_seen_weeks: Threshold[Count] = Field(examples=[13])
    """Newest weeks in which the data has to show an AI system that is in use."""
    drift_false_discovery_ratio: Threshold[Chance] = Field(examples=[0.10])
    """Share of false ones among all key results called drifting."""
    statistics_weeks_min_count: Threshold[Count] = Field(examples=[8])
    """Weeks of history below which neither drift nor an easy target is judged."""
    forecast_weeks_min_count: Threshold[Count] = Field(examples=[6])
    """Weeks since the start below which an adoption is not forecast: too early."""
    unlikely_below_ratio: Threshold[Ratio] = Field(examples=[0.2])
    """Chance of reaching the target by its due date below which people are warned."""
    driver_unclear_above_ratio: Threshold[Ratio] = Field(examples=[0.2])
    """Share of resamples with another top contributor above which no contributor is named."""
    discovery_lags_weeks: Threshold[tuple[Weeks, ...]] = Field(examples=[(0, 2, 4, 8)])
    """Lags at which `okr discover` looks; each counts as a test."""
    discovery_false_discovery_ratio: Threshold[Chance] = Field(examples=[0.10])
    """Share of false ones among the associations that `okr discover` reports."""
    discovery_weeks_min_count: Threshold[Count] = Field(examples=[26])
    """Weeks that two series must share before they are compared."""

    @model_validator(mode="after")
    def _limits_are_in_order(self) -> Self:
        if self.at_risk_from.value >= self.on_track_from.value:
            raise refusal(
                f"at risk begins at {self.at_risk_from.value}, on track at {self.on_track_from.value}",
                "at_risk_from lies below on_track_from",
                "lower at_risk_from",
                at=("at_risk_from", "value"),
            )
        if self.executive_objectives_min_count.value > self.executive_objectives_max_count.value:
            raise refusal(
                "the fewest executive objectives are more than the most",
                "executive_objectives_min_count is not above executive_objectives_max_count",
                "lower executive_objectives_min_count",
                at=("executive_objectives_min_count", "value"),
            )
        if self.override_rate_min.value >= self.override_rate_max.value:
            raise refusal(
                f"too few overrides end at {self.override_rate_min.value}, too many begin at "
                f"{self.override_rate_max.value}",
                "override_rate_min lies below override_rate_max",
                "lower override_rate_min",
                at=("override_rate_min", "value"),
            )
        return self
