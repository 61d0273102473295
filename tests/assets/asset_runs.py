"""Runs the job in this process on a copy of the demo, and reads what it left behind."""

import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from okr_pipeline.definitions import JOB_NAME, build_definitions
from okr_pipeline.publication.reading import Row, open_published, rows
from okr_pipeline.settings import Settings

ROOT = Path(__file__).parents[2]
WEEK = "2026-11-16"
"""The newest week of the demo."""
CopyDemo = Callable[[Path], Path]


def settings_of(home: Path, **changed: object) -> Settings:
    """Return the settings of a home; ``changed`` is more of the environment, e.g. ``OKR_SOURCES_TOML``."""
    more = {name: str(value) for name, value in changed.items()}
    return Settings.from_environment({"OKR_PROJECT": str(ROOT), "OKR_HOME": str(home), **more})


@dataclass(frozen=True)
class Outcome:
    """A run that has ended, and the home it ran in."""

    home: Path
    result: dg.ExecuteInProcessResult

    def steps(self, event_type: str) -> Counter[str]:
        """Return how often each step had an event of this type."""
        found = [event for event in self.result.all_events if event.event_type_value == event_type]
        return Counter(str(event.step_key) for event in found)

    def published(self, query: str) -> list[Row]:
        """Return the rows of the current publication."""
        with open_published(self.home) as connection:
            return rows(connection, query)

    def failed_checks(self, key: dg.AssetKey) -> dict[str, str]:
        """Return the names of the failed checks of an asset, with what they say."""
        return {
            evaluation.check_name: evaluation.description or ""
            for evaluation in self.result.get_asset_check_evaluations()
            if evaluation.asset_key == key and not evaluation.passed
        }


def refreshed(settings: Settings, only: Sequence[dg.AssetKey] = ()) -> Outcome:
    """Run the job for `WEEK`, or only some of its assets."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", category=dg.BetaWarning)
        definitions = build_definitions(settings)
    with dg.DagsterInstance.ephemeral() as instance:
        result = definitions.resolve_job_def(JOB_NAME).execute_in_process(
            instance=instance,
            partition_key=WEEK,
            asset_selection=list(only) or None,
            run_config={"loggers": {"console": {}}},
            raise_on_error=False,
        )
    return Outcome(settings.home, result)
