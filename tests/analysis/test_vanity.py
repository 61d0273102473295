"""The vanity test: did the parent move with its child?"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from okr_pipeline.analysis.prais_winsten import prais_winsten
from okr_pipeline.analysis.vanity import VanityCase, VanityLimits, VanityResult, judge_vanity

Floats = NDArray[np.float64]


def errors(rng: np.random.Generator, weeks: int, sd: float) -> Floats:
    values = rng.normal(0, sd, weeks)
    for week in range(1, weeks):
        values[week] = 0.4 * values[week - 1] + values[week] * np.sqrt(1 - 0.4**2)
    return values


def link(
    effect: float = 0.0, *, before: int = 13, after: int = 13, lag: int = 0, noise: float = 0.02, seed: int = 7
) -> VanityCase:
    """A unit that jumps to 60 % adoption; its outcome changes by ``exp(effect) - 1``, ``lag`` weeks later."""
    rng = np.random.default_rng(seed)
    weeks = before + lag + after
    adoption = np.where(np.arange(weeks) >= before, 0.6, 0.0)
    moved = np.where(np.arange(weeks) >= before + lag, effect, 0.0)
    shared = rng.normal(0, 0.01, weeks).cumsum()
    return VanityCase(
        outcome=300 * np.exp(shared + moved + errors(rng, weeks, noise)),
        comparison=280 * np.exp(shared + errors(rng, weeks, noise)),
        adoption=adoption,
        cases=np.full(weeks, 100.0),
        starts_at=before,
        lag_weeks=lag,
        claim_ratio=-0.15,
        wanted="down",
    )


def a_small_unit() -> VanityCase:
    """A unit of 32 cases a week: adoption is told to 8 points, rises by 26, and the outcome falls by 44 %."""
    outcome = (
        "10.71 11.86 11.44 11.21 10.89 11.43 11.1 10.89 11.12 11.59 10.84 11.01 11. 11.16 10.86 11.17 11.2 "
        "11.01 11.4 10.94 11.25 10.74 11.22 11.8 10.66 10.62 11.19 10.96 10.61 11.31 10.66 11.23 11.41 10.36 "
        "11.07 11.64 11.21 11.32 11.73 10.34 11.04 10.95 10.59 9.83 9.44 9.16 8.73 8.05 7.7 7.36 6.91 6.5 "
        "6.32 6.43 6.16 6.01 6.26 6.51 5.97 6.27"
    )
    comparison = (
        "12.66 12.23 11.71 11.66 12.83 12.22 11.55 12.2 11.77 12.41 11.6 11.76 12. 12.01 10.96 11.75 12.02 "
        "12.21 12.19 12.76 12.02 12.07 11.22 12.68 12.15 11.65 11.8 11.74 12.27 11.99 12.21 11.85 11.86 12.21 "
        "11.4 11.72 11.87 12.45 12.14 12.23 12.2 12.07 11.99 12.34 12.16 12.03 13.16 11.95 11.98 12.29 11.73 "
        "11.5 12.85 11.62 12.18 12.65 12.4 12.13 11.93 12.18"
    )
    adoption = (
        "0.51 0.59 0.35 0.48 0.41 0.57 0.49 0.42 0.51 0.51 0.55 0.41 0.41 0.47 0.3 0.44 0.38 0.38 0.6 0.5 "
        "0.51 0.51 0.44 0.5 0.68 0.47 0.54 0.58 0.5 0.38 0.48 0.43 0.55 0.53 0.36 0.53 0.47 0.44 0.46 0.51 "
        "0.37 0.5 0.54 0.58 0.43 0.62 0.67 0.62 0.51 0.6 0.61 0.65 0.77 0.8 0.72 0.66 0.66 0.82 0.68 0.69"
    )
    series = (np.array(values.split(), dtype=np.float64) for values in (outcome, comparison, adoption))
    return VanityCase(*series, np.full(60, 32.0), 39, 4, -0.288, "down")


def counted(effect: float, cases: int, runs: int, *, before: int = 26, after: int = 26) -> list[VanityCase]:
    """Units whose adoption rises from 45 to 70 % along a logistic curve, told by so many cases a week."""
    rng = np.random.default_rng(1954)
    week = np.arange(before + after) - before
    true = 0.45 + np.where(week >= 0, 0.25 / (1 + np.exp(-10.8 / after * (week - 0.4 * after))), 0.0)
    moved = np.log1p(effect) * (true - 0.45) / 0.25
    return [
        VanityCase(
            outcome=300 * np.exp(moved + errors(rng, before + after, 0.03)),
            comparison=280 * np.exp(errors(rng, before + after, 0.03)),
            adoption=rng.binomial(cases, true) / cases,
            cases=np.full(before + after, 100.0),
            starts_at=before,
            lag_weeks=0,
            claim_ratio=effect or -0.15,
            wanted="down",
        )
        for _ in range(runs)
    ]


def judged(case: VanityCase) -> VanityResult:
    return judge_vanity([case])[0]


def figures(result: VanityResult) -> tuple[float | None, ...]:
    return (result.estimate_ratio, result.low_ratio, result.high_ratio, result.minimum_detectable_ratio)


def ratios(result: VanityResult) -> Floats:
    return np.array(figures(result), dtype=np.float64)


@given(
    seed=st.integers(0, 10_000),
    holes=st.sets(st.integers(0, 29), max_size=8),
)
def test_slope_and_error_are_those_of_generalised_least_squares_with_the_full_covariance(
    seed: int, holes: set[int]
) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 1, 30), errors(rng, 30, 1.0)
    y[sorted(holes)] = np.nan
    fitted = prais_winsten(y[None], x[None])
    kept = np.flatnonzero(np.isfinite(y))
    phi = float(fitted.autocorrelation[0])
    weight = np.linalg.inv(phi ** np.abs(kept[:, None] - kept[None]).astype(float))
    design = np.stack((np.ones(len(kept)), x[kept]), axis=1)
    inverse = np.linalg.inv(design.T @ weight @ design)
    coefficients = inverse @ design.T @ weight @ y[kept]
    residual = y[kept] - design @ coefficients
    variance = residual @ weight @ residual / (len(kept) - 3)
    assert float(fitted.slope[0]) == pytest.approx(coefficients[1], abs=1e-9)
    assert float(fitted.standard_error[0]) == pytest.approx(np.sqrt(variance * inverse[1, 1]), rel=1e-7)

    _, rise = np.polynomial.Polynomial.fit(x[kept], y[kept], 1).convert().coef
    assert float(fitted.plain_slope[0]) == pytest.approx(rise, abs=1e-9)


def test_the_autocorrelation_is_raised_for_short_series_and_held_at_nine_tenths() -> None:
    # Residuals of +1 and -1 in turn repeat with the sign turned: far below 0, so 0. A slow wave: above .9, so .9.
    turns, wave = np.tile([1.0, -1.0], 20), np.sin(np.arange(40) / 4)
    regressor = np.tile([0.0, 0.0, 1.0, 1.0], 10)
    fitted = prais_winsten(np.stack((turns, wave)), np.stack((regressor, regressor)))
    assert fitted.autocorrelation.tolist() == [0.0, 0.9]


def test_weeks_without_neighbours_count_as_closely_related() -> None:
    every_second = np.where(np.arange(60) % 2 == 0, np.random.default_rng(1).normal(size=60), np.nan)
    fitted = prais_winsten(every_second[None], np.linspace(0, 1, 60)[None])
    assert fitted.autocorrelation.tolist() == [0.9]


def test_a_regressor_that_never_changes_gives_no_slope() -> None:
    fitted = prais_winsten(np.random.default_rng(1).normal(size=(1, 20)), np.full((1, 20), 0.5))
    assert np.isnan(fitted.slope).all()


def test_an_effect_without_noise_is_found_exactly() -> None:
    # Adoption rises by .6; log(outcome) falls by .12 with it: exp(-.12) - 1 = -11.308 %.
    case = link(-0.12, noise=0.0)
    result = judged(case)
    assert result.verdict == "moves"
    assert ratios(result)[:3] == pytest.approx([-0.113080, -0.113080, -0.113080], abs=1e-6)
    assert result.adoption_reached_ratio == pytest.approx(0.6)
    assert (result.weeks_before, result.weeks_after) == (13, 13)


def test_an_outcome_that_never_changes_is_flat_and_rounding_does_not_move_it() -> None:
    result = judged(link(0.0, noise=0.0))
    assert result.verdict == "flat"
    assert result.estimate_ratio == pytest.approx(0, abs=1e-9)


def test_an_outcome_that_moved_with_adoption_says_so_with_its_figures_and_its_assumption() -> None:
    result = judged(link(np.log(0.85)))
    assert result.verdict == "moves"
    assert result.reason == (
        "The outcome moved with adoption: -13.8 % (95 % interval -16.5 % to -11.0 %) at 60 points more adoption, "
        "where the link claims -15.0 %; this takes for granted that both units would else have drifted alike."
    )


def test_an_outcome_that_stayed_is_flat() -> None:
    result = judged(link(0.0))
    assert result.verdict == "flat"
    assert result.reason == (
        "Adoption rose and the outcome did not move with it by even half of the claim: +1.5 % (95 % interval "
        "-1.7 % to +4.8 %) at 60 points more adoption, where the link claims -15.0 %."
    )


def test_an_outcome_that_moved_the_unwanted_way_is_flat_and_says_so() -> None:
    result = judged(link(0.1))
    assert result.verdict == "flat"
    assert result.reason == (
        "The outcome moved with adoption, but the unwanted way: +12.1 % (95 % interval +8.6 % to +15.8 %) "
        "at 60 points more adoption, where the link claims -15.0 %."
    )


def test_a_small_but_certain_movement_moves_and_tells_that_it_is_less_than_half_of_the_claim() -> None:
    result = judged(link(-0.03, before=30, after=30, noise=0.003))
    assert result.verdict == "moves"
    assert result.reason.startswith("The outcome moved with adoption, but by less than half of the claim: -")


def test_noisy_weeks_are_not_enough_data_and_tell_what_they_would_show() -> None:
    result = judged(link(-0.03, noise=0.08))
    assert result.verdict == "not_enough_data"
    assert result.reason == (
        "Whether the outcome moved with adoption cannot be told: +2.9 % (95 % interval -9.4 % to +16.9 %) at 60 points "
        "more adoption, where the link claims -15.0 %; these weeks would show a movement of 16.5 % or more."
    )
    assert result.minimum_detectable_ratio is not None


def test_without_comparison_a_wanted_movement_is_consistent_at_most() -> None:
    result = judged(replace(link(np.log(0.85)), comparison=None))
    assert result.verdict == "consistent_with"
    assert result.reason == (
        "The outcome moved with adoption, -16.7 % (95 % interval -20.0 % to -13.1 %) at 60 points more adoption, "
        "where the link claims -15.0 %; no comparison unit is named, and a change that all units share looks the same."
    )


@pytest.mark.parametrize("effect", [0.0, 0.2])
def test_without_comparison_nothing_is_flat(effect: float) -> None:
    result = judged(replace(link(effect, noise=0.001), comparison=None))
    assert result.verdict == "not_enough_data"
    assert result.reason.startswith(
        "The outcome by itself does not clearly show that it moved the wanted way with adoption, "
    )
    assert result.reason.endswith("; no comparison unit is named, and a change that all units share looks the same.")


@given(effect=st.floats(-0.5, 0.5), noise=st.sampled_from([0.0, 0.01, 0.05]), seed=st.integers(0, 1000))
def test_no_verdict_claims_a_cause_and_without_comparison_none_claims_a_movement(
    effect: float, noise: float, seed: int
) -> None:
    case = link(effect, noise=noise, seed=seed)
    compared, alone = judge_vanity([case, replace(case, comparison=None)])
    assert "caus" not in compared.reason + alone.reason
    assert compared.verdict != "consistent_with"
    assert alone.verdict in ("consistent_with", "not_enough_data")


@given(effect=st.floats(-0.3, 0.3), seed=st.integers(0, 1000), scale=st.floats(0.01, 100))
def test_units_of_measurement_and_shared_shocks_change_nothing(effect: float, seed: int, scale: float) -> None:
    case = link(effect, seed=seed)
    assert case.comparison is not None
    shock = np.exp(np.random.default_rng(seed + 1).normal(0, 0.5, len(case.outcome)))
    shaken = replace(case, outcome=case.outcome * shock * scale, comparison=case.comparison * shock)
    assert ratios(judged(shaken)) == pytest.approx(ratios(judged(case)), abs=1e-9)


@given(effect=st.floats(-0.3, 0.3), seed=st.integers(0, 1000))
def test_up_mirrors_down(effect: float, seed: int) -> None:
    down = replace(link(effect, seed=seed), claim_ratio=-0.2)
    assert down.comparison is not None
    # 1 / outcome should rise by 1 / .8 - 1 = 25 %: the same claim read from the other side, except for its half.
    up = replace(down, outcome=1 / down.outcome, comparison=1 / down.comparison, claim_ratio=0.25, wanted="up")
    low, high = ratios(judged(down))[1:3]
    assert ratios(judged(up))[1:3] == pytest.approx([1 / (1 + high) - 1, 1 / (1 + low) - 1], abs=1e-9)
    assert (judged(up).verdict == "moves") == (judged(down).verdict == "moves")


def test_the_lag_is_taken_off_before_the_weeks_after_are_counted() -> None:
    result = judged(link(-0.12, lag=4, noise=0.0))
    assert result.verdict == "moves"
    assert result.estimate_ratio == pytest.approx(-0.113080, abs=1e-6)
    assert (result.weeks_before, result.weeks_after) == (13, 13)


def test_the_adoption_reached_is_that_of_the_last_four_weeks_whose_lag_has_passed() -> None:
    # 10 % before the start, then 4, 8, ... 60 %; with three weeks of lag the last four that count end at 48 %.
    rising = np.where(np.arange(28) < 13, 0.1, (np.arange(28) - 12) * 0.04)
    result = judged(replace(link(lag=2), adoption=rising, lag_weeks=3))
    assert result.adoption_reached_ratio == pytest.approx((0.36 + 0.40 + 0.44 + 0.48) / 4 - 0.1)


def test_the_detectable_movement_is_found_four_times_in_five() -> None:
    # 26 weeks, 23 degrees: t(.975) = 2.0687 makes half the interval, t(.8) = .8575 is added for the power.
    down = judged(link())
    assert down.high_ratio is not None
    assert down.estimate_ratio is not None
    half = np.log((1 + down.high_ratio) / (1 + down.estimate_ratio))
    size = half * (2.0687 + 0.8575) / 2.0687
    assert down.minimum_detectable_ratio == pytest.approx(1 - np.exp(-size), rel=1e-4)
    up = judged(replace(link(), wanted="up", claim_ratio=0.15))
    assert up.minimum_detectable_ratio == pytest.approx(np.exp(size) - 1, rel=1e-4)


def test_at_most_the_last_year_before_the_adoption_is_used() -> None:
    long = link(0.0, before=80)
    assert judged(long).weeks_before == 52
    # What happened earlier has no say.
    earlier = replace(long, outcome=np.where(np.arange(93) < 28, 1e6, long.outcome))
    assert judged(earlier) == judged(long)


def test_weeks_without_value_are_left_out() -> None:
    case = link(np.log(0.85), before=20, after=20)
    outcome = case.outcome.copy()
    outcome[[3, 25]] = np.nan
    outcome[4], outcome[26] = 0.0, -5.0
    adoption = case.adoption.copy()
    adoption[5] = np.nan
    result = judged(replace(case, outcome=outcome, adoption=adoption))
    assert (result.verdict, result.weeks_before, result.weeks_after) == ("moves", 17, 18)


@pytest.mark.parametrize(("before", "interval"), [(25, "95 % interval"), (26, "90 % interval")])
def test_short_series_are_held_to_the_stricter_alpha(before: int, interval: str) -> None:
    assert interval in judged(link(before=before, after=26)).reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"claim_ratio": 0.0},
            "The link claims no movement so far: its child has not moved, or it claims a fall as well as a rise.",
        ),
        ({"claim_ratio": 0.05}, "The link claims no movement down that could be found: it claims +5.0 %."),
        ({"claim_ratio": -1.0}, "The link claims no movement down that could be found: it claims -100.0 %."),
        (
            {"claim_ratio": float("nan")},
            "The link claims no movement down that could be found: it claims an unknown change.",
        ),
        ({"starts_at": 7}, "Only 7 weeks before the adoption can be used where 8 are needed."),
        ({"starts_at": -3}, "Only 0 weeks before the adoption can be used where 8 are needed."),
        ({"starts_at": 25}, "Only 1 week since the adoption began can be used where 8 are needed."),
        ({"starts_at": 40}, "Only 0 weeks since the adoption began can be used where 8 are needed."),
        ({"lag_weeks": 60}, "Only 0 weeks before the adoption can be used where 8 are needed."),
        (
            {"lag_weeks": 6},
            "Only 7 weeks since the adoption began and its lag of 6 weeks can be used where 8 are needed.",
        ),
        (
            {"adoption": np.where(np.arange(26) < 13, 0.2, 0.29)},
            "Adoption changed by +9.0 points where a rise of 10 is needed.",
        ),
        (
            {"adoption": np.where(np.arange(26) < 13, 0.6, 0.2)},
            "Adoption changed by -40.0 points where a rise of 10 is needed.",
        ),
        ({"cases": np.full(26, 29.5)}, "Half the weeks have 29.5 cases or fewer where 30 are needed."),
        ({"cases": np.full(26, np.nan)}, "Half the weeks have 0 cases or fewer where 30 are needed."),
    ],
)
def test_a_shut_gate_gives_its_reason_and_no_figures(changes: dict[str, object], reason: str) -> None:
    result = judged(replace(link(-0.2), **changes))
    assert (result.verdict, result.reason) == ("not_enough_data", reason)
    assert figures(result) == (None, None, None, None)


def test_gates_speak_in_order() -> None:
    case = replace(link(after=3), claim_ratio=0.1, cases=np.zeros(16), adoption=np.zeros(16))
    assert judged(case).reason.startswith("The link claims")
    assert judged(replace(case, claim_ratio=-0.1)).reason.startswith("Only 3 weeks since")
    assert judged(replace(link(), cases=np.zeros(26), adoption=np.zeros(26))).reason.startswith("Adoption changed")


def test_half_the_weeks_with_enough_cases_are_not_enough() -> None:
    cases = np.where(np.arange(26) % 2 == 0, 1000.0, 10.0)
    assert judged(replace(link(), cases=cases)).adoption_reached_ratio == pytest.approx(0.6)
    assert judged(replace(link(), cases=cases)).verdict == "flat"
    cases[0] = 10.0
    assert judged(replace(link(), cases=cases)).reason == "Half the weeks have 10 cases or fewer where 30 are needed."


def test_the_limits_can_be_set() -> None:
    case = replace(link(before=4, after=4), cases=np.full(8, 5.0))
    assert judge_vanity([case], VanityLimits(weeks_min_count=4, cases_min_count=5))[0].estimate_ratio is not None
    assert judge_vanity([case], VanityLimits(weeks_min_count=4, cases_min_count=6))[0].estimate_ratio is None


def test_too_few_weeks_for_any_fit_are_silent_even_where_the_limits_let_them_pass() -> None:
    result = judge_vanity([link(before=1, after=2)], VanityLimits(weeks_min_count=1))[0]
    assert (result.verdict, result.reason) == ("not_enough_data", "The figures of these weeks allow no estimate.")


def test_figures_beyond_every_measure_are_silent_and_no_exception() -> None:
    case = link()
    wild = replace(case, outcome=np.where(np.arange(26) % 3 == 0, 1e-300, 1e300))
    assert judged(wild).verdict == "not_enough_data"
    nothing = np.array([])
    empty = VanityCase(nothing, None, nothing, nothing, 0, 0, -0.1, "down")
    assert judged(empty).reason == "Only 0 weeks before the adoption can be used where 8 are needed."
    assert judged(empty).adoption_reached_ratio is None
    assert judge_vanity([]) == ()


def test_links_of_all_lengths_are_judged_together_as_one_by_one() -> None:
    links = [link(-0.1), link(0.0, before=30, after=28, lag=3), replace(link(0.1, after=9), comparison=None)]
    together = judge_vanity(links)
    for case, found in zip(links, together, strict=True):
        alone = judged(case)
        assert (found.verdict, found.reason) == (alone.verdict, alone.reason)
        assert ratios(found) == pytest.approx(ratios(alone), abs=1e-12)


def test_series_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="a series of 20 weeks beside an outcome of 26 weeks"):
        judged(replace(link(), adoption=np.zeros(20)))


def test_false_movements_are_rare_and_a_true_fifteen_percent_is_found() -> None:
    # 300 links of 13 + 13 weeks with 3 % noise; plain least squares would say `moves` of one null in eight.
    null = judge_vanity([link(0.0, noise=0.03, seed=seed) for seed in range(300)])
    true = judge_vanity([link(np.log(0.85), noise=0.03, seed=seed) for seed in range(300)])
    assert sum(result.verdict == "moves" for result in null) <= 0.08 * 300
    assert sum(result.verdict == "moves" for result in true) >= 0.95 * 300
    assert sum(result.verdict == "flat" for result in true) <= 1


def test_a_fall_with_roughly_measured_adoption_moves_and_is_not_flat() -> None:
    result = judged(a_small_unit())
    assert result.verdict == "moves"
    assert result.reason == (
        "The outcome moved with adoption: -47.8 % (95 % interval -57.0 % to -36.5 %) at 26 points more adoption, "
        "where the link claims -28.8 %; this takes for granted that both units would else have drifted alike."
    )


@pytest.mark.parametrize("cases", [40, 15])
@pytest.mark.parametrize("effect", [-0.15, -0.3])
def test_roughly_measured_adoption_makes_no_true_effect_flat(effect: float, cases: int) -> None:
    # With the adoption as it is measured, 9 in 10 of these were called flat at 15 cases.
    results = judge_vanity(counted(effect, cases, 300))
    assert sum(result.verdict == "flat" for result in results) <= 0.02 * 300
    assert sum(result.verdict == "moves" for result in results) >= 0.85 * 300


@pytest.mark.parametrize("cases", [40, 15])
def test_roughly_measured_adoption_finds_no_more_than_there_is(cases: int) -> None:
    results = judge_vanity(counted(0.0, cases, 600))
    assert sum(result.verdict == "moves" for result in results) <= 0.08 * 600
    assert sum(result.verdict == "flat" for result in results) >= 0.8 * 600


def test_adoption_that_is_mostly_chance_is_not_enough_data() -> None:
    # From 40 to 50 % on six cases a week: whole sixths come and go.
    rng = np.random.default_rng(3)
    share = rng.binomial(6, np.where(np.arange(26) < 13, 0.4, 0.5)) / 6
    result = judged(replace(link(-0.2), adoption=share))
    assert result.verdict == "not_enough_data"
    assert result.reason == (
        "Adoption is measured too roughly: even smoothed, 81 % of how it varies is chance where 40 % may be."
    )
    assert figures(result) == (None, None, None, None)
    progress = judged(replace(link(-0.2), adoption=share, is_share=False))
    assert progress.reason == result.reason.replace("Adoption is", "The child is")
    assert judge_vanity([replace(link(-0.2), adoption=share)], VanityLimits(reliability_min_ratio=0))[0].estimate_ratio


def test_it_is_not_flat_where_plain_least_squares_finds_half_of_the_claim() -> None:
    results = judge_vanity(counted(-0.3, 15, 300))
    apart = [result for result in results if "plain least squares" in result.reason]
    assert apart
    assert {result.verdict for result in apart} == {"not_enough_data"}
    assert apart[0].reason == (
        "Whether the outcome moved with adoption cannot be told: -3.8 % (90 % interval -8.8 % to +1.3 %) at 17 points "
        "more adoption, where the link claims -30.0 %; but plain least squares finds -17.6 %, and adoption that is "
        "measured too roughly sets the two apart."
    )


def test_a_child_that_is_no_share_has_come_so_far_on_the_way_to_its_target() -> None:
    case = replace(link(np.log(0.85)), is_share=False)
    assert judged(case).reason == (
        "The outcome moved with adoption: -13.8 % (95 % interval -16.5 % to -11.0 %) at 60 % more of the way to its "
        "target, where the link claims -15.0 %; this takes for granted that both units would else have drifted alike."
    )
    assert judged(replace(case, adoption=np.where(np.arange(26) < 13, 0.2, 0.29))).reason == (
        "The child moved by +9.0 % of the way to its target where 10 % is needed."
    )
    assert figures(judged(case)) == figures(judged(replace(case, is_share=True)))
