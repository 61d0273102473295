"""Stand-ins for a refused `organisation.yml`, `strategy.yml` or `policy.yml`, so that other files are judged.

They only ever fill a cascade that already has errors, which is never run.
"""

from okr_pipeline.cascade.organisation import MINIMUM_GROUP_PEOPLE_COUNT, Organisation, Unit
from okr_pipeline.cascade.policy import Policy
from okr_pipeline.cascade.strategy import Strategy

_REASON = "stands in for a policy.yml that could not be read"


def stand_in_organisation() -> Organisation:
    """Return an organisation of one nameless unit."""
    return Organisation(
        time_zone="UTC",
        currency="XXX",
        minimum_group=MINIMUM_GROUP_PEOPLE_COUNT,
        units={"unknown": Unit(title="Unknown")},
    )


def stand_in_strategy() -> Strategy:
    """Return a strategy without bets."""
    return Strategy(bets=())


def stand_in_policy() -> Policy:
    """Return a policy of the example values."""
    examples = {name: (field.examples or [None])[0] for name, field in Policy.model_fields.items()}
    return Policy.model_validate({name: {"value": value, "reason": _REASON} for name, value in examples.items()})
