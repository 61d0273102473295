"""The dbt models as assets: names, groups, owners, and dbt's results turned into events.

What dbt does is `okr_pipeline.transformation`. dbt is one step: a failed data test stops the run before publication.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets
from dagster_dbt.asset_utils import get_asset_check_key_for_test

from okr_pipeline.assets.names import group_name, metric_key, raw_key, team_owner
from okr_pipeline.sources.contract import SourceSystem
from okr_pipeline.transformation import NodeResult, TransformationError

METRIC_COLUMNS = {
    "week_start": "Monday of the week.",
    "org_unit": "Unit of the organisation, by its id.",
    "segment": "Part of the unit's cases, e.g. a queue; all together is `all`.",
    "ai_assisted": "With or without AI assistance, where the metric tells them apart; else `all`.",
    "numerator": "What adds up over rows, above the line.",
    "denominator": "What adds up over rows, below the line.",
    "sum_squares": "Sum of squares of the cases, for the interval of a mean.",
    "sample_count": "Cases behind the row.",
    "people_count": "Distinct people behind the row; null where nobody is.",
    "observed_until": "Newest event behind the row.",
}
"""The contract of every metric model (`dbt_project/tests/generic`), in words."""


LAYERS = ("staging", "intermediate", "metrics")
"""Folders of the dbt project; a model reads only from the layers before its own."""


class Translator(DagsterDbtTranslator):
    """Names dbt nodes as the rest of the lineage does."""

    def __init__(self, systems: Iterable[SourceSystem]) -> None:
        """``systems`` answer for the models that are named after them."""
        super().__init__(DagsterDbtTranslatorSettings(enable_asset_checks=True, enable_code_references=False))
        self._systems = {system.name: system for system in systems}

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Return ``system/table`` for sources, ``metrics/name`` for metrics, ``layer/name`` for the rest."""
        if dbt_resource_props["resource_type"] == "source":
            return raw_key(dbt_resource_props["source_name"], dbt_resource_props["name"])
        layer = dbt_resource_props["fqn"][1]
        name = dbt_resource_props["name"]
        return metric_key(name) if layer == "metrics" else dg.AssetKey([layer, name])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Group by business function: a metric's own, else that of the system its name begins with."""
        system = self._system(dbt_resource_props)
        function = _meta(dbt_resource_props).get("function") or (system.function if system else "organisation")
        return group_name(function)

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str] | None:
        """A metric's owner answers for its definition, a system's owner for the models below."""
        system = self._system(dbt_resource_props)
        owner = _meta(dbt_resource_props).get("owner") or (system.owner if system else None)
        return [team_owner(owner)] if owner else None

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        """Describe the columns that all metrics have; what a model says of a column itself goes first."""
        columns = {
            name: {**column, "description": column.get("description") or METRIC_COLUMNS.get(name, "")}
            for name, column in dbt_resource_props.get("columns", {}).items()
        }
        return super().get_metadata({**dbt_resource_props, "columns": columns})

    def get_tags(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, str]:
        """Tag the layer, and a metric's kind and unit."""
        meta = _meta(dbt_resource_props)
        facts = {name: str(meta[name]) for name in ("kind", "unit", "direction") if name in meta}
        return {"layer": dbt_resource_props["fqn"][1], **facts}

    def _system(self, props: Mapping[str, Any]) -> SourceSystem | None:
        return self._systems.get(props["name"].removeprefix("stg_").removeprefix("int_").split("__")[0])


def dbt_models(
    manifest: Mapping[str, Any], translator: Translator, partitions: dg.PartitionsDefinition
) -> dg.AssetsDefinition:
    """Return every model of the project as assets, their data tests as asset checks."""

    @dbt_assets(
        manifest=manifest,
        name="dbt_models",
        dagster_dbt_translator=translator,
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"refresh"},
    )
    def build(context: dg.AssetExecutionContext) -> Iterator[Any]:
        results: tuple[NodeResult, ...] = context.resources.refresh.build()
        yield from _model_events(results, manifest, translator, context)
        for result in results:
            yield from _test_events(result, manifest, translator, context)
        failed = [result for result in results if not result.is_good]
        if failed:
            raise TransformationError([result.unique_id for result in failed], failed[0].message)

    return build


def _model_events(
    results: Collection[NodeResult],
    manifest: Mapping[str, Any],
    translator: Translator,
    context: dg.AssetExecutionContext,
) -> Iterator[dg.Output[None]]:
    """Say which models are current, layer by layer, because Dagster wants parents first.

    A model that did not have to run is current when everything that ran is good: what depends on it is not skipped.
    """
    ran = {result.unique_id: result for result in results}
    all_good = all(result.is_good for result in results)
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    for node in sorted(models, key=lambda node: LAYERS.index(node["fqn"][1])):
        result = ran.get(node["unique_id"])
        key = translator.get_asset_spec(manifest, node["unique_id"], None).key
        if key in context.selected_asset_keys and (result.is_good if result else all_good):
            metadata: dict[str, dg.RawMetadataValue] = {"status": "unchanged"}
            if result:
                metadata = {"status": result.status, "duration_seconds": result.duration_seconds}
            yield dg.Output(None, output_name=key.to_python_identifier(), metadata=metadata)


def _test_events(
    result: NodeResult, manifest: Mapping[str, Any], translator: Translator, context: dg.AssetExecutionContext
) -> Iterator[dg.AssetCheckResult]:
    if result.resource_type != "test" or result.status == "skipped":
        return
    check = get_asset_check_key_for_test(manifest, translator, result.unique_id, project=None)
    if check is not None and check in context.selected_asset_check_keys:
        yield dg.AssetCheckResult(
            asset_key=check.asset_key,
            check_name=check.name,
            passed=result.status == "pass",
            severity=dg.AssetCheckSeverity.WARN if result.status == "warn" else dg.AssetCheckSeverity.ERROR,
            metadata={
                "status": result.status,
                "duration_seconds": result.duration_seconds,
                "failures_count": result.failures_count or 0,
            },
        )


def _meta(props: Mapping[str, Any]) -> Mapping[str, Any]:
    meta: Mapping[str, Any] = props.get("config", {}).get("meta") or props.get("meta") or {}
    return meta
