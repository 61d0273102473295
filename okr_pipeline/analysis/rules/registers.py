"""Whether the registers and the systems of record tell of the same things."""

from collections.abc import Iterator
from datetime import date

from okr_pipeline.analysis.data_rule import DATA, DataContext, data_rule
from okr_pipeline.cascade.issues import listed, nearest
from okr_pipeline.cascade.model import Cascade, Location
from okr_pipeline.cascade.rule import Finding
from okr_pipeline.cascade.weeks import iso_week


@data_rule("warning")
def unregistered_ai_system(cascade: Cascade, context: DataContext) -> Iterator[Finding]:
    """An AI system seen in the data that no file names, or a registered one in use that no data shows.

    Example: the usage export lists ``meeting_notes``, and ``ai_systems/`` has no such file.
    Reason: what is not registered is not classified, and its duties under the AI Act are nobody's. What is registered
        and never seen is either not used or not measured.
    Remedy: `okr new ai-system` for the first; for the second connect its data or set its date of first use.
    """
    seen = context.insights.system_seen_until
    for system_id, week in sorted(seen.items()):
        if system_id not in cascade.ai_systems:
            near = nearest(system_id, cascade.ai_systems)
            hint = f", or correct the name if it is {near}" if near else ""
            yield Finding(
                DATA,
                f"AI system {system_id}",
                f"it is used (last in {iso_week(week)}) and not registered",
                "every AI system that is used has a file in ai_systems/",
                f"run okr new ai-system {system_id} and answer its questions{hint}",
            )
    for system_id, system in cascade.ai_systems.items():
        first_use = system.dates.first_use
        in_use = isinstance(first_use, date) and first_use <= context.as_of
        if in_use and system_id not in seen:
            yield Finding(
                Location(f"ai_systems/{system_id}.yml", 1),
                f"AI system {system_id}",
                f"it is in use since {first_use} and no data of the last quarter shows it",
                "a system in use shows in the usage or governance data",
                "connect the data that shows its use, or correct its date of first use",
            )


@data_rule("warning")
def volume_drop(_cascade: Cascade, context: DataContext) -> Iterator[Finding]:
    """A week of a source with far fewer rows than usual, which was therefore not loaded.

    Example: the underwriting drop of 2026-W40 holds eight of a hundred cases.
    Reason: half a table gives a precise and wrong number. The last good weeks stay; the week is owed.
    Remedy: ask the owner of the system to deliver the week again; if it is right, list it in accept_volume_weeks.
    """
    for table, weeks in sorted(context.volume_drops.items()):
        named = listed([iso_week(week) for week in sorted(weeks)])
        yield Finding(
            DATA,
            f"source {table}",
            f"far fewer rows than usual came for {named}",
            "a week with about as many rows as the weeks before; it is not loaded otherwise",
            "have the week delivered again, or accept it in sources.toml under accept_volume_weeks",
        )
