"""Row: landing a drop with one pseudonymised column against DuckDB copying the same file.

Run as a program it measures both in turn, each landing in an empty folder, so that nothing is known already.
"""

import json
import sys
import time
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.company import LAST_WEEK, found_home, iso
from benchmarks.processes import environment
from benchmarks.table import Line, ratio, seconds


def line(times: dict[str, list[float]]) -> Line:
    """Compare rows a second, hence the plain copy's seconds over ours."""
    return Line(
        "landing rows, one pseudonymised column",
        ">= 0.65 x plain DuckDB copying the same source",
        ratio(times["copy"], times["land"]),
        f"one week, agent_id pseudonymised, warm: {seconds(times['land'])} against {seconds(times['copy'])}",
    )


def _measure(home: Path, origin: Path, runs: int) -> dict[str, list[float]]:
    import dataclasses  # noqa: PLC0415 - this and the rest only in the process that measures
    import shutil  # noqa: PLC0415

    import duckdb  # noqa: PLC0415

    from okr_pipeline.connectors import open_reader  # noqa: PLC0415
    from okr_pipeline.landing import Landing, Pseudonymiser  # noqa: PLC0415
    from okr_pipeline.project import Project  # noqa: PLC0415
    from okr_pipeline.settings import Settings  # noqa: PLC0415

    week: date = LAST_WEEK
    found_home(origin, home, [week])
    source = home / "systems" / "contact_centre" / "interactions" / f"interactions_{iso(week)}.parquet"
    settings = Settings.from_environment(environment(home))
    project = Project.load(settings)
    key = ("contact_centre", "interactions")
    table = dataclasses.replace(project.tables[key], pseudonymised=("agent_id",))
    origin_of_table = project.origins[key]
    plain = duckdb.connect()
    times: dict[str, list[float]] = {"land": [], "copy": []}
    for number in range(runs + 1):
        root, spool = home / f"landing-{number}", home / f"spool-{number}"
        spool.mkdir(parents=True)
        started = time.perf_counter()
        landing = Landing(root, ZoneInfo("Europe/Berlin"), Pseudonymiser(settings.pseudonym_key))
        report = landing.land(table, open_reader(origin_of_table), origin_of_table, [week], week, spool)
        times["land"].append(time.perf_counter() - started)
        assert report.verdict == "landed", report.reason
        started = time.perf_counter()
        plain.execute(f"copy (select * from read_parquet('{source}')) to '{home}/copy.parquet' (format parquet)")
        times["copy"].append(time.perf_counter() - started)
        shutil.rmtree(root)
        shutil.rmtree(spool)
    return {name: values[1:] for name, values in times.items()}


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))))
