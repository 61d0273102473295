"""The files that are generated from code, and the command that writes them: ``make gen``.

A test compares them with what is on disk, so a stale one fails the suite.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.schema import generated_schema
from okr_pipeline.catalogue import load_metrics
from okr_pipeline.compliance.catalogue import catalogue_schema
from okr_pipeline.errors import OkrError
from okr_pipeline.publication.tables import TABLES, Table
from okr_pipeline.sources import discover
from okr_pipeline.sources.dbt_sources import generated_sources_yml


def generated_files(root: Path) -> Mapping[Path, str]:
    """Return path -> text for every generated file of the project at ``root``.

    Raises:
        OkrError: the README lacks a marker, or a metric's description cannot be used.
    """
    readme = root / "README.md"
    text = readme.read_text(encoding="utf-8")
    text = _between(text, "dictionary", table_dictionary(TABLES), readme)
    text = _between(text, "metrics", metric_dictionary(load_metrics(root / "dbt_project").values()), readme)
    return {
        root / "cascade_definitions" / "schema" / "okr-cascade.schema.json": generated_schema(),
        root / "okr_pipeline" / "compliance" / "catalogue.schema.json": catalogue_schema(),
        root / "dbt_project" / "models" / "staging" / "sources.yml": generated_sources_yml(discover()),
        readme: text,
    }


def table_dictionary(tables: Iterable[Table]) -> str:
    """Return the published tables as Markdown, a heading and a compact table each."""
    return "\n\n".join("\n".join(_table_lines(table)) for table in tables)


def metric_dictionary(metrics: Iterable[Metric]) -> str:
    """Return the metrics as one Markdown table, by business function and name."""
    lines = [
        "| metric | function | kind | unit | better | aggregation | cadence | systems | definition |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for metric in sorted(metrics, key=lambda each: (each.function.lower(), each.name)):
        kind = f"{metric.kind} ({metric.role})" if metric.role else metric.kind
        systems = ", ".join(".".join(source) for source in metric.sources)
        cells = (
            f"`{metric.name}`", metric.function, kind, metric.unit, metric.direction, metric.aggregation,
            metric.cadence, systems, metric.definition,
        )  # fmt: skip
        lines.append(_row(cells))
    return "\n".join(lines)


def _table_lines(table: Table) -> Iterator[str]:
    yield f"### `okr.{table.name}`"
    yield ""
    yield f"{table.grain[:1].upper()}{table.grain[1:]}. Key: {', '.join(f'`{name}`' for name in table.key)}."
    yield ""
    yield "| column | type | unit | meaning |"
    yield "|---|---|---|---|"
    for column in table.columns:
        yield _row((f"`{column.name}`", column.type, column.unit, column.meaning))


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


def _between(text: str, name: str, content: str, path: Path) -> str:
    """Return ``text`` with what stands between the markers of ``name`` replaced by ``content``."""
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found_start, rest = text.partition(start)
    _, found_end, after = rest.partition(end)
    if not (found_start and found_end):
        raise OkrError(f"{path}: the markers {start} and {end} are missing - both, once, in order. Fix: restore them")
    return f"{before}{start}\n{content}\n{end}{after}"


def main() -> None:
    """Write every generated file."""
    for path, text in generated_files(Path(__file__).parents[1]).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
