"""A publication that holds findings and nothing else, as two releases would have written it."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
from click.testing import Result
from typer.testing import CliRunner

from okr_pipeline.cli import app

FIRST_RELEASE = (
    "finding_id varchar, rule varchar, severity varchar, node varchar, message varchar, fix varchar, file varchar, "
    "line integer"
)
WITH_SUPPRESSIONS = f"{FIRST_RELEASE}, suppressed_until date, suppression_reason varchar"
LEGAL = "2026-h2/legal.yml"
TOLD: tuple[tuple[object, ...], ...] = (
    ("a", "past_due_date", "warning", "review_days", "key result review_days: it was due - ahead", "correct it",
     LEGAL, 14),
    ("b", "milestone_due_soon", "advice", "AIA-26-11", "AI system pricing, AIA-26-11: due soon - Art 26(11)",
     "have it signed", "ai_systems/pricing.yml", 6),
    ("c", "milestone_overdue", "error", "AIA-26-11", "AI system triage, AIA-26-11: overdue - Art 26(11)",
     "have it signed", "ai_systems/triage.yml", 2),
    ("d", "unmapped_code", "warning", "contact_centre.interactions", "40 rows carry unit code 'T9'",
     "add T9 to organisation.yml", "organisation.yml", None),
    ("e", "stale_value", "warning", "review_days", "key result review_days: no week - a fresh one", "ask the owner",
     None, None),
)  # fmt: skip
SILENCED: tuple[tuple[object, ...], ...] = (
    ("f", "vanity_metric", "warning", "settled_alone", "key result settled_alone: the parent stayed flat - it moves",
     "look again", "2026-h2/vendor_agreements.yml", 9, date(2026, 12, 18), "the unit moved offices in July"),
)  # fmt: skip


def publish(home: Path, columns: str, rows: Sequence[tuple[object, ...]]) -> Path:
    """Write a publication with these findings and two nodes of the cascade; return the home."""
    folder = home / "publications" / "2026-W47"
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "cascade.duckdb")) as connection:
        connection.execute("create schema okr")
        connection.execute("create table okr.cascade_health (node_id varchar)")
        connection.execute("insert into okr.cascade_health values ('review_days'), ('signature_days')")
        connection.execute(f"create table okr.cascade_findings ({columns})")
        width = columns.count(",") + 1
        for row in rows:
            values = (*row, *(None,) * (width - len(row)))
            connection.execute(f"insert into okr.cascade_findings values ({', '.join('?' * width)})", values)
    (home / "published").symlink_to(folder)
    return home


def run(home: Path, *arguments: str, env: dict[str, str] | None = None) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(app, list(arguments), env={"OKR_HOME": str(home), **(env or {})})


def lines(home: Path, *arguments: str) -> list[str]:
    """Return the lines of a command that succeeds."""
    ended = run(home, *arguments)
    assert ended.exit_code == 0, ended.output
    return list(ended.stdout.splitlines())
