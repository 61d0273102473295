"""The command `okr generate`: a draft of a cascade from what is known. Nothing is decided here."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from okr_pipeline.errors import OkrError
from okr_pipeline.settings import Settings

out_console = Console(soft_wrap=False)


def generate(
    strategy: Annotated[
        Path, typer.Option("--strategy", metavar="FILE", help="Bets and plan; the rest is read from beside it.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A directory that does not exist yet.")],
    cycle: Annotated[str | None, typer.Option("--cycle", help="Id of a new cycle; the newest by default.")] = None,
    start: Annotated[str | None, typer.Option("--start", help="Its first day, YYYY-MM-DD.")] = None,
    end: Annotated[str | None, typer.Option("--end", help="Its last day, YYYY-MM-DD.")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Day on which targets are set; the cycle's first day by default.")
    ] = None,
) -> None:
    """Draft a complete cascade of three levels; every guess in it carries a question."""
    from okr_pipeline.cascade.check import check_directory  # noqa: PLC0415 - `okr --help` stays quick
    from okr_pipeline.catalogue import load_metrics  # noqa: PLC0415
    from okr_pipeline.compliance.catalogue import load_catalogue  # noqa: PLC0415
    from okr_pipeline.generation.directory import refuse_occupied, write_draft  # noqa: PLC0415
    from okr_pipeline.generation.generate import cycle_files  # noqa: PLC0415
    from okr_pipeline.generation.inputs import cycle_with_reviews, read_facts  # noqa: PLC0415
    from okr_pipeline.generation.measured import Measured  # noqa: PLC0415
    from okr_pipeline.publication.reading import open_published, table_rows  # noqa: PLC0415

    settings = Settings.from_environment()
    target = out.absolute()
    refuse_occupied(target)
    given = [name for name, value in (("--cycle", cycle), ("--start", start), ("--end", end)) if value]
    if given and len(given) < 3:
        raise OkrError(f"{', '.join(given)}: a new cycle has an id and two days - give --cycle, --start and --end")
    facts = read_facts(
        strategy.absolute(),
        settings.cascade_dir,
        metrics=load_metrics(settings.dbt_project_dir),
        law=load_catalogue(),
        new_cycle=cycle_with_reviews(cycle, _day("--start", start), _day("--end", end))
        if cycle and start and end
        else None,
        as_of=_day("--as-of", as_of) if as_of else None,
    )
    with open_published(settings.home) as connection:
        published = table_rows(connection, "metric_values")
    measured = Measured.from_published(
        published, organisation=facts.organisation, cycle=facts.cycle, metrics=facts.metrics
    )
    write_draft(target, facts, cycle_files(facts, measured))
    result = check_directory(target, facts.metrics, facts.as_of)
    for issue in (some for some in result.issues if some.level != "advice"):  # which repeats the draft's own questions
        out_console.print(f"{issue.level}: {issue.sentence()}", markup=False, highlight=False, soft_wrap=True)
    results = result.partial.key_results if result.partial else ()
    asked = sum(len(some.draft) for some in results)
    out_console.print(
        f"{target}: {len(results)} key results from plan to team, {asked} questions to answer under `draft:`."
        f" Then: okr validate {target}",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise OkrError(
            f"{option}: {text!r} is not a day - allowed: YYYY-MM-DD, e.g. 2027-01-04. Fix: correct it"
        ) from None
