"""The code location: assembles assets, job, schedule and the run's resource. Assembly only."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import dagster as dg

from okr_pipeline.assets.compliance import compliance_asset
from okr_pipeline.assets.insights import insight_assets
from okr_pipeline.assets.key_results import key_result_assets
from okr_pipeline.assets.partitions import weekly_partitions
from okr_pipeline.assets.published import health_asset, publication_asset
from okr_pipeline.assets.raw import raw_asset, system_specs
from okr_pipeline.assets.transformation import Translator, dbt_models
from okr_pipeline.progress import Progress, Silent
from okr_pipeline.project import Project
from okr_pipeline.refresh import Refresh, refresh_run
from okr_pipeline.schedules import weekly_refresh
from okr_pipeline.settings import Settings
from okr_pipeline.transformation import DbtProject

JOB_NAME = "weekly_refresh"
RunFactory = Callable[[str], AbstractContextManager[Refresh]]


def build_definitions(
    settings: Settings, *, progress: Progress | None = None, lock_wait_seconds: float = 0.0
) -> dg.Definitions:
    """Return a fresh code location for ``settings``.

    Args:
        settings: where everything is.
        progress: told of each step; silent by default.
        lock_wait_seconds: how long a run waits for another one to end before it refuses.

    Raises:
        OkrError: the cascade, a source file, ``sources.toml`` or the dbt project cannot be used.
    """
    project = Project.load(settings)
    partitions = weekly_partitions(settings.history_from, project.zone.key)
    dbt = DbtProject(settings.dbt_project_dir, settings.home)

    def run(run_id: str) -> AbstractContextManager[Refresh]:
        return refresh_run(project, dbt, run_id, progress or Silent(), lock_wait_seconds)

    job = dg.define_asset_job(
        JOB_NAME,
        selection=dg.AssetSelection.all(),
        description="Systems of record in, a verified publication out, for the run's weeks.",
        partitions_def=partitions,
    )
    return dg.Definitions(
        assets=[
            *system_specs(project.systems),
            *(
                raw_asset(table, system, partitions, project.origins[table.key].connector)
                for system in project.systems
                for table in system.tables
                if table.key in project.tables
            ),
            dbt_models(dbt.manifest(), Translator(project.systems), partitions),
            key_result_assets(project, partitions),
            compliance_asset(project, partitions),
            *insight_assets(project, partitions),
            health_asset(project, partitions),
            publication_asset(project, partitions),
        ],
        jobs=[job],
        schedules=[weekly_refresh(job)],
        resources={"refresh": _refresh_resource(run)},
        loggers={"console": _quiet_console()},
        executor=dg.in_process_executor,  # steps in processes of their own would fight over DuckDB's lock
    )


def _refresh_resource(run: RunFactory) -> dg.ResourceDefinition:
    @contextmanager
    def open_run(context: dg.InitResourceContext) -> Iterator[Refresh]:
        with run(context.run_id or "adhoc") as refresh:
            yield refresh

    return dg.ResourceDefinition(open_run, description="The run's lock, private warehouse and results.")


def _quiet_console() -> dg.LoggerDefinition:
    """Errors only: every event is in the run's log, and `Progress` speaks to people."""

    def quiet(_context: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.getLogger("okr_pipeline.runs")
        logger.setLevel(logging.CRITICAL)
        return logger

    return dg.LoggerDefinition(quiet, description="Silent: the run's log has every event.")


@dg.definitions
def defs() -> dg.Definitions:
    """What the server loads; nothing is read before it asks."""
    return build_definitions(Settings.from_environment())
