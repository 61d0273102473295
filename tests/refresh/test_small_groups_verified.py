"""A publication that shows a group below the organisation's minimum is refused, whoever let it through."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from okr_pipeline.publication.store import PublicationStore
from okr_pipeline.publication.tables import KEY_RESULT_VALUES, TABLES, Table
from okr_pipeline.publication.verification import VerificationError

MONDAY = date(2026, 11, 16)
MOMENT = datetime(2026, 11, 20, tzinfo=UTC)
BY_NAME = {table.name: table for table in TABLES}
CELL = {"metric": "handle_time", "week_start": MONDAY, "org_unit": "billing", "segment": "all", "ai_assisted": "all"}
VALUE = {
    "key_result_id": "faster",
    "week_start": MONDAY,
    "version": 1,
    "is_latest": True,
    "input_hash": "h",
    "gap": "none",
    "computed_at": MOMENT,
}
IN_FORCE = {"key_result_id": "faster", "definition_hash": "d", "is_current": True}
CURRENT = {"key_result_id": "faster", "status": "on_track", "status_reason": "x", "value": 1.0, "progress": 1.0}


def rows(table: Table, *filled: dict[str, Any]) -> list[tuple[object, ...]]:
    return [tuple(some.get(column.name) for column in table.columns) for some in filled]


def publish(
    home: Path,
    name: str = "p1",
    minimum: int = 5,
    cell: dict[str, Any] | None = None,
    values: Any = (),
    force: Any = (),
) -> Path:
    replaced = {
        "metric_values": rows(BY_NAME["metric_values"], *([{**CELL, "is_suppressed": False, **cell}] if cell else [])),
        "key_results": rows(BY_NAME["key_results"], *force),
        "key_result_current": rows(BY_NAME["key_result_current"], *([CURRENT] if force else [])),
    }
    appended = {KEY_RESULT_VALUES.name: rows(KEY_RESULT_VALUES, *values)}
    return PublicationStore(home).publish(name, replaced, appended, minimum)


def test_a_cell_below_the_organisations_own_minimum_is_refused(tmp_path) -> None:
    with pytest.raises(VerificationError, match="a group of fewer than 8 people: handle_time - nothing is published"):
        publish(tmp_path, minimum=8, cell={"people_count": 7})
    assert publish(tmp_path, cell={"people_count": 7}).exists()


def test_a_key_result_below_the_minimum_is_refused(tmp_path) -> None:
    with pytest.raises(VerificationError, match="a group of fewer than 5 people: faster"):
        publish(tmp_path, values=[{**VALUE, "value": 1.0, "people_count": 4}])


def test_a_raised_minimum_holds_for_what_is_in_force_and_leaves_the_history_readable(tmp_path) -> None:
    seven = {**VALUE, "value": 1.0, "people_count": 7}
    with pytest.raises(VerificationError, match="a group of fewer than 8 people: faster"):
        publish(tmp_path, minimum=8, values=[seven], force=[IN_FORCE])
    publish(tmp_path, "p1", values=[seven], force=[IN_FORCE])
    withheld = {**VALUE, "version": 2, "gap": "group_too_small"}
    assert publish(tmp_path, "p2", minimum=8, values=[withheld], force=[IN_FORCE]).exists()


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ({"observed_until": MOMENT}, "a withheld group that still shows its newest event: handle_time"),
        ({"denominator": 3.0}, "a suppressed group that still shows a number: handle_time"),
        ({"people_count": 3}, "a suppressed group that still shows a number: handle_time"),
    ],
)
def test_a_withheld_cell_shows_nothing_of_itself(tmp_path, shown, found) -> None:
    with pytest.raises(VerificationError, match=found):
        publish(tmp_path, cell={"is_suppressed": True, **shown})


def test_the_newest_event_of_a_withheld_value_is_forgotten_in_what_is_published_already(tmp_path) -> None:
    folder = publish(tmp_path, values=[{**VALUE, "gap": "group_too_small", "observed_until": MOMENT}])
    with duckdb.connect(str(folder / "cascade.duckdb"), read_only=True) as connection:
        assert connection.execute("select observed_until from okr.key_result_values").fetchall() == [(None,)]
