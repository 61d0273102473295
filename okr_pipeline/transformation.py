"""Runs dbt inside this process and says what each node did.

dbt's own start-up and parsing cost more than a week's SQL, so the manifest is parsed once per project fingerprint and
kept under ``$OKR_HOME/dbt``. Weeks reach the models through environment variables that are read at run time: changed
``--vars`` would throw the parsed manifest away. Nothing here knows Dagster.
"""

import faulthandler
import hashlib
import json
import os
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from okr_pipeline import durable
from okr_pipeline.errors import OkrError

SILENCE_LIMIT_SECONDS = 900.0
"""dbt in-process has been seen to hang on a lock at start; a run this silent is ended so that the next one can work."""


class TransformationError(OkrError):
    """dbt could not run, or one of its nodes failed. ``failed`` names the nodes."""

    def __init__(self, failed: Sequence[str], message: str) -> None:
        """Build the sentence from the failed nodes and dbt's first message."""
        self.failed = tuple(failed)
        names = ", ".join(failed[:5]) + (f" and {len(failed) - 5} more" if len(failed) > 5 else "")
        why = message or "it was interrupted"
        super().__init__(f"dbt: {names or 'the run'} failed ({why}) - nothing is published. Fix: see the log")


@dataclass(frozen=True)
class NodeResult:
    """What one dbt node did in one invocation."""

    unique_id: str
    resource_type: str
    """``model`` or ``test``."""
    status: str
    """dbt's word: success, pass, warn, fail, error, skipped."""
    failures_count: int | None
    duration_seconds: float
    message: str

    @property
    def is_good(self) -> bool:
        """Warnings are good: they are shown, and stop nothing."""
        return self.status in {"success", "pass", "warn"}


class DbtProject:
    """One dbt project, its parsed manifest, and how to build weeks of it."""

    def __init__(self, project_dir: Path, home: Path) -> None:
        """``home`` is ``$OKR_HOME``: target and log folders are kept there, the project folder is only read."""
        self.project_dir = project_dir
        self._target = home / "dbt" / "target"
        self._logs = home / "dbt" / "logs"
        self.fingerprint = _fingerprint(project_dir)

    @property
    def target_path(self) -> Path:
        """Where dbt writes compiled SQL and the manifest."""
        return self._target

    def manifest(self) -> Mapping[str, Any]:
        """Return the parsed manifest, parsing only if the project has changed.

        Raises:
            TransformationError: the project does not parse.
        """
        stamp = self._target / "fingerprint"
        path = self._target / "manifest.json"
        if not (path.exists() and stamp.exists() and stamp.read_text() == self.fingerprint):
            self._invoke(["parse", "--no-partial-parse"], {})
            durable.write_text(stamp, self.fingerprint)
        loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return loaded

    def build(
        self,
        warehouse: Path,
        weeks: Sequence[date],
        *,
        command: str = "build",
        select: str | None = None,
        exclude: Sequence[str] = ("test_type:unit",),
        test_weeks: Sequence[date] = (),
        time_zone: str,
    ) -> tuple[NodeResult, ...]:
        """Build the given weeks in the DuckDB file ``warehouse`` and return every node's result, good or bad.

        Raises:
            TransformationError: dbt itself broke down; a failed node is a result, not an exception.
        """
        self.manifest()
        variables = {
            "OKR_WAREHOUSE": str(warehouse),
            "OKR_BUILD_WEEKS": ",".join(week.isoformat() for week in weeks),
            "OKR_TEST_WEEKS": ",".join(week.isoformat() for week in (test_weeks or weeks)),
            "OKR_TIME_ZONE": time_zone,
        }
        arguments = [command]
        if select:
            arguments += ["--select", *select.split()]
        if exclude:
            arguments += ["--exclude", *exclude]
        return self._invoke(arguments, variables)

    def _invoke(self, arguments: Sequence[str], variables: Mapping[str, str]) -> tuple[NodeResult, ...]:
        # agate_helper is imported lazily in dbt's worker thread and has dead-locked there: import it here first.
        import dbt_common.clients.agate_helper  # noqa: F401, PLC0415
        from dbt.cli.main import dbtRunner  # noqa: PLC0415 - dbt costs two seconds that only a build should pay
        from dbt.contracts.graph.manifest import Manifest  # noqa: PLC0415

        packed = self._target / "partial_parse.msgpack"
        is_parse = arguments[0] == "parse"
        # A run changes the manifest it is given, so each invocation unpacks its own.
        manifest = None if is_parse else Manifest.from_msgpack(packed.read_bytes())
        watchdog = _Watchdog(SILENCE_LIMIT_SECONDS)
        runner = dbtRunner(manifest=manifest, callbacks=[watchdog.heard])
        global_flags = [
            "--quiet", "--no-use-colors", "--log-level-file", "info", "--log-path", str(self._logs),
            "--no-send-anonymous-usage-stats", "--no-version-check",
            "--write-json" if is_parse else "--no-write-json",
        ]  # fmt: skip
        places = [
            "--target-path", str(self._target), "--project-dir", str(self.project_dir),
            "--profiles-dir", str(self.project_dir),
        ]  # fmt: skip
        before = {name: os.environ.get(name) for name in variables}  # noqa: TID251 - dbt's only run-time channel
        os.environ.update(variables)  # noqa: TID251 - as above
        try:
            with watchdog:
                outcome = runner.invoke([*global_flags, *arguments, *places])
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)  # noqa: TID251 - as above
                else:
                    os.environ[name] = value  # noqa: TID251 - as above
            _close_adapter()
        if outcome.exception is not None:
            raise TransformationError((), _first_line(str(outcome.exception)))
        return tuple(_node_result(result) for result in getattr(outcome.result, "results", ()))


def _node_result(result: Any) -> NodeResult:
    return NodeResult(
        unique_id=result.node.unique_id,
        resource_type=str(result.node.resource_type.value),
        status=str(getattr(result.status, "value", result.status)),
        failures_count=result.failures,
        duration_seconds=float(result.execution_time),
        message=_first_line(result.message or ""),
    )


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    return "; ".join(lines[:3])


def _close_adapter() -> None:
    """Give the DuckDB file back: dbt-duckdb keeps it open after a run."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415 - loaded with dbt

    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]  # dbt-duckdb is untyped here


def _fingerprint(project_dir: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(project_dir.rglob("*")):
        if path.suffix in {".sql", ".yml"} and not {"target", "logs"} & set(path.relative_to(project_dir).parts):
            digest.update(str(path.relative_to(project_dir)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


class _Watchdog:
    """Ends the process when dbt says nothing for too long; publication is atomic, so that is always safe."""

    def __init__(self, limit_seconds: float) -> None:
        self._limit_seconds = limit_seconds
        self._heard_at = time.monotonic()
        self._done = threading.Event()

    def heard(self, _event: Any) -> None:
        self._heard_at = time.monotonic()

    def __enter__(self) -> None:
        threading.Thread(target=self._watch, daemon=True).start()

    def __exit__(self, *_exception: object) -> None:
        self._done.set()

    def _watch(self) -> None:
        while not self._done.wait(5.0):
            if time.monotonic() - self._heard_at > self._limit_seconds:
                faulthandler.dump_traceback()
                os._exit(70)
