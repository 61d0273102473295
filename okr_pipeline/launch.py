"""Starts the refresh job from a shell, in this process, on the same Dagster instance that the UI shows."""

import warnings
from collections.abc import Iterator
from datetime import date

import dagster as dg

from okr_pipeline.assets.partitions import FIRST_WEEK_TAG
from okr_pipeline.definitions import JOB_NAME, build_definitions
from okr_pipeline.errors import OkrError
from okr_pipeline.garbage import collect_rarely
from okr_pipeline.instance import open_instance
from okr_pipeline.lock import refresh_lock
from okr_pipeline.progress import Progress
from okr_pipeline.settings import Settings


class RefreshFailedError(OkrError):
    """A run failed. ``reasons`` has one sentence per failed step; the last publication stays."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        """Build one line per failed step."""
        self.reasons = reasons
        super().__init__("\n".join(reasons))


def launch_refresh(settings: Settings, first: date, last: date, progress: Progress, wait_seconds: float) -> None:
    """Refresh the weeks from ``first`` to ``last`` (Mondays) in one run.

    Raises:
        RefreshRunningError: another refresh is running; nothing has been started.
        RefreshFailedError: a step failed; nothing has been published.
    """
    with refresh_lock(settings.home, wait_seconds=wait_seconds):
        pass  # refused here, before anything is loaded; the run takes the lock again for itself
    collect_rarely()
    warnings.filterwarnings("ignore", category=dg.BetaWarning)  # backfill_policy; pinned and tested
    definitions = build_definitions(settings, progress=progress, lock_wait_seconds=wait_seconds)
    with open_instance(settings.home) as instance:
        result = definitions.resolve_job_def(JOB_NAME).execute_in_process(
            instance=instance,
            partition_key=last.isoformat(),
            tags={FIRST_WEEK_TAG: first.isoformat()},
            run_config={"loggers": {"console": {}}},  # the silent one of our definitions
            raise_on_error=False,
        )
    if not result.success:
        raise RefreshFailedError(tuple(dict.fromkeys(_reasons(result))))


def _reasons(result: dg.ExecuteInProcessResult) -> Iterator[str]:
    for event in result.all_events:
        data = event.event_specific_data
        error = getattr(data, "error", None)
        if error is None or event.event_type_value not in {"STEP_FAILURE", "PIPELINE_FAILURE", "RUN_FAILURE"}:
            continue
        while error.cause is not None:
            error = error.cause
        yield error.message.split(": ", 1)[-1].strip().splitlines()[0]
