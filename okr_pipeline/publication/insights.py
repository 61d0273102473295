"""The rows of ``alignment_evidence`` and ``metric_drivers``, and the forecast columns. Nothing is decided here."""

from math import isfinite

from okr_pipeline.analysis.discovery import sentence
from okr_pipeline.analysis.drift import DriftResult
from okr_pipeline.analysis.insights import Forecast, Insights, LinkEvidence, WeekDrivers
from okr_pipeline.analysis.links import LinkBudget
from okr_pipeline.cascade.weeks import iso_week

Rows = list[tuple[object, ...]]


def evidence_rows(insights: Insights) -> Rows:
    """Return one row per link between a child key result and its parent."""
    return [
        _evidence_row(insights, link, insights.budgets.get(link.parent_id))
        for link in sorted(insights.evidence.values(), key=lambda each: (each.parent_id, each.child_id))
    ]


def _evidence_row(insights: Insights, link: LinkEvidence, budget: LinkBudget | None) -> tuple[object, ...]:
    found, gap = link.vanity, link.gap
    return (
        link.child_id, link.parent_id, link.verdict, link.reason, link.compared_with, link.lag_weeks,
        link.claim_ratio, found.estimate_ratio, found.low_ratio, found.high_ratio, found.minimum_detectable_ratio,
        found.adoption_reached_ratio, found.weeks_before, found.weeks_after,
        gap.estimate_ratio if gap else None, gap.low_ratio if gap else None, gap.high_ratio if gap else None,
        link.translation.quadrant, link.translation.sentence,
        budget.needed_ratio if budget else None, budget.delivered_low_ratio if budget else None,
        budget.delivered_high_ratio if budget else None, budget.verdict if budget else "not_assessed",
        budget.reason if budget else None, insights.week_start,
    )  # fmt: skip


def association_rows(insights: Insights) -> Rows:
    """Return one row per pair of a team metric and a business metric and per lag."""
    return [
        (
            found.team_id, found.business_id, found.lag_weeks, _known(found.correlation), _known(found.low),
            _known(found.high), found.weeks_count, _known(found.cases_count), _known(found.p_value),
            found.is_discovered, found.reason, sentence(found), insights.week_start,
        )
        for found in insights.associations
    ]  # fmt: skip


def driver_rows(insights: Insights) -> Rows:
    """Return one row per metric, week and cell; the parts of a week sum to its change."""
    return [row for found in insights.drivers for row in _driver_rows(found)]


def _driver_rows(found: WeekDrivers) -> Rows:
    return [
        (
            found.metric, found.week_start, iso_week(found.week_start), found.previous_week, cell.org_unit,
            cell.segment, cell.ai_assisted, cell.mix, cell.rate, found.change, index == found.top,
            found.reason or None,
        )
        for index, cell in enumerate(found.cells)
    ]  # fmt: skip


def moved_rows(insights: Insights) -> Rows:
    """Return one row per key result and cell of its metric; the parts sum to the change over four weeks."""
    return [
        (
            key_result_id, cell.org_unit, cell.segment, cell.ai_assisted, cell.mix, cell.rate, found.change,
            found.previous_week, found.week_start, index == found.top, found.reason or None,
        )
        for key_result_id, found in insights.moved.items()
        for index, cell in enumerate(found.cells)
    ]  # fmt: skip


def forecast_columns(forecast: Forecast | None, drift: DriftResult | None) -> tuple[object, ...]:
    """Return what ``key_result_current`` says of the future of one key result, and of its drift."""
    said = forecast or Forecast(None, None, None, None, None, None, "No forecast: it is due, or its due week is over.")
    return (
        said.chance_ratio, said.median, said.low, said.high, said.method, said.measured_coverage_ratio, said.reason,
        drift.verdict if drift else "not_enough_data", drift.direction if drift else None,
        drift.reason if drift else "Watched for drift is what is not over and has a value every week.",
    )  # fmt: skip


def _known(number: float) -> float | None:
    return number if isfinite(number) else None
