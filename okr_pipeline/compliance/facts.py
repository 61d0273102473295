"""Which facts a condition may ask for, and what each can hold.

What they hold for a system is decided in `classification`.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import get_args

from pydantic import BaseModel

from okr_pipeline.cascade.ai_system import ANNEX_III_CODES, ART5_PRACTICES, OPERATOR_ROLES, AiSystem
from okr_pipeline.cascade.issues import listed, nearest
from okr_pipeline.compliance.conditions import Condition

DERIVED_FACTS = (
    "high_risk", "annex_i_a_high", "annex_iii_high", "annex_iii_exempt", "is_provider", "is_deployer",
    "declared_provider", "only_point_2", "fria_required",
)  # fmt: skip
"""Facts that follow from the answers."""
CODES: Mapping[str, tuple[str, ...]] = {
    "roles": OPERATOR_ROLES,
    "annex_iii": ANNEX_III_CODES,
    "art5_practices": ART5_PRACTICES,
}
"""Answers that are lists, and the codes they may hold."""


@cache
def truths() -> frozenset[str]:
    """Return the names of all facts that are true, false or unknown: yes-or-no questions and what follows."""
    return frozenset((*DERIVED_FACTS, *_questions(AiSystem, "")))


def problems_with(condition: Condition) -> Iterator[str]:
    """Yield what is wrong with the facts that a condition asks for, clauses."""
    for part in (*(condition.all or ()), *(condition.any or ())):
        yield from problems_with(part)
    fact, code = condition.fact, condition.contains
    if fact is None:
        return
    if fact not in truths() and fact not in CODES:
        near = nearest(fact, (*truths(), *CODES))
        yield f"the fact {fact} does not exist" + (f" (did you mean {near}?)" if near else "")
    elif code is None and fact in CODES:
        yield f"the fact {fact} is a list: ask what it contains"
    elif code is not None and code not in CODES.get(fact, ()):
        yield f"the fact {fact} never contains {code}, only {listed(CODES.get(fact, ()), 30)}"


def _questions(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _questions(inner, f"{name}.")
        elif inner is bool or bool in get_args(inner):
            yield prefix + name
