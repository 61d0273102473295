"""Every planted fault shows in the systems where the truth says so, and is gone when it is not planted."""

from collections.abc import Callable
from datetime import date

import pytest
from measured_systems import Systems, measure

from okr_pipeline.cascade.weeks import WEEK, parse_iso_week
from okr_pipeline.demo import Truth, simulate
from okr_pipeline.demo.company import UnknownFaultError, found_company
from okr_pipeline.demo.contact_centre import interactions

LAST = parse_iso_week("2026-W47")


def rows(systems: Systems, table: str, week_by: str, week: date, where: str = "true") -> float:
    return systems.value(f"select count(*) from {table}", week_by, week, week, where)


def few_people(systems: Systems) -> list[tuple[str, bool, int]]:
    """Return the groups of fewer than five agents by queue and assistance in the last four weeks."""
    start, end = systems.window(LAST - 3 * WEEK, LAST)
    return systems.connection.execute(
        "select queue, ai_assisted, count(distinct agent_id) from interactions"
        f" where unit_code <> 'T9-NEW' and ended_at >= {start} and ended_at < {end}"
        " group by all having count(distinct agent_id) < 5"
    ).fetchall()


VISIBLE: dict[str, Callable[[Systems], bool]] = {
    "vanity": lambda systems: measure(systems, "customer review days", LAST, 13) > 8,
    "sandbag": lambda systems: measure(systems, "HR-REC active share", LAST) < 0.5,
    "stopped_source": lambda systems: rows(systems, "delivery", "released_at", parse_iso_week("2026-W46")) == 0,
    "drift": lambda systems: measure(systems, "life pricing override share", LAST, 1) > 0.11,
    "volume_drop": lambda systems: rows(systems, "cases", "decided_at", parse_iso_week("2026-W40")) < 60,
    "unmapped_code": lambda systems: rows(systems, "interactions", "ended_at", LAST, "unit_code = 'T9-NEW'") == 40,
    "small_group": lambda systems: few_people(systems) == [("legal_protection", True, 3)],
    "foreign_currency": lambda systems: rows(systems, "ledger", "posted_at", LAST, "currency = 'USD'") > 0,
}


@pytest.mark.parametrize("fault", VISIBLE)
def test_a_fault_shows_when_planted_and_only_then(systems: Systems, faultless: Systems, fault: str) -> None:
    assert VISIBLE[fault](systems)
    assert not VISIBLE[fault](faultless)


def test_every_fault_of_the_systems_has_a_test(truth: Truth) -> None:
    planted = {name for name, fault in truth.faults.items() if fault.planted_in == "systems"}
    assert planted == VISIBLE.keys() | {"restated_week"}


def test_without_faults_no_group_is_too_small(faultless: Systems) -> None:
    assert few_people(faultless) == []


def test_the_restated_week_first_comes_with_handle_times_that_are_too_low(truth: Truth) -> None:
    fault, company = truth.faults["restated_week"], found_company()
    assert fault.corrected_with is not None
    first, still, corrected = (
        interactions(company, fault.start, through).to_pandas()
        for through in (fault.start, fault.corrected_with - WEEK, fault.corrected_with)
    )
    assert first.equals(still)
    changed = [name for name in first if not first[name].equals(corrected[name])]
    assert changed == ["talk_seconds", "hold_seconds", "after_contact_seconds"]
    assert 0.89 < first[changed].to_numpy().sum() / corrected[changed].to_numpy().sum() < 0.95


def test_the_override_rate_climbs_week_by_week(systems: Systems, truth: Truth) -> None:
    fault = truth.faults["drift"]
    before = measure(systems, "life pricing override share", fault.start - WEEK, 8)
    middle = measure(systems, "life pricing override share", fault.start + 2 * WEEK, 3)
    end = measure(systems, "life pricing override share", LAST, 3)
    assert before < middle < end


def test_a_fault_nobody_knows_is_refused_with_the_known_ones(
    tmp_path_factory: pytest.TempPathFactory, truth: Truth
) -> None:
    home = tmp_path_factory.mktemp("unknown_fault")
    with pytest.raises(UnknownFaultError) as caught:
        simulate(home, faults=["vanty"])
    assert str(caught.value) == (
        f"faults: vanty not known - allowed are {', '.join(sorted(truth.faults))}. "
        "Fix: take a name from okr_pipeline/demo/truth.yml"
    )
    assert list(home.iterdir()) == []
