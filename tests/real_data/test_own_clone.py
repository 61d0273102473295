"""The git connector on the project's own clone: real history, no data shipped; it counts as git counts."""

import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
from real_company import KEY

from okr_pipeline.cascade.weeks import week_of, weeks_between
from okr_pipeline.connectors import open_reader
from okr_pipeline.connectors.origin import Origin
from okr_pipeline.landing import Landing, Pseudonymiser
from okr_pipeline.sources.code_repository import BRANCHES

ZONE = ZoneInfo("Europe/Berlin")


def git(folder: Path, *arguments: str) -> str:
    outcome = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stderr
    return outcome.stdout.strip()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of the repository these tests lie in, on a branch called main."""
    here = Path(__file__).parents[2]
    if not (here / ".git").exists():
        pytest.skip("the project is no git clone here (an unpacked archive), so there is no history to read")
    target = tmp_path / "systems" / "own"
    git(tmp_path, "clone", "--quiet", "--no-hardlinks", str(here), str(target))
    git(target, "checkout", "--quiet", "-B", "main")
    return target


def expected_rows(clone: Path) -> int:
    """Count what is a row: plain commits of the main line, and merges that bring something new."""
    plain = int(git(clone, "rev-list", "--first-parent", "--no-merges", "--count", "main"))
    merges = git(clone, "rev-list", "--first-parent", "--merges", "main").split()
    bringing = [
        merge
        for merge in merges
        if int(git(clone, "rev-list", "--count", f"{merge}^1..{merge}^2"))
        and not git(clone, "log", "-1", "--format=%s", merge).startswith("Merge branch 'main'")
    ]
    return plain + len(bringing)


def test_the_own_history_lands_whole_and_keeps_the_contract(clone: Path, tmp_path: Path) -> None:
    options = {
        "paths": (str(clone),),
        "roots": (tmp_path,),
        "main_branch": "main",
        "count_direct": True,
    }
    origin = Origin("code_repository", "branches", "git", options)
    moments = [int(text) for text in git(clone, "log", "--first-parent", "--format=%ct", "main").split()]
    first, last = (week_of(datetime.fromtimestamp(moment, UTC), ZONE) for moment in (min(moments), max(moments)))
    landing = Landing(tmp_path / "landing", ZONE, Pseudonymiser(KEY.encode()))
    table = replace(BRANCHES, minimum_rows=0)  # a week without a commit is a week off here
    report = landing.land(table, open_reader(origin), origin, weeks_between(first, last), last, tmp_path / "spool")
    assert {week.outcome for week in report.weeks} <= {"landed", "empty"}
    assert (report.verdict, report.reason) == ("landed", "")
    assert report.manifest.rows_quarantined == {}
    files = [str(file.path) for file in report.manifest.files.values()]
    with duckdb.connect() as connection:
        rows = connection.execute("select * from read_parquet(?)", [files]).df()
    assert len(rows) == rows.branch_id.nunique() == expected_rows(clone) > 0
    assert rows.author_id.str.fullmatch("[0-9a-f]{20}").all()
    assert set(rows.branch_id) <= set(git(clone, "rev-list", "main").split())
