"""How reviewers behave, and what targets make of it: agreement without looking, and pay for agreement.

No threshold here is law: each stands in `policy.yml` with its reason.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction

from okr_pipeline.cascade.model import KeyResult
from okr_pipeline.compliance.conflicts.pair import Pair, exact
from okr_pipeline.compliance.conflicts.rule import Clash, conflict_rule
from okr_pipeline.compliance.model import ReviewWeek

_REVIEWERS_ROLES = ("override", "escalation", "review_time")


@conflict_rule("KR-09", "practice", subject="system")
def rubber_stamping(pair: Pair) -> Iterator[Clash]:
    """Reviewers who change almost nothing, or who decide faster than anyone can read.

    The rate is that of all reviews of the last weeks together; records must reach back over all of these weeks.

    Example: 3 of 400 proposals changed in eight weeks, or a median review of 3 seconds.
    Reason: a rate near zero is a sign of automation bias (Art 14(4)(b)) as much as of a good system.
    Remedy: plant known errors among the proposals and count how many are caught.
    """
    policy = pair.ground.cascade.policy
    weeks_count = policy.override_weeks.value
    signs = []
    recorded = pair.observation.review_weeks
    weeks = _newest(recorded, weeks_count)
    reviews, rate = _pooled(weeks)
    reaches_back = bool(weeks) and recorded[0].week_start <= _first_of(recorded, weeks_count)
    enough = reviews >= policy.override_reviews_min_count.value
    if reaches_back and enough and rate < exact(policy.override_rate_min.value):
        signs.append(
            f"people changed {float(rate):.2%} of {float(reviews):,.10g} proposals of {pair.system.id} in the"
            f" {weeks_count} weeks up to that of {weeks[-1].week_start},"
            f" less than {policy.override_rate_min.value:.2%}"
        )
    seconds, floor = pair.observation.median_review_seconds, policy.review_seconds_min.value
    if seconds is not None and seconds < floor:
        signs.append(f"the median review of {pair.system.id} takes {seconds:g} seconds, less than {floor:g}")
    if signs:
        yield Clash(
            "warn",
            "; ".join(signs),
            "people who review also decide; the limits are those of policy.yml, the law has none",
            "run a check with seeded errors, and look at the reviews by type of decision",
        )


@conflict_rule("KR-10", "practice", subject="system")
def overridden_too_often(pair: Pair) -> Iterator[Clash]:
    """A system whose proposals people set aside too often to build a target on.

    The rate is that of the last weeks together, from as many reviews as any value of a key result needs.

    Example: 30 of 100 proposals changed.
    Reason: the model errs, or gets cases that it should not get; a target of more autonomy is not supported.
    Remedy: find the types of decision that are overridden and route them to people.
    """
    policy = pair.ground.cascade.policy
    weeks = _newest(pair.observation.review_weeks, policy.override_weeks.value)
    reviews, rate = _pooled(weeks)
    if reviews < policy.minimum_cases_default.value or rate <= exact(policy.override_rate_max.value):
        return
    yield Clash(
        "warn",
        f"people changed {float(rate):.2%} of {float(reviews):,.10g} proposals of {pair.system.id} in the weeks of"
        f" {weeks[0].week_start} to {weeks[-1].week_start}, more than {policy.override_rate_max.value:.2%}",
        "a target rests on proposals that people mostly accept; the limit is that of policy.yml, the law has none",
        "find which decisions are overridden and correct model or routing before the target",
    )


def _newest(weeks: Sequence[ReviewWeek], count: int) -> tuple[ReviewWeek, ...]:
    """Return the weeks that lie in the newest ``count`` calendar weeks on record."""
    return tuple(week for week in weeks if week.week_start >= _first_of(weeks, count))


def _first_of(weeks: Sequence[ReviewWeek], count: int) -> date:
    """Return the first of the newest ``count`` calendar weeks on record, itself on record or not."""
    return weeks[-1].week_start - timedelta(weeks=count - 1)


def _pooled(weeks: Sequence[ReviewWeek]) -> tuple[Fraction, Fraction]:
    """Return how many reviews there were, and the share of them that changed something (0 without reviews)."""
    reviews = sum((exact(week.reviews_count) for week in weeks), Fraction(0))
    overridden = sum((exact(week.overridden_count) for week in weeks), Fraction(0))
    return reviews, overridden / reviews if reviews else Fraction(0)


@conflict_rule("KR-11", "practice")
def pays_for_agreement(pair: Pair) -> Iterator[Clash]:
    """A target that rewards fewer overrides, fewer escalations or faster reviews on a high-risk system, unguarded.

    A range lowers when it begins at 0, or when the given baseline lies above it; otherwise its lower end is a floor.

    Example: "cut overrides to 1 %" on a credit score.
    Reason: the target pays reviewers to agree with the machine; staying aware of automation bias is what
        oversight is for (Art 14(4)(b)).
    Remedy: pair it, in ``guarded_by``, with a key result of quality that agreement alone cannot reach.
    """
    if pair.role not in _REVIEWERS_ROLES or not pair.assessment.high_risk or not _lowers(pair.key_result):
        return
    if any(_is_quality(pair, guard) for guard in pair.key_result.guarded_by):
        return
    yield Clash(
        "conflict",
        f"it rewards lowering {pair.key_result.metric} ({pair.key_result.target.words()}) of {pair.system.id}, which is"
        " high-risk, and no key result of quality guards it",
        "nobody is paid for agreeing with the machine (Art 14(4)(b)): a guard of quality stands beside the target",
        "name a key result of quality in guarded_by, or write the target as a range with a floor",
    )


def _lowers(key_result: KeyResult) -> bool:
    target, baseline = key_result.target, key_result.baseline.value
    if target.between is None:
        return target.direction == "down"
    low, high = target.between
    return low <= 0 or (baseline is not None and baseline > high)


def _is_quality(pair: Pair, key_result_id: str) -> bool:
    guard = pair.ground.cascade.key_results_by_id.get(key_result_id)
    metric = None if guard is None else pair.ground.metrics.get(guard.metric)
    return metric is not None and metric.kind == "quality" and metric.role not in _REVIEWERS_ROLES
