"""Fixtures of the cascade's tests: one small valid cascade and the metrics that it names."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from cascade_copy import VALID, CascadeCopy

from okr_pipeline.cascade.metric import Metric


@pytest.fixture
def metrics() -> Mapping[str, Metric]:
    """Metrics that the valid cascade names, and one that it does not."""
    aggregations = {
        "contacts_per_support_fte": "ratio",
        "draft_to_signature_days": "mean",
        "average_handle_time_seconds": "mean",
        "repeat_contact_rate": "proportion",
        "ai_assisted_reply_share": "proportion",
        "contract_review_days": "mean",
        "agreements_without_escalation_share": "proportion",
        "revert_share": "proportion",
    }
    return {name: _metric(name, aggregation) for name, aggregation in aggregations.items()}


def _metric(name: str, aggregation: str) -> Metric:
    return Metric(
        name=name,
        unit=name.rpartition("_")[2],
        kind="business_outcome",
        direction="down",
        aggregation=aggregation,  # type: ignore[arg-type]
        owner="head of controlling",
        cadence="weekly",
        definition="A metric of the tests.",
        role=None,
        people=False,
        function="tests",
        sources=(),
    )


@pytest.fixture
def cascade_copy(tmp_path: Path, metrics: Mapping[str, Metric]) -> CascadeCopy:
    """A fresh copy of the valid cascade."""
    root = tmp_path / "cascade"
    shutil.copytree(VALID, root)
    return CascadeCopy(root, metrics)
