"""The rows of ``data_sources``, and the hashes by which a publication says which landed files it rests on."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date

from okr_pipeline.evaluation import source_state
from okr_pipeline.landing import Manifest
from okr_pipeline.project import Project, TableKey
from okr_pipeline.publication.findings import UnmappedCodes


def landed_hash(manifest: Manifest) -> str:
    """Return the hash over the current landed files of one table."""
    return _hash(f"{week} {file.sha256}" for week, file in manifest.files.items())


def hash_of_all(manifests: Mapping[TableKey, Manifest]) -> str:
    """Return the hash over the current landed files of every table."""
    return _hash(
        f"{'.'.join(key)} {week} {file.sha256}"
        for key, manifest in manifests.items()
        for week, file in manifest.files.items()
    )


def source_row(
    project: Project, key: TableKey, manifest: Manifest, unmapped: UnmappedCodes, through: date
) -> tuple[object, ...]:
    """Return what is said of one table of a system of record."""
    table = next(t for system in project.systems for t in system.tables if t.key == key)
    state = source_state(manifest, project)
    behind = max((through - state.newest_week).days // 7, 0) if state.newest_week else None
    quarantine = ", ".join(f"{name}: {count}" for name, count in sorted(manifest.rows_quarantined.items()) if count)
    codes = ", ".join(f"{code}: {count}" for code, count in unmapped.get(key, {}).items())
    files = manifest.files
    return (
        *key, table.owner, table.cadence, _verdict(manifest), manifest.reason, manifest.newest_event,
        state.newest_week, behind, through, len(files), sum(file.rows for file in files.values()),
        sum(manifest.rows_quarantined.values()), quarantine, codes, ", ".join(manifest.added_columns),
        landed_hash(manifest), table.contract_hash,
    )  # fmt: skip


def _verdict(manifest: Manifest) -> str:
    """Say ``landed`` for data that is unchanged too: the published verdict is about the data, not about the run."""
    return "landed" if manifest.verdict == "unchanged" else manifest.verdict


def _hash(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
