"""AI systems as a test needs them: a valid one, with what the test says about it."""

from datetime import date
from typing import Any

from okr_pipeline.cascade.ai_system import AiSystem
from okr_pipeline.compliance.catalogue import load_catalogue
from okr_pipeline.compliance.model import Assessment, Obligation
from okr_pipeline.compliance.obligations import assess

TODAY = date(2026, 11, 24)
HIGH_RISK_USE: dict[str, Any] = {
    "roles": ("deployer",),
    "annex_iii": ("4a",),
    "art6_3": {"profiling": True},
    "dates": {"placed_on_market": date(2028, 1, 10), "first_use": date(2028, 3, 1)},
}
"""A high-risk system that we use, under new law."""


def system(**answers: Any) -> AiSystem:
    """Return a system with these answers."""
    return AiSystem.model_validate({"id": "tested", "intended_purpose": "to be tested", **answers})


def assessed(as_of: date = TODAY, **answers: Any) -> Assessment:
    """Return what the shipped catalogue asks because of a system with these answers."""
    return assess(system(**answers), load_catalogue(), as_of)


def by_id(assessment: Assessment) -> dict[str, Obligation]:
    """Return the obligations by id."""
    return {obligation.id: obligation for obligation in assessment.obligations}


def due(assessment: Assessment, obligation_id: str) -> tuple[str, str]:
    """Return force and due words of an obligation."""
    found = by_id(assessment)[obligation_id]
    return found.force, found.due_words
