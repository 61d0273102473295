"""The ledger: what was changed, when, whether that was after the start, and whether the target became easier."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from versions_world import BEFORE_START, VERSION, one_key_result

from okr_pipeline.cascade.ledger import Change, changes_between, changes_to_append, retroactive_target_changes
from okr_pipeline.cascade.versions import Version

OCTOBER = datetime(2026, 10, 5, 6, tzinfo=UTC)
NOVEMBER = OCTOBER + timedelta(weeks=6)
EASIER = replace(
    VERSION, definition_hash="b", target="reduce by at least 20%", target_high=288.0, first_published_at=OCTOBER
)
OLD_RELEASE: dict[str, Any] = {"target": None, "baseline_definition": None}


def change(**facts: Any) -> tuple[Change, ...]:
    """Return the changes from the version of June to one of October with other facts."""
    new = replace(VERSION, definition_hash="b", first_published_at=OCTOBER, **facts)
    return changes_between([replace(VERSION, is_current=False), new])


def told(changes: tuple[Change, ...]) -> list[tuple[str, str, str, str]]:
    return [(each.field, each.before, each.after, each.effect) for each in changes]


def test_a_new_target_is_one_change_with_both_targets_its_day_and_both_versions() -> None:
    assert changes_between([replace(VERSION, is_current=False), EASIER]) == (
        Change(
            key_result_id="faster",
            number=1,
            cycle="2026-h2",
            field="target",
            before="reduce by at least 25%",
            after="reduce by at least 20%",
            changed_on=date(2026, 10, 5),
            published_at=OCTOBER,
            is_after_start=True,
            effect="easier",
            old_definition_hash="a",
            new_definition_hash="b",
        ),
    )


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"weight": 2.0}, ("weight", "1", "2", "neither")),
        ({"owner": "head of sales"}, ("owner", "head of service", "head of sales", "neither")),
        ({"due": date(2027, 1, 31)}, ("due", "2026-12-31", "2027-01-31", "easier")),
        ({"due": date(2026, 11, 30)}, ("due", "2026-12-31", "2026-11-30", "harder")),
        ({"metric": "wait_seconds"}, ("metric", "handle_time_seconds", "wait_seconds", "unknown")),
        ({"where": "billing"}, ("where", "service", "billing", "unknown")),
        ({"window": "trailing_13_weeks"}, ("window", "week", "trailing_13_weeks", "unknown")),
    ],
)
def test_every_other_field_is_recorded_too(facts: dict[str, Any], expected: tuple[str, str, str, str]) -> None:
    assert told(change(**facts)) == [expected]


def test_a_definition_that_changes_nothing_the_ledger_keeps_adds_nothing() -> None:
    assert change(minimum_cases=50) == ()


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        (("at most 270", None, 270.0), ("at most 288", None, 288.0), "easier"),
        (("at most 270", None, 270.0), ("at most 250", None, 250.0), "harder"),
        (("at least 70", 70.0, None), ("at least 60", 60.0, None), "easier"),
        (("at least 70", 70.0, None), ("at least 80", 80.0, None), "harder"),
        (("between 2 and 5", 2.0, 5.0), ("between 1 and 6", 1.0, 6.0), "easier"),
        (("between 2 and 5", 2.0, 5.0), ("between 3 and 5", 3.0, 5.0), "harder"),
        (("between 2 and 5", 2.0, 5.0), ("between 3 and 6", 3.0, 6.0), "neither"),
        (("between 2 and 5", 2.0, 5.0), ("at most 5", None, 5.0), "easier"),
        (("at most 270", None, 270.0), ("reduce by at least 25%", None, None), "unknown"),
    ],
)
def test_a_target_is_easier_when_every_value_that_met_it_still_does_and_more_do(
    before: tuple[str, Any, Any], after: tuple[str, Any, Any], effect: str
) -> None:
    names = ("target", "target_low", "target_high")
    old = replace(VERSION, **dict(zip(names, before, strict=True)))
    new = replace(EASIER, **dict(zip(names, after, strict=True)))
    assert told(changes_between([old, new])) == [("target", before[0], after[0], effect)]


def test_a_relative_target_is_compared_as_defined_whatever_the_baseline_was_measured_as_meanwhile() -> None:
    measured_again = replace(EASIER, baseline=300.0, target_high=240.0)
    assert told(changes_between([VERSION, measured_again])) == [
        ("target", "reduce by at least 25%", "reduce by at least 20%", "easier")
    ]


def test_a_baseline_that_was_only_measured_again_is_no_change() -> None:
    assert change(baseline=380.0, target_high=285.0) == ()


@pytest.mark.parametrize(("baseline", "effect"), [(400.0, "easier"), (320.0, "harder"), (360.0, "neither")])
def test_another_baseline_under_a_relative_target_moves_what_has_to_be_reached(baseline: float, effect: str) -> None:
    definition = f"{baseline:g} (pilot)"
    found = change(baseline_definition=definition, baseline=baseline, target_high=baseline * 0.75)
    assert told(found) == [("baseline", "measured over 2026-W14..2026-W26", definition, effect)]
    assert found[0].moves_target == (effect != "neither")


def test_another_baseline_under_an_absolute_target_changes_the_progress_and_not_the_target() -> None:
    old = replace(VERSION, target="at most 270")
    new = replace(old, definition_hash="b", first_published_at=OCTOBER, baseline_definition="400 (x)", baseline=400.0)
    (found,) = changes_between([old, new])
    assert (found.field, found.effect, found.moves_target) == ("baseline", "neither", False)


def test_a_baseline_that_cannot_be_measured_leaves_the_effect_unknown_and_counts_as_moved() -> None:
    (found,) = change(baseline_definition="measured over 2027-W01..2027-W04", baseline=None, target_high=None)
    assert (found.effect, found.moves_target) == ("unknown", True)


def test_versions_of_an_earlier_release_are_compared_by_numbers() -> None:
    old = replace(VERSION, **OLD_RELEASE)
    assert told(changes_between([old, replace(EASIER, target="at most 288")])) == [
        ("target", "at most 270", "at most 288", "easier")
    ]
    assert changes_between([old, replace(VERSION, definition_hash="b", first_published_at=OCTOBER)]) == ()


def test_bounds_that_moved_in_step_with_a_measured_baseline_are_no_change_of_an_earlier_release() -> None:
    old = replace(VERSION, **OLD_RELEASE)
    measured_again = {"baseline": 380.0, "target_high": 285.0, "definition_hash": "b", "first_published_at": OCTOBER}
    assert changes_between([old, replace(old, **measured_again)]) == ()
    assert changes_between([old, replace(VERSION, **measured_again)]) == ()
    absolute = replace(VERSION, **{**measured_again, "target": "at most 285"})
    assert told(changes_between([old, absolute])) == [("target", "at most 270", "at most 285", "easier")]


@pytest.mark.parametrize(
    ("baseline", "definition", "expected"),
    [
        (400.0, "400 (pilot)", [("baseline", "360", "400 (pilot)", "easier")]),
        (360.0, "360 (pilot)", []),
        (400.0, "measured over 2026-W14..2026-W26", []),
    ],
)
def test_of_an_earlier_release_only_a_given_baseline_can_be_seen_to_change(
    baseline: float, definition: str, expected: list[tuple[str, str, str, str]]
) -> None:
    old = replace(VERSION, **OLD_RELEASE)
    new = replace(
        VERSION,
        definition_hash="b",
        first_published_at=OCTOBER,
        baseline=baseline,
        baseline_definition=definition,
        target_high=baseline * 0.75,
    )
    assert told(changes_between([old, new])) == expected


@pytest.mark.parametrize(
    ("declared", "published", "expected", "is_after_start"),
    [
        (date(2026, 6, 28), datetime(2026, 7, 6, tzinfo=UTC), date(2026, 6, 28), False),
        (date(2026, 6, 29), datetime(2026, 7, 6, tzinfo=UTC), date(2026, 6, 29), False),
        (date(2026, 6, 30), datetime(2026, 7, 6, tzinfo=UTC), date(2026, 6, 30), True),
        (date(2026, 6, 22), datetime(2026, 7, 6, tzinfo=UTC), date(2026, 7, 6), True),  # the day was not declared anew
        (date(2026, 6, 1), datetime(2026, 7, 6, tzinfo=UTC), date(2026, 7, 6), True),  # the old one was published then
        (date(2026, 8, 1), datetime(2026, 7, 6, tzinfo=UTC), date(2026, 7, 6), True),  # still to come
        (date(2026, 6, 22), datetime(2026, 6, 28, 22, 30, tzinfo=UTC), date(2026, 6, 29), False),  # Monday in Berlin
    ],
)
def test_a_target_was_changed_on_the_day_declared_if_that_lies_between_the_publications(
    declared: date, published: datetime, expected: date, is_after_start: bool
) -> None:
    new = replace(EASIER, target_set_on=declared, first_published_at=published)
    (found,) = changes_between([VERSION, new], ZoneInfo("Europe/Berlin"))
    assert (found.changed_on, found.is_after_start) == (expected, is_after_start)


def test_only_the_target_has_a_declared_day() -> None:
    found = changes_between([VERSION, replace(EASIER, target_set_on=date(2026, 9, 1), weight=2.0)])
    assert [(each.field, each.changed_on) for each in found] == [
        ("target", date(2026, 9, 1)),
        ("weight", date(2026, 10, 5)),
    ]


def test_a_key_result_carried_into_the_next_cycle_begins_anew() -> None:
    new = replace(EASIER, cycle="2027-h1", cycle_start=date(2026, 9, 30))
    found = changes_between([VERSION, new])
    assert [(each.field, each.is_after_start) for each in found] == [("target", False), ("cycle", False)]


def test_key_results_are_never_compared_with_each_other() -> None:
    assert changes_between([VERSION, replace(EASIER, key_result_id="cheaper")]) == ()


def in_force(version: Version, at: datetime) -> Version:
    return replace(version, is_current=True, first_published_at=at)


class Publications:
    """Publishes definitions one after the other, as a store would keep them."""

    def __init__(self) -> None:
        self.versions: dict[str, Version] = {}
        self.ledger: tuple[Change, ...] = ()
        self._last: datetime | None = None

    def publish(self, version: Version | None, at: datetime) -> tuple[Change, ...]:
        now = [] if version is None else [in_force(version, at)]
        added = changes_to_append(self.versions.values(), self.ledger, now, at, self._last)
        self.versions = {name: replace(each, is_current=False) for name, each in self.versions.items()}
        for each in now:
            first = self.versions.get(each.definition_hash, each).first_published_at
            self.versions[each.definition_hash] = replace(each, first_published_at=first)
        self.ledger += added
        self._last = at
        return added


def test_a_target_put_back_is_a_second_change() -> None:
    store = Publications()
    assert store.publish(VERSION, BEFORE_START) == ()
    assert told(store.publish(EASIER, OCTOBER)) == [
        ("target", "reduce by at least 25%", "reduce by at least 20%", "easier")
    ]
    assert store.publish(EASIER, OCTOBER + timedelta(weeks=1)) == ()
    (back,) = store.publish(VERSION, NOVEMBER)
    assert (back.number, back.before, back.after, back.effect, back.changed_on) == (
        2, "reduce by at least 20%", "reduce by at least 25%", "harder", NOVEMBER.date()
    )  # fmt: skip
    assert store.publish(VERSION, NOVEMBER + timedelta(weeks=1)) == ()


def test_a_key_result_left_out_for_a_while_goes_on_from_the_definition_it_had_last() -> None:
    store = Publications()
    for number, version in enumerate([VERSION, EASIER, VERSION, None, None]):
        store.publish(version, OCTOBER + timedelta(weeks=number))
    assert len(store.ledger) == 2
    assert store.publish(VERSION, NOVEMBER) == ()
    assert [each.after for each in store.publish(EASIER, NOVEMBER + timedelta(weeks=1))] == ["reduce by at least 20%"]


def test_a_change_while_a_key_result_was_left_out_is_seen_when_it_returns() -> None:
    store = Publications()
    store.publish(VERSION, BEFORE_START)
    store.publish(None, OCTOBER)
    assert [each.effect for each in store.publish(EASIER, NOVEMBER)] == ["easier"]


def test_the_first_ledger_begins_with_what_an_earlier_release_has_published() -> None:
    published = [replace(VERSION, is_current=False, **OLD_RELEASE), replace(EASIER, is_current=True, **OLD_RELEASE)]
    added = changes_to_append(published, (), [in_force(EASIER, NOVEMBER)], NOVEMBER, OCTOBER)
    assert [(each.number, each.before, each.after, each.published_at) for each in added] == [
        (1, "at most 270", "at most 288", OCTOBER)
    ]
    assert changes_to_append(published, added, [in_force(EASIER, NOVEMBER)], NOVEMBER, OCTOBER) == ()


def test_a_return_that_an_earlier_release_could_not_record_is_recorded_when_it_is_noticed() -> None:
    published = [replace(VERSION, is_current=True), replace(EASIER, is_current=False)]
    added = changes_to_append(published, (), [in_force(VERSION, NOVEMBER)], NOVEMBER, OCTOBER)
    assert [(each.number, each.after, each.published_at) for each in added] == [
        (1, "reduce by at least 20%", OCTOBER),
        (2, "reduce by at least 25%", NOVEMBER),
    ]


def test_a_day_on_which_the_old_target_was_still_published_is_not_believed() -> None:
    known = [replace(VERSION, is_current=True)]
    claimed = replace(EASIER, target_set_on=date(2026, 6, 27))
    (found,) = changes_to_append(known, (), [in_force(claimed, NOVEMBER)], NOVEMBER, OCTOBER)
    assert (found.changed_on, found.is_after_start) == (NOVEMBER.date(), True)


VERSIONS = st.builds(
    lambda share, weight, title: replace(
        VERSION,
        definition_hash=f"{share}-{weight}-{title}",
        target=f"reduce by at least {share}%",
        target_high=360 * (1 - share / 100),
        weight=weight,
    ),
    st.sampled_from([20, 25]),
    st.sampled_from([1.0, 2.0]),
    st.sampled_from(["short", "long"]),
)


@given(st.lists(st.one_of(st.none(), VERSIONS), max_size=8))
def test_the_ledger_retells_every_target_and_weight_that_was_ever_in_force(
    history: list[Version | None],
) -> None:
    store = Publications()
    for number, version in enumerate(history):
        store.publish(version, OCTOBER + timedelta(days=number))
    assert [each.number for each in store.ledger] == list(range(1, len(store.ledger) + 1))
    for field, words in (("target", lambda each: each.target), ("weight", lambda each: f"{each.weight:g}")):
        seen = [words(version) for version in history if version is not None]
        told_states = [each for each in store.ledger if each.field == field]
        retold = [told_states[0].before, *(each.after for each in told_states)] if told_states else seen[:1]
        assert retold == [word for before, word in zip([None, *seen], seen, strict=False) if word != before]


CASCADE = one_key_result()
STAYS = "a target stays as it was when the cycle began"
FIX = "restore it, or record why in the review and start the new target with the next cycle"


def sentences(*versions: Version) -> list[str]:
    store = Publications()
    store.publish(VERSION, BEFORE_START)
    for number, version in enumerate(versions):
        store.publish(version, OCTOBER + timedelta(weeks=number))
    return [issue.sentence() for issue in retroactive_target_changes(store.ledger, CASCADE)]


def test_a_target_changed_after_the_start_is_found_at_its_line() -> None:
    assert sentences(EASIER) == [
        "2026-h2/service.yml:9: key result faster: cycle 2026-h2 began on 2026-06-29; its target was"
        " 'reduce by at least 25%' until 2026-10-05 and is 'reduce by at least 20%' since (easier)"
        f" - {STAYS}. Fix: {FIX}"
    ]


def test_every_further_change_is_told_and_a_restored_target_is_found_no_more() -> None:
    hardest = replace(VERSION, definition_hash="c", target="reduce by at least 30%", target_high=252.0)
    (sentence,) = sentences(EASIER, hardest)
    assert "since (easier), its target was 'reduce by at least 20%' until 2026-10-12" in sentence
    assert "is 'reduce by at least 30%' since (harder)" in sentence
    assert sentences(EASIER, VERSION) == []


def test_an_easier_baseline_is_found_at_its_own_line_and_other_changes_are_not_found() -> None:
    easier = replace(VERSION, definition_hash="b", baseline_definition="400 (pilot)", baseline=400.0, target_high=300.0)
    (sentence,) = sentences(easier)
    assert sentence.startswith("2026-h2/service.yml:8: key result faster: cycle 2026-h2 began on 2026-06-29; its")
    assert "its baseline was 'measured over 2026-W14..2026-W26' until 2026-10-05 and is '400 (pilot)' since" in sentence
    assert sentences(replace(VERSION, definition_hash="b", weight=2.0, owner="head of sales")) == []


def test_a_change_before_the_start_or_of_a_key_result_no_longer_in_force_is_not_found() -> None:
    early = replace(EASIER, first_published_at=BEFORE_START + timedelta(days=3))
    assert retroactive_target_changes(changes_between([VERSION, early]), CASCADE) == ()
    gone = (replace(VERSION, key_result_id="gone"), replace(EASIER, key_result_id="gone"))
    assert retroactive_target_changes(changes_between(gone), CASCADE) == ()


def test_a_change_in_a_former_cycle_is_not_held_against_the_present_one() -> None:
    former = {"cycle": "2026-h1", "cycle_start": date(2026, 1, 1)}
    found = changes_between([replace(VERSION, **former), replace(EASIER, **former)])
    assert found[0].is_after_start
    assert retroactive_target_changes(found, CASCADE) == ()
