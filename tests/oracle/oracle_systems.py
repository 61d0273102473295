"""The systems of record as a person with a spreadsheet would open them: the files as delivered, the code's units.

Nothing of the pipeline is used here, neither its connectors nor its landing. What the pipeline must leave out is
left out by rules written anew: other currencies, a delivery that broke off, and weeks that are not over.
"""

import json
import sqlite3
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import yaml

ZONE = "Europe/Berlin"
LAST_CLOSED = pd.Timestamp("2026-11-16")
PLAUSIBLE_SHARE_OF_A_WEEK = 0.2
CASE_COLUMNS = ["week", "org_unit"]


def read(home: Path, cascade: Path) -> dict[str, pd.DataFrame]:
    """Return every table by name, each row with its ``week`` (a Monday) and ``org_unit``."""
    root = home / "systems"
    units = unit_codes(cascade)
    cases = pd.read_parquet(root / "underwriting" / "cases")
    cases = _closed(cases[cases.currency == "EUR"], "decided_at")
    documents = root / "document_management" / "documents.sqlite"
    erp = root / "erp"
    ledger = _csv(erp / "ledger.csv", "posted_at", "period_closed_at")
    discrepancies = _csv(erp / "discrepancies.csv", "detected_at", "resolved_at")
    delivery_moments = [
        "requested_at",
        "spec_approved_at",
        "review_requested_at",
        "review_approved_at",
        "deployable_at",
        "released_at",
    ]
    tables = {
        "interactions": _closed(pd.read_parquet(root / "contact_centre" / "interactions"), "ended_at"),
        "agreements": _closed(_sqlite(documents, "agreements", "drafted_at", "received_at", "signed_at"), "signed_at"),
        "turns": _closed(
            _sqlite(documents, "review_turns", "started_at", "ended_at", "agreement_closed_at"),
            "agreement_closed_at",
        ),
        "open_agreements": _newest_snapshot(
            _closed(_sqlite(documents, "open_agreements_snapshot", "snapshot_at", "received_at"), "snapshot_at")
        ),
        "discrepancies": _closed(discrepancies[discrepancies.currency == "EUR"], "resolved_at"),
        "open_discrepancies": _newest_snapshot(
            _closed(_csv(erp / "open_discrepancies.csv", "snapshot_at", "detected_at"), "snapshot_at")
        ),
        "exceptions": _closed(
            _csv(erp / "period_close_exceptions.csv", "raised_at", "period_closed_at"), "period_closed_at"
        ),
        "ledger": _closed(ledger[ledger.currency == "EUR"], "posted_at"),
        "headcount": _newest_snapshot(_closed(_csv(erp / "headcount.csv", "snapshot_at"), "snapshot_at")),
        "delivery": _closed(_csv(root / "delivery" / "delivery.csv", *delivery_moments), "released_at"),
        "branches": _closed(_branches(root / "code_repository"), "merged_at"),
        "users": _closed(_json_lines(root / "ai_usage" / "users"), "recorded_at"),
        "decisions": _closed(_json_lines(root / "ai_usage" / "decisions"), "recorded_at"),
        "cases": cases[~cases.week.isin(broken_off(cases))],
        "monitoring": _closed(_json_lines(root / "governance" / "monitoring"), "recorded_at"),
        "incidents": _closed(
            _moments(
                pd.read_json(root / "governance" / "incidents.jsonl", lines=True, convert_dates=False),
                ("aware_at", "provider_notified_at"),
            ),
            "aware_at",
        ),
    }
    systems = {
        "interactions": "contact_centre",
        "agreements": "document_management",
        "open_agreements": "document_management",
        "discrepancies": "erp",
        "open_discrepancies": "erp",
        "exceptions": "erp",
        "ledger": "erp",
        "headcount": "erp",
        "delivery": "code_repository",
        "branches": "code_repository",
        "users": "ai_usage",
        "decisions": "ai_usage",
        "cases": "underwriting",
        "monitoring": "governance",
        "incidents": "governance",
    }
    for name, system in systems.items():
        mapped = tables[name].unit_code.map(units[system])
        tables[name] = tables[name].assign(org_unit=mapped.fillna("unmapped"))
    return tables


def unit_codes(cascade: Path) -> Mapping[str, Mapping[str, str]]:
    """Return, for each system, the org unit of every code."""
    found: dict[str, dict[str, str]] = {}
    for unit, entry in yaml.safe_load((cascade / "organisation.yml").read_text())["units"].items():
        for system, codes in entry.get("codes", {}).items():
            found.setdefault(system, {}).update(dict.fromkeys(codes, unit))
    return found


def broken_off(table: pd.DataFrame) -> list[pd.Timestamp]:
    """Return the weeks with so few rows that the delivery cannot have been complete."""
    rows = table.groupby("week").size()
    return list(rows.index[rows < PLAUSIBLE_SHARE_OF_A_WEEK * rows.median()])


def week_of(moments: pd.Series) -> pd.Series:
    """Return the Monday, on the organisation's calendar, of each moment."""
    days = moments.dt.tz_convert(ZONE).dt.tz_localize(None).dt.normalize()
    return days - pd.to_timedelta(days.dt.weekday, unit="D")


def _closed(table: pd.DataFrame, moment: str) -> pd.DataFrame:
    dated = table.assign(week=week_of(table[moment]))
    return dated[dated.week <= LAST_CLOSED]


def _newest_snapshot(table: pd.DataFrame) -> pd.DataFrame:
    return table[table.snapshot_at == table.groupby("week").snapshot_at.transform("max")]


def _moments(table: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    return table.assign(**{name: pd.to_datetime(table[name], utc=True, format="ISO8601") for name in names})


def _csv(path: Path, *moments: str) -> pd.DataFrame:
    return _moments(pd.read_csv(path), moments)


def _sqlite(path: Path, table: str, *moments: str) -> pd.DataFrame:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return _moments(pd.read_sql_query(f"select * from {table}", connection), moments)
    finally:
        connection.close()


def _json_lines(folder: Path) -> pd.DataFrame:
    lines = [json.loads(line) for path in sorted(folder.iterdir()) for line in path.open(encoding="utf-8")]
    return _moments(pd.DataFrame(lines), ("recorded_at",))


def _branches(folder: Path) -> pd.DataFrame:
    return pd.concat([pd.DataFrame(_merged(clone)) for clone in sorted(folder.iterdir())])


def _log(clone: Path, *arguments: str) -> list[list[str]]:
    form = "--format=%H%x1f%P%x1f%at%x1f%ct%x1f%an <%ae>%x1f%ae%x1f%s%x1f%b%x1e"
    shown = subprocess.run(
        ["git", "-C", str(clone), "-c", f"safe.directory={clone}", "log", form, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return [record.strip("\n").split("\x1f") for record in shown.stdout.split("\x1e") if record.strip()]


def _merged(clone: Path) -> list[dict[str, object]]:
    """Return what was merged into main: a merge with its branch's own commits, or a squash with its number.

    One `git log` for the graph; what belongs to a branch is asked as git itself would be, merge by merge:
    reachable from the second parent, not from the first.
    """
    commits = {fields[0]: fields for fields in _log(clone, "main")}
    on_main = [fields[0] for fields in _log(clone, "main", "--first-parent")]
    main = set(on_main)
    rows: list[dict[str, object]] = []
    for sha in on_main:
        _, parents, _, merged_at, _, _, subject, body = commits[sha]
        own = _side(commits, main, parents.split()[1:])
        if not own and not subject.endswith(")"):
            continue
        members = own or [sha]
        first = min(members, key=lambda member: (int(commits[member][2]), member))
        name = subject.split(f" from {clone.name}/")[1] if own else None
        texts = [(commits[member][4], commits[member][7]) for member in [sha, *own]]
        rows.append(
            {
                "repository": clone.name,
                "unit_code": clone.name,
                "author": commits[first][5].lower(),
                "merged_at": pd.Timestamp(int(merged_at), unit="s", tz="UTC"),
                "lead_hours": (int(merged_at) - int(commits[first][2])) / 3600 if own else None,
                "is_feature": None if name is None else name.startswith("feature/"),
                "has_ai_evidence": any(
                    "Copilot" in identity or "Co-authored-by: Copilot" in text for identity, text in texts
                ),
                "is_revert": subject.startswith("Revert ") or "This reverts commit" in body,
                "is_bot": "[bot]" in commits[first][4],
            }
        )
    return rows


def _side(commits: Mapping[str, list[str]], main: set[str], starts: list[str]) -> list[str]:
    found, waiting = [], list(starts)
    while waiting:
        sha = waiting.pop()
        if sha not in main and sha not in found:
            found.append(sha)
            waiting.extend(commits[sha][1].split())
    return found
