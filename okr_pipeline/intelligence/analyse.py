"""Everything that can be learned from a run's measured weeks, put together."""

from datetime import date

from okr_pipeline.analysis.alignment_score import alignment_score
from okr_pipeline.analysis.insights import Insights
from okr_pipeline.analysis.links import LinkBudget, ParentBounds, link_budgets
from okr_pipeline.cascade.weeks import WEEK
from okr_pipeline.evaluation import Evaluation
from okr_pipeline.intelligence.calibration import calibrate
from okr_pipeline.intelligence.discovery import associations, unconnected_team_metrics
from okr_pipeline.intelligence.drift_watch import watch
from okr_pipeline.intelligence.forecasts import forecast
from okr_pipeline.intelligence.history import Values
from okr_pipeline.intelligence.links import gather_evidence
from okr_pipeline.intelligence.metric_drivers import explain_key_results, explain_metrics
from okr_pipeline.measured import Measured


def analyse(measured: Measured, evaluation: Evaluation) -> Insights:
    """Return what the analysis says of the cascade at the end of the newest week."""
    values, pairs = evaluation.values, associations(measured)
    return Insights(
        week_start=measured.through,
        evidence=gather_evidence(measured, values, evaluation.current),
        calibration=calibrate(measured, values),
        drift=watch(measured, values),
        forecasts=forecast(measured, values),
        budgets=_budgets(measured, values),
        drivers=explain_metrics(measured),
        moved=explain_key_results(measured),
        score=alignment_score(measured.project.cascade),
        system_seen_until=_systems_seen(measured),
        associations=pairs,
        unconnected=unconnected_team_metrics(measured, pairs).sentences,
    )


def _budgets(measured: Measured, values: Values) -> dict[str, LinkBudget]:
    newest = {item.id: values[item.id][-1] for item in measured.project.cascade.key_results}
    bounds = {
        key_result_id: ParentBounds(value.baseline, value.target_low, value.target_high)
        for key_result_id, value in newest.items()
    }
    return {budget.parent_id: budget for budget in link_budgets(measured.project.cascade, bounds)}


def _systems_seen(measured: Measured) -> dict[str, date]:
    """Return the AI systems in the data: the breakdowns of those metrics whose segment is an AI system."""
    since = measured.through - WEEK * (measured.project.cascade.policy.ai_system_seen_weeks.value - 1)
    seen: dict[str, date] = {}
    for name, metric in measured.project.metrics.items():
        if metric.segment != "ai_system" or name not in measured.rows:
            continue
        rows = measured.rows[name]
        for segment, week in set(zip(rows.segment, rows.week_start.astype(object), strict=True)):
            if segment != "all" and since <= week <= measured.through:
                seen[segment] = max(seen.get(segment, week), week)
    return seen
