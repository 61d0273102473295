"""The text of ``dbt_project/models/staging/sources.yml``, generated from the contracts.

One truth for columns and their meaning: the files of this package. Freshness and tests of the landed
data are not here, the landing has already judged them.
"""

import json
from collections.abc import Iterable, Iterator

from okr_pipeline.sources.contract import SourceSystem, SourceTable

HEADER = "# generated: make gen (from okr_pipeline/sources); edit the contract, not this file"


def generated_sources_yml(systems: Iterable[SourceSystem]) -> str:
    """Return the YAML that declares every table under contract as a dbt source, in a stable order."""
    lines = [HEADER, "version: 2", "", "sources:"]
    for system in sorted(systems, key=lambda each: each.name):
        lines += [
            f"  - name: {system.name}",
            f"    schema: {system.name}",
            f"    description: {_quoted(f'{system.title}: system of record of {system.function}.')}",
            *_meta(system.owner, "    "),
            "    tables:",
        ]
        for table in system.tables:
            lines += _table(table)
    return "\n".join(lines) + "\n"


def _table(table: SourceTable) -> Iterator[str]:
    yield f"      - name: {table.name}"
    yield f"        description: {_quoted(table.description)}"
    yield from _meta(table.owner, "        ")
    yield f"            cadence: {table.cadence}"
    yield f"            week_by: {table.week_by}"
    yield "        columns:"
    for name, column in table.schema.columns.items():
        yield from _column(name, str(column.description), table.columns[name])
    yield from _column("week_start", "Monday of the week in which the row became final.", "date")


def _column(name: str, description: str, column_type: str) -> Iterator[str]:
    yield f"          - name: {name}"
    yield f"            description: {_quoted(description)}"
    yield f"            data_type: {column_type}"


def _meta(owner: str, indent: str) -> Iterator[str]:
    yield f"{indent}config:"
    yield f"{indent}  meta:"
    yield f"{indent}    owner: {_quoted(owner)}"


def _quoted(text: str) -> str:
    """Return ``text`` as a double-quoted YAML scalar (JSON strings are YAML)."""
    return json.dumps(text, ensure_ascii=False)
