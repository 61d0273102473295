"""Runs the dbt project in this process, on whatever warehouse a test names."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import dbt_common.clients.agate_helper  # noqa: F401 - imported lazily in dbt's worker it has dead-locked
import pytest
import small_company
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

PROJECT = Path(__file__).parents[2] / "dbt_project"


class Dbt:
    """The project, parsed once; `run` invokes dbt in this process on a given warehouse."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self.invoke(["parse"], {})

    @property
    def packed_manifest(self) -> Path:
        return self._target / "partial_parse.msgpack"

    def manifest(self) -> Mapping[str, Any]:
        return Manifest.from_msgpack(self.packed_manifest.read_bytes()).to_dict()

    def run(self, arguments: Sequence[str], warehouse: Path, weeks: Sequence[date]) -> dict[str, Any]:
        """Invoke dbt and return the nodes' results by name; a failed node fails the test that asked."""
        environment = {
            "OKR_WAREHOUSE": str(warehouse),
            "OKR_BUILD_WEEKS": ",".join(week.isoformat() for week in weeks),
            "OKR_TIME_ZONE": small_company.ZONE,
        }
        outcome = self.invoke(arguments, environment)
        return {result.node.name: result for result in outcome.result.results}

    def invoke(self, arguments: Sequence[str], environment: Mapping[str, str]) -> Any:
        packed = self.packed_manifest
        manifest = Manifest.from_msgpack(packed.read_bytes()) if packed.exists() else None
        flags = ["--quiet", "--no-use-colors", "--no-version-check", "--log-level-file", "none"]
        places = [
            "--project-dir",
            str(PROJECT),
            "--profiles-dir",
            str(PROJECT),
            "--target-path",
            str(self._target),
            "--log-path",
            str(self._target),
        ]
        try:
            with pytest.MonkeyPatch.context() as patch:
                for name, value in environment.items():
                    patch.setenv(name, value)
                outcome = dbtRunner(manifest=manifest).invoke([*flags, *arguments, *places])
        finally:
            DuckDBConnectionManager.close_all_connections()
        if outcome.exception is not None:
            raise outcome.exception
        return outcome
