"""What is merged into the simulated repositories: features, fixes, squashes, reverts and a bot's updates.

How that becomes git commits is `okr_pipeline.demo.repositories`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from okr_pipeline.demo.company import Company

REPOSITORIES = ("policy_platform", "claims_platform")
_FIRST_DEVELOPERS = {"policy_platform": 1, "claims_platform": 51}
_KINDS = ("feature", "fix", "squash", "revert", "bot")
_KIND_SHARES = (0.62, 0.12, 0.14, 0.04, 0.08)
_TOPICS = (
    "quote-form",
    "tariff-table",
    "claim-intake",
    "payment-plan",
    "document-upload",
    "search",
    "letter-text",
)
_ASSISTED_TIME_RATIO = 0.96
_AI_TRAILER = "Co-authored-by: Copilot code assistant <code-assistant@example.com>"
_BOT = "dependency-updates[bot] <dependency-updates[bot]@example.com>"
_NUMBERS_PER_WEEK = 50
"""Pull requests are numbered by week, so that a number never depends on other weeks."""


@dataclass(frozen=True)
class BranchCommit:
    """One commit: seconds since 1970 and its message."""

    seconds: int
    message: str


@dataclass(frozen=True)
class Branch:
    """One branch and how it was merged; a squash leaves no commits of its own."""

    author: str
    merged_by: str
    commits: tuple[BranchCommit, ...]
    merge: BranchCommit

    @property
    def is_squash(self) -> bool:
        """Whether only the merge is left of it."""
        return not self.commits


def merged_branches(company: Company, unit: str, week: date) -> list[Branch]:
    """Return the branches of one repository merged in a week, in order of time."""
    rng = company.rng("branches", unit, week)
    size = max(round(rng.normal(company.count("merges_per_week", unit), 2)), 1)
    merged = company.office_seconds(rng, week, size)
    kinds = rng.choice(_KINDS, size, p=_KIND_SHARES)
    assisted = _assisted(company, rng, week, kinds)
    lead_hours = company.level("branch_lead_time_hours", week) * rng.gamma(3, 1 / 3, size)
    lead_hours *= np.where(assisted, _ASSISTED_TIME_RATIO, 1.0) / (1 - (1 - _ASSISTED_TIME_RATIO) * assisted.mean())
    developers = round(company.count("developers", unit))
    who = _FIRST_DEVELOPERS[unit] + rng.integers(0, developers, (size, 2))
    topics = rng.choice(_TOPICS, size)
    counts = 1 + rng.poisson(2.5, size)
    first_number = 1 + (week - company.truth.weeks.first).days // 7 * _NUMBERS_PER_WEEK
    name = company.code("code_repository", unit)
    return [
        _branch(
            kind=str(kinds[row]),
            repository=name,
            number=first_number + row,
            topic=str(topics[row]),
            people=(_developer(who[row, 0]), _developer(who[row, 1])),
            assisted=bool(assisted[row]),
            seconds=_commit_seconds(rng, int(merged[row]), float(lead_hours[row]), int(counts[row])),
            merged=int(merged[row]),
        )
        for row in range(size)
    ]


def _assisted(company: Company, rng: np.random.Generator, week: date, kinds: NDArray[np.str_]) -> NDArray[np.bool_]:
    """Draw who had AI help, kind by kind, so that few branches a week still have the level's share."""
    assisted = np.zeros(len(kinds), dtype=bool)
    for kind in _KINDS:
        rows = np.flatnonzero(kinds == kind)
        strata = (rng.permutation(len(rows)) + rng.random()) / max(len(rows), 1)
        assisted[rows] = strata < company.level("ai_feature_branch_share", week)
    return assisted


def _developer(number: int) -> str:
    return f"Developer {number:02d} <developer{number:02d}@example.com>"


def _commit_seconds(rng: np.random.Generator, merged: int, lead_hours: float, count: int) -> list[int]:
    """Spread the commits of a branch over its lead time, the first at its beginning."""
    lead = max(round(lead_hours * 3600), 60)
    places = np.concatenate([[0.0], np.sort(rng.random(count - 1)) * 0.95])
    return [merged - lead + int(place * lead) for place in places]


def _branch(
    *,
    kind: str,
    repository: str,
    number: int,
    topic: str,
    people: tuple[str, str],
    assisted: bool,
    seconds: Sequence[int],
    merged: int,
) -> Branch:
    author, reviewer = people
    trailer = f"\n\n{_AI_TRAILER}" if assisted else ""
    if kind == "squash":
        return Branch(author, author, (), BranchCommit(merged, f"Extend {topic} (#{number}){trailer}"))
    if kind == "revert":
        message = f'Revert "Extend {topic}" (#{number})\n\nTaken back after tests failed.'
        return Branch(author, author, (), BranchCommit(merged, message))
    if kind == "bot":
        message = f"Merge pull request #{number} from {repository}/dependencies/library-{number % 97}"
        update = BranchCommit(merged - 3 * 3600, "Update a library to its next patch release")
        return Branch(_BOT, reviewer, (update,), BranchCommit(merged, message))
    texts = [f"Work on {topic}, step {step}" for step in range(1, len(seconds) + 1)]
    texts[-1] += trailer
    commits = tuple(BranchCommit(*pair) for pair in zip(seconds, texts, strict=True))
    message = f"Merge pull request #{number} from {repository}/{kind}/{number}-{topic}"
    return Branch(author, reviewer, commits, BranchCommit(merged, message))
