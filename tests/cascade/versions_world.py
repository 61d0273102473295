"""A published version of the key result of `measured_world`, to be changed in one place, and its cascade."""

from datetime import UTC, date, datetime

from measured_world import CYCLE, ORGANISATION, POLICY, key_result

from okr_pipeline.cascade.model import Cascade, Location, Objective, Strategy
from okr_pipeline.cascade.versions import Version

BEFORE_START = datetime(2026, 6, 22, 6, tzinfo=UTC)
VERSION = Version(
    key_result_id="faster",
    definition_hash="a",
    is_current=True,
    first_published_at=BEFORE_START,
    cycle=CYCLE.id,
    cycle_start=CYCLE.start,
    owner="head of service",
    metric="handle_time_seconds",
    unit="seconds",
    where="service",
    window="week",
    weight=1.0,
    minimum_cases=30,
    due=date(2026, 12, 31),
    target_set_on=date(2026, 6, 22),
    target="reduce by at least 25%",
    baseline_definition="measured over 2026-W14..2026-W26",
    baseline=360.0,
    target_low=None,
    target_high=270.0,
)


def one_key_result() -> Cascade:
    """Return a cascade of one key result, with the lines of its target and baseline."""
    place = Location("2026-h2/service.yml", 5, {"baseline": 8, "target": 9})
    item = key_result(location=place)
    objective = Objective.model_construct(
        id=item.objective_id, title="Short contacts", derives_from=None, bet=None, key_results=(item,), level="team",
        org_unit="service", owner="head of service", cycle=CYCLE.id, location=place, draft=(),
    )  # fmt: skip
    return Cascade(
        organisation=ORGANISATION,
        strategy=Strategy(bets=()),
        policy=POLICY,
        benchmarks=(),
        ai_systems={},
        cycles={CYCLE.id: CYCLE},
        sheets=(),
        objectives=(objective,),
        initiatives=(),
    )
