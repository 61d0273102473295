"""One pass of `git log` over a clone that may be anybody's: no hooks, no network, none of its programs.

What a commit means for a branch is in `git_branches`.
"""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from tempfile import TemporaryFile
from threading import Timer

_FORMAT = "%x00".join(("%H", "%P", "%at", "%ct", "%aN <%aE>", "%aE", "%B"))
_FIELDS = 7
_CHUNK_BYTES = 2**20
_SAFE_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "log.showSignature=false",
    "log.mailmap=true",
    "i18n.logOutputEncoding=UTF-8",
    "protocol.allow=never",
    "protocol.ext.allow=never",
    "protocol.file.allow=never",
)
_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LC_ALL": "C.UTF-8",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
}


class GitError(Exception):
    """A clone cannot be read; ``transient`` tells whether asking again may help."""

    def __init__(self, problem: str, *, transient: bool = False) -> None:
        """Keep the facts."""
        self.transient = transient
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class Commit:
    """What is needed of one commit; times are seconds since 1970, identity is ``name <e-mail>``."""

    sha: str
    parents: tuple[str, ...]
    authored_at: int
    committed_at: int
    identity: str
    email: str
    message: str


def head_of(clone: Path, main_branch: str | None, timeout_seconds: float) -> tuple[str, str]:
    """Give (full ref name or ``HEAD``, commit) of the main branch.

    Raises:
        GitError: not a clone, a shallow one, or no such branch.
    """
    if _answer(clone, ["rev-parse", "--is-shallow-repository"], timeout_seconds) == "true":
        raise GitError(f"{clone} is a shallow clone, its history is cut off. Fix: git fetch --unshallow.")
    ref = f"refs/heads/{main_branch}" if main_branch else "HEAD"
    sha = _answer(clone, ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"], timeout_seconds)
    if not main_branch:
        ref = _answer(clone, ["rev-parse", "--symbolic-full-name", "HEAD"], timeout_seconds)
    return ref, sha


def commits(clone: Path, sha: str, timeout_seconds: float) -> Iterator[Commit]:
    """Give every commit that ``sha`` reaches, newest first.

    Raises:
        GitError: git failed, or took longer than ``timeout_seconds``.
    """
    arguments = ["log", "-z", "--no-color", "--no-show-signature", "--no-ext-diff", "--topo-order"]
    with TemporaryFile() as complaints:
        command = [*_command(clone), *arguments, f"--format=tformat:{_FORMAT}", sha, "--"]
        with subprocess.Popen(  # noqa: S603 - no shell; every argument is ours or a commit id
            command,
            stdout=subprocess.PIPE,
            stderr=complaints,
            stdin=subprocess.DEVNULL,
            env=dict(_ENVIRONMENT),
        ) as process:
            watchdog = Timer(timeout_seconds, process.kill)
            watchdog.daemon = True
            watchdog.start()
            try:
                yield from _parsed(process)
            finally:
                watchdog.cancel()
                process.kill()
        if process.returncode not in {0, -9}:
            raise GitError(f"{clone}: git log failed (status {process.returncode}). Fix: run git fsck there.")


def _parsed(process: "subprocess.Popen[bytes]") -> Iterator[Commit]:
    pending: list[bytes] = []
    rest = b""
    stdout = process.stdout
    while stdout and (chunk := stdout.read(_CHUNK_BYTES)):
        *fields, rest = (rest + chunk).split(b"\0")
        pending += fields
        whole = len(pending) - len(pending) % _FIELDS
        for start in range(0, whole, _FIELDS):
            yield _commit([field.decode("utf-8", "replace") for field in pending[start : start + _FIELDS]])
        del pending[:whole]
    if process.wait() == -9 or pending or rest:
        raise GitError("git log broke off or took longer than timeout_seconds", transient=True)


def _commit(fields: Sequence[str]) -> Commit:
    sha, parents, authored, committed, identity, email, message = fields
    return Commit(
        sha=sha.strip(),
        parents=tuple(parents.split()),
        authored_at=int(authored or 0),
        committed_at=int(committed or 0),
        identity=identity,
        email=email.strip().lower(),
        message=message,
    )


def _command(clone: Path) -> list[str]:
    settings = [part for setting in _SAFE_SETTINGS for part in ("-c", setting)]
    return [
        which("git") or "git",
        "--no-pager",
        "--no-replace-objects",
        *settings,
        "-c",
        f"safe.directory={clone}",
        "-C",
        str(clone),
    ]


def _answer(clone: Path, arguments: Sequence[str], timeout_seconds: float) -> str:
    environment: Mapping[str, str] = {**_ENVIRONMENT, "GIT_CEILING_DIRECTORIES": str(clone.parent)}
    failure: GitError | None = None
    try:
        done = subprocess.run(  # noqa: S603 - no shell; every argument is ours or a checked branch name
            [*_command(clone), *arguments],
            capture_output=True,
            timeout=timeout_seconds,
            env=dict(environment),
            check=False,
        )
        if done.returncode == 0:
            return done.stdout.decode("utf-8", "replace").strip()
        failure = GitError(f"{clone} is no git clone, or has no such branch. Fix: check `paths` and `main_branch`.")
    except FileNotFoundError:
        failure = GitError("the git program is not installed. Fix: install git.")
    except subprocess.TimeoutExpired:
        failure = GitError(f"{clone}: git took longer than timeout_seconds", transient=True)
    raise failure
