"""Where key results will be, and which of them slide: what is open, what is watched, and when nothing is said."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from learning_world import (
    ADOPTED,
    BILLING,
    CYCLE_START,
    LAST_WEEK,
    SERVICE,
    START,
    WEEKS,
    LearningWorld,
    mean_rows,
    noise,
    share_rows,
)

from okr_pipeline.analysis.drift import DriftResult
from okr_pipeline.analysis.insights import Forecast
from okr_pipeline.cascade.weeks import WEEK
from okr_pipeline.cascade.windows import TRAILING_WEEKS
from okr_pipeline.intelligence.drift_watch import watch
from okr_pipeline.intelligence.forecasts import forecast

ADOPTION_TARGET = "target: {at_least: 0.55}"


def forecasts(world: LearningWorld) -> dict[str, Forecast]:
    measured, evaluation = world.evaluated()
    return forecast(measured, evaluation.values)


def drift(world: LearningWorld) -> dict[str, DriftResult]:
    measured, evaluation = world.evaluated()
    return watch(measured, evaluation.values)


class TestForecasts:
    """Adoption along its curve, everything else from its level."""

    def test_adoption_follows_its_curve_and_everything_else_its_level(self, world: LearningWorld) -> None:
        found = forecasts(world)
        assert {name: each.method for name, each in found.items()} == {
            "assisted": "adoption_curve",
            "contact_cost": "local_level",
            "handle_time": "local_level",
            "repeats": "local_level",
        }
        assert found["assisted"].median == pytest.approx(0.6, abs=0.02)
        assert found["assisted"].reason == "Adoption curve over 21 weeks since the cycle began."
        assert found["repeats"].chance_ratio == pytest.approx(1.0, abs=0.01)
        assert found["repeats"].median == pytest.approx(0.14, abs=0.005)

    @pytest.mark.parametrize(
        ("due", "is_open"),
        [
            ("2026-11-29", True),
            ("2026-11-23", True),
            ("2026-11-22", False),
            ("2026-11-16", False),
            ("2026-09-30", False),
        ],
        ids=["last day of next week", "first day of next week", "last day of this week", "this week", "long past"],
    )
    def test_a_key_result_whose_due_week_is_here_or_over_has_none(
        self, world: LearningWorld, due: str, is_open: bool
    ) -> None:
        text = (world.root / SERVICE).read_text()
        world.write(SERVICE, text.replace("2026-12-31", due))
        assert (
            {"handle_time", "repeats"} <= set(forecasts(world))
            if is_open
            else set(forecasts(world))
            == {
                "contact_cost",
                "assisted",
            }
        )

    @pytest.mark.parametrize("window", ["week", "trailing_4_weeks", "trailing_13_weeks"])
    @pytest.mark.parametrize("weeks_left", [1, 2, 5, 6])
    def test_adoption_is_forecast_up_to_the_due_week_for_the_window_that_is_judged(
        self, world: LearningWorld, window: str, weeks_left: int
    ) -> None:
        text = (world.root / BILLING).read_text()
        last_day = LAST_WEEK + weeks_left * WEEK
        world.write(BILLING, text.replace("due: 2026-12-31", f"due: {last_day}").replace("trailing_4_weeks", window))
        found = forecasts(world)["assisted"]
        size = TRAILING_WEEKS[window]
        known = [*ADOPTED[-size:], *[0.6] * weeks_left][-size:]
        assert found.method == "adoption_curve"
        assert found.median == pytest.approx(sum(known) / size, abs=0.03)
        assert found.low is not None
        assert found.high is not None
        assert found.low < found.median < found.high

    def test_what_is_judged_over_the_cycle_to_date_has_none_and_says_why(self, world: LearningWorld) -> None:
        for file in (SERVICE, BILLING):
            text = (world.root / file).read_text()
            world.write(file, text.replace("trailing_4_weeks", "cycle_to_date"))
        found = forecasts(world)
        growing = [name for name, each in found.items() if each.method is None]
        assert growing
        assert {found[name].reason for name in growing} == {
            "It is judged over the whole cycle to date; neither a curve nor a level says where such a value ends."
        }

    def test_a_cascade_that_is_due_has_none_at_all(self, world: LearningWorld) -> None:
        for file in (SERVICE, BILLING, "2026-h2/company.yml"):
            world.write(file, (world.root / file).read_text().replace("due: 2026-12-31", "due: 2026-11-20"))
        assert forecasts(world) == {}

    @pytest.mark.parametrize(
        ("through", "method"), [(CYCLE_START + 4 * WEEK, None), (CYCLE_START + 5 * WEEK, "adoption_curve")]
    )
    def test_adoption_is_too_early_before_the_sixth_week_and_says_so(
        self, world: LearningWorld, through: date, method: str | None
    ) -> None:
        world.through = through
        found = forecasts(world)["assisted"]
        assert found.method == method
        assert (found.chance_ratio is None) == (method is None)
        assert found.reason.endswith(".")
        assert found.reason[:1].isupper()

    def test_before_the_cycle_begins_adoption_has_no_curve(self, world: LearningWorld) -> None:
        world.through = CYCLE_START - WEEK
        found = forecasts(world)["assisted"]
        assert (found.method, found.chance_ratio, found.median) == (None, None, None)
        assert found.reason

    @pytest.mark.parametrize(
        "target",
        ["target: {at_most: 0.001}", "target: {between: [0.5, 0.9]}", "target: {reduce_by_at_least: 10%}"],
    )
    def test_an_adoption_that_is_not_to_rise_is_read_from_its_level(self, world: LearningWorld, target: str) -> None:
        world.edit(BILLING, ADOPTION_TARGET, target)
        assert forecasts(world)["assisted"].method == "local_level"

    def test_an_adoption_whose_baseline_is_unknown_is_read_from_its_level(self, world: LearningWorld) -> None:
        world.edit(BILLING, "{value: 0.01, source: pilot}", "{measured_over: 2025-W14..2025-W26}")
        assert forecasts(world)["assisted"].method == "local_level"

    @pytest.mark.parametrize("name", ["assisted_share", "repeat_share"])
    def test_an_empty_history_has_none_and_says_so(self, world: LearningWorld, name: str) -> None:
        world.rows[name] = []
        found = forecasts(world)["assisted" if name == "assisted_share" else "repeats"]
        assert (found.method, found.chance_ratio, found.low, found.high) == (None, None, None, None)
        assert found.reason

    def test_a_value_that_never_varies_tells_nothing_of_chance_and_says_so(self, world: LearningWorld) -> None:
        world.rows["repeat_share"] = share_rows("billing", [0.14] * len(WEEKS))
        found = forecasts(world)["repeats"]
        assert (found.method, found.chance_ratio) == (None, None)
        assert found.reason == (
            "Too few weeks, or whole windows of them, to tell a level from chance, or a value that never varies."
        )

    def test_a_target_that_is_not_known_leaves_a_level_without_a_chance_and_says_so(self, world: LearningWorld) -> None:
        text = (world.root / SERVICE).read_text()
        world.write(SERVICE, text.replace("2026-W14..2026-W26", "2025-W14..2025-W26"))
        found = forecasts(world)["handle_time"]
        assert found.method == "local_level"
        assert found.median is not None
        assert found.chance_ratio is None
        assert found.reason.endswith(" The target is not known, so neither is the chance to meet it.")


class TestDrift:
    """Which weekly values have left their baseline the bad way."""

    @staticmethod
    def shifted(world: LearningWorld, sign: float, weeks: int = 6) -> LearningWorld:
        level = np.where(np.arange(len(WEEKS)) >= len(WEEKS) - weeks, 0.14 + sign * 0.03, 0.14)
        world.rows["repeat_share"] = share_rows("billing", (level + noise(6, 0.004)).tolist())
        return world

    def test_a_slide_against_the_target_is_one_and_its_way_and_size_are_told(self, world: LearningWorld) -> None:
        found = drift(self.shifted(world, +1))["repeats"]
        assert (found.verdict, found.direction) == ("drifting", "up")
        assert found.estimate == pytest.approx(0.03, abs=0.004)
        assert found.first_week == 7  # of the thirteen that are watched the last six are shifted

    def test_the_same_slide_towards_the_target_is_none(self, world: LearningWorld) -> None:
        found = drift(self.shifted(world, -1))["repeats"]
        assert (found.verdict, found.direction) == ("steady", None)
        assert found.estimate == pytest.approx(-0.03, abs=0.004)

    def test_of_a_target_that_goes_up_a_fall_is_the_slide(self, world: LearningWorld) -> None:
        level = np.where(np.arange(len(WEEKS)) >= len(WEEKS) - 6, 0.5, 0.6)
        world.rows["assisted_share"] = share_rows("billing", (level + noise(6, 0.01)).tolist())
        assert drift(world)["assisted"].direction == "down"

    @pytest.mark.parametrize("sign", [+1, -1])
    @pytest.mark.parametrize(
        ("target", "bad"),
        [("[0.1, 0.2]", {+1, -1}), ("[0.05, 0.1]", {+1}), ("[0.2, 0.3]", {-1})],
        ids=["baseline inside", "baseline above", "baseline below"],
    )
    def test_of_a_range_the_way_away_from_it_is_bad_and_both_ways_out_of_it(
        self, world: LearningWorld, target: str, bad: set[int], sign: int
    ) -> None:
        self.shifted(world, sign)
        world.edit(SERVICE, "target: {at_most: 0.16}", f"target: {{between: {target}}}")
        assert (drift(world)["repeats"].verdict == "drifting") is (sign in bad)

    @pytest.mark.parametrize(
        ("target", "sign", "drifts"), [("[0.05, 0.1]", -1, False), ("[0.05, 0.1]", +1, True), ("[0.1, 0.2]", -1, True)]
    )
    def test_of_a_range_without_a_measured_baseline_the_weeks_of_the_chart_tell_the_side(
        self, world: LearningWorld, target: str, sign: int, drifts: bool
    ) -> None:
        self.shifted(world, sign)
        world.edit(SERVICE, "target: {at_most: 0.16}", f"target: {{between: {target}}}")
        world.edit(SERVICE, "baseline: {value: 0.14, source: report}", "baseline: {measured_over: 2025-W50..2026-W26}")
        measured, evaluation = world.evaluated()
        assert evaluation.values["repeats"][-1].baseline is None
        assert (watch(measured, evaluation.values)["repeats"].verdict == "drifting") is drifts

    def test_what_has_a_value_once_a_month_is_not_watched(self, world: LearningWorld) -> None:
        world.metrics["repeat_share"] = replace(world.metrics["repeat_share"], cadence="monthly")
        assert set(drift(world)) == {"assisted", "contact_cost", "handle_time"}

    def test_a_cascade_of_monthly_metrics_has_none(self, world: LearningWorld) -> None:
        world.metrics = {name: replace(each, cadence="monthly") for name, each in world.metrics.items()}
        assert drift(world) == {}

    def test_before_the_cycle_begins_no_week_is_watched(self, world: LearningWorld) -> None:
        world.through = CYCLE_START - WEEK
        assert {each.reason for each in drift(world).values()} == {"no week since the baseline has a value"}

    def test_a_baseline_before_the_first_week_is_none_and_says_so(self, world: LearningWorld) -> None:
        text = (world.root / SERVICE).read_text()
        world.write(SERVICE, text.replace("2026-W14..2026-W26", "2025-W14..2025-W26"))
        found = drift(world)["handle_time"]
        assert (found.verdict, found.reason) == ("not_enough_data", "0 baseline weeks with a value, 8 are needed")

    def test_an_empty_history_is_not_enough_and_stops_no_other(self, world: LearningWorld) -> None:
        world.rows["repeat_share"] = []
        found = drift(world)
        assert found["repeats"].verdict == "not_enough_data"
        assert {found[name].verdict for name in ("assisted", "contact_cost", "handle_time")} == {"steady"}

    def test_a_measured_baseline_ends_with_its_own_weeks(self, world: LearningWorld) -> None:
        # The level rises after the baseline's weeks and before the cycle: seen only if the baseline ends with them.
        level = np.where(np.arange(len(WEEKS)) >= START - 6, 330.0, 300.0)
        world.rows["handle_time_seconds"] = mean_rows("billing", (level * np.exp(noise(2, 0.01))).tolist())
        text = (world.root / SERVICE).read_text()
        world.write(SERVICE, text.replace("2026-W14..2026-W26", "2026-W05..2026-W20"))
        assert drift(world)["handle_time"].direction == "up"

    def test_only_the_last_quarter_is_watched(self, world: LearningWorld) -> None:
        level = np.full(len(WEEKS), 0.14)
        level[START : START + 8] = 0.2  # the cycle's first eight of twenty-one weeks
        world.rows["repeat_share"] = share_rows("billing", (level + noise(6, 0.004)).tolist())
        assert drift(world)["repeats"].verdict == "steady"
        assert drift(world)["repeats"].reason.startswith("no week leaves the limit of its chart that matters (13 weeks")

    def test_single_weeks_are_watched_and_not_the_window(self, world: LearningWorld) -> None:
        world.through = LAST_WEEK
        before = drift(world)["repeats"]
        text = (world.root / SERVICE).read_text()
        world.write(SERVICE, text.replace("trailing_4_weeks", "trailing_13_weeks"))
        assert drift(world)["repeats"] == before


def test_the_curve_is_fed_from_the_start_of_the_cycle_on(world: LearningWorld) -> None:
    shares = np.where(np.arange(len(WEEKS)) < START, 0.9, ADOPTED + 0.01)  # a pilot before the cycle had more
    world.rows["assisted_share"] = share_rows("billing", shares.tolist())
    assert forecasts(world)["assisted"].median == pytest.approx(0.6, abs=0.03)
