"""The 95 % intervals of a value, as arithmetic on arrays.

Which interval belongs to which aggregation is decided in `windows`. Where none can be given, there is NaN.
Only `scipy.special` is used: importing `scipy.stats` would cost more time than all key results together.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

CONFIDENCE_RATIO = 0.95
_UPPER_TAIL = 1 - (1 - CONFIDENCE_RATIO) / 2
_Z = float(special.ndtri(_UPPER_TAIL))
_TABLED_DEGREES = 2000


def wilson(share: Floats, cases: Floats) -> tuple[Floats, Floats]:
    """Return the Wilson score interval of a proportion (Wilson 1927, JASA 22:209-212).

    Args:
        share: observed proportion, 0 to 1; outside of it the result is NaN.
        cases: number of independent cases; below 1 the result is NaN.
    """
    with np.errstate(all="ignore"):
        usable = (cases >= 1) & (share >= 0) & (share <= 1)
        n = np.where(usable, cases, np.nan)
        spread = _Z * np.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
        scale = 1 + _Z**2 / n
        middle = share + _Z**2 / (2 * n)
        # At 0 and 1 the bound equals the share exactly; rounding must not push the value out of its interval.
        return np.minimum((middle - spread) / scale, share), np.maximum((middle + spread) / scale, share)


def student(total: Floats, sum_squares: Floats, cases: Floats) -> tuple[Floats, Floats]:
    """Return the t interval of a mean from sums (Student 1908), for arrays of one shape.

    Args:
        total: sum of the cases.
        sum_squares: sum of the squares of the cases.
        cases: number of cases; below 2 there is no interval.
    """
    with np.errstate(all="ignore"):
        n = np.where(cases >= 2, cases, np.nan)
        mean = total / n
        centred = sum_squares - total * mean
        # Cancellation may leave a tiny negative sum; with a clearly negative one the inputs contradict.
        centred = np.where(centred >= -1e-9 * np.abs(sum_squares), np.maximum(centred, 0.0), np.nan)
        half = t_quantile(n - 1) * np.sqrt(centred / (n - 1) / n)
        return mean - half, mean + half


def spread(value: Floats, weekly_sd: Floats, weeks: Floats) -> tuple[Floats, Floats]:
    """Return the t interval around ``value`` from the week-to-week spread; NaN below three weeks."""
    with np.errstate(all="ignore"):
        n = np.where(weeks >= 3, weeks, np.nan)
        half = t_quantile(n - 1) * weekly_sd / np.sqrt(n)
        return value - half, value + half


def garwood(count: Floats, periods: Floats, dispersion: Floats) -> tuple[Floats, Floats]:
    """Return the interval of a count per period, widened by overdispersion (Garwood 1936, Biometrika 28).

    The exact limits are taken of ``count / dispersion`` effective events and scaled back (quasi-Poisson): for
    large counts ``sqrt(dispersion)`` times as wide, never below 0, and both limits grow with the count.

    Args:
        count: events in all periods; negative counts give NaN.
        periods: number of periods, above 0.
        dispersion: variance divided by mean of the counts per period; values below 1 count as 1.
    """
    with np.errstate(all="ignore"):
        scale = np.maximum(dispersion, 1.0)
        events = np.where((count >= 0) & (periods > 0), count, np.nan) / scale
        lower = np.where(events == 0, 0.0, special.gammaincinv(np.maximum(events, 1e-300), 1 - _UPPER_TAIL))
        upper = special.gammaincinv(events + 1, _UPPER_TAIL)
        return np.minimum(lower * scale, count) / periods, np.maximum(upper * scale, count) / periods


def t_quantile(degrees: Floats) -> Floats:
    """Return the two-sided 95 % quantile of Student's t; NaN where ``degrees`` is NaN or below 1.

    Up to 2,000 whole degrees come from a table; beyond, the Cornish-Fisher series (Abramowitz and Stegun
    26.7.5) is right to 1e-10, at a hundredth of the cost.
    """
    with np.errstate(all="ignore"):
        z, z3, z5 = _Z, _Z**3, _Z**5
        series = z + (z3 + z) / (4 * degrees) + (5 * z5 + 16 * z3 + 3 * z) / (96 * degrees**2)
        tabled = (degrees >= 1) & (degrees <= _TABLED_DEGREES)
        index = np.where(tabled, degrees, 0).astype(np.int64)
        table: Floats = np.where(tabled, _t_table()[index], series)
        return np.where(degrees >= 1, table, np.nan)


@cache
def _t_table() -> Floats:
    degrees = np.arange(_TABLED_DEGREES + 1, dtype=np.float64)
    degrees[0] = np.nan
    return np.asarray(special.stdtrit(degrees, _UPPER_TAIL), dtype=np.float64)
