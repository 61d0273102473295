"""The gap between the assisted and the other cases of one unit, as if both had the same mix of cases.

The gap is an estimate of its own and never enters the regression of `vanity`: it does not depend on how many cases
are assisted. It supports at most ``consistent_with``, because nobody drew lots for who gets which case.
"""

from dataclasses import dataclass, fields
from math import isfinite
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from okr_pipeline.cascade.wording import percent

Floats = NDArray[np.float64]

LEFT_OUT_MAX_RATIO = 0.2
_UPPER_TAIL = 0.975
_STRATUM_MIN_COUNT = 2
_ROUNDING = 1e-9
_Ratios = tuple[float, float, float]
_ROUTING = "harder cases may be routed to one side, so this alone shows no effect"


@dataclass(frozen=True)
class Sides:
    """One side, assisted or not, of a metric that is a proportion or a mean of cases; sums over the weeks looked at.

    Attributes:
        numerator: (strata,) sum of the cases' values, or their hits; 0 or more.
        denominator: (strata,) cases; above 0.
        sum_squares: (strata,) sum of the squares behind a mean; NaN throughout for a proportion.
        sample_count: (strata,) cases behind the figures.
    """

    numerator: Floats
    denominator: Floats
    sum_squares: Floats
    sample_count: Floats


@dataclass(frozen=True)
class GapResult:
    """What was found. Estimate and interval are None where the two sides cannot be compared.

    Attributes:
        verdict: ``consistent_with`` only if the whole 95 % interval lies on the wanted side of 0.
        estimate_ratio: value of the assisted cases relative to that of the others, minus 1, at equal mix.
        low_ratio: lower end of the interval.
        high_ratio: upper end.
        reason: what was found, or why it is silent, with the figures.
    """

    verdict: Literal["consistent_with", "not_enough_data"]
    estimate_ratio: float | None
    low_ratio: float | None
    high_ratio: float | None
    reason: str


def assisted_gap(
    assisted: Sides, unassisted: Sides, wanted: Literal["up", "down"], cases_min_count: float = 30
) -> GapResult:
    """Compare both sides at the mix of all cases together.

    Direct standardisation (Fleiss, Levin and Paik 2003, Statistical Methods for Rates and Proportions, chapter 19):
    each stratum's value counts by the stratum's share of all cases of the strata that have both sides. The interval
    is one of the log ratio by the delta method, with Welch-Satterthwaite degrees of freedom; cases count as
    independent. A stratum needs two cases on each side, or it is left out.

    Args:
        assisted: the assisted cases.
        unassisted: the others, of the same strata in the same order.
        wanted: which way of the metric is better.
        cases_min_count: cases needed on each side, in the strata that are compared.

    Raises:
        ValueError: the arrays differ in length.
    """
    both = (assisted, unassisted)
    if len({len(getattr(side, field.name)) for side in both for field in fields(Sides)}) > 1:
        raise ValueError("the arrays of both sides need the same strata")
    numerator, denominator, sum_squares, cases = (
        np.stack([getattr(side, field.name) for side in both]).astype(np.float64) for field in fields(Sides)
    )
    cases = np.where(np.isfinite(cases), np.maximum(cases, 0.0), 0.0)
    with np.errstate(all="ignore"):
        variance = _variance(numerator, denominator, sum_squares, cases)
        kept = np.isfinite(variance).all(axis=0)
        left_out = float(1 - cases[:, kept].sum() / cases.sum())
        weights = denominator[:, kept].sum(axis=0) / denominator[:, kept].sum()
        value = numerator[:, kept] / denominator[:, kept]
        ratios = _gap(value, variance[:, kept], cases[:, kept], weights)
    silent = _silence(cases, cases[:, kept], left_out, ratios, cases_min_count)
    if silent:
        return GapResult("not_enough_data", None, None, None, f"{silent}; {_ROUTING}.")
    return _found(ratios, left_out, wanted)


def _variance(numerator: Floats, denominator: Floats, sum_squares: Floats, cases: Floats) -> Floats:
    """Return the variance of each stratum's value, (sides, strata); NaN where it cannot be told.

    A proportion takes half a hit more and half a miss more: by the plain formula 0 hits in 3 cases would be certain.
    A side without cases sums nothing to 0, so only squares behind cases tell a mean from a proportion.
    """
    usable = np.where((cases >= _STRATUM_MIN_COUNT) & (denominator > 0) & (numerator >= 0), cases, np.nan)
    if not np.isfinite(sum_squares[cases > 0]).any():
        share = (np.where(numerator <= denominator, numerator, np.nan) + 0.5) / (denominator + 1)
        return np.asarray(share * (1 - share) / usable)
    centred = sum_squares - numerator**2 / usable
    # Cancellation may leave a tiny negative sum; with a clearly negative one the inputs contradict.
    centred = np.where(centred >= -_ROUNDING * np.abs(sum_squares), np.maximum(centred, 0.0), np.nan)
    return np.asarray(centred / (usable - 1) / usable)


def _gap(value: Floats, variance: Floats, cases: Floats, weights: Floats) -> _Ratios:
    """Return the relative gap with the ends of its interval; NaN where there is none."""
    standardised = (weights * value).sum(axis=1)
    parts = (weights / standardised[:, None]) ** 2 * variance
    total = parts.sum()
    degrees = total**2 / (parts**2 / (cases - 1)).sum()
    half_width = special.stdtrit(degrees, _UPPER_TAIL) * np.sqrt(total) if total > 0 else total
    gap = np.log(standardised[0] / standardised[1])
    estimate, low, high = (float(np.expm1(end)) for end in (gap, gap - half_width, gap + half_width))
    return estimate, low, high


def _silence(cases: Floats, compared: Floats, left_out: float, ratios: _Ratios, cases_min_count: float) -> str:
    """Return why the sides are not compared; empty when they can be."""
    if not cases.sum() > 0:
        return "There are no cases to compare"
    if left_out > LEFT_OUT_MAX_RATIO:
        return f"{percent(left_out)} of the cases are in segments that cannot be compared between the two sides"
    for name, count in zip(("assisted", "unassisted"), compared.sum(axis=1).tolist(), strict=True):
        if not count >= cases_min_count:
            return f"Only {count:,.0f} {name} cases can be compared where {cases_min_count:g} are needed"
    return "" if all(map(isfinite, ratios)) else "The figures of the two sides allow no estimate"


def _found(ratios: _Ratios, left_out: float, wanted: Literal["up", "down"]) -> GapResult:
    estimate, low, high = ratios
    toward, away = (low, high) if wanted == "up" else (-high, -low)
    figures = f"{estimate * 100:+.1f} % (95 % interval {low * 100:+.1f} % to {high * 100:+.1f} %) at equal mix"
    if left_out > _ROUNDING:
        figures += f", {percent(left_out)} of the cases left out"
    verdict: Literal["consistent_with", "not_enough_data"] = "not_enough_data"
    if toward > _ROUNDING:
        verdict, finding = "consistent_with", "The assisted cases differ from the others in the wanted direction"
    elif away < -_ROUNDING:
        finding = "The assisted cases differ from the others in the unwanted direction"
    else:
        finding = "The assisted cases do not clearly differ from the others"
    return GapResult(verdict, estimate, low, high, f"{finding}: {figures}; {_ROUTING}.")
