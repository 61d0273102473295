"""The published ledger, and `okr replay` over it: rows that go through a real store and back."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from click.testing import Result
from typer.testing import CliRunner

from okr_pipeline.cascade.versions import baseline_words
from okr_pipeline.cli import app
from okr_pipeline.errors import OkrError
from okr_pipeline.publication.ledger import change_rows, continue_ledger
from okr_pipeline.publication.reading import rows_of_published
from okr_pipeline.publication.store import PublicationStore
from okr_pipeline.publication.tables import KEY_RESULT_VALUES, KEY_RESULTS, TABLES, TARGET_CHANGES

BERLIN = ZoneInfo("Europe/Berlin")
JUNE = datetime(2026, 6, 22, 4, 30, tzinfo=UTC)
MONDAY = date(2026, 11, 16)
BY_NAME = {table.name: table for table in TABLES}
QUARTER: dict[str, Any] = {
    "key_result_id": "faster",
    "definition_hash": "a",
    "is_current": True,
    "cycle": "2026-h2",
    "owner": "head of service",
    "metric": "handle_time_seconds",
    "unit": "seconds",
    "filter": "service",
    "window": "week",
    "baseline": 360.0,
    "target_high": 270.0,
    "weight": 1.0,
    "minimum_cases": 30,
    "due": date(2026, 12, 31),
    "target_set_on": date(2026, 6, 22),
    "target": "reduce by at least 25%",
    "baseline_definition": "measured over 2026-W14..2026-W26",
    "cycle_start": date(2026, 6, 29),
}
FIFTH = QUARTER | {"definition_hash": "b", "target": "reduce by at least 20%", "target_high": 288.0}
VALUE: dict[str, Any] = {
    "key_result_id": "faster",
    "week_start": MONDAY,
    "version": 1,
    "is_latest": True,
    "value": 280.0,
    "low": 278.0,
    "high": 282.0,
    "sample_count": 1000,
    "baseline": 360.0,
    "target_high": 270.0,
    "gap": "none",
    "input_hash": "h",
    "definition_hash": "b",
    "computed_at": datetime(2026, 11, 23, 5, tzinfo=UTC),
}


def as_rows(table: str, filled: Iterable[dict[str, Any]]) -> list[tuple[object, ...]]:
    return [tuple(some.get(column.name) for column in BY_NAME[table].columns) for some in filled]


def publish(home: Path, definition: dict[str, Any] | None, week: int, values: Iterable[dict[str, Any]] = ()) -> None:
    """Publish one definition, as a run in a week of the year's second half does."""
    store, moment = PublicationStore(home, BERLIN.key), JUNE + timedelta(weeks=week)
    before = {name: rows_of_published(store, name) for name in ("key_results", "target_changes", "publication_info")}
    now = [] if definition is None else [definition]
    known = {row["definition_hash"]: row for row in before["key_results"]}
    kept = [row | {"is_current": False} for name, row in known.items() if not now or name != now[0]["definition_hash"]]
    first = [row | {"first_published_at": known.get(row["definition_hash"], {}).get("first_published_at", moment)}
             for row in now]  # fmt: skip
    key_results = as_rows("key_results", [*kept, *first])
    ledger = continue_ledger(before, key_results, moment, BERLIN, {"2026-h2": date(2026, 6, 29)})
    info = {"publication_id": f"p{week:02}", "published_at": moment, "data_through": MONDAY, "time_zone": BERLIN.key}
    current = [{"key_result_id": row["key_result_id"], "status": "no_data", "status_reason": "none"} for row in now]
    store.publish(
        f"p{week:02}",
        {
            "key_results": key_results,
            "key_result_current": as_rows("key_result_current", current),
            "publication_info": as_rows("publication_info", [info]),
        },
        {
            KEY_RESULT_VALUES.name: as_rows("key_result_values", values),
            TARGET_CHANGES.name: change_rows(ledger.added),
        },
    )


def ledger_of(home: Path) -> list[dict[str, Any]]:
    return rows_of_published(PublicationStore(home), "target_changes")


def test_a_changed_target_is_one_row_that_further_publications_keep_and_do_not_repeat(tmp_path: Path) -> None:
    for week, definition in enumerate((QUARTER, QUARTER, FIFTH, FIFTH)):
        publish(tmp_path, definition, week)

    (row,) = ledger_of(tmp_path)
    moment = JUNE + timedelta(weeks=2)
    assert row.pop("published_at").astimezone(UTC) == moment
    assert row == {
        "key_result_id": "faster",
        "change_number": 1,
        "cycle": "2026-h2",
        "field": "target",
        "before": "reduce by at least 25%",
        "after": "reduce by at least 20%",
        "changed_on": date(2026, 7, 6),
        "is_after_start": True,
        "effect": "easier",
        "old_definition_hash": "a",
        "new_definition_hash": "b",
    }


def test_a_target_put_back_is_two_rows(tmp_path: Path) -> None:
    for week, definition in enumerate((QUARTER, FIFTH, QUARTER, None, QUARTER)):
        publish(tmp_path, definition, week)

    assert [(row["change_number"], row["after"], row["effect"]) for row in ledger_of(tmp_path)] == [
        (1, "reduce by at least 20%", "easier"),
        (2, "reduce by at least 25%", "harder"),
    ]


def test_a_publication_of_an_earlier_release_is_continued(tmp_path: Path) -> None:
    publish(tmp_path, QUARTER, 0)
    with duckdb.connect(str((tmp_path / "published" / "cascade.duckdb").resolve())) as connection:
        connection.execute("drop table okr.target_changes")
        for name in ("target", "baseline_definition", "cycle_start"):
            connection.execute(f"alter table okr.key_results drop column {name}")

    publish(tmp_path, QUARTER | {"definition_hash": "c", "title": "another title", "baseline": 380.0,
                                 "target_high": 285.0}, 1)  # fmt: skip
    assert ledger_of(tmp_path) == []
    publish(tmp_path, FIFTH, 2)
    assert [(row["before"], row["after"]) for row in ledger_of(tmp_path)] == [
        ("reduce by at least 25%", "reduce by at least 20%")
    ]


def test_the_start_of_the_cycle_is_known_of_versions_that_an_earlier_release_published(tmp_path: Path) -> None:
    old = {"target": None, "baseline_definition": None, "cycle_start": None}
    publish(tmp_path, QUARTER | old, 0)
    publish(tmp_path, FIFTH | old, 2)
    assert [(row["before"], row["is_after_start"]) for row in ledger_of(tmp_path)] == [("at most 270", True)]


def test_columns_were_added_at_the_end_and_the_key_is_the_running_number() -> None:
    assert [column.name for column in KEY_RESULTS.columns][-4:] == [
        "first_published_at", "target", "baseline_definition", "cycle_start"
    ]  # fmt: skip
    assert TARGET_CHANGES.key == ("key_result_id", "change_number")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ((None, None, "2026-W14..2026-W26"), "measured over 2026-W14..2026-W26"),
        ((480.0, "annual report", None), "480 (annual report)"),
        ((0.14, "contact centre report", None), "0.14 (contact centre report)"),
    ],
)
def test_a_baseline_is_spelled_as_it_is_defined(facts: tuple[Any, Any, Any], words: str) -> None:
    assert baseline_words(*facts) == words


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose target was lowered in July, with one week whose value was corrected later."""
    corrected = VALUE | {"version": 2, "value": 265.0, "low": 264.0, "high": 266.0, "restates": 1,
                         "computed_at": datetime(2026, 11, 30, 5, tzinfo=UTC)}  # fmt: skip
    publish(tmp_path, QUARTER, 0)
    publish(tmp_path, FIFTH, 2, [VALUE, corrected])
    return tmp_path


def run(home: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["replay", *words], env={"OKR_HOME": str(home), "COLUMNS": "200"})


def test_replay_shows_the_week_as_it_was_known_at_both_targets(home: Path) -> None:
    ended = run(home, "2026-W47", "--known-by", "2026-11-23", "--format", "json")
    assert ended.exit_code == 0, ended.output
    (found,) = json.loads(ended.stdout)
    # 280 lies 80 below the baseline of 360; the targets lie 90 and 72 below it
    assert (found["value"], found["version"], found["unit"], found["differs"]) == (280.0, 1, "seconds", True)
    assert found["original"] == {
        "definition_hash": "a",
        "target": "reduce by at least 25%",
        "baseline": 360.0,
        "target_low": None,
        "target_high": 270.0,
        "progress": pytest.approx(80 / 90),
        "verdict": "not_met",
        "reason": None,
    }
    assert (found["current"]["progress"], found["current"]["verdict"]) == (pytest.approx(80 / 72), "met")


def test_replay_without_a_day_shows_what_is_known_now(home: Path) -> None:
    (found,) = json.loads(run(home, "2026-W47", "--format", "json").stdout)
    assert (found["value"], found["version"], found["original"]["verdict"]) == (265.0, 2, "met")


def test_the_day_ends_in_the_organisations_time_zone(home: Path) -> None:
    late = {
        **VALUE,
        "version": 3,
        "value": 250.0,
        "restates": 2,
        "computed_at": datetime(2026, 12, 1, 23, 30, tzinfo=UTC),
    }
    publish(home, FIFTH, 3, [late])
    by_day = {day: json.loads(run(home, "2026-W47", "--known-by", day, "--format", "json").stdout)[0]["version"]
              for day in ("2026-12-01", "2026-12-02")}  # fmt: skip
    assert by_day == {"2026-12-01": 2, "2026-12-02": 3}  # half past eleven in the evening UTC is the next day in Berlin


def test_replay_marks_what_tells_another_story(home: Path) -> None:
    text = run(home, "2026-W47", "--known-by", "2026-11-23").stdout
    assert "2026-W47 as known by 2026-11-23" in text
    (line,) = (line for line in text.splitlines() if "faster" in line)
    assert [cell.strip() for cell in line.strip("│").split("│")] == [
        "faster",
        "280 seconds",
        "at most 270 seconds: 89 % of the way, not met",
        "≠",
        "at most 288 seconds: 111 % of the way, met",
    ]
    assert text.splitlines()[-1] == "≠ 1 of 1 key results tell another story at the target their cycle began with"


def test_replay_shows_a_target_whose_baseline_is_unknown_in_its_own_words(tmp_path: Path) -> None:
    unknown = {"baseline": None, "target_high": None}
    publish(tmp_path, QUARTER | unknown, 0)
    publish(tmp_path, FIFTH | unknown, 2, [VALUE])
    text = run(tmp_path, "2026-W47").stdout
    (line,) = (line for line in text.splitlines() if "faster" in line)
    assert [cell.strip() for cell in line.strip("│").split("│")] == [
        "faster",
        "280 seconds",
        "reduce by at least 25%: unknown",
        "",
        "reduce by at least 20%: unknown",
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["2026-47"], "WEEK: '2026-47' is not an ISO week - allowed: e.g. 2026-W47. Fix: correct it"),
        (["2026-W54"], "WEEK: '2026-W54' is not an ISO week - allowed: e.g. 2026-W47. Fix: correct it"),
        (
            ["2026-W48"],
            "WEEK: 2026-W48 is not published - allowed: 2026-W47 to 2026-W47. Fix: choose a published week",
        ),
        (
            ["2026-W47", "--known-by", "23.11.2026"],
            "--known-by: '23.11.2026' is not a day - allowed: YYYY-MM-DD, e.g. 2026-11-23. Fix: correct it",
        ),
        (
            ["2026-W47", "--format", "yaml"],
            "--format: 'yaml' is unknown - allowed: text, json. Fix: choose one",
        ),
    ],
)
def test_bad_input_ends_in_one_sentence(home: Path, words: list[str], sentence: str) -> None:
    ended = run(home, *words)
    assert isinstance(ended.exception, OkrError)
    assert str(ended.exception) == sentence


def test_replay_before_any_value_says_so(tmp_path: Path) -> None:
    publish(tmp_path, QUARTER, 0)
    assert str(run(tmp_path, "2026-W47").exception) == (
        "WEEK: 2026-W47 is not published - allowed: none yet. Fix: choose a published week"
    )
