"""The simulated governance register: JSON Lines, one file a week for monitoring and one for all incidents.

An incident is exported as the register holds it at the time: who was told later is filled in by a later export.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from okr_pipeline.cascade.weeks import iso_week
from okr_pipeline.demo.company import DAY_SECONDS, Company
from okr_pipeline.demo.storage import constant, moments, write_json_lines

_RECORDED_SECONDS = 21 * 3600
_WORKING_DAYS = 5
_DAYS = (1, 1, 1, 1)
"""Incidents come to light on Monday to Thursday: the provider is told in the same week."""
_NOTICE_SPREAD = 0.1
"""Largest relative distance of one notice from its level."""
_UNTIL_AUTHORITY_HOURS = (0.5, 4.0)
_UNTIL_COMPLETE_DAYS = (3.0, 12.0)


@dataclass(frozen=True)
class _Register:
    """One AI system under monitoring; only where persons are concerned is there anyone to inform."""

    prefix: str
    unit: str
    ai_system: str
    coverage_level: str
    notice_level: str | None = None


_REGISTERS = (
    _Register(
        "INC-LRP",
        "life_underwriting",
        "life_risk_pricing",
        "life_monitoring_coverage_share",
        "life_notice_coverage_share",
    ),
    _Register("INC-REC", "reconciliation", "reconciliation_agent", "reconciliation_monitoring_coverage_share"),
)


def write_governance(company: Company, home: Path, through: date) -> None:
    """Write the monitoring of every week up to ``through``, and the incidents as known at its end."""
    folder = home / "systems" / "governance"
    for week in company.weeks_until(through):
        monitored = pa.concat_tables(_monitoring(company, register, week) for register in _REGISTERS)
        write_json_lines(folder / "monitoring" / f"monitoring_{iso_week(week)}.jsonl", monitored.sort_by("recorded_at"))
    incidents = pa.concat_tables(_incidents(company, register, through) for register in _REGISTERS)
    write_json_lines(folder / "incidents.jsonl", incidents.sort_by("aware_at"))


def _monitoring(company: Company, register: _Register, week: date) -> pa.Table:
    """Return five days of monitoring of one system."""
    rng = company.rng("governance", "monitoring", register.ai_system, week)
    in_scope = rng.poisson(company.count("monitored_decisions_per_week", register.unit) / _WORKING_DAYS, _WORKING_DAYS)
    persons = in_scope if register.notice_level else np.zeros(_WORKING_DAYS, dtype=np.int64)
    informed = rng.binomial(persons, company.level(register.notice_level, week)) if register.notice_level else persons
    day = np.arange(_WORKING_DAYS)
    return pa.table(
        {
            "recorded_at": moments(company.start_seconds(week) + day * DAY_SECONDS + _RECORDED_SECONDS),
            "unit_code": constant(company.code("governance", register.unit), _WORKING_DAYS),
            "ai_system_id": constant(register.ai_system, _WORKING_DAYS),
            "in_scope_decisions_count": in_scope,
            "monitored_decisions_count": rng.binomial(in_scope, company.level(register.coverage_level, week)),
            "persons_subject_count": persons,
            "persons_informed_count": informed,
            "log_retention_months": np.full(
                _WORKING_DAYS, company.count("log_retention_months", register.unit), dtype=float
            ),
        }
    )


def _incidents(company: Company, register: _Register, through: date) -> pa.Table:
    """Return the incidents of one system up to the end of ``through``, without what happened after it."""
    weeks = [week for week in company.truth.incidents.get(register.ai_system, ()) if week <= through]
    size, end = len(weeks), company.end_seconds(through)
    rngs = [company.rng("governance", "incident", register.ai_system, week) for week in weeks]
    aware = np.array(
        [company.office_seconds(rng, week, 1, _DAYS)[0] for rng, week in zip(rngs, weeks, strict=True)], np.int64
    )
    notice, authority, complete = np.array([rng.random(3) for rng in rngs]).reshape(size, 3).T
    level = np.array([company.level("incident_notice_hours", week) for week in weeks])
    told = aware + _seconds(level * (1 + _NOTICE_SPREAD * (2 * notice - 1)) * 3600)
    reported = told + _seconds(_between(_UNTIL_AUTHORITY_HOURS, authority) * 3600)
    completed = reported + _seconds(_between(_UNTIL_COMPLETE_DAYS, complete) * DAY_SECONDS)
    return pa.table(
        {
            "incident_id": pa.array(
                [f"{register.prefix}-{iso_week(week).replace('-W', '')}" for week in weeks], pa.string()
            ),
            "unit_code": constant(company.code("governance", register.unit), size),
            "ai_system_id": constant(register.ai_system, size),
            "incident_class": constant("other_serious", size),
            "aware_at": moments(aware),
            "provider_notified_at": moments(told, missing=told >= end),
            "provider_unreachable_at": moments(aware, missing=np.ones(size, dtype=bool)),
            "authority_notified_at": moments(reported, missing=reported >= end),
            "completed_at": moments(completed, missing=completed >= end),
            "report_type": constant("incident_notification", size, reported < end),
        }
    )


def _between(bounds: tuple[float, float], draw: NDArray[np.float64]) -> NDArray[np.float64]:
    return bounds[0] + (bounds[1] - bounds[0]) * draw


def _seconds(length: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.asarray(np.rint(length), dtype=np.int64)
