"""One asset and one check per key result: lineage from a number to its systems, and a history the UI can plot.

The values and statuses come from the run (`okr_pipeline.refresh`); nothing is decided here.
"""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from okr_pipeline.assets.names import group_name, key_result_key, metric_key, team_owner
from okr_pipeline.assets.partitions import weeks_of
from okr_pipeline.cascade.model import KeyResult
from okr_pipeline.cascade.status import Judgement
from okr_pipeline.project import Project

CHECK_NAME = "on_course"
GOOD_STATUSES = frozenset({"achieved", "on_track", "not_due"})


def key_result_assets(project: Project, partitions: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    """Return all key results as one step with an asset and a check each."""
    key_results = project.cascade.key_results

    @dg.multi_asset(
        name="key_results",
        specs=[_spec(project, key_result, partitions) for key_result in key_results],
        check_specs=[
            dg.AssetCheckSpec(
                CHECK_NAME,
                asset=key_result_key(key_result.id),
                description="The key result is achieved, on track or not due yet; an unknown does not pass.",
            )
            for key_result in key_results
        ],
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"refresh"},
    )
    def evaluate(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        judgements = context.resources.refresh.evaluate(weeks_of(context)).current
        for key_result in key_results:
            yield _result(key_result, judgements[key_result.id])

    return evaluate


def _spec(project: Project, key_result: KeyResult, partitions: dg.PartitionsDefinition) -> dg.AssetSpec:
    metric = project.metrics[key_result.metric]
    file = Path(project.settings.cascade_dir) / key_result.location.file
    return dg.AssetSpec(
        key_result_key(key_result.id),
        deps=[metric_key(key_result.metric)],
        description=f"{key_result.title}. Target: {key_result.target.words()}",
        group_name=group_name(project.function_of(key_result.where.org_unit or key_result.org_unit)),
        owners=[team_owner(key_result.owner)],
        kinds={"yaml"},
        tags={"layer": "key_result", "level": key_result.level, "kind": metric.kind},
        metadata={
            "target": key_result.target.words(),
            "metric": key_result.metric,
            "unit": metric.unit,
            "objective": key_result.objective_id,
            "due": key_result.due.isoformat(),
            "dagster/code_references": dg.CodeReferencesMetadataValue(
                code_references=[
                    dg.LocalFileCodeReference(
                        file_path=str(file), line_number=key_result.location.line, label=key_result.id
                    )
                ]
            ),
        },
        partitions_def=partitions,
    )


def _result(key_result: KeyResult, judgement: Judgement) -> dg.MaterializeResult[None]:
    metadata: dict[str, dg.MetadataValue] = {
        "status": dg.MetadataValue.text(str(judgement.status)),
        "status_reason": dg.MetadataValue.text(judgement.status_reason),
    }
    if judgement.value is not None:
        metadata["current_value"] = dg.MetadataValue.float(judgement.value)
    if judgement.progress is not None:
        metadata["progress"] = dg.MetadataValue.float(judgement.progress)
    passed = judgement.status in GOOD_STATUSES
    return dg.MaterializeResult(
        asset_key=key_result_key(key_result.id),
        metadata=metadata,
        check_results=[
            dg.AssetCheckResult(
                asset_key=key_result_key(key_result.id),
                check_name=CHECK_NAME,
                passed=passed,
                severity=dg.AssetCheckSeverity.WARN,
                description=judgement.status_reason,
                metadata={"status": str(judgement.status)},
            )
        ],
    )
