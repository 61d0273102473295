"""How often the 80 % interval of a level holds what comes, for single weeks and for values over windows.

Nothing is published for windows; the nominal coverage is the aim. Values of a window share weeks, so that intervals
made of their changes from week to week hold far too little.
"""

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from benchmarks.methods.table import MethodRow
from okr_pipeline.analysis.local_level import Floats, forecast_level, measured_coverage

METHOD = "level"
NOMINAL = 0.8
WINDOWS = (1, 4, 13)
HORIZONS = (1, 4, 13)
HISTORY_WEEKS = (30, 60)
MEMORY = {"noise": 0.0, "AR .4": 0.4, "walk": 1.0}


def rows(runs: int) -> list[MethodRow]:
    """Return coverage and silence by window, horizon and history, and how near the measured coverage comes to it."""
    rng = np.random.default_rng(51)
    return [
        row
        for name, memory in MEMORY.items()
        for window in WINDOWS
        for history in HISTORY_WEEKS
        for horizon in HORIZONS
        for row in _coverage(
            f"{name}, {window} w, {history} seen, {horizon} ahead", memory, window, history, horizon, runs, rng
        )
    ]


def _coverage(
    case: str, memory: float, window: int, history: int, horizon: int, runs: int, rng: np.random.Generator
) -> Iterator[MethodRow]:
    values = sliding_window_view(_weekly(memory, runs, history + horizon + window - 1, rng), window, axis=1).mean(
        axis=2
    )
    seen, came = values[:, :history], values[:, -1]
    low, high = forecast_level(seen, horizon, window_weeks=window).interval(NOMINAL)
    told = np.isfinite(low)
    yield MethodRow(METHOD, case, "silent", None, float(1 - told.mean()), runs, "lower")
    if told.any():
        held = float(((low <= came) & (came <= high))[told].mean())
        yield MethodRow(METHOD, case, f"coverage of {NOMINAL:.0%}", None, held, int(told.sum()), "near")
    measured = measured_coverage(seen, horizon, NOMINAL, window_weeks=window)
    if np.isfinite(measured).any():
        yield MethodRow(METHOD, case, "coverage it reports", None, float(np.nanmean(measured)), runs, "near")


def _weekly(memory: float, runs: int, weeks: int, rng: np.random.Generator) -> Floats:
    series = rng.normal(size=(runs, weeks))
    for week in range(1, weeks):
        series[:, week] += memory * series[:, week - 1]
    return series
