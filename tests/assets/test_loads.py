"""The code location as the server finds it, and what each asset tells a person who opens it."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import dagster as dg

from okr_pipeline.assets.key_results import CHECK_NAME
from okr_pipeline.assets.names import HEALTH_KEY, key_result_key, metric_key, raw_key, system_key
from okr_pipeline.assets.transformation import METRIC_COLUMNS
from okr_pipeline.project import Project

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
UI_KINDS_LIMIT = 3
"""The UI refuses to show more."""


def loaded(command: list[str], home: Path) -> str:
    environment = {
        "PATH": f"{BIN}:/usr/bin:/bin",
        "OKR_HOME": str(home / "home"),
        "HOME": str(home),
        "DAGSTER_HOME": "",
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "DG_CLI_CONFIG": str(home / "dg.toml"),
    }
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said


def specs(definitions: dg.Definitions) -> list[dg.AssetSpec]:
    return list(definitions.resolve_all_asset_specs())


def spec_of(definitions: dg.Definitions, key: dg.AssetKey) -> dg.AssetSpec:
    return next(spec for spec in specs(definitions) if spec.key == key)


def named(keys: Iterable[dg.AssetKey]) -> list[str]:
    return sorted(key.to_user_string() for key in keys)


def test_workspace_loads_as_the_server_loads_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dagster", "definitions", "validate", "-w", "workspace.yaml"]
    assert "okr_pipeline" in loaded([*command, "--load-with-grpc"], tmp_path)


def test_dg_finds_the_project_and_its_definitions(tmp_path: Path) -> None:
    assert "successfully" in loaded([str(BIN / "dg"), "check", "defs"], tmp_path)


def test_the_job_refreshes_everything_that_can_be_refreshed(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("weekly_refresh")
    selected = set(job.asset_layer.executable_asset_keys)
    assert selected == definitions.resolve_asset_graph().materializable_asset_keys


def test_every_asset_has_a_group_of_the_organisation(definitions: dg.Definitions, project: Project) -> None:
    units = set(project.cascade.organisation.units)
    functions = {system.function for system in project.systems} | {
        metric.function for metric in project.metrics.values()
    }
    allowed = units | {name.lower().replace(" ", "_") for name in functions} | {"organisation"}
    assert {spec.group_name for spec in specs(definitions)} <= allowed


def test_every_asset_has_an_owner(definitions: dg.Definitions) -> None:
    assert named(spec.key for spec in specs(definitions) if not spec.owners) == []


def test_every_asset_says_what_it_is(definitions: dg.Definitions) -> None:
    assert named(spec.key for spec in specs(definitions) if not (spec.description or "").strip()) == []


def test_every_asset_has_a_kind(definitions: dg.Definitions) -> None:
    wrong = [spec.key for spec in specs(definitions) if not 1 <= len(spec.kinds) <= UI_KINDS_LIMIT]
    assert named(wrong) == []


def test_a_key_result_shows_target_metric_and_unit(definitions: dg.Definitions, project: Project) -> None:
    for key_result in project.cascade.key_results:
        spec = spec_of(definitions, key_result_key(key_result.id))
        assert spec.metadata["target"] == key_result.target.words()
        assert spec.metadata["metric"] == key_result.metric
        assert spec.metadata["unit"] == project.metrics[key_result.metric].unit
        assert key_result.title in (spec.description or "")
        assert spec.metadata["due"] == key_result.due.isoformat()


def test_a_key_results_code_reference_points_at_its_definition(definitions: dg.Definitions, project: Project) -> None:
    for key_result in project.cascade.key_results:
        spec = spec_of(definitions, key_result_key(key_result.id))
        (reference,) = spec.metadata["dagster/code_references"].code_references
        path = Path(reference.file_path)
        assert path.is_absolute()
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[reference.line_number - 1].strip() == f"- id: {key_result.id}"


def test_every_column_of_a_raw_table_is_described(definitions: dg.Definitions, project: Project) -> None:
    for key, table in project.tables.items():
        columns = spec_of(definitions, raw_key(*key)).metadata["dagster/column_schema"].columns
        assert [column.name for column in columns] == list(table.columns)
        assert [column.name for column in columns if not column.description] == []


def test_every_column_of_the_health_table_is_described(definitions: dg.Definitions) -> None:
    columns = spec_of(definitions, HEALTH_KEY).metadata["dagster/column_schema"].columns
    assert columns
    assert [column.name for column in columns if not column.description] == []


def test_every_column_of_a_metric_is_shown_and_described(definitions: dg.Definitions, project: Project) -> None:
    for name in project.metrics:
        columns = spec_of(definitions, metric_key(name)).metadata["dagster/column_schema"].columns
        assert {column.name: bool(column.description) for column in columns} == dict.fromkeys(METRIC_COLUMNS, True)


def test_no_column_is_shown_without_a_description(definitions: dg.Definitions) -> None:
    schemas = {spec.key.to_user_string(): spec.metadata.get("dagster/column_schema") for spec in specs(definitions)}
    columns = [(key, column) for key, schema in schemas.items() if schema for column in schema.columns]
    assert [f"{key}.{column.name}" for key, column in columns if not column.description] == []


def test_every_raw_table_has_its_three_checks(definitions: dg.Definitions, project: Project) -> None:
    checks = definitions.resolve_asset_graph().asset_check_keys
    for key in project.tables:
        found = {check.name for check in checks if check.asset_key == raw_key(*key)}
        assert found >= {"contract", "volume", "freshness"}


def test_every_key_result_has_one_check(definitions: dg.Definitions, project: Project) -> None:
    checks = definitions.resolve_asset_graph().asset_check_keys
    for key_result in project.cascade.key_results:
        found = [check.name for check in checks if check.asset_key == key_result_key(key_result.id)]
        assert found == [CHECK_NAME]


def test_every_metric_has_its_contract_as_a_check(definitions: dg.Definitions, project: Project) -> None:
    checked = {check.asset_key for check in definitions.resolve_asset_graph().asset_check_keys}
    assert {dg.AssetKey(["metrics", name]) for name in project.metrics} <= checked


def test_every_system_of_record_is_external(definitions: dg.Definitions, project: Project) -> None:
    graph = definitions.resolve_asset_graph()
    assert all(graph.get(system_key(system.name)).is_external for system in project.systems)
