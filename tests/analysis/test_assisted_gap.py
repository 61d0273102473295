"""The gap between assisted and other cases, at equal mix."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okr_pipeline.analysis.assisted_gap import GapResult, Sides, assisted_gap

ROUTING = "; harder cases may be routed to one side, so this alone shows no effect."


def proportion(hits: list[float], cases: list[float]) -> Sides:
    counts = np.array(cases)
    return Sides(np.array(hits), counts, np.full(len(cases), np.nan), counts)


def mean(means: list[float], variances: list[float], cases: list[float]) -> Sides:
    """Sums of cases with these means and sample variances."""
    n, average = np.array(cases), np.array(means)
    return Sides(n * average, n, (n - 1) * np.array(variances) + n * average**2, n)


def ends(result: GapResult) -> list[float]:
    found = [result.estimate_ratio, result.low_ratio, result.high_ratio]
    return [end for end in found if end is not None]


def test_a_gap_that_is_all_mix_disappears() -> None:
    # Easy cases take 10, hard ones 40, assisted or not. Plainly the assisted look twice as fast: 16 against 34.
    assisted = mean([10, 40], [4, 4], [80, 20])
    others = mean([10, 40], [4, 4], [20, 80])
    result = assisted_gap(assisted, others, "down")
    assert result.estimate_ratio == pytest.approx(0, abs=1e-12)
    assert result.verdict == "not_enough_data"
    assert result.reason.startswith("The assisted cases do not clearly differ from the others: ")
    assert result.reason.endswith(f" at equal mix{ROUTING}")


def test_the_interval_of_a_mean_agrees_with_the_hand_calculation() -> None:
    # One stratum, 100 cases a side, 8 against 10, variances 4 and 9. Variance of the log ratio:
    # .04 / 64 + .09 / 100 = .001525; degrees .001525^2 / ((.000625^2 + .0009^2) / 99) = 191.8, t = 1.9724;
    # half width 1.9724 * .039051 = .077025 around log(.8) = -.223144.
    result = assisted_gap(mean([8], [4], [100]), mean([10], [9], [100]), "down")
    assert ends(result) == pytest.approx([-0.2, -0.259307, -0.135948], abs=2e-5)
    assert result.verdict == "consistent_with"
    assert result.reason == (
        "The assisted cases differ from the others in the wanted direction: -20.0 % (95 % interval -25.9 % to -13.6 %) "
        f"at equal mix{ROUTING}"
    )


def test_strata_count_by_the_mix_of_all_cases() -> None:
    # 300 of 400 cases are easy. Assisted 8 and 30: .75 * 8 + .25 * 30 = 13.5. Others 10 and 30: 15. Ratio .9.
    result = assisted_gap(mean([8, 30], [1, 1], [100, 60]), mean([10, 30], [1, 1], [200, 40]), "down")
    assert result.estimate_ratio == pytest.approx(-0.1)


def test_a_proportion_has_a_binomial_interval() -> None:
    # 60 of 100 against 40 of 100. With half a hit and half a miss more, 60.5 / 101 = .59901, variance .0024020;
    # the other is its mirror. Variance of the log ratio: .0024020 / .36 + .0024020 / .16 = .021685;
    # degrees 99 * (1 / .36 + 1 / .16)^2 / (1 / .36^2 + 1 / .16^2) = 172.5, t = 1.9738; half width .29066.
    result = assisted_gap(proportion([60], [100]), proportion([40], [100]), "up")
    assert ends(result) == pytest.approx([0.5, 0.12163, 1.00596], abs=2e-4)
    assert result.verdict == "consistent_with"


def test_a_segment_that_one_side_lacks_does_not_turn_a_proportion_into_a_mean() -> None:
    # Nothing sums to 0, the squares included: 100 + 100 of 210 cases are still compared.
    assisted = Sides(np.array([60.0, 0]), np.array([100.0, 0]), np.array([np.nan, 0]), np.array([100.0, 0]))
    result = assisted_gap(assisted, proportion([40, 5], [100, 10]), "up")
    assert ends(result) == pytest.approx([0.5, 0.12163, 1.00596], abs=2e-4)


def test_few_cases_without_a_hit_are_not_taken_for_certain() -> None:
    # By the plain formula a segment of 0 hits in 3 would add no variance, and leave the interval as it was.
    with_zeros, without = proportion([0, 30], [3, 60]), proportion([30], [60])
    assert ends(assisted_gap(with_zeros, with_zeros, "up"))[1] < ends(assisted_gap(without, without, "up"))[1]


def test_a_difference_the_unwanted_way_supports_nothing_and_says_so() -> None:
    result = assisted_gap(mean([12], [4], [100]), mean([10], [4], [100]), "down")
    assert result.verdict == "not_enough_data"
    assert result.reason.startswith("The assisted cases differ from the others in the unwanted direction: +20.0 % (")
    assert result.low_ratio is not None
    assert result.low_ratio > 0


@given(
    values=st.lists(st.tuples(st.floats(1, 50), st.floats(1, 50), st.integers(20, 500)), min_size=1, max_size=5),
)
def test_swapping_the_sides_turns_the_gap_around(values: list[tuple[float, float, int]]) -> None:
    one = mean([first for first, _, _ in values], [1.0] * len(values), [float(count) for *_, count in values])
    two = mean([second for _, second, _ in values], [2.0] * len(values), [50.0] * len(values))
    estimate, low, high = ends(assisted_gap(one, two, "down", cases_min_count=20))
    turned = ends(assisted_gap(two, one, "up", cases_min_count=20))
    assert turned == pytest.approx([1 / (1 + estimate) - 1, 1 / (1 + high) - 1, 1 / (1 + low) - 1], rel=1e-9)
    assert low <= estimate <= high


def test_a_segment_with_one_side_only_is_left_out_and_named() -> None:
    # 40 of 440 cases: 9 %. Variance of the log ratio: .02 / 64 + .02 / 100 = .0005125; half width 1.966 * .02264.
    result = assisted_gap(mean([8, 5], [4, 1], [200, 40]), mean([10, np.nan], [4, np.nan], [200, 0]), "down")
    assert result.estimate_ratio == pytest.approx(-0.2)
    assert result.reason == (
        "The assisted cases differ from the others in the wanted direction: -20.0 % (95 % interval -23.5 % to -16.4 %) "
        f"at equal mix, 9 % of the cases left out{ROUTING}"
    )


NONE = mean([], [], [])


@pytest.mark.parametrize(
    ("assisted", "others", "reason"),
    [
        (NONE, NONE, "There are no cases to compare"),
        (mean([8], [4], [0]), mean([8], [4], [np.nan]), "There are no cases to compare"),
        (
            mean([8, 5], [4, 1], [100, 60]),
            mean([10, 5], [4, 1], [100, 1]),
            "23 % of the cases are in segments that cannot be compared between the two sides",
        ),
        (
            mean([8], [4], [29]),
            mean([10], [4], [500]),
            "Only 29 assisted cases can be compared where 30 are needed",
        ),
        (
            mean([8], [4], [500]),
            mean([10], [4], [12]),
            "Only 12 unassisted cases can be compared where 30 are needed",
        ),
        (proportion([10], [100]), proportion([0], [100]), "The figures of the two sides allow no estimate"),
        (proportion([0], [100]), proportion([10], [100]), "The figures of the two sides allow no estimate"),
        (
            # Neither a proportion (more than one hit a case) nor a mean (no squares): nothing tells its spread.
            proportion([150], [100]),
            proportion([10], [100]),
            "100 % of the cases are in segments that cannot be compared between the two sides",
        ),
        (
            # Squares that contradict the sum.
            Sides(np.array([800.0]), np.array([100.0]), np.array([10.0]), np.array([100.0])),
            mean([10], [4], [100]),
            "100 % of the cases are in segments that cannot be compared between the two sides",
        ),
    ],
)
def test_sides_that_cannot_be_compared_give_the_reason_and_no_figures(
    assisted: Sides, others: Sides, reason: str
) -> None:
    assert assisted_gap(assisted, others, "down") == GapResult("not_enough_data", None, None, None, reason + ROUTING)


def test_cases_that_are_all_alike_differ_by_nothing() -> None:
    result = assisted_gap(mean([3], [0], [100]), mean([3], [0], [100]), "down")
    assert (result.verdict, ends(result)) == ("not_enough_data", [0.0, 0.0, 0.0])


def test_sides_of_different_strata_are_refused() -> None:
    with pytest.raises(ValueError, match="the arrays of both sides need the same strata"):
        assisted_gap(proportion([1], [2]), proportion([1, 1], [2, 2]), "up")


def test_the_interval_holds_the_truth_in_nineteen_of_twenty_cases() -> None:
    # Five segments with uneven mixes, skewed durations, a true gap of -10 %.
    rng, held = np.random.default_rng(11), 0
    for _ in range(400):
        sides = []
        for factor in (0.9, 1.0):
            counts = rng.multinomial(300, rng.dirichlet(np.full(5, 8.0))) + 2
            cases = [factor * (1 + part) * rng.lognormal(-0.32, 0.8, count) for part, count in enumerate(counts)]
            sums = [[float((case**power).sum()) for case in cases] for power in (1, 2)]
            sides.append(Sides(np.array(sums[0]), counts.astype(float), np.array(sums[1]), counts.astype(float)))
        _, low, high = ends(assisted_gap(*sides, "down"))
        held += low <= -0.1 <= high
    assert 0.92 <= held / 400 <= 0.98
