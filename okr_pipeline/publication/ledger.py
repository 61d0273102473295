"""Rows of ``key_results`` as versions, and those of ``target_changes`` read and written. Nothing is decided here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from okr_pipeline.cascade.ledger import Change, changes_to_append
from okr_pipeline.cascade.versions import Version
from okr_pipeline.publication.tables import KEY_RESULTS

Row = Mapping[str, Any]
Rows = list[tuple[object, ...]]

_COLUMN_OF = {"where": "filter"}
"""Facts of a version that the table calls by another name."""


@dataclass(frozen=True)
class Ledger:
    """The changes that were recorded before, and those that this publication adds."""

    recorded: tuple[Change, ...]
    added: tuple[Change, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """All of them."""
        return (*self.recorded, *self.added)


def continue_ledger(
    published: Mapping[str, Sequence[Row]],
    key_results: Iterable[tuple[object, ...]],
    published_at: datetime,
    zone: ZoneInfo,
    cycle_starts: Mapping[str, date],
) -> Ledger:
    """Return the ledger with what this publication adds to it.

    Args:
        published: rows of ``key_results``, ``target_changes`` and ``publication_info`` as published before.
        key_results: rows of ``key_results`` in this publication, as tuples.
        published_at: of this publication.
        zone: the organisation's time zone.
        cycle_starts: cycle -> its first day, for versions of which an earlier release did not publish it.
    """
    names = [column.name for column in KEY_RESULTS.columns]
    versions = (version_of(dict(zip(names, row, strict=True)), cycle_starts) for row in key_results)
    recorded = tuple(change_of(row) for row in published["target_changes"])
    info = published["publication_info"]
    added = changes_to_append(
        [version_of(row, cycle_starts) for row in published["key_results"]],
        recorded,
        [version for version in versions if version.is_current],
        published_at,
        info[0]["published_at"] if info else None,
        zone,
    )
    return Ledger(recorded, added)


def version_of(row: Row, cycle_starts: Mapping[str, date] | None = None) -> Version:
    """Return a row of ``key_results`` as a version; columns that an earlier release did not have are None."""
    facts: dict[str, Any] = {name: row.get(_COLUMN_OF.get(name, name)) for name in Version.__dataclass_fields__}
    if facts["cycle_start"] is None and cycle_starts:
        facts["cycle_start"] = cycle_starts.get(facts["cycle"])
    return Version(**facts)


def change_of(row: Row) -> Change:
    """Return a row of ``target_changes`` as a change."""
    facts: dict[str, Any] = {name: row.get(name) for name in Change.__dataclass_fields__ if name != "number"}
    return Change(**facts, number=row["change_number"])


def change_rows(changes: Iterable[Change]) -> Rows:
    """Return changes as rows of ``target_changes``."""
    return [_change_row(change) for change in changes]


def _change_row(change: Change) -> tuple[object, ...]:
    return (
        change.key_result_id, change.number, change.cycle, change.field, change.before, change.after,
        change.changed_on, change.published_at, change.is_after_start, change.effect,
        change.old_definition_hash, change.new_definition_hash,
    )  # fmt: skip
