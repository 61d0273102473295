"""The simulated usage log of the AI systems: JSON Lines, one file a week for users and one for decisions.

Adoption is a matter of persons: each user has a disposition of their own and becomes active when the level of
the team passes it, so the active share moves steadily although it counts few people.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from okr_pipeline.cascade.weeks import iso_week
from okr_pipeline.demo.company import DAY_SECONDS, Company
from okr_pipeline.demo.storage import constant, moments, numbered, write_json_lines

_RECORDED_DAILY_SECONDS = 20 * 3600
_RECORDED_WEEKLY_DAYS = 6
_DISPOSITION_JITTER = 0.05


@dataclass(frozen=True)
class _Group:
    """The people of one unit for whom one AI system is meant; numbers of the first user keep units apart."""

    unit: str
    ai_system: str
    staff: str
    active_level: str
    first_user: int


_GROUPS = (
    _Group("billing_support", "agent_assist", "support_agents", "billing_active_share", 1),
    _Group("policy_support", "agent_assist", "support_agents", "policy_active_share", 101),
    _Group("vendor_agreements", "contract_reviewer", "reviewers", "vendor_active_share", 201),
    _Group("customer_agreements", "contract_summariser", "reviewers", "customer_active_share", 301),
    _Group("reconciliation", "reconciliation_agent", "accountants", "reconciliation_active_share", 401),
    _Group("policy_platform", "code_assistant", "developers", "developer_active_share", 501),
    _Group("claims_platform", "code_assistant", "developers", "developer_active_share", 601),
    _Group("life_underwriting", "underwriting_reader", "underwriters", "life_active_share", 701),
    _Group("life_underwriting", "life_risk_pricing", "underwriters", "life_active_share", 701),
)


def write_ai_usage(company: Company, home: Path, through: date) -> None:
    """Write both logs of every week up to ``through``."""
    folder = home / "systems" / "ai_usage"
    for week in company.weeks_until(through):
        active = [_active(company, group, week) for group in _GROUPS]
        users = [_users(company, group, week, who) for group, who in zip(_GROUPS, active, strict=True)]
        decisions = [_decisions(company, group, week, who) for group, who in zip(_GROUPS, active, strict=True)]
        write_json_lines(folder / "users" / f"users_{iso_week(week)}.jsonl", pa.concat_tables(users))
        write_json_lines(
            folder / "decisions" / f"decisions_{iso_week(week)}.jsonl",
            pa.concat_tables(decisions).sort_by("recorded_at"),
        )


def _active(company: Company, group: _Group, week: date) -> NDArray[np.bool_]:
    """Return who of the group used the system in the week."""
    size = round(company.count(group.staff, group.unit))
    order = company.rng("ai_usage", "disposition", group.unit, group.ai_system).permutation(size)
    jitter = company.rng("ai_usage", "active", group.unit, group.ai_system, week)
    disposition = (order + 0.5) / size + jitter.normal(0, _DISPOSITION_JITTER, size)
    return np.asarray(disposition < company.level(group.active_level, week))


def _users(company: Company, group: _Group, week: date, active: NDArray[np.bool_]) -> pa.Table:
    size = len(active)
    number = group.first_user + np.arange(size)
    recorded = company.start_seconds(week) + _RECORDED_WEEKLY_DAYS * DAY_SECONDS + _RECORDED_DAILY_SECONDS
    return pa.table(
        {
            "recorded_at": moments(np.full(size, recorded)),
            "user_id": numbered("user-", number, 4),
            "user_email": pa.array([f"employee{one:04d}@example.com" for one in number]),
            "unit_code": constant(company.code("ai_usage", group.unit), size),
            "ai_system_id": constant(group.ai_system, size),
            "is_eligible": np.ones(size, dtype=bool),
            "is_active": active,
        }
    )


def _decisions(company: Company, group: _Group, week: date, active: NDArray[np.bool_]) -> pa.Table:
    """Return five days of decisions: all users decide, active ones with the AI system's proposals."""
    rng = company.rng("ai_usage", "decisions", group.unit, group.ai_system, week)
    user = np.tile(np.arange(len(active)), 5)
    day = np.repeat(np.arange(5), len(active))
    size = len(user)
    decided = rng.poisson(18, size)
    share_of_active = company.level("ai_decision_share", week) / max(active.mean(), 0.01)
    assisted = np.where(active[user], rng.binomial(decided, min(share_of_active, 0.95)), 0)
    outputs = assisted + np.where(active[user], rng.poisson(6, size), 0)
    faulty = company.level("review_exceptions_per_thousand_outputs", week) / 1000
    return pa.table(
        {
            "recorded_at": moments(company.start_seconds(week) + day * DAY_SECONDS + _RECORDED_DAILY_SECONDS),
            "user_id": numbered("user-", group.first_user + user, 4),
            "unit_code": constant(company.code("ai_usage", group.unit), size),
            "ai_system_id": constant(group.ai_system, size),
            "decisions_count": decided,
            "ai_assisted_decisions_count": assisted,
            "overridden_count": rng.binomial(assisted, _override_share(company, group.ai_system, week)),
            "outputs_count": outputs,
            "review_exceptions_count": rng.binomial(outputs, faulty),
        }
    )


def _override_share(company: Company, ai_system: str, week: date) -> float:
    """Return the share of overridden proposals; with the planted drift it climbs week by week to its end."""
    usual = company.level("override_share", week)
    fault = company.fault("drift", week)
    if fault is None or ai_system != "life_risk_pricing" or not (fault.to_week and fault.reaches_ratio):
        return usual
    steps = (fault.to_week - fault.start + timedelta(weeks=1)).days // 7
    done = min((week - fault.start + timedelta(weeks=1)).days // 7, steps)
    return usual + (fault.reaches_ratio - usual) * done / steps
