"""The two assets at the end of the lineage: the cascade's health, and the publication that readers open."""

from collections import Counter

import dagster as dg

from okr_pipeline.assets.column_schema import column_schema
from okr_pipeline.assets.names import (
    HEALTH_KEY,
    MILESTONES_KEY,
    PUBLICATION_KEY,
    key_result_key,
    metric_key,
    raw_key,
    team_owner,
)
from okr_pipeline.assets.partitions import weeks_of
from okr_pipeline.project import Project
from okr_pipeline.publication.tables import CASCADE_HEALTH

OWNER = "head of AI programme"


def health_asset(project: Project, partitions: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    """Return the asset of ``okr.cascade_health``."""

    @dg.asset(
        key=HEALTH_KEY,
        deps=[*(key_result_key(key_result.id) for key_result in project.cascade.key_results), MILESTONES_KEY],
        description=f"How every objective and key result stands: {CASCADE_HEALTH.grain}.",
        group_name="organisation",
        owners=[team_owner(OWNER)],
        kinds={"duckdb", "table"},
        tags={"layer": "published"},
        metadata={"dagster/column_schema": column_schema(CASCADE_HEALTH)},
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"refresh"},
    )
    def cascade_health(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        evaluation = context.resources.refresh.evaluate(weeks_of(context))
        counts = Counter(str(judgement.status) for judgement in evaluation.current.values())
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": len(evaluation.health),
                **{f"key_results_{status}": count for status, count in sorted(counts.items())},
            }
        )

    return cascade_health


def publication_asset(project: Project, partitions: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    """Return the asset of the publication as a whole: the verified DuckDB file and its Parquet copies."""

    @dg.asset(
        key=PUBLICATION_KEY,
        deps=[
            HEALTH_KEY,
            *(metric_key(name) for name in project.metrics),
            *(raw_key(*key) for key in project.tables),
        ],
        description="The verified publication that BI tools and people read, made visible by one rename.",
        group_name="organisation",
        owners=[team_owner(OWNER)],
        kinds={"duckdb", "parquet"},
        tags={"layer": "published"},
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"refresh"},
    )
    def publication(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        published = context.resources.refresh.publish(weeks_of(context))
        return dg.MaterializeResult(
            metadata={"publication_id": published.name, "folder": dg.MetadataValue.path(published)}
        )

    return publication
