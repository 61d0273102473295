"""`okr explain` as people and programs meet it: everything of one key result, and nothing that is not published."""

import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from published_demo import change, copy_published, lines, rows, run

from okr_pipeline.errors import OkrError
from okr_pipeline.landing.manifest import load, save

KEY_RESULT = "tier_one_handle_time"
WHERE = f"where key_result_id = '{KEY_RESULT}'"
COMMAND = [sys.executable, "-c", "from okr_pipeline.cli import main; main()", "explain"]


@pytest.fixture
def home(demo_home: Path, tmp_path: Path) -> Path:
    return copy_published(demo_home, tmp_path / "okr")


def section(said: list[str], head: str) -> list[str]:
    """Return the indented lines below a head."""
    start = next(index for index, line in enumerate(said) if line.startswith(head))
    below = said[start + 1 :]
    end = next((index for index, line in enumerate(below) if not line.startswith("  ")), len(below))
    return below[:end]


def test_it_tells_status_value_target_and_history(home: Path) -> None:
    (row,) = rows(home, f"select * from okr.key_result_current {WHERE}")
    said = lines(home, "explain", KEY_RESULT)
    assert said[:3] == [
        "Average handle time in tier one falls by a quarter in two quarters",
        "business unit, customer_operations, head of customer operations",
        f"{row['status']} {row['status_reason']}",
    ]
    assert any(line.startswith(f"value      {row['value']:.0f} seconds (95 % interval ") for line in said)
    assert any(
        line.startswith("target     at most 362 seconds by 2026-12-31, from 482 seconds (measured") for line in said
    )
    for name in ("history", "progress", "expected"):
        (bars,) = (line for line in said if line.startswith(f"{name:<11}"))
        assert len(bars.split()[1]) == 21, "one bar for each week of the cycle so far"


def test_the_parts_are_told_largest_first_and_those_left_over_together(home: Path) -> None:
    parts = rows(home, f"select * from okr.key_result_drivers {WHERE}")
    told = section(lines(home, "explain", KEY_RESULT), "Why it moved")
    assert len(parts) == 9
    assert len(told) == 6
    assert told[-1].endswith("4 other cells together")
    sizes = [abs(float(line.split()[0])) for line in told[:-1]]
    assert sizes == sorted(sizes, reverse=True)
    assert any("cells of too few people, together" in line for line in told)
    assert not any("withheld" in line for line in told)
    total = sum(float(line.split()[0]) for line in told)
    assert total == pytest.approx(parts[0]["change"], abs=0.05)


def test_a_change_of_a_share_is_told_in_points(home: Path) -> None:
    said = lines(home, "explain", "life_pricing_launch")
    (head,) = (line for line in said if line.startswith("Why it moved"))
    assert head.endswith(" points")
    assert all(" points by itself, " in line and "%" not in line for line in section(said, "Why it moved"))


def test_its_links_are_told_in_both_directions(home: Path) -> None:
    told = section(lines(home, "explain", KEY_RESULT), "Links")
    published = rows(
        home,
        f"select * from okr.alignment_evidence where '{KEY_RESULT}' in (child_key_result_id, parent_key_result_id)"
        " order by child_key_result_id",
    )
    assert told == [
        f"  {row['child_key_result_id']} to {row['parent_key_result_id']}: {row['verdict']} {row['reason']}"
        for row in published
    ]
    assert len(told) == 4


def test_the_file_that_it_rests_on_is_named_with_its_true_hash(home: Path) -> None:
    said = section(lines(home, "explain", KEY_RESULT), "Rests on")
    path, sha256 = home / said[1].strip(), said[2].split()[1]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    assert said[-1].startswith("  definition 2026-h2/customer_operations.yml:")


def test_a_week_landed_after_the_publication_changes_nothing_for_an_older_value(home: Path) -> None:
    _land_anew(home, week_of="2026-11-16", as_week=date(2026, 11, 23))
    shown = json.loads(run(home, "explain", KEY_RESULT, "--format", "json").stdout)
    assert shown["is_landed_anew"] is False
    assert {file["week"] for file in shown["files"]} <= {"2026-10-26", "2026-11-02", "2026-11-09", "2026-11-16"}


def test_a_file_that_was_landed_again_since_is_told(home: Path) -> None:
    _land_anew(home, week_of="2026-11-02", as_week=date(2026, 11, 2))
    rests_on = section(lines(home, "explain", KEY_RESULT), "Rests on")
    assert rests_on[-2].endswith("; landed files have changed since, the next refresh computes it anew")


def test_as_it_was_published_every_value_rests_on_what_is_landed(home: Path) -> None:
    for row in rows(home, "select key_result_id from okr.key_result_current where value is not null"):
        shown = json.loads(run(home, "explain", str(row["key_result_id"]), "--format", "json").stdout)
        assert shown["files"], row
        assert shown["is_landed_anew"] is False, row


def _land_anew(home: Path, week_of: str, as_week: date) -> None:
    """Give a week of the interactions another content, as a run that failed afterwards would have left it."""
    landing = (home / "landing").resolve()
    (home / "landing").unlink()
    shutil.copytree(landing, home / "landing")
    manifest = load(home / "landing", ("contact_centre", "interactions"))
    file = manifest.files[date.fromisoformat(week_of)]
    changed = replace(file, week_start=as_week, sha256="0" * 64)
    save(home / "landing", replace(manifest, files={**manifest.files, as_week: changed}))


def test_programs_get_the_same_as_json(home: Path) -> None:
    ended = run(home, "explain", KEY_RESULT, "--format", "json")
    found = json.loads(ended.stdout)
    (row,) = rows(home, f"select value, reach_probability, drift from okr.key_result_current {WHERE}")
    assert list(found) == [
        "definition",
        "current",
        "history",
        "parts",
        "files",
        "input_hash",
        "is_landed_anew",
        "links",
        "findings",
        "gate",
    ]
    assert {name: found["current"][name] for name in row} == row
    weeks = [version["week_start"] for version in found["history"]]
    assert weeks == sorted(set(weeks))
    assert sum(part["mix"] + part["rate"] for part in found["parts"]) == pytest.approx(found["parts"][0]["change"])
    assert found["gate"] is None


def test_a_shut_gate_is_told_and_why(home: Path) -> None:
    said = lines(home, "explain", "life_pricing_launch")
    assert said[2].startswith("blocked Blocked by house policy: ")
    (gate,) = section(said, "Gate")
    assert gate.startswith("  shut Blocked by house policy: the fundamental rights impact assessment")
    assert json.loads(run(home, "explain", "life_pricing_launch", "--format", "json").stdout)["gate"]


def test_a_key_result_without_a_value_says_so_everywhere_and_is_never_zero(home: Path) -> None:
    unknown = rows(home, "select key_result_id, status_reason from okr.key_result_current where status = 'no_data'")
    assert unknown
    for row in unknown:
        said = lines(home, "explain", str(row["key_result_id"]))
        assert said[2] == f"no_data {row['status_reason']}"


def test_nothing_measured_at_all_is_told_without_a_figure(home: Path) -> None:
    change(
        home,
        "update okr.key_result_current set status = 'no_data', status_reason = 'No week has landed.', value = null,"
        " low = null, high = null, sample_count = null, baseline = null, target_high = null, value_week = null,"
        f" forecast = null, forecast_reason = 'No forecast: there is no value.' {WHERE}",
        f"delete from okr.key_result_values {WHERE}",
        f"delete from okr.key_result_drivers {WHERE}",
    )
    said = lines(home, "explain", KEY_RESULT)
    assert said[2] == "no_data No week has landed."
    assert "value      no value, 0 cases, trailing_4_weeks" in said
    assert "target     undecided by 2026-12-31, from unknown (measured over 2026-W14..2026-W26)" in said
    assert "history    nothing yet in this cycle" in said
    assert "forecast   No forecast: there is no value." in said
    assert section(said, "Why it moved") == ["  nothing is said: the two weeks to compare have no value to show"]


def test_weeks_without_a_value_are_dots(home: Path) -> None:
    change(home, f"update okr.key_result_values set value = null, progress = null {WHERE} and is_latest")
    said = lines(home, "explain", KEY_RESULT)
    (history,) = (line for line in said if line.startswith("history"))
    assert history.split()[1] == "·" * 21


def test_a_suppressed_finding_is_counted_and_not_told(home: Path) -> None:
    values = f"'f', 'vanity_metric', 'warning', '{KEY_RESULT}', 'key result: flat - moves', 'look', null, null"
    change(home, f"insert into okr.cascade_findings values ({values}, date '2026-12-18', 'agreed')")
    said = lines(home, "explain", KEY_RESULT)
    assert "1 finding is suppressed: okr findings --suppressed" in said
    assert not any("vanity_metric" in line for line in said)


@pytest.mark.parametrize(
    ("key_result_id", "sentence"),
    [
        (
            "tier_one_handle_tim",
            "key result 'tier_one_handle_tim': it is not published - allowed: a key result in force. "
            "Fix: write tier_one_handle_time",
        ),
        ("zzz", "key result 'zzz': it is not published - allowed: a key result in force. Fix: okr status lists them"),
        ("", "key result '': it is not published - allowed: a key result in force. Fix: okr status lists them"),
        (
            "x' or 1=1 --",
            "key result 'x' or 1=1 --': it is not published - allowed: a key result in force. "
            "Fix: okr status lists them",
        ),
        (
            "tier_one_handle_time'; drop table okr.key_results; --",
            "key result 'tier_one_handle_time'; drop table okr.key_results; --': it is not published - allowed: a key "
            "result in force. Fix: okr status lists them",
        ),
        (
            "[red]tier_one[/red]",
            "key result '[red]tier_one[/red]': it is not published - allowed: a key result in force. "
            "Fix: okr status lists them",
        ),
        (
            "\x1b[31m\ntier",
            "key result '?[31m?tier': it is not published - allowed: a key result in force. Fix: okr status lists them",
        ),
        (
            "a" * 5000,
            f"key result '{'a' * 59}…': it is not published - allowed: a key result in force. "
            "Fix: okr status lists them",
        ),
    ],
)
def test_an_unknown_id_is_refused_in_one_sentence(home: Path, key_result_id: str, sentence: str) -> None:
    before = rows(home, "select count(*) as known from okr.key_results")
    ended = run(home, "explain", key_result_id)
    assert isinstance(ended.exception, OkrError)
    assert str(ended.exception) == sentence
    assert ended.stdout == ""
    assert rows(home, "select count(*) as known from okr.key_results") == before


def test_a_key_result_that_is_no_longer_in_force_is_unknown(home: Path) -> None:
    change(home, f"update okr.key_results set is_current = false {WHERE}")
    assert isinstance(run(home, "explain", KEY_RESULT).exception, OkrError)


def test_a_refusal_is_one_line_on_standard_error_and_exit_code_1(home: Path) -> None:
    ended = subprocess.run(
        [*COMMAND, "tier_one_handle_tim"],
        env={"PATH": "/usr/bin:/bin", "OKR_HOME": str(home), "HOME": str(home), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    (sentence,) = ended.stderr.splitlines()
    assert sentence.endswith("Fix: write tier_one_handle_time")


def test_before_the_first_publication_the_next_command_is_named(tmp_path: Path) -> None:
    assert str(run(tmp_path, "explain", KEY_RESULT).exception) == (
        f"{tmp_path / 'published'}: nothing is published yet. Fix: run `okr refresh`, or `okr demo` for an example"
    )


def test_an_unknown_format_is_refused(home: Path) -> None:
    assert str(run(home, "explain", KEY_RESULT, "--format", "xml").exception) == (
        "--format: 'xml' is unknown - allowed: text, json. Fix: choose one"
    )


HOSTILE = "[red]cheap[/] [/bold] [link=http://x]y[/link]"


@pytest.mark.parametrize("column", ["title", "status_reason", "drift_reason", "forecast_reason", "unit"])
def test_markup_in_what_is_current_is_shown_and_not_obeyed(home: Path, column: str) -> None:
    change(home, f"update okr.key_result_current set forecast = null, \"{column}\" = '{HOSTILE}' {WHERE}")
    assert any(HOSTILE in line for line in lines(home, "explain", KEY_RESULT))


@pytest.mark.parametrize("column", ["org_unit", "owner", "file", "filter", "metric", "baseline_definition", "window"])
def test_markup_in_a_definition_is_shown_and_not_obeyed(home: Path, column: str) -> None:
    change(home, f"update okr.key_results set \"{column}\" = '{HOSTILE}' {WHERE}")
    assert any(HOSTILE in line for line in lines(home, "explain", KEY_RESULT))


def test_markup_in_cells_links_findings_and_gates_is_shown_and_not_obeyed(home: Path) -> None:
    values = f"'f', 'vanity_metric', 'warning', '{KEY_RESULT}', 'message {HOSTILE}', 'fix {HOSTILE}', null, null"
    change(
        home,
        f"update okr.key_result_drivers set segment = 'segment {HOSTILE}', top_reason = 'reason {HOSTILE}' {WHERE}",
        f"update okr.alignment_evidence set reason = 'evidence {HOSTILE}'",
        f"update okr.cascade_health set compliance_gate = 'gate {HOSTILE}' where node_id = '{KEY_RESULT}'",
        f"insert into okr.cascade_findings values ({values}, null, null)",
    )
    said = "\n".join(lines(home, "explain", KEY_RESULT))
    for place in ("segment", "reason", "evidence", "gate", "message", "fix"):
        assert f"{place} {HOSTILE}" in said
