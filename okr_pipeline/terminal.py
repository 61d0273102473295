"""What the command line prints: the cascade as a tree, sources and findings as tables, progress as lines."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.table import Table
from rich.tree import Tree

from okr_pipeline.cascade.progress import TargetRange
from okr_pipeline.cascade.wording import figure, target_phrase

Row = Mapping[str, Any]

COLOURS = {
    "achieved": "green",
    "on_track": "green",
    "at_risk": "yellow",
    "off_track": "red",
    "missed": "red",
    "blocked": "red",
}
"""Everything else is unknown or not due, and is dim: an unknown is never green."""
_VERDICT_COLOURS = {"landed": "green", "unchanged": "green"}


class ConsoleProgress:
    """Shows the running step with a spinner where there is a terminal, and each finished step as a line."""

    def __init__(self, console: Console) -> None:
        """Write to ``console`` (the standard error stream, so that output stays clean)."""
        self._console = console
        self._status: Status | None = console.status("starting") if console.is_terminal else None
        if self._status:
            self._status.start()

    def started(self, step: str) -> None:
        """Name the running step."""
        if self._status:
            self._status.update(escape(step))

    def finished(self, step: str, outcome: str) -> None:
        """Print the finished step."""
        self._console.print(f"  {escape(step):<42} [dim]{escape(outcome)}[/dim]", highlight=False, soft_wrap=True)

    def stop(self) -> None:
        """Leave the terminal as it was."""
        if self._status:
            self._status.stop()


def cascade_tree(title: str, key_results: Iterable[Row], health: Iterable[Row], current: Mapping[str, Row]) -> Tree:
    """Return the cascade of one week: objectives, their key results, the objectives that derive from these.

    Args:
        title: first line.
        key_results: rows of ``okr.key_results`` in force.
        health: rows of ``okr.cascade_health`` of one week.
        current: key result id -> its row of ``okr.key_result_current``.
    """
    nodes = {row["node_id"]: row for row in health}
    titles = {row["objective_id"]: row["objective_title"] for row in key_results}
    children: dict[str | None, list[Row]] = {}
    for row in nodes.values():
        children.setdefault(row["parent_id"], []).append(row)
    tree = Tree(f"[bold]{escape(title)}[/bold]")

    def add(branch: Tree, parent: str | None) -> None:
        for node in children.get(parent, []):
            if node["node_kind"] == "objective":
                label = f"[bold]{escape(str(titles.get(node['node_id'], node['node_id'])))}[/bold] {_mark(node)}"
                below = branch.add(f"{label}\n[dim]{node['level'].replace('_', ' ')}, {node['org_unit']}[/dim]")
            else:
                below = branch.add(_key_result_label(current[node["node_id"]]))
            add(below, node["node_id"])

    add(tree, None)
    return tree


def sources_table(rows: Sequence[Row]) -> Table:
    """Return ``okr.data_sources`` as a table for people."""
    table = Table("source", "verdict", "newest", "behind", "rows", "left out", "why", title="Systems of record")
    for row in rows:
        verdict = row["verdict"]
        newest = f"{row['newest_event']:%Y-%m-%d %H:%M}" if row["newest_event"] else "never"
        table.add_row(
            f"{row['system']}.{row['table_name']}",
            f"[{_VERDICT_COLOURS.get(verdict, 'red')}]{verdict}[/]",
            newest,
            "unknown" if row["weeks_behind"] is None else f"{row['weeks_behind']} weeks",
            f"{row['rows_count']:,}",
            escape(row["quarantine"] or ""),
            escape("; ".join(part for part in (row["reason"], _unmapped(row)) if part)),
        )
    return table


def findings_lines(rows: Sequence[Row]) -> list[str]:
    """Return the findings as marked-up lines, errors first."""
    order = {"error": 0, "warning": 1, "advice": 2}
    return [
        f"[yellow]{row['severity']}[/yellow] {escape(row['rule'])}: {escape(row['message'])}. "
        f"[dim]Fix: {escape(row['fix'])}[/dim]"
        for row in sorted(rows, key=lambda row: order[row["severity"]])
    ]


def _unmapped(row: Row) -> str:
    return f"codes without a unit: {row['unmapped_codes']}" if row["unmapped_codes"] else ""


def _key_result_label(row: Row) -> str:
    unit = row["unit"]
    value = "no value" if row["value"] is None else figure(row["value"], unit)
    target = target_phrase(TargetRange(row["target_low"], row["target_high"]), unit)
    return (
        f"{escape(row['title'])}\n{_mark(row)} [bold]{escape(value)}[/bold], target {escape(target)}\n"
        f"[dim]{escape(row['status_reason'])}[/dim]"
    )


def _mark(row: Row) -> str:
    status = row["status"]
    return f"[{COLOURS.get(status, 'bright_black')}]{status}[/]"
