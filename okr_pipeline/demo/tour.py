"""The two refreshes of ``okr demo``: fifty-nine weeks at once, then the next Monday with what it brings.

The last week comes with a restated file, so that the example shows how a corrected past looks.
"""

import os
import secrets
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console

from okr_pipeline import durable
from okr_pipeline.cascade.weeks import iso_week, last_closed_week, weeks_between
from okr_pipeline.demo import simulate
from okr_pipeline.settings import Settings

AS_OF = date(2026, 11, 23)
"""The Monday on which the example is looked at, whatever the clock says."""
WEEKS_COUNT = 60
KEY_FILE = "demo.key"

RunRefresh = Callable[[Settings, date, date], None]


def give_tour(settings: Settings, scale: float, run_refresh: RunRefresh, console: Console) -> None:
    """Simulate the company below ``settings.home`` and refresh it week by week as it would have been.

    Raises:
        OkrError: a refresh failed; the sentence says which step and why.
    """
    home = settings.home
    home.mkdir(parents=True, exist_ok=True)
    _write_key(home / KEY_FILE)
    durable.write_text(
        home / "settings.toml",
        f'# Written by okr demo: the example is fixed in time.\nas_of = "{AS_OF}"\npseudonym_key_file = "{KEY_FILE}"\n',
    )
    known = Settings.from_environment(settings.environment)
    last = last_closed_week(AS_OF)
    weeks = weeks_between(last - timedelta(weeks=WEEKS_COUNT - 1), last)
    console.print(f"Simulating a company, {iso_week(weeks[0])} to {iso_week(weeks[-2])}", highlight=False)
    simulate(home, scale=scale, through=weeks[-2])
    run_refresh(known, weeks[0], weeks[-2])
    console.print(f"Delivering {iso_week(weeks[-1])}", highlight=False)
    simulate(home, scale=scale, through=weeks[-1])
    run_refresh(known, weeks[-1], weeks[-1])


def _write_key(path: Path) -> None:
    """Make the example's own pseudonym key once, readable by its user only."""
    if path.exists():
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
