"""A publication of the release before has neither the new tables nor the new columns: the next one adds them."""

import shutil
from pathlib import Path

import duckdb
import pytest
from publishing import publish
from typer.testing import CliRunner

from okr_pipeline.cli import app
from okr_pipeline.errors import OkrError
from okr_pipeline.publication.store import PublicationStore
from okr_pipeline.publication.tables import TABLES

NEW_TABLES = ("alignment_evidence", "metric_drivers", "key_result_drivers", "metric_associations")
NEW_COLUMNS = {
    "key_result_current": (
        "reach_probability", "forecast", "forecast_low", "forecast_high", "forecast_method", "forecast_coverage",
        "forecast_reason", "drift", "drift_direction", "drift_reason",
    ),
    "cascade_findings": ("suppressed_until", "suppression_reason"),
    "publication_info": ("alignment_score", "alignment_reason", "alignment_deductions"),
}  # fmt: skip


def make_older(folder: Path) -> None:
    """Drop from a publication what the release before did not have."""
    with duckdb.connect(str(folder / "cascade.duckdb")) as connection:
        for table in NEW_TABLES:
            connection.execute(f"drop table okr.{table}")
        for table, columns in NEW_COLUMNS.items():
            for column in columns:
                connection.execute(f'alter table okr.{table} drop column "{column}"')


def columns_of(folder: Path) -> dict[str, dict[str, str | None]]:
    """Return table -> column -> comment."""
    found: dict[str, dict[str, str | None]] = {}
    with duckdb.connect(str(folder / "cascade.duckdb"), read_only=True) as connection:
        for table, column, comment in connection.execute(
            "select table_name, column_name, comment from duckdb_columns() where schema_name = 'okr'"
        ).fetchall():
            found.setdefault(table, {})[column] = comment
    return found


@pytest.fixture
def older_demo(demo_home: Path, tmp_path: Path) -> Path:
    """A home whose publication the release before has written."""
    home = tmp_path / "okr"
    current = (demo_home / "published").resolve()
    folder = home / "publications" / current.name
    shutil.copytree(current, folder)
    make_older(folder)
    (home / "published").symlink_to(f"publications/{current.name}")
    return home


def test_the_next_publication_adds_every_table_and_column_with_its_comment(tmp_path: Path) -> None:
    make_older(publish(tmp_path, "p1"))

    found = columns_of(publish(tmp_path, "p2"))

    assert {name: set(columns) for name, columns in found.items()} == {
        table.name: {column.name for column in table.columns} for table in TABLES
    }
    assert [(name, column) for name, columns in found.items() for column, said in columns.items() if not said] == []


def test_what_was_published_before_is_kept_and_the_new_columns_are_filled(tmp_path: Path) -> None:
    make_older(publish(tmp_path, "p1"))
    folder = publish(tmp_path, "p2")
    with duckdb.connect(str(folder / "cascade.duckdb"), read_only=True) as connection:
        rows = connection.execute("select reach_probability, drift from okr.key_result_current").fetchall()
        evidence = connection.execute("select verdict from okr.alignment_evidence").fetchall()
    assert (rows, evidence) == ([(0.75, "drifting")], [("moves",)])
    assert PublicationStore(tmp_path).ids() == ("p1", "p2")


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (
            ("explain", "tier_one_handle_time"),
            "key result tier_one_handle_time: it was published by an earlier release, which could not explain it - "
            "allowed: a publication of this one. Fix: run okr refresh",
        ),
        (("links",), "okr.alignment_evidence: the publication is of an earlier release. Fix: run okr refresh"),
        (("discover",), "okr.metric_associations: the publication is of an earlier release. Fix: run okr refresh"),
    ],
)
def test_the_new_commands_refuse_it_in_a_sentence(older_demo: Path, command: tuple[str, ...], sentence: str) -> None:
    ended = CliRunner().invoke(app, command, env={"OKR_HOME": str(older_demo)})
    assert isinstance(ended.exception, OkrError)
    assert str(ended.exception) == sentence


@pytest.mark.parametrize("command", [("status",), ("status", "--format", "json"), ("findings",), ("sources",)])
def test_the_older_commands_show_it_as_ever(older_demo: Path, command: tuple[str, ...]) -> None:
    ended = CliRunner().invoke(app, command, env={"OKR_HOME": str(older_demo)})
    assert ended.exit_code == 0, ended.output
    assert "unmapped_code" in ended.stdout or command == ("sources",)
    assert "suppressed: okr findings" not in ended.stdout
