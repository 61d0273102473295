"""The Dagster instance of one ``$OKR_HOME``: run history that the command line and the UI share."""

from pathlib import Path

import dagster as dg

_CONFIGURATION = """\
# Written by okr once; edit freely. Telemetry is off; one run at a time is also held by our own lock.
telemetry:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
"""


def instance_folder(home: Path) -> Path:
    """Return the folder for ``DAGSTER_HOME``, made ready."""
    folder = home / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    configuration = folder / "dagster.yaml"
    if not configuration.exists():
        configuration.write_text(_CONFIGURATION, encoding="utf-8")
    return folder


def open_instance(home: Path) -> dg.DagsterInstance:
    """Return the instance; the caller disposes of it."""
    return dg.DagsterInstance.from_config(str(instance_folder(home)))
