"""The asset of ``okr.compliance_milestones``, with a check for each obligation of each AI system.

Obligations and their state come from the run; nothing is decided here.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from okr_pipeline.assets.column_schema import column_schema
from okr_pipeline.assets.names import MILESTONES_KEY, metric_key, milestone_check, raw_key, team_owner
from okr_pipeline.assets.partitions import weeks_of
from okr_pipeline.compliance.model import Milestone, MilestoneStatus, Obligation
from okr_pipeline.project import Project
from okr_pipeline.publication.tables import COMPLIANCE_MILESTONES
from okr_pipeline.refresh import INCIDENTS

OWNER = "compliance officer"
GOOD_STATUSES = frozenset({MilestoneStatus.MET, MilestoneStatus.NOT_YET_APPLICABLE})
BINDING_FORCES = frozenset({"statutory", "national"})


def compliance_asset(project: Project, partitions: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    """Return the asset; which checks it has follows from the AI systems' files."""
    asked = {
        milestone_check(f"{system_id}.{obligation.id}"): obligation
        for system_id, assessment in project.assessments(project.as_of).items()
        for obligation in assessment.obligations
    }

    @dg.asset(
        key=MILESTONES_KEY,
        deps=[
            *(raw_key(*key) for key in (INCIDENTS,) if key in project.tables),
            # conflicts compare targets with what the metrics say
            *(metric_key(name) for name in sorted({item.metric for item in project.cascade.key_results})),
        ],
        description=f"What the EU AI Act asks of the AI systems: {COMPLIANCE_MILESTONES.grain}.",
        group_name="organisation",
        owners=[team_owner(OWNER)],
        kinds={"duckdb", "table", "yaml"},
        tags={"layer": "published"},
        metadata={"dagster/column_schema": column_schema(COMPLIANCE_MILESTONES)},
        check_specs=[
            dg.AssetCheckSpec(name, asset=MILESTONES_KEY, description=f"{obligation.title} ({obligation.article}).")
            for name, obligation in asked.items()
        ],
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"refresh"},
    )
    def compliance_milestones(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        duties = context.resources.refresh.evaluate(weeks_of(context)).duties
        counts = Counter(str(milestone.status) for milestone in duties.milestones)
        yield dg.MaterializeResult(
            metadata={"dagster/row_count": len(duties.milestones), "as_of": str(duties.as_of), **counts},
            check_results=list(_check_results(asked, duties.milestones)),
        )

    return compliance_milestones


def _check_results(asked: Mapping[str, Obligation], milestones: Sequence[Milestone]) -> Iterator[dg.AssetCheckResult]:
    by_check: dict[str, list[Milestone]] = {}
    for milestone in milestones:
        by_check.setdefault(milestone_check(f"{milestone.system_id}.{milestone.obligation.id}"), []).append(milestone)
    for name, obligation in asked.items():
        found = by_check.get(name, [])
        bad = [milestone for milestone in found if milestone.status not in GOOD_STATUSES]
        # a planning date that has passed is house policy, whatever the force
        is_breach = any(milestone.status is not MilestoneStatus.DUE for milestone in bad) or not found
        binds = obligation.force in BINDING_FORCES and is_breach
        yield dg.AssetCheckResult(
            asset_key=MILESTONES_KEY,
            check_name=name,
            passed=bool(found) and not bad,
            severity=dg.AssetCheckSeverity.ERROR if binds else dg.AssetCheckSeverity.WARN,
            description=" ".join(milestone.reason for milestone in bad or found) or "Nothing is known of it.",
            metadata={"status": ", ".join(str(milestone.status) for milestone in bad or found)},
        )
