"""The event log of a run: the same files as Dagster's own, and only where its SQLite storage is used."""

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from okr_pipeline.event_log import EventLog
from okr_pipeline.instance import instance_folder, open_instance

KEY = dg.AssetKey(["source", "table"])


@dg.asset(key=KEY)
def _table() -> None:
    """Anything that is materialised."""


@dg.asset_check(asset=KEY)
def _holds() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=False, metadata={"rows": 3})


def _run(home: Path) -> str:
    with open_instance(home) as instance:
        assert isinstance(instance.event_log_storage, EventLog)
        result = dg.materialize([_table, _holds], instance=instance)  # type: ignore[list-item]
        assert result.success
        return result.run_id


def test_what_a_run_wrote_the_ui_reads(tmp_path: Path) -> None:
    run_ids = [_run(tmp_path), _run(tmp_path)]
    with dg.DagsterInstance.from_config(str(instance_folder(tmp_path))) as instance:
        assert type(instance.event_log_storage) is SqliteEventLogStorage
        found = instance.fetch_materializations(KEY, limit=10).records
        assert [record.run_id for record in reversed(found)] == run_ids
        checks = instance.event_log_storage.get_asset_check_execution_history(dg.AssetCheckKey(KEY, "_holds"), 10)
        assert [check.status.value for check in checks] == ["FAILED", "FAILED"]
        assert {run.run_id for run in instance.get_runs()} == set(run_ids)


def test_nothing_is_left_open(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    _run(tmp_path)
    assert not list(tmp_path.rglob("*.db-wal"))  # the last connection to close takes it away
    assert [str(warning.message) for warning in recwarn if warning.category is ResourceWarning] == []


@pytest.mark.parametrize("runs_before", [0, 1])
def test_an_error_before_the_first_event_is_told_as_it_is(tmp_path: Path, runs_before: int) -> None:
    for _ in range(runs_before):
        _run(tmp_path)
    with pytest.raises(ValueError, match="the real reason"), open_instance(tmp_path):
        raise ValueError("the real reason")


def test_a_storage_that_the_configuration_names_is_used_as_it_is(tmp_path: Path) -> None:
    configuration = instance_folder(tmp_path) / "dagster.yaml"
    with configuration.open("a") as file:
        file.write(
            "event_log_storage:\n  module: dagster._core.storage.event_log\n  class: SqliteEventLogStorage\n"
            f"  config: {{base_dir: {tmp_path}/elsewhere}}\n"
            "run_storage:\n  module: dagster._core.storage.runs\n  class: SqliteRunStorage\n"
            f"  config: {{base_dir: {tmp_path}/elsewhere}}\n"
            "schedule_storage:\n  module: dagster._core.storage.schedules\n  class: SqliteScheduleStorage\n"
            f"  config: {{base_dir: {tmp_path}/elsewhere}}\n"
        )
    with open_instance(tmp_path) as instance:
        assert type(instance.event_log_storage) is SqliteEventLogStorage
        assert dg.materialize([_table], instance=instance).success
    assert list((tmp_path / "elsewhere").glob("*.db"))
    assert not (tmp_path / "dagster" / "history").exists()
