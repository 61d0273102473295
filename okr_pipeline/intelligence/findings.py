"""What the data rules find in a run. Which rules there are, and what they say, is in `okr_pipeline.analysis.rules`."""

from collections.abc import Mapping
from datetime import date

from okr_pipeline.analysis.data_rule import DataContext, check_data
from okr_pipeline.analysis.insights import Insights
from okr_pipeline.cascade.issues import Issue
from okr_pipeline.duties import last_day
from okr_pipeline.evaluation import Evaluation
from okr_pipeline.landing import Manifest
from okr_pipeline.measured import Measured
from okr_pipeline.project import TableKey


def data_issues(
    measured: Measured, evaluation: Evaluation, insights: Insights, manifests: Mapping[TableKey, Manifest]
) -> tuple[Issue, ...]:
    """Return the findings about the newest week."""
    project = measured.project
    return check_data(
        project.cascade,
        DataContext(
            project.metrics, evaluation.current, insights, _volume_drops(manifests), last_day(measured.through)
        ),
    )


def _volume_drops(manifests: Mapping[TableKey, Manifest]) -> dict[str, tuple[date, ...]]:
    """Return, by table, the weeks that came with far too few rows and are still owed."""
    found = {
        ".".join(key): tuple(
            sorted(week for week, record in manifest.weeks.items() if record.outcome == "volume_failed")
        )
        for key, manifest in manifests.items()
    }
    return {table: weeks for table, weeks in found.items() if weeks}
