"""Row: publishing one more week again and again, while a reader keeps opening what is published.

Run as a program it refreshes one new week, keeps what was published, and then repeats exactly that publication: the one
before is put back each time, so that every repetition adds the same rows. ``reader`` as last argument makes it the
reader.
"""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.company import deliver
from benchmarks.processes import PROJECT, environment
from benchmarks.table import Line, seconds

REPETITIONS = 20
_PAUSE_SECONDS = 0.01
_KEPT_FOLDERS = 4
"""Repetitions that stay on disk: a reader may just be opening the newest, as none is removed so soon in earnest either.
With many more, the store would prune the publication that is put back."""


def line(found: dict[str, Any]) -> Line:
    """Show the median publication, and beside it what the reader saw."""
    reads, errors = found["reads"], found["errors"]
    first_error = f"; the first error: {found['first_error']}" if errors else ""
    return Line(
        "publish, incremental, with a reader polling",
        "<= 75 ms, no reader error while it happens repeatedly",
        f"{1000 * sorted(found['store'])[len(found['store']) // 2]:.0f} ms, {errors} errors in {reads} reads",
        f"build the file, verify, seal, swap; {len(found['store'])} times, {seconds(found['store'])}; without a reader "
        f"{seconds(found['alone'])}; with composing the rows and putting the warehouse back {seconds(found['step'])}"
        f"{first_error}",
    )


def _measure(home: Path, origin: Path, week: date) -> dict[str, Any]:
    from okr_pipeline.progress import Silent  # noqa: PLC0415 - the table's process must stay small
    from okr_pipeline.project import Project  # noqa: PLC0415
    from okr_pipeline.refresh import refresh_run  # noqa: PLC0415
    from okr_pipeline.settings import Settings  # noqa: PLC0415
    from okr_pipeline.transformation import DbtProject  # noqa: PLC0415

    settings = Settings.from_environment(environment(home))
    project = Project.load(settings)
    dbt = DbtProject(settings.dbt_project_dir, settings.home)
    deliver(origin, home, week)
    published: list[tuple[Any, ...]] = []
    with refresh_run(project, dbt, "bench-publish", Silent(), 0.0) as refresh:
        for key in project.tables:
            refresh.land(key, [week])
        assert all(result.is_good for result in refresh.build())
        refresh.evaluate([week])
        store = refresh._store
        before = store.current_id()
        assert before is not None, "a publication to add to comes first"
        publish = store.publish

        def kept(*arguments: Any) -> Path:
            published.append(arguments)
            return publish(*arguments)

        store.publish = kept  # type: ignore[method-assign]
        started = time.perf_counter()
        refresh.publish([week])
        step = time.perf_counter() - started
        store.publish = publish  # type: ignore[method-assign]
    _, replaced, appended, *_ = published[0]
    alone = _repeat(store, before, replaced, appended, "alone")
    for leftover in (home / "publications").glob(f"{before}-alone-*"):
        shutil.rmtree(leftover)
    reader = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.publishing", str(home), "reader"],
        cwd=PROJECT,
        env=environment(home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout is not None
    reader.stdout.readline()  # it has opened the publication once
    times = _repeat(store, before, replaced, appended, "read")
    said, _ = reader.communicate()
    return {"store": times, "alone": alone, "step": [step], **json.loads(said.splitlines()[-1])}


def _repeat(
    store: Any,
    before: str,
    replaced: Mapping[str, Sequence[Any]],
    appended: Mapping[str, Sequence[Any]],
    name: str,
) -> list[float]:
    times: list[float] = []
    folders: list[Path] = []
    for number in range(REPETITIONS):
        store.restore(before)
        started = time.perf_counter()
        folders.append(store.publish(f"{before}-{name}-{number:02d}", replaced, appended))
        times.append(time.perf_counter() - started)
        time.sleep(_PAUSE_SECONDS)
        store.restore(before)
        if len(folders) > _KEPT_FOLDERS:
            shutil.rmtree(folders.pop(0))
    return times


def _read(home: Path) -> dict[str, Any]:
    """Open, count and close until the standard input ends."""
    import select  # noqa: PLC0415 - only the reader waits

    from okr_pipeline.publication.reading import open_published  # noqa: PLC0415

    reads, errors, first = 0, 0, ""
    while not select.select([sys.stdin], [], [], _PAUSE_SECONDS)[0]:
        reads += 1
        try:
            with open_published(home) as connection:
                connection.execute("select count(*), max(data_through) from okr.publication_info").fetchall()
                connection.execute("select count(*) from okr.key_result_current").fetchall()
        except Exception as error:  # noqa: BLE001 - every error of a reader counts, whatever it is
            errors += 1
            first = first or str(error)
        if reads == 1:
            print("reading", flush=True)
    return {"reads": reads, "errors": errors, "first_error": first}


if __name__ == "__main__":
    if sys.argv[-1] == "reader":
        print(json.dumps(_read(Path(sys.argv[1]))))
    else:
        print(json.dumps(_measure(Path(sys.argv[1]), Path(sys.argv[2]), date.fromisoformat(sys.argv[3]))))
