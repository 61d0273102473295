"""The files that are generated from code, and the command that writes them: ``make gen``.

A test compares them with what is on disk, so a stale one fails the suite.
"""

from collections.abc import Mapping
from pathlib import Path

from okr_pipeline.cascade.schema import generated_schema
from okr_pipeline.sources import discover
from okr_pipeline.sources.dbt_sources import generated_sources_yml


def generated_files(root: Path) -> Mapping[Path, str]:
    """Return path -> text for every generated file of the project at ``root``."""
    return {
        root / "cascade_definitions" / "schema" / "okr-cascade.schema.json": generated_schema(),
        root / "dbt_project" / "models" / "staging" / "sources.yml": generated_sources_yml(discover()),
    }


def main() -> None:
    """Write every generated file."""
    for path, text in generated_files(Path(__file__).parents[1]).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
