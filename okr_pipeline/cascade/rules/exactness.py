"""Whether a target leaves room for chance.

One exact number as a target is refused when the file is read (`target`); here is what comes in by other doors.
"""

from collections.abc import Iterator

from okr_pipeline.cascade.language.exactness import exact_number
from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.model import Cascade, KeyResult
from okr_pipeline.cascade.rule import Finding, RuleContext, rule


@rule("warning")
def exact_target(cascade: Cascade, context: RuleContext) -> Iterator[Finding]:
    """A target on a probabilistic metric that only one exact number could meet.

    Found are a range that is hardly one (``range_width_min_ratio``), a title that says *exactly 92 %*, and a counted
    share that has to be all or none: of any number of cases that were all right, the next may be wrong, so its
    interval never lies wholly at 100 % and the key result could never be called reached. A duty of that kind is
    watched with ``weight: 0``.

    Example: ``target: {between: [0.919, 0.921]}``; ``target: {at_least: 100%}`` on a share.
    Reason: outputs of AI systems vary; hitting one number in the last week is luck, missing it is noise.
    Remedy: set a threshold, or a range as wide as the metric moves from week to week.

    Silent for what is counted and not drawn from cases, such as the age of open work at the end of a week.
    """
    for result in cascade.key_results:
        metric = context.metrics.get(result.metric)
        if metric is None or metric.aggregation == "stock":
            continue
        problem, field = _exact(result, metric, cascade.policy.range_width_min_ratio.value)
        if problem is not None:
            yield Finding(
                result.location.of(field),
                f"key result {result.id}",
                problem,
                "a metric that varies by chance has a threshold or a range",
                "leave as much room as the metric moves from week to week; watch a duty with weight: 0",
            )


def _exact(result: KeyResult, metric: Metric, narrowest_ratio: float) -> tuple[str | None, str]:
    target = result.target
    if target.between is not None:
        low, high = target.between
        if high - low < narrowest_ratio * max(abs(low), abs(high)):
            return f"the range from {low:g} to {high:g} is one number with its rounding", "target"
    if metric.aggregation in ("proportion", "distinct_share") and result.weight > 0:
        if target.at_least == 1:
            return "only 100 % of the cases reach it", "target"
        if target.at_most == 0:
            return "a single case misses it", "target"
    number = exact_number(result.title)
    return (None, "title") if number is None else (f"its title names one exact number ({number})", "title")
