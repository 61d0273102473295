"""What Dagster does when a source does not answer: ask again where it may help, never where it cannot, and publish.

The job runs in this process as `okr refresh` runs it; the closed port and the missing table are real.
"""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from asset_runs import CopyDemo, Outcome, refreshed, settings_of

from okr_pipeline import refresh
from okr_pipeline.assets import raw
from okr_pipeline.assets.names import raw_key
from okr_pipeline.connectors.origin import Origin
from okr_pipeline.connectors.reader import Reader
from okr_pipeline.errors import TransientSourceError

CLOSED = ("erp", "headcount")
ABSENT = ("document_management", "open_agreements")
SECRET = "canary-5f3a"


@pytest.fixture(scope="module", autouse=True)
def no_waiting() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(raw, "FIRST_WAIT_SECONDS", 0.0)
        yield


@pytest.fixture(scope="module")
def before(demo_home: Path) -> str:
    """The publication that the demo ended with."""
    return (demo_home / "published").resolve().name


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory, copy_demo: CopyDemo) -> Outcome:
    """One run in which a server is down and a table is gone; everything else is as it was."""
    folder = tmp_path_factory.mktemp("retries")
    sources = folder / "sources.toml"
    sources.write_text(_sources_with_faults(_closed_port()), encoding="utf-8")
    home = copy_demo(folder / "home")
    return refreshed(settings_of(home, OKR_SOURCES_TOML=sources, ERP_PASSWORD=SECRET))


def test_a_source_that_is_down_is_asked_again_three_times(outcome: Outcome) -> None:
    assert raw.MAX_RETRIES == 3
    assert outcome.steps("STEP_UP_FOR_RETRY") == {"erp__headcount": raw.MAX_RETRIES}
    assert outcome.steps("STEP_RESTARTED") == {"erp__headcount": raw.MAX_RETRIES}


def test_a_source_that_cannot_answer_is_asked_once(outcome: Outcome) -> None:
    assert outcome.steps("STEP_UP_FOR_RETRY")["document_management__open_agreements"] == 0
    assert outcome.steps("STEP_START")["document_management__open_agreements"] == 1


def test_the_run_goes_on_and_publishes(outcome: Outcome, before: str) -> None:
    assert outcome.result.success
    assert outcome.steps("STEP_FAILURE") == {}
    assert (outcome.home / "published").resolve().name != before


@pytest.mark.parametrize("table", [CLOSED, ABSENT])
def test_both_are_published_as_unreachable(outcome: Outcome, table: tuple[str, str]) -> None:
    unreachable = outcome.published("select system, table_name from okr.data_sources where verdict = 'unreachable'")
    assert set(table) in [set(row.values()) for row in unreachable]
    assert len(unreachable) == 2


@pytest.mark.parametrize("table", [CLOSED, ABSENT])
def test_no_check_passes_on_rows_that_nobody_has_read(outcome: Outcome, table: tuple[str, str]) -> None:
    failed = outcome.failed_checks(raw_key(*table))
    assert set(failed) == {"contract", "volume", "freshness"}
    (said,) = set(failed.values())
    assert re.match(r"Not read: \S", said)


def test_the_last_good_files_stay(outcome: Outcome) -> None:
    kept = outcome.published(
        "select landed_weeks, rows_count from okr.data_sources where system = 'erp' and table_name = 'headcount'"
    )
    assert kept[0]["landed_weeks"] == 60
    assert kept[0]["rows_count"] > 0


def test_key_results_elsewhere_keep_their_values(outcome: Outcome) -> None:
    query = "select value, status from okr.key_result_current where key_result_id = 'tier_one_handle_time'"
    (row,) = outcome.published(query)
    assert row["value"] is not None


def test_the_password_is_in_no_event(outcome: Outcome) -> None:
    assert SECRET not in "".join(str(event) for event in outcome.result.all_events)


def test_a_source_that_comes_back_is_landed(
    tmp_path: Path, copy_demo: CopyDemo, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_reader = refresh.open_reader
    asked: list[Origin] = []

    def down_once(origin: Origin) -> Reader:
        asked.append(origin)
        if len(asked) == 1:
            raise TransientSourceError(*CLOSED, "the server cannot be reached")
        return open_reader(origin)

    monkeypatch.setattr(refresh, "open_reader", down_once)
    outcome = refreshed(settings_of(copy_demo(tmp_path / "home")), only=[raw_key(*CLOSED)])
    assert outcome.result.success
    assert outcome.steps("STEP_UP_FOR_RETRY") == {"erp__headcount": 1}
    assert len(asked) == 2
    assert outcome.failed_checks(raw_key(*CLOSED)) == {}


def _closed_port() -> int:
    """A port that was free a moment ago and that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _sources_with_faults(port: int) -> str:
    text = (Path(__file__).parents[2] / "sources.toml").read_text(encoding="utf-8")
    dsn = f"host=127.0.0.1 port={port} dbname=erp user=reader password=${{ERP_PASSWORD}} sslmode=disable"
    changes = {
        'connector = "files"\npath = "systems/erp/headcount.csv"': (
            f'connector = "sql"\nkind = "postgres"\ndsn = "{dsn}"\ntable = "public.headcount"'
        ),
        'table = "open_agreements_snapshot"': 'table = "gone"',
    }
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text
