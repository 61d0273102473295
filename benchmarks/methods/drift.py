"""False alarms and detection of the drift chart, and of the verdict over many series, with known truth."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.methods.table import MethodRow
from okr_pipeline.analysis.drift import ewma_alarms, judge_drift, xmr_limits

Floats = NDArray[np.float64]

BASELINES = (8, 13, 26)
RECENT_WEEKS = 13
FOUND_WITHIN_WEEKS = 4
SHIFTS_SD = (1.0, 2.0, 3.0)
AUTOCORRELATIONS = (0.0, 0.4)
PUBLISHED_RUNS = 4000
PUBLISHED_FALSE = {0.0: (0.04, 0.05), 0.4: (0.09, 0.10)}
PUBLISHED_XMR = {0.0: (0.09, 0.21), 0.4: (0.30, 0.41)}
PUBLISHED_FOUND = {8: 0.31, 13: 0.52, 26: 0.74}
FAMILY = 100
MOVED = 20
FALSE_DISCOVERY_RATIO = 0.10


def rows(runs: int) -> list[MethodRow]:
    """Re-measure section 4; families of 100 series are judged ``runs / 20`` times."""
    random = np.random.default_rng(20260402)
    found = []
    for autocorrelation in AUTOCORRELATIONS:
        for baseline in BASELINES:
            found += _single(autocorrelation, baseline, runs, random)
    for autocorrelation in AUTOCORRELATIONS:
        for baseline in BASELINES:
            found += _family(autocorrelation, baseline, max(runs // 20, 20), random)
    return found


def series(autocorrelation: float, runs: int, weeks: int, random: np.random.Generator) -> Floats:
    """Return AR(1) series (runs x weeks) of unit variance."""
    noise = random.normal(size=(runs, weeks))
    for week in range(1, weeks):
        fresh = np.sqrt(1 - autocorrelation**2) * noise[:, week]
        noise[:, week] = autocorrelation * noise[:, week - 1] + fresh
    return noise


def _case(autocorrelation: float, baseline: int) -> str:
    return f"{'iid' if autocorrelation == 0 else f'AR {autocorrelation:.1f}'}, {baseline} weeks"


def _single(autocorrelation: float, baseline: int, runs: int, random: np.random.Generator) -> list[MethodRow]:
    case = _case(autocorrelation, baseline)
    weeks = series(autocorrelation, runs, baseline + RECENT_WEEKS, random)
    before, after = weeks[:, :baseline], weeks[:, baseline:]
    low, high = PUBLISHED_FALSE[autocorrelation]
    false = float(ewma_alarms(before, after).any(axis=1).mean())
    found = [
        MethodRow(
            *("drift", case, "false alarm in 13 weeks", low, false, runs, "lower"),
            published_runs=PUBLISHED_RUNS,
            published_high=high,
        )
    ]
    for shift in SHIFTS_SD:
        share = float(ewma_alarms(before, after[:, :FOUND_WITHIN_WEEKS] + shift).any(axis=1).mean())
        published = PUBLISHED_FOUND[baseline] if shift == 2 and autocorrelation == 0 else None
        rate = f"{shift:.0f} sd found in 4 weeks"
        found.append(MethodRow("drift", case, rate, published, share, runs, "higher", published_runs=PUBLISHED_RUNS))
    _, xmr_low, xmr_high = xmr_limits(before)
    outside = ((after < xmr_low[:, None]) | (after > xmr_high[:, None])).any(axis=1)
    low, high = PUBLISHED_XMR[autocorrelation]
    found.append(
        MethodRow(
            *("drift", case, "XmR false (picture only)", low, float(outside.mean()), runs, "lower"),
            published_runs=PUBLISHED_RUNS,
            published_high=high,
        )
    )
    return found


def _family(autocorrelation: float, baseline: int, families: int, random: np.random.Generator) -> list[MethodRow]:
    """Judge 100 series together: none moved; then 20 of them by two standard deviations, from the first week on."""
    case = _case(autocorrelation, baseline) + f", {FAMILY} series"
    any_false, charts, false_shares, powers = [], [], [], []
    shift = np.where(np.arange(FAMILY) < MOVED, 2.0, 0.0)[:, None]
    for _ in range(families):
        weeks = series(autocorrelation, FAMILY, baseline + RECENT_WEEKS, random)
        before, after = weeks[:, :baseline], weeks[:, baseline:]
        charts.append(float(ewma_alarms(before, after).any(axis=1).sum()))
        any_false.append(float(_drifting(before, after).any()))
        drifting = _drifting(before, after + shift)
        false_shares.append(float(drifting[MOVED:].sum() / max(drifting.sum(), 1)))
        powers.append(float(drifting[:MOVED].mean()))
    return [
        _measured(case, "false alarms, no control", charts),
        _measured(case, "any false with control", any_false),
        _measured(case, "false share of drifting", false_shares),
        _measured(case, "2 sd found with control", powers, "higher"),
    ]


def _measured(case: str, rate: str, values: list[float], better: str = "lower") -> MethodRow:
    spread, mean = float(np.std(values)), float(np.mean(values))
    return MethodRow(
        "drift", case, rate, None, mean, len(values), "higher" if better == "higher" else "lower", spread=spread
    )


def _drifting(before: Floats, after: Floats) -> NDArray[np.bool_]:
    results = judge_drift(before, after, FALSE_DISCOVERY_RATIO)
    return np.array([result.verdict == "drifting" for result in results])
