"""Weeks land whole, unchanged ones are not read again, and nothing bad becomes current."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from okr_pipeline.errors import SourceError
from okr_pipeline.landing import LandingReport
from tests.landing.conftest import NEWEST, WEEKS, Desk, rows_of_week, tickets, write_csv

KEY = ("desk", "tickets")


def outcomes(report: LandingReport) -> list[str]:
    return [week.outcome for week in report.weeks]


def test_every_week_lands_with_its_rows_and_the_contracts_columns(desk: Desk) -> None:
    report = desk.land()
    assert (report.verdict, report.reason) == ("landed", "")
    assert outcomes(report) == ["landed"] * 7
    assert report.changed_weeks == WEEKS
    file = report.manifest.files[NEWEST]
    assert file.path == desk.root / "desk" / "tickets" / f"week_start={NEWEST}" / f"{file.sha256[:16]}.parquet"
    columns = duckdb.sql(f"describe select * from read_parquet('{file.path}', hive_partitioning = false)").fetchall()
    assert [row[0] for row in columns] == list(tickets().columns)
    assert (file.rows, report.rows_read) == (40, 280)
    desk.landing.verify(KEY)


def test_unchanged_parts_are_not_read_again(desk: Desk) -> None:
    first = desk.land()
    desk.reader.asked.clear()
    second = desk.land()
    assert desk.reader.asked == []
    assert (second.verdict, outcomes(second)) == ("unchanged", ["unchanged"] * 7)
    assert second.manifest.files == first.manifest.files
    assert second.changed_weeks == ()


def test_only_a_changed_part_is_read_and_its_old_file_is_kept(desk: Desk) -> None:
    before = desk.land().manifest.files
    path = desk.export(WEEKS[5], rows_of_week(WEEKS[5], 41))
    desk.reader.asked.clear()
    report = desk.land(WEEKS[-4:])
    assert desk.reader.asked == [(str(path),), (str(path),)]
    assert report.changed_weeks == (WEEKS[5],)
    assert before[WEEKS[5]].path.exists()
    assert desk.landing.prune(keep=1) == 0
    assert desk.landing.prune(keep=0) == 1
    assert not before[WEEKS[5]].path.exists()


def test_a_touched_file_with_the_same_rows_keeps_its_landed_file_and_moment(desk: Desk) -> None:
    before = desk.land().manifest.files
    desk.export(WEEKS[5], rows_of_week(WEEKS[5])[::-1])
    report = desk.land(WEEKS[-4:])
    assert (report.verdict, report.changed_weeks) == ("unchanged", ())
    assert report.manifest.files == before


def test_shuffled_and_duplicated_exports_give_the_same_bytes(make_desk: Callable[..., Desk], desk: Desk) -> None:
    expected = (desk.land(), desk.files())[1]
    other = make_desk("other")
    rows = [row for week in WEEKS for row in rows_of_week(week)]
    random.Random(7).shuffle(rows)  # noqa: S311 - a shuffle in a test
    other.export(NEWEST, rows, "all")
    other.export(NEWEST, rows[:100], "copy")
    other.land()
    assert other.files() == expected
    text = make_desk("text")
    write_csv(text.source / "all.csv", rows + rows[50:])
    assert text.land().verdict == "landed"
    assert text.files() == expected


def test_rows_that_arrive_late_restate_their_week_and_older_ones_are_counted(desk: Desk) -> None:
    desk.land()
    desk.export(WEEKS[4], [*rows_of_week(WEEKS[4], 43)])
    desk.export(WEEKS[1], [*rows_of_week(WEEKS[1], 45)])
    report = desk.land(WEEKS[-4:])
    assert report.changed_weeks == (WEEKS[4],)
    assert report.manifest.late_rows == 5
    assert report.manifest.warnings == ("5 rows appeared in weeks no longer read again. Fix: backfill those weeks",)
    assert desk.land(WEEKS).changed_weeks == (WEEKS[1],)


BAD_VALUES = {
    "nan": (
        "handle_seconds",
        float("nan"),
        "handle_seconds: 1 of 40 rows break finite - allowed: a finite number",
    ),
    "inf": (
        "handle_seconds",
        float("inf"),
        "handle_seconds: 1 of 40 rows break finite - allowed: a finite number",
    ),
    "negative": (
        "handle_seconds",
        -1.0,
        "handle_seconds: 1 of 40 rows break greater_than_or_equal_to - allowed: at least 0",
    ),
    "word": ("channel", "fax", "channel: 1 of 40 rows break isin - allowed: one of chat, voice"),
    "nothing": ("unit_code", None, "unit_code: 1 of 40 rows break not_null - allowed: a value in every row"),
    "empty": (
        "agent_id",
        "",
        "agent_id: 1 of 40 rows break str_length - allowed: text of 1 to 200 characters",
    ),
    "order": (
        "opened_at",
        datetime.fromisoformat("2027-01-01T00:00:00+00:00"),
        "opened_at, closed_at: 1 of 40 rows break in_order - allowed: moments in the order opened_at, closed_at",
    ),
}


@pytest.mark.parametrize("case", BAD_VALUES)
def test_a_bad_value_fails_its_week_alone_and_the_last_good_file_stays(desk: Desk, case: str) -> None:
    column, value, sentence = BAD_VALUES[case]
    before = desk.land().manifest.files
    desk.export(WEEKS[5], [*rows_of_week(WEEKS[5], 39), {**rows_of_week(WEEKS[5])[39], column: value}])
    desk.export(NEWEST, rows_of_week(NEWEST, 41))
    report = desk.land(WEEKS[-4:])
    assert outcomes(report) == ["unchanged", "unchanged", "contract_failed", "landed"]
    assert (report.verdict, report.reason) == ("contract_failed", f"2026-W46: {sentence}")
    assert report.manifest.files[WEEKS[5]] == before[WEEKS[5]]
    assert report.manifest.files[NEWEST].rows == 41


@pytest.mark.parametrize("endless", ["infinity", "-infinity"])
def test_an_infinite_moment_of_a_native_column_breaks_its_week(desk: Desk, endless: str) -> None:
    path = desk.export(WEEKS[5], rows_of_week(WEEKS[5]))
    _replace_first_moment(path, "opened_at", endless)
    report = desk.land()
    assert outcomes(report) == ["landed"] * 5 + ["contract_failed", "landed"]
    assert report.reason.startswith("2026-W46: ")
    assert report.reason.endswith("opened_at: 1 of 40 rows break finite - allowed: a finite moment")


@pytest.mark.parametrize("endless", ["infinity", "-infinity"])
def test_an_infinite_deciding_moment_fails_every_week_as_text_does(desk: Desk, endless: str) -> None:
    _replace_first_moment(desk.export(NEWEST, rows_of_week(NEWEST)), "closed_at", endless)
    report = desk.land()
    assert outcomes(report) == ["contract_failed"] * 7
    assert report.reason.startswith("closed_at: 1 values cannot be read")


def _replace_first_moment(path: Path, column: str, value: str) -> None:
    with duckdb.connect() as engine:
        engine.execute("set TimeZone = 'UTC'")
        engine.execute(f"create table t as select * from read_parquet('{path}')")
        engine.execute(f"update t set {column} = '{value}' where ticket_id = (select min(ticket_id) from t)")
        engine.execute(f"copy t to '{path}' (format parquet)")


BAD_TEXTS = {
    "text in a number": (
        "handle_seconds",
        "n/a",
        "handle_seconds: 1 of 40 values cannot be read - allowed: a finite number",
    ),
    "nan": (
        "handle_seconds",
        "nan",
        "handle_seconds: 1 of 40 values cannot be read - allowed: a finite number",
    ),
    "half": (
        "replies_count",
        "2.5",
        "replies_count: 1 of 40 values cannot be read - allowed: a whole number",
    ),
}


@pytest.mark.parametrize("case", BAD_TEXTS)
def test_text_that_is_no_number_is_counted_and_never_shown(make_desk: Callable[..., Desk], case: str) -> None:
    column, value, sentence = BAD_TEXTS[case]
    desk = make_desk()
    rows = [row for week in WEEKS for row in rows_of_week(week)]
    rows[-1] = {**rows[-1], column: value}
    write_csv(desk.source / "all.csv", rows)
    report = desk.land()
    assert (report.verdict, report.reason) == ("contract_failed", f"2026-W47: {sentence}")
    assert outcomes(report) == ["landed"] * 6 + ["contract_failed"]


def test_a_deciding_moment_without_a_zone_fails_every_week(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    rows = rows_of_week(NEWEST)
    write_csv(desk.source / "all.csv", [{**rows[0], "closed_at": "no time zone: 2026-11-16 10:00"}, *rows[1:]])
    report = desk.land((NEWEST,))
    assert report.verdict == "contract_failed"
    assert report.reason.startswith("closed_at: 1 values cannot be read - allowed: a moment with a time zone")


def test_a_renamed_column_is_named_with_its_likely_new_name(desk: Desk) -> None:
    before = desk.land().manifest.files
    renamed = [
        {("handling_seconds" if k == "handle_seconds" else k): v for k, v in r.items()} for r in rows_of_week(NEWEST)
    ]
    desk.export(NEWEST, renamed, types={"handling_seconds": "double"})
    report = desk.land(WEEKS[-4:])
    assert report.reason == (
        "column 'handle_seconds' is missing, 'handling_seconds' is new (renamed?) - every column of the "
        "contract is "
        'required. Fix: columns = {handle_seconds = "handling_seconds"} in sources.toml, '
        "or correct the export"
    )
    assert (report.verdict, report.manifest.files) == ("contract_failed", before)


def test_a_changed_type_is_a_broken_contract(desk: Desk) -> None:
    desk.export(
        NEWEST,
        [{**row, "replies_count": True} for row in rows_of_week(NEWEST)],
        types={"replies_count": "boolean"},
    )
    report = desk.land((NEWEST,))
    assert report.reason == (
        "column 'replies_count' changed its type: boolean seen - bigint is allowed. Fix: correct the "
        "export or the contract"
    )


def test_an_added_column_warns_and_a_moved_one_is_fine(desk: Desk) -> None:
    rows = [dict(reversed([*row.items(), ("mood", "good")])) for row in rows_of_week(NEWEST)]
    desk.export(NEWEST, rows, types={"mood": "varchar"})
    report = desk.land()
    assert (report.verdict, report.manifest.added_columns) == ("landed", ("mood",))
    assert report.manifest.warnings == ("columns not in the contract, dropped: mood",)


def test_a_sudden_drop_in_rows_is_not_believed_unless_accepted(desk: Desk) -> None:
    desk.land(WEEKS[:-1], as_of_week=WEEKS[-2])
    desk.export(NEWEST, rows_of_week(NEWEST, 4))
    report = desk.land(WEEKS[-4:])
    assert report.verdict == "volume_failed"
    assert report.reason == (
        "2026-W47: 4 rows, the median of the 6 weeks before is 40 - allowed: at least 20% of it. Fix: "
        "repair the "
        "export, or add the week to accept_volume_weeks in sources.toml"
    )
    assert NEWEST not in report.manifest.files
    assert desk.land(WEEKS[-4:], accept=(NEWEST,)).verdict == "landed"


def test_empty_missing_and_failed_weeks_are_three_things(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    for week in (WEEKS[1], WEEKS[3]):
        desk.export(week, rows_of_week(week))
    report = desk.land(WEEKS[:5], as_of_week=WEEKS[4], table=tickets(minimum_rows=0))
    assert outcomes(report) == ["missing", "landed", "empty", "landed", "missing"]
    assert (report.verdict, report.reason) == (
        "missing",
        "no rows for 2026-W45, and the system has nothing newer",
    )
    strict = make_desk("strict")
    for week in (WEEKS[1], WEEKS[3]):
        strict.export(week, rows_of_week(week))
    report = strict.land(WEEKS[:4], as_of_week=WEEKS[3])
    assert outcomes(report) == ["missing", "landed", "contract_failed", "landed"]
    assert report.reason == "2026-W43: 0 usable rows - allowed: at least 1"


def test_implausible_and_foreign_rows_are_counted_and_left_out(desk: Desk) -> None:
    rows = rows_of_week(NEWEST)
    early, later = (
        datetime.fromisoformat("1970-01-01T00:00:00+00:00"),
        datetime.fromisoformat("2099-01-01T00:00:00+00:00"),
    )
    rows[0] = {**rows[0], "opened_at": early, "closed_at": early}
    rows[1] |= {"closed_at": later}
    rows[2] |= {"closed_at": None}
    rows[3] |= {"currency": "USD"}
    desk.export(NEWEST, rows)
    report = desk.land()
    assert report.verdict == "landed"
    assert report.manifest.files[NEWEST].rows == 36
    assert report.manifest.rows_quarantined == {
        "no_week": 1,
        "before_2000": 1,
        "after_as_of": 1,
        "other_currency": 1,
    }
    newest = report.manifest.newest_event
    assert newest is not None
    assert newest.year == 2026


def test_a_changed_byte_in_a_landed_file_is_found(desk: Desk) -> None:
    path = desk.land().manifest.files[NEWEST].path
    content = bytearray(path.read_bytes())
    content[-9] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(SourceError, match=f"{path}: the landed file was changed"):
        desk.landing.verify(KEY, [NEWEST])
    desk.landing.verify(KEY, [WEEKS[0]])
    path.unlink()
    with pytest.raises(SourceError, match="is gone"):
        desk.landing.verify(KEY)
    assert desk.land(WEEKS[-4:]).verdict == "unchanged"
    desk.landing.verify(KEY)


def test_a_reader_without_fingerprints_is_always_read(desk: Desk) -> None:
    desk.reader.fingerprints = False
    desk.land()
    desk.reader.asked.clear()
    assert desk.land().verdict == "unchanged"
    assert desk.reader.asked == [None]


def test_a_failure_is_recorded_and_the_files_stay(desk: Desk) -> None:
    before = desk.land().manifest.files
    report = desk.landing.record_failure(tickets(), "unreachable", "the server is down", NEWEST)
    assert (report.verdict, report.manifest.files) == ("unreachable", before)
    assert desk.landing.manifest(KEY).reason == "the server is down"
    assert desk.land().verdict == "unchanged"


def test_a_streamed_week_gives_the_same_bytes_as_a_staged_one(
    make_desk: Callable[..., Desk], desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = (desk.land(), desk.files())[1]
    monkeypatch.setattr("okr_pipeline.landing.reading.LARGEST_STAGED_ROWS", 10)
    for name, turn in (("sorted", 1), ("shuffled", -1)):
        other = make_desk(name)
        for week in WEEKS:
            other.export(week, sorted(rows_of_week(week), key=lambda row: str(row["closed_at"]))[::turn])
        other.land()
        assert other.files() == expected
    monkeypatch.setattr("okr_pipeline.landing.pseudonyms._LOOKUP_LIMIT_COUNT", 2)
    other = make_desk("joined")
    for week in WEEKS:
        other.export(week, rows_of_week(week) * 2)
    other.land()
    assert other.files() == expected


def test_weeks_around_a_bad_one_land_in_a_backfill(desk: Desk) -> None:
    desk.export(WEEKS[1], [{**row, "handle_seconds": -1.0} for row in rows_of_week(WEEKS[1])])
    report = desk.land()
    assert outcomes(report) == ["landed", "contract_failed", *["landed"] * 5]
    assert report.verdict == "landed"


def test_a_manifest_that_is_not_ours_is_refused_with_its_path(desk: Desk) -> None:
    desk.land()
    path = desk.root / "desk" / "tickets" / "manifest.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(SourceError, match=r"manifest\.json: not a manifest of format 1"):
        desk.land()


def test_the_open_week_shows_that_an_empty_week_is_complete(desk: Desk) -> None:
    week: date = NEWEST + timedelta(weeks=1)
    desk.export(week, rows_of_week(week, 3))
    report = desk.land()
    newest = report.manifest.newest_event
    assert newest is not None
    assert newest.date() >= week
    assert week not in report.manifest.files
