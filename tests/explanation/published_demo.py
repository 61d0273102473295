"""A copy of what the demo has published, to be changed by hand, and the command line on it."""

import shutil
from pathlib import Path

import duckdb
from click.testing import Result
from typer.testing import CliRunner

from okr_pipeline.cli import app


def copy_published(demo_home: Path, home: Path) -> Path:
    """Copy the current publication to a home whose landed files are those of the demo; return the home."""
    current = (demo_home / "published").resolve()
    shutil.copytree(current, home / "publications" / current.name)
    (home / "published").symlink_to(f"publications/{current.name}")
    (home / "landing").symlink_to(demo_home / "landing")
    return home


def change(home: Path, *statements: str) -> Path:
    """Change the published rows; return the home."""
    with duckdb.connect(str((home / "published" / "cascade.duckdb").resolve())) as connection:
        for statement in statements:
            connection.execute(statement)
    return home


def rows(home: Path, query: str) -> list[dict[str, object]]:
    """Return published rows."""
    with duckdb.connect(str(home / "published" / "cascade.duckdb"), read_only=True) as connection:
        cursor = connection.execute(query)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def run(home: Path, *arguments: str) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(app, list(arguments), env={"OKR_HOME": str(home), "COLUMNS": "200"})


def lines(home: Path, *arguments: str) -> list[str]:
    """Return the lines of a command that succeeds."""
    ended = run(home, *arguments)
    assert ended.exit_code == 0, ended.output
    return list(ended.stdout.splitlines())
