"""Assesses a thousand AI systems, each different, and prints how long that takes: ``python -m benchmarks.obligations``.

The target is two seconds for a thousand systems. Reading the catalogue is measured apart, as it
happens once in a process.
"""

import itertools
import statistics
import time
from datetime import date, timedelta
from typing import Any

from okr_pipeline.cascade.ai_system import ANNEX_III_CODES, AiSystem
from okr_pipeline.compliance.catalogue import load_catalogue
from okr_pipeline.compliance.obligations import assess

SYSTEMS_COUNT = 1000
RUNS_COUNT = 5
AS_OF = date(2026, 11, 24)
_ROLES = (("deployer",), ("provider", "deployer"), ("provider",), "unknown")


def systems(count: int) -> list[AiSystem]:
    """Return that many systems: every role and point of Annex III, years of dates, some answers unknown."""
    kinds = itertools.cycle(itertools.product(_ROLES, ((), *((code,) for code in ANNEX_III_CODES))))
    return [_system(number, *kind) for number, kind in zip(range(count), kinds, strict=False)]


def _system(number: int, roles: tuple[str, ...] | str, annex_iii: tuple[str, ...]) -> AiSystem:
    first_use = date(2026, 1, 1) + timedelta(days=3 * number)
    answer: Any = "unknown" if number % 7 == 0 else number % 2 == 0
    return AiSystem.model_validate(
        {
            "id": f"system_{number}",
            "owner": "head of measuring",
            "intended_purpose": "to be measured",
            "roles": roles,
            "annex_iii": annex_iii,
            "dates": {"first_use": first_use, "placed_on_market": first_use - timedelta(days=number % 400)},
            "deployer": {"public_authority": number % 5 == 0, "employer": answer},
            "affected": {"natural_persons": True, "decisions_about_persons": answer, "legal_or_similar_effect": True},
            "data": {"personal": True, "dpia_required": answer, "controls_input": True, "logs_under_control": answer},
            "transparency": {"direct_interaction": answer, "synthetic_content": True},
        }
    )


def main() -> None:
    """Measure and print."""
    started = time.perf_counter()
    catalogue = load_catalogue()
    reading_seconds = time.perf_counter() - started
    measured = systems(SYSTEMS_COUNT)
    seconds, obligations_count = [], 0
    for _ in range(RUNS_COUNT):
        started = time.perf_counter()
        obligations_count = sum(len(assess(system, catalogue, AS_OF).obligations) for system in measured)
        seconds.append(time.perf_counter() - started)
    print(
        f"{SYSTEMS_COUNT:,} AI systems, {obligations_count:,} obligations: {statistics.median(seconds):.2f} s "
        f"(median of {RUNS_COUNT}; slowest {max(seconds):.2f} s); the catalogue is read in {reading_seconds:.2f} s"
    )


if __name__ == "__main__":
    main()
