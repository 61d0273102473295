"""The commands about findings and the rules behind them: `okr findings`, `okr rules`. Nothing is decided here."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from okr_pipeline.cascade.issues import Level, address_of, listed, nearest
from okr_pipeline.cli_options import Format, is_json
from okr_pipeline.errors import OkrError
from okr_pipeline.settings import Settings
from okr_pipeline.terminal import suppressed_words

if TYPE_CHECKING:
    from okr_pipeline.rule_book import RuleEntry

Row = Mapping[str, Any]
SEVERITIES: tuple[str, ...] = get_args(Level)
"""From what people look at first to what can wait."""
_COLOURS = {"error": "red", "warning": "yellow", "advice": "cyan"}
out = Console(soft_wrap=False)


def rules(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One rule, e.g. past_due_date or KR-09.")] = None,
    output_format: Format = "text",
) -> None:
    """List every rule that may find something, or say of one what it finds, why, and what to do."""
    from okr_pipeline.rule_book import find_rule, rule_book  # noqa: PLC0415 - `okr --help` stays quick

    as_json = is_json(output_format)
    if name is None:
        book = rule_book()
        if as_json:
            out.print_json(json.dumps([_document(entry) for entry in book]))
        else:
            out.print(_rules_table(book))
        return
    entry = find_rule(name)
    if as_json:
        out.print_json(json.dumps(_document(entry)))
    else:
        for line in _rule_lines(entry):
            _say(line)


def findings(
    rule: Annotated[str | None, typer.Option("--rule", help="Only this rule's; see okr rules.")] = None,
    severity: Annotated[str | None, typer.Option("--severity", help="error, warning or advice")] = None,
    about: Annotated[
        str | None, typer.Option("--about", metavar="NODE", help="Only about this objective, key result, AI system ...")
    ] = None,
    only_suppressed: Annotated[
        bool, typer.Option("--suppressed", help="What suppressions.yml silences, with its reason, and nothing else.")
    ] = False,
    output_format: Format = "text",
) -> None:
    """List the published findings, errors first, each with its place and its fix."""
    from okr_pipeline.publication.reading import open_published, rows, table_rows  # noqa: PLC0415

    as_json = is_json(output_format)
    if severity is not None and severity not in SEVERITIES:
        raise OkrError(f"--severity: {severity!r} is unknown - allowed: {', '.join(SEVERITIES)}. Fix: choose one")
    with open_published(Settings.from_environment().home) as connection:
        published = table_rows(connection, "cascade_findings")
        nodes = {row["node_id"] for row in rows(connection, "select distinct node_id from okr.cascade_health")}
    rule = None if rule is None else _known_rule(rule, published)
    if about is not None:
        _refuse_unknown(about, nodes.union(*(_named(row) for row in published)))
    chosen = [
        row
        for row in published
        if rule in (None, row["rule"])
        and severity in (None, row["severity"])
        and (about is None or about in _named(row))
    ]
    silenced = [row for row in chosen if row.get("suppressed_until") is not None]
    shown = silenced if only_suppressed else [row for row in chosen if row.get("suppressed_until") is None]
    shown.sort(key=_rank)
    if as_json:
        _print_findings_json(shown, len(silenced))
        return
    for row in shown:
        _print_finding(row)
    _say(_summary(shown, 0 if only_suppressed else len(silenced), only_suppressed=only_suppressed))


def _known_rule(name: str, published: Iterable[Row]) -> str:
    from okr_pipeline.rule_book import find_rule  # noqa: PLC0415

    return name if any(row["rule"] == name for row in published) else find_rule(name).name


def _refuse_unknown(about: str, known: set[str]) -> None:
    if about not in known:
        near = nearest(about, known)
        allowed = "allowed: an id of the published cascade"
        raise OkrError(
            f"--about: {about!r} is not published - {allowed}. Fix: {f'write {near}' if near else 'correct it'}"
        )


def _named(row: Row) -> set[str]:
    """Return every id by which people may ask for a finding: its node, and all that its sentence is about."""
    address = _address(row)
    return {row["node"], address, *address.split(".")}


def _address(row: Row) -> str:
    """Return what `about` of a suppression would be; the node where the message does not begin with an address."""
    address = address_of(row["message"].partition(": ")[0])
    return address if address.endswith(f".{row['node']}") else str(row["node"])


def _rank(row: Row) -> tuple[object, ...]:
    return (SEVERITIES.index(row["severity"]), row["file"] or "~", row["line"] or 0, row["rule"], row["finding_id"])


def _print_finding(row: Row) -> None:
    place = ":".join(str(part) for part in (row["file"], row["line"]) if part is not None)
    head = f"{row['severity']} {row['rule']} about {_address(row)}"
    _say(f"{place}: {head}" if place else head, style=_COLOURS[row["severity"]])
    _say(f"  {row['message']}.")
    _say(f"  Fix: {row['fix']}")
    if row.get("suppressed_until") is not None:
        _say(
            f"  Suppressed until {row['suppressed_until']}: {row.get('suppression_reason') or 'no reason is published'}"
        )


def _print_findings_json(shown: Sequence[Row], silenced_count: int) -> None:
    document = {
        "findings": [{**row, "about": _address(row)} for row in shown],
        "counts": _counts(shown),
        "suppressed_count": silenced_count,
    }
    out.print_json(json.dumps(document, default=str))


def _counts(shown: Iterable[Row]) -> dict[str, int]:
    counted = Counter(row["severity"] for row in shown)
    return {severity: counted[severity] for severity in SEVERITIES}


def _summary(shown: Sequence[Row], silenced_count: int, *, only_suppressed: bool) -> str:
    counts = _counts(shown)
    words = (
        "1 error" if counts["error"] == 1 else f"{counts['error']} errors",
        "1 warning" if counts["warning"] == 1 else f"{counts['warning']} warnings",
        f"{counts['advice']} advice",
    )
    sentence = f"{', '.join(words)}{', all suppressed' if only_suppressed and shown else ''}"
    return f"{sentence}; {suppressed_words(silenced_count)}" if silenced_count else sentence


def _rules_table(book: Iterable["RuleEntry"]) -> Table:
    table = Table(Column("rule, and what it finds", overflow="fold"), "level", "needs", title="Rules")
    for entry in book:
        colour = _COLOURS[entry.level.partition(" ")[0]]
        table.add_row(
            f"{escape(entry.name)}\n[dim]{escape(entry.documentation.summary)}[/dim]",
            f"[{colour}]{entry.level}[/]",
            entry.needs,
        )
    return table


def _rule_lines(entry: "RuleEntry") -> Iterator[str]:
    from okr_pipeline.cascade.policy import Policy  # noqa: PLC0415

    written = entry.documentation
    yield f"{entry.name}{f' ({listed(entry.also)})' if entry.also else ''}"
    yield f"  {written.summary}"
    if written.notes:
        yield f"  {written.notes}"
    for part, text in (("Example", written.example), ("Reason", written.reason), ("Remedy", written.remedy)):
        yield f"  {part}: {text}"
    basis = f", rests on {entry.basis}" if entry.basis else ""
    yield f"  Level: {entry.level}; needs {entry.needs}{basis}; written in {entry.source}"
    for name in entry.thresholds:
        yield f"  Threshold in policy.yml: {name}: {Policy.model_fields[name].description}"


def _document(entry: "RuleEntry") -> dict[str, Any]:
    facts = asdict(entry)
    written = facts.pop("documentation")
    return {**facts, **written}


def _say(text: str, style: str | None = None) -> None:
    out.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
