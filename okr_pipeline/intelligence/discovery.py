"""Team metrics and business metrics of one cascade as series, for looking which of them move together."""

from collections.abc import Sequence
from typing import Literal

from okr_pipeline.analysis.discovery import Association, Series, Unconnected, discover, unconnected
from okr_pipeline.cascade.model import KeyResult
from okr_pipeline.measured import Measured


def associations(measured: Measured) -> tuple[Association, ...]:
    """Return every pair of a team metric and a metric that its own business unit tracks, at each declared lag.

    Teams that began with AI in the same month move together with everybody's figures: what another function tracks
    is not looked at.
    """
    policy = measured.project.cascade.policy
    team, business = _items(measured, "team"), _items(measured, "business")
    return discover(
        _series(measured, team),
        _series(measured, business),
        lags_weeks=policy.discovery_lags_weeks.value,
        false_discovery_ratio=policy.discovery_false_discovery_ratio.value,
        weeks_min_count=policy.discovery_weeks_min_count.value,
        among={
            (one.id, other.id)
            for one in team
            for other in business
            if _function(measured, one) == _function(measured, other)
        },
    )


def unconnected_team_metrics(measured: Measured, found: Sequence[Association]) -> Unconnected:
    """Return the team key results whose metric moved with nothing its business unit tracks, and those not judged."""
    ratio = measured.project.cascade.policy.discovery_false_discovery_ratio.value
    return unconnected([item.id for item in _items(measured, "team")], found, ratio)


def _items(measured: Measured, side: Literal["team", "business"]) -> list[KeyResult]:
    return [item for item in measured.running if _belongs(measured, item, side)]


def _series(measured: Measured, items: Sequence[KeyResult]) -> tuple[Series, ...]:
    weekly = [(item, measured.weekly(item.metric, item.where, item.cycle)) for item in items]
    return tuple(Series(item.id, found.value, found.sample_count) for item, found in weekly)


def _function(measured: Measured, item: KeyResult) -> str:
    return measured.project.function_of(item.org_unit)


def _belongs(measured: Measured, item: KeyResult, side: Literal["team", "business"]) -> bool:
    kind = measured.project.metrics[item.metric].kind
    if side == "team":
        return item.level == "team" and kind in ("adoption", "activity")
    return item.level == "business_unit" and kind in ("business_outcome", "quality")
