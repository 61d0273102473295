"""The simulated code repositories: real git repositories, grown by `git fast-import` with fixed dates.

The same arguments give the same commit ids, and a later week only adds commits. What the branches of a week
are is `okr_pipeline.demo.branches`.
"""

import subprocess
from bisect import bisect_right
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from okr_pipeline.demo.branches import REPOSITORIES, Branch, BranchCommit, merged_branches
from okr_pipeline.demo.company import Company
from okr_pipeline.errors import OkrError

_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
}
_MODULES = 40
"""Source files per repository; every commit changes one of them."""


class GitFailedError(OkrError):
    """A git command of the demo failed; ``repository`` is its folder, ``answer`` what git said."""

    def __init__(self, repository: Path, answer: str) -> None:
        """Build the sentence."""
        self.repository, self.answer = repository, answer
        super().__init__(
            f"{repository}: git could not write the simulated repository ({answer.strip()}). "
            "Fix: install git 2.30 or later, then run again"
        )


def write_repositories(company: Company, home: Path, through: date) -> None:
    """Bring both repositories to the end of the week ``through``."""
    for unit in REPOSITORIES:
        name = company.code("code_repository", unit)
        folder = home / "systems" / "code_repository" / name
        if not folder.is_dir():
            folder.mkdir(parents=True)
            _git(folder, "init", "--quiet", "--bare", "--initial-branch=main", "--template=", ".")
        branches = [branch for week in company.weeks_until(through) for branch in merged_branches(company, unit, week)]
        stream = b"".join(_stream(name, company.start_seconds(company.truth.weeks.first), branches))
        _git(folder, "fast-import", "--quiet", "--force", "--date-format=raw", standard_input=stream)


def _stream(name: str, first_second: int, branches: list[Branch]) -> Iterator[bytes]:
    """Return the history as fast-import commands: main, and beside it the commits of every branch."""
    begin = BranchCommit(first_second - 86_400, f"Begin {name}")
    yield from _commit(1, "Developer 01 <developer01@example.com>", begin, None)
    mark, main_marks, main_seconds = 1, [1], [begin.seconds]
    for branch in branches:
        tip = None
        if not branch.is_squash:
            tip = main_marks[max(bisect_right(main_seconds, branch.commits[0].seconds) - 1, 0)]
            for commit in branch.commits:
                mark += 1
                yield from _commit(mark, branch.author, commit, tip)
                tip = mark
        mark += 1
        yield from _commit(mark, branch.merged_by, branch.merge, main_marks[-1], tip)
        main_marks.append(mark)
        main_seconds.append(branch.merge.seconds)


def _commit(
    mark: int, identity: str, commit: BranchCommit, parent: int | None, merged: int | None = None
) -> Iterator[bytes]:
    seconds, text, content = commit.seconds, commit.message.encode(), f"revision {mark}\n".encode()
    yield f"commit refs/heads/main\nmark :{mark}\nauthor {identity} {seconds} +0000\n".encode()
    yield f"committer {identity} {seconds} +0000\ndata {len(text)}\n".encode() + text + b"\n"
    yield b"" if parent is None else f"from :{parent}\n".encode()
    yield b"" if merged is None else f"merge :{merged}\n".encode()
    yield (f"M 644 inline src/module_{mark % _MODULES:02d}.txt\ndata {len(content)}\n".encode() + content + b"\n")


def _git(folder: Path, *arguments: str, standard_input: bytes = b"") -> None:
    done = subprocess.run(  # noqa: S603 - fixed program and arguments; the stream is our own
        ["git", "-c", "gc.auto=0", "-c", "fastimport.unpackLimit=0", *arguments],  # noqa: S607 - PATH is set above
        cwd=folder,
        input=standard_input,
        capture_output=True,
        env=_ENVIRONMENT,
        check=False,
    )
    if done.returncode != 0:
        raise GitFailedError(folder, done.stderr.decode("utf-8", "replace"))
