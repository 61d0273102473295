"""The command `okr explain`: all that is known of one number.

Nothing is decided here: everything is published, and `explanation` gathers it.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from okr_pipeline.cascade.weeks import iso_week
from okr_pipeline.cascade.wording import counted, figure, percent, target_phrase
from okr_pipeline.cli_options import Format, is_json
from okr_pipeline.settings import Settings
from okr_pipeline.terminal import evidence_mark

if TYPE_CHECKING:
    from okr_pipeline.explanation import Explanation

out = Console(soft_wrap=False)
_BARS = "▁▂▃▄▅▆▇█"
_NO_VALUE = "·"
PARTS_TOLD = 5


def explain(
    key_result: Annotated[str, typer.Argument(metavar="KEY_RESULT", help="Id of a key result.")],
    output_format: Format = "text",
) -> None:
    """Tell where a key result stands, why it moved, where it will be, and what it rests on."""
    from okr_pipeline.catalogue import load_metrics  # noqa: PLC0415 - `okr --help` stays quick
    from okr_pipeline.explanation import explain_key_result  # noqa: PLC0415

    as_json, settings = is_json(output_format), Settings.from_environment()
    found = explain_key_result(settings, key_result, load_metrics(settings.dbt_project_dir))
    if as_json:
        out.print_json(json.dumps(found.as_document(), default=str))
        return
    for line in explanation_lines(found):
        out.print(line, highlight=False, soft_wrap=True)


def explanation_lines(found: "Explanation") -> list[str]:
    """Return an explanation as marked-up lines."""
    from okr_pipeline.cascade.progress import TargetRange  # noqa: PLC0415 - see `explain`
    from okr_pipeline.terminal import COLOURS, findings_lines  # noqa: PLC0415

    row, unit, definition = found.current, found.current["unit"], found.definition
    colour = COLOURS.get(row["status"], "bright_black")
    value = "no value" if row["value"] is None else figure(row["value"], unit)
    if row["low"] is not None:
        value += f" (95 % interval {figure(row['low'], unit)} to {figure(row['high'], unit)})"
    baseline = "unknown" if row["baseline"] is None else figure(row["baseline"], unit)
    lines = [
        f"[bold]{escape(row['title'])}[/bold]",
        f"{definition['level'].replace('_', ' ')}, {escape(definition['org_unit'])}, {escape(definition['owner'])}",
        f"[{colour}]{row['status']}[/] {escape(row['status_reason'])}",
        "",
        f"value      {escape(value)}, {counted(row['sample_count'] or 0, 'case')}, {escape(definition['window'])}",
        f"target     {escape(target_phrase(TargetRange(row['target_low'], row['target_high']), unit))} "
        f"by {row['due']}, from {escape(baseline)} ({escape(definition['baseline_definition'] or 'given')})",
        *_history_lines(found),
        f"forecast   {escape(_forecast(found))}",
        f"drift      {row['drift']}: {escape(row['drift_reason'] or '')}",
        "",
        *_part_lines(found),
        *_link_lines(found),
        *_gate_lines(found),
    ]
    if found.findings:
        lines += ["", "[bold]Findings[/bold]", *findings_lines(found.findings)]
    return [*lines, "", *_file_lines(found)]


def _history_lines(found: "Explanation") -> list[str]:
    start = found.definition["cycle_start"]
    cycle = [row for row in found.history if start is None or row["week_start"] >= start]
    if not cycle:
        return ["history    nothing yet in this cycle"]
    weeks = f"{iso_week(cycle[0]['week_start'])} to {iso_week(cycle[-1]['week_start'])}"
    return [
        f"history    {_spark([row['value'] for row in cycle])}  {weeks}",
        f"progress   {_spark([row['progress'] for row in cycle], 0.0, 1.0)}  0 to 100 % of the way",
        f"expected   {_spark([row['expected_progress'] for row in cycle], 0.0, 1.0)}  by the declared trajectory",
    ]


def _spark(values: Sequence[float | None], low: float | None = None, high: float | None = None) -> str:
    """Return numbers as bars; a week without a value is a dot."""
    known = [value for value in values if value is not None]
    if not known:
        return _NO_VALUE * len(values)
    bottom = min(known) if low is None else low
    top = max(known) if high is None else high
    scale = (len(_BARS) - 1) / (top - bottom) if top > bottom else 0.0
    return "".join(
        _NO_VALUE if value is None else _BARS[round((min(max(value, bottom), top) - bottom) * scale)]
        for value in values
    )


def _forecast(found: "Explanation") -> str:
    row, unit = found.current, found.current["unit"]
    if row["forecast"] is None:
        return str(row["forecast_reason"])
    chance = "unknown" if row["reach_probability"] is None else percent(row["reach_probability"])
    interval = f"80 % interval {figure(row['forecast_low'], unit)} to {figure(row['forecast_high'], unit)}"
    return (
        f"{figure(row['forecast'], unit)} ({interval}) in the week it is due; the target is met with {chance} "
        f"probability. {row['forecast_reason']}"
    )


def _part_lines(found: "Explanation") -> list[str]:
    if not found.parts:
        return ["[bold]Why it moved[/bold]", "  nothing is said: the two weeks to compare have no value to show"]
    unit, first = found.current["unit"], found.parts[0]
    weeks = f"{iso_week(first['previous_week'])} to {iso_week(first['week_start'])}"
    change = _moved(first["change"], unit)
    named = "" if any(row["is_top"] for row in found.parts) else f"; no cell stands out: {first['top_reason']}"
    head = f"[bold]Why it moved[/bold] single weeks, {weeks}: {change}{escape(named)}"
    lines = [
        f"  {_moved(row['mix'] + row['rate'], unit)}  {escape(_cell(row))}: {_moved(row['rate'], unit)} by itself, "
        f"{_moved(row['mix'], unit)} by its share of the cases"
        for row in found.parts[:PARTS_TOLD]
    ]
    rest = found.parts[PARTS_TOLD:]
    if rest:
        left = sum(row["mix"] + row["rate"] for row in rest)
        lines.append(f"  {_moved(left, unit)}  {len(rest)} other cells together")
    return [head, *lines]


def _moved(change: float, unit: str) -> str:
    text = figure(change, unit)
    points = f"{text.removesuffix(' %')} points" if text.endswith(" %") else text  # -2 % of what, a reader would ask
    return f"{'+' if change >= 0 else ''}{escape(points)}"


def _cell(row: Mapping[str, Any]) -> str:
    if row["org_unit"] == "withheld":
        return "cells of too few people, together"
    return " / ".join(row[name] for name in ("org_unit", "segment", "ai_assisted") if row[name] != "all")


def _link_lines(found: "Explanation") -> list[str]:
    if not found.links:
        return []
    lines = ["", "[bold]Links[/bold]"]
    for row in found.links:
        names = f"{escape(row['child_key_result_id'])} to {escape(row['parent_key_result_id'])}"
        lines.append(f"  {names}: {evidence_mark(row['verdict'])} {escape(row['reason'])}")
    return lines


def _gate_lines(found: "Explanation") -> list[str]:
    return ["", "[bold]Gate[/bold]", f"  [red]shut[/red] {escape(found.gate)}"] if found.gate else []


def _file_lines(found: "Explanation") -> list[str]:
    head = f"[bold]Rests on[/bold] metric {escape(found.definition['metric'])}, {escape(found.definition['filter'])}"
    lines = [
        f"  {file.table} of {iso_week(file.week)}, {counted(file.rows, 'row')}\n    {escape(file.path)}\n"
        f"    sha256 {file.sha256}"
        for file in found.files
    ]
    if found.input_hash is not None:
        anew = "; landed files have changed since, the next refresh computes it anew" if found.is_landed_anew else ""
        lines.append(f"  all weeks up to it: input hash {found.input_hash}{anew}")
    if found.history:
        lines.append(f"  definition {escape(found.definition['file'])}:{found.definition['line']}, hash "
                     f"{found.definition['definition_hash']}")  # fmt: skip
    return [head, *lines]
