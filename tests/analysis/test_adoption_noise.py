"""Adoption without its sampling noise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from okr_pipeline.analysis.adoption_noise import Smoothed, reliability, smoothed

Floats = NDArray[np.float64]

AFTER = np.arange(40) >= 20
LEVEL = np.where(AFTER, 0.6, 0.2)


def smooth(adoption: Floats) -> Smoothed:
    return smoothed(np.atleast_2d(adoption), np.broadcast_to(AFTER, np.atleast_2d(adoption).shape))


@pytest.mark.parametrize(
    "adoption",
    [LEVEL, np.where(AFTER, 0.9 - 0.02 * np.arange(40), 0.1), np.linspace(0, 1, 40)],
    ids=["a jump at the start", "a fall after it", "an even rise"],
)
def test_adoption_without_noise_stays_as_it_is(adoption: Floats) -> None:
    result = smooth(adoption)
    assert result.share[0] == pytest.approx(adoption, abs=1e-9)
    assert result.noise[0] == pytest.approx(0, abs=1e-12)


def test_noise_is_measured_by_second_differences_and_only_the_mean_of_a_side_keeps_little_of_it() -> None:
    # +.1 and -.1 in turn: second differences of .4 make .16 / 6 each; the mean of 20 weeks keeps a twentieth.
    result = smooth(LEVEL + np.where(np.arange(40) % 2 == 0, 0.1, -0.1))
    assert result.share[0] == pytest.approx(LEVEL, abs=0.02)
    # The window of nine weeks has a share in the mixture, so a little more than a twentieth stays.
    assert (result.noise[0] >= 0.16 / 6 / 20 - 1e-12).all()
    assert (result.noise[0] <= 0.16 / 6 / 9).all()


def test_a_side_that_looks_quiet_by_chance_is_taken_to_be_as_noisy_as_both_together() -> None:
    # Quiet before, +.1 and -.1 after: 18 second differences of 0 and 18 of .4, so .08 / 6 is the variance of both.
    turns = np.where(np.arange(40) % 2 == 0, 0.1, -0.1)
    result = smooth(np.where(AFTER, LEVEL + turns, LEVEL))
    assert (result.noise[0, :20] > 0).all()
    assert result.share[0, :20] == pytest.approx(0.2)


@pytest.mark.parametrize("cases", [15, 40])
def test_smoothing_comes_closer_to_the_truth_and_knows_how_much_noise_is_left(cases: int) -> None:
    rng = np.random.default_rng(5)
    truth = np.where(AFTER, 0.45 + 0.25 / (1 + np.exp(-0.5 * (np.arange(40) - 28))), 0.45)
    counted = rng.binomial(cases, truth, (400, 40)) / cases
    result = smooth(counted)
    left = (result.share - truth) ** 2
    assert left.mean() < 0.4 * ((counted - truth) ** 2).mean()
    assert result.noise.mean() == pytest.approx(left.mean(), rel=0.4)


def test_no_rise_is_invented_where_there_is_none() -> None:
    counted = np.random.default_rng(5).binomial(40, 0.5, (400, 40)) / 40
    result = smooth(counted)
    rise = result.share[:, 20:].mean(axis=1) - result.share[:, :20].mean(axis=1)
    assert rise == pytest.approx(counted[:, 20:].mean(axis=1) - counted[:, :20].mean(axis=1), abs=0.03)
    assert abs(rise.mean()) < 0.01
    assert (np.ptp(result.share, axis=1) < np.ptp(counted, axis=1)).all()


@given(holes=st.sets(st.integers(0, 39)), seed=st.integers(0, 1000))
def test_weeks_without_value_keep_none_and_the_others_keep_theirs(holes: set[int], seed: int) -> None:
    adoption = np.random.default_rng(seed).uniform(size=40)
    adoption[sorted(holes)] = np.nan
    result = smooth(adoption)
    assert (np.isnan(result.share[0]) == np.isnan(adoption)).all()
    assert (np.isnan(result.noise[0]) == np.isnan(adoption)).all()
    for side in (AFTER, ~AFTER):
        known = side & np.isfinite(adoption)
        if known.any():
            assert result.share[0, known].min() >= adoption[known].min() - 1e-12
            assert result.share[0, known].max() <= adoption[known].max() + 1e-12


def test_holes_do_not_hide_the_noise() -> None:
    turns = np.where(np.arange(40) % 4 == 0, 0.1, -0.1)
    result = smooth(np.where(np.arange(40) % 2 == 0, LEVEL + turns, np.nan))
    assert result.share[0, ::2] == pytest.approx(LEVEL[::2], abs=0.02)


def test_reliability_is_one_without_noise_and_unknown_without_variation() -> None:
    used = np.ones((1, 40), dtype=np.bool_)
    assert reliability(smooth(LEVEL), used) == pytest.approx([1.0])
    # Half the weeks at .2 and half at .6 vary by .04; noise of .01 is a quarter of that.
    assert reliability(Smoothed(LEVEL[None], np.full((1, 40), 0.01)), used) == pytest.approx([0.75])
    with np.errstate(all="ignore"):
        assert not np.isfinite(reliability(Smoothed(np.full((1, 40), 0.5), np.zeros((1, 40))), used)).any()
