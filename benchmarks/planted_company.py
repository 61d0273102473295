"""One simulated company with its faults planted or not, refreshed twice; prints which faults were found and named.

``python -m benchmarks.planted_company HOME SEED on|off``; used by ``planted_faults``.
"""

import json
import shutil
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from benchmarks.processes import PROJECT
from okr_pipeline import refresh
from okr_pipeline.cascade.weeks import last_closed_week, weeks_between
from okr_pipeline.demo import simulate
from okr_pipeline.demo.tour import AS_OF, WEEKS_COUNT
from okr_pipeline.progress import Silent
from okr_pipeline.project import Project
from okr_pipeline.publication.reading import open_published
from okr_pipeline.settings import Settings
from okr_pipeline.transformation import DbtProject

_FINDING = "select message from okr.cascade_findings where suppressed_until is null and "
FOUND = {
    "vanity": _FINDING + "rule = 'vanity_metric' and node = 'customer_summary_share'",
    "sandbag": _FINDING + "rule = 'within_baseline' and node = 'reconciliation_active_users'",
    "orphaned_initiative": _FINDING + "rule = 'orphaned_initiative' and node = 'generative_claims_letters'",
    "stopped_source": _FINDING + "rule = 'stale_value' and node in ('spec_to_deployable', 'time_to_market')",
    "drift": _FINDING + "rule = 'drifting' and node = 'life_overrides_in_band'",
    "volume_drop": _FINDING + "rule = 'volume_drop' and node = 'underwriting.cases'",
    "restated_week": _FINDING + "rule = 'restated_week' and node = 'tier_one_handle_time'",
    "high_risk_system": "select gate_sentence from okr.compliance_milestones where gate_is_shut"
    " and blocks_key_results like '%life_pricing_launch%'",
    "unmapped_code": _FINDING + "rule = 'unmapped_code' and message like '%T9-NEW%'",
    "small_group": "select segment from okr.metric_values where is_suppressed and segment = 'legal_protection'"
    " and ai_assisted = 'assisted' and week_start = date '2026-11-16'",
    "foreign_currency": "select quarantine from okr.data_sources where system = 'erp' and table_name = 'ledger'"
    " and rows_quarantined > 0",
}
"""Fault of ``truth.yml`` -> where a publication names it."""
OTHERS = (
    "select rule || ' ' || node from okr.cascade_findings where severity <> 'advice' and rule in"
    " ('vanity_metric', 'within_baseline', 'below_benchmark', 'drifting', 'volume_drop', 'restated_week',"
    " 'stale_value', 'no_data', 'cannot_move_parent', 'unregistered_ai_system')"
)
"""Every finding of these rules, whoever it is about: what else is said."""
_REPAIRS = (
    ("2026-h2/reconciliation.yml", "target: {at_least: 0.40}", "target: {at_least: 0.75}"),
    ("2026-h2/claims_platform.yml", "supports: []", "supports: [claims_platform_ai_branches]"),
    ("policy.yml", "value: [AIA-27-1]", "value: []"),
)
"""Faults that are planted in the definitions: file, what is written, what would be sound."""


def sound_cascade(folder: Path) -> Path:
    """Copy the example without the faults that are planted in it."""
    shutil.copytree(PROJECT / "cascade_definitions", folder)
    for name, written, sound in _REPAIRS:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert written in text, f"{name} has no {written!r}"
        path.write_text(text.replace(written, sound), encoding="utf-8")
    return folder


def _refresh(settings: Settings, weeks: Sequence[date]) -> None:
    """Take the steps of a run as the assets do, without Dagster: its events are not looked at here."""
    project, dbt = Project.load(settings), DbtProject(settings.dbt_project_dir, settings.home)
    with refresh.refresh_run(project, dbt, "planted", Silent(), 0.0) as run:
        for key in project.tables:
            run.land(key, weeks)
        bad = [result for result in run.build() if not result.is_good]
        assert not bad, f"dbt: {bad[:3]}"
        run.publish(weeks)


def main() -> None:
    """Simulate, refresh, look; the last line of the output is a JSON document."""
    home, seed, planted = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "on"
    environment = dict(Settings.from_environment().environment)
    if not planted:
        environment["OKR_CASCADE_DIR"] = str(sound_cascade(home / "sound"))
    settings = Settings.from_environment(environment)
    refresh.WEEKS_PER_PASS = WEEKS_COUNT  # memory is no concern at this size, and each start of dbt costs a second
    last = last_closed_week(AS_OF)
    weeks = weeks_between(last - timedelta(weeks=WEEKS_COUNT - 1), last)
    faults = None if planted else ()
    for some in (weeks[:-1], weeks[-1:]):
        simulate(home, seed=seed, faults=faults, through=some[-1])
        _refresh(settings, some)
    with open_published(home) as connection:
        found = {fault: len(connection.execute(query).fetchall()) for fault, query in FOUND.items()}
        others = sorted(row[0] for row in connection.execute(OTHERS).fetchall())
    print(json.dumps({"seed": seed, "planted": planted, "found": found, "others": others}))


if __name__ == "__main__":
    main()
