"""The simulated underwriting system: one Parquet drop of decided cases a week."""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from okr_pipeline.cascade.weeks import iso_week
from okr_pipeline.demo.company import DAY_SECONDS, Company
from okr_pipeline.demo.storage import constant, moments, numbered, picked, write_parquet

_LINES = {"life_underwriting": "life", "property_underwriting": "property"}
_NUMBERS = {"life_underwriting": 1, "property_underwriting": 51}
_ACCEPTED_SHARE = 0.78
_ASSISTED_TIME_RATIO = 0.75


def write_underwriting(company: Company, home: Path, through: date) -> None:
    """Write the drops of every week up to ``through``."""
    folder = home / "systems" / "underwriting" / "cases"
    for week in company.weeks_until(through):
        cases = pa.concat_tables(_decided(company, unit, week) for unit in _LINES).sort_by("decided_at")
        fault = company.fault("volume_drop", week)
        if fault and week == fault.start:
            cases = cases.slice(0, round(len(cases) * (fault.kept_ratio or 1)))
        write_parquet(folder / f"cases_{iso_week(week)}.parquet", cases)


def _decided(company: Company, unit: str, week: date) -> pa.Table:
    """Return the cases a unit decides in a week; the week's premium is its level but for its drift."""
    line = _LINES[unit]
    rng = company.rng("underwriting", unit, week)
    underwriters = round(company.count("underwriters", unit))
    premium_level = company.level(f"{line}_premium_per_fte_eur", week)
    growth = premium_level / company.level(f"{line}_premium_per_fte_eur", company.truth.weeks.first)
    size = round(company.count("cases_per_week", unit) * growth * company.drift(f"{line} cases", week))
    decided = company.office_seconds(rng, week, size)
    assisted = rng.random(size) < (company.level("life_ai_case_share", week) if line == "life" else 0.0)
    accepted = rng.random(size) < _ACCEPTED_SHARE
    minutes = company.level(f"{line}_document_review_minutes", week) * np.where(assisted, _ASSISTED_TIME_RATIO, 1)
    minutes /= 1 - (1 - _ASSISTED_TIME_RATIO) * assisted.mean()
    premium = np.where(accepted, rng.gamma(3, 1 / 3, size), 0.0)
    premium *= premium_level * underwriters * company.drift(f"{line} premium", week) / max(premium.sum(), 1.0)
    return pa.table(
        {
            "case_id": numbered(f"UW{line[0].upper()}-{iso_week(week).replace('-W', '')}-", np.arange(1, size + 1), 5),
            "unit_code": constant(company.code("underwriting", unit), size),
            "product_line": constant(line, size),
            "underwriter_id": numbered("underwriter-", _NUMBERS[unit] + rng.integers(0, underwriters, size), 3),
            "opened_at": moments(decided - np.rint(rng.gamma(2, 2 * DAY_SECONDS, size)).astype(np.int64)),
            "decided_at": moments(decided),
            "decision": picked(("declined", "accepted"), accepted.astype(np.int64)),
            "document_review_minutes": np.round(minutes * rng.gamma(5, 1 / 5, size), 1),
            "ai_assisted": assisted,
            "ai_system_id": constant("underwriting_reader", size, assisted),
            "is_corrected": rng.random(size) < company.level("case_correction_share", week),
            "written_premium_eur": np.round(premium, 2),
            "currency": constant("EUR", size),
        }
    )
