"""Whether a metric's newest data is older than its cadence allows or a source of it failed, and why in words.

What a status makes of it is in `status`.
"""

from collections.abc import Sequence
from datetime import date

from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.observed import SourceState
from okr_pipeline.cascade.policy import Policy
from okr_pipeline.cascade.weeks import iso_week
from okr_pipeline.cascade.wording import counted


def allowed_weeks(metric: Metric, policy: Policy) -> int:
    """Return how many weeks the newest data of a metric may lie behind."""
    limits = policy.stale_after_weeks.value
    return limits.weekly if metric.cadence == "weekly" else limits.monthly


def staleness(metric: Metric, states: Sequence[SourceState], week: date, policy: Policy) -> str | None:
    """Say which sources failed or lag too far behind ``week``; None when all of them are fresh."""
    allowed = allowed_weeks(metric, policy)
    problems = [
        _sentence(state)
        for state in sorted(states, key=lambda state: state.name)
        if state.failed or state.newest_week is None or weeks_apart(state.newest_week, week) > allowed
    ]
    if not problems:
        return None
    limit = f"; a {metric.cadence} metric may lag {counted(allowed, 'week')}" if allowed else ""
    return "; ".join(problems) + limit


def weeks_apart(earlier: date, later: date) -> int:
    """Return the whole weeks from one Monday to another; negative if ``later`` comes first."""
    return (later - earlier).days // 7


def _sentence(state: SourceState) -> str:
    cause = f" ({state.verdict}: {state.reason})" if state.reason else f" ({state.verdict})"
    if state.newest_week is None:
        return f"{state.name} has never delivered{cause}"
    event = f", newest event {state.newest_event:%Y-%m-%d %H:%M %Z}" if state.newest_event else ""
    return f"the newest data of {state.name} is of {iso_week(state.newest_week)}{event}{cause}"
