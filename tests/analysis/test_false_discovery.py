"""Benjamini-Hochberg: the published example, what NaN means, and agreement with the definition."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from okr_pipeline.analysis.false_discovery import benjamini_hochberg

PUBLISHED = np.array(
    [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
)


def test_the_example_of_the_paper_has_four_discoveries() -> None:
    assert benjamini_hochberg(PUBLISHED, 0.05).tolist() == [True] * 4 + [False] * 11


def test_the_order_of_the_series_does_not_matter() -> None:
    shuffled = np.random.default_rng(1).permutation(15)
    assert benjamini_hochberg(PUBLISHED[shuffled], 0.05).tolist() == (shuffled < 4).tolist()


def test_a_value_above_its_own_step_is_carried_by_a_later_one() -> None:
    # 0.04 is above 1/2 of .05, but the second, 0.045, is below 2/2 of .05.
    assert benjamini_hochberg(np.array([0.04, 0.045]), 0.05).tolist() == [True, True]


def test_a_series_without_a_p_value_is_no_discovery_and_does_not_count() -> None:
    # Among two 0.025 is just a discovery at .05; among three it would not be one.
    p_values = np.array([0.025, np.nan, 0.9])
    assert benjamini_hochberg(p_values, 0.05).tolist() == [True, False, False]
    assert benjamini_hochberg(np.array([0.025, 0.95, 0.9]), 0.05).tolist() == [False, False, False]


def test_nothing_tested_is_nothing_discovered() -> None:
    assert benjamini_hochberg(np.array([np.nan, np.nan]), 0.1).tolist() == [False, False]
    assert benjamini_hochberg(np.array([]), 0.1).tolist() == []


@given(arrays.arrays(np.float64, st.integers(1, 30), elements=st.floats(0, 1)), st.floats(0.01, 0.5))
def test_it_is_the_largest_set_that_its_definition_allows(p_values: np.ndarray, ratio: float) -> None:
    size = p_values.size
    allowed = [k for k in range(1, size + 1) if sorted(p_values)[k - 1] <= k / size * ratio]
    limit = sorted(p_values)[max(allowed) - 1] if allowed else -1.0
    assert benjamini_hochberg(p_values, ratio).tolist() == (p_values <= limit).tolist()
