"""One call's work on one table: read the weeks that may have changed, judge them in order, write the
sound ones.

Which weeks those are, and what the table's verdict is, is settled in `landing`; what is remembered of it, in
`next_manifest`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from okr_pipeline.landing import decisions, week_files
from okr_pipeline.landing.batch import Batch, Judged
from okr_pipeline.landing.changes import Changes, span
from okr_pipeline.landing.decisions import Span
from okr_pipeline.landing.manifest import Manifest, WeekFile, WeekRecord
from okr_pipeline.landing.outgoing import Outgoing
from okr_pipeline.landing.profile import Profile
from okr_pipeline.landing.reading import Access, Rows, rows_of, shape_of

_NOTHING = Profile({}, {}, None, None)


@dataclass
class TableLanding:
    """What a call has found and written so far; `next_manifest` makes the manifest of it."""

    access: Access
    found: Changes
    windowed: bool
    """Whether the system cannot name its parts, so that only a window of it was seen."""
    accepted: Iterable[date]
    """Weeks whose unusual volume a person has looked at."""
    before: Manifest
    files: dict[date, WeekFile]
    records: dict[date, WeekRecord]
    key_id: str
    profile: Profile = _NOTHING
    added: tuple[str, ...] = ()
    rows_read: int = 0
    left_out: dict[date, Mapping[str, int]] = field(default_factory=dict)

    @property
    def span(self) -> Span:
        """The plausible moments the system has shown."""
        if self.found.indexed:
            return Span(*span(self.found.known.values()))
        first, newest = self.profile.first_event, self.profile.last_event
        if not self.windowed:
            return Span(first, newest)
        firsts = [moment for moment in (first, self.before.first_event) if moment is not None]
        lasts = [moment for moment in (newest, self.before.newest_event) if moment is not None]
        return Span(min(firsts, default=None), max(lasts, default=None))

    @property
    def implausible(self) -> dict[str, int]:
        """Rows of no usable week, by reason."""
        counts: dict[str, int] = {}
        sources = [part.implausible for part in self.found.known.values()] if self.found.indexed else []
        for each in sources or [self.profile.implausible]:
            for name, count in each.items():
                counts[name] = counts.get(name, 0) + count
        return counts

    def run(self) -> None:
        """Do the work.

        Raises:
            SourceError: the system cannot be read.
            DiskError: the disk refuses.
        """
        weeks = self.found.weeks
        if self.found.parts == ():
            self._judge_without_rows(weeks)
            return
        window = (self.access.window(weeks),) if self.windowed else ()
        relation = self.access.relation(self.found.parts, *window)
        with self.access.engine([relation]) as engine:
            shape = shape_of(engine, self.access.table, relation)
            self.added = shape.added
            if shape.problems:
                self._fail_all("; ".join(shape.problems))
                return
            rows = rows_of(self.access, engine, relation, shape)
            self.profile = rows.profile
            if unusable := rows.unusable_moments:
                self._fail_all(
                    f"{self.access.table.week_by}: {unusable} values cannot be read - allowed: a moment "
                    "with a time zone (declare time_zone in sources.toml where they have none)"
                )
                return
            judged: set[date] = set()
            for batch in rows.batches(weeks):
                judged |= self._land_batch(rows, batch)
        self._judge_without_rows([week for week in weeks if week not in judged])

    def _land_batch(self, rows: Rows, batch: Batch) -> set[date]:
        """Judge a batch and write its sound weeks, older ones first: they are the volume's history."""
        once, judgements = batch.judged(rows.engine)
        outgoing: Outgoing | None = None
        done = set()
        for judged in sorted(judgements, key=lambda each: each.week_start):
            week, seen = judged.week_start, rows.profile.weeks[judged.week_start]
            self.rows_read += seen
            if not judged.rows:
                self.left_out[week] = judged.quarantined
                continue
            record = decisions.with_rows(self.access.table, judged, seen, self.files, self.accepted)
            self.records[week] = record
            done.add(week)
            if record.outcome == "landed":
                outgoing = outgoing or Outgoing.prepare(rows.engine, once, self.access.pseudonymiser)
                self._write(outgoing, judged)
        return done

    def _write(self, outgoing: Outgoing, judged: Judged) -> None:
        """Write a week; the same bytes as before keep the moment they were landed."""
        week = judged.week_start
        if judged.first_event is None or judged.last_event is None:
            raise ValueError(f"week {week} has no rows to write")
        written = week_files.write(outgoing.engine, outgoing.of_week(week), week, self.access.folder)
        old = self.files.get(week)
        same = old is not None and old.sha256 == written.sha256
        self.files[week] = WeekFile(
            week_start=week,
            path=written.path,
            sha256=written.sha256,
            rows=judged.rows,
            first_event=judged.first_event,
            last_event=judged.last_event,
            contract_hash=self.access.table.contract_hash,
            key_id=self.key_id,
            landed_at=old.landed_at if same and old else datetime.now(UTC),
        )

    def _judge_without_rows(self, weeks: Sequence[date]) -> None:
        """Judge the weeks that gave no usable row; an empty week has no file, a missing or failed one
        keeps it."""
        table, zone = self.access.table, self.access.zone
        for week in weeks:
            record = decisions.without_rows(table, week, self.span, zone, self.left_out.get(week, {}))
            self.records[week] = record
            if record.outcome == "empty":
                self.files.pop(week, None)

    def _fail_all(self, reason: str) -> None:
        """Fail every week unseen: the table as a whole cannot be judged."""
        for week in self.found.weeks:
            self.records[week] = WeekRecord("contract_failed", reason, 0, 0, {}, rows_unknown=True)

    def drop_other_keys(self) -> None:
        """Keep only files of the current key once there is one: pseudonyms of two keys never stand
        together."""
        if self.key_id and any(file.key_id == self.key_id for file in self.files.values()):
            self.files = {week: file for week, file in self.files.items() if file.key_id == self.key_id}
