"""The JSON Schema of a unit's file, generated from its model, for completion in editors.

What the schema cannot say (that names exist, that a target differs from its baseline) is said by the loader
and the rules.
"""

import json
from typing import Any

from okr_pipeline.cascade.unit_file import UnitFile

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def generated_schema() -> str:
    """Return the schema as text that is the same on every run, ending in a line break."""
    schema: dict[str, Any] = UnitFile.model_json_schema()
    head = {
        "$schema": _DIALECT,
        "$comment": "Generated from okr_pipeline/cascade/unit_file.py; regenerate with `make gen`.",
        "title": "OKR cascade: one owning unit in one cycle",
    }
    return json.dumps({**schema, **head}, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
