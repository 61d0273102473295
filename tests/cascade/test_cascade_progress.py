"""Progress, targets and trajectories: formulas, and identities that must hold whatever the numbers."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from okr_pipeline.cascade.progress import TargetRange, progress
from okr_pipeline.cascade.trajectory import expected_progress

NUMBERS = st.floats(min_value=-1e6, max_value=1e6, allow_nan=False)
START, DUE = date(2026, 6, 29), date(2026, 12, 31)


def reached(current: float, baseline: float, target: TargetRange) -> float:
    return float(progress(np.array([current]), baseline, target)[0])


@pytest.mark.parametrize(
    ("current", "baseline", "target", "covered"),
    [
        (315.0, 360.0, TargetRange(None, 270.0), 0.5),
        (0.35, 0.2, TargetRange(0.7, None), 0.3),
        (380.0, 360.0, TargetRange(None, 260.0), -0.2),
        (4.0, 10.0, TargetRange(3.0, 5.0), 1.0),
        (7.5, 10.0, TargetRange(3.0, 5.0), 0.5),
        (2.0, 1.0, TargetRange(3.0, 5.0), 0.5),
        (6.0, 1.0, TargetRange(3.0, 5.0), 0.75),
        (0.11, 0.11, TargetRange(None, 0.12), 2.0),
        (0.125, 0.11, TargetRange(None, 0.12), 0.5),
    ],
)
def test_progress_is_the_share_of_the_way_to_the_nearest_bound(
    current: float, baseline: float, target: TargetRange, covered: float
) -> None:
    assert reached(current, baseline, target) == pytest.approx(covered)


@pytest.mark.parametrize("current", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("target", [TargetRange(1.0, None), TargetRange(None, 1.0), TargetRange(1.0, 2.0)])
def test_a_value_that_is_no_number_has_no_progress(current: float, target: TargetRange) -> None:
    assert np.isnan(reached(current, 0.0, target))


def test_a_baseline_on_the_bound_and_an_unknown_target_have_no_progress() -> None:
    assert np.isnan(reached(2.0, 1.0, TargetRange(1.0, None)))
    assert np.isnan(reached(2.0, 1.0, TargetRange(None, None)))
    assert not TargetRange(None, None).met_by(2.0)
    assert not TargetRange(None, None).missed_by(2.0, 3.0)


@given(current=NUMBERS, baseline=NUMBERS, bound=NUMBERS)
def test_with_one_bound_progress_is_the_plain_quotient(current: float, baseline: float, bound: float) -> None:
    assume(abs(bound - baseline) > 1e-3)
    target = TargetRange(bound, None) if bound > baseline else TargetRange(None, bound)
    quotient = (current - baseline) / (bound - baseline)
    assert reached(current, baseline, target) == pytest.approx(quotient, rel=1e-6, abs=1e-6)


@given(
    current=NUMBERS,
    baseline=NUMBERS,
    bounds=st.tuples(NUMBERS, NUMBERS),
    sides=st.sampled_from(["low", "high", "both"]),
    factor=st.floats(min_value=1e-3, max_value=1e3).flatmap(lambda scale: st.sampled_from([scale, -scale])),
    shift=NUMBERS,
)
def test_progress_does_not_change_with_unit_or_direction(
    current: float,
    baseline: float,
    bounds: tuple[float, float],
    sides: str,
    *,
    factor: float,
    shift: float,
) -> None:
    low, high = min(bounds), max(bounds)
    assume(min(abs(low - baseline), abs(high - baseline), abs(current - low), abs(current - high)) > 1e-1)

    def changed(number: float) -> float:
        return factor * number + shift

    target = TargetRange(None if sides == "high" else low, None if sides == "low" else high)
    ends = [None if end is None else changed(end) for end in (target.low, target.high)]
    moved = TargetRange(*(reversed(ends) if factor < 0 else ends))
    before, after = reached(current, baseline, target), reached(changed(current), changed(baseline), moved)
    assert after == pytest.approx(before, rel=1e-4, abs=1e-4)


@given(values=st.tuples(NUMBERS, NUMBERS), baseline=NUMBERS, bound=NUMBERS)
def test_progress_never_falls_as_the_value_improves(values: tuple[float, float], baseline: float, bound: float) -> None:
    assume(bound != baseline)
    worse, better = min(values), max(values)
    assert reached(worse, baseline, TargetRange(bound, None)) <= reached(better, baseline, TargetRange(bound, None))
    assert reached(worse, baseline, TargetRange(None, bound)) >= reached(better, baseline, TargetRange(None, bound))


def test_a_linear_trajectory_expects_half_of_the_way_after_half_of_the_time() -> None:
    # 186 days; the week that ends on day 93 ends on 2026-09-29; the nearest Sunday is day 91.
    assert expected_progress("linear", 0, START, DUE, date(2026, 9, 21)) == pytest.approx(91 / 186)


def test_nothing_is_expected_before_the_lag_has_passed() -> None:
    assert expected_progress("linear", 6, START, DUE, date(2026, 8, 3)) is None
    assert expected_progress("linear", 6, START, DUE, date(2026, 8, 10)) == pytest.approx(7 / (186 - 42))
    assert expected_progress("linear", 0, START, DUE, date(2026, 6, 22)) is None


def test_a_step_expects_nothing_until_it_is_due_and_then_all_of_it() -> None:
    assert expected_progress("step", 0, START, DUE, date(2026, 12, 21)) == 0.0
    assert expected_progress("step", 0, START, DUE, date(2026, 12, 28)) == 1.0


def test_an_s_curve_starts_slowly_is_half_way_in_the_middle_and_ends_at_one() -> None:
    start, due = date(2026, 1, 5), date(2027, 1, 3)
    curve = [
        expected_progress("s_curve", 0, start, due, date.fromordinal(start.toordinal() + 7 * n)) for n in range(52)
    ]
    assert curve[25] == pytest.approx(0.5)
    assert curve[4] is not None
    assert curve[4] < 0.05
    assert curve[51] == 1.0
    assert all(earlier < later for earlier, later in pairwise(curve))  # type: ignore[operator]


@given(lag=st.integers(min_value=0, max_value=60), offset=st.integers(min_value=-60, max_value=60))
def test_whatever_the_lag_the_expectation_lies_between_nothing_and_everything(lag: int, offset: int) -> None:
    week = date.fromordinal(START.toordinal() + 7 * offset)
    for shape in ("linear", "s_curve", "step"):
        expected = expected_progress(shape, lag, START, DUE, week)  # type: ignore[arg-type]
        assert expected is None or 0.0 <= expected <= 1.0
