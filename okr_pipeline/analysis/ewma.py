"""A control chart for many series at once, and how far it strays where nothing has moved.

What a chart's alarm is worth among many charts, and the verdict, do not belong here.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from okr_pipeline.cascade.intervals import t_quantile
from okr_pipeline.cascade.wording import counted

Floats = NDArray[np.float64]

SMOOTHING_RATIO = 0.3
LIMIT_SIGMAS = 2.7
LEVEL_WEEKS = 4
SMALLEST_BASELINE = 4
MAX_AUTOCORRELATION = 0.9
_ROUNDING = 1e-12

_NULL_AUTOCORRELATION = 0.4
_NULL_RUNS = 40_000
_NULL_BATCH = 4_000
_NULL_BASELINES = (4, 5, 6, 8, 10, 13, 18, 26, 52)
_NULL_WEEKS = (1, 2, 3, 4, 6, 8, 10, 13, 18, 26, 39, 52)
_NULL_TAILS = np.array((0.999, 0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001))
_TAIL_KNOT = 8  # beyond the last quantile the slope is taken from here on: single quantiles out there are noisy


class EwmaChart:
    """The EWMA chart of every series, with limits from its baseline.

    EWMA (Roberts 1959, Technometrics 1:239-250; Lucas and Saccucci 1990, Technometrics 32:1-12) with lambda .3 of the
    weeks freed of AR(1) autocorrelation. The limits are 2.7 sigma, as the t quantile of equal tail, and the
    error of the baseline's mean counts in them.

    Attributes:
        count: usable weeks of each baseline.
        recent_count: usable weeks since.
        judged: which series have a chart.
        statistics: EWMA of each recent week (series x weeks) in its standard errors; NaN where there is none.
    """

    def __init__(self, baseline: Floats, recent: Floats, weeks_min_count: int) -> None:
        """Chart ``recent`` against ``baseline`` (series x weeks, oldest first; NaN and infinity are no value)."""
        self._least = max(weeks_min_count, SMALLEST_BASELINE)
        usable = np.isfinite(baseline)
        self._came = np.isfinite(recent)
        self.count, self.recent_count = usable.sum(axis=1), self._came.sum(axis=1)
        with np.errstate(all="ignore"):
            self._mean = np.where(usable, baseline, 0.0).sum(axis=1) / self.count
            before = np.where(usable, baseline - self._mean[:, None], 0.0)
            squares = (before**2).sum(axis=1)
            pairs = (usable[:, 1:] & usable[:, :-1]).sum(axis=1)
            products = (before[:, 1:] * before[:, :-1]).sum(axis=1) / np.maximum(pairs, 1) * (self.count - 1)
            phi = products / squares
            # Small samples estimate phi too low; a negative phi would only narrow the limits.
            self._phi = np.clip(phi + (1 + 4 * phi) / self.count, 0.0, MAX_AUTOCORRELATION)
            self._after = np.where(self._came, recent - self._mean[:, None], 0.0)
            centred = np.concatenate((before, self._after), axis=1)
            whitened = self._whitened(centred, np.concatenate((usable, self._came), axis=1))
            width = baseline.shape[1]
            self._sd = np.sqrt((whitened[:, :width] ** 2).sum(axis=1) / (self.count - 1))
            varies = self._sd > _ROUNDING * np.abs(self._mean)
            self.judged = (self.count >= self._least) & (self.recent_count > 0) & varies
            self.statistics = self._smoothed(whitened[:, width:] / self._sd[:, None])

    def alarms(self) -> NDArray[np.bool_]:
        """Return the weeks outside of the limits."""
        limits = np.full(self.count.shape, np.nan)
        limits[self.judged] = special.stdtrit(self.count[self.judged] - 1.0, special.ndtr(LIMIT_SIGMAS))
        return np.abs(self.statistics) > limits[:, None]

    def strongest(self, bad: Floats | None = None) -> Floats:
        """Return the statistic farthest from zero, with its sign; NaN where nothing is judged.

        Args:
            bad: the way that counts by series, 1 for up and -1 for down, 0 for both; both for all when left out.
        """
        if not self.statistics.shape[1]:
            return np.full(self.count.shape, np.nan)
        sign = np.zeros(len(self.count)) if bad is None else bad
        sizes = np.where(sign[:, None] == 0, np.abs(self.statistics), self.statistics * sign[:, None])
        sizes = np.where(np.isfinite(sizes), sizes, -np.inf)
        return np.take_along_axis(self.statistics, sizes.argmax(axis=1)[:, None], axis=1)[:, 0]

    def shift(self) -> tuple[Floats, Floats]:
        """Return the shift of the last usable weeks from the baseline's mean and half its 95 % interval."""
        last = self._came & (np.cumsum(self._came[:, ::-1], axis=1)[:, ::-1] <= LEVEL_WEEKS)
        weeks = last.sum(axis=1)
        with np.errstate(all="ignore"):
            shift = np.where(last, self._after, 0.0).sum(axis=1) / weeks
            variance = self._mean_variance(self.count) + self._mean_variance(weeks)
            half = t_quantile(self.count - 1.0) * self._sd / np.sqrt(1 - self._phi**2) * np.sqrt(variance)
        return shift, half

    def silence(self, row: int) -> str:
        """Say why a series is not judged."""
        if self.count[row] < self._least:
            return f"{counted(self.count[row], 'baseline week')} with a value, {self._least} are needed"
        if self.recent_count[row] == 0:
            return "no week since the baseline has a value"
        return "the baseline never varies, so there is no limit that a drift could cross"

    def _whitened(self, centred: Floats, usable: NDArray[np.bool_]) -> Floats:
        """Free the weeks of AR(1); a week without predecessor is scaled instead (Prais and Winsten 1954)."""
        phi = self._phi[:, None]
        whitened = centred * np.sqrt(1 - phi**2)
        follows = usable[:, 1:] & usable[:, :-1]
        whitened[:, 1:] = np.where(follows, centred[:, 1:] - phi * centred[:, :-1], whitened[:, 1:])
        return np.where(usable, whitened, 0.0)

    def _smoothed(self, whitened: Floats) -> Floats:
        """Return the EWMA in its standard errors; NaN in weeks without a value, which it skips."""
        level, variance, reach = (np.zeros(self.count.shape) for _ in range(3))
        statistics = np.full(whitened.shape, np.nan)
        kept = 1 - SMOOTHING_RATIO
        for week in range(whitened.shape[1]):
            here = self._came[:, week]
            level = np.where(here, SMOOTHING_RATIO * whitened[:, week] + kept * level, level)
            variance = np.where(here, SMOOTHING_RATIO**2 + kept**2 * variance, variance)
            reach = np.where(here, SMOOTHING_RATIO + kept * reach, reach)
            # The error of the baseline's mean sits in every week alike and adds up to `reach` of itself.
            error = np.sqrt(variance + reach**2 / self.count)
            statistics[:, week] = np.where(here & self.judged, level / error, np.nan)
        return statistics

    def _mean_variance(self, weeks: NDArray[np.int64]) -> Floats:
        """Return the variance of the mean of AR(1) weeks, in variances of one week."""
        phi = self._phi
        pulled = 2 * phi * (1 - phi**weeks) / (weeks * (1 - phi) ** 2)
        variance: Floats = np.maximum((1 + phi) / (1 - phi) - pulled, 0.0) / weeks
        return variance


def p_values(chart: EwmaChart, strongest: Floats | None = None) -> Floats:
    """Return the two-sided p-value of the strongest statistic of each series; NaN where nothing is judged."""
    chances = np.full(chart.count.shape, np.nan)
    sizes = np.abs(chart.strongest() if strongest is None else strongest)
    shapes = np.stack((chart.count, chart.recent_count), axis=1)
    for count, weeks in np.unique(shapes[chart.judged], axis=0).tolist():
        rows = chart.judged & (chart.count == count) & (chart.recent_count == weeks)
        with np.errstate(divide="ignore"):
            size = np.log(sizes[rows])
        knots, tails = _null_quantiles(count, weeks), np.log(_NULL_TAILS)
        slope = (tails[-1] - tails[_TAIL_KNOT]) / (knots[-1] - knots[_TAIL_KNOT])
        inside = np.interp(size, knots, tails, left=0.0)
        log_chance = np.where(size > knots[-1], tails[-1] + slope * (size - knots[-1]), inside)
        # Beyond the table's longest stretch every further one is another chance to stray.
        chances[rows] = np.minimum(np.exp(log_chance) * max(weeks / _NULL_WEEKS[-1], 1.0), 1.0)
    return chances


def _null_quantiles(count: int, weeks: int) -> Floats:
    """Return the log quantiles of the strongest statistic, linear in 1 / baseline weeks and in log recent weeks."""
    higher = next((known for known in _NULL_BASELINES if known >= count), _NULL_BASELINES[-1])
    lower = max((known for known in _NULL_BASELINES if known <= count), default=higher)
    nearness = 0.0 if lower == higher else (1 / count - 1 / higher) / (1 / lower - 1 / higher)
    at = np.log(min(weeks, _NULL_WEEKS[-1]))

    def quantiles(known: int) -> Floats:
        table = _null_table(known)
        columns = [np.interp(at, np.log(_NULL_WEEKS), table[:, tail]) for tail in range(table.shape[1])]
        return np.array(columns)

    return nearness * quantiles(lower) + (1 - nearness) * quantiles(higher)


@cache
def _null_table(count: int) -> Floats:
    """Simulate log quantiles (recent weeks x tails) of the strongest statistic where nothing moved.

    The weeks have an autocorrelation of .4: what remains of it after whitening makes long tails, and p-values from
    independent weeks would be eight times too small at .001.
    """
    random = np.random.default_rng(count)
    batches = []
    for _ in range(_NULL_RUNS // _NULL_BATCH):  # in batches, because all runs at once would take 200 MB
        weeks = random.normal(size=(_NULL_BATCH, count + _NULL_WEEKS[-1]))
        weeks[:, 1:] *= np.sqrt(1 - _NULL_AUTOCORRELATION**2)
        for week in range(1, weeks.shape[1]):
            weeks[:, week] += _NULL_AUTOCORRELATION * weeks[:, week - 1]
        sizes = np.abs(EwmaChart(weeks[:, :count], weeks[:, count:], count).statistics)
        batches.append(np.maximum.accumulate(sizes, axis=1)[:, np.array(_NULL_WEEKS) - 1])
    table: Floats = np.log(np.quantile(np.concatenate(batches), 1 - _NULL_TAILS, axis=0)).T
    return table
