"""Whether the oversight that a system's file describes can work: by design and by arithmetic.

Answers that are unknown or not given silence the arithmetic. What the law asks of autonomy is in `autonomy`.
"""

from collections.abc import Iterator

from okr_pipeline.compliance.conflicts.pair import Pair, known
from okr_pipeline.compliance.conflicts.rule import Clash, conflict_rule


@conflict_rule("KR-04", "arithmetic")
def reviewed_and_autonomous(pair: Pair) -> Iterator[Clash]:
    """A human-in-the-loop system whose promised reviews and targeted autonomous share make more than all decisions.

    Example: ``model: HITL, review_coverage: 1.0`` and a target of 90 % autonomous: 1.9.
    Reason: the same decision cannot be both reviewed before it takes effect and taken alone.
    Remedy: lower the target, or choose oversight on the loop, with sampling and a stop.
    """
    share, coverage = pair.autonomous_share, known(pair.system.oversight.review_coverage)
    if pair.system.oversight.model != "HITL" or share is None or coverage is None or share + coverage <= 1:
        return
    yield Clash(
        "conflict",
        f"it asks for an autonomous share of {float(share):g}, and people review {float(coverage):g} of the results of"
        f" {pair.system.id} before they take effect (HITL): together {float(share + coverage):g}",
        "autonomous share and review coverage are at most 1 together",
        f"ask for at most {float(1 - coverage):g}, or design another oversight than HITL",
    )


@conflict_rule("KR-06", "practice", subject="system")
def on_the_loop_without_hold(pair: Pair) -> Iterator[Clash]:
    """A system that acts alone under watch, without samples to look at or a way to stop it.

    A warning where it has not been shown that something is missing, only not shown that it is there.

    Example: ``model: HOTL, stop_function: false``, or ``sampling_rate: 0``.
    Reason: people on the loop must be able to disregard a result and to stop the system (Art 14(4)(d), (e)); who
        sees no samples knows of nothing to stop.
    Remedy: review a share of the results afterwards, and build the stop.
    """
    oversight = pair.system.oversight
    if oversight.model != "HOTL":
        return
    sampling_rate = known(oversight.sampling_rate)
    missing = [
        *(["no stop function"] if oversight.stop_function is False else []),
        *(["a sampling rate of 0"] if sampling_rate == 0 else []),
    ]
    unshown = [
        *(["an unknown stop function"] if oversight.stop_function == "unknown" else []),
        *(["an unknown sampling rate"] if sampling_rate is None else []),
    ]
    if missing or unshown:
        yield Clash(
            "conflict" if missing else "warn",
            f"{pair.system.id} acts alone under watch (HOTL) with {' and '.join([*missing, *unshown])}",
            "oversight on the loop has samples and a stop (as Art 14(4)(d), (e) asks of high-risk systems)",
            f"set oversight.stop_function and oversight.sampling_rate in ai_systems/{pair.system.id}.yml as they are,"
            " and build what is missing",
        )


@conflict_rule("KR-07", "arithmetic", subject="system")
def reviewers_out_of_hours(pair: Pair) -> Iterator[Clash]:
    """Fewer reviewer hours a week than the promised reviews take.

    Hours needed = volume x (escalated + (1 - escalated) x sampled) x minutes / 60 (house calculation).

    Example: 10,000 results a week, 10 % escalated, 5 % of the rest sampled, 6 minutes each: 1,450 reviews and 145
        hours, with 100 staffed.
    Reason: reviews that nobody has time for do not take place, or become clicks.
    Remedy: staff the hours, or lower volume or sampling openly.
    """
    oversight = pair.system.oversight
    volume, minutes = known(oversight.weekly_volume), known(oversight.minutes_per_review)
    escalated, sampled = known(oversight.escalation_rate), known(oversight.sampling_rate)
    hours = known(oversight.reviewer_hours_per_week)
    if volume is None or minutes is None or escalated is None or sampled is None or hours is None:
        return
    reviews = volume * (escalated + (1 - escalated) * sampled)
    needed = reviews * minutes / 60
    if needed > hours:
        yield Clash(
            "conflict",
            f"the promised reviews of {pair.system.id} take {float(needed):,.10g} hours a week"
            f" ({float(reviews):,.10g} reviews of {float(minutes):g} minutes), and {float(hours):,.10g} are staffed",
            "the reviews take no more hours than are staffed",
            f"staff {float(needed):,.10g} hours, or promise fewer reviews and say so in the oversight plan",
        )
