"""The simulated company that is measured: all its systems, and a contact centre of any size beside them.

Drops of the contact centre are written once, kept apart in ``drops/`` and handed to a home week by week, as on a
Monday; homes share them as hard links, so that a second home costs neither time nor disk. As a program it simulates.
"""

import os
import shutil
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

LAST_WEEK = date(2026, 11, 16)
"""The newest week of the simulated systems; the contact centre alone has weeks before their first."""


def weeks_until_last(count: int) -> list[date]:
    """Return the last ``count`` Mondays, oldest first."""
    return [LAST_WEEK - timedelta(weeks=back) for back in reversed(range(count))]


def iso(week: date) -> str:
    """Return the week as the command line takes it."""
    year, number, _ = week.isocalendar()
    return f"{year}-W{number:02d}"


def found_home(origin: Path, home: Path, weeks: Sequence[date]) -> Path:
    """Make a home with every system, where the contact centre has delivered ``weeks`` only."""
    shutil.copytree(origin / "systems", home / "systems", copy_function=os.link)
    for week in weeks:
        deliver(origin, home, week)
    return home


def deliver(origin: Path, home: Path, week: date) -> Path:
    """Hand one week's drop to a home, and return where it lies."""
    place = home / "systems" / "contact_centre" / "interactions" / f"interactions_{iso(week)}.parquet"
    place.parent.mkdir(parents=True, exist_ok=True)
    os.link(origin / "drops" / place.name, place)
    return place


def _simulate(origin: Path, weeks: Sequence[date], rows_per_week: int) -> None:
    from okr_pipeline.demo import simulate, simulate_contact_centre  # noqa: PLC0415 - only this step needs it

    simulate(origin, faults=(), through=LAST_WEEK)
    drops = origin / "systems" / "contact_centre" / "interactions"
    shutil.rmtree(drops)
    simulate_contact_centre(origin, weeks, rows_per_week)
    drops.rename(origin / "drops")


if __name__ == "__main__":
    _simulate(Path(sys.argv[1]), weeks_until_last(int(sys.argv[2])), int(sys.argv[3]))
