"""dbt on a small hand-made warehouse: one parsed project for the whole folder, one file per test."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import small_company
from dbt_runs import Dbt


@pytest.fixture(scope="session")
def dbt(tmp_path_factory: pytest.TempPathFactory) -> Dbt:
    return Dbt(tmp_path_factory.mktemp("dbt") / "target")


@pytest.fixture(scope="session")
def built_at_once(dbt: Dbt, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse in which all weeks were built in one pass; every data test passed. Copy it to change it."""
    path = tmp_path_factory.mktemp("at_once") / "okr.duckdb"
    small_company.create(path)
    results = dbt.run(["build", "--exclude", "test_type:unit"], path, small_company.WEEKS)
    bad = {name: result.message for name, result in results.items() if result.status not in {"success", "pass"}}
    assert bad == {}
    return path


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[Path], Path]:
    """Copies a warehouse under its own name: dbt's manifest stores the catalogue's name."""

    def copy(path: Path) -> Path:
        target = tmp_path / path.name
        shutil.copyfile(path, target)
        return target

    return copy
