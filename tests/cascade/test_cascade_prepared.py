"""Key results whose windows are worked out together come out to the last bit as one by one."""

import random
from dataclasses import replace
from typing import Any, get_args

import pytest
from measured_world import CYCLE, METRIC, ORGANISATION, WEEKS, key_result, observed, row, rows_of

from okr_pipeline.cascade.metric import Aggregation
from okr_pipeline.cascade.rows import MetricRows
from okr_pipeline.cascade.values import evaluate, evaluate_all
from okr_pipeline.cascade.windows import WindowName

UNITS = [*ORGANISATION.units]
SEEN = observed()


def some_rows(seed: int) -> MetricRows:
    """Rows of every unit and two segments, with holes, broken figures and small groups."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    rows = []
    for week in WEEKS:
        for unit in UNITS:
            for segment in ("one", "two"):
                if dice.random() < 0.1:
                    continue
                cases = dice.randint(0, 90)
                numerator = float("nan") if dice.random() < 0.01 else dice.random() * cases
                rows.append(
                    row(
                        week,
                        org_unit=unit,
                        segment=segment,
                        numerator=numerator,
                        denominator=cases,
                        sum_squares=numerator**2,
                        sample_count=cases,
                        people_count=dice.randint(2, 12),
                    )
                )
    return rows_of(rows)


@pytest.mark.parametrize("people", [False, True])
@pytest.mark.parametrize("aggregation", get_args(Aggregation))
@pytest.mark.parametrize("seed", range(3))
def test_together_is_as_alone(aggregation: Aggregation, people: bool, seed: int) -> None:
    metric = replace(METRIC, aggregation=aggregation, people=people)
    items = [
        key_result(
            id=f"{unit}_{index}_{window}_{len(baseline)}", where={"org_unit": unit} | part, window=window, **baseline
        )
        for window in get_args(WindowName)
        for unit in UNITS
        for index, part in enumerate(({}, {"segment": "one"}))
        for baseline in ({}, {"baseline": {"measured_over": "2026-W20..2026-W26"}})
    ]
    together, alone = some_rows(seed), some_rows(seed)
    common: dict[str, Any] = {"organisation": ORGANISATION, "weeks": WEEKS[-20:]}
    name = METRIC.name
    found = evaluate_all(items, {name: metric}, {name: together}, {name: SEEN}, cycles={CYCLE.id: CYCLE}, **common)
    assert list(found) == [item.id for item in items]
    for item in items:
        wanted = evaluate(item, metric, alone, SEEN, cycle=CYCLE, **common)
        assert tuple(found[item.id]) == tuple(wanted)
