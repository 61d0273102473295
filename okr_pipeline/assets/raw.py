"""One asset per table of a system of record: land the run's weeks, and say how it went in three checks.

A source that fails is a red check and a marked source, never an exception: the other sources go on. Only a source
that may answer later is asked again.
"""

import random
from collections.abc import Iterable, Iterator, Mapping

import dagster as dg

from okr_pipeline.assets.names import group_name, raw_key, system_key, team_owner
from okr_pipeline.assets.partitions import weeks_of
from okr_pipeline.errors import TransientSourceError
from okr_pipeline.landing import LandingReport
from okr_pipeline.sources.contract import SourceSystem, SourceTable

MAX_RETRIES = 3
FIRST_WAIT_SECONDS = 2.0
"""Doubled at each retry, with up to half of it added at random, so that runs do not ask in step."""

CHECKS = {
    "contract": "Every row of the run's weeks keeps what the source file promises.",
    "volume": "No week has far fewer rows than the weeks before it.",
    "freshness": "The newest week asked for has been delivered.",
}


def system_specs(systems: Iterable[SourceSystem]) -> list[dg.AssetSpec]:
    """Return one external asset per system of record: where every lineage begins."""
    return [
        dg.AssetSpec(
            system_key(system.name),
            description=f"{system.title}. The system of record itself; it is only ever read.",
            group_name=group_name(system.function),
            owners=[team_owner(system.owner)],
            kinds={"source"},
        )
        for system in systems
    ]


def raw_asset(
    table: SourceTable, system: SourceSystem, partitions: dg.PartitionsDefinition, connector: str
) -> dg.AssetsDefinition:
    """Return the asset of one table."""
    key = raw_key(*table.key)

    @dg.asset(
        key=key,
        name=None,
        deps=[system_key(system.name)],
        description=f"{table.description} Weekly files, content-hashed and contract-checked.",
        group_name=group_name(system.function),
        owners=[team_owner(table.owner)],
        kinds={connector, "parquet"},
        tags={"layer": "raw", "system": table.system},
        metadata={
            "dagster/column_schema": _column_schema(table),
            "week_by": table.week_by,
            "contract": table.contract_hash[:16],
        },
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        check_specs=[dg.AssetCheckSpec(name, asset=key, description=text) for name, text in CHECKS.items()],
        required_resource_keys={"refresh"},
    )
    def land(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        refresh = context.resources.refresh
        try:
            report = refresh.land(table.key, weeks_of(context))
        except TransientSourceError as error:
            if context.retry_number < MAX_RETRIES:
                wait = FIRST_WAIT_SECONDS * 2**context.retry_number
                context.log.warning(f"{error}; asking again in about {wait:.0f} s")
                pause = wait * (1 + random.random() / 2)  # noqa: S311 - jitter, not a secret
                raise dg.RetryRequested(max_retries=MAX_RETRIES, seconds_to_wait=pause) from error
            report = refresh.record_unreachable(table.key, weeks_of(context), error)
        yield dg.MaterializeResult(asset_key=key, metadata=_metadata(report), check_results=list(_checks(key, report)))

    return land


def _column_schema(table: SourceTable) -> dg.TableSchema:
    return dg.TableSchema(
        columns=[
            dg.TableColumn(name, kind, description=table.schema.columns[name].description)
            for name, kind in table.columns.items()
        ]
    )


def _metadata(report: LandingReport) -> Mapping[str, dg.MetadataValue]:
    return {
        "verdict": dg.MetadataValue.text(report.verdict),
        "reason": dg.MetadataValue.text(report.reason),
        "dagster/row_count": dg.MetadataValue.int(sum(week.rows for week in report.weeks if week.outcome == "landed")),
        "rows_quarantined": dg.MetadataValue.json(dict(report.manifest.rows_quarantined)),
        "added_columns": dg.MetadataValue.json(list(report.manifest.added_columns)),
    }


def _checks(key: dg.AssetKey, report: LandingReport) -> Iterator[dg.AssetCheckResult]:
    unread = {"missing", "unreachable"}
    failed_by = {
        "contract": {"contract_failed", *unread},
        "volume": {"volume_failed", *unread},
        "freshness": unread,
    }
    for name, verdicts in failed_by.items():
        passed = report.verdict not in verdicts
        said = f"Not read: {report.reason}" if report.verdict in unread else report.reason
        yield dg.AssetCheckResult(
            asset_key=key,
            check_name=name,
            passed=passed,
            severity=dg.AssetCheckSeverity.ERROR,
            description="" if passed else said,
        )
