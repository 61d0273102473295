"""Everything that is published of one key result, and the files it rests on: what `okr explain` tells.

Nothing is computed here; how it is printed is in `cli_explain`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from okr_pipeline.cascade.issues import nearest, shown
from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.weeks import WEEK
from okr_pipeline.cascade.windows import TRAILING_WEEKS
from okr_pipeline.errors import OkrError
from okr_pipeline.evaluation import running_hashes
from okr_pipeline.landing import Manifest
from okr_pipeline.landing.manifest import load
from okr_pipeline.project import TableKey
from okr_pipeline.publication.reading import open_published, rows, table_rows
from okr_pipeline.settings import Settings

Row = Mapping[str, Any]


@dataclass(frozen=True)
class File:
    """A landed file of the weeks behind the value shown.

    Attributes:
        table: system and table.
        week: Monday of the week that it holds.
        rows: its rows.
        path: where it lies, below the home folder.
        sha256: of its bytes.
    """

    table: str
    week: date
    rows: int
    path: str
    sha256: str


@dataclass(frozen=True)
class Explanation:
    """One key result, explained.

    Attributes:
        definition: its row of ``key_results``.
        current: its row of ``key_result_current``.
        history: its newest versions of values, oldest first.
        parts: its rows of ``key_result_drivers``, largest part first.
        files: the landed files of the weeks behind the value shown, newest first.
        input_hash: of all landed files up to the value's week when it was computed; None without a value.
        is_landed_anew: whether one of those files is another one by now, as after a run that failed.
        links: rows of ``alignment_evidence`` in which it is child or parent.
        findings: rows of ``cascade_findings`` about it.
        gate: why it is blocked; None if no gate is shut.
    """

    definition: Row
    current: Row
    history: tuple[Row, ...]
    parts: tuple[Row, ...]
    files: tuple[File, ...]
    input_hash: str | None
    is_landed_anew: bool
    links: tuple[Row, ...]
    findings: tuple[Row, ...]
    gate: str | None

    def as_document(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        return {
            "definition": self.definition,
            "current": self.current,
            "history": list(self.history),
            "parts": list(self.parts),
            "files": [vars(file) for file in self.files],
            "input_hash": self.input_hash,
            "is_landed_anew": self.is_landed_anew,
            "links": list(self.links),
            "findings": list(self.findings),
            "gate": self.gate,
        }


def explain_key_result(settings: Settings, key_result_id: str, metrics: Mapping[str, Metric]) -> Explanation:
    """Gather what is known of a key result.

    Args:
        settings: where the publication and the landed files are.
        key_result_id: the key result.
        metrics: the metric catalogue.

    Raises:
        OkrError: there is no such key result, nothing is published, or an earlier release published it.
    """
    with open_published(settings.home) as connection:
        in_force = rows(connection, "select * from okr.key_results where is_current")
        known = {row["key_result_id"]: row for row in in_force}
        if key_result_id not in known:
            near = nearest(key_result_id, known)
            raise OkrError(
                f"key result {shown(key_result_id)}: it is not published - allowed: a key result in force. "
                f"Fix: {f'write {near}' if near else 'okr status lists them'}"
            )
        # from here on the id is one that a definition had: letters, digits and _, so a query may hold it
        definition, name = known[key_result_id], f"'{key_result_id}'"
        current = rows(connection, f"select * from okr.key_result_current where key_result_id = {name}")[0]
        if "drift" not in current:
            raise OkrError(
                f"key result {key_result_id}: it was published by an earlier release, which could not explain it - "
                "allowed: a publication of this one. Fix: run okr refresh"
            )
        history = rows(
            connection,
            f"select * from okr.key_result_values where key_result_id = {name} and is_latest order by week_start",
        )
        parts = [row for row in table_rows(connection, "key_result_drivers") if row["key_result_id"] == key_result_id]
        links = [
            row
            for row in table_rows(connection, "alignment_evidence", "child_key_result_id")
            if key_result_id in (row["child_key_result_id"], row["parent_key_result_id"])
        ]
        findings = rows(connection, f"select * from okr.cascade_findings where node = {name} order by severity, rule")
        gates = rows(
            connection,
            f"select compliance_gate from okr.cascade_health where node_id = {name}"
            " and week_start = (select data_through from okr.publication_info)",
        )
    metric, week = metrics.get(definition["metric"]), current["value_week"]
    manifests = {key: load(settings.home / "landing", key) for key in (metric.sources if metric else ())}
    published = next((row["input_hash"] for row in history if row["week_start"] == week), None)
    landed = running_hashes(metric, manifests, [row["week_start"] for row in history]).get(week) if metric else None
    return Explanation(
        definition,
        current,
        tuple(history),
        tuple(sorted(parts, key=lambda row: -abs(row["mix"] + row["rate"]))),
        tuple(_files(settings.home, manifests, _window(definition, current))),
        published,
        published is not None and landed != published,
        tuple(links),
        tuple(findings),
        gates[0]["compliance_gate"] if gates else None,
    )


def _window(definition: Row, current: Row) -> tuple[date, date] | None:
    """Return the first and the last week behind the value shown; None without a value."""
    last = current["value_week"]
    if last is None:
        return None
    if definition["window"] == "cycle_to_date":
        return definition["cycle_start"] or last, last
    weeks = TRAILING_WEEKS.get(definition["window"], 1)  # of a window that a later release knows, the newest week
    return last - WEEK * (weeks - 1), last


def _files(home: Path, manifests: Mapping[TableKey, Manifest], window: tuple[date, date] | None) -> Iterator[File]:
    for key, manifest in manifests.items():
        for week in sorted(manifest.files, reverse=True):
            if window and window[0] <= week <= window[1]:
                file = manifest.files[week]
                path = file.path.relative_to(home) if file.path.is_relative_to(home) else file.path
                yield File(".".join(key), week, file.rows, str(path), file.sha256)
