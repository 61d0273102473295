"""One broken source turns red with its reason and makes stale what rests on it; everything else stays as it was."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from okr_runs import PROJECT, Row, Tables, assert_whole, current_id, published, succeed

from okr_pipeline.catalogue import load_metrics

_SYSTEM, _TABLE = "contact_centre", "interactions"
_NEWEST = Path("systems", _SYSTEM, _TABLE, "interactions_2026-W47.parquet")
_WITHOUT_VALUE = {"blocked", "no_data"}
"""Statuses that come before stale: they did not rest on this week's data in the first place."""


@dataclass(frozen=True)
class Break:
    """One way to spoil the newest file, and what the pipeline has to say about it."""

    name: str
    spoil: Callable[[pa.Table], pa.Table]
    verdict: str
    words: tuple[str, ...]


def _renamed(table: pa.Table) -> pa.Table:
    return table.rename_columns(["talk_secs" if name == "talk_seconds" else name for name in table.column_names])


def _with_text(table: pa.Table) -> pa.Table:
    values = table["talk_seconds"].cast(pa.string()).to_pylist()
    return _with_talk(table, pa.array(["about two minutes", *values[1:]]))


def _with_nan(table: pa.Table) -> pa.Table:
    values = table["talk_seconds"].cast(pa.float64()).to_pylist()
    return _with_talk(table, pa.array([float("nan"), *values[1:]]))


def _with_a_tenth(table: pa.Table) -> pa.Table:
    return table.take(list(range(0, table.num_rows, 10)))


def _with_talk(table: pa.Table, values: pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index("talk_seconds"), "talk_seconds", values)


BREAKS = (
    Break("renamed column", _renamed, "contract_failed", ("talk_seconds",)),
    Break("text in a number", _with_text, "contract_failed", ("2026-W47", "talk_seconds")),
    Break("not a number", _with_nan, "contract_failed", ("2026-W47", "talk_seconds")),
    Break("nine rows of ten gone", _with_a_tenth, "volume_failed", ("2026-W47", "median", "20%", "Fix: ")),
)


def _source(tables: Tables) -> Row:
    return next(row for row in tables["data_sources"] if (row["system"], row["table_name"]) == (_SYSTEM, _TABLE))


def _other_sources(tables: Tables) -> list[Row]:
    own = _source(tables)
    return [row for row in tables["data_sources"] if row is not own]


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: broken.name)
def test_a_broken_newest_week_is_red_with_its_reason_and_only_what_rests_on_it_is_stale(
    home: Path, broken: Break
) -> None:
    before, old = published(home), current_id(home)
    path = home / _NEWEST
    spoilt = path.with_suffix(".new")
    pq.write_table(broken.spoil(pq.read_table(path)), spoilt)
    spoilt.replace(path)

    succeed(home, "refresh")

    assert current_id(home) != old
    assert_whole(home)
    after = published(home)
    assert after["publication_info"][0]["data_through_iso_week"] == "2026-W47"
    source = _source(after)
    assert source["verdict"] == broken.verdict, source
    assert all(word in source["reason"] for word in broken.words), source["reason"]
    assert _other_sources(after) == _other_sources(before)

    metrics = load_metrics(PROJECT / "dbt_project")
    was = {row["key_result_id"]: row for row in before["key_result_current"]}
    resting = [row for row in after["key_result_current"] if (_SYSTEM, _TABLE) in metrics[row["metric"]].sources]
    others = [row for row in after["key_result_current"] if row not in resting]
    assert len(resting) >= 5
    assert len(others) >= 10
    for row in resting:
        earlier = was[row["key_result_id"]]
        if earlier["status"] in _WITHOUT_VALUE:
            assert row["status"] == earlier["status"]
        else:
            assert row["status"] == "stale", row
            assert f"{_SYSTEM}.{_TABLE}" in row["status_reason"], row["status_reason"]
    assert any(row["status"] == "stale" for row in resting)
    assert others == [was[row["key_result_id"]] for row in others]
