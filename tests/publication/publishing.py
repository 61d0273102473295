"""Publishes a handful of rows, whole or with one thing broken."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from okr_pipeline.publication.store import PublicationStore
from okr_pipeline.publication.tables import KEY_RESULT_VALUES, TABLES

MONDAY = date(2026, 11, 16)
BEFORE = date(2026, 11, 9)
MOMENT = datetime(2026, 11, 23, 6, tzinfo=UTC)
BY_NAME = {table.name: table for table in TABLES}
CELL = {"metric": "handle_time", "org_unit": "billing", "segment": "all", "ai_assisted": "all"}
OTHER_CELL = {**CELL, "org_unit": "policies"}
WHOLE: dict[str, dict[str, Any]] = {
    "key_results": {"key_result_id": "faster", "definition_hash": "d", "is_current": True, "metric": "handle_time"},
    "key_result_current": {
        "key_result_id": "faster",
        "status": "on_track",
        "status_reason": "halfway",
        "value": 300.0,
        "progress": 0.5,
        "reach_probability": 0.75,
        "drift": "drifting",
        "drift_direction": "up",
        "drift_reason": "one week of 13 leaves the chart",
    },
    "alignment_evidence": {
        "child_key_result_id": "adopted",
        "parent_key_result_id": "faster",
        "verdict": "moves",
        "reason": "the outcome moved with adoption",
        "compared_with": "policies",
    },
    "cascade_findings": {
        "finding_id": "f1",
        "rule": "vanity_metric",
        "severity": "warning",
        "suppressed_until": date(2026, 12, 18),
        "suppression_reason": "the unit moved offices",
    },
}
"""One row of each table, which together keep every promise."""
PARTS = (
    {**CELL, "week_start": MONDAY, "previous_week": BEFORE, "mix": -1.0, "rate": -4.0, "change": -8.0},
    {**OTHER_CELL, "week_start": MONDAY, "previous_week": BEFORE, "mix": 1.0, "rate": -4.0, "change": -8.0},
)
"""Two cells of one metric, whose parts sum to the change."""
SHOWN = {**CELL, "week_start": MONDAY, "value": 300.0, "people_count": 12, "is_suppressed": False}


def publish(
    home: Path,
    publication_id: str = "p1",
    *,
    parts: tuple[dict[str, Any], ...] = PARTS,
    own_parts: tuple[dict[str, Any], ...] = (),
    cells: tuple[dict[str, Any], ...] = (SHOWN,),
    **changed: dict[str, Any],
) -> Path:
    """Publish `WHOLE` with changes, e.g. ``alignment_evidence={"verdict": "proves"}``; return the folder."""
    filled = {name: ({**row, **changed.get(name, {})},) for name, row in WHOLE.items()}
    filled |= {"metric_drivers": parts, "key_result_drivers": own_parts, "metric_values": cells}
    replaced = {
        name: [tuple(row.get(column.name) for column in BY_NAME[name].columns) for row in some]
        for name, some in filled.items()
    }
    return PublicationStore(home).publish(publication_id, replaced, {KEY_RESULT_VALUES.name: []})
