"""The correlation of two weekly series whose noise may wander: what is left of it once chance walks are allowed for.

Two series that both trend, or both wander, always correlate. So a straight line is taken out of both, and the
outcome's noise is allowed to be AR(1), a random walk, or a sum of the two; generalised least squares under each of
these, weighted by how well the data fit it (restricted likelihood, even prior), gives one answer. An average is
taken because some fifty weeks cannot tell a slow walk from a level: choosing one model, or AR(1) alone as in the
vanity test, calls an unrelated wandering outcome an association far too often. Which pairs to look at, and what
counts as a discovery among many, is the matter of `discovery`.

Sources: generalised least squares for a trend with integrated or stationary noise, Perron and Yabu (2009), J.
Econometrics 151:56-69; restricted likelihood, Harville (1977), JASA 72:320-338; averaging over models, Hoeting and
others (1999), Statistical Science 14:382-417; interval by Fisher's z.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_PERSISTENCE = (0.0, 0.3, 0.5)
_STEPS = (0.0, 0.2, 0.5)
"""Weekly step of the walk, in standard deviations of the AR(1) noise; a pure walk is added to these."""
NUISANCE_COUNT = 2
"""A level and a straight line are taken out."""
_FEWEST_WEEKS_COUNT = NUISANCE_COUNT + 4
_Z = float(special.ndtri(0.975))
_NOTHING_LEFT = 1e-10


@dataclass(frozen=True, slots=True)
class Correlations:
    """One correlation for each pair of series; NaN where there is none.

    Attributes:
        correlation: partial correlation given the line and the noise, -1 to 1.
        low, high: its 95 % interval.
        p_value: two-sided probability of as much correlation when there is none.
        weeks_count: weeks in which both series have a value.
    """

    correlation: Floats
    low: Floats
    high: Floats
    p_value: Floats
    weeks_count: NDArray[np.int64]


def correlate(driver: Floats, outcome: Floats, weeks_min_count: int = _FEWEST_WEEKS_COUNT) -> Correlations:
    """Return the correlation of each row of ``driver`` with the same row of ``outcome``.

    Args:
        driver: (pairs, weeks), the series without a noise of its own, e.g. adoption; not finite = no value.
        outcome: (pairs, weeks), the series that may wander.
        weeks_min_count: weeks with both values below which there is no correlation; at least six.
    """
    both = np.isfinite(driver) & np.isfinite(outcome)
    count = both.sum(axis=1)
    found = np.full((4, len(driver)), np.nan)
    enough = count >= max(weeks_min_count, _FEWEST_WEEKS_COUNT)
    masks, group = np.unique(both, axis=0, return_inverse=True)
    for position, mask in enumerate(masks):
        rows = np.flatnonzero((group.reshape(-1) == position) & enough)
        if rows.size:
            found[:, rows] = _averaged(driver[np.ix_(rows, mask)], outcome[np.ix_(rows, mask)], mask)
    correlation, low, high, p_value = found
    return Correlations(correlation, low, high, p_value, count.astype(np.int64))


def _averaged(driver: Floats, outcome: Floats, mask: Bools) -> Floats:
    """Return correlation, low, high and p-value (4, pairs) of series without gaps in the weeks of ``mask``."""
    x, y = _standardised(driver), _standardised(outcome)
    degrees = x.shape[1] - NUISANCE_COUNT - 1
    fits, correlations = [], []
    with np.errstate(all="ignore"):
        for whitener, nuisance, log_scale in _noises(mask.tobytes()):
            white_x, white_y = x @ whitener.T, y @ whitener.T
            left_x = white_x - (white_x @ nuisance) @ nuisance.T
            left_y = white_y - (white_y @ nuisance) @ nuisance.T
            xx, yy = (left_x**2).sum(axis=1), (left_y**2).sum(axis=1)
            usable = (xx > _NOTHING_LEFT * (white_x**2).sum(axis=1)) & (yy > _NOTHING_LEFT * (white_y**2).sum(axis=1))
            r = np.clip((left_x * left_y).sum(axis=1) / np.sqrt(xx * yy), -1 + 1e-12, 1 - 1e-12)
            fits.append(-log_scale - 0.5 * np.log(xx) - 0.5 * degrees * np.log(yy * (1 - r**2)))
            correlations.append(np.where(usable, r, np.nan))
        fit, r = np.array(fits), np.array(correlations)
        weight = np.exp(fit - fit.max(axis=0))
        weight /= weight.sum(axis=0)
        upper = (weight * special.stdtr(degrees, -r * np.sqrt(degrees / (1 - r**2)))).sum(axis=0)
        z = np.arctanh(r)
        middle = (weight * z).sum(axis=0)
        # The interval holds what each model leaves open and what the models disagree about.
        half = _Z * np.sqrt(1 / (degrees - 1) + (weight * (z - middle) ** 2).sum(axis=0))
        p_value = 2 * np.minimum(upper, 1 - upper)
        return np.stack((np.tanh(middle), np.tanh(middle - half), np.tanh(middle + half), p_value))


def _standardised(series: Floats) -> Floats:
    """Return mean 0 and spread 1, so that every tolerance is relative; a constant becomes NaN."""
    with np.errstate(all="ignore"):
        centred = series - series.mean(axis=1, keepdims=True)
        spread = centred.std(axis=1, keepdims=True)
        moves = spread > 1e-9 * np.abs(series).max(axis=1, keepdims=True)
        scaled: Floats = np.where(moves, centred / spread, np.nan)
        return scaled


@lru_cache(maxsize=256)
def _noises(mask: bytes) -> tuple[tuple[Floats, Floats, float], ...]:
    """Return for every model of the noise its whitening matrix, the whitened level and line, and its log scale.

    A week without a value is left out of the covariance, so gaps of any length count as what they are.
    """
    week = np.flatnonzero(np.frombuffer(mask, dtype=np.bool_)).astype(np.float64)
    line = np.stack((np.ones_like(week), (week - week.mean()) / week.std()), axis=1)
    apart = np.abs(week[:, None] - week)
    walk = np.minimum(week[:, None], week) + 1 - week[0]
    covariances = [
        np.where(apart == 0, 1.0, persistence**apart) + step**2 * walk
        for persistence in _PERSISTENCE
        for step in _STEPS
    ]
    # The pure walk counts as often as each of the other steps.
    prior = [1.0] * len(covariances) + [float(len(_PERSISTENCE))]
    models = []
    for covariance, count in zip([*covariances, walk], prior, strict=True):
        factor = np.linalg.cholesky(covariance)
        whitener = np.linalg.inv(factor)
        basis, triangle = np.linalg.qr(whitener @ line)
        log_scale = float(np.log(np.diag(factor)).sum() + np.log(np.abs(np.diag(triangle))).sum() - np.log(count))
        models.append((whitener, basis, log_scale))
    return tuple(models)
