"""What the command line prints: the cascade as a tree, sources and findings as tables, progress as lines."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.table import Column, Table
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
_MILESTONE_COLOURS = {"met": "green", "due": "yellow", "overdue": "red", "expired": "red", "tampered": "red"}
ADVICE_LINES = 2
_EVIDENCE_COLOURS = {"moves": "green", "flat": "red", "both": "green", "child_only": "red", "cannot_move_parent": "red"}
_QUIET_MILESTONES = frozenset({"met", "not_yet_applicable"})
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


def cascade_tree(
    title: str,
    key_results: Iterable[Row],
    health: Iterable[Row],
    current: Mapping[str, Row],
    milestones: Iterable[Row] = (),
) -> Tree:
    """Return the cascade of one week: objectives, their key results, the objectives that derive from these.

    Args:
        title: first line.
        key_results: rows of ``okr.key_results`` in force.
        health: rows of ``okr.cascade_health`` of one week.
        current: key result id -> its row of ``okr.key_result_current``.
        milestones: rows of ``okr.compliance_milestones``; they stand under the objective that uses their AI system.
    """
    by_objective: dict[str | None, list[Row]] = {}
    for milestone in milestones:
        if milestone["status"] != "not_applicable":
            by_objective.setdefault(milestone["objective_id"], []).append(milestone)
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
            elif node["node_kind"] == "key_result":
                below = branch.add(_key_result_label(current[node["node_id"]]))
            else:
                continue
            add(below, node["node_id"])
        add_milestones(branch, by_objective.get(parent, []) if parent else [])

    def add_milestones(branch: Tree, rows: Sequence[Row]) -> None:
        for system_id, of_system in groupby(rows, key=lambda row: str(row["ai_system_id"])):
            found = list(of_system)
            below = branch.add(f"AI Act, {escape(system_id)}: {_milestone_counts(found)}")
            for row in found:
                if row["status"] not in _QUIET_MILESTONES or row["gate_is_shut"]:
                    below.add(_milestone_label(row))

    add(tree, None)
    if None in by_objective:
        add_milestones(tree.add("AI systems that no key result names"), by_objective[None])
    return tree


def compliance_table(rows: Sequence[Row], as_of: str) -> Table:
    """Return ``okr.compliance_milestones`` as a table for people, in the order given."""
    names = ("due", "AI system", "obligation", "force", "status", "why")
    table = Table(*(Column(name, overflow="fold") for name in names), title=f"AI Act milestones as of {as_of}")
    for row in rows:
        due = row["clock_due"] or row["due_date"] or row["due"]
        contested = " (contested)" if row["date_certainty"] == "contested" else ""
        table.add_row(
            f"{due:%Y-%m-%d %H:%M}" if row["clock_due"] else f"{due}{contested}",
            escape(row["ai_system_id"]),
            f"{escape(row['obligation_id'])}\n[dim]{escape(row['title'])}[/dim]",
            row["force"],
            _milestone_mark(row),
            escape(row["gate_sentence"] or row["status_reason"]),
        )
    return table


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
    """Return the findings as marked-up lines, errors first; advice of one kind beyond the first two is counted.

    What is suppressed is not told; how many findings that are is said at the end.
    """
    order = {"error": 0, "warning": 1, "advice": 2}
    lines: list[str] = []
    told = [row for row in rows if row.get("suppressed_until") is None]  # an earlier release has no such column
    silenced_count = len(rows) - len(told)
    ranked = sorted(told, key=lambda row: (order[row["severity"]], row["rule"]))
    for (severity, rule), group in groupby(ranked, key=lambda row: (row["severity"], row["rule"])):
        found = list(group)
        spelled_out = found[:ADVICE_LINES] if severity == "advice" else found
        colour = "red" if severity == "error" else "yellow"
        lines += [
            f"[{colour}]{severity}[/] {escape(rule)}: {escape(row['message'])}. [dim]Fix: {escape(row['fix'])}[/dim]"
            for row in spelled_out
        ]
        if len(found) > len(spelled_out):
            lines.append(f"[{colour}]{severity}[/] {escape(rule)}: {len(found) - len(spelled_out)} more like these")
    if silenced_count:
        lines.append(f"[dim]{suppressed_words(silenced_count)}[/dim]")
    return lines


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


def _milestone_counts(rows: Sequence[Row]) -> str:
    counts = Counter(str(row["status"]) for row in rows)
    return ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in counts.most_common())


def _milestone_label(row: Row) -> str:
    shut = " [red]gate shut[/red]" if row["gate_is_shut"] else ""
    return (
        f"{_milestone_mark(row)}{shut} {escape(row['obligation_id'])} {escape(row['title'])}"
        f"\n[dim]{escape(row['force'])}, {escape(row['article'])}. {escape(row['status_reason'])}[/dim]"
    )


def _milestone_mark(row: Row) -> str:
    return f"[{_MILESTONE_COLOURS.get(row['status'], 'bright_black')}]{row['status']}[/]"


def _mark(row: Row) -> str:
    status = row["status"]
    return f"[{COLOURS.get(status, 'bright_black')}]{status}[/]"


def evidence_mark(word: str) -> str:
    """Return a verdict about a link in its colour; an unknown one is dim."""
    return f"[{_EVIDENCE_COLOURS.get(word, 'bright_black')}]{escape(word)}[/]"


def suppressed_words(count: int) -> str:
    """Say how many findings are silenced, and where to see them."""
    return f"{count} {'finding is' if count == 1 else 'findings are'} suppressed: okr findings --suppressed"
