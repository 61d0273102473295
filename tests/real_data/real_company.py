"""The real files as systems of record of one organisation, and one run of them through landing and dbt."""

import gzip
import shutil
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from okr_pipeline.cascade.weeks import weeks_between
from okr_pipeline.connectors import open_reader
from okr_pipeline.landing import Landing, Manifest, Pseudonymiser
from okr_pipeline.project import Project, TableKey
from okr_pipeline.settings import Settings
from okr_pipeline.sources.dbt_sources import generated_sources_yml
from okr_pipeline.transformation import DbtProject, NodeResult
from okr_pipeline.warehouse import Warehouse

HERE = Path(__file__).parent
INCIDENTS = ("service_desk", "incidents")
ITEMS = ("purchase_to_pay", "purchase_items")
BRANCHES = ("code_repository", "branches")
LAST_WEEKS = {INCIDENTS: date(2017, 2, 13), ITEMS: date(2019, 1, 14), BRANCHES: date(2026, 8, 17)}
"""The newest closed week of each log on the day it was taken."""
FIRST_WEEKS = {INCIDENTS: date(2016, 2, 29), ITEMS: date(2018, 1, 1), BRANCHES: date(2016, 6, 13)}
METRICS = (
    "incident_first_contact_share",
    "incident_reassigned_share",
    "incident_reopened_share",
    "incident_sla_share",
    "incident_resolution_hours",
    "purchase_exception_share",
    "invoice_to_clearing_days",
    "branch_lead_time_hours",
    "ai_feature_branch_share",
    "merged_ai_share",
    "revert_share",
)
KEY = "a key of the tests that has more than 32 bytes"


@dataclass(frozen=True)
class RealRun:
    """What one run over all weeks has left."""

    project: Project
    landing: Landing
    manifests: dict[TableKey, Manifest]
    results: tuple[NodeResult, ...]
    columns: dict[str, dict[str, np.ndarray]]


def unpack(data: Path, home: Path) -> None:
    """Lay the files out below ``home/systems``, as exports that arrive uncompressed."""
    desk, purchasing, code = (
        home / "systems" / name for name in ("service_desk", "purchase_to_pay", "code_repository")
    )
    for folder in (desk, purchasing, code):
        folder.mkdir(parents=True)
    with zipfile.ZipFile(data / "uci_servicenow_incident_event_log.zip") as archive:
        archive.extract("incident_event_log.csv", desk)
    packed = data / "bpic2019_one_trace_per_variant.csv.gz"
    with gzip.open(packed) as source, (purchasing / packed.stem).open("wb") as target:
        shutil.copyfileobj(source, target)
    for path in data.glob("git_pr_*.csv"):
        shutil.copyfile(path, code / path.name)


def load(home: Path) -> Project:
    """Load the shipped dbt project with this folder's models added, and everything else from this folder."""
    shipped = HERE.parents[1] / "dbt_project"
    copy = home / "dbt_project"
    shutil.copytree(shipped, copy, ignore=shutil.ignore_patterns("target", "logs"))
    shutil.copytree(HERE / "models", copy / "models", dirs_exist_ok=True)
    project = Project.load(
        Settings.from_environment(
            {
                "OKR_PROJECT": str(HERE.parents[1]),
                "OKR_HOME": str(home),
                "OKR_CASCADE_DIR": str(HERE / "cascade"),
                "OKR_SOURCES_TOML": str(HERE / "sources.toml"),
                "OKR_DBT_PROJECT_DIR": str(copy),
                "OKR_EXTRA_SOURCES": str(HERE / "sources"),
                "OKR_AS_OF": "2026-11-23",
                "OKR_PSEUDONYM_KEY": KEY,
            }
        )
    )
    (copy / "models" / "staging" / "sources.yml").write_text(generated_sources_yml(project.systems))
    return project


def run(project: Project) -> RealRun:
    """Land every week of every log, build every model for all of them, and read the metrics back."""
    home = project.settings.home
    landing = Landing(home / "landing", project.zone, Pseudonymiser(project.settings.pseudonym_key))
    for key, last in LAST_WEEKS.items():
        origin = project.origins[key]
        weeks = weeks_between(FIRST_WEEKS[key], last)
        landing.land(project.tables[key], open_reader(origin), origin, weeks, last, home / "spool" / key[1])
    all_tables = [table for system in project.systems for table in system.tables]
    manifests = {table.key: landing.manifest(table.key) for table in all_tables}
    raw = {
        key: {week: (file.path, file.sha256) for week, file in manifest.files.items()}
        for key, manifest in manifests.items()
    }
    dbt = DbtProject(project.settings.dbt_project_dir, home)
    warehouse = Warehouse(home, "real", project.zone.key)
    warehouse.start(dbt.fingerprint)
    warehouse.attach_landing(raw, {table.key: dict(table.columns) for table in all_tables}, project.unit_codes)
    results = dbt.build(warehouse.path, warehouse.weeks_to_build(raw), time_zone=project.zone.key)
    assert [result for result in results if not result.is_good] == []
    columns = warehouse.metric_columns(METRICS)
    return RealRun(project, landing, manifests, results, columns)
