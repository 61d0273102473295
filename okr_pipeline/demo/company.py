"""What all simulated systems share: the seed, the scale, the planted faults, the calendar and the unit codes.

Randomness is drawn per system and week, so that a week's rows never depend on how far a simulation goes.
"""

import zlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from okr_pipeline.cascade.weeks import WEEK, week_bounds
from okr_pipeline.demo.truth import Fault, Truth, load_truth
from okr_pipeline.errors import OkrError

ORGANISATION_FILE = Path(__file__).parents[2] / "cascade_definitions" / "organisation.yml"
DAY_SECONDS = 86_400
_NOISE_ORIGIN = date(2023, 1, 2)
_NOISE_WEEKS = 520


class UnknownFaultError(OkrError):
    """A name that is no planted fault; ``unknown`` and ``allowed`` are sorted names."""

    def __init__(self, unknown: tuple[str, ...], allowed: tuple[str, ...]) -> None:
        """Build the sentence."""
        self.unknown, self.allowed = unknown, allowed
        super().__init__(
            f"faults: {', '.join(unknown)} not known - allowed are {', '.join(allowed)}. "
            "Fix: take a name from okr_pipeline/demo/truth.yml"
        )


@dataclass(frozen=True)
class Company:
    """One simulated company: the same arguments give the same rows, in whichever order they are asked for."""

    truth: Truth
    codes: dict[tuple[str, str], tuple[str, ...]]
    """(system, org unit) -> the system's codes of it, from ``organisation.yml``."""
    seed: int
    scale: float
    """Multiplies contacts, discrepancies, ledger entries and support staff; 1 is the company's own size."""
    faults: frozenset[str]

    def rng(self, *labels: str | date) -> np.random.Generator:
        """Return a generator of its own for ``labels``, e.g. a system and a week."""
        words = [label.toordinal() if isinstance(label, date) else zlib.crc32(label.encode()) for label in labels]
        return np.random.default_rng([self.seed, *words])

    def level(self, name: str, week: date) -> float:
        """Return the expected value of a level of ``truth.yml`` in ``week``."""
        return self.truth.level(name, week, self.faults)

    def count(self, name: str, unit: str) -> float:
        """Return a size of ``truth.yml`` at scale 1."""
        return self.truth.counts[name][unit]

    def drift(self, name: str, week: date) -> float:
        """Return the factor, near 1, by which something called ``name`` is off its level in ``week``."""
        noise = self.truth.noise
        path = self._drifts.get(name)
        if path is None:
            shocks = self.rng("drift", name).normal(size=_NOISE_WEEKS)
            path = np.empty(_NOISE_WEEKS)
            path[0] = shocks[0]
            for week_number in range(1, _NOISE_WEEKS):
                step = np.sqrt(1 - noise.persistence**2) * shocks[week_number]
                path[week_number] = noise.persistence * path[week_number - 1] + step
            self._drifts[name] = path
        return float(np.exp(noise.sd * path[(week - _NOISE_ORIGIN).days // 7 % _NOISE_WEEKS]))

    @cached_property
    def _drifts(self) -> dict[str, NDArray[np.float64]]:
        return {}

    def fault(self, name: str, week: date) -> Fault | None:
        """Return a fault if it is planted and has begun by ``week``, else None."""
        fault = self.truth.faults[name]
        return fault if name in self.faults and week >= fault.start else None

    def code(self, system: str, unit: str, prefix: str = "") -> str:
        """Return the code (the first with ``prefix``) under which ``system`` knows an org unit."""
        return next(code for code in self.codes[system, unit] if code.startswith(prefix))

    def start_seconds(self, week: date) -> int:
        """Return the first second of a week in the business time zone, in seconds since 1970 (UTC)."""
        return int(week_bounds(week, self.truth.zone)[0].timestamp())

    def end_seconds(self, week: date) -> int:
        """Return the first second after a week."""
        return self.start_seconds(week + WEEK)

    def snapshot_seconds(self, week: date) -> int:
        """Return when weekly snapshots are taken: an hour before the week ends."""
        return self.end_seconds(week) - 3600

    def office_seconds(
        self, rng: np.random.Generator, week: date, size: int, days: tuple[float, ...] = (1, 1, 1, 1, 1)
    ) -> NDArray[np.int64]:
        """Return sorted moments between 7:00 and 20:00; ``days`` weighs Monday onwards."""
        weights = np.asarray(days, dtype=float)
        day = rng.choice(len(weights), size, p=weights / weights.sum())
        second = 7 * 3600 + np.rint(13 * 3600 * rng.beta(2, 2, size)).astype(np.int64)
        return np.sort(self.start_seconds(week) + day * DAY_SECONDS + second)

    def weeks_until(self, through: date) -> tuple[date, ...]:
        """Return the simulated weeks up to the one that ``through`` lies in."""
        return tuple(week for week in self.truth.all_weeks if week <= through)

    def weeks_with_tail(self, tail: int) -> tuple[date, ...]:
        """Return all simulated weeks and ``tail`` more, in which what is open at the end comes to its end."""
        last = self.truth.weeks.last
        return (*self.truth.all_weeks, *(last + timedelta(weeks=n) for n in range(1, tail + 1)))


def found_company(
    *,
    scale: float = 1.0,
    seed: int | None = None,
    faults: Collection[str] | None = None,
    organisation: Path = ORGANISATION_FILE,
) -> Company:
    """Return the company of ``truth.yml`` with the unit codes of ``organisation``.

    Raises:
        UnknownFaultError: ``faults`` holds a name that ``truth.yml`` does not.
    """
    truth = load_truth()
    planted = frozenset(truth.faults if faults is None else faults)
    if unknown := planted - truth.faults.keys():
        raise UnknownFaultError(tuple(sorted(unknown)), tuple(sorted(truth.faults)))
    units = yaml.safe_load(organisation.read_text(encoding="utf-8"))["units"]
    codes = {
        (system, unit): tuple(values)
        for unit, entry in units.items()
        for system, values in entry.get("codes", {}).items()
    }
    return Company(truth, codes, truth.seed if seed is None else seed, scale, planted)
