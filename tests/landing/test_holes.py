"""A week older than the look-back is still owed; one for which the system has nothing is not asked for ever."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from okr_pipeline.landing import holes
from tests.landing.conftest import Desk, rows_of_week
from tests.landing.refreshing import TABLE, Weekly

LONG = tuple(date(2026, 9, 14) + timedelta(weeks=number) for number in range(10))
AFTER_LOOK_BACK = LONG[-1] - timedelta(weeks=4)
MakeDesk = Callable[..., Desk]
both_kinds = pytest.mark.parametrize("fingerprints", [True, False], ids=["names its parts", "is asked each time"])


def a_desk(make_desk: MakeDesk, weeks: tuple[date, ...], *, fingerprints: bool) -> Desk:
    desk = make_desk()
    desk.reader.fingerprints = fingerprints
    for week in weeks:
        desk.export(week, rows_of_week(week))
    return desk


def owed(desk: Desk) -> tuple[date, ...]:
    return holes(desk.landing.manifest(TABLE), AFTER_LOOK_BACK, ())


@both_kinds
def test_a_source_silent_for_weeks_that_then_delivers_all_leaves_no_hole(
    make_desk: MakeDesk, fingerprints: bool
) -> None:
    desk = a_desk(make_desk, LONG[:2], fingerprints=fingerprints)
    weekly = Weekly.of(desk)
    for week in LONG[1:9]:
        weekly.refresh(week)
    assert weekly.landed == [*LONG[:2]]
    for week in LONG:
        desk.export(week, rows_of_week(week))
    assert weekly.refresh(LONG[9]).verdict == "landed"
    assert weekly.landed == [*LONG]


@both_kinds
def test_weeks_skipped_by_a_refresh_of_a_later_one_land_with_it(make_desk: MakeDesk, fingerprints: bool) -> None:
    desk = a_desk(make_desk, LONG, fingerprints=fingerprints)
    weekly = Weekly.of(desk)
    weekly.refresh(LONG[2], newest=LONG[9])
    before = len(weekly.landed)
    weekly.refresh(LONG[9])
    assert before < 4
    assert weekly.landed == [*LONG]


def test_a_source_that_is_still_silent_is_not_read(make_desk: MakeDesk) -> None:
    weekly = Weekly.of(a_desk(make_desk, LONG[:2], fingerprints=True))
    for week in LONG[1:9]:
        weekly.refresh(week)
    assert weekly.refresh(LONG[8]).verdict == "missing"
    assert weekly.desk.reader.asked == []


@pytest.mark.parametrize(("minimum_rows", "outcome"), [(0, "empty"), (1, "contract_failed")])
@both_kinds
def test_weeks_that_have_nothing_are_judged_once_and_cost_nothing_after(
    make_desk: MakeDesk, fingerprints: bool, minimum_rows: int, outcome: str
) -> None:
    desk = a_desk(make_desk, (*LONG[:2], *LONG[4:]), fingerprints=fingerprints)
    weekly = Weekly.of(desk, minimum_rows=minimum_rows)
    weekly.refresh(LONG[2])
    weekly.refresh(LONG[9])
    weeks = desk.landing.manifest(TABLE).weeks
    assert [weeks[week].outcome for week in LONG[2:4]] == [outcome] * 2
    weekly.refresh(LONG[9])
    if fingerprints:
        assert desk.reader.asked == []
    else:
        assert owed(desk) == ()


def test_rows_for_a_week_once_empty_land_in_the_run_that_finds_them(make_desk: MakeDesk) -> None:
    desk = a_desk(make_desk, (*LONG[:2], *LONG[3:]), fingerprints=True)
    weekly = Weekly.of(desk, minimum_rows=0)
    weekly.refresh(LONG[1])
    weekly.refresh(LONG[9])
    assert LONG[2] not in weekly.landed
    path = desk.export(LONG[2], rows_of_week(LONG[2]))
    report = weekly.refresh(LONG[9])
    assert report.changed_weeks == (LONG[2],)
    assert set(desk.reader.asked) == {(str(path),)}
    assert report.manifest.late_rows == 0


def test_rows_in_an_empty_week_that_nobody_asked_for_are_counted_as_late(make_desk: MakeDesk) -> None:
    desk = a_desk(make_desk, (*LONG[:2], *LONG[3:]), fingerprints=True)
    Weekly.of(desk, minimum_rows=0).refresh(LONG[9])
    desk.land(LONG, table=Weekly.of(desk, minimum_rows=0).table)
    desk.export(LONG[2], rows_of_week(LONG[2], 7))
    report = desk.land(LONG[-4:], table=Weekly.of(desk, minimum_rows=0).table)
    assert report.manifest.late_rows == 7


@both_kinds
def test_a_month_that_comes_two_months_late_lands(make_desk: MakeDesk, fingerprints: bool) -> None:
    desk = a_desk(make_desk, LONG[:1], fingerprints=fingerprints)
    weekly = Weekly.of(desk, cadence="monthly", minimum_rows=0)
    for week in LONG[:9]:
        weekly.refresh(week)
    assert desk.landing.manifest(TABLE).weeks[LONG[2]].outcome == "empty"
    desk.export(LONG[2], rows_of_week(LONG[2]))
    desk.export(LONG[6], rows_of_week(LONG[6]))
    weekly.refresh(LONG[9])
    assert weekly.landed == [LONG[0], LONG[2], LONG[6]]


@both_kinds
def test_a_table_that_broke_for_weeks_and_is_mended_lands_them_all(make_desk: MakeDesk, fingerprints: bool) -> None:
    desk = a_desk(make_desk, LONG[:2], fingerprints=fingerprints)
    weekly = Weekly.of(desk)
    weekly.refresh(LONG[1])
    for number in range(2, 9):
        for week in LONG[: number + 1]:
            desk.export(week, [{k: v for k, v in row.items() if k != "channel"} for row in rows_of_week(week)])
        assert weekly.refresh(LONG[number]).verdict == "contract_failed"
    assert weekly.landed == [*LONG[:2]]
    for week in LONG:
        desk.export(week, rows_of_week(week))
    weekly.refresh(LONG[9])
    assert weekly.landed == [*LONG]


@both_kinds
def test_an_old_drop_in_volume_lands_when_it_is_accepted(make_desk: MakeDesk, fingerprints: bool) -> None:
    desk = a_desk(make_desk, LONG, fingerprints=fingerprints)
    desk.export(LONG[4], rows_of_week(LONG[4], 2))
    weekly = Weekly.of(desk)
    for week in (LONG[3], LONG[5], LONG[9]):
        weekly.refresh(week, newest=LONG[9])
    assert LONG[4] not in weekly.landed
    assert owed(desk) == ()
    weekly.refresh(LONG[9], accept=(LONG[4],))
    assert weekly.landed == [*LONG]


def test_history_begins_with_the_first_file(make_desk: MakeDesk) -> None:
    desk = a_desk(make_desk, LONG[3:], fingerprints=True)
    desk.land(LONG)
    assert owed(desk) == ()
    assert holes(make_desk("empty").landing.manifest(TABLE), AFTER_LOOK_BACK, ()) == ()
