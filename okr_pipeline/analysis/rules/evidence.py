"""Whether what is linked on paper is linked in the data."""

from collections.abc import Iterator

from okr_pipeline.analysis.data_rule import DataContext, about, data_rule
from okr_pipeline.cascade.model import Cascade
from okr_pipeline.cascade.rule import Finding
from okr_pipeline.cascade.status import Status


@data_rule("warning")
def vanity_metric(cascade: Cascade, context: DataContext) -> Iterator[Finding]:
    """A child that moved, and a parent that stayed flat after the declared lag, or moved by less than half the claim.

    Example: six of seven customer agreements come with an AI summary, and their review takes as long as before.
    Reason: adoption that moves no outcome is an activity with a budget. The test compares the unit that adopted with
        one that did not, week by week, and the finding stands only when the data rules out half of the claimed effect.
    Remedy: ask what the adopted step replaced; change the work, the link or the key result. If another unit moved for
        a reason of its own, choose another comparison.

    Thresholds: ``vanity_alpha_ratio``, ``vanity_alpha_short_ratio``, ``vanity_weeks_min_count``,
        ``vanity_cases_min_count``, ``vanity_adoption_range_min_ratio``.
    """
    for link in context.insights.evidence.values():
        if link.falls_short:
            how = "did not" if link.verdict == "flat" else "hardly did"
            yield about(
                cascade.key_results_by_id[link.child_id],
                f"it moved, and its parent {link.parent_id} {how}: {link.reason.rstrip('.')}",
                "a parent that moves with its child after the declared lag",
                "change what the adoption replaces in the work, or the link; then judge again",
                "contributes",
            )


@data_rule("advice")
def unconnected_metric(cascade: Cascade, context: DataContext) -> Iterator[Finding]:
    """A team metric that moved with nothing that its business unit tracks, as far as the data can tell.

    Example: the share of summarised agreements over a year, beside review times that went their own way.
    Reason: what the article calls a finding in itself: the team works, and no number above feels it.
    Remedy: look at `okr discover`; link the team to a metric that it can move, or stop counting.

    Thresholds: ``discovery_lags_weeks``, ``discovery_false_discovery_ratio``, ``discovery_weeks_min_count``.
    """
    for key_result_id, reason in context.insights.unconnected.items():
        judgement = context.judgements.get(key_result_id)
        if judgement is not None and judgement.status is Status.NOT_DUE:
            continue  # what has not begun to move has nothing to move with
        yield about(
            cascade.key_results_by_id[key_result_id],
            reason.rstrip("."),
            "a team metric that moves with a metric of its business unit",
            "run okr discover and look at its pairs; association is the least that a link must show",
            "metric",
        )
