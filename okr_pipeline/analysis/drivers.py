"""Why a value moved between two periods: how much of the change each cell carries, and whether one stands out.

The parts are arithmetic: they say where a change sits, never what caused it. Which cells there are, and how a
sentence about them reads, does not belong here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from okr_pipeline.cascade.metric import Aggregation
from okr_pipeline.cascade.wording import percent

Floats = NDArray[np.float64]
_Pair = tuple[Floats, Floats]
_Pairs = tuple[_Pair, _Pair]
_Draw = Callable[[Floats, Floats, Floats | None, int, np.random.Generator], _Pair]

_DRAWABLE_COUNT = 1e15  # beyond, whole numbers are no longer told apart and the generator refuses
_ROUNDING = 1e-12  # of the value: a smaller change is what division leaves behind
_SEED = 1955


@dataclass(frozen=True)
class Drivers:
    """The parts of a change from period 0 to period 1, in the unit of the value.

    Attributes:
        mix: (..., cells) part of a cell that comes from its share of the volume; above 0 where a cell with more
            than the average rate grew.
        rate: (..., cells) part that comes from the cell's own rate.
        change: (...) value of period 1 minus value of period 0: the sum of all parts (within 1e-9 of the largest
            cell rate). NaN, like the parts, where one of the values does not exist.
    """

    mix: Floats
    rate: Floats
    change: Floats


@dataclass(frozen=True)
class TopDriver:
    """The cell that carries most of a change, in the direction of the change.

    Attributes:
        cell: position of the cell; None when nothing is known or nothing moved.
        is_clear: whether it also comes out on top in enough of the resamples.
        share_of_resamples: share of resamples in which the same cell carries most of a change in the same
            direction, 0-1; NaN where none were drawn.
        reason: why it is not clear, as a clause; empty when it is.
    """

    cell: int | None
    is_clear: bool
    share_of_resamples: float
    reason: str


def decompose_ratio(numerator0: Floats, denominator0: Floats, numerator1: Floats, denominator1: Floats) -> Drivers:
    """Split the change of ``sum(numerator) / sum(denominator)`` into mix and rate of each cell.

    Both parts are weighted by the midpoints of the two periods, so nothing is left over (Kitagawa 1955, JASA
    50:1168-1194; the weights are those of Marshall-Edgeworth); the mix is centred on the overall value, so a cell
    of average rate that grows explains nothing::

        mix  = (w1 - w0) * ((r0 + r1) / 2 - (R0 + R1) / 2)
        rate = (w0 + w1) / 2 * (r1 - r0)

    A cell without denominator in one period takes the rate of the other, so all of it is mix, and so is a numerator
    that stands over no denominator. A cell that is empty in both periods carries 0.

    Args:
        numerator0: (..., cells) sums of period 0; leading axes are independent tables, e.g. weeks.
        denominator0: same shape, 0 or more.
        numerator1: sums of period 1.
        denominator1: same shape, 0 or more.

    Returns:
        The parts. A whole table is NaN if one of its sums is not finite, a denominator is below 0, or a period has
        no denominator at all.
    """
    n0, d0, n1, d1 = np.broadcast_arrays(*_floats(numerator0, denominator0, numerator1, denominator1))
    with np.errstate(all="ignore"):
        total0, total1 = d0.sum(-1, keepdims=True), d1.sum(-1, keepdims=True)
        value0, value1 = n0.sum(-1, keepdims=True) / total0, n1.sum(-1, keepdims=True) / total1
        rate0, rate1 = n0 / d0, n1 / d1
        gone, new = d1 == 0, d0 == 0
        rate0, rate1 = np.where(new, rate1, rate0), np.where(gone, rate0, rate1)
        rate0, rate1 = np.where(new & gone, 0.0, rate0), np.where(new & gone, 0.0, rate1)
        weight0, weight1 = d0 / total0, d1 / total1
        mix = (weight1 - weight0) * ((rate0 + rate1) / 2 - (value0 + value1) / 2)
        mix = mix + np.where(gone, n1 / total1, 0.0) - np.where(new, n0 / total0, 0.0)
        rate = (weight0 + weight1) / 2 * (rate1 - rate0)
        negative = ((d0 < 0) | (d1 < 0)).any(-1)
    return _whole(mix, rate, np.where(negative, np.nan, (value1 - value0)[..., 0]))


def decompose_total(numerator0: Floats, periods0: Floats, numerator1: Floats, periods1: Floats) -> Drivers:
    """Split the change of ``sum(numerator) / periods``, a total per period; all of it is rate.

    Args:
        numerator0: (..., cells) sums of period 0.
        periods0: (...) weeks or months that they cover, above 0.
        numerator1: (..., cells) sums of period 1.
        periods1: (...) weeks or months that they cover.
    """
    n0, p0, n1, p1 = _floats(numerator0, periods0, numerator1, periods1)
    with np.errstate(all="ignore"):
        p0, p1 = np.where(p0 > 0, p0, np.nan), np.where(p1 > 0, p1, np.nan)
        rate = n1 / p1[..., None] - n0 / p0[..., None]
        change = n1.sum(-1) / p1 - n0.sum(-1) / p0
    return _whole(np.zeros_like(rate), rate, change)


def top_driver(
    numerator0: Floats,
    denominator0: Floats,
    numerator1: Floats,
    denominator1: Floats,
    sum_squares0: Floats | None = None,
    sum_squares1: Floats | None = None,
    resamples: int = 200,
    seed: int = _SEED,
    unclear_above_ratio: float = 0.2,
    aggregation: Aggregation | None = None,
) -> TopDriver:
    """Name the cell whose part (mix and rate together) is largest in the direction in which the value moved.

    The cases themselves are not kept, so both periods are redrawn from their sums. Cases per cell: Poisson.
    Successes of a share: binomial; together this is the bootstrap of the cases, with their number left free. Sums of
    a mean: normal, with the variance that the sum of squares gives. A total over fixed periods: Poisson, or where
    there are squares normal with their sum as variance (compound Poisson). Neither a stock nor a ratio of two sums
    tells how much chance is in it: its top cell is named, but never clear. The same arguments give the same answer.

    Args:
        numerator0: (cells) sums of period 0.
        denominator0: (cells) cases; for a total the number of periods, the same in each cell.
        numerator1: sums of period 1.
        denominator1: as in period 0.
        sum_squares0: (cells) sums of squared cases; without them a mean cannot be redrawn.
        sum_squares1: as in period 0.
        resamples: number of redrawn pairs of periods.
        seed: start of the random numbers.
        unclear_above_ratio: largest share of resamples in which it may come out otherwise.
        aggregation: how the metric combines its rows. Without it: a mean if there are sums of squares, else a
            proportion if no cell has more than its cases, else a total.
    """
    n0, d0, n1, d1 = np.broadcast_arrays(*_floats(numerator0, denominator0, numerator1, denominator1))
    parts = decompose_ratio(n0, d0, n1, d1)
    if not np.isfinite(parts.change):
        return TopDriver(None, False, np.nan, "one of the two periods has no value")
    if abs(parts.change) <= _ROUNDING * max(abs(n0.sum() / d0.sum()), abs(n1.sum() / d1.sum())):
        return TopDriver(None, False, np.nan, "the value did not move")
    leading = int(_leading(parts))
    squares = _floats(sum_squares0, sum_squares1) if sum_squares0 is not None and sum_squares1 is not None else ()
    drawn, reason = _redrawn(((n0, d0), (n1, d1)), squares, aggregation, resamples, np.random.default_rng(seed))
    if reason:
        return TopDriver(leading, False, np.nan, reason)
    again = decompose_ratio(*drawn)
    share = float(((_leading(again) == leading) & (again.change * parts.change > 0)).mean())
    if share < 1 - unclear_above_ratio:
        reason = f"another cell or the other direction comes out on top in {percent(1 - share)} of the resamples"
    return TopDriver(leading, not reason, share, reason)


def _leading(parts: Drivers) -> NDArray[np.int64]:
    """Return the cell with the largest part in the direction of the change; -1 where nothing moved."""
    carried = (parts.mix + parts.rate) * np.sign(parts.change)[..., None]
    carried = np.where(np.isfinite(carried), carried, 0.0)
    return np.where(carried.max(-1) > 0, carried.argmax(-1), -1)


def _redrawn(
    pairs: _Pairs,
    squares: tuple[Floats, ...],
    aggregation: Aggregation | None,
    resamples: int,
    rng: np.random.Generator,
) -> tuple[tuple[Floats, ...], str]:
    """Return the four sums, each (resamples, cells), or why they cannot be redrawn."""
    unknown = "its sums do not tell how much chance is in them"
    if not all((np.maximum(np.abs(n), d) <= _DRAWABLE_COUNT).all() for n, d in pairs):
        return (), unknown
    spreads: Sequence[Floats | None] = (None, None)
    draw: _Draw
    match aggregation or _guessed(pairs, squares):
        case "proportion" | "distinct_share" if all(((n >= 0) & (n <= d)).all() for n, d in pairs):
            draw = _proportion
        case "mean" if squares:
            draw, spreads = _mean, tuple(_variance(pairs, squares))
        case "total" if squares or all((n >= 0).all() for n, _ in pairs):
            draw, spreads = _total, squares or spreads
        case _:
            return (), unknown
    if not all(spread is None or (np.isfinite(spread) & (spread >= 0)).all() for spread in spreads):
        return (), unknown
    drawn = [draw(n, d, spread, resamples, rng) for (n, d), spread in zip(pairs, spreads, strict=True)]
    return (*drawn[0], *drawn[1]), ""


def _guessed(pairs: _Pairs, squares: tuple[Floats, ...]) -> Aggregation:
    if squares:
        return "mean"
    return "proportion" if all((n <= d).all() for n, d in pairs) else "total"


def _proportion(n: Floats, d: Floats, _: Floats | None, resamples: int, rng: np.random.Generator) -> _Pair:
    cases = rng.poisson(d, (resamples, d.size))
    return rng.binomial(cases, _rate(n, d)).astype(np.float64), cases.astype(np.float64)


def _mean(n: Floats, d: Floats, variance: Floats | None, resamples: int, rng: np.random.Generator) -> _Pair:
    cases = rng.poisson(d, (resamples, d.size)).astype(np.float64)
    spread: Floats = np.sqrt(cases * (0.0 if variance is None else variance))
    return cases * _rate(n, d) + spread * rng.standard_normal(cases.shape), cases


def _total(n: Floats, d: Floats, squares: Floats | None, resamples: int, rng: np.random.Generator) -> _Pair:
    shape = (resamples, n.size)
    periods: Floats = np.broadcast_to(d, shape)
    if squares is None:
        return rng.poisson(n, shape).astype(np.float64), periods
    return n + np.sqrt(squares) * rng.standard_normal(shape), periods


def _rate(n: Floats, d: Floats) -> Floats:
    with np.errstate(all="ignore"):
        return np.where(d > 0, n / d, 0.0)


def _variance(pairs: _Pairs, squares: tuple[Floats, ...]) -> Floats:
    """Return the variance of a case (periods, cells); a cell below two cases takes that of all cells together."""
    n, d = np.stack([pair[0] for pair in pairs]), np.stack([pair[1] for pair in pairs])
    with np.errstate(all="ignore"):
        centred = np.where(d >= 2, np.maximum(np.stack(squares) - n**2 / d, 0.0), 0.0)
        degrees = np.where(d >= 2, d - 1, 0.0)
        return np.where(d >= 2, centred / degrees, centred.sum() / degrees.sum())


def _whole(mix: Floats, rate: Floats, change: Floats) -> Drivers:
    """Take a table whole or not at all: parts of which one is unknown explain nothing."""
    known = np.isfinite(change) & np.isfinite(mix).all(-1) & np.isfinite(rate).all(-1)
    keep = known[..., None]
    return Drivers(
        mix=np.where(keep, mix, np.nan), rate=np.where(keep, rate, np.nan), change=np.where(known, change, np.nan)
    )


def _floats(*arrays: Floats) -> tuple[Floats, ...]:
    return tuple(np.asarray(array, dtype=np.float64) for array in arrays)
