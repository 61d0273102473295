"""The simulated systems are reproducible, and a later week only adds to what is there."""

import subprocess
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from delivered_files import Delivery, files_of
from measured_systems import REPOSITORIES

from okr_pipeline.cascade.weeks import iso_week, parse_iso_week
from okr_pipeline.demo import Truth, simulate, simulate_contact_centre


def contents(home: Path) -> dict[str, bytes]:
    return {name: content for name, (content, _) in files_of(home).items()}


def heads(home: Path) -> list[str]:
    """Return the ids of all commits, newest first, of both repositories."""
    return [
        subprocess.run(
            ["git", "-C", home / "systems" / "code_repository" / name, "rev-list", "main"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for name in REPOSITORIES
    ]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("whole")
    simulate(home)
    return home


def test_a_company_delivered_in_two_steps_equals_one_simulated_at_once(delivery: Delivery, whole: Path) -> None:
    assert contents(delivery.home) == contents(whole)
    assert heads(delivery.home) == heads(whole)


def test_the_last_week_touches_only_what_it_changes(delivery: Delivery, truth: Truth, last_week: date) -> None:
    after = files_of(delivery.home)
    touched = {name for name in after if after[name] != delivery.before.get(name)}
    new = iso_week(last_week)
    restated = iso_week(truth.faults["restated_week"].start)
    assert touched == {
        f"contact_centre/interactions/interactions_{restated}.parquet",
        f"contact_centre/interactions/interactions_{new}.parquet",
        f"underwriting/cases/cases_{new}.parquet",
        f"ai_usage/users/users_{new}.jsonl",
        f"ai_usage/decisions/decisions_{new}.jsonl",
        f"governance/monitoring/monitoring_{new}.jsonl",
        "governance/incidents.jsonl",
        "document_management/documents.sqlite",
        "erp/discrepancies.csv",
        "erp/open_discrepancies.csv",
        "erp/headcount.csv",
        "erp/ledger.csv",
    }


def test_csv_exports_only_grow(delivery: Delivery) -> None:
    after = contents(delivery.home)
    grown = [name for name in after if name.endswith(".csv") and after[name].startswith(delivery.before[name][0])]
    assert sorted(grown) == sorted(name for name in after if name.endswith(".csv"))


def test_the_same_arguments_give_the_same_bytes_and_commits(tmp_path: Path) -> None:
    for name in ("one", "other"):
        simulate(tmp_path / name, scale=0.2, seed=7, through=parse_iso_week("2025-W42"))
    assert contents(tmp_path / "one") == contents(tmp_path / "other")
    assert heads(tmp_path / "one") == heads(tmp_path / "other")


def test_another_seed_gives_other_rows_in_the_same_files(tmp_path: Path) -> None:
    for seed in (7, 8):
        simulate(tmp_path / str(seed), scale=0.2, seed=seed, through=parse_iso_week("2025-W41"))
    one, other = contents(tmp_path / "7"), contents(tmp_path / "8")
    same = {name for name in one if one[name] == other[name]}
    assert one.keys() == other.keys()
    assert same == {"erp/headcount.csv"}


def test_a_day_inside_a_week_means_the_whole_week(tmp_path: Path) -> None:
    simulate(tmp_path / "sunday", scale=0.2, through=date(2025, 10, 5))
    simulate(tmp_path / "monday", scale=0.2, through=date(2025, 9, 29))
    assert contents(tmp_path / "sunday") == contents(tmp_path / "monday")


def test_a_benchmark_writes_the_asked_weeks_with_the_asked_rows(tmp_path: Path) -> None:
    simulate_contact_centre(tmp_path, [date(2026, 11, 16), date(2027, 1, 4)], 20_000)
    files = sorted((tmp_path / "systems" / "contact_centre" / "interactions").iterdir())
    assert [file.name for file in files] == ["interactions_2026-W47.parquet", "interactions_2027-W01.parquet"]
    assert [pq.read_metadata(file).num_rows for file in files] == [20_000, 20_000]
