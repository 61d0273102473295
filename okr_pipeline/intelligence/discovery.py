"""Team metrics and business metrics of one cascade as series, for looking which of them move together."""

from okr_pipeline.analysis.discovery import Association, Series, discover, unconnected
from okr_pipeline.cascade.model import KeyResult
from okr_pipeline.measured import Measured


def associations(measured: Measured) -> tuple[Association, ...]:
    """Return every pair of a team metric and a business metric of its own function, at each declared lag."""
    policy = measured.project.cascade.policy
    return discover(
        _series(measured, "team"),
        _series(measured, "business"),
        lags_weeks=policy.discovery_lags_weeks.value,
        false_discovery_ratio=policy.discovery_false_discovery_ratio.value,
        weeks_min_count=policy.discovery_weeks_min_count.value,
    )


def unconnected_team_metrics(measured: Measured) -> dict[str, str]:
    """Return the team key results whose metric moved with nothing that a business unit tracks, and why that is said."""
    team_ids = [one.id for one in _series(measured, "team")]
    ratio = measured.project.cascade.policy.discovery_false_discovery_ratio.value
    return unconnected(team_ids, associations(measured), ratio).sentences


def _series(measured: Measured, side: str) -> tuple[Series, ...]:
    chosen = [item for item in measured.project.cascade.key_results if _belongs(measured, item, side)]
    found = []
    for item in chosen:
        weekly = measured.weekly(item.metric, item.where, item.cycle)
        found.append(Series(item.id, weekly.value, weekly.sample_count))
    return tuple(found)


def _belongs(measured: Measured, item: KeyResult, side: str) -> bool:
    kind = measured.project.metrics[item.metric].kind
    if side == "team":
        return item.level == "team" and kind in ("adoption", "activity")
    return item.level == "business_unit" and kind in ("business_outcome", "quality")
