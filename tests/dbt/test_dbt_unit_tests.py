"""dbt's own unit tests: one formula each, in the yml beside its model."""

from collections.abc import Callable
from pathlib import Path

import small_company
from dbt_runs import Dbt


def test_every_unit_test_of_the_project_passes(dbt: Dbt, built_at_once: Path, copy_of: Callable[[Path], Path]) -> None:
    results = dbt.run(["test", "--select", "test_type:unit"], copy_of(built_at_once), small_company.WEEKS)
    assert {name: result.message for name, result in results.items() if result.status != "pass"} == {}
    assert len(results) >= 20
