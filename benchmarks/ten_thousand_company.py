"""A company with ten thousand key results and 52 weeks of metric rows for the scopes of all of them.

``python -m benchmarks.ten_thousand_company FOLDER`` writes the cascade as YAML and the rows as arrays, in a process of
its own, so that writing costs the measured process no memory. Every key result looks at a part of the company of its
own. The numbers are noise around an S-curve; nothing is found out about the methods here (`benchmarks.methods`).
"""

import shutil
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from benchmarks.company import weeks_until_last
from benchmarks.processes import PROJECT
from okr_pipeline.cascade.metric import Metric

UNITS_COUNT, TEAMS_PER_UNIT = 90, 10
EXECUTIVE, RESULTS, ADOPTIONS, QUALITIES = 10, 11, 5, 5
"""Key results of the executive file, of a business unit, and of a team's two objectives: 10 + 90 x 11 + 900 x 10."""
SPLIT_RESULTS = 3
"""Metrics of business units that tell assisted from unassisted cases."""
SYSTEMS_COUNT = 20
CYCLE = "2026-h2"
WEEKS = tuple(weeks_until_last(52))
CYCLE_START, CYCLE_END = date(2026, 6, 29), date(2026, 12, 31)
SOURCE = ("desk", "cases")
_DATES = {"target_set_on": date(2026, 6, 22), "due": CYCLE_END, "window": "trailing_4_weeks"}


class _Plain(yaml.CSafeDumper):
    """Writes every value where it applies: the cascade knows no anchors."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def metrics() -> dict[str, Metric]:
    """Return the metrics by name."""

    def metric(name: str, kind: str, aggregation: str, unit: str, direction: str) -> Metric:
        words = ("head of measuring", "weekly", "A metric of the benchmark.")
        return Metric(name, unit, kind, direction, aggregation, *words, None, False, "everything", (SOURCE,))  # type: ignore[arg-type]

    found = [metric(f"outcome_{i}_eur", "business_outcome", "mean", "eur", "down") for i in range(EXECUTIVE)]
    found += [metric(f"result_{i}_seconds", "business_outcome", "mean", "seconds", "down") for i in range(RESULTS)]
    found += [metric(f"adoption_{i}_share", "adoption", "proportion", "ratio", "up") for i in range(ADOPTIONS)]
    found += [metric(f"quality_{i}_share", "quality", "proportion", "ratio", "down") for i in range(QUALITIES)]
    return {each.name: each for each in found}


def write(folder: Path) -> None:
    """Write ``cascade/`` and ``rows.npz``."""
    cascade = folder / "cascade"
    for part in (CYCLE, "ai_systems"):
        (cascade / part).mkdir(parents=True)
    shutil.copyfile(PROJECT / "cascade_definitions" / "policy.yml", cascade / "policy.yml")
    for name, content in _files():
        (cascade / name).write_text(yaml.dump(content, Dumper=_Plain, sort_keys=False))
    np.savez(folder / "rows.npz", **dict(_rows()))


def _files() -> Iterator[tuple[str, Any]]:
    units: dict[str, Any] = {"company": {"title": "Company"}}
    for unit in range(UNITS_COUNT):
        units[f"unit_{unit}"] = {"title": f"Unit {unit}", "parent": "company"}
        units |= {team: {"title": f"Team {team}", "parent": f"unit_{unit}"} for team in _teams(unit)}
    yield (
        "organisation.yml",
        {"time_zone": "Europe/Berlin", "currency": "EUR", "minimum_group": 5, "units": units},
    )
    bets = [{"id": "lower_cost", "title": "Serve more customers at the same cost", "kind": "cost_efficiency"}]
    yield "strategy.yml", {"bets": bets}
    yield (
        f"{CYCLE}/cycle.yml",
        {"id": CYCLE, "start": CYCLE_START, "end": CYCLE_END, "review_dates": [date(2026, 9, 30)]},
    )
    for system in range(SYSTEMS_COUNT):
        yield (
            f"ai_systems/system_{system}.yml",
            {
                "id": f"system_{system}",
                "name": f"System {system}",
                "owner": "head of measuring",
                "intended_purpose": "Suggests answers that a person sends or changes",
                "roles": ["deployer"],
                "dates": {"placed_on_market": date(2025, 9, 1), "first_use": CYCLE_START},
            },
        )
    yield f"{CYCLE}/company.yml", _sheet("company", "executive", _executive())
    for unit in range(UNITS_COUNT):
        yield f"{CYCLE}/unit_{unit}.yml", _sheet(f"unit_{unit}", "business_unit", _of_unit(unit))
        for number, team in enumerate(_teams(unit)):
            yield f"{CYCLE}/{team}.yml", _sheet(team, "team", _of_team(unit, number))


def _teams(unit: int) -> list[str]:
    return [f"team_{unit}_{number}" for number in range(TEAMS_PER_UNIT)]


def _sheet(org_unit: str, level: str, objectives: list[Any]) -> Any:
    owner = f"head of {org_unit.replace('_', ' ')}"
    return {"cycle": CYCLE, "org_unit": org_unit, "level": level, "owner": owner, "objectives": objectives}


def _executive() -> list[Any]:
    items = [
        {"id": f"outcome_{i}", "title": f"Cost of kind {i} falls by a tenth", "metric": f"outcome_{i}_eur"}
        | {"baseline": {"measured_over": "2026-W14..2026-W26"}, "target": {"reduce_by_at_least": "10%"}, **_DATES}
        for i in range(EXECUTIVE)
    ]
    half = EXECUTIVE // 2
    return [
        {"id": f"good_service_{n}", "title": f"Good service costs less in region {n}", "bet": "lower_cost"}
        | {"key_results": part}
        for n, part in enumerate((items[:half], items[half:]))
    ]


def _of_unit(unit: int) -> list[Any]:
    items = [
        {"id": f"result_{unit}_{i}", "title": f"Requests of kind {i} take a tenth less time in unit {unit}"}
        | {"metric": f"result_{i}_seconds", "where": {"org_unit": f"unit_{unit}"}}
        | {"baseline": {"measured_over": "2026-W14..2026-W26"}, "target": {"reduce_by_at_least": "10%"}, **_DATES}
        | {"contributes": {"moves_parent": ["-14%", "-10%"], "lag_weeks": 0, "source": "pilot"}}
        for i in range(RESULTS)
    ]
    return [
        {
            "id": f"short_waits_{unit}_{n}",
            "title": f"Customers of unit {unit} wait less for matter {n}",
            "derives_from": f"outcome_{(unit + n) % EXECUTIVE}",
            "key_results": part,
        }
        for n, part in enumerate((items[:6], items[6:]))
    ]


def _of_team(unit: int, number: int) -> list[Any]:
    team, other = f"team_{unit}_{number}", f"team_{(unit + 1) % UNITS_COUNT}_{number}"
    common = {"where": {"org_unit": team}, **_DATES}
    qualities = [
        {"id": f"quality_{unit}_{number}_{i}", "title": f"No more than a tenth of kind {i} comes back to {team}"}
        | {"metric": f"quality_{i}_share", "baseline": {"value": 0.12, "source": "report"}, "target": {"at_most": 0.1}}
        | {"contributes": {"moves_parent": ["-4%", "-1%"], "lag_weeks": 2, "source": "pilot"}, **common}
        for i in range(QUALITIES)
    ]
    adoptions = [
        {"id": f"adoption_{unit}_{number}_{i}", "title": f"Half of the replies of kind {i} are assisted in {team}"}
        | {"metric": f"adoption_{i}_share", "baseline": {"value": 0.05, "source": "pilot"}, "target": {"at_least": 0.5}}
        | {"trajectory": {"shape": "s_curve", "lag_weeks": 2}, "compare_with": {"org_unit": other}}
        | {"contributes": {"moves_parent": ["-14%", "-10%"], "lag_weeks": 2, "source": "pilot"}}
        | {"guarded_by": [qualities[i]["id"]], "ai_systems": [f"system_{unit % SYSTEMS_COUNT}"], **common}
        for i in range(ADOPTIONS)
    ]
    return [
        {
            "id": f"{word}_{unit}_{number}",
            "title": f"{title} in {team}",
            "derives_from": f"result_{unit}_{(number + shift) % RESULTS}",
            "key_results": part,
        }
        for shift, (word, title, part) in enumerate(
            (("good_answers", "Answers are right at once", qualities), ("help", "People have help at hand", adoptions))
        )
    ]


def _rows() -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    random = np.random.default_rng(10_000)
    units = [f"unit_{unit}" for unit in range(UNITS_COUNT)]
    teams = [team for unit in range(UNITS_COUNT) for team in _teams(unit)]
    age = np.arange(len(WEEKS)) - WEEKS.index(CYCLE_START)
    curve = np.where(age < 0, 0.0, 1 / (1 + np.exp(-0.6 * (age - 7.0))))
    for name, metric in metrics().items():
        places = units if name.startswith("outcome") else teams
        split = name.startswith("result") and int(name.split("_")[1]) < SPLIT_RESULTS
        sides = ("assisted", "unassisted") if split else ("all",)
        shape = (len(places), len(sides), len(WEEKS))
        cases = random.integers(150, 250, shape).astype(np.float64)
        noise = np.exp(random.normal(0, 0.03, shape))
        if metric.aggregation == "mean":
            value = 300 * noise * (1 - 0.1 * curve)
        else:
            start, end = (0.05, 0.6) if metric.kind == "adoption" else (0.12, 0.1)
            value = random.binomial(cases.astype(np.int64), start + (end - start) * curve) / cases
        squares = cases * value**2 * 1.1 if metric.aggregation == "mean" else np.full(shape, np.nan)
        for measure, figures in (("numerator", value * cases), ("cases", cases), ("sum_squares", squares)):
            yield f"{name}/{measure}", figures.ravel()
        yield f"{name}/org_unit", np.repeat(np.array(places), len(sides) * len(WEEKS))
        yield f"{name}/ai_assisted", np.tile(np.repeat(np.array(sides), len(WEEKS)), len(places))
        yield f"{name}/week_start", np.tile(np.array(WEEKS, dtype="datetime64[D]"), len(places) * len(sides))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
