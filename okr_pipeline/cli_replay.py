"""The command `okr replay`: a past week at its original and at its current targets. Nothing is decided here."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from okr_pipeline.cascade.weeks import iso_week, parse_iso_week
from okr_pipeline.cli_options import Format, is_json
from okr_pipeline.errors import OkrError
from okr_pipeline.settings import Settings

if TYPE_CHECKING:
    from okr_pipeline.cascade.replay import Against, Replayed

out = Console(soft_wrap=False)
_COLOURS = {"met": "green", "not_met": "red"}
"""Everything else is unknown, and is dim: an unknown is never green."""
DIFFERS = "≠"


def replay(
    week: Annotated[str, typer.Argument(metavar="WEEK", help="A published ISO week, e.g. 2026-W40.")],
    known_by: Annotated[
        str | None, typer.Option("--known-by", help="Only what was known by the end of this day, YYYY-MM-DD.")
    ] = None,
    output_format: Format = "text",
) -> None:
    """Show a past week as it was known, at the targets its cycle began with and at today's."""
    from okr_pipeline.cascade.replay import replay as replayed_at  # noqa: PLC0415 - `okr --help` stays quick
    from okr_pipeline.publication.key_results import value_version  # noqa: PLC0415
    from okr_pipeline.publication.ledger import change_of, version_of  # noqa: PLC0415
    from okr_pipeline.publication.reading import open_published, rows, table_rows  # noqa: PLC0415

    monday, last_day = _week(week), _day(known_by)
    as_json = is_json(output_format)
    with open_published(Settings.from_environment().home) as connection:
        info = rows(connection, "select * from okr.publication_info")[0]
        _require_published(
            monday,
            rows(connection, "select min(week_start) as first, max(week_start) as last from okr.key_result_values"),
        )
        values = rows(connection, f"select * from okr.key_result_values where week_start = date '{monday}'")
        versions = [version_of(row) for row in rows(connection, "select * from okr.key_results")]
        changes = [change_of(row) for row in table_rows(connection, "target_changes")]
    moment = None if last_day is None else datetime.combine(last_day, time.max, ZoneInfo(info["time_zone"]))
    found = replayed_at((value_version(row) for row in values), versions, monday, moment, changes)
    if as_json:
        out.print_json(json.dumps([_document(each) for each in found], default=str))
        return
    out.print(_table(found, f"{iso_week(monday)} as known {f'by {last_day}' if last_day else 'now'}"))
    out.print(_summary(found), highlight=False, soft_wrap=True)


def _week(text: str) -> date:
    try:
        return parse_iso_week(text)
    except ValueError:
        raise OkrError(f"WEEK: {text!r} is not an ISO week - allowed: e.g. 2026-W47. Fix: correct it") from None


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise OkrError(
            f"--known-by: {text!r} is not a day - allowed: YYYY-MM-DD, e.g. 2026-11-23. Fix: correct it"
        ) from None


def _require_published(week: date, span: Sequence[Mapping[str, Any]]) -> None:
    first, last = span[0]["first"], span[0]["last"]
    if first is None or not first <= week <= last:
        allowed = "none yet" if first is None else f"{iso_week(first)} to {iso_week(last)}"
        raise OkrError(f"WEEK: {iso_week(week)} is not published - allowed: {allowed}. Fix: choose a published week")


def _table(found: Iterable["Replayed"], title: str) -> Table:
    """Return the replayed week for people; a row whose two targets tell different stories carries a mark."""
    from okr_pipeline.cascade.wording import figure  # noqa: PLC0415

    names = ("key result", "value", "at the original target", "", "at the current target")
    table = Table(*(Column(name, overflow="fold") for name in names), title=title)
    for each in found:
        value = None if each.known is None else each.known.value.value
        table.add_row(
            escape(each.key_result_id),
            "no value" if value is None else escape(figure(value, each.current.version.unit)),
            _cell(each.original),
            f"[yellow]{DIFFERS}[/yellow]" if each.differs else "",
            "[dim]the same[/dim]" if each.original == each.current else _cell(each.current),
        )
    return table


def _cell(side: "Against") -> str:
    from okr_pipeline.cascade.wording import percent, target_phrase  # noqa: PLC0415

    colour = _COLOURS.get(side.verdict, "bright_black")
    way = "" if side.progress is None else f"{percent(side.progress)} of the way, "
    bounds = side.version.bounds
    target = target_phrase(bounds, side.version.unit) if bounds.is_known else side.version.target_words
    line = f"{escape(target)}: {way}[{colour}]{side.verdict.replace('_', ' ')}[/]"
    return f"{line}\n[dim]{escape(side.reason)}[/dim]" if side.reason else line


def _summary(found: Sequence["Replayed"]) -> str:
    count = sum(each.differs for each in found)
    return f"{DIFFERS} {count} of {len(found)} key results tell another story at the target their cycle began with"


def _document(each: "Replayed") -> dict[str, Any]:
    """Return a replayed key result with plain names, as the published tables have them."""
    known = each.known
    value = {} if known is None else asdict(known.value)
    sides = {
        name: {
            "definition_hash": side.version.definition_hash,
            "target": side.version.target_words,
            "baseline": side.version.baseline,
            "target_low": side.version.target_low,
            "target_high": side.version.target_high,
            "progress": side.progress,
            "verdict": side.verdict,
            "reason": side.reason,
        }
        for name, side in (("original", each.original), ("current", each.current))
    }
    return {
        "key_result_id": each.key_result_id,
        "week_start": each.week_start,
        "iso_week": iso_week(each.week_start),
        "unit": each.current.version.unit,
        **{name: value.get(name) for name in ("value", "low", "high", "sample_count")},
        "version": None if known is None else known.version,
        "computed_at": None if known is None else known.computed_at,
        **sides,
        "differs": each.differs,
    }
