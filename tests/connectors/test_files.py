"""Files on disk: formats, moments, encodings, damage, limits, queries."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from connector_reading import MakeRequest, Read, Rows

from okr_pipeline.connectors import open_reader
from okr_pipeline.connectors.failures import source_error
from okr_pipeline.connectors.origin import Origin
from okr_pipeline.connectors.shape import NO_TIME_ZONE
from okr_pipeline.errors import SourceError

COLUMNS = {"contact_id": "VARCHAR", "ended_at": "TIMESTAMPTZ", "seconds": "DOUBLE"}


def parquet(path: Path, select: str) -> Path:
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute(f"copy ({select}) to '{path}' (format parquet)")
    return path


TWO_WEEKS = (
    "select 'c' || i as \"Contact Id\", "
    "timestamptz '2026-11-15 00:00:00+00' + i * interval '1 day' as ended_at, "
    "i::double as seconds from range(10) t(i)"
)


def test_parquet_is_read_in_place_under_contract_names_and_for_the_window_alone(home: Path, read: Read) -> None:
    parquet(home / "a.parquet", TWO_WEEKS)
    found = read("files", {"path": f"{home}/*.parquet"}, COLUMNS, {"contact_id": "Contact Id"})
    assert sorted(row["contact_id"] for row in found) == [f"c{i}" for i in range(1, 8)]
    assert list(found[0]) == ["contact_id", "ended_at", "seconds"]


def test_each_file_is_a_part_and_a_read_can_name_some(home: Path, read: Read) -> None:
    files = [parquet(home / f"{name}.parquet", TWO_WEEKS) for name in "ab"]
    origin = Origin("erp", "ledger", "files", {"roots": (home,), "path": f"{home}/*.parquet"})
    before = open_reader(origin).parts()
    assert before is not None
    assert list(before) == [str(file) for file in files]
    assert len(read("files", {"path": f"{home}/*.parquet"}, COLUMNS, parts=(str(files[0]),))) == 7
    parquet(files[1], TWO_WEEKS + " where i < 5")
    after = open_reader(origin).parts()
    assert after is not None
    assert after[str(files[0])] == before[str(files[0])]
    assert after[str(files[1])] != before[str(files[1])]


def test_columns_that_differ_between_files_are_united_by_name(home: Path, read: Read) -> None:
    parquet(home / "a.parquet", TWO_WEEKS)
    parquet(home / "b.parquet", TWO_WEEKS.replace("as seconds", "as seconds, 'new' as extra"))
    found = read("files", {"path": f"{home}/*.parquet"}, COLUMNS)
    assert len(found) == 14
    assert {row["extra"] for row in found} == {None, "new"}


def test_a_typed_timestamp_without_zone_needs_a_declared_one(home: Path, read: Read) -> None:
    parquet(home / "a.parquet", "select 'c' as contact_id, timestamp '2026-11-16 00:30:00' as ended_at")
    with pytest.raises(SourceError, match=r"'ended_at' is a timestamp without a time zone\. Fix: declare time_zone"):
        read("files", {"path": f"{home}/a.parquet"}, COLUMNS)
    found = read("files", {"path": f"{home}/a.parquet", "time_zone": "Europe/Berlin"}, COLUMNS)
    assert found[0]["ended_at"] == datetime(2026, 11, 15, 23, 30, tzinfo=UTC)


def test_csv_gives_text_with_nulls_quotes_and_newlines_kept(home: Path, read: Read) -> None:
    text = 'contact_id,ended_at,seconds\r\n"a, ""b""\nc",2026-11-16T10:00:00+01:00,abc\r\n'
    text += "#2,2026-11-16 09:00:00Z,NULL\r\n"
    (home / "a.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    found = read("files", {"path": f"{home}/a.csv", "null_values": ["", "NULL"]}, COLUMNS)
    assert [(row["contact_id"], row["seconds"]) for row in found] == [('a, "b"\nc', "abc"), ("#2", None)]


@pytest.mark.parametrize(
    ("written", "options", "expected"),
    [
        ("2026-07-01 12:00:00", {"time_zone": "Europe/Berlin"}, "2026-07-01 10:00:00+00"),
        ("2026-07-01 12:00:00+00:00", {"time_zone": "Europe/Berlin"}, "2026-07-01 12:00:00+00:00"),
        ("01.07.2026 12:00:00", {"time_zone": "Europe/Berlin", "timestamp_format": "%d.%m.%Y %H:%M:%S"},
         "2026-07-01 10:00:00+00"),
        ("2026-07-01T12:00:00+0200", {"timestamp_format": "%Y-%m-%dT%H:%M:%S%z"}, "2026-07-01 10:00:00+00"),
        ("1782900000", {"timestamp_format": "epoch_seconds"}, "2026-07-01 10:00:00+00"),
        ("1782900000000", {"timestamp_format": "epoch_milliseconds"}, "2026-07-01 10:00:00+00"),
        ("2026-07-01 12:00:00", {}, NO_TIME_ZONE + "2026-07-01 12:00:00"),
        ("nonsense", {"time_zone": "Europe/Berlin"}, "nonsense"),
        ("nonsense", {}, "nonsense"),
    ],
)  # fmt: skip  # one case a line
def test_a_moment_in_text_carries_its_offset_or_stays_uncastable(
    home: Path, read: Read, written: str, options: dict[str, object], expected: str
) -> None:
    (home / "a.csv").write_text(f"contact_id,ended_at\nx,{written}\n")
    assert read("files", {"path": f"{home}/a.csv", **options}, COLUMNS)[0]["ended_at"] == expected


def test_json_lines_give_text_and_unite_what_lines_and_files_hold(home: Path, read: Read) -> None:
    (home / "a.jsonl").write_text(
        '{"contact_id": 7, "seconds": "n/a", "ok": true}\n{"contact_id": "8", "late": {"k": [1]}}\n'
    )
    (home / "b.jsonl").write_text('\ufeff{"contact_id": "9", "seconds": 1.5, "ended_at": "2026-11-16T00:00:00Z"}\n')
    found = read("files", {"path": f"{home}/*.jsonl", "null_values": ["", "n/a"]}, COLUMNS)
    assert [(row["contact_id"], row["seconds"], row["ok"], row["late"]) for row in found] == [
        ("7", None, "true", None), ("8", None, None, '{"k":[1]}'), ("9", "1.5", None, None),
    ]  # fmt: skip  # rows


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16"])
def test_a_declared_encoding_is_turned_into_utf8(home: Path, read: Read, encoding: str) -> None:
    (home / "a.csv").write_bytes("contact_id;ended_at\nMünchen;2026-11-16 00:00:00Z\n".encode(encoding))
    found = read("files", {"path": f"{home}/a.csv", "encoding": encoding, "delimiter": ";"}, COLUMNS)
    assert found[0]["contact_id"] == "München"


@pytest.mark.parametrize(("content", "offset"), [(b"contact_id\nM\xfcnchen\n", 12), (b"contact_id\na\x00b\n", 12)])
def test_a_byte_of_another_encoding_is_named_by_its_offset(home: Path, read: Read, content: bytes, offset: int) -> None:
    (home / "a.csv").write_bytes(content)
    with pytest.raises(SourceError, match=rf"a\.csv: .* at byte offset {offset}, declared encoding utf-8"):
        read("files", {"path": f"{home}/a.csv"}, COLUMNS)


@pytest.mark.parametrize("damage", ["truncated", "empty", "flipped"])
def test_a_damaged_parquet_file_is_named(home: Path, read: Read, damage: str) -> None:
    file = parquet(home / "a.parquet", TWO_WEEKS)
    whole = file.read_bytes()
    file.write_bytes({"truncated": whole[:-20], "empty": b"", "flipped": whole[:-3] + b"\xaf" + whole[-2:]}[damage])
    with pytest.raises(SourceError, match=r"damaged.* in .*/a\.parquet"):
        read("files", {"path": f"{home}/a.parquet"}, COLUMNS)


def test_a_malformed_csv_is_named_without_its_values(home: Path, make_request: MakeRequest, rows: Rows) -> None:
    lines = ["contact_id,ended_at", *["x,2026-11-16 00:00:00Z"] * 30_000, "secret-name,1,2,3,4"]
    (home / "a.csv").write_text("\n".join(lines))
    origin = Origin("erp", "ledger", "files", {"roots": (home,), "path": f"{home}/a.csv"})
    relation = open_reader(origin).read(make_request(COLUMNS))
    with pytest.raises(duckdb.Error, match="secret-name") as caught:
        rows(relation)
    told = str(source_error(caught.value, "erp", "ledger", relation.directories))
    assert told == (
        "erp.ledger: the CSV is malformed (uneven columns, quoting or delimiter) in "
        f"{home}/a.csv line 30002. Fix: check the export and `delimiter`."
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_bytes": 100}, "allowed: max_bytes = 100"),
        ({"max_columns": 2}, "3 columns - allowed: max_columns = 2"),
    ],
)
def test_caps_refuse_what_is_too_large(home: Path, read: Read, options: dict[str, object], message: str) -> None:
    parquet(home / "a.parquet", TWO_WEEKS)
    with pytest.raises(SourceError, match=message):
        read("files", {"path": f"{home}/a.parquet", **options}, COLUMNS)


def test_the_cap_counts_what_a_small_file_unfolds_to(home: Path, read: Read) -> None:
    file = parquet(home / "a.parquet", "select repeat('a', 10000) || (i % 7) as contact_id from range(5000) t(i)")
    assert file.stat().st_size < 2_000_000
    with pytest.raises(SourceError, match="uncompressed bytes"):
        read("files", {"path": f"{home}/a.parquet", "max_bytes": file.stat().st_size + 10}, COLUMNS)


def test_a_query_maps_an_event_log_onto_the_contract(home: Path, read: Read) -> None:
    (home / "log.csv").write_text(
        "case_id,event,happened_at\n1,opened,2026-11-16 08:00:00Z\n1,closed,2026-11-16 09:00:00Z\n"
        "2,opened,2026-11-16 10:00:00Z\n"
    )
    query = (
        "with closed as (select case_id, max(happened_at) as done from input where event = 'closed' "
        "group by case_id) "
        "select case_id as contact_id, done as ended_at from closed"
    )
    found = read("files", {"path": f"{home}/log.csv", "query": query}, COLUMNS)
    assert found == [{"contact_id": "1", "ended_at": "2026-11-16 09:00:00Z"}]


def test_nothing_to_read_is_a_source_error(home: Path, read: Read) -> None:
    with pytest.raises(SourceError, match=r"no file matches .*\*\.csv\. Fix: provide one"):
        read("files", {"path": f"{home}/*.csv"}, COLUMNS)


def test_an_empty_csv_is_refused_and_one_with_a_header_has_no_rows(home: Path, read: Read) -> None:
    (home / "a.csv").write_text("")
    with pytest.raises(SourceError, match=r"a\.csv is empty: not even a header"):
        read("files", {"path": f"{home}/a.csv"}, COLUMNS)
    (home / "a.csv").write_text("contact_id,ended_at\n")
    assert read("files", {"path": f"{home}/a.csv"}, COLUMNS) == []


def test_names_of_any_spelling_are_quoted(home: Path, read: Read) -> None:
    parquet(
        home / "a.parquet",
        """select 1 as "x"" ; drop table y; --", timestamptz '2026-11-16 00:00:00+00' as ended_at""",
    )
    found = read("files", {"path": f"{home}/a.parquet"}, COLUMNS, {"contact_id": 'x" ; drop table y; --'})
    assert found[0]["contact_id"] == 1


def test_links_and_files_outside_the_roots_are_refused_when_read(home: Path, tmp_path: Path, read: Read) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("contact_id\n1\n")
    (home / "link.csv").symlink_to(outside)
    with pytest.raises(SourceError, match="symbolic link"):
        read("files", {"path": f"{home}/*.csv"}, COLUMNS)
    with pytest.raises(SourceError, match="outside the allowed roots"):
        read("files", {"path": str(outside)}, COLUMNS)
    with pytest.raises(SourceError, match="outside the allowed roots"):
        read("files", {"path": f"{home}/*.csv"}, COLUMNS, parts=(str(outside),))
