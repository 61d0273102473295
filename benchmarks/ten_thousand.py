"""Row "health of 10,000 key results" and what can be learned from them: ``python -m benchmarks.ten_thousand``.

Health and rules of the newest week are to take at most 5 seconds and 1 GiB on two cores, metric rows included. Reading
the files happens before, evidence and forecasts are measured beside; both are no part of that target. The company is
written by a process of its own. ``--profile STEP`` prints the functions that a step spends its time in as well.
"""

import argparse
import cProfile
import pstats
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import ten_thousand_company as company
from benchmarks.processes import environment, run_module
from okr_pipeline.analysis.alignment_score import alignment_score
from okr_pipeline.analysis.data_rule import DataContext, check_data
from okr_pipeline.analysis.insights import Insights
from okr_pipeline.cascade.check import check
from okr_pipeline.cascade.health import roll_up
from okr_pipeline.cascade.loader import load_cascade
from okr_pipeline.cascade.model import Cascade
from okr_pipeline.cascade.status import Judgement, judge
from okr_pipeline.cascade.values import ValueSeries, evaluate_all
from okr_pipeline.compliance.catalogue import load_catalogue
from okr_pipeline.duties import Register, last_day
from okr_pipeline.evaluation import evaluate_cascade, source_state
from okr_pipeline.garbage import collect_rarely
from okr_pipeline.intelligence import analyse as learning
from okr_pipeline.intelligence.calibration import calibrate
from okr_pipeline.intelligence.discovery import associations, unconnected_team_metrics
from okr_pipeline.intelligence.drift_watch import watch
from okr_pipeline.intelligence.forecasts import forecast
from okr_pipeline.intelligence.links import gather_evidence
from okr_pipeline.intelligence.metric_drivers import explain_key_results, explain_metrics
from okr_pipeline.landing import Manifest
from okr_pipeline.landing.manifest import WeekFile
from okr_pipeline.measured import Measured
from okr_pipeline.project import Project, TableKey
from okr_pipeline.settings import Settings

HEALTH = ("evaluate", "judge", "roll_up", "check", "check_data")
"""The steps that the target is about."""
LEARNED = ("evidence", "calibration", "drift", "forecasts", "drivers", "moved", "budgets", "discovery", "score")
THROUGH = company.WEEKS[-1]

Manifests = Mapping[TableKey, Manifest]


class Steps:
    """Measures one step after the other and prints each as soon as it is done."""

    def __init__(self, profiled: str) -> None:
        self.seconds: dict[str, float] = {}
        self._profiled = profiled
        print("| step | what | seconds | peak memory so far |\n|---|---|---|---|", flush=True)

    @contextmanager
    def step(self, name: str, what: str) -> Iterator[None]:
        """Measure one step."""
        profile = cProfile.Profile()
        started = time.perf_counter()
        if name == self._profiled:
            profile.enable()
        yield
        profile.disable()
        self.seconds[name] = time.perf_counter() - started
        print(f"| {name} | {what} | {self.seconds[name]:.2f} s | {peak_mebibytes():.0f} MiB |", flush=True)
        if name == self._profiled:
            pstats.Stats(profile, stream=sys.stdout).sort_stats("cumulative").print_stats(40)

    def total(self, names: tuple[str, ...]) -> float:
        """Return the seconds of several steps together."""
        return sum(self.seconds[name] for name in names)


def main() -> None:
    """Write the company, measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ten_thousand", description=__doc__)
    parser.add_argument("--profile", default="", metavar="STEP", help="print where a step spends its time")
    options = parser.parse_args()
    collect_rarely()  # as a refresh does
    with tempfile.TemporaryDirectory(prefix="okr-bench-") as folder:
        run_module("ten_thousand_company", Path(folder))
        measure(Path(folder), Steps(options.profile))


def measure(folder: Path, steps: Steps) -> None:
    """Measure every step on the company that was written to ``folder``, and print."""
    with steps.step("load", "read and validate the cascade's files; not in the target"):
        loaded = load_cascade(folder / "cascade")
    cascade = loaded.cascade
    assert cascade is not None, [issue.sentence() for issue in loaded.issues[:5]]
    assert len(cascade.key_results) == 10_000
    with steps.step("rows", "metric rows as arrays; not in the target"):
        columns, manifests = _columns(folder), {company.SOURCE: _manifest()}
        settings = Settings.from_environment(environment(folder))
        project = Project(settings, cascade, (), company.metrics(), (), {}, load_catalogue())
        measured = Measured.of(project, columns, manifests, THROUGH)
    values, judgements = _health(measured, manifests, steps)
    with steps.step("check", "all rules that need no data"):
        issues = check(cascade, project.metrics, last_day(THROUGH))
    health_peak = peak_mebibytes()
    insights = _learn(measured, values, judgements, steps)
    with steps.step("check_data", "all rules that need data"):
        found = check_data(cascade, DataContext(project.metrics, judgements, insights, {}, last_day(THROUGH)))
    with steps.step("every week", "evaluate_cascade: health and duties of every week of the cycle; not in the target"):
        evaluation = evaluate_cascade(project, measured, columns, manifests, Register())
    assert evaluation.current.keys() == judgements.keys()
    print(
        f"Health and rules: {steps.total(HEALTH):.2f} s (<= 5 s), {health_peak:.0f} MiB (<= 1,024 MiB); "
        f"{len(issues):,} findings without data, {len(found):,} with. Evidence and forecasts: "
        f"{steps.total(LEARNED):.1f} s. {sum(map(len, measured.rows.values())):,} metric rows."
    )


def _health(
    measured: Measured, manifests: Manifests, steps: Steps
) -> tuple[dict[str, ValueSeries], dict[str, Judgement]]:
    cascade, metrics = measured.project.cascade, measured.project.metrics
    with steps.step("evaluate", "values of 52 weeks"):
        values = evaluate_all(
            cascade.key_results,
            metrics,
            measured.rows,
            measured.observed,
            organisation=cascade.organisation,
            cycles=cascade.cycles,
            weeks=measured.weeks,
        )
    with steps.step("judge", "status of the newest week"):
        states = (source_state(manifests[company.SOURCE], measured.project),)
        judgements = {
            item.id: judge(
                item, metrics[item.metric], values[item.id], states, THROUGH, policy=cascade.policy, gate=None
            )
            for item in cascade.key_results
        }
    with steps.step("roll_up", "health of every node in the newest week"):
        roll_up(cascade, judgements, THROUGH)
    return values, judgements


def _learn(
    measured: Measured, values: Mapping[str, ValueSeries], judgements: Mapping[str, Judgement], steps: Steps
) -> Insights:
    """Do what `okr_pipeline.intelligence.analyse` does, step by step."""
    cascade: Cascade = measured.project.cascade
    work: dict[str, tuple[str, Callable[[], Any]]] = {
        "evidence": ("links: vanity, gap, translation", lambda: gather_evidence(measured, values, judgements)),
        "calibration": ("targets that are too easy", lambda: calibrate(measured, values)),
        "drift": ("charts, false discoveries controlled", lambda: watch(measured, values)),
        "forecasts": ("adoption curves and levels", lambda: forecast(measured, values)),
        "drivers": ("of every metric and week", lambda: explain_metrics(measured)),
        "moved": ("drivers of every key result", lambda: explain_key_results(measured)),
        "budgets": ("what the children would deliver", lambda: learning._budgets(measured, values)),
        "discovery": ("pairs that move together", lambda: associations(measured)),
        "score": ("alignment score", lambda: alignment_score(cascade)),
    }
    learned: dict[str, Any] = {}
    for name in LEARNED:
        what, step = work[name]
        with steps.step(name, what):
            learned[name] = step()
    pairs = learned.pop("discovery")
    unconnected = unconnected_team_metrics(measured, pairs).sentences
    return Insights(week_start=THROUGH, associations=pairs, unconnected=unconnected, **learned)


def _columns(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the rows as a warehouse gives them; strings are objects that the rows share."""
    columns: dict[str, dict[str, Any]] = {}
    shared: dict[str, str] = {}
    with np.load(folder / "rows.npz") as stored:
        for key in stored.files:
            name, measure = key.split("/")
            found = stored[key]
            if found.dtype.kind == "U":
                found = np.array([shared.setdefault(text, text) for text in found.tolist()], dtype=object)
            columns.setdefault(name, {})[measure] = found
    for rows in columns.values():
        cases = rows.pop("cases")
        rows |= {"denominator": cases, "sample_count": cases}
        rows["people_count"] = np.full(len(cases), np.nan)
        rows["segment"] = np.full(len(cases), "all", dtype=object)
        rows["observed_until"] = (rows["week_start"] + np.timedelta64(6, "D")).astype("datetime64[us]")
    return columns


def _manifest() -> Manifest:
    def file(week: date) -> WeekFile:
        moment = datetime.combine(week + timedelta(days=6), datetime.min.time(), UTC)
        return WeekFile(week, Path("unread.parquet"), "0" * 64, 1, moment, moment, "", "", moment)

    files = {week: file(week) for week in company.WEEKS}
    return Manifest(*company.SOURCE, verdict="landed", reason="", files=files, weeks={})


def peak_mebibytes() -> float:
    """Return the highest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
