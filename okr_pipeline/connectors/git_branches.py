"""From a commit graph to merged branches: pure, one pass, no git.

A git log shows what was merged, not what was reviewed. A squash keeps neither the branch's commits nor its
first moment, so both are unknown there. Evidence of AI help is a lower bound: it counts only what commits
say themselves.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from okr_pipeline.connectors.git_log import Commit
from okr_pipeline.connectors.options import GitOptions

_SQUASH = re.compile(r"\((?:#|!)\d+\)\s*$")
_BRANCH_NAMES = (
    re.compile(r"^Merge pull request #\d+ from [^/\s]+/(\S+)"),
    re.compile(r"^Merged in (\S+) \(pull request #\d+\)"),
    re.compile(r"^Merge (?:remote-tracking )?branch '(?:origin/)?([^']+)'"),
)
_EVIDENCE_LINE = re.compile(
    r"^\W*(?:(?:co-authored|assisted|generated|co-developed|suggested)-by:\s*(?P<who>.+)"
    r"|(?P<made>.*generated (?:with|by|using) .+))$",
    re.IGNORECASE,
)
_REVERT_BRANCH = re.compile(r"^revert-\d+")


@dataclass(frozen=True)
class MergedBranch:
    """One row of ``code_repository.branches``; the fields are its columns."""

    repository: str
    branch_id: str
    unit_code: str
    author_id: str
    first_commit_at: datetime | None
    merged_at: datetime
    commits_count: int | None
    lead_hours: float | None
    is_feature: bool | None
    has_ai_evidence: bool
    is_revert: bool
    is_bot: bool
    merge_kind: str


def merged_branches(
    repository: str, commits: Iterable[Commit], head: str, main_branch: str, options: GitOptions
) -> Iterator[MergedBranch]:
    """Give the branches merged along the first-parent history of ``head``, oldest first.

    Args:
        repository: the clone's name; also the unit code.
        commits: every commit that ``head`` reaches.
        head: commit id.
        main_branch: short name; merges of it into itself (a pull before a push) are no branches.
        options: patterns, and whether plain commits count.
    """
    signs = _Signs(options)
    graph = {commit.sha: commit for commit in commits}
    chain: list[Commit] = []
    at: str | None = head
    while at in graph:
        chain.append(graph[at])
        at = graph[at].parents[0] if graph[at].parents else None
    reached: set[str] = set()
    for commit in reversed(chain):
        branch = _gather(commit.parents[1:], graph, reached)
        reached.add(commit.sha)
        row = _merge(repository, commit, branch, main_branch, signs) if branch else None
        if not branch and len(commit.parents) < 2:
            row = _single(repository, commit, signs, direct=options.count_direct)
        if row:
            yield row


def _gather(starts: Sequence[str], graph: Mapping[str, Commit], reached: set[str]) -> list[Commit]:
    """Collect what the merged parents reach and the main branch did not before; marks it as reached."""
    found: list[Commit] = []
    open_ids = [start for start in starts if start in graph]
    while open_ids:
        sha = open_ids.pop()
        if sha not in reached:
            reached.add(sha)
            found.append(graph[sha])
            open_ids.extend(parent for parent in graph[sha].parents if parent in graph)
    return found


def _merge(
    repository: str, merge: Commit, branch: Sequence[Commit], main_branch: str, signs: "_Signs"
) -> MergedBranch | None:
    subject = merge.message.split("\n", 1)[0]
    name = next((found.group(1) for pattern in _BRANCH_NAMES if (found := pattern.search(subject))), None)
    if name == main_branch:
        return None
    first = min(branch, key=lambda commit: (commit.authored_at, commit.sha))
    started = first.authored_at if 0 < first.authored_at <= merge.committed_at else None
    return MergedBranch(
        repository=repository,
        branch_id=merge.sha,
        unit_code=repository,
        author_id=first.email,
        first_commit_at=_moment(started) if started else None,
        merged_at=_moment(merge.committed_at),
        commits_count=len(branch),
        lead_hours=(merge.committed_at - started) / 3600 if started else None,
        is_feature=None if name is None else signs.is_feature(name),
        has_ai_evidence=any(signs.has_ai_evidence(commit) for commit in (merge, *branch)),
        is_revert=_is_revert(merge)
        or bool(name and _REVERT_BRANCH.search(name))
        or all(_is_revert(commit) for commit in branch),
        is_bot=signs.is_bot(first),
        merge_kind="merge",
    )


def _single(repository: str, commit: Commit, signs: "_Signs", *, direct: bool) -> MergedBranch | None:
    squashed = bool(_SQUASH.search(commit.message.split("\n", 1)[0]))
    if not squashed and not direct:
        return None
    return MergedBranch(
        repository=repository,
        branch_id=commit.sha,
        unit_code=repository,
        author_id=commit.email,
        first_commit_at=None,
        merged_at=_moment(commit.committed_at),
        commits_count=None,
        lead_hours=None,
        is_feature=None,
        has_ai_evidence=signs.has_ai_evidence(commit),
        is_revert=_is_revert(commit),
        is_bot=signs.is_bot(commit),
        merge_kind="squash" if squashed else "rebase",
    )


def _is_revert(commit: Commit) -> bool:
    return commit.message.startswith("Revert ") or "\nThis reverts commit " in commit.message


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(min(max(seconds, 0), 253_000_000_000), UTC)


class _Signs:
    """The options' patterns, compiled once."""

    def __init__(self, options: GitOptions) -> None:
        self.ai = [re.compile(pattern, re.IGNORECASE) for pattern in options.ai_patterns]
        self.bot = [re.compile(pattern, re.IGNORECASE) for pattern in options.bot_patterns]
        self.feature = re.compile(options.feature_pattern, re.IGNORECASE)

    def is_feature(self, branch_name: str) -> bool:
        return bool(self.feature.search(branch_name))

    def has_ai_evidence(self, commit: Commit) -> bool:
        lines = [commit.identity]
        for line in commit.message.splitlines()[1:]:
            if found := _EVIDENCE_LINE.match(line):
                lines.append((found.group("who") or found.group("made")).strip())
        return any(pattern.search(line) for pattern in self.ai for line in lines)

    def is_bot(self, commit: Commit) -> bool:
        """An AI agent's account is no bot: its branch is work, with AI evidence."""
        automatic = any(pattern.search(commit.identity) for pattern in self.bot)
        return automatic and not any(pattern.search(commit.identity) for pattern in self.ai)
