"""Reads the merged branches of local clones; messages, names and branch names are not passed on."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from tempfile import mkdtemp
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from okr_pipeline.connectors.engine import literal, quoted
from okr_pipeline.connectors.failures import system_errors
from okr_pipeline.connectors.git_branches import MergedBranch, merged_branches
from okr_pipeline.connectors.git_log import GitError, commits, head_of
from okr_pipeline.connectors.options import GitOptions
from okr_pipeline.connectors.origin import Origin
from okr_pipeline.connectors.places import OutsideError, plain
from okr_pipeline.connectors.reader import ReadRequest, Relation
from okr_pipeline.errors import SourceError, TransientSourceError

_MOMENT = pa.timestamp("us", tz="UTC")
_TYPES = {
    "first_commit_at": _MOMENT,
    "merged_at": _MOMENT,
    "commits_count": pa.int64(),
    "lead_hours": pa.float64(),
    "is_feature": pa.bool_(),
    "has_ai_evidence": pa.bool_(),
    "is_revert": pa.bool_(),
    "is_bot": pa.bool_(),
}
_SCHEMA = pa.schema([(column.name, _TYPES.get(column.name, pa.string())) for column in fields(MergedBranch)])
_Result = TypeVar("_Result")


class GitReader:
    """The merged branches of one or more clones."""

    def __init__(self, origin: Origin) -> None:
        """Keep where the clones are; nothing is opened."""
        self.system, self.table, self.columns = origin.system, origin.table, origin.columns
        self.options = GitOptions.model_validate(dict(origin.options))

    def parts(self) -> Mapping[str, str] | None:
        """Give clone -> main ref and its commit, e.g. ``refs/heads/main@4b825d...``."""
        return {str(clone): "@".join(self._guarded(clone, self._head)) for clone in self._clones(None)}

    def read(self, request: ReadRequest) -> Relation:
        """Give the branches merged in the window; see `reader.Reader.read`."""
        rows = []
        for clone in self._clones(request.parts):
            rows += [
                row for row in self._guarded(clone, self._branches) if request.start <= row.merged_at < request.end
            ]
        with system_errors(self.system, self.table):
            request.spool.mkdir(parents=True, exist_ok=True)
            target = Path(mkdtemp(dir=request.spool)).resolve() / "rows.parquet"
            pq.write_table(pa.Table.from_pylist([vars(row) for row in rows], schema=_SCHEMA), target)
        theirs = {their: contract for contract, their in self.columns.items()}
        names = ", ".join(f"{quoted(name)} as {quoted(theirs.get(name, name))}" for name in _SCHEMA.names)
        return Relation(f"select {names} from read_parquet({literal(target)})", (target.parent,))

    def _clones(self, parts: tuple[str, ...] | None) -> tuple[Path, ...]:
        unknown = set(parts or ()) - set(self.options.paths)
        if unknown:
            raise SourceError(self.system, self.table, f"{min(unknown)} is not one of its clones")
        return tuple(Path(path) for path in (self.options.paths if parts is None else parts))

    def _head(self, clone: Path) -> tuple[str, str]:
        for folder in (clone, clone / ".git"):
            if folder.exists() or folder.is_symlink():
                plain(folder, self.options.roots)
        if (clone / ".git").is_file():
            raise GitError(
                f"{clone} is a worktree or submodule, its history lies elsewhere. Fix: name the clone itself."
            )
        return head_of(clone, self.options.main_branch, self.options.timeout_seconds)

    def _branches(self, clone: Path) -> list[MergedBranch]:
        ref, sha = self._head(clone)
        history = commits(clone, sha, self.options.timeout_seconds)
        name = clone.name.removesuffix(".git")
        return list(merged_branches(name, history, sha, ref.removeprefix("refs/heads/"), self.options))

    def _guarded(self, clone: Path, action: Callable[[Path], _Result]) -> _Result:
        failure: SourceError | None = None
        try:
            return action(clone)
        except GitError as error:
            kind = TransientSourceError if error.transient else SourceError
            failure = kind(self.system, self.table, str(error))
        except OutsideError as error:
            failure = SourceError(self.system, self.table, str(error))
        raise failure
