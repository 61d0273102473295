"""The simulated company's parameters as a checked model of ``truth.yml``.

How a parameter becomes rows is the simulators' affair; what the truth is in a given week is answered here.
"""

import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from okr_pipeline.cascade.weeks import parse_iso_week, parse_week_range, weeks_between

TRUTH_FILE = Path(__file__).with_name("truth.yml")

Week = Annotated[date, BeforeValidator(parse_iso_week)]
WeekRange = Annotated[tuple[date, date], BeforeValidator(parse_week_range)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Weeks(_Part):
    """The first and last Monday the company is simulated for, e.g. 2025-W40 and 2026-W47."""

    first: Week
    last: Week


class Curve(_Part):
    """Logistic adoption: half of the ceiling in week ``midpoint``; ``rate_per_week`` about 0.3 to 1."""

    midpoint: Week
    rate_per_week: float = Field(gt=0)


class Level(_Part):
    """An expected value: ``baseline`` before adoption, approaching ``ceiling`` along ``curve``."""

    baseline: float
    ceiling: float | None = None
    curve: str | None = None


class Noise(_Part):
    """AR(1) movement of the logarithm of a level: ``sd`` is the stationary spread, e.g. 0.012."""

    persistence: float = Field(ge=0, lt=1)
    sd: float = Field(ge=0)


class Fault(_Part):
    """One planted fault: where and when it is, and the finding it has to raise."""

    planted_in: Literal["systems", "cascade_definitions"]
    place: str
    description: str
    raises: str
    from_week: Week | None = None
    to_week: Week | None = None
    corrected_with: Week | None = None
    target_ratio: float | None = None
    reaches_ratio: float | None = None
    kept_ratio: float | None = None
    affected_ratio: float | None = None
    rows_per_week: int | None = None
    people: int | None = None
    code: str | None = None

    @property
    def start(self) -> date:
        """The Monday from which it shows; the beginning of time where the file names no week."""
        return self.from_week or date.min


class Truth(_Part):
    """The whole of ``truth.yml``; every field is explained there."""

    seed: int
    time_zone: str
    weeks: Weeks
    baseline: WeekRange
    adoption_starts: Week
    curves: Mapping[str, Curve]
    levels: Mapping[str, Level]
    counts: Mapping[str, Mapping[str, float]]
    incidents: Mapping[str, tuple[Week, ...]]
    noise: Noise
    faults: Mapping[str, Fault]

    @property
    def zone(self) -> ZoneInfo:
        """The company's business time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def all_weeks(self) -> tuple[date, ...]:
        """Every simulated Monday, first to last."""
        return weeks_between(self.weeks.first, self.weeks.last)

    def adoption(self, curve: str, week: date) -> float:
        """Return how much of the final effect (0-1) ``curve`` has reached in ``week``."""
        if week < self.adoption_starts:
            return 0.0
        shape = self.curves[curve]
        return 1 / (1 + math.exp(-shape.rate_per_week * (week - shape.midpoint).days / 7))

    def level(self, name: str, week: date, faults: frozenset[str]) -> float:
        """Return the expected value of level ``name`` in ``week`` while ``faults`` are planted.

        A level called ``<name>_while_<fault>`` takes its place when that fault is among them.
        """
        for fault in faults:
            level = self.levels.get(f"{name}_while_{fault}")
            if level is not None:
                break
        else:
            level = self.levels[name]
        if level.curve is None or level.ceiling is None:
            return level.baseline
        return level.baseline + (level.ceiling - level.baseline) * self.adoption(level.curve, week)


def load_truth(path: Path = TRUTH_FILE) -> Truth:
    """Read ``truth.yml``; a wrong entry raises pydantic's error, because the file ships with the program."""
    return Truth.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
