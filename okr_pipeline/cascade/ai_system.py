"""`ai_systems/<id>.yml`: an AI system as far as the cascade needs it."""

from datetime import date
from typing import Literal

from okr_pipeline.cascade.definition import Definition, Id, Label
from okr_pipeline.cascade.role import Role


class AiSystem(Definition):
    """One AI system in use."""

    id: Id
    """Stable name; also the name of the file."""
    title: Label
    """Name for people."""
    role: Literal["provider", "deployer"]
    """The organisation's role towards the system (Regulation (EU) 2024/1689, Article 3(3) and (4))."""
    risk_class: Literal["prohibited", "high", "limited", "minimal"] | None = None
    """Risk class; left out while the system is not classified."""
    annex_iii_point: Label | None = None
    """Point of Annex III that makes it high-risk, e.g. ``5(c)``."""
    classified_at: date | None = None
    """Day of the classification."""
    owner: Role
    """Role that answers for the system."""
    purpose: Label
    """What the system is for."""
