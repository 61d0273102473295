"""The facts that a draft starts from, read from files: strategy, organisation, policy, benchmarks, AI systems, cycle.

Values are `measured`'s matter. What follows from the facts is decided by the modules that draft.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from okr_pipeline.cascade.ai_system import AiSystem
from okr_pipeline.cascade.loader import load_cascade
from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.organisation import Organisation
from okr_pipeline.cascade.policy import Policy
from okr_pipeline.cascade.strategy import Benchmark, Cycle, Strategy
from okr_pipeline.compliance.catalogue import Catalogue
from okr_pipeline.compliance.model import Assessment
from okr_pipeline.compliance.obligations import assess
from okr_pipeline.compliance.system_file import read_definition
from okr_pipeline.errors import OkrError

REVIEW_WEEKS = 4
"""Weeks between two reviews of a cycle that is new: the article asks for monthly ones."""
_TAKEN_FOLDERS = ("evidence", "schema")
_HEADS = ("strategy.yml", "organisation.yml", "policy.yml", "benchmarks.yml")


class FactsError(OkrError):
    """A file that a draft starts from cannot be used, or says too little."""


@dataclass(frozen=True)
class Facts:
    """What is known before anything is drafted.

    Attributes:
        folder: where the files beside the strategy lie.
        strategy_file: the strategy's own file.
        strategy, organisation, policy, benchmarks, ai_systems: their contents.
        cycle: the cycle to draft.
        metrics: metrics by name.
        law: the catalogue of obligations.
        as_of: the day on which the draft sets its targets.
        is_new_cycle: whether the cycle has no file yet.
    """

    folder: Path
    strategy_file: Path
    strategy: Strategy
    organisation: Organisation
    policy: Policy
    benchmarks: tuple[Benchmark, ...]
    ai_systems: Mapping[str, AiSystem]
    cycle: Cycle
    metrics: Mapping[str, Metric]
    law: Catalogue
    as_of: date
    is_new_cycle: bool = False

    def assessment(self, system_id: str) -> Assessment:
        """Return what the law asks because of a system on the day of the draft."""
        return assess(self.ai_systems[system_id], self.law, self.as_of)

    def title(self, unit: str) -> str:
        """Return a unit's name for people."""
        return self.organisation.units[unit].title

    def branch_of(self, unit: str) -> str:
        """Return the unit right below the root that a unit belongs to; the root's is the root itself."""
        chain = self.organisation.ancestors(unit)
        return chain[-2] if len(chain) > 1 else chain[0]

    def teams_below(self, unit: str) -> tuple[str, ...]:
        """Return the units below a unit that have none below themselves, in the order of the file."""
        below = self.organisation.below(unit)
        return tuple(some for some in below if some != unit and len(self.organisation.below(some)) == 1)


def read_facts(
    strategy_file: Path,
    fallback: Path,
    *,
    metrics: Mapping[str, Metric],
    law: Catalogue,
    new_cycle: Cycle | None = None,
    as_of: date | None = None,
) -> Facts:
    """Read everything that lies beside a strategy.

    Args:
        strategy_file: the strategy.
        fallback: cascade directory for a strategy that has no ``organisation.yml`` beside it.
        metrics: metrics by name.
        law: the catalogue of obligations.
        new_cycle: the cycle to draft; the newest one of the folder if None.
        as_of: day on which targets are set; the first day of the cycle if None.

    Raises:
        OkrError: a file cannot be read, or there is no plan, no bet or no cycle.
    """
    strategy = read_definition(Strategy, strategy_file)
    if not strategy.plan:
        raise FactsError(
            f"{strategy_file}: it has no plan figures - allowed: under plan:, at least one metric that the finance or"
            " operations plan holds, with the change it counts on. Fix: add it; an objective needs an outcome"
        )
    folder = strategy_file.parent if (strategy_file.parent / "organisation.yml").is_file() else fallback
    loaded = load_cascade(folder)
    cascade = loaded.partial
    own_strategy = folder == strategy_file.parent and strategy_file.name == "strategy.yml"
    wrong = [
        issue.sentence()
        for issue in loaded.issues
        if issue.level == "error" and _matters(issue.file) and (own_strategy or issue.file != "strategy.yml")
    ]
    if wrong or cascade is None:
        raise FactsError("\n".join(wrong) or f"{folder}: no cascade directory. Fix: correct the path")
    cycle = new_cycle or max(cascade.cycles.values(), key=lambda some: (some.start, some.id), default=None)
    if cycle is None:
        raise FactsError(
            f"{folder}: it has no cycle - allowed: a folder with a cycle.yml, or --cycle with --start and --end."
            " Fix: name the cycle"
        )
    return Facts(
        folder=folder,
        strategy_file=strategy_file,
        strategy=strategy,
        organisation=cascade.organisation,
        policy=cascade.policy,
        benchmarks=cascade.benchmarks,
        ai_systems=dict(sorted(cascade.ai_systems.items())),
        cycle=cycle,
        metrics=metrics,
        law=law,
        as_of=as_of or cycle.start,
        is_new_cycle=new_cycle is not None,
    )


def cycle_with_reviews(cycle_id: str, start: date, end: date) -> Cycle:
    """Return a new cycle with a review every four weeks.

    Raises:
        FactsError: the id or the dates are none; the sentence says which.
    """
    if cycle_id in _TAKEN_FOLDERS:
        raise FactsError(
            f"--cycle {cycle_id}: the folder has another meaning - allowed: e.g. 2027-h1. Fix: choose another"
        )
    reviews = tuple(_every(REVIEW_WEEKS, start, end)) or (end,)
    try:
        return Cycle(id=cycle_id, start=start, end=end, review_dates=reviews)
    except ValueError:
        raise FactsError(
            f"--cycle {cycle_id} from {start} to {end}: this is no cycle - allowed: an id of a-z, 0-9 and - such as"
            " 2027-h1, and an end after the start. Fix: correct them"
        ) from None


def _every(weeks: int, start: date, end: date) -> Iterator[date]:
    day = start + timedelta(weeks=weeks)
    while day <= end:
        yield day
        day += timedelta(weeks=weeks)


def _matters(file: str) -> bool:
    """Return whether an issue lies in a file that the draft takes over; those of older cycles stay where they are."""
    return file in _HEADS or file.startswith(("ai_systems/", "evidence/"))
