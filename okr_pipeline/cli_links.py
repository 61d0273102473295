"""The commands `okr links` and `okr discover`: what the data says of links, and of pairs that nobody linked.

Nothing is decided here: everything is published.
"""

import json
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from okr_pipeline.cascade.wording import counted
from okr_pipeline.cli_options import Format, is_json
from okr_pipeline.errors import OkrError
from okr_pipeline.settings import Settings
from okr_pipeline.terminal import evidence_mark

out = Console(soft_wrap=False)


def links(output_format: Format = "text") -> None:
    """Show for each link what was claimed, what the data says, and the table of the monthly review."""
    as_json = is_json(output_format)
    rows = _published("alignment_evidence", "parent_key_result_id, child_key_result_id")
    if as_json:
        out.print_json(json.dumps(rows, default=str))
        return
    if not rows:
        out.print("No key result claims to move its parent (contributes), so there is no link to test.")
        return
    table = Table(*(Column(name, overflow="fold") for name in ("parent, child", "claims", "evidence", "review")))
    for parent, group in _grouped(rows, "parent_key_result_id").items():
        budget = group[0]
        table.add_row(
            f"[bold]{escape(parent)}[/bold]",
            evidence_mark(budget["budget_verdict"]),
            escape(budget["budget_reason"] or "Nothing above it is asked of its children."),
            "",
        )
        for row in group:
            claim = "way unknown" if row["claim_ratio"] is None else f"{row['claim_ratio']:+.1%} by now"
            table.add_row(
                f"  {escape(row['child_key_result_id'])}",
                claim,
                f"{evidence_mark(row['verdict'])} {escape(row['reason'])}",
                f"{evidence_mark(row['translation'])} {escape(row['translation_sentence'])}",
            )
    out.print(table)


def discover(
    everything: Annotated[bool, typer.Option("--all", help="Also pairs that did not move together.")] = False,
    output_format: Format = "text",
) -> None:
    """Show which team metrics moved with which business metrics, and which moved with nothing. Association only."""
    as_json = is_json(output_format)
    rows = _published("metric_associations", "team_key_result_id, p_value, business_key_result_id, lag_weeks")
    if as_json:
        out.print_json(json.dumps(rows, default=str))
        return
    if not rows:
        out.print(
            "No team that is not past its due date tracks an adoption below a business unit that tracks an outcome: "
            "there is nothing to compare."
        )
        return
    compared = [row for row in rows if row["reason"] is None]
    out.print(
        f"{counted(len(compared), 'pair')} of a team metric, a business metric and a lag were compared; false "
        "discoveries are controlled over all of them.",
        highlight=False,
        soft_wrap=True,
    )
    for team, group in _grouped(rows, "team_key_result_id").items():
        out.print(f"[bold]{escape(team)}[/bold]", highlight=False)
        found = [row for row in group if row["is_discovered"]]
        for row in _best_lags(found) if not everything else group:
            out.print(f"  {escape(row['sentence'])}", highlight=False, soft_wrap=True)
        if not found:
            can_be_told = any(row["reason"] is None for row in group)
            words = "moved with nothing the business unit tracks" if can_be_told else escape(str(group[0]["reason"]))
            out.print(f"  [dim]{words}[/dim]", highlight=False, soft_wrap=True)


def _published(table: str, order: str) -> list[dict[str, Any]]:
    """Return the rows of a published table.

    Raises:
        OkrError: the publication is of a release that had no such table, or there is none.
    """
    from okr_pipeline.publication.reading import has_table, open_published, table_rows  # noqa: PLC0415 - as above

    with open_published(Settings.from_environment().home) as connection:
        if not has_table(connection, table):
            raise OkrError(f"okr.{table}: the publication is of an earlier release. Fix: run okr refresh")
        return table_rows(connection, table, order)


def _grouped(rows: Sequence[dict[str, Any]], key: str) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row[key], []).append(row)
    return groups


def _best_lags(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    best: dict[str, dict[str, Any]] = {}
    for row in rows:
        best.setdefault(row["business_key_result_id"], row)  # sorted by p-value
    return list(best.values())
