"""Real git repositories: merges, squashes, reverts, trailers, bots, hostile settings, many merges."""

import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from connector_reading import END, START, MakeRequest, Read, Rows

from okr_pipeline.connectors import open_reader
from okr_pipeline.connectors.git_branches import merged_branches
from okr_pipeline.connectors.git_log import Commit
from okr_pipeline.connectors.options import GitOptions
from okr_pipeline.connectors.origin import Origin
from okr_pipeline.errors import SourceError

COLUMNS = {"merged_at": "TIMESTAMPTZ"}
PERSON = "Ada Example <Ada@Example.com>"
CLAUDE = "\n\nCo-authored-by: Claude <noreply@anthropic.com>"
Branches = Callable[..., dict[str, dict[str, Any]]]


class Repository:
    """A clone that grows by one commit an hour from the start of the week."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = START
        folder.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")
        self.commit("start")

    def git(self, *arguments: str, author: str = PERSON) -> str:
        name, _, email = author.rstrip(">").partition(" <")
        stamp = f"{int(self.clock.timestamp())} +0100"
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.folder), "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": email, "GIT_AUTHOR_DATE": stamp,
            "GIT_COMMITTER_NAME": "GitHub", "GIT_COMMITTER_EMAIL": "noreply@github.com",
            "GIT_COMMITTER_DATE": stamp,
        }  # fmt: skip  # pairs
        command = ["git", "-C", str(self.folder), *arguments]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, message: str, author: str = PERSON) -> str:
        self.clock += timedelta(hours=1)
        self.git("commit", "-q", "--allow-empty", "--cleanup=verbatim", "-m", message, author=author)
        return self.git("rev-parse", "HEAD")

    def branch(self, name: str, *messages: str, subject: str | None = None, author: str = PERSON) -> str:
        """Commit on a branch, merge it with a merge commit an hour later, give the merge's id."""
        self.git("checkout", "-q", "-b", name)
        for message in messages:
            self.commit(message, author=author)
        self.git("checkout", "-q", "main")
        self.clock += timedelta(hours=1)
        self.git("merge", "-q", "--no-ff", "-m", subject or f"Merge branch '{name}'", name)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(home: Path) -> Repository:
    return Repository(home / "policy-platform")


@pytest.fixture
def branches(repository: Repository, read: Read) -> Branches:
    def run(**options: object) -> dict[str, dict[str, Any]]:
        found = read("git", {"paths": (str(repository.folder),), **options}, COLUMNS)
        return {row["branch_id"]: row for row in found}

    return run


def test_a_merged_branch_gives_one_row_with_the_contract_columns(repository: Repository, branches: Branches) -> None:
    merge = repository.branch("feature/x", "one", 'two\n\nodd "characters"\n\x01 \u202e', "three", subject=None)
    repository.commit("a plain commit is no branch")
    assert branches() == {
        merge: {
            "repository": "policy-platform",
            "branch_id": merge,
            "unit_code": "policy-platform",
            "author_id": "ada@example.com",
            "first_commit_at": START + timedelta(hours=2),
            "merged_at": START + timedelta(hours=5),
            "commits_count": 3,
            "lead_hours": 3.0,
            "is_feature": True,
            "has_ai_evidence": False,
            "is_revert": False,
            "is_bot": False,
            "merge_kind": "merge",
        }
    }


def test_a_squash_is_a_branch_whose_beginning_is_unknown(repository: Repository, branches: Branches) -> None:
    squash = repository.commit("Add a thing (#12)")
    row = branches()[squash]
    assert row["merge_kind"] == "squash"
    assert {row[name] for name in ("first_commit_at", "lead_hours", "commits_count", "is_feature")} == {None}


def test_plain_commits_count_only_when_asked(repository: Repository, branches: Branches) -> None:
    plain = repository.commit("straight to main")
    assert branches() == {}
    assert branches(count_direct=True)[plain]["merge_kind"] == "rebase"


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Merge pull request #7 from org/feature/new-quote", True),
        ("Merge pull request #7 from org/fix/typo", False),
        ("Merge branch 'feat-x' into 'main'", True),
        ("Merge remote-tracking branch 'origin/feature/x'", True),
        ("Merged in feature/x (pull request #7)", True),
        ("Bring the new quote in", None),
    ],
)
def test_a_feature_is_told_by_the_branch_name(
    repository: Repository, branches: Branches, subject: str, expected: bool | None
) -> None:
    merge = repository.branch("b", "work", subject=subject)
    assert branches()[merge]["is_feature"] is expected


@pytest.mark.parametrize(
    ("message", "author", "expected"),
    [
        (f"work{CLAUDE}", PERSON, True),
        ("work\n\n\U0001f916 Generated with [Claude Code](https://claude.ai/code)", PERSON, True),
        ("work\n\nCo-Authored-By: Copilot <223556219+Copilot@users.noreply.github.com>", PERSON, True),
        ("work\n\nCo-authored-by: Cursor <cursoragent@cursor.com>", PERSON, True),
        (
            "work",
            "devin-ai-integration[bot] <158243242+devin-ai-integration[bot]@users.noreply.github.com>",
            True,
        ),
        ("work", "Ada Example (aider) <ada@example.com>", True),
        ("work\n\nCo-authored-by: Claude Monet <monet@example.com>", PERSON, False),
        ("Replace Copilot by claude in the README", PERSON, False),
        ("work\n\nThe text speaks of copilot, cursor and gemini.", PERSON, False),
    ],
)
def test_ai_evidence_is_what_trailers_and_authors_say(
    repository: Repository, branches: Branches, message: str, author: str, expected: bool
) -> None:
    merge = repository.branch("b", "first", message, author=author)
    row = branches()[merge]
    assert row["has_ai_evidence"] is expected
    assert row["is_bot"] is False


def test_evidence_in_the_merge_or_the_squash_counts_too(repository: Repository, branches: Branches) -> None:
    merge = repository.branch("b", "work", subject=f"Merge branch 'b'{CLAUDE}")
    squash = repository.commit(f"Thing (#9){CLAUDE}")
    assert [branches()[sha]["has_ai_evidence"] for sha in (merge, squash)] == [True, True]


def test_bots_and_reverts_are_marked(repository: Repository, branches: Branches) -> None:
    bot = repository.branch(
        "deps", "bump", author="dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>"
    )
    squash = repository.commit('Revert "Add a thing" (#13)\n\nThis reverts commit 0000.')
    merged = repository.branch("b", 'Revert "x"\n\nThis reverts commit 0000.')
    by_name = repository.branch("c", "undo", subject="Merge pull request #9 from org/revert-8-x")
    mixed = repository.branch("d", 'Revert "x"', "and go on")
    found = branches()
    assert [sha for sha, row in found.items() if row["is_bot"]] == [bot]
    assert [found[sha]["is_revert"] for sha in (squash, merged, by_name, mixed)] == [True, True, True, False]


def test_a_pull_before_a_push_is_no_branch(repository: Repository, branches: Branches) -> None:
    repository.branch("b", "work", subject="Merge branch 'main' of ssh://example.com/x")
    assert branches() == {}


def test_a_branch_that_merged_main_counts_its_own_commits_alone(repository: Repository, branches: Branches) -> None:
    repository.git("checkout", "-q", "-b", "long")
    repository.commit("begun")
    repository.git("checkout", "-q", "main")
    repository.commit("meanwhile")
    repository.git("checkout", "-q", "long")
    repository.git("merge", "-q", "--no-ff", "-m", "Merge branch 'main' into long", "main")
    repository.git("checkout", "-q", "main")
    merge = repository.branch("other", "quick")
    repository.git("merge", "-q", "--no-ff", "-m", "Merge branch 'long'", "long")
    last = repository.git("rev-parse", "HEAD")
    assert {sha: row["commits_count"] for sha, row in branches().items()} == {merge: 1, last: 2}


def test_an_author_date_after_the_merge_is_unknown_not_negative(repository: Repository, branches: Branches) -> None:
    repository.git("checkout", "-q", "-b", "b")
    repository.clock += timedelta(days=1)
    repository.git("commit", "-q", "--allow-empty", "-m", "from the future")
    repository.clock -= timedelta(days=1)
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-ff", "-m", "Merge branch 'b'", "b")
    (row,) = branches().values()
    assert (row["first_commit_at"], row["lead_hours"], row["commits_count"]) == (None, None, 1)


def test_only_the_window_is_given(repository: Repository, branches: Branches) -> None:
    inside = repository.branch("b", "work")
    repository.clock = END
    repository.branch("c", "work")
    assert list(branches()) == [inside]


def test_a_part_is_the_main_branch_and_its_commit(repository: Repository, home: Path) -> None:
    reader = open_reader(Origin("c", "b", "git", {"roots": (home,), "paths": (str(repository.folder),)}))
    head = repository.git("rev-parse", "HEAD")
    assert reader.parts() == {str(repository.folder): f"refs/heads/main@{head}"}


def test_settings_of_the_clone_start_no_program(repository: Repository, branches: Branches, tmp_path: Path) -> None:
    merge = repository.branch("b", "work")
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
    program.chmod(0o755)
    for name in (
        "core.fsmonitor",
        "core.pager",
        "gpg.program",
        "core.sshCommand",
        "diff.external",
        "core.editor",
    ):
        repository.git("config", name, str(program))
    repository.git("config", "log.showSignature", "true")
    repository.git("config", "core.hooksPath", str(tmp_path))
    assert list(branches()) == [merge]
    assert not (tmp_path / "started").exists()


def test_a_bare_clone_reads_alike_and_a_shallow_one_is_refused(repository: Repository, home: Path, read: Read) -> None:
    repository.branch("b", "work")
    repository.commit("one more")
    repository.git("clone", "-q", "--bare", str(repository.folder), str(home / "bare.git"))
    repository.git("clone", "-q", "--depth=1", f"file://{repository.folder}", str(home / "shallow"))
    found = read("git", {"paths": (str(home / "bare.git"),)}, COLUMNS)
    assert [row["repository"] for row in found] == ["bare"]
    with pytest.raises(SourceError, match=r"a shallow clone.*Fix: git fetch --unshallow"):
        read("git", {"paths": (str(home / "shallow"),)}, COLUMNS)


def test_what_is_no_clone_or_lies_elsewhere_is_refused(
    repository: Repository, home: Path, tmp_path: Path, read: Read
) -> None:
    (home / "empty").mkdir()
    (home / "pointer").mkdir()
    (home / "pointer" / ".git").write_text(f"gitdir: {tmp_path}\n")
    (home / "link").symlink_to(repository.folder)
    for path, message in [
        (home / "empty", "is no git clone"),
        (home / "absent", "is no git clone"),
        (home / "pointer", "its history lies elsewhere"),
        (home / "link", "symbolic link"),
        (tmp_path, "outside the allowed roots"),
    ]:
        with pytest.raises(SourceError, match=message):
            read("git", {"paths": (str(path),)}, COLUMNS)
    with pytest.raises(SourceError, match="has no such branch"):
        read("git", {"paths": (str(repository.folder),), "main_branch": "none"}, COLUMNS)


def test_ten_thousand_merges_are_quick() -> None:
    commits = [Commit("m0", (), 1, 1, PERSON, "a@example.com", "start")]
    for i in range(1, 10_001):
        work = [Commit(f"b{i}.{j}", (f"b{i}.{j - 1}" if j else f"m{i - 1}",), i, i, PERSON, "a@b.de", "x")
                for j in range(3)]  # fmt: skip  # one branch
        commits += [
            *work,
            Commit(f"m{i}", (f"m{i - 1}", f"b{i}.2"), i, i, PERSON, "a@example.com", "Merge branch 'b'"),
        ]
    before = time.process_time()
    found = list(merged_branches("r", commits, "m10000", "main", GitOptions(paths=("r",))))
    assert time.process_time() - before < 5
    assert len(found) == 10_000
    assert {row.commits_count for row in found} == {3}


def test_the_clone_this_project_lies_in_can_be_read(make_request: MakeRequest, rows: Rows) -> None:
    project = Path(__file__).parents[2]
    here = subprocess.run(["git", "-C", str(project), "rev-parse", "HEAD"], capture_output=True, check=False)
    if here.returncode or not (project / ".git").is_dir():
        pytest.skip("no clone with commits here")
    options = {"roots": (project,), "paths": (str(project),), "count_direct": True}
    request = make_request(COLUMNS)
    wide = type(request)(
        COLUMNS,
        "merged_at",
        datetime(2000, 1, 1, tzinfo=UTC),
        datetime(2100, 1, 1, tzinfo=UTC),
        request.spool,
    )
    assert rows(open_reader(Origin("code_repository", "branches", "git", options)).read(wide))
