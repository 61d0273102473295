"""What several commands take alike: the choice between text and JSON."""

from typing import Annotated

import typer

from okr_pipeline.errors import OkrError

Format = Annotated[str, typer.Option("--format", help="text or json")]


def is_json(output_format: str) -> bool:
    """Return whether JSON is asked for.

    Raises:
        OkrError: the format is neither text nor json.
    """
    if output_format not in {"text", "json"}:
        raise OkrError(f"--format: {output_format!r} is unknown - allowed: text, json. Fix: choose one")
    return output_format == "json"
