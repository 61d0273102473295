"""Targets and baselines as numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okr_pipeline.cascade.definition import percent_ratio
from okr_pipeline.cascade.target import Baseline, Target


@pytest.mark.parametrize(
    ("target", "baseline", "bounds", "direction"),
    [
        ({"at_most": 300}, 400, (None, 300), "down"),
        ({"at_least": "70%"}, 0.2, (0.7, None), "up"),
        ({"between": (2, 5)}, 11, (2, 5), "within"),
        ({"reduce_by_at_least": "25%"}, 480, (None, 360), "down"),
        ({"increase_by_at_least": "20%"}, 150, (180, None), "up"),
        ({"reduce_by_at_least": "10%"}, -100, (None, -110), "down"),
        ({"increase_by_at_least": "10%"}, -100, (-90, None), "up"),
    ],
)
def test_bounds_and_direction_follow_from_the_operator(
    target: dict[str, object], baseline: float, bounds: tuple[float | None, float | None], direction: str
) -> None:
    read = Target.model_validate(target)

    assert read.bounds(baseline) == pytest.approx(bounds)
    assert read.direction == direction


@given(st.floats(min_value=-1e9, max_value=1e9), st.integers(min_value=1, max_value=100))
def test_a_relative_target_lies_on_its_side_of_the_baseline(baseline: float, percent: int) -> None:
    _, high = Target.model_validate({"reduce_by_at_least": f"{percent}%"}).bounds(baseline)
    low, _ = Target.model_validate({"increase_by_at_least": f"{percent}%"}).bounds(baseline)

    assert high is not None
    assert low is not None
    assert high <= baseline <= low


def test_targets_read_as_words() -> None:
    assert Target.model_validate({"reduce_by_at_least": "25%"}).words() == "reduce by at least 25%"
    assert Target.model_validate({"between": (2, 5)}).words() == "between 2 and 5"
    assert Target.model_validate({"at_most": 12}).words() == "at most 12"


@pytest.mark.parametrize(("text", "ratio"), [("25%", 0.25), ("-10%", -0.1), ("+7.5 %", 0.075), ("0%", 0.0)])
def test_percentages_are_ratios(text: str, ratio: float) -> None:
    assert percent_ratio(text) == pytest.approx(ratio)


@pytest.mark.parametrize("text", ["25", "%", "1e2%", "25 percent", "--5%", "٢٥%", 25, True, None])
def test_what_is_no_percentage_is_none(text: object) -> None:
    assert percent_ratio(text) is None


def test_a_measured_baseline_gives_its_weeks() -> None:
    weeks = Baseline.model_validate({"measured_over": "2026-W14..2026-W26"}).weeks

    assert weeks is not None
    assert [day.isoformat() for day in weeks] == ["2026-03-30", "2026-06-22"]
    assert Baseline.model_validate({"value": 3, "source": "a report"}).weeks is None
