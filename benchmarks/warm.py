"""Row: models, key results, health and publication of one new week inside a running process, landing not counted.

Run as a program it is that process. Its first week is a warm-up; then ours, SQL by hand, the raw passes and pandas run
in turn on the same landed files.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.company import deliver
from benchmarks.processes import environment
from benchmarks.table import Line, ratio, seconds

STEPS = ("build", "evaluate", "publish", "sql", "raw", "narrow", "pandas")
TABLE = ("contact_centre", "interactions")


def lines(times: dict[str, list[float]], history: int) -> list[Line]:
    """Compare our three steps together with each plain way of the same week."""
    ours = [sum(parts) for parts in zip(times["build"], times["evaluate"], times["publish"], strict=True)]
    what = "dbt models + key results + health + publish for one new week, inside a running process"
    parts = ", ".join(f"{name} {seconds(times[name])}" for name in ("build", "evaluate", "publish"))
    narrow = f"counting and adding three columns alone takes {seconds(times['narrow'])}"
    return [
        Line(
            what,
            "<= 1.5 x hand-written SQL doing the same work",
            ratio(ours, times["sql"]),
            f"{seconds(ours)} ({parts}) with {history} weeks of history, every system's tables and all tests, against "
            f"{seconds(times['sql'])} for the contact centre's two facts, same figures",
        ),
        Line(
            "the same",
            "<= 4.5 x one raw pass over the week",
            ratio(ours, times["raw"]),
            f"count, sum and max of every column: {seconds(times['raw'])}; {narrow}",
        ),
        Line("the same", "plain pandas, for comparison", ratio(ours, times["pandas"]), seconds(times["pandas"])),
    ]


def _measure(home: Path, origin: Path, weeks: list[date]) -> dict[str, list[float]]:
    from benchmarks.plain_pandas import new_week  # noqa: PLC0415 - the table's process must stay small
    from benchmarks.plain_sql import PlainSql  # noqa: PLC0415
    from okr_pipeline.progress import Silent  # noqa: PLC0415
    from okr_pipeline.project import Project  # noqa: PLC0415
    from okr_pipeline.refresh import refresh_run  # noqa: PLC0415
    from okr_pipeline.settings import Settings  # noqa: PLC0415
    from okr_pipeline.transformation import DbtProject  # noqa: PLC0415

    settings = Settings.from_environment(environment(home))
    project = Project.load(settings)
    dbt = DbtProject(settings.dbt_project_dir, settings.home)
    by_hand = PlainSql(origin.parent / "by_hand.duckdb", project.zone.key, project.unit_codes)
    codes = {code: unit for system, code, unit in project.unit_codes if system == TABLE[0]}
    times: dict[str, list[float]] = {name: [] for name in STEPS}
    for week in weeks:
        deliver(origin, home, week)
        with refresh_run(project, dbt, f"bench-{week}", Silent(), 0.0) as refresh:
            for key in project.tables:
                report = refresh.land(key, [week])
                assert key != TABLE or report.verdict == "landed", report.reason
            results = _timed(times["build"], refresh.build)
            assert results, "nothing was built"
            assert all(result.is_good for result in results), [item for item in results if not item.is_good]
            _timed(times["evaluate"], refresh.evaluate, [week])
            _timed(times["publish"], refresh.publish, [week])
            files = {day: file.path for day, file in refresh._landing.manifest(TABLE).files.items()}
        _timed(times["sql"], by_hand.replace_week, week, files)
        _timed(times["raw"], by_hand.raw_pass, files[week])
        _timed(times["narrow"], by_hand.narrow_pass, files[week])
        _timed(times["pandas"], new_week, week, files, codes, project.zone.key)
        differing = by_hand.differences(home / "warehouse" / "okr.duckdb", week)
        assert differing == 0, f"{differing} rows differ from the models' in {week}"
    return {name: values[1:] for name, values in times.items()}


def _timed(times: list[float], work: Callable[..., Any], *arguments: Any) -> Any:
    started = time.perf_counter()
    result = work(*arguments)
    times.append(time.perf_counter() - started)
    return result


if __name__ == "__main__":
    _home, _origin, *_weeks = sys.argv[1:]
    print(json.dumps(_measure(Path(_home), Path(_origin), [date.fromisoformat(text) for text in _weeks])))
