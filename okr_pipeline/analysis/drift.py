"""Has the level left its baseline: an EWMA chart per series, and false-discovery control over all of them.

Why a level moved does not belong here, nor whether the move is good.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from okr_pipeline.analysis.ewma import EwmaChart, p_values
from okr_pipeline.analysis.false_discovery import benjamini_hochberg
from okr_pipeline.cascade.wording import counted, figure

Floats = NDArray[np.float64]
DriftVerdict = Literal["drifting", "steady", "not_enough_data"]
Way = Literal["up", "down"]

_XMR_FACTOR = 2.66


@dataclass(frozen=True)
class DriftResult:
    """Whether a series has left its baseline.

    Attributes:
        verdict: ``drifting`` when its own chart alarms and the finding survives the control over all series.
        direction: whether the level moved up or down; None unless drifting.
        estimate: mean of the last four usable weeks less the mean of the baseline, in units of the series.
        low, high: 95 % interval of the estimate.
        p_value: how often a series that has not moved strays as far from its baseline in as many weeks.
        first_week: index into the recent weeks of the first alarm; None unless drifting.
        reason: what the verdict rests on, as a clause.
    """

    verdict: DriftVerdict
    direction: Way | None
    estimate: float | None
    low: float | None
    high: float | None
    p_value: float | None
    first_week: int | None
    reason: str


def judge_drift(
    baseline: Floats,
    recent: Floats,
    false_discovery_ratio: float = 0.10,
    weeks_min_count: int = 8,
    units: Sequence[str] = (),
    wrong: Sequence[Way | None] = (),
    weeks: Sequence[str] = (),
) -> tuple[DriftResult, ...]:
    """Judge for each series whether the recent weeks have left the baseline.

    Most series of a cascade are meant to move. With ``wrong`` only the way that is bad is tested (one-sided, half the
    p-value of what strayed farthest that way; 1 where nothing did): else the many that improve would make the control
    generous to the few that may have slipped by chance. One that improved first and slipped then has slipped.

    All series of one call are one family: among those called drifting no more than ``false_discovery_ratio`` are
    expected to have stayed. Judge the whole cascade in one call.

    Args:
        baseline: series x weeks, oldest first; NaN and infinity are no value.
        recent: series x weeks that follow the baseline.
        false_discovery_ratio: acceptable share of false ones among the series called drifting, 0 to 1.
        weeks_min_count: weeks with a value that a baseline needs; below 4 it counts as 4.
        units: unit of each series for the sentences; empty for plain numbers.
        wrong: the bad way of each series; None for one where both are bad, as for all when it is empty.
        weeks: names of the recent weeks for the sentences, one per column; empty to count them from 1.
    """
    chart = EwmaChart(baseline, recent, weeks_min_count)
    bad = np.array([{"up": 1.0, "down": -1.0, None: 0.0}[way] for way in wrong] or [0.0] * len(baseline))
    strongest = chart.strongest(bad)
    chances = _one_sided(p_values(chart, strongest), strongest, bad)
    surviving = benjamini_hochberg(chances, false_discovery_ratio)
    family = int(np.isfinite(chances).sum())
    shift, half = chart.shift()
    alarms = chart.alarms() & (chart.statistics * bad[:, None] >= 0)
    first = np.where(alarms, np.arange(alarms.shape[1]), alarms.shape[1]).min(axis=1, initial=alarms.shape[1])
    results = []
    for row, chance in enumerate(chances.tolist()):
        if not np.isfinite(chance):
            results.append(DriftResult("not_enough_data", None, None, None, None, None, None, chart.silence(row)))
            continue
        estimate, low, high = float(shift[row]), float(shift[row] - half[row]), float(shift[row] + half[row])
        known, p_text = (estimate, low, high, chance), _p_text(chance)
        if first[row] == alarms.shape[1]:
            judged = counted(chart.recent_count[row], "week")
            which = "limits of its chart" if not wrong or wrong[row] is None else "limit of its chart that matters"
            reason = f"no week leaves the {which} ({judged} judged, {p_text})"
            results.append(DriftResult("steady", None, *known, None, reason))
        elif not surviving[row]:
            reason = f"its chart alarms, but among {family:,} series chance alone may do that ({p_text})"
            results.append(DriftResult("steady", None, *known, None, reason))
        else:
            unit = units[row] if units else "count"
            moved, low_text, high_text = (figure(value, unit) for value in (estimate, low, high))
            week = weeks[first[row]] if weeks else f"week {first[row] + 1}"
            reason = (
                f"the level moved by {moved} ({low_text} to {high_text}) against a baseline of "
                f"{counted(chart.count[row], 'week')}; its chart alarms from {week} on ({p_text})"
            )
            direction: Way = "up" if strongest[row] > 0 else "down"
            results.append(DriftResult("drifting", direction, *known, int(first[row]), reason))
    return tuple(results)


def ewma_alarms(baseline: Floats, recent: Floats, weeks_min_count: int = 8) -> NDArray[np.bool_]:
    """Return the recent weeks (series x weeks) in which each series' own chart alarms.

    This is one chart by itself: over many series expect that many times its false alarms.

    Args:
        baseline: series x weeks, oldest first; NaN and infinity are no value.
        recent: series x weeks that follow the baseline.
        weeks_min_count: below so many baseline weeks with a value nothing alarms.
    """
    return EwmaChart(baseline, recent, weeks_min_count).alarms()


def xmr_limits(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Return centre, lower and upper limit of an XmR chart per series: mean and 2.66 mean moving ranges.

    For pictures only (Wheeler 1993): as an alarm it is false in .09 to .41 of all quarters. NaN without two
    neighbouring weeks that have a value.
    """
    usable = np.isfinite(values)
    both = usable[:, 1:] & usable[:, :-1]
    with np.errstate(all="ignore"):
        filled = np.where(usable, values, 0.0)
        ranges = np.where(both, np.abs(np.diff(filled, axis=1)), 0.0).sum(axis=1) / both.sum(axis=1)
        centre = np.where(np.isfinite(ranges), filled.sum(axis=1) / usable.sum(axis=1), np.nan)
        return centre, centre - _XMR_FACTOR * ranges, centre + _XMR_FACTOR * ranges


def _one_sided(chances: Floats, strongest: Floats, bad: Floats) -> Floats:
    """Return two-sided p-values as those of the bad way, where only one way is bad."""
    halved = np.where(strongest * bad > 0, chances / 2, np.maximum(chances, 1.0))  # NaN stays NaN
    return np.where(bad == 0, chances, halved)


def _p_text(chance: float) -> str:
    return f"p = {chance:.2g}" if chance >= 0.001 else "p below 0.001"
