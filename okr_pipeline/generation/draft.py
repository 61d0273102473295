"""The shape of a draft: the entries of a unit's file, with a note for each number and a question for each guess.

What they mean is in `okr_pipeline.cascade.unit_file`; how they are spelt is in `writer`.
"""

import hashlib
from dataclasses import dataclass

from okr_pipeline.cascade.target import Operator
from okr_pipeline.cascade.unit_file import OkrLevel, Window

_ID_CHARACTERS_MAX_COUNT = 63
_DIGEST_CHARACTERS_COUNT = 8


@dataclass(frozen=True)
class DraftClaim:
    """What a key result is to do to its parent: lowest and highest relative change, signed."""

    low_ratio: float
    high_ratio: float
    lag_weeks: int
    source: str


@dataclass(frozen=True)
class DraftTarget:
    """A target: operator, its value as YAML, and where the number comes from."""

    operator: Operator
    value: str
    note: str


@dataclass(frozen=True)
class DraftKeyResult:
    """One key result; ``measured_over`` is the baseline's range of weeks, ``baseline_note`` what it was."""

    id: str
    title: str
    metric: str
    unit: str
    segment: str | None
    measured_over: str
    baseline_note: str
    target: DraftTarget
    window: Window
    minimum_cases: int
    weight: int
    shape: str
    lag_weeks: int
    claim: DraftClaim | None = None
    compare_with: str | None = None
    guarded_by: tuple[str, ...] = ()
    ai_systems: tuple[str, ...] = ()
    deploys: str | None = None
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class DraftObjective:
    """One objective."""

    id: str
    title: str
    key_results: tuple[DraftKeyResult, ...]
    derives_from: str | None = None
    bet: str | None = None
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class DraftInitiative:
    """One AI system's work in this cycle."""

    id: str
    title: str
    supports: tuple[str, ...]
    ai_systems: tuple[str, ...]


@dataclass(frozen=True)
class DraftFile:
    """The file of one unit; ``remarks`` are sentences at its top."""

    org_unit: str
    level: OkrLevel
    owner: str
    remarks: tuple[str, ...]
    objectives: tuple[DraftObjective, ...]
    initiatives: tuple[DraftInitiative, ...] = ()


def id_of(*parts: str | None) -> str:
    """Join names to an id of at most 63 characters; a longer one is cut and ends in a digest of the whole."""
    whole = "_".join(part.replace("-", "_").replace(".", "_").lower() for part in parts if part)
    if len(whole) <= _ID_CHARACTERS_MAX_COUNT:
        return whole
    digest = hashlib.sha256(whole.encode()).hexdigest()[:_DIGEST_CHARACTERS_COUNT]
    return f"{whole[: _ID_CHARACTERS_MAX_COUNT - _DIGEST_CHARACTERS_COUNT - 1]}_{digest}"
