"""The assets of what is learned from the measured weeks: evidence of links, drivers of metrics, forecasts.

The statistics come from the run; nothing is decided here.
"""

from collections import Counter

import dagster as dg

from okr_pipeline.assets.column_schema import column_schema
from okr_pipeline.assets.names import (
    DRIVERS_KEY,
    EVIDENCE_KEY,
    FORECASTS_KEY,
    key_result_key,
    metric_key,
    team_owner,
)
from okr_pipeline.assets.partitions import weeks_of
from okr_pipeline.intelligence.links import claiming
from okr_pipeline.project import Project
from okr_pipeline.publication.tables import ALIGNMENT_EVIDENCE, KEY_RESULT_CURRENT, METRIC_DRIVERS, Table

OWNER = "head of AI programme"


def insight_assets(project: Project, partitions: dg.PartitionsDefinition) -> tuple[dg.AssetsDefinition, ...]:
    """Return the three assets, each with the key results or metrics that it rests on and no others."""
    return _evidence(project, partitions), _drivers(project, partitions), _forecasts(project, partitions)


def _spec(key: dg.AssetKey, table: Table, description: str, deps: list[dg.AssetKey]) -> dg.AssetSpec:
    return dg.AssetSpec(
        key,
        deps=deps,
        description=description,
        group_name="organisation",
        owners=[team_owner(OWNER)],
        kinds={"duckdb", "table", "numpy"},
        tags={"layer": "published"},
        metadata={"dagster/column_schema": column_schema(table)},
    )


def _evidence(project: Project, partitions: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    linked = {item.id: item for link in claiming(project.cascade) for item in link}.values()
    deps = {*(key_result_key(item.id) for item in linked), *(metric_key(item.metric) for item in linked)}

    @dg.multi_asset(
        name="alignment_evidence",
        specs=[
            _spec(
                EVIDENCE_KEY,
                ALIGNMENT_EVIDENCE,
                f"Whether parents move with their children: {ALIGNMENT_EVIDENCE.grain}.",
                sorted(deps),
            )
        ],
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"refresh"},
    )
    def alignment_evidence(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        evidence = context.resources.refresh.analyse(weeks_of(context)).evidence
        counts = Counter(link.verdict for link in evidence.values())
        return dg.MaterializeResult(metadata={"dagster/row_count": len(evidence), **dict(sorted(counts.items()))})

    return alignment_evidence


def _drivers(project: Project, partitions: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name="metric_drivers",
        specs=[
            _spec(
                DRIVERS_KEY,
                METRIC_DRIVERS,
                f"Why metrics moved: {METRIC_DRIVERS.grain}.",
                [metric_key(name) for name in project.metrics],
            )
        ],
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"refresh"},
    )
    def metric_drivers(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        drivers = context.resources.refresh.analyse(weeks_of(context)).drivers
        named = sum(found.top is not None for found in drivers)
        rows = sum(len(found.cells) for found in drivers)
        return dg.MaterializeResult(metadata={"dagster/row_count": rows, "named_contributors": named})

    return metric_drivers


def _forecasts(project: Project, partitions: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name="forecasts",
        specs=[
            _spec(
                FORECASTS_KEY,
                KEY_RESULT_CURRENT,
                "Where key results will be when they are due: the forecast columns of okr.key_result_current.",
                [key_result_key(item.id) for item in project.cascade.key_results],
            )
        ],
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"refresh"},
    )
    def forecasts(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        found = context.resources.refresh.analyse(weeks_of(context)).forecasts
        counts = Counter(forecast.method or "silent" for forecast in found.values())
        return dg.MaterializeResult(metadata={"dagster/row_count": len(found), **dict(sorted(counts.items()))})

    return forecasts
