"""A key result on the real incident log: judged where the log is dense, inconclusive on its thin tail."""

from datetime import date
from math import isfinite
from pathlib import Path

import pandas as pd
import pytest
from raw_figures import incidents
from real_company import INCIDENTS, RealRun

from okr_pipeline.cascade.grading import Status
from okr_pipeline.duties import Register
from okr_pipeline.evaluation import Evaluation, evaluate_cascade
from okr_pipeline.measured import Measured

DENSE_WEEK = date(2016, 5, 9)
THIN_WEEK = date(2016, 12, 12)
FOUR_PEOPLE_WEEK = date(2016, 9, 5)


def through(run: RealRun, week: date) -> Evaluation:
    needed = {key_result.metric for key_result in run.project.cascade.key_results}
    columns = {name: run.columns[name] for name in needed}
    measured = Measured.of(run.project, columns, run.manifests, week)
    return evaluate_cascade(run.project, measured, columns, run.manifests, Register())


@pytest.fixture(scope="module")
def thin(real_run: RealRun) -> Evaluation:
    return through(real_run, THIN_WEEK)


def test_a_dense_week_is_judged(real_run: RealRun, real_data: Path) -> None:
    raw = incidents(real_data)
    week = raw[(raw.week_start == pd.Timestamp(DENSE_WEEK)) & (raw.segment == "moderate")]
    expected = (~week.is_reassigned & ~week.is_reopened).mean()
    judgement = through(real_run, DENSE_WEEK).current["first_contact"]
    assert judgement.status not in {Status.INCONCLUSIVE, Status.NO_DATA, Status.STALE}
    assert judgement.value == pytest.approx(expected, rel=1e-9)
    assert judgement.low is not None
    assert judgement.low < expected


def test_a_thin_week_is_inconclusive_and_says_with_how_many_cases(thin: Evaluation) -> None:
    judgement = thin.current["first_contact"]
    assert judgement.status is Status.INCONCLUSIVE
    assert "18" in judgement.status_reason
    assert "100" in judgement.status_reason


def test_every_thin_week_is_inconclusive_or_is_not_shown(real_run: RealRun) -> None:
    thin_weeks = [week for week, file in real_run.manifests[INCIDENTS].files.items() if file.rows <= 31]
    assert len(thin_weeks) > 25
    statuses = {through(real_run, week).current["first_contact"].status for week in thin_weeks}
    assert statuses == {Status.INCONCLUSIVE, Status.NO_DATA}


def test_the_figure_of_four_people_is_not_shown(thin: Evaluation) -> None:
    value = next(value for value in thin.values["first_contact"] if value.week_start == FOUR_PEOPLE_WEEK)
    assert value.value is None
    assert value.reason is not None
    assert "people" in value.reason


def test_a_value_is_a_finite_number_or_says_why_it_is_missing(thin: Evaluation) -> None:
    for values in thin.values.values():
        for value in values:
            assert value.reason if value.value is None else isfinite(value.value)
            assert value.value is None or (value.low is None or value.low <= value.value)


def test_values_are_the_ratios_of_the_metric_rows(real_run: RealRun, thin: Evaluation) -> None:
    rows = pd.DataFrame(real_run.columns["incident_first_contact_share"])
    rows = rows[rows.segment == "moderate"].set_index("week_start")
    ratios = rows.numerator / rows.denominator
    shown = [value for value in thin.values["first_contact"] if value.value is not None]
    assert len(shown) > 20
    for value in shown:
        assert value.value == pytest.approx(ratios[pd.Timestamp(value.week_start)], rel=1e-9)
