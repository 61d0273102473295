"""No raw id is landed, the pseudonym is an HMAC, and two keys never stand together."""

import hashlib
import hmac
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okr_pipeline.landing import Pseudonymiser, PseudonymKeyError
from tests.landing.conftest import KEY, NEWEST, WEEKS, Desk, rows_of_week, write_csv

ids = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=40)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(ids | st.none(), min_size=1, max_size=6),
    st.binary(min_size=32, max_size=100),
    st.sampled_from([0, 4096]),
)
def test_sql_computes_hmac_sha256(people: list[str | None], key: bytes, limit: int) -> None:
    pseudonymiser = Pseudonymiser(key)
    with pytest.MonkeyPatch.context() as patch, duckdb.connect() as engine:
        patch.setattr("okr_pipeline.landing.pseudonyms._LOOKUP_LIMIT_COUNT", limit)
        pseudonymiser.prepare(engine)
        engine.execute("create table t (n int, person varchar)")
        for number, person in enumerate(people):
            engine.execute("insert into t values (?, ?)", [number, person])
        found = pseudonymiser.replacement(engine, "t", ["person"])
        rows = engine.execute(f"select {found.expressions['person']} from t r{found.joins} order by n").fetchall()
    expected = [
        None if person is None else hmac.new(key, person.encode(), hashlib.sha256).hexdigest()[:20] for person in people
    ]
    assert [row[0] for row in rows] == expected


@pytest.mark.parametrize("key", [None, b"", b"x" * 31])
def test_without_a_key_of_32_bytes_nothing_runs(key: bytes | None) -> None:
    with pytest.raises(PseudonymKeyError, match=f"pseudonym key: {len(key or b'')} bytes seen - at least 32"):
        Pseudonymiser(key)


def test_neither_repr_nor_key_id_shows_the_key() -> None:
    pseudonymiser = Pseudonymiser(KEY)
    assert KEY.decode() not in repr(pseudonymiser)
    assert pseudonymiser.key_id != Pseudonymiser(KEY + b"!").key_id


def all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize("text", [False, True])
def test_no_raw_id_is_found_as_bytes_in_the_landing(make_desk: Callable[..., Desk], desk: Desk, text: bool) -> None:
    if text:
        desk = make_desk("text")
        write_csv(desk.source / "all.csv", [row for week in WEEKS for row in rows_of_week(week)])
    report = desk.land()
    assert report.verdict == "landed"
    landed = all_bytes(desk.root)
    assert b"example.com" not in landed
    with duckdb.connect() as engine:
        rows = engine.execute(
            f"select distinct agent_id from read_parquet('{report.manifest.files[NEWEST].path}')"
        ).fetchall()
    people = {hmac.new(KEY, f"agent.{n}@example.com".encode(), hashlib.sha256).hexdigest()[:20] for n in range(6)}
    assert {row[0] for row in rows} == people | {None}


def test_a_broken_contract_on_persons_names_no_person(desk: Desk) -> None:
    rows = rows_of_week(NEWEST)
    desk.export(NEWEST, [*rows, {**rows[0], "agent_id": "someone.else@example.com"}])
    report = desk.land()
    assert report.reason == "2026-W47: ticket_id: 1 of 41 rows break unique - allowed: each value once"
    assert b"example.com" not in all_bytes(desk.root)


def test_a_rotated_key_lands_every_week_anew_and_never_mixes(make_desk: Callable[..., Desk], desk: Desk) -> None:
    before = desk.land().manifest
    rotated = make_desk("desk", KEY[::-1])
    report = rotated.land(WEEKS[-4:])
    assert report.changed_weeks == WEEKS
    assert report.manifest.key_id != before.key_id
    assert {file.key_id for file in report.manifest.files.values()} == {report.manifest.key_id}


def test_weeks_the_system_no_longer_has_are_dropped_with_the_old_key(
    make_desk: Callable[..., Desk], desk: Desk
) -> None:
    desk.land()
    (desk.source / f"{WEEKS[0]}.parquet").unlink()
    report = make_desk("desk", KEY[::-1]).land(WEEKS[-4:])
    assert sorted(report.manifest.files) == list(WEEKS[1:])
    assert report.changed_weeks == WEEKS
