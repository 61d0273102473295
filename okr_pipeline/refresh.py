"""One refresh, step by step: land, build, evaluate, publish. Plain Python; Dagster calls it and adds nothing.

A run works in a private copy of the warehouse and changes what readers see by one rename at the very end, so it may be
killed anywhere. What the next run has to do is read from what is on disk, never from what a former run remembered.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path

from okr_pipeline.analysis.insights import Insights
from okr_pipeline.cascade.issues import Issue
from okr_pipeline.cascade.observed import FAILED_VERDICTS
from okr_pipeline.cascade.weeks import iso_week, last_closed_week, weeks_between
from okr_pipeline.connectors import open_reader
from okr_pipeline.duties import Register, read_incidents
from okr_pipeline.errors import SourceError, TransientSourceError
from okr_pipeline.evaluation import Evaluation, evaluate_cascade
from okr_pipeline.intelligence.analyse import analyse
from okr_pipeline.intelligence.findings import data_issues
from okr_pipeline.landing import LOOK_BACK_WEEKS, Landing, LandingReport, Manifest, Pseudonymiser, holes
from okr_pipeline.lock import refresh_lock
from okr_pipeline.measured import Columns, Measured
from okr_pipeline.progress import Progress
from okr_pipeline.project import Project, TableKey
from okr_pipeline.publication import content
from okr_pipeline.publication.reading import rows_of_published
from okr_pipeline.publication.store import PublicationStore
from okr_pipeline.transformation import DbtProject, NodeResult
from okr_pipeline.warehouse import RawTables, Warehouse

WEEKS_PER_PASS = 4
"""Weeks that dbt builds at once: more would need more memory, fewer more starts."""
KEEP_SUPERSEDED_FILES = 2
INCIDENTS = ("governance", "incidents")
"""The table whose rows start the clocks of Articles 26(5) and 73; a clock needs the record, not a weekly sum."""
FACTS_AND_TESTS = "config.materialized:incremental test_type:data"


class Refresh:
    """The state of one run; made by `refresh_run`."""

    def __init__(self, project: Project, dbt: DbtProject, run_id: str, progress: Progress) -> None:
        """Nothing is read or written yet, except that a missing pseudonym key ends the run here."""
        home = project.settings.home
        self._project, self._dbt, self._run_id, self._progress = project, dbt, run_id, progress
        self._landing = Landing(home / "landing", project.zone, Pseudonymiser(project.settings.pseudonym_key))
        self._warehouse = Warehouse(home, run_id, project.zone.key)
        self._store = PublicationStore(home, project.zone.key)
        self._evaluation: Evaluation | None = None
        self._series: Measured | None = None
        self._tables: tuple[content.RunFacts, content.Tables] | None = None
        self._insights: Insights | None = None

    def through(self, weeks: Sequence[date]) -> date:
        """Return the newest week the publication will speak of: never older than what is published already."""
        published = content.published_through(rows_of_published(self._store, "publication_info"))
        return max(weeks[-1], published) if published else weeks[-1]

    def land(self, key: TableKey, weeks: Sequence[date]) -> LandingReport:
        """Land the run's weeks of one table, and look back.

        Raises:
            TransientSourceError: the source may answer later; nothing is recorded.
        """
        name = ".".join(key)
        self._progress.started(name)
        origin = self._project.origins[key]
        self._home_folder("spool").mkdir(mode=0o700, parents=True, exist_ok=True)
        spool = Path(tempfile.mkdtemp(dir=self._home_folder("spool")))
        try:
            report = self._landing.land(
                self._project.tables[key],
                open_reader(origin),
                origin,
                self._weeks_to_ask(key, weeks),
                max(self.through(weeks), last_closed_week(self._project.as_of)),
                spool,
            )
        except TransientSourceError:
            raise
        except SourceError as error:
            return self.record_unreachable(key, weeks, error)
        finally:
            shutil.rmtree(spool, ignore_errors=True)
        self._progress.finished(name, _landed_words(report))
        return report

    def _weeks_to_ask(self, key: TableKey, weeks: Sequence[date]) -> tuple[date, ...]:
        """Return the run's weeks, the look-back, and older weeks that the table still owes."""
        first = self._first_week(key, weeks)
        owed = holes(self._landing.manifest(key), first, self._project.origins[key].accept_volume_weeks)
        return (*owed, *weeks_between(first, weeks[-1]))

    def _first_week(self, key: TableKey, weeks: Sequence[date]) -> date:
        """Return where the look-back begins; for a new table, where the history of the others does."""
        first = weeks[0] - timedelta(weeks=LOOK_BACK_WEEKS)
        if self._landing.manifest(key).files:
            return first
        return min(
            (min(self._landing.manifest(other).files, default=first) for other in self._project.tables), default=first
        )

    def record_unreachable(self, key: TableKey, weeks: Sequence[date], error: SourceError) -> LandingReport:
        """Record that a source could not be read; its last good files stay and what rests on them is stale."""
        report = self._landing.record_failure(self._project.tables[key], "unreachable", error.problem, weeks[-1])
        self._progress.finished(".".join(key), _landed_words(report))
        return report

    def build(self) -> tuple[NodeResult, ...]:
        """Compute the facts of every week whose files have changed, and test them.

        Returns the result of each node that had to run; one that is not there is as it was.
        """
        self._progress.started("dbt")
        raw = self._raw_tables()
        has_models = self._warehouse.start(self._fingerprint())
        self._warehouse.attach_landing(raw, self._column_types(), self._project.unit_codes)
        changed = self._warehouse.weeks_to_build(raw)
        read_too = {week - timedelta(weeks=1) for week in changed}
        for key in raw:
            self._landing.verify(key, {*changed, *read_too})
        passes = [changed[start : start + WEEKS_PER_PASS] for start in range(0, len(changed), WEEKS_PER_PASS)]
        results: tuple[NodeResult, ...] = ()
        for number, some in enumerate(passes[:-1], 1):
            self._progress.started(f"dbt, weeks {iso_week(some[0])} to {iso_week(some[-1])} ({number}/{len(passes)})")
            results = self._run_dbt(some, command="run", select="config.materialized:incremental staging")
            if any(not result.is_good for result in results):
                return results
        if not changed and has_models:
            results = self._run_dbt((), command="test", test_weeks=_newest_weeks(raw))
        else:
            # Views need no building when only weeks have changed: facts and data tests are a third of the work.
            select = FACTS_AND_TESTS if has_models else None
            results = self._run_dbt(passes[-1] if passes else (), select=select, test_weeks=changed)
        if all(result.is_good for result in results):
            self._warehouse.mark_built(raw)
        good = sum(result.is_good for result in results)
        self._progress.finished("dbt", f"{len(changed)} weeks built, {good} of {len(results)} models and tests good")
        return results

    def evaluate(self, weeks: Sequence[date]) -> Evaluation:
        """Give every key result its values and status; computed once per run.

        Raises:
            OkrError: the metrics have not been built in this run.
        """
        if self._evaluation is None:
            self._progress.started("key results")
            through = self.through(weeks)
            self._evaluation = evaluate_cascade(
                self._project,
                self._measured(through),
                self._metric_columns,
                self._manifests(),
                self._register(),
            )
            count = len(self._evaluation.current)
            self._progress.finished("key results", f"{count} key results through {iso_week(through)}")
        return self._evaluation

    def analyse(self, weeks: Sequence[date]) -> Insights:
        """Learn what the measured weeks say of links, targets, drift and what is to come; computed once per run.

        Raises:
            OkrError: the metrics have not been built in this run.
        """
        if self._insights is None:
            evaluation = self.evaluate(weeks)
            self._progress.started("evidence")
            self._insights = analyse(self._measured(self.through(weeks)), evaluation)
            links = len(self._insights.evidence)
            self._progress.finished("evidence", f"{links} links, {len(self._insights.forecasts)} forecasts")
        return self._insights

    def _data_issues(self, weeks: Sequence[date]) -> tuple[Issue, ...]:
        through = self.through(weeks)
        return data_issues(self._measured(through), self.evaluate(weeks), self.analyse(weeks), self._manifests())

    def publish(self, weeks: Sequence[date]) -> Path:
        """Write, verify and show the publication, then put the private warehouse back.

        Raises:
            OkrError: something did not verify, or the disk refused; readers still see the publication before.
        """
        self._progress.started("publication")
        facts, tables = self._content(weeks)
        minimum_group = self._project.cascade.organisation.minimum_group
        folder = self._store.publish(facts.publication_id, tables.replaced, tables.appended, minimum_group)
        self._warehouse.promote()
        self._landing.prune(KEEP_SUPERSEDED_FILES)
        self._progress.finished("publication", facts.publication_id)
        return folder

    def findings(self, weeks: Sequence[date]) -> Sequence[content.Row]:
        """Return every finding as it will be published."""
        return content.findings_of(self._content(weeks)[1])

    def _content(self, weeks: Sequence[date]) -> tuple[content.RunFacts, content.Tables]:
        """Return the rows of every table, computed once per run."""
        if self._tables is None:
            through, now = self.through(weeks), datetime.now(UTC)
            publication_id = f"{iso_week(through)}-{now:%Y%m%dT%H%M%S%fZ}"
            facts = content.RunFacts(publication_id, now, through, self._dbt.fingerprint, self._run_id)
            published = {
                name: rows_of_published(self._store, name)
                for name in ("key_result_values", "key_results", "target_changes", "publication_info")
            }
            self._tables = (
                facts,
                content.build(
                    self._project,
                    self.evaluate(weeks),
                    content.Learned(self.analyse(weeks), self._data_issues(weeks)),
                    self._manifests(),
                    self._metric_columns,
                    published,
                    self._warehouse.unmapped_codes(self._code_columns(), through),
                    facts,
                ),
            )
        return self._tables

    def close(self) -> None:
        """Forget what was private to the run."""
        self._warehouse.discard()
        shutil.rmtree(self._home_folder("spool"), ignore_errors=True)

    def _run_dbt(
        self,
        weeks: Sequence[date],
        *,
        command: str = "build",
        select: str | None = None,
        test_weeks: Sequence[date] = (),
    ) -> tuple[NodeResult, ...]:
        return self._dbt.build(
            self._warehouse.path,
            weeks,
            command=command,
            select=select,
            test_weeks=test_weeks,
            time_zone=self._project.zone.key,
        )

    def _register(self) -> Register:
        """Return the incidents as they are landed; a register that is not connected or not read says so."""
        if INCIDENTS not in self._project.tables:
            return Register(problem="no incident register is connected")
        manifest = self._landing.manifest(INCIDENTS)
        is_read = manifest.verdict not in FAILED_VERDICTS and manifest.weeks
        problem = "" if is_read else f"the incident register could not be read ({manifest.reason or 'never yet'})"
        return Register(read_incidents(self._warehouse.rows_of(*INCIDENTS)), problem)

    def _raw_tables(self) -> RawTables:
        return {
            key: {week: (file.path, file.sha256) for week, file in self._landing.manifest(key).files.items()}
            for key in self._all_tables()
        }

    def _all_tables(self) -> list[TableKey]:
        return [table.key for system in self._project.systems for table in system.tables]

    def _column_types(self) -> dict[TableKey, dict[str, str]]:
        return {table.key: dict(table.columns) for system in self._project.systems for table in system.tables}

    def _code_columns(self) -> dict[TableKey, str]:
        return {
            table.key: table.unit_code for system in self._project.systems for table in system.tables if table.unit_code
        }

    def _manifests(self) -> dict[TableKey, Manifest]:
        return {key: self._landing.manifest(key) for key in self._all_tables()}

    def _measured(self, through: date) -> Measured:
        if self._series is None or self._series.through != through:
            self._series = Measured.of(self._project, self._metric_columns, self._manifests(), through)
        return self._series

    @cached_property
    def _metric_columns(self) -> dict[str, Columns]:
        return dict(self._warehouse.metric_columns(self._project.metrics))

    def _fingerprint(self) -> str:
        says = json.dumps(
            {
                "dbt": self._dbt.fingerprint,
                "codes": self._project.unit_codes,
                "zone": self._project.zone.key,
                "contracts": sorted(table.contract_hash for system in self._project.systems for table in system.tables),
            }
        )
        return hashlib.sha256(says.encode()).hexdigest()

    def _home_folder(self, name: str) -> Path:
        return self._project.settings.home / name


@contextmanager
def refresh_run(
    project: Project, dbt: DbtProject, run_id: str, progress: Progress, lock_wait_seconds: float
) -> Iterator[Refresh]:
    """Hold the lock for a run and clean up after it.

    Raises:
        RefreshRunningError: another run holds the lock.
        OkrError: there is no pseudonym key.
    """
    with refresh_lock(project.settings.home, wait_seconds=lock_wait_seconds):
        refresh = Refresh(project, dbt, run_id, progress)
        refresh.close()  # what a killed run left: its spool holds rows as the systems have them
        try:
            yield refresh
        finally:
            refresh.close()


def _newest_weeks(raw: RawTables) -> tuple[date, ...]:
    """Return the newest landed week and those a normal run looks back to."""
    newest = max((week for weeks in raw.values() for week in weeks), default=None)
    return weeks_between(newest - timedelta(weeks=LOOK_BACK_WEEKS), newest) if newest else ()


def _landed_words(report: LandingReport) -> str:
    rows = sum(week.rows for week in report.weeks if week.outcome == "landed")
    landed = sum(week.outcome == "landed" for week in report.weeks)
    words = f"{report.verdict}: {landed} weeks, {rows:,} rows"
    return f"{words}; {report.reason}" if report.reason else words
