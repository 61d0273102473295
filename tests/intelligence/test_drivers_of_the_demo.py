"""In every week of every metric of a finished demo the parts sum to the change, and no small group is told."""

from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest

import okr_pipeline
from okr_pipeline.cascade.scope import Scope
from okr_pipeline.cascade.weekly import Where
from okr_pipeline.intelligence.cell_tables import WITHHELD, cell_table
from okr_pipeline.intelligence.metric_drivers import explain_key_results, explain_metrics
from okr_pipeline.landing import Landing, Pseudonymiser
from okr_pipeline.measured import Measured
from okr_pipeline.project import Project
from okr_pipeline.settings import Settings


@pytest.fixture(scope="module")
def measured(demo_home: Path) -> Measured:
    """What the demo has measured, read and not computed again."""
    repository = Path(okr_pipeline.__file__).parents[1]
    settings = Settings.from_environment({"OKR_HOME": str(demo_home), "OKR_PROJECT": str(repository)})
    project = Project.load(settings)
    with duckdb.connect(str(demo_home / "warehouse" / "okr.duckdb"), read_only=True) as connection:
        columns = {name: connection.execute(f"select * from metrics.{name}").fetchnumpy() for name in project.metrics}
    landing = Landing(demo_home / "landing", project.zone, Pseudonymiser(settings.pseudonym_key))
    manifests = {table.key: landing.manifest(table.key) for system in project.systems for table in system.tables}
    newest = max(week for manifest in manifests.values() for week in manifest.files)
    return Measured.of(project, columns, manifests, newest)


def change(measured: Measured, metric: str, scope: Scope, weeks: tuple[date, date]) -> float:
    values = measured.weekly(metric, scope, next(iter(measured.project.cascade.cycles))).value
    return float(values[measured.position(weeks[1])] - values[measured.position(weeks[0])])


def test_the_parts_of_every_week_of_every_metric_sum_to_its_change(measured: Measured) -> None:
    whole = Scope(org_unit=measured.project.cascade.organisation.root)
    found = explain_metrics(measured)
    assert {each.metric for each in found} == {name for name, rows in measured.rows.items() if len(rows)}
    for each in found:
        moved = change(measured, each.metric, whole, (each.previous_week, each.week_start))
        scale = max(1.0, abs(moved))
        assert sum(cell.mix + cell.rate for cell in each.cells) == pytest.approx(each.change, abs=1e-9 * scale)
        assert each.change == pytest.approx(moved, abs=1e-9 * scale), (each.metric, each.week_start)


def test_the_parts_of_every_key_result_sum_to_the_change_of_its_own_scope(measured: Measured) -> None:
    found = explain_key_results(measured)
    assert found
    for key_result_id, each in found.items():
        scope = measured.project.cascade.key_results_by_id[key_result_id].where
        moved = change(measured, each.metric, scope, (each.previous_week, each.week_start))
        assert each.change == pytest.approx(moved, abs=1e-9 * max(1.0, abs(moved))), key_result_id
        assert sum(cell.mix + cell.rate for cell in each.cells) == pytest.approx(each.change, abs=1e-9)


def test_a_small_group_of_either_week_is_never_a_part_by_itself(measured: Measured) -> None:
    organisation = measured.project.cascade.organisation
    small_count = withheld_count = 0
    for each in explain_metrics(measured):
        if not measured.project.metrics[each.metric].people:
            continue
        rows = measured.rows[each.metric]
        weeks = np.array([each.previous_week, each.week_start], dtype="datetime64[D]")
        is_small = np.isin(rows.week_start, weeks) & (rows.people_count > 0)
        is_small &= rows.people_count < organisation.minimum_group
        small = {tuple(key) for key in zip(*(part[is_small] for part in _labels(rows)), strict=True)}
        shown = {(cell.org_unit, cell.segment, cell.ai_assisted) for cell in each.cells}
        assert not small & shown, (each.metric, each.week_start)
        small_count += len(small)
        if WITHHELD in shown:
            table = cell_table(measured, each.metric, Where(organisation.root))
            assert len(table.groups) - (len(shown) - 1) >= 2, (each.metric, each.week_start)
            withheld_count += 1
    assert small_count > 0  # else the demo would prove nothing
    assert withheld_count > 0


def _labels(rows: object) -> tuple[np.ndarray, ...]:
    return tuple(getattr(rows, name) for name in ("org_unit", "segment", "ai_assisted"))
