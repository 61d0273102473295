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
    known = {
        "contacts_per_support_fte": ("ratio", "business_outcome"),
        "draft_to_signature_days": ("mean", "business_outcome"),
        "average_handle_time_seconds": ("mean", "business_outcome"),
        "repeat_contact_rate": ("proportion", "quality"),
        "ai_assisted_reply_share": ("proportion", "adoption"),
        "contract_review_days": ("mean", "business_outcome"),
        "agreements_without_escalation_share": ("proportion", "adoption"),
        "revert_share": ("proportion", "quality"),
    }
    return {name: _metric(name, aggregation, kind) for name, (aggregation, kind) in known.items()}


def _metric(name: str, aggregation: str, kind: str) -> Metric:
    return Metric(
        name=name,
        unit=name.rpartition("_")[2],
        kind=kind,  # type: ignore[arg-type]
        direction="down",
        aggregation=aggregation,  # type: ignore[arg-type]
        owner="head of controlling",
        cadence="weekly",
        definition="A metric of the tests.",
        role=None,
        people=False,
        function="tests",
        sources=(("contact_centre", "interactions"),),
    )


@pytest.fixture
def cascade_copy(tmp_path: Path, metrics: Mapping[str, Metric]) -> CascadeCopy:
    """A fresh copy of the valid cascade."""
    root = tmp_path / "cascade"
    shutil.copytree(VALID, root)
    return CascadeCopy(root, metrics)
