"""The command ``okr``: words in, one sentence or a picture out. Nothing is decided here.

Heavy imports stay inside the commands that need them, so that ``okr validate`` answers at once.
"""

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

import click
import typer
from rich.console import Console

from okr_pipeline import cli_compliance, cli_explain, cli_findings, cli_generate, cli_links, cli_replay
from okr_pipeline.cascade.weeks import iso_week, parse_iso_week
from okr_pipeline.cli_options import Format, is_json
from okr_pipeline.errors import OkrError
from okr_pipeline.settings import Settings

app = typer.Typer(
    help="Keep an AI OKR cascade honest.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(cli_compliance.obligations)
app.command()(cli_compliance.compliance)
app.add_typer(cli_compliance.new, name="new")
app.command()(cli_explain.explain)
app.command()(cli_links.links)
app.command()(cli_links.discover)
app.command()(cli_findings.rules)
app.command()(cli_findings.findings)
app.command()(cli_replay.replay)
app.command()(cli_generate.generate)
out = Console(soft_wrap=False)
err = Console(stderr=True)

MAX_SCALE = 10_000
"""A hundred times the million interactions a week that the pipeline is measured with."""
Wait = Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait for a refresh that is running.")]


def main() -> None:
    """Run the command line; what a person can mend ends in one sentence and exit code 1, never a traceback."""
    try:
        sys.exit(app(standalone_mode=False))
    except OkrError as error:
        _refuse(str(error))
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "okr"
        _refuse(f"{error.format_message().rstrip('.?')}. Fix: {command} --help says what is allowed")
    except click.Abort:
        sys.exit(130)


def _refuse(sentence: str) -> NoReturn:
    err.print(sentence, style="red", markup=False, highlight=False, soft_wrap=True)
    sys.exit(1)


@app.command()
def validate(
    directory: Annotated[Path | None, typer.Argument(help="A cascade directory.")] = None,
    output_format: Format = "text",
) -> None:
    """Check the cascade files and report all problems at once."""
    from okr_pipeline.cascade.check import check_directory  # noqa: PLC0415 - see the module's docstring
    from okr_pipeline.cascade.suppressing import apply_suppressions  # noqa: PLC0415
    from okr_pipeline.catalogue import load_metrics  # noqa: PLC0415
    from okr_pipeline.rule_book import rule_names  # noqa: PLC0415
    from okr_pipeline.terminal import suppressed_words  # noqa: PLC0415

    settings = Settings.from_environment()
    folder = directory or settings.cascade_dir
    if not folder.is_dir():
        raise OkrError(f"{folder}: no such folder - allowed: a cascade directory. Fix: correct the path")
    today = settings.as_of(ZoneInfo("UTC"))
    result = check_directory(folder, load_metrics(settings.dbt_project_dir), today, rule_names())
    found = apply_suppressions(result.issues, result.partial.suppressions if result.partial else (), today)
    failed = any(issue.level == "error" for issue in found.told)
    if is_json(output_format):
        silenced = [
            {**issue.as_dict(), **entry.model_dump(mode="json", include={"reason", "until", "agreed_by"})}
            for issue, entry in found.silenced
        ]
        told = [issue.as_dict() for issue in found.told]
        out.print_json(json.dumps({"ok": not failed, "issues": told, "suppressed": silenced}))
    else:
        for issue in found.told:
            colour = "red" if issue.level == "error" else "yellow"
            out.print(
                f"{issue.level}: {issue.sentence()}",
                style=colour,
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
        if not failed and result.cascade:
            count = len(result.cascade.key_results)
            out.print(f"{folder}: {len(result.cascade.objectives)} objectives and {count} key results, no errors")
        if found.silenced:
            out.print(suppressed_words(len(found.silenced)), highlight=False, soft_wrap=True)
    if failed:
        raise typer.Exit(1)


@app.command()
def refresh(
    week: Annotated[str | None, typer.Option("--week", help="One ISO week, e.g. 2026-W47.")] = None,
    first: Annotated[str | None, typer.Option("--from", help="First ISO week of a backfill.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last ISO week of a backfill.")] = None,
    wait: Wait = 0.0,
) -> None:
    """Land, compute and publish: the newest closed week and what was missed, or the weeks asked for."""
    if week and (first or last):
        raise OkrError("--week: stands beside --from or --to - allowed: one or the other. Fix: drop one")
    settings = Settings.from_environment()
    weeks = _weeks(settings, week or first, week or last, "--week" if week else None)
    _run_refresh(settings, *weeks, wait)


@app.command()
def status(output_format: Format = "text") -> None:
    """Show the cascade as a tree with values, targets, statuses and reasons."""
    show_status(Settings.from_environment(), as_json=is_json(output_format))


@app.command()
def sources(output_format: Format = "text") -> None:
    """Show freshness and verdict of every table of every system of record."""
    from okr_pipeline.publication.reading import open_published, rows  # noqa: PLC0415
    from okr_pipeline.terminal import sources_table  # noqa: PLC0415

    with open_published(Settings.from_environment().home) as connection:
        found = rows(connection, "select * from okr.data_sources order by system, table_name")
    if is_json(output_format):
        out.print_json(json.dumps(found, default=str))
    else:
        out.print(sources_table(found))


@app.command()
def publications() -> None:
    """List the publications that are kept; the one that readers see is marked."""
    from okr_pipeline.publication.store import PublicationStore  # noqa: PLC0415

    store = PublicationStore(Settings.from_environment().home)
    for publication_id in store.ids():
        out.print(("* " if publication_id == store.current_id() else "  ") + publication_id, highlight=False)


@app.command()
def restore(publication_id: str, wait: Wait = 0.0) -> None:
    """Show an older publication to readers again."""
    from okr_pipeline.lock import refresh_lock  # noqa: PLC0415
    from okr_pipeline.publication.store import PublicationStore  # noqa: PLC0415

    home = Settings.from_environment().home
    with refresh_lock(home, wait_seconds=wait):
        PublicationStore(home).restore(publication_id)
    out.print(f"readers see {publication_id} again", highlight=False)


@app.command()
def demo(
    scale: Annotated[float, typer.Option("--scale", help="Multiplies the simulated rows.")] = 1.0,
) -> None:
    """Simulate a company of sixty weeks, refresh its cascade twice and show it."""
    from okr_pipeline.demo.tour import give_tour  # noqa: PLC0415

    if not 0 < scale <= MAX_SCALE:
        raise OkrError(f"--scale: {scale:g} is not possible - allowed: above 0, at most {MAX_SCALE}. Fix: choose one")
    settings = Settings.from_environment()
    give_tour(settings, scale, lambda some, first, last: _run_refresh(some, first, last, 0.0), err)
    show_status(Settings.from_environment(), as_json=False)


@app.command()
def dev(
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port on the loopback address.")] = 3000,
) -> None:
    """Start the Dagster UI on this machine only; it has no login."""
    from okr_pipeline.server import serve  # noqa: PLC0415

    serve(Settings.from_environment(), port)


def show_status(settings: Settings, *, as_json: bool) -> None:
    """Print the published cascade."""
    from okr_pipeline.publication.reading import open_published, rows, table_rows  # noqa: PLC0415
    from okr_pipeline.terminal import cascade_tree, findings_lines  # noqa: PLC0415

    with open_published(settings.home) as connection:
        key_results = rows(connection, "select * from okr.key_results where is_current")
        health = rows(
            connection,
            "select * from okr.cascade_health where week_start = (select data_through from okr.publication_info)"
            " order by case level when 'executive' then 0 when 'business_unit' then 1 else 2 end, org_unit",
        )
        current = {row["key_result_id"]: row for row in rows(connection, "select * from okr.key_result_current")}
        findings = rows(connection, "select * from okr.cascade_findings")
        milestones = table_rows(connection, "compliance_milestones", "ai_system_id, due_date, milestone_id")
        info = rows(connection, "select * from okr.publication_info")[0]
    if as_json:
        document: dict[str, Any] = {
            "publication": info,
            "health": health,
            "key_results": list(current.values()),
        }
        out.print_json(json.dumps({**document, "findings": findings, "milestones": milestones}, default=str))
        return
    title = f"The cascade through {info['data_through_iso_week']}"
    out.print(cascade_tree(title, key_results, health, current, milestones))
    for line in findings_lines(findings):
        out.print(line, highlight=False, soft_wrap=True)


def _run_refresh(settings: Settings, first: date, last: date, wait_seconds: float) -> None:
    from okr_pipeline.launch import launch_refresh  # noqa: PLC0415
    from okr_pipeline.terminal import ConsoleProgress  # noqa: PLC0415

    err.print(f"Refreshing {iso_week(first)} to {iso_week(last)}", highlight=False)
    progress = ConsoleProgress(err)
    try:
        launch_refresh(settings, first, last, progress, wait_seconds)
    finally:
        progress.stop()


def _weeks(settings: Settings, first: str | None, last: str | None, option: str | None) -> tuple[date, date]:
    """Return the range asked for; what is not said runs from the newest publication to the newest closed week."""
    from okr_pipeline.planning import default_range  # noqa: PLC0415

    earliest, newest = default_range(settings)
    start = _parsed(option or "--from", first, parse_iso_week) if first else (None if last else earliest)
    end = _parsed(option or "--to", last, parse_iso_week) if last else newest
    start = start or end
    if not settings.history_from <= start <= end <= newest:
        raise OkrError(
            f"weeks {iso_week(start)} to {iso_week(end)}: not closed, out of order or before the history - allowed: "
            f"{iso_week(settings.history_from)} to {iso_week(newest)}. Fix: choose weeks in that range"
        )
    return start, end


def _parsed(option: str, text: str, parse: Callable[[str], date]) -> date:
    try:
        return parse(text)
    except ValueError:
        raise OkrError(f"{option}: {text!r} is not an ISO week - allowed: e.g. 2026-W47. Fix: correct it") from None
