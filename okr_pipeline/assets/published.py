"""The two assets at the end of the lineage: the cascade's health, and the publication that readers open."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from okr_pipeline.assets.column_schema import column_schema
from okr_pipeline.assets.names import (
    DRIVERS_KEY,
    EVIDENCE_KEY,
    FORECASTS_KEY,
    HEALTH_KEY,
    MILESTONES_KEY,
    PUBLICATION_KEY,
    key_result_key,
    metric_key,
    raw_key,
    rule_check,
    team_owner,
)
from okr_pipeline.assets.partitions import weeks_of
from okr_pipeline.project import Project
from okr_pipeline.publication.tables import CASCADE_HEALTH
from okr_pipeline.rule_book import rule_book

Row = Mapping[str, Any]

OWNER = "head of AI programme"
FINDINGS_TOLD = 5
"""Findings spelled out in one check; all of them are in okr.cascade_findings."""


def health_asset(project: Project, partitions: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    """Return the asset of ``okr.cascade_health``, with a check for each rule: its findings, if there are any.

    What is wrong in a file, and an error in the definitions, stops the run before it starts: it has no check.
    """
    rules = [rule for rule in rule_book() if rule.needs in ("data", "compliance") or rule.level != "error"]

    @dg.asset(
        key=HEALTH_KEY,
        deps=[
            *(key_result_key(key_result.id) for key_result in project.cascade.key_results),
            *(MILESTONES_KEY, EVIDENCE_KEY, FORECASTS_KEY),
        ],
        description=f"How every objective and key result stands: {CASCADE_HEALTH.grain}.",
        group_name="organisation",
        owners=[team_owner(OWNER)],
        kinds={"duckdb", "table"},
        tags={"layer": "published"},
        metadata={"dagster/column_schema": column_schema(CASCADE_HEALTH)},
        check_specs=[
            dg.AssetCheckSpec(rule_check(rule.name), asset=HEALTH_KEY, description=rule.documentation.summary)
            for rule in rules
        ],
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"refresh"},
    )
    def cascade_health(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        evaluation = context.resources.refresh.evaluate(weeks_of(context))
        findings = context.resources.refresh.findings(weeks_of(context))
        counts = Counter(str(judgement.status) for judgement in evaluation.current.values())
        yield dg.MaterializeResult(
            metadata={
                "dagster/row_count": len(evaluation.health),
                **{f"key_results_{status}": count for status, count in sorted(counts.items())},
            },
            check_results=[_check_result(rule.name, findings) for rule in rules],
        )

    return cascade_health


def _check_result(rule: str, findings: Sequence[Row]) -> dg.AssetCheckResult:
    """Return what a rule has found; a silenced finding is counted and does not fail the check."""
    found = [finding for finding in findings if finding["rule"] == rule]
    told = [finding for finding in found if finding["suppressed_until"] is None]
    is_error = any(finding["severity"] == "error" for finding in told)
    return dg.AssetCheckResult(
        asset_key=HEALTH_KEY,
        check_name=rule_check(rule),
        passed=not told,
        severity=dg.AssetCheckSeverity.ERROR if is_error else dg.AssetCheckSeverity.WARN,
        description=" ".join(f"{finding['message']}. Fix: {finding['fix']}." for finding in told[:FINDINGS_TOLD])
        or ("All that was found is suppressed." if found else "Nothing found."),
        metadata={"findings": len(told), "suppressed": len(found) - len(told)},
    )


def publication_asset(project: Project, partitions: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    """Return the asset of the publication as a whole: the verified DuckDB file and its Parquet copies."""

    @dg.asset(
        key=PUBLICATION_KEY,
        deps=[
            *(HEALTH_KEY, DRIVERS_KEY),
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
