"""Lands whole closed weeks of one table: which to read, the table's verdict, and the manifest written last.

The public face of the package. A killed call leaves the manifest before it valid, and the next call succeeds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from okr_pipeline.connectors.origin import Origin
from okr_pipeline.connectors.reader import Reader
from okr_pipeline.durable import DiskError
from okr_pipeline.landing import changes, decisions, manifest, week_files
from okr_pipeline.landing.manifest import Manifest, Verdict
from okr_pipeline.landing.next_manifest import next_manifest
from okr_pipeline.landing.pseudonyms import Pseudonymiser
from okr_pipeline.landing.reading import Access
from okr_pipeline.landing.report import LandingReport, week_reports
from okr_pipeline.landing.table_landing import TableLanding
from okr_pipeline.sources.contract import SourceTable

MEMORY_LIMIT = "256MB"


class Landing:
    """The landing of one organisation."""

    def __init__(
        self,
        root: Path,
        zone: ZoneInfo,
        pseudonymiser: Pseudonymiser,
        *,
        memory_limit: str = MEMORY_LIMIT,
        threads: int | None = None,
    ) -> None:
        """Take the landing's folder, the organisation's time zone and the holder of the pseudonym key."""
        self._root, self._zone, self._pseudonymiser = root, zone, pseudonymiser
        self._memory_limit, self._threads = memory_limit, threads

    def land(
        self,
        table: SourceTable,
        reader: Reader,
        origin: Origin,
        weeks: Sequence[date],
        as_of_week: date,
        spool: Path,
    ) -> LandingReport:
        """Bring ``weeks`` (Mondays) of a table up to date; what cannot have changed is not read.

        Args:
            table: the contract.
            reader: the transport of the table.
            origin: where the table comes from, for its fingerprint and its accepted weeks.
            weeks: Mondays to look at, at least one.
            as_of_week: the newest closed week, also in a backfill of older weeks.
            spool: a folder for this call that the caller deletes.

        Raises:
            SourceError: the system cannot be read; nothing is recorded.
            TransientSourceError: the same, but asking again may help.
            DiskError: the disk is full or refuses; nothing is recorded.
        """
        folder = self._folder(table)
        before = self.manifest(table.key)
        key_id = self._pseudonymiser.key_id if table.pseudonymised else ""
        reading = self._reading(table, origin)
        known = before if before.reading == reading else replace(before, parts={}, unread=tuple(before.weeks))
        asked = set(weeks)
        if (before.key_id, before.contract_hash) != (key_id, table.contract_hash):
            asked |= set(before.files)
        access = Access(
            table=table,
            reader=reader,
            zone=self._zone,
            as_of_week=as_of_week,
            spool=spool,
            folder=folder,
            pseudonymiser=self._pseudonymiser,
            memory_limit=self._memory_limit,
            threads=self._threads,
        )
        marks = reader.parts()
        found = changes.find(known, marks, asked, lambda names: access.parts(marks or {}, names))
        done = TableLanding(
            access=access,
            found=found,
            windowed=marks is None,
            accepted=origin.accept_volume_weeks,
            before=before,
            files=dict(before.files),
            records=dict(before.weeks),
            key_id=key_id,
        )
        if found.weeks:
            done.run()
        done.drop_other_keys()
        reports = week_reports(asked, before.files, done.files, done.records)
        verdict, reason = decisions.verdict(
            asked, done.records, as_of_week, changed=any(week.changed for week in reports)
        )
        after = replace(next_manifest(done, asked), reading=reading, key_id=key_id, contract_hash=table.contract_hash)
        if before.checked_week is None or max(weeks) >= before.checked_week:
            after = replace(after, verdict=verdict, reason=reason, checked_week=max(weeks))
        manifest.save(self._root, after)
        return LandingReport(table.key, verdict, reason, reports, done.rows_read, after)

    def record_failure(self, table: SourceTable, verdict: Verdict, reason: str, as_of_week: date) -> LandingReport:
        """Record that a table could not be read; its files stay, and what rests on them becomes stale."""
        after = replace(
            self.manifest(table.key),
            verdict=verdict,
            reason=reason,
            checked_week=as_of_week,
            checked_at=datetime.now(UTC),
        )
        manifest.save(self._root, after)
        return LandingReport(table.key, verdict, reason, (), 0, after)

    def manifest(self, key: tuple[str, str]) -> Manifest:
        """Return the state of a table; an empty one (``missing``, ``never landed``) if there is none."""
        return manifest.load(self._root, key)

    def verify(self, key: tuple[str, str], weeks: Iterable[date] | None = None) -> None:
        """Compare the sha256 of the current files of ``weeks`` (all if None) with the manifest.

        Raises:
            SourceError: a file is gone or changed; names the path.
        """
        files = self.manifest(key).files
        chosen = files if weeks is None else {week: files[week] for week in weeks if week in files}
        week_files.verify(key, chosen.values())

    def prune(self, keep: int) -> int:
        """Delete superseded files beyond the ``keep`` newest of each week; return how many."""
        deleted = 0
        for path in sorted(self._root.glob("*/*/manifest.json")):
            key = (path.parents[1].name, path.parent.name)
            deleted += week_files.prune(path.parent, self.manifest(key).files, keep)
        return deleted

    def _folder(self, table: SourceTable) -> Path:
        """Return the table's folder, made and free of what a killed call left."""
        folder = self._root / table.system / table.name
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DiskError(folder, error) from error
        week_files.sweep(folder)
        return folder

    def _reading(self, table: SourceTable, origin: Origin) -> str:
        """Return what must stay the same for an earlier read to count; keyed, because options may hold
        secrets."""
        says = [
            table.contract_hash,
            self._zone.key,
            origin.connector,
            repr(sorted(origin.options.items(), key=lambda item: item[0])),
            repr(sorted(origin.columns.items())),
        ]
        return self._pseudonymiser.fingerprint("\0".join(says))
