"""A failed dbt data test publishes nothing: readers keep the last publication, and the warehouse is as it was.

`okr refresh`'s own way into Dagster runs a copy of the dbt project with one test more.
"""

import hashlib
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import dagster as dg
import pytest
from asset_runs import ROOT, WEEK, CopyDemo, settings_of

from okr_pipeline.assets.names import HEALTH_KEY, PUBLICATION_KEY, key_result_key, metric_key
from okr_pipeline.instance import open_instance
from okr_pipeline.launch import RefreshFailedError, launch_refresh
from okr_pipeline.progress import Silent
from okr_pipeline.publication.store import PublicationStore

TEST_NAME = "handle_times_are_a_lie"
METRIC = "average_handle_time_seconds"
KEY_RESULT = "tier_one_handle_time"


@dataclass(frozen=True)
class Failure:
    """A refresh whose data test failed."""

    home: Path
    reasons: tuple[str, ...]
    published_before: str
    files_before: dict[str, str]


@pytest.fixture(scope="module")
def failure(tmp_path_factory: pytest.TempPathFactory, copy_demo: CopyDemo) -> Failure:
    folder = tmp_path_factory.mktemp("failed_checks")
    dbt_project = folder / "dbt_project"
    shutil.copytree(ROOT / "dbt_project", dbt_project, ignore=shutil.ignore_patterns("target", "logs"))
    test = dbt_project / "tests" / f"{TEST_NAME}.sql"
    test.write_text(f"select * from {{{{ ref('{METRIC}') }}}} limit 2\n", encoding="utf-8")
    home = copy_demo(folder / "home")
    shutil.rmtree(home / "landing")  # another project builds every landed week: five will do
    published, files = (home / "published").resolve().name, contents(home)
    week = date.fromisoformat(WEEK)
    with pytest.raises(RefreshFailedError) as caught:
        launch_refresh(settings_of(home, OKR_DBT_PROJECT_DIR=dbt_project), week, week, Silent(), 0.0)
    return Failure(home, caught.value.reasons, published, files)


def contents(home: Path) -> dict[str, str]:
    """Return a hash per file that readers or the next run rest on."""
    files = [path for name in ("publications", "warehouse") for path in (home / name).rglob("*") if path.is_file()]
    return {str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_sentence_names_the_test_and_says_that_nothing_is_published(failure: Failure) -> None:
    (reason,) = failure.reasons
    assert TEST_NAME in reason
    assert "nothing is published" in reason
    assert "Traceback" not in reason


def test_readers_keep_the_last_publication(failure: Failure) -> None:
    assert (failure.home / "published").resolve().name == failure.published_before
    assert PublicationStore(failure.home).current_id() == failure.published_before


def test_no_byte_of_publications_and_warehouse_has_changed(failure: Failure) -> None:
    assert contents(failure.home) == failure.files_before


def test_nothing_private_to_the_run_is_left(failure: Failure) -> None:
    left = [path for name in ("build", "spool") for path in (failure.home / name).rglob("*")]
    assert [path for path in left if path.is_file()] == []


def test_the_history_shows_which_check_failed_and_what_did_not_run(failure: Failure) -> None:
    check = dg.AssetCheckKey(metric_key(METRIC), TEST_NAME)
    with open_instance(failure.home) as instance:
        (run,) = instance.get_runs()
        record = instance.event_log_storage.get_asset_check_execution_history(check, limit=1)
        materialised = {
            key: instance.get_latest_materialization_event(key)
            for key in (metric_key(METRIC), key_result_key(KEY_RESULT), HEALTH_KEY, PUBLICATION_KEY)
        }
    assert run.status is dg.DagsterRunStatus.FAILURE
    assert record[0].status.value == "FAILED"
    assert [key for key, event in materialised.items() if event] == [metric_key(METRIC)]
