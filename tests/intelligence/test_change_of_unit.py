"""What is said does not depend on the unit of a figure, nor, where it makes sense, on which way counts as better."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from learning_world import ADOPTED, START, WEEKS, noise

from okr_pipeline.analysis.drift import judge_drift
from okr_pipeline.analysis.sandbagging import below_benchmark, below_own_best, within_baseline
from okr_pipeline.analysis.vanity import VanityCase, judge_vanity
from okr_pipeline.cascade.grading import grade
from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.model import KeyResult, Location
from okr_pipeline.cascade.progress import TargetRange, progress
from okr_pipeline.cascade.stand_ins import stand_in_policy
from okr_pipeline.cascade.values import KeyResultValue

FACTOR = st.floats(1e-3, 1e3)
POLICY = stand_in_policy()
METRIC = Metric(
    name="days",
    unit="days",
    kind="quality",
    direction="down",
    aggregation="mean",
    owner="head of service",
    cadence="weekly",
    definition="A metric of the tests.",
    role=None,
    people=False,
    function="service",
    sources=(),
)
KEY_RESULT = KeyResult.model_validate(
    {
        "id": "faster",
        "title": "Reviews take less time",
        "metric": "days",
        "where": {"org_unit": "service"},
        "baseline": {"value": 9, "source": "report"},
        "target": {"at_most": 5},
        "target_set_on": date(2026, 6, 22),
        "window": "week",
        "minimum_cases": 30,
        "due": date(2026, 12, 31),
        "objective_id": "quick",
        "level": "team",
        "org_unit": "service",
        "owner": "head of service",
        "cycle": "2026-h2",
        "location": Location("2026-h2/service.yml", 1),
    }
)


@dataclass(frozen=True)
class Situation:
    """A value on its way from a baseline to a target, in some unit."""

    baseline: float
    target: TargetRange
    value: float
    half_width: float

    def changed(self, factor: float) -> "Situation":
        """Return the same in another unit; a factor below 0 also turns round which way is better."""
        bounds = [None if bound is None else bound * factor for bound in (self.target.low, self.target.high)]
        low, high = bounds if factor > 0 else bounds[::-1]
        return Situation(
            self.baseline * factor, TargetRange(low, high), self.value * factor, self.half_width * abs(factor)
        )

    def progress(self) -> float:
        return float(progress(np.array(self.value), self.baseline, self.target))

    def status(self, expected: float) -> str:
        covered = self.progress()
        judged = KeyResultValue(
            key_result_id="faster",
            week_start=WEEKS[-1],
            value=self.value,
            low=self.value - self.half_width,
            high=self.value + self.half_width,
            sample_count=100,
            people_count=None,
            baseline=self.baseline,
            target_low=self.target.low,
            target_high=self.target.high,
            progress=covered if np.isfinite(covered) else None,
            expected_progress=expected,
            observed_until=None,
            reason=None,
            definition_hash="",
        )
        return grade(KEY_RESULT, METRIC, judged, WEEKS[-1], POLICY)[0]


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Draw values in halves, so that no rounding decides what is equal."""
    number = st.integers(-200, 200).map(lambda value: value / 2)
    baseline, bound, other = draw(number), draw(number), draw(number)
    low, high = sorted((bound, other))
    target = draw(st.sampled_from((TargetRange(bound, None), TargetRange(None, bound), TargetRange(low, high))))
    return Situation(baseline, target, draw(number), draw(st.integers(0, 40)) / 2)


POWER = st.integers(-20, 20).map(lambda power: 2.0**power)
"""Changes of unit that are exact, so that a threshold that is met stays met."""


@settings(max_examples=500, deadline=None)
@given(situations(), POWER, st.booleans(), st.sampled_from((0.1, 0.4, 0.75, 1.0)))
def test_progress_and_status_are_the_same_in_every_unit_and_turned_round(
    situation: Situation, factor: float, turned: bool, expected: float
) -> None:
    changed = situation.changed(-factor if turned else factor)
    assert changed.progress() == pytest.approx(situation.progress(), nan_ok=True)
    assert changed.status(expected) == situation.status(expected)


@settings(deadline=None)
@given(situations(), FACTOR)
def test_progress_is_the_same_in_units_that_round(situation: Situation, factor: float) -> None:
    assert situation.changed(factor).progress() == pytest.approx(situation.progress(), rel=1e-9, abs=1e-9, nan_ok=True)


def vanity_case(effect: float, adoption: float = 1.0) -> VanityCase:
    outcome = 300 * (1 + effect * ADOPTED / 0.6) * np.exp(noise(2, 0.02))
    return VanityCase(
        outcome=outcome,
        comparison=280 * np.exp(noise(3, 0.02)),
        adoption=adoption * ADOPTED,
        cases=np.full(len(WEEKS), 200.0),
        starts_at=START,
        lag_weeks=0,
        claim_ratio=-0.2,
        wanted="down",
    )


@pytest.mark.parametrize(
    ("effect", "adoption", "verdict"),
    [(-0.25, 1.0, "moves"), (0.0, 1.0, "flat"), (-0.25, 0.1, "not_enough_data")],
)
@settings(max_examples=40, deadline=None)
@given(own=FACTOR, others=FACTOR)
def test_the_vanity_verdict_is_the_same_in_every_unit(
    effect: float, adoption: float, verdict: str, own: float, others: float
) -> None:
    case = vanity_case(effect, adoption)
    assert case.comparison is not None
    (plain,) = judge_vanity([case])
    (changed,) = judge_vanity([replace(case, outcome=case.outcome * own, comparison=case.comparison * others)])
    assert plain.verdict == changed.verdict == verdict
    assert changed.estimate_ratio == (
        None if plain.estimate_ratio is None else pytest.approx(plain.estimate_ratio, abs=1e-9)
    )


@pytest.mark.parametrize("effect", [-0.25, 0.0, 0.2])
def test_the_vanity_verdict_of_speed_is_that_of_time(effect: float) -> None:
    # What takes a fifth less time is done at 1.25 times the speed: log turns only the sign round.
    case = vanity_case(effect)
    assert case.comparison is not None
    speed = replace(
        case, outcome=1 / case.outcome, comparison=1 / case.comparison, wanted="up", claim_ratio=1 / (1 - 0.2) - 1
    )
    (of_time,), (of_speed,) = judge_vanity([case]), judge_vanity([speed])
    assert of_time.estimate_ratio is not None
    assert of_speed.estimate_ratio is not None
    assert of_speed.verdict == of_time.verdict
    assert 1 + of_speed.estimate_ratio == pytest.approx(1 / (1 + of_time.estimate_ratio))


HISTORY = np.array([[40 + value for value in (0, 3, -2, 1, 4, -3, 2, 0, 1, -1, 3, -2)]], dtype=np.float64)


@settings(max_examples=100, deadline=None)
@given(POWER, st.booleans(), st.integers(60, 100).map(lambda value: value / 2))
def test_an_easy_target_is_easy_in_every_unit_and_turned_round(factor: float, turned: bool, bound: float) -> None:
    scale = -factor if turned else factor
    (plain,) = within_baseline(HISTORY, bound, np.inf, 13)
    low, high = (-np.inf, bound * scale) if turned else (bound * scale, np.inf)
    (changed,) = within_baseline(HISTORY * scale, low, high, 13)
    assert (changed.verdict, changed.estimate) == (plain.verdict, pytest.approx(plain.estimate, abs=1e-12))
    best = below_own_best(bound, np.inf, HISTORY[0], "up")
    assert below_own_best(low, high, HISTORY[0] * scale, "down" if turned else "up").verdict == best.verdict
    others = below_benchmark(bound, 42.0, "up")
    way = "down" if turned else "up"
    assert below_benchmark(bound * scale, 42.0 * scale, way).verdict == others.verdict  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(FACTOR, st.booleans(), st.floats(-1e3, 1e3))
def test_drift_is_the_same_in_every_unit_from_every_zero_and_turned_round(
    factor: float, turned: bool, offset: float
) -> None:
    weeks = np.random.default_rng(5).normal(size=(20, 39))
    weeks[:6, 30:] += 3
    scale, mirrored = (-factor, {"up": "down", "down": "up", None: None}) if turned else (factor, {})
    other = offset + scale * weeks
    plain = judge_drift(weeks[:, :26], weeks[:, 26:], wrong=["up"] * 20)
    changed = judge_drift(other[:, :26], other[:, 26:], wrong=["down" if turned else "up"] * 20)
    assert [each.verdict for each in changed] == [each.verdict for each in plain]
    assert [each.first_week for each in changed] == [each.first_week for each in plain]
    assert [each.direction for each in changed] == [mirrored.get(each.direction, each.direction) for each in plain]
    assert any(each.verdict == "drifting" for each in plain)
    assert any(each.verdict == "steady" for each in plain)
