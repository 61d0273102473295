"""Whether targets are too easy is judged by what was known when they were set."""

from datetime import date

import numpy as np
import pytest
from learning_world import BENCHMARKS, BILLING, ORGANISATION, SERVICE, WEEKS, LearningWorld, share_rows

from okr_pipeline.analysis.insights import Calibration
from okr_pipeline.intelligence.calibration import benchmark_of, calibrate
from okr_pipeline.intelligence.history import held_levels, stacked, target_bound, values_before_target

ADOPTION_TARGET = "target: {at_least: 0.55}\n        target_set_on: 2026-06-22"


def calibrated(world: LearningWorld) -> dict[str, Calibration]:
    measured, evaluation = world.evaluated()
    return calibrate(measured, evaluation.values)


def benchmark(world: LearningWorld, *entries: str) -> float | None:
    world.write(BENCHMARKS, "benchmarks:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries))
    cascade = world.project().cascade
    return benchmark_of(cascade, cascade.key_results_by_id["assisted"])


def test_guards_and_what_claims_to_move_nothing_are_to_hold_a_level(world: LearningWorld) -> None:
    assert held_levels(world.project().cascade) == {"repeats"}
    assert set(calibrated(world)) == {"contact_cost", "handle_time", "assisted"}


def test_a_cascade_of_held_levels_only_has_nothing_to_calibrate(world: LearningWorld) -> None:
    for file, name in (("2026-h2/company.yml", "contact_cost"), (SERVICE, "handle_time"), (BILLING, "assisted")):
        text = (world.root / file).read_text()
        world.write(file, text.replace(f"- id: {name}\n", f"- id: {name}\n        guarded_by: [{name}]\n", 1))
    world.edit(SERVICE, "        guarded_by: [repeats]\n", "")
    world.edit(BILLING, "        guarded_by: [repeats]\n", "")
    assert calibrated(world) == {}


def test_a_target_that_no_change_reaches_passes_and_one_that_any_does_is_flagged(world: LearningWorld) -> None:
    assert calibrated(world)["assisted"].within_baseline.verdict == "passed"
    noisy = np.random.default_rng(9).normal(0.6, 0.005, len(WEEKS))
    world.rows["assisted_share"] = share_rows("billing", noisy.tolist())
    found = calibrated(world)["assisted"]
    assert (found.within_baseline.verdict, found.below_own_best.verdict) == ("flagged", "flagged")
    assert found.within_baseline.estimate == pytest.approx(1.0, abs=0.01)


def test_a_target_does_not_become_easy_by_being_reached(world: LearningWorld) -> None:
    early = calibrated(world)
    world.through = date(2026, 7, 6)
    assert calibrated(world) == early


def test_a_target_set_late_is_judged_by_what_was_known_then(world: LearningWorld) -> None:
    world.edit(BILLING, ADOPTION_TARGET, ADOPTION_TARGET.replace("2026-06-22", "2026-11-09"))
    assert calibrated(world)["assisted"].below_own_best.verdict == "flagged"


@pytest.mark.parametrize(
    ("day", "last_week"),
    [
        ("2026-06-21", date(2026, 6, 8)),  # a Sunday: its week closes at its end
        ("2026-06-22", date(2026, 6, 15)),
        ("2026-06-27", date(2026, 6, 15)),
        ("2026-06-28", date(2026, 6, 15)),
        ("2026-06-29", date(2026, 6, 22)),
        ("2027-06-28", WEEKS[-1]),
    ],
)
def test_the_history_of_a_target_ends_with_the_last_week_that_had_closed(
    world: LearningWorld, day: str, last_week: date
) -> None:
    world.edit(BILLING, ADOPTION_TARGET, ADOPTION_TARGET.replace("2026-06-22", day))
    measured, evaluation = world.evaluated()
    item = measured.project.cascade.key_results_by_id["assisted"]
    assert len(values_before_target(measured, item, evaluation.values)) == WEEKS.index(last_week) + 1


def test_a_target_set_before_the_first_week_has_no_history_and_says_so(world: LearningWorld) -> None:
    world.edit(BILLING, ADOPTION_TARGET, ADOPTION_TARGET.replace("2026-06-22", "2025-11-03"))
    found = calibrated(world)["assisted"]
    assert found.within_baseline.verdict == found.below_own_best.verdict == "not_assessed"
    assert found.within_baseline.reason == "0 weeks with a value, 8 are needed"
    assert found.below_own_best.reason == "0 weeks with a value, 8 are needed"


def test_an_empty_history_is_not_assessed_and_stops_no_other(world: LearningWorld) -> None:
    full = calibrated(world)
    world.rows["assisted_share"] = []
    found = calibrated(world)
    assert found["assisted"].within_baseline.verdict == found["assisted"].below_own_best.verdict == "not_assessed"
    assert {name: found[name] for name in ("contact_cost", "handle_time")} == {
        name: full[name] for name in ("contact_cost", "handle_time")
    }


def test_the_own_best_is_that_of_the_half_year_before(world: LearningWorld) -> None:
    shares = np.full(len(WEEKS), 0.1)
    shares[:10] = 0.9  # long ago; the window of four weeks lets go of it after three more
    world.rows["assisted_share"] = share_rows("billing", shares.tolist())
    world.edit(BILLING, ADOPTION_TARGET, ADOPTION_TARGET.replace("2026-06-22", "2026-11-16"))
    found = calibrated(world)["assisted"].below_own_best
    assert found.reason == "the target of 55 % goes 45 % beyond the team's own best of 10 %"


def test_a_target_in_a_unit_is_told_in_it(world: LearningWorld) -> None:
    world.edit(SERVICE, "target: {reduce_by_at_least: 10%}", "target: {at_most: 295}")
    found = calibrated(world)["handle_time"].below_own_best
    assert found.verdict == "flagged"
    assert found.reason.startswith("the target of 295 seconds falls short by ")


def test_a_relative_target_without_a_baseline_is_no_number_and_says_so(world: LearningWorld) -> None:
    text = (world.root / SERVICE).read_text()
    world.write(SERVICE, text.replace("2026-W14..2026-W26", "2025-W14..2025-W26"))
    found = calibrated(world)["handle_time"]
    assert found.within_baseline.reason == "a bound of the target is no number"
    assert found.below_own_best.reason == "the target has no bound for a value that is to go down"
    world.write(
        BENCHMARKS, "benchmarks:\n  - {metric: handle_time_seconds, value: 200, source: s, as_of: 2026-05-01}\n"
    )
    assert calibrated(world)["handle_time"].below_benchmark.reason == (
        "the target or the benchmark is no finite number"
    )


def test_a_range_has_no_better_end(world: LearningWorld) -> None:
    world.edit(SERVICE, "target: {reduce_by_at_least: 10%}", "target: {between: [200, 210]}")
    found = calibrated(world)["handle_time"]
    assert found.within_baseline.verdict == "passed"
    assert (
        found.below_own_best.reason
        == found.below_benchmark.reason
        == ("the target is a range: neither end is the better one")
    )


class TestBenchmarks:
    """What others reach: the key result's own, or the nearest of the file."""

    def test_none_is_never_a_pass(self, world: LearningWorld) -> None:
        found = calibrated(world)["assisted"].below_benchmark
        assert (found.verdict, found.reason) == ("not_assessed", "no benchmark is given")

    def test_the_own_one_goes_before_the_file(self, world: LearningWorld) -> None:
        own = "benchmark: {value: 0.7, source: survey, as_of: 2026-05-01}"
        world.edit(BILLING, ADOPTION_TARGET, f"{ADOPTION_TARGET}\n        {own}")
        assert benchmark(world, "metric: assisted_share, value: 0.3, source: s, as_of: 2026-05-01") == 0.7
        found = calibrated(world)["assisted"].below_benchmark
        assert found.reason == "the target of 55 % falls short by 15 % of the benchmark of 70 %"

    @pytest.mark.parametrize(
        ("wheres", "expected"),
        [
            (("",), 1),
            (("", "where: {org_unit: service}"), 2),
            (("where: {org_unit: billing}", "where: {org_unit: service}", ""), 1),
            (("where: {org_unit: service}", "where: {org_unit: billing}"), 2),
            (("where: {org_unit: policies}", "where: {org_unit: legal}"), None),
            (("where: {segment: calls}", "where: {ai_assisted: assisted}"), None),
            (("", "where: {org_unit: billing, segment: calls}"), 1),
        ],
        ids=["whole", "its branch", "own unit first", "own unit last", "others", "a segment", "too narrow"],
    )
    def test_the_nearest_of_those_that_hold_for_the_whole_scope_counts(
        self, world: LearningWorld, wheres: tuple[str, ...], expected: int | None
    ) -> None:
        entries = [
            f"metric: assisted_share, value: {number}, source: s, as_of: 2026-05-01{', ' if where else ''}{where}"
            for number, where in enumerate(wheres, start=1)
        ]
        assert benchmark(world, *entries) == expected

    def test_a_segment_that_both_name_is_nearer_than_the_unit_alone(self, world: LearningWorld) -> None:
        scope = "where: {org_unit: billing, segment: assistant}"
        world.edit(BILLING, "metric: assisted_share\n", f"metric: assisted_share\n        {scope}\n")
        entry = "metric: assisted_share, source: s, as_of: 2026-05-01"
        assert benchmark(world, f"{entry}, value: 1, where: {{org_unit: billing}}", f"{entry}, value: 2, {scope}") == 2

    def test_one_of_another_metric_does_not_count(self, world: LearningWorld) -> None:
        assert benchmark(world, "metric: repeat_share, value: 0.3, source: s, as_of: 2026-05-01") is None


def test_series_of_different_lengths_end_together() -> None:
    table = stacked([np.array([1.0, 2.0, 3.0]), np.array([4.0]), np.array([])])
    assert np.array_equal(table, [[1, 2, 3], [np.nan, np.nan, 4], [np.nan] * 3], equal_nan=True)
    assert np.array_equal(
        stacked([np.array([1.0, 2.0, 3.0]), np.array([4.0])], 2), [[2, 3], [np.nan, 4]], equal_nan=True
    )
    assert stacked([]).shape == (0, 0)
    assert stacked([np.array([1.0])], 0).shape == (1, 0)


def test_the_bound_of_a_target_is_the_end_that_it_asks_for(world: LearningWorld) -> None:
    _, evaluation = world.evaluated()
    by_id = world.project().cascade.key_results_by_id
    assert target_bound(by_id["assisted"], evaluation.values["assisted"][-1]) == 0.55
    assert target_bound(by_id["repeats"], evaluation.values["repeats"][-1]) == 0.16


def test_a_unit_deep_in_the_tree_finds_the_benchmark_of_its_own_branch(world: LearningWorld) -> None:
    world.edit(ORGANISATION, "  legal:", "  night: {title: Night shift, parent: billing}\n  legal:")
    world.edit(BILLING, "metric: assisted_share\n", "metric: assisted_share\n        where: {org_unit: night}\n")
    entry = "metric: assisted_share, source: s, as_of: 2026-05-01"
    entries = [
        f"{entry}, value: {value}, where: {{org_unit: {unit}}}"
        for value, unit in ((1, "company"), (3, "billing"), (2, "service"))
    ]
    assert benchmark(world, *entries) == 3
