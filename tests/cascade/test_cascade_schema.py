"""The JSON Schema on disk is the one that the model gives."""

import json
from pathlib import Path

from okr_pipeline.cascade.schema import generated_schema

ON_DISK = Path(__file__).parents[2] / "cascade_definitions" / "schema" / "okr-cascade.schema.json"


def test_the_schema_on_disk_is_current() -> None:
    assert ON_DISK.read_text(encoding="utf-8") == generated_schema(), "run `make gen`"


def test_every_field_of_the_schema_says_what_it_means() -> None:
    schema = json.loads(generated_schema())
    models = {"UnitFile": schema, **schema["$defs"]}

    silent = [
        f"{model}.{name}"
        for model, content in models.items()
        for name, field in content["properties"].items()
        if not field.get("description")
    ]
    assert silent == []
    assert all(content["additionalProperties"] is False for content in models.values())
