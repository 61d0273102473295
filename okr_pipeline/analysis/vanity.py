"""Whether the parent moved with its child: adoption rose, did the outcome of the adopting unit follow?

An adopting unit is compared with one that has not adopted, week by week (methods, section 1). Adoption is nobody's
experiment, so every sentence says "moved with". It rests on one assumption that no figure can prove: apart from
adoption both units drift alike. Which series belong to a link, and what becomes of a verdict, does not belong here;
nor does the gap between assisted and unassisted cases, which is in `assisted_gap`, nor how the sampling noise of a
small unit is taken off its adoption, which is in `adoption_noise`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite
from typing import Literal

from okr_pipeline.analysis.vanity_evidence import Evidence, VanityCase, VanityLimits, evidence
from okr_pipeline.cascade.wording import counted, percent

__all__ = ["VanityCase", "VanityLimits", "VanityResult", "VanityVerdict", "judge_vanity"]

VanityVerdict = Literal["moves", "flat", "consistent_with", "not_enough_data"]

_LIMITS = VanityLimits()
_ROUNDING = 1e-9
_ASSUMPTION = "this takes for granted that both units would else have drifted alike"
_NO_COMPARISON = "no comparison unit is named, and a change that all units share looks the same"


@dataclass(frozen=True)
class VanityResult:
    """What was found of one link. Estimate and interval are None where a gate kept the test from being made.

    Attributes:
        verdict: ``moves``: the interval lies on the wanted side of 0, however small the movement. ``flat``: it rules
            out half of what the link claims, or lies on the unwanted side, and plain least squares agrees.
            ``consistent_with``: it lies on the wanted side, but there is no comparison. ``not_enough_data``: none
            of these, or a gate is shut.
        estimate_ratio: relative change of the outcome, against the comparison, at the adoption reached.
        low_ratio: lower end of its interval, with the alpha of the limits on each side.
        high_ratio: upper end.
        minimum_detectable_ratio: size, without sign, of the movement in the wanted direction that these weeks would
            show four times in five.
        adoption_reached_ratio: adoption of the last four weeks whose lag has passed, above that before the start.
        weeks_before: usable weeks in which adoption had not yet started to count, at most 52.
        weeks_after: usable weeks after the lag.
        reason: what was found, or why it is silent, with the figures.
    """

    verdict: VanityVerdict
    estimate_ratio: float | None
    low_ratio: float | None
    high_ratio: float | None
    minimum_detectable_ratio: float | None
    adoption_reached_ratio: float | None
    weeks_before: int
    weeks_after: int
    reason: str


def judge_vanity(cases: Sequence[VanityCase], limits: VanityLimits = _LIMITS) -> tuple[VanityResult, ...]:
    """Judge every link, in the given order.

    ``log(outcome) - log(comparison) = constant + b * adoption(week - lag)`` is fitted with AR(1) errors, and the
    effect is ``exp(b * adoption reached) - 1``. A week counts as before while the adoption that should show in it
    lies before the start. A week without a positive outcome and comparison, or without adoption, is left out; the
    weeks around it keep their distance (`prais_winsten`), so holes never make the test bolder.

    The regressor is the smoothed adoption; the adoption reached is taken from the weeks as they are. Noise that
    smoothing leaves lets a true effect seem flat, the more so the nearer the fit comes to taking differences. So it
    is never ``flat`` where plain least squares, which suffers far less, finds half of the claim: two estimates of one
    slope that disagree tell of a wrong regressor (Plosser, Schwert and White 1982, Int. Economic Review 23:535-552).

    ``moves`` goes before ``flat`` where both hold: a parent that moved, if by less than half of the claim, is not
    vanity; the reason tells. Without a comparison it is never ``flat``: a movement that all units share may hide one.
    A claim of 0, of the unwanted sign, or of -100 % and below is no claim to test.

    Raises:
        ValueError: the series of a case differ in length.
    """
    if not cases:
        return ()
    return tuple(_judged(case, found, limits) for case, found in zip(cases, evidence(cases, limits), strict=True))


def _judged(case: VanityCase, found: Evidence, limits: VanityLimits) -> VanityResult:
    silent = _shut_gate(case, found, limits)
    verdict: VanityVerdict
    verdict, reason = ("not_enough_data", silent) if silent else _verdict(case, found)
    return VanityResult(
        verdict=verdict,
        estimate_ratio=None if silent else found.estimate,
        low_ratio=None if silent else found.low,
        high_ratio=None if silent else found.high,
        minimum_detectable_ratio=None if silent else abs(found.detectable),
        adoption_reached_ratio=found.reached if isfinite(found.reached) else None,
        weeks_before=int(found.before),
        weeks_after=int(found.after),
        reason=reason,
    )


def _no_claim(case: VanityCase) -> str:
    if case.claim_ratio == 0:
        return "The link claims no movement so far: its child has not moved, or it claims a fall as well as a rise."
    return f"The link claims no movement {case.wanted} that could be found: it claims {_signed(case.claim_ratio)}."


def _shut_gate(case: VanityCase, found: Evidence, limits: VanityLimits) -> str:
    """Return why no test is made; empty when it can be made."""
    needed = f"where {limits.weeks_min_count} are needed"
    if not case.claim_ratio * case.sign > 0 or not -1 < case.claim_ratio < inf:
        return _no_claim(case)
    if found.before < limits.weeks_min_count:
        return f"Only {counted(found.before, 'week')} before the adoption can be used {needed}."
    if found.after < limits.weeks_min_count:
        lag = f" and its lag of {counted(case.lag_weeks, 'week')}" if case.lag_weeks else ""
        return f"Only {counted(found.after, 'week')} since the adoption began{lag} can be used {needed}."
    if adoption := _adoption_gate(case, found, limits):
        return adoption
    if not found.cases >= limits.cases_min_count:
        return f"Half the weeks have {found.cases:g} cases or fewer where {limits.cases_min_count:g} are needed."
    figures = (found.estimate, found.low, found.high, found.detectable, found.plain)
    return "" if all(map(isfinite, figures)) else "The figures of these weeks allow no estimate."


def _adoption_gate(case: VanityCase, found: Evidence, limits: VanityLimits) -> str:
    """Return why the adoption cannot be tested with; empty when it can."""
    if not found.reached >= limits.adoption_range_min_ratio:
        wide, risen = f"{limits.adoption_range_min_ratio * 100:g}", f"{found.reached * 100:+.1f}"
        if not case.is_share:
            return f"The child moved by {risen} % of the way to its target where {wide} % is needed."
        return f"Adoption changed by {risen} points where a rise of {wide} is needed."
    if found.reliable < limits.reliability_min_ratio:
        noise = f"even smoothed, {percent(min(1 - found.reliable, 1.0))} of how it varies is chance"
        child = "Adoption" if case.is_share else "The child"
        return f"{child} is measured too roughly: {noise} where {percent(1 - limits.reliability_min_ratio)} may be."
    return ""


def _verdict(case: VanityCase, found: Evidence) -> tuple[VanityVerdict, str]:
    toward, away = (found.low, found.high) if case.wanted == "up" else (-found.high, -found.low)
    moves, unwanted, flat = toward > _ROUNDING, away < -_ROUNDING, away < abs(case.claim_ratio) / 2
    interval = f"{percent(1 - 2 * found.alpha)} interval {_signed(found.low)} to {_signed(found.high)}"
    more = "points more adoption" if case.is_share else "% more of the way to its target"
    figures = (
        f"{_signed(found.estimate)} ({interval}) at {found.reached * 100:.0f} {more}, "
        f"where the link claims {_signed(case.claim_ratio)}"
    )
    if case.comparison is None:
        if moves:
            return "consistent_with", f"The outcome moved with adoption, {figures}; {_NO_COMPARISON}."
        alone = "The outcome by itself does not clearly show that it moved the wanted way with adoption"
        return "not_enough_data", f"{alone}, {figures}; {_NO_COMPARISON}."
    if moves:
        less = ", but by less than half of the claim" if flat else ""
        return "moves", f"The outcome moved with adoption{less}: {figures}; {_ASSUMPTION}."
    if unwanted or flat:
        return _flat(case, found, figures, unwanted)
    return "not_enough_data", (
        f"Whether the outcome moved with adoption cannot be told: {figures}; "
        f"these weeks would show a movement of {abs(found.detectable) * 100:.1f} % or more."
    )


def _flat(case: VanityCase, found: Evidence, figures: str, unwanted: bool) -> tuple[VanityVerdict, str]:
    """Call it flat, unless plain least squares finds half of the claim."""
    if found.plain * case.sign >= abs(case.claim_ratio) / 2:
        return "not_enough_data", (
            f"Whether the outcome moved with adoption cannot be told: {figures}; but plain least squares finds "
            f"{_signed(found.plain)}, and adoption that is measured too roughly sets the two apart."
        )
    if unwanted:
        return "flat", f"The outcome moved with adoption, but the unwanted way: {figures}."
    return "flat", f"Adoption rose and the outcome did not move with it by even half of the claim: {figures}."


def _signed(ratio: float) -> str:
    return f"{ratio * 100 + 0:+.1f} %" if isfinite(ratio) else "an unknown change"
