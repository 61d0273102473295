"""The simulated export of the delivery tool: features with the moments of their way to the customer."""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from okr_pipeline.cascade.weeks import iso_week
from okr_pipeline.demo.company import DAY_SECONDS, Company
from okr_pipeline.demo.storage import constant, moments, numbered, picked, until, write_csv

REPOSITORIES = ("policy_platform", "claims_platform")
_PREFIXES = {"policy_platform": "PP", "claims_platform": "CP"}
_BEFORE_SPEC_SHARE = 0.58
"""Time from request to approved specification, as a share of what is not specification to deployable."""
_NOT_RECORDED_SHARE = 0.04


def write_delivery(company: Company, home: Path, through: date) -> None:
    """Write the export as of the end of ``through``; the export may have stopped before."""
    parts = [
        _released(company, unit, week)
        for week in company.weeks_until(through)
        for unit in REPOSITORIES
        if not company.fault("stopped_source", week)
    ]
    kept = until(pa.concat_tables(parts), "released_at", company.end_seconds(through))
    write_csv(home / "systems" / "delivery" / "delivery.csv", kept)


def _released(company: Company, unit: str, week: date) -> pa.Table:
    """Return the features of one repository released in a week."""
    rng = company.rng("delivery", unit, week)
    size = max(int(rng.poisson(company.count("releases_per_week", unit))), 3)
    released = company.office_seconds(rng, week, size)
    build_days = company.level("spec_to_deployable_days", week)
    other_days = company.level("time_to_market_days", week) - build_days
    load = company.drift("delivery load", week)
    build, before, after = np.rint(
        rng.gamma(7, 1 / 7, (3, size))
        * np.array([[build_days], [other_days * _BEFORE_SPEC_SHARE], [other_days * (1 - _BEFORE_SPEC_SHARE)]])
        * load
        * DAY_SECONDS
    ).astype(np.int64)
    deployable = released - after
    approved = deployable - 3600 - rng.integers(0, DAY_SECONDS, size)
    review = np.rint(rng.gamma(4, 1 / 4, size) * company.level("review_cycle_hours", week) * 3600).astype(np.int64)
    spec, requested_review, passed_review, done = rng.random((4, size)) < _NOT_RECORDED_SHARE
    assisted = rng.random(size) < company.level("ai_feature_branch_share", week)
    repository = company.code("code_repository", unit)
    return pa.table(
        {
            "feature_id": numbered(f"{_PREFIXES[unit]}-{iso_week(week).replace('-W', '')}-", np.arange(1, size + 1), 3),
            "repository": constant(repository, size),
            "unit_code": constant(repository, size),
            "requested_at": moments(deployable - build - before),
            "spec_approved_at": moments(deployable - build, missing=spec),
            "review_requested_at": moments(approved - review, missing=requested_review),
            "review_approved_at": moments(approved, missing=passed_review),
            "deployable_at": moments(deployable, missing=done),
            "released_at": moments(released),
            "is_ai_assisted": picked(("false", "true"), assisted.astype(np.int64), missing=spec),
        }
    )
