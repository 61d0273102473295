"""Whether what a key result measures and compares can make sense for its metric."""

from collections.abc import Iterator

from okr_pipeline.cascade.model import Cascade
from okr_pipeline.cascade.rule import Finding, RuleContext, rule


@rule("warning")
def compared_with_itself(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """A comparison group that is the same part of the organisation as the key result's own.

    Example: ``where`` and ``compare_with`` both ``{org_unit: tier_one_support}``.
    Reason: the difference is 0 whatever happens, so the comparison can show no effect.
    Remedy: compare with a unit, segment or side that has not adopted.
    """
    for result in cascade.key_results:
        if result.compare_with is None:
            continue
        given = result.compare_with.model_dump(exclude_none=True)
        if result.where.model_copy(update=given) == result.where:
            yield Finding(
                result.location.of("compare_with"),
                f"key result {result.id}",
                "it is compared with the same rows that it measures",
                "compare_with differs from where in at least one of org_unit, segment, ai_assisted",
                "name a part that has not adopted, or delete compare_with",
            )


@rule("warning")
def value_outside_share(cascade: Cascade, context: RuleContext) -> Iterator[Finding]:
    """A target or baseline of a share that does not lie between 0 and 1.

    Example: ``target: {at_least: 70}`` on ``ai_assisted_reply_share``.
    Reason: shares run from 0 to 1; 70 is never reached and any value meets ``at_most: 70``.
    Remedy: write ``70%`` or ``0.7``.
    """
    for result in cascade.key_results:
        metric = context.metrics.get(result.metric)
        if metric is None or metric.aggregation not in ("proportion", "distinct_share"):
            continue
        values = {"baseline": [result.baseline.value]}
        if not result.target.is_relative:
            values["target"] = list(result.target.bounds(0.0))
        for name, numbers in values.items():
            wrong = [number for number in numbers if number is not None and not 0 <= number <= 1]
            if wrong:
                yield Finding(
                    result.location.of(name),
                    f"key result {result.id}",
                    f"the {name} {wrong[0]:g} is no share",
                    "a share lies between 0 and 1",
                    f"write {wrong[0]:g}% if you mean {wrong[0] / 100:g}",
                )
