"""The commands about the AI Act: `okr obligations`, `okr compliance`, `okr new ai-system`. Nothing is decided here."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Column, Table

from okr_pipeline.errors import OkrError
from okr_pipeline.settings import Settings

out = Console(soft_wrap=False)
err = Console(stderr=True)
new = typer.Typer(help="Begin a file of the cascade.", no_args_is_help=True)
FORMATS = ("text", "json", "markdown")
DISCLAIMER = "A reading of the law, not legal advice. No evidence is looked at here: `okr compliance` does."


def obligations(
    system_file: Annotated[Path, typer.Argument(metavar="FILE", help="An AI system's file.")],
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="The day to judge, YYYY-MM-DD; today by default.")
    ] = None,
    output_format: Annotated[str, typer.Option("--format", help="text, json or markdown")] = "text",
) -> None:
    """Say what the AI Act asks because of one AI system, and by when. No legal advice."""
    from okr_pipeline.compliance.catalogue import load_catalogue, staleness  # noqa: PLC0415 - `okr --help` stays quick
    from okr_pipeline.compliance.obligations import assess  # noqa: PLC0415
    from okr_pipeline.compliance.system_file import read_system  # noqa: PLC0415

    if output_format not in FORMATS:
        raise OkrError(f"--format: {output_format!r} is unknown - allowed: {', '.join(FORMATS)}. Fix: choose one")
    day = _day(as_of) if as_of else _today()
    catalogue = load_catalogue()
    found = _document(assess(read_system(system_file), catalogue, day), day)
    warning = staleness(catalogue, day)
    found["warnings"] = [warning] if warning else []
    if output_format == "json":
        out.print_json(json.dumps(found, default=str))
        return
    if output_format == "markdown":
        out.print("\n".join(_markdown(found)), markup=False, highlight=False, soft_wrap=True)
    else:
        _print_text(found)
    if warning:
        err.print(f"warning: {warning}", style="yellow", markup=False, highlight=False, soft_wrap=True)


def compliance(
    system: Annotated[str | None, typer.Option("--system", help="Only this AI system.")] = None,
    show_all: Annotated[bool, typer.Option("--all", help="Also what does not apply.")] = False,
    output_format: Annotated[str, typer.Option("--format", help="text or json")] = "text",
) -> None:
    """List the published milestones of all AI systems by date."""
    from okr_pipeline.publication.reading import open_published, table_rows  # noqa: PLC0415
    from okr_pipeline.terminal import compliance_table  # noqa: PLC0415

    if output_format not in {"text", "json"}:
        raise OkrError(f"--format: {output_format!r} is unknown - allowed: text, json. Fix: choose one")
    order = "coalesce(cast(clock_due as date), due_date) nulls last, ai_system_id, milestone_id"
    with open_published(Settings.from_environment().home) as connection:
        rows = table_rows(connection, "compliance_milestones", order)
        systems = [row["ai_system_id"] for row in table_rows(connection, "ai_systems", "ai_system_id")]
    if system is not None and system not in systems:
        raise OkrError(
            f"--system: {system!r} is not published - known are {', '.join(systems) or 'none'}. Fix: correct it"
        )
    chosen = [
        row
        for row in rows
        if (system is None or row["ai_system_id"] == system) and (show_all or row["status"] != "not_applicable")
    ]
    if output_format == "json":
        out.print_json(json.dumps(chosen, default=str))
    else:
        out.print(compliance_table(chosen, str(rows[0]["as_of"]) if rows else "no day"))


@new.command("ai-system")
def new_ai_system(
    system_id: Annotated[str, typer.Argument(metavar="ID", help="Its id, e.g. claims_triage.")],
    folder: Annotated[Path | None, typer.Option("--out", help="Folder; ai_systems/ of the cascade by default.")] = None,
) -> None:
    """Begin an AI system's file: every question, and `unknown` as every answer."""
    from okr_pipeline.cascade.definition import ID_PATTERN  # noqa: PLC0415
    from okr_pipeline.compliance.system_file import new_system_text  # noqa: PLC0415

    if not ID_PATTERN.fullmatch(system_id):
        raise OkrError(
            f"{system_id!r} is not an id - allowed: 1 to 63 characters a-z, 0-9 and _, beginning with a letter."
            " Fix: choose another"
        )
    target = (folder or Settings.from_environment().cascade_dir / "ai_systems") / f"{system_id}.yml"
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(new_system_text(system_id))
    except FileExistsError:
        raise OkrError(
            f"{target}: the file exists - nothing is overwritten. Fix: edit it, or choose another id"
        ) from None
    except OSError as error:
        raise OkrError(f"{target}: cannot be written ({error.strerror}). Fix: name a folder that can") from None
    out.print(f"{target}: answer its questions, then: okr obligations {target}", highlight=False, soft_wrap=True)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise OkrError(
            f"--as-of: {text!r} is not a day - allowed: YYYY-MM-DD, e.g. 2027-12-02. Fix: correct it"
        ) from None


def _today() -> date:
    """Return today in the organisation's time zone, or in UTC where there is no cascade that says."""
    from okr_pipeline.cascade.organisation import Organisation  # noqa: PLC0415
    from okr_pipeline.compliance.system_file import read_definition  # noqa: PLC0415

    settings = Settings.from_environment()
    try:
        zone = read_definition(Organisation, settings.cascade_dir / "organisation.yml").zone
    except OkrError:
        zone = ZoneInfo("UTC")
    return settings.as_of(zone)


def _document(assessment: Any, day: date) -> dict[str, Any]:
    from okr_pipeline.compliance.milestones import milestone_status  # noqa: PLC0415

    return {
        "id": assessment.system_id,
        "as_of": day,
        "route": assessment.route,
        "reason": assessment.reason,
        "high_risk": assessment.high_risk,
        "is_provider": assessment.is_provider,
        "is_deployer": assessment.is_deployer,
        "legacy": assessment.legacy,
        "fria_required": assessment.fria_required,
        "review": list(assessment.review),
        "block": assessment.block,
        "obligations": [_obligation(asked, *milestone_status(asked, day)) for asked in assessment.obligations],
        "not_applicable": [
            {"id": item.id, "article": item.article, "reason": item.reason} for item in assessment.not_applicable
        ],
    }


def _obligation(asked: Any, status: str, reason: str) -> dict[str, Any]:
    return {
        "id": asked.id,
        "force": asked.force,
        "due": asked.due_words,
        "article": asked.article,
        "title": asked.title,
        "kind": asked.kind,
        "status": str(status),
        "reason": reason,
        "planning_due": asked.planning_due,
        "alternative_due": asked.alternative_due,
        "date_certainty": asked.certainty,
        "gate": asked.gate,
        "evidence": asked.evidence_type,
        "signed_by": list(asked.signed_by),
        "review": asked.review,
    }


def _print_text(found: dict[str, Any]) -> None:
    out.print(f"{found['id']}: {found['reason']}", markup=False, highlight=False, soft_wrap=True)
    for sentence in filter(None, (*found["review"], found["block"])):
        out.print(f"  {sentence}", style="yellow", markup=False, highlight=False, soft_wrap=True)
    if not found["obligations"]:
        return
    names = ("due", "obligation", "force", "status", "evidence, signed by")
    table = Table(*(Column(name, overflow="fold") for name in names), title=f"as of {found['as_of']}")
    for asked in found["obligations"]:
        planned = f"\n[dim]plan {asked['planning_due']}[/dim]" if asked["planning_due"] else ""
        table.add_row(
            f"{_due(asked)}{planned}",
            f"{asked['id']}\n[dim]{asked['article']}. {asked['title']}[/dim]",
            asked["force"],
            asked["status"],
            f"{asked['evidence']}\n[dim]{', '.join(asked['signed_by'])}[/dim]",
        )
    out.print(table)
    out.print(DISCLAIMER, markup=False, highlight=False, soft_wrap=True)


def _due(asked: dict[str, Any]) -> str:
    if asked["date_certainty"] != "contested":
        return str(asked["due"])
    other = f", else {asked['alternative_due']}" if asked["alternative_due"] else ""
    return f"{asked['due']} (contested{other})"


def _markdown(found: dict[str, Any]) -> list[str]:
    facts = ", ".join(f"{name.replace('_', ' ')}: {'yes' if found[name] else 'no'}" for name in (
        "high_risk", "is_provider", "is_deployer", "legacy", "fria_required"
    ))  # fmt: skip
    lines = [f"# Obligations of {found['id']} as of {found['as_of']}", "", found["reason"], "", f"{facts}.", ""]
    lines += [f"- {sentence}" for sentence in filter(None, (*found["review"], found["block"]))]
    if found["obligations"]:
        lines += [
            "",
            "| due | planned | obligation | article | force | status | evidence | signed by |",
            "|---|---|---|---|---|---|---|---|",
        ]
    for asked in found["obligations"]:
        cells = (
            _due(asked), str(asked["planning_due"] or ""), f"{asked['id']}: {asked['title']}", asked["article"],
            asked["force"], asked["status"], asked["evidence"], ", ".join(asked["signed_by"]),
        )  # fmt: skip
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return [*lines, "", DISCLAIMER]
