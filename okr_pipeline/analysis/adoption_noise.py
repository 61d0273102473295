"""Weekly adoption without its sampling noise, and how much noise is left: a regressor must not be mostly chance.

The share of a small unit rests on a few dozen cases a week. Noise in a regressor pulls its slope toward 0, and a fit
that nearly takes differences, as one with autocorrelated errors does, multiplies that: noise doubles in a difference
while a slow rise all but vanishes (Griliches and Hausman 1986, J. Econometrics 31:93-118). Only adoption is looked at
here, never the outcome, so that what is done here cannot make an unrelated outcome seem related. The regression does
not belong here, nor the choice of weeks.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]

WINDOW_SHARE_RATIO = 0.2
"""Weeks on each side that a local mean takes in, as a share of all weeks before the start, or of all after it."""

_TINY = 1e-18


class Smoothed(NamedTuple):
    """Adoption after smoothing, (series, weeks); NaN where the week had no value.

    Attributes:
        share: the smoothed adoption, in the unit of the adoption.
        noise: variance of the sampling noise that is left in it, in that unit squared.
    """

    share: Floats
    noise: Floats


def smoothed(adoption: Floats, after: Marks) -> Smoothed:
    """Smooth every series before its start and after it, never across: a jump at the start stays a jump.

    On each side stand three candidates: the week itself, the mean of the weeks around it (a fifth of the side to
    each hand, cut off at its ends), and the mean of the side. They are mixed with Akaike weights of Mallows' Cp
    (Mallows 1973, Technometrics 15:661-675), so that precise adoption stays as it is, be it a steep rise or a fall,
    and none is bent to a shape. The variance of the noise comes from second differences of known weeks, which no
    level and no even slope touches (Gasser, Sroka and Jennen-Steinmetz 1986, Biometrika 73:625-633): that of the
    side, or that of both sides where it is more, since a few weeks look quiet by chance.

    Args:
        adoption: (series, weeks), oldest first; NaN where a week has no value.
        after: (series, weeks), whether a week lies at or after the start.
    """
    known = np.isfinite(adoption)
    sides = [known & ~after, known & after]
    squares, counts = np.stack([_second_differences(adoption, side) for side in sides], axis=1)
    together = squares.sum(axis=0) / np.maximum(counts.sum(axis=0), 1)
    share, noise = np.full(adoption.shape, np.nan), np.full(adoption.shape, np.nan)
    for side, square, count in zip(sides, squares, counts, strict=True):
        variance = np.maximum(square / np.maximum(count, 1), together)[:, None]
        means, weeks = _candidates(adoption, side)
        misfit = np.where(side, (adoption - means) ** 2, 0.0).sum(axis=2, keepdims=True)
        risk = misfit + 2 * variance * np.where(side, 1 / weeks, 0.0).sum(axis=2, keepdims=True)
        weight = np.exp((risk.min(axis=0) - risk) / (2 * np.maximum(variance, _TINY)))
        weight /= weight.sum(axis=0)
        share = np.where(side, (weight * means).sum(axis=0), share)
        noise = np.where(side, variance * (weight / weeks).sum(axis=0), noise)
    return Smoothed(share, noise)


def reliability(adoption: Smoothed, used: Marks) -> Floats:
    """Return the share of the variance of the used weeks that is no noise, one per series; NaN where none varies.

    The reliability ratio of Fuller 1987, Measurement Error Models, section 1.1; below 0 where the noise alone
    would make adoption vary by more than it does.
    """
    count = used.sum(axis=1)
    share = np.where(used, adoption.share, 0.0)
    spread = np.where(used, share - (share.sum(axis=1) / count)[:, None], 0.0)
    ratio: Floats = 1 - np.where(used, adoption.noise, 0.0).sum(axis=1) / (spread**2).sum(axis=1)
    return ratio


def _second_differences(adoption: Floats, side: Marks) -> tuple[Floats, Floats]:
    """Return what estimates the noise of every series: summed squares, each of expectation one variance, and how many.

    Holes are closed up: what the slope adds over them makes the noise look larger, the cautious side.
    """
    order = np.argsort(~side, axis=1, kind="stable")
    values = np.take_along_axis(np.where(side, adoption, np.nan), order, axis=1)
    squares = (values[:, 2:] - 2 * values[:, 1:-1] + values[:, :-2]) ** 2 / 6
    return np.nansum(squares, axis=1), np.isfinite(squares).sum(axis=1).astype(np.float64)


def _candidates(adoption: Floats, side: Marks) -> tuple[Floats, Floats]:
    """Return the means (candidates, series, weeks) and how many weeks are behind each, at least 1."""
    size = adoption.shape[1]
    nothing = np.zeros((len(adoption), 1))
    # Centred first: sums over a long series of one level would round its last digits away.
    level = np.where(side, adoption, 0.0).sum(axis=1, keepdims=True) / np.maximum(side.sum(axis=1, keepdims=True), 1)
    total = np.concatenate((nothing, np.where(side, adoption - level, 0.0).cumsum(axis=1)), axis=1)
    count = np.concatenate((nothing, side.cumsum(axis=1)), axis=1)
    reach = np.maximum(np.rint(WINDOW_SHARE_RATIO * count[:, -1:]), 1).astype(np.int64)
    first = np.maximum(np.arange(size) - reach, 0)
    end = np.minimum(np.arange(size) + reach + 1, size)
    weeks = np.take_along_axis(count, end, axis=1) - np.take_along_axis(count, first, axis=1)
    around = np.take_along_axis(total, end, axis=1) - np.take_along_axis(total, first, axis=1)
    weeks = np.maximum(weeks, 1)
    one, everything = np.ones(adoption.shape), np.broadcast_to(np.maximum(count[:, -1:], 1), adoption.shape)
    means = (np.where(side, adoption, 0.0), level + around / weeks, np.broadcast_to(level, adoption.shape))
    return np.stack(means), np.stack((one, weeks, everything))
