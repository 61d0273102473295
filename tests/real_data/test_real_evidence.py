"""The evidence on real weeks: what looks like a success of AI is not called one, and thin weeks are not judged."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from raw_figures import incidents, pull_requests
from real_company import HERE, INCIDENTS, LAST_WEEKS, RealRun

from okr_pipeline.analysis.insights import Insights
from okr_pipeline.cascade.grading import Status
from okr_pipeline.cascade.loader import load_cascade
from okr_pipeline.cascade.model import Cascade
from okr_pipeline.cascade.weeks import WEEK
from okr_pipeline.duties import Register
from okr_pipeline.evaluation import Evaluation, evaluate_cascade
from okr_pipeline.intelligence.analyse import analyse
from okr_pipeline.intelligence.findings import data_issues
from okr_pipeline.measured import Columns, Measured
from okr_pipeline.project import Project

FIRST_WEEK, LAST_DENSE_WEEK, LAST_WEEK = date(2016, 2, 29), date(2016, 5, 30), LAST_WEEKS[INCIDENTS]
NEWEST_MERGES = date(2026, 8, 17)
START_UP_WEEKS = 8
"""Until the median time from opening to resolution has come down from 91 hours to 4."""
UNKNOWN = {Status.INCONCLUSIVE, Status.NO_DATA}

BUSINESS_UNIT = """\
cycle: "2016"
org_unit: service_desk
level: business_unit
owner: head of service desk
objectives:
  - id: fewer_hands
    title: A moderate incident passes through fewer hands
    derives_from: first_contact
    key_results:
      - id: reassigned
        title: A third of the moderate incidents are reassigned
        metric: incident_reassigned_share
        where: {org_unit: service_desk, segment: moderate}
        baseline: {value: 0.55, source: second week of the log}
        target: {at_most: 33%}
        target_set_on: 2016-02-22
        window: week
        due: 2017-03-31
        contributes: {moves_parent: [10%, 20%], lag_weeks: 0, source: guess}
"""
TEAM = """\
cycle: "2016"
org_unit: service_desk
level: team
owner: team lead triage
objectives:
  - id: triage_with_ai
    title: Incidents are sorted well at once
    derives_from: reassigned
    key_results:
      - id: triage_share
        title: Six of ten incidents are sorted by an AI that nobody ever had
        metric: invented_ai_share
        where: {org_unit: service_desk, segment: moderate}
        baseline: {value: 0, source: invented}
        target: {at_least: 60%}
        target_set_on: 2016-02-22
        window: week
        due: 2017-03-31
        contributes: {moves_parent: [-20%, -15%], lag_weeks: 0, source: guess}
"""
COMPARED = "        compare_with: {segment: critical}\n"


@dataclass(frozen=True)
class Judged:
    """What the pipeline says at the end of a week."""

    measured: Measured
    evaluation: Evaluation
    insights: Insights


def judged(run: RealRun, project: Project, columns: Mapping[str, Columns], through: date) -> Judged:
    needed = {key_result.metric for key_result in project.cascade.key_results}
    used = {name: columns[name] for name in needed}
    measured = Measured.of(project, used, run.manifests, through)
    evaluation = evaluate_cascade(project, measured, used, run.manifests, Register())
    return Judged(measured, evaluation, analyse(measured, evaluation))


def with_limits(cascade: Cascade, **limits: float) -> Cascade:
    """Return the cascade with other thresholds."""
    thresholds = {
        name: getattr(cascade.policy, name).model_copy(update={"value": value}) for name, value in limits.items()
    }
    return replace(cascade, policy=cascade.policy.model_copy(update=thresholds))


# AI share up, lead time better? The pull requests of dbt-duckdb


@pytest.fixture(scope="module")
def as_it_is(real_run: RealRun) -> Judged:
    return judged(real_run, real_run.project, real_run.columns, NEWEST_MERGES)


def without_small_groups(run: RealRun) -> Cascade:
    """Return the cascade of an organisation in which every figure may be shown: these are public repositories."""
    cascade = run.project.cascade
    return replace(cascade, organisation=cascade.organisation.model_copy(update={"minimum_group": 1}))


def shown(run: RealRun, cascade: Cascade) -> Judged:
    return judged(run, replace(run.project, cascade=cascade), run.columns, NEWEST_MERGES)


def test_what_must_not_be_shown_supports_no_link(as_it_is: Judged) -> None:
    for child in ("ai_share", "ai_share_beside_python_sdk"):
        link = as_it_is.insights.evidence[child]
        assert link.verdict == "not_enough_data"
        assert link.reason.startswith("How far the child has come cannot be told")
        assert as_it_is.evaluation.current[child].status is Status.NO_DATA
        assert "fewer than 5 people" in as_it_is.evaluation.current[child].status_reason


def test_two_merges_a_week_do_not_show_that_lead_time_moved(real_run: RealRun) -> None:
    evidence = shown(real_run, without_small_groups(real_run)).insights.evidence
    assert {link.verdict for link in evidence.values()} == {"not_enough_data"}
    assert evidence["ai_share"].compared_with is None
    assert evidence["ai_share_beside_python_sdk"].compared_with == "python_sdk"
    for link in evidence.values():
        assert link.reason.startswith("Half the weeks have 2 cases or fewer where 30 are needed.")


def test_without_any_gate_lead_time_still_did_not_move(real_run: RealRun) -> None:
    open_gates = with_limits(without_small_groups(real_run), vanity_cases_min_count=1, vanity_reliability_min_ratio=0)
    evidence = shown(real_run, open_gates).insights.evidence
    alone, compared = evidence["ai_share"], evidence["ai_share_beside_python_sdk"]
    assert {alone.verdict, compared.verdict} == {"not_enough_data"}
    assert alone.vanity.adoption_reached_ratio is not None
    assert alone.vanity.adoption_reached_ratio > 0.2
    assert alone.vanity.estimate_ratio is not None
    assert alone.vanity.estimate_ratio > 0, "more AI went with longer lead times"
    assert "does not clearly show that it moved the wanted way" in alone.reason
    assert "no comparison unit is named" in alone.reason
    assert "cannot be told" in compared.reason
    assert compared.vanity.low_ratio is not None
    assert compared.vanity.high_ratio is not None
    assert compared.vanity.low_ratio < -0.9
    assert compared.vanity.high_ratio > 3, "the interval tells nothing"


def test_by_hand_it_would_be_wrong_to_say_that_lead_time_got_better(real_data: Path) -> None:
    raw = pull_requests(real_data)
    merges = raw[(raw.segment == "dbt-duckdb") & (raw.is_bot == 0)]
    by_year = merges.groupby(merges.moment.dt.year)
    share, hours = by_year.ai_trailer.mean(), by_year.lead_hours.median()
    assert share[2024] == 0
    assert 0 < share[2025] < share[2026]
    assert hours[2024] < hours[2025] < hours[2026]


# An invented adoption in the start-up of the incident log


def invented(run: RealRun, start: date) -> dict[str, Columns]:
    """Return the metrics, with the share of an AI that spreads within six weeks from ``start`` on."""
    incidents_columns = run.columns["incident_reassigned_share"]
    age = (np.asarray(incidents_columns["week_start"]).astype("datetime64[D]") - np.datetime64(start)).astype(int) / 7
    share = np.where(age < 0, 0.0, 0.7 / (1 + np.exp(-(age - 2.5))))
    counted = np.round(share * np.ma.filled(np.ma.asarray(incidents_columns["denominator"]).astype(float), 0.0))
    return {**run.columns, "invented_ai_share": {**incidents_columns, "numerator": counted}}


@pytest.fixture(scope="module")
def triage(real_run: RealRun, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Project]:
    """Makes the project with the invented adoption, which begins in a given week."""
    known = real_run.project.metrics
    adoption = replace(known["incident_reassigned_share"], name="invented_ai_share", kind="adoption", direction="up")
    cascades: dict[bool, Cascade] = {}
    for is_compared in (False, True):
        folder = tmp_path_factory.mktemp("triage") / "cascade"
        shutil.copytree(HERE / "cascade", folder)
        (folder / "2016" / "service_desk.yml").write_text(BUSINESS_UNIT)
        cycle = folder / "2016" / "cycle.yml"
        cycle.write_text(cycle.read_text().replace("end: 2016-12-31", "end: 2017-03-31"))  # the log ends in February
        (folder / "2016" / "triage.yml").write_text(TEAM + (COMPARED if is_compared else ""))
        loaded = load_cascade(folder)
        assert loaded.cascade is not None, [issue.sentence() for issue in loaded.issues]
        cascades[is_compared] = loaded.cascade

    def project(start: date, *, is_compared: bool, **limits: float) -> Project:
        cascade = with_limits(cascades[is_compared], **limits)
        cycles = {**cascade.cycles, "2016": cascade.cycles["2016"].model_copy(update={"start": start})}
        return replace(
            real_run.project,
            cascade=replace(cascade, cycles=cycles),
            metrics={**known, "invented_ai_share": adoption},
        )

    return project


@pytest.mark.parametrize("through", [LAST_DENSE_WEEK, LAST_WEEK])
@pytest.mark.parametrize("is_compared", [False, True])
@pytest.mark.parametrize("age", range(1, START_UP_WEEKS))
def test_an_adoption_that_begins_in_the_start_up_is_not_credited_with_it(
    real_run: RealRun, triage: Callable[..., Project], through: date, is_compared: bool, age: int
) -> None:
    start = FIRST_WEEK + WEEK * age
    found = judged(real_run, triage(start, is_compared=is_compared), invented(real_run, start), through)
    link = found.insights.evidence["triage_share"]
    assert link.verdict == "not_enough_data"
    assert (link.compared_with == "service_desk / critical") is is_compared
    assert not any(pair.is_discovered for pair in found.insights.associations)


def test_the_start_up_is_a_trap_that_only_the_gates_keep_shut(
    real_run: RealRun, triage: Callable[..., Project]
) -> None:
    start = FIRST_WEEK + 2 * WEEK
    unguarded = triage(start, is_compared=True, vanity_weeks_min_count=1, vanity_cases_min_count=1)
    credited = judged(real_run, unguarded, invented(real_run, start), LAST_DENSE_WEEK)
    assert credited.insights.evidence["triage_share"].verdict == "moves"
    guarded = triage(start, is_compared=True)
    link = judged(real_run, guarded, invented(real_run, start), LAST_DENSE_WEEK).insights.evidence["triage_share"]
    assert link.reason == "Only 1 week before the adoption can be used where 8 are needed."


def test_drift_forecast_and_drivers_do_not_credit_the_start_up(
    real_run: RealRun, triage: Callable[..., Project]
) -> None:
    start = FIRST_WEEK + 2 * WEEK
    found = judged(real_run, triage(start, is_compared=True), invented(real_run, start), LAST_DENSE_WEEK)
    insights = found.insights
    assert insights.drift["reassigned"].verdict == "not_enough_data"
    assert insights.drift["reassigned"].reason == "2 baseline weeks with a value, 8 are needed"
    shares = [value.value for value in found.evaluation.values["reassigned"] if value.value is not None]
    ahead = insights.forecasts["reassigned"]
    assert ahead.method == "local_level"
    assert ahead.median is not None
    assert min(shares[-4:]) <= ahead.median <= max(shares[-4:]), "the fall of the first weeks is not drawn on"
    assert insights.moved["reassigned"].change > 0, "against four weeks ago it got worse again"
    assert {cell.ai_assisted for cell in insights.moved["reassigned"].cells} == {"all"}
    assert {cell.segment for cell in insights.moved["reassigned"].cells} == {"moderate"}


def test_by_hand_the_start_up_is_an_artefact_of_the_log(real_data: Path) -> None:
    raw = incidents(real_data)
    week = (raw.opened_at - pd.Timestamp(FIRST_WEEK, tz="UTC")).dt.days // 7
    hours = raw[raw.hours.notna()].groupby(week).hours.median()
    assert hours[0] > 90
    assert hours[6] < 5, "and nothing was introduced in these weeks"
    resolved = raw.groupby("week_start").size()
    assert resolved[pd.Timestamp(FIRST_WEEK)] < resolved.iloc[1:14].median() / 2


# Weeks with a handful of incidents


def test_every_thin_week_is_told_as_an_unknown_and_as_a_finding(
    real_run: RealRun, triage: Callable[..., Project]
) -> None:
    files = real_run.manifests[INCIDENTS].files
    thin = [week for week, file in files.items() if 1 <= file.rows <= 31]
    assert len(thin) > 25
    project, columns = triage(FIRST_WEEK, is_compared=True), invented(real_run, FIRST_WEEK)
    rules_seen = set()
    for week in thin:
        found = judged(real_run, project, columns, week)
        said = {
            issue.object: issue.rule
            for issue in data_issues(found.measured, found.evaluation, found.insights, real_run.manifests)
            if issue.rule in ("small_sample", "no_data")
        }
        for name in ("first_contact", "reassigned"):
            judgement = found.evaluation.current[name]
            assert judgement.status in UNKNOWN, (week, name, judgement.status_reason)
            expected = "small_sample" if judgement.status is Status.INCONCLUSIVE else "no_data"
            assert said[f"key result {name}"] == expected
            rules_seen.add(expected)
        assert not any(each.verdict == "drifting" for each in found.insights.drift.values())
        assert found.insights.evidence["triage_share"].verdict != "moves"
    assert "small_sample" in rules_seen


def test_a_small_sample_says_how_small_it_is(real_run: RealRun) -> None:
    found = judged(real_run, real_run.project, real_run.columns, date(2016, 12, 12))
    issues = data_issues(found.measured, found.evaluation, found.insights, real_run.manifests)
    small = [issue for issue in issues if issue.rule == "small_sample" and issue.object == "key result first_contact"]
    assert [issue.level for issue in small] == ["advice"]
    assert "18" in small[0].problem
    assert "100" in small[0].problem
