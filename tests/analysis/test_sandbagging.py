"""Three ways to be too easy, the exact sentences, and what is never called a pass."""

from math import inf, nan

import numpy as np
import pytest

from okr_pipeline.analysis.sandbagging import SandbaggingResult, below_benchmark, below_own_best, within_baseline

SILENT = "the history never varies, spans too few whole windows, or too many of its last weeks have no value"

HANDLE_TIME = [10.0, 12.0, 10.0, 12.0, 11.0, 13.0, 11.0, 13.0]  # level 12, spread 1.1 with four degrees of freedom


def judged(history: list[float], low: float, high: float, horizon: float = 4) -> SandbaggingResult:
    return within_baseline(np.array([history]), np.array([low]), np.array([high]), horizon)[0]


def test_a_target_that_the_baseline_meets_is_flagged() -> None:
    result = judged(HANDLE_TIME, -inf, 14.0)
    assert result.verdict == "flagged"
    assert (result.estimate, result.threshold) == (pytest.approx(0.92786, abs=1e-5), 0.7)
    assert (result.low, result.high) == (pytest.approx(10.3, abs=0.05), pytest.approx(13.7, abs=0.05))
    assert result.reason == (
        "with no change the target is met with a chance of 92.8 % (flagged from 70 %): "
        "8 weeks of history put the value 4 weeks on at 10.3 to 13.7"
    )


def test_the_unit_is_spelled_where_it_is_known() -> None:
    history = np.array([[value / 100 for value in HANDLE_TIME], HANDLE_TIME])
    ratio, days = within_baseline(history, [-inf, -inf], [0.14, 14.0], 4, units=("ratio", "days"))
    assert ratio.reason.endswith("4 weeks on at 10.3 % to 13.7 %")
    assert days.reason.endswith("4 weeks on at 10.3 days to 13.7 days")


def test_a_target_at_the_level_is_an_even_chance_and_passes() -> None:
    result = judged(HANDLE_TIME, -inf, 12.0)
    assert (result.verdict, result.estimate) == ("passed", 0.5)


def test_the_threshold_itself_is_flagged() -> None:
    history = np.array([HANDLE_TIME])
    assert within_baseline(history, -inf, 12.0, 4, chance_max_ratio=0.5)[0].verdict == "flagged"
    assert within_baseline(history, -inf, 12.0, 4, chance_max_ratio=0.5000001)[0].verdict == "passed"


def test_a_range_that_holds_the_level_is_flagged_and_a_narrow_one_is_not() -> None:
    assert judged(HANDLE_TIME, 10.0, 14.0).verdict == "flagged"
    assert judged(HANDLE_TIME, 11.9, 12.1).verdict == "passed"


def test_a_far_due_date_makes_the_same_target_less_certain() -> None:
    assert judged(HANDLE_TIME, -inf, 13.0, 4).verdict == "flagged"
    assert judged(HANDLE_TIME, -inf, 13.0, 26).verdict == "passed"


def test_a_stretch_target_is_never_flagged_on_noise() -> None:
    history = np.random.default_rng(3).normal(size=(2000, 13))
    stretch = history.mean(axis=1) + 2 * history.std(axis=1, ddof=1)
    results = within_baseline(history, stretch, np.full(2000, inf), 13)
    assert {result.verdict for result in results} == {"passed"}


@pytest.mark.parametrize(
    ("history", "high", "horizon", "reason"),
    [
        (HANDLE_TIME[:7], 14.0, 4, "7 weeks with a value, 8 are needed"),
        ([nan] * 12, 14.0, 4, "0 weeks with a value, 8 are needed"),
        ([], 14.0, 4, "0 weeks with a value, 8 are needed"),
        (
            [5.0] * 12,
            14.0,
            4,
            SILENT,
        ),
        (
            [*HANDLE_TIME, *[nan] * 5],
            14.0,
            4,
            SILENT,
        ),
        (HANDLE_TIME, nan, 4, "a bound of the target is no number"),
        (HANDLE_TIME, 14.0, 0, "the due date is unknown or less than a week after the history"),
        (HANDLE_TIME, 14.0, nan, "the due date is unknown or less than a week after the history"),
    ],
)
def test_what_cannot_be_assessed_says_why(history: list[float], high: float, horizon: float, reason: str) -> None:
    assert judged(history, -inf, high, horizon) == SandbaggingResult("not_assessed", None, 0.7, reason)


def test_a_target_short_of_the_benchmark_is_flagged() -> None:
    assert below_benchmark(320.0, 300.0, "down", "seconds") == SandbaggingResult(
        *("flagged", 20.0, 0.0),
        "the target of 320 seconds falls short by 20 seconds of the benchmark of 300 seconds",
    )
    assert below_benchmark(0.6, 0.7, "up").verdict == "flagged"


def test_a_target_beyond_the_benchmark_or_equal_to_it_passes() -> None:
    assert below_benchmark(270.0, 300.0, "down") == SandbaggingResult(
        "passed", -30.0, 0.0, "the target of 270 goes 30 beyond the benchmark of 300"
    )
    assert below_benchmark(0.8, 0.7, "up").verdict == "passed"
    assert below_benchmark(300.0, 300.0, "down").reason == "the target of 300 equals the benchmark of 300"
    assert below_benchmark(0.1 + 0.2, 0.3, "down").verdict == "passed"  # equal but for rounding


@pytest.mark.parametrize(
    ("target", "benchmark", "wanted", "reason"),
    [
        (300.0, None, "down", "no benchmark is given"),
        (300.0, 290.0, None, "the target is a range: neither end is the better one"),
        (nan, 290.0, "up", "the target or the benchmark is no finite number"),
        (300.0, inf, "up", "the target or the benchmark is no finite number"),
    ],
)
def test_no_benchmark_is_never_a_pass(target: float, benchmark: float | None, wanted: object, reason: str) -> None:
    assert below_benchmark(target, benchmark, wanted) == SandbaggingResult("not_assessed", None, None, reason)  # type: ignore[arg-type]  # parametrised


def test_a_target_at_or_below_the_own_best_is_flagged() -> None:
    history = np.array([0.50, 0.62, nan, 0.55])
    assert below_own_best(0.60, inf, history, "up", unit="ratio") == SandbaggingResult(
        *("flagged", pytest.approx(0.02), 0.0),
        "the target of 60 % falls short by 2 % of the team's own best of 62 %",
    )
    assert below_own_best(0.62, inf, history, "up").reason == "the target of 0.62 equals the team's own best of 0.62"
    assert below_own_best(0.62, inf, history, "up").verdict == "flagged"
    assert below_own_best(-inf, 11.0, np.array([12.0, 10.5]), "down").verdict == "flagged"


def test_a_target_beyond_the_own_best_passes_only_with_enough_periods() -> None:
    history = np.array(HANDLE_TIME)
    assert below_own_best(-inf, 9.0, history, "down") == SandbaggingResult(
        "passed", -1.0, 0.0, "the target of 9 goes 1 beyond the team's own best of 10"
    )
    assert below_own_best(-inf, 9.0, history[1:], "down") == SandbaggingResult(
        "not_assessed", None, None, "7 weeks with a value, 8 are needed"
    )


@pytest.mark.parametrize(
    ("low", "high", "wanted", "reason"),
    [
        (9.0, 11.0, "down", "the target is a range: neither end is the better one"),
        (-inf, 11.0, None, "the target is a range: neither end is the better one"),
        (-inf, 11.0, "up", "the target has no bound for a value that is to go up"),
        (-inf, nan, "down", "the target has no bound for a value that is to go down"),
        (nan, 11.0, "down", "the target has no bound for a value that is to go down"),
    ],
)
def test_a_target_without_a_single_direction_has_no_own_best(
    low: float, high: float, wanted: object, reason: str
) -> None:
    result = below_own_best(low, high, np.array(HANDLE_TIME), wanted)  # type: ignore[arg-type]  # parametrised
    assert result == SandbaggingResult("not_assessed", None, None, reason)
