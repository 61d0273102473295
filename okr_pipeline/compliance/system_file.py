"""One AI system's file by itself: read it, or begin one that leaves no question out.

Files inside a cascade are read by its loader; this serves whoever asks about a single one.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from okr_pipeline.cascade.ai_system import AiSystem
from okr_pipeline.cascade.answers import UNKNOWN
from okr_pipeline.cascade.definition import Definition
from okr_pipeline.cascade.issues import in_reading_order
from okr_pipeline.cascade.validation import validate
from okr_pipeline.cascade.yaml_reader import Unreadable, read_yaml
from okr_pipeline.cascade.yaml_text import read_text
from okr_pipeline.compliance.facts import CODES
from okr_pipeline.errors import OkrError

Model = TypeVar("Model", bound=Definition)

_HEAD = """\
# Answer with true, false, or unknown: an unknown is shown for review, it never means "does not apply".
# Dates are YYYY-MM-DD. A question that is deleted means no, except under art6_3, where only a written false exempts.
"""
_TEXTS = {
    "id": "{id}",
    "name": "{id}",
    "intended_purpose": "what it is for, in one sentence",
}


def read_system(path: Path) -> AiSystem:
    """Return the AI system that a file describes.

    Raises:
        OkrError: the file cannot be read, or holds answers that are none; all problems, with file and line.
    """
    return read_definition(AiSystem, path)


def read_definition(model: type[Model], path: Path) -> Model:
    """Return what a file outside any cascade defines.

    Raises:
        OkrError: it cannot be read as one; all problems, with file and line.
    """
    real = path.resolve()
    content = read_text(real, real.parent, str(path))
    if content.issue is not None:
        raise OkrError(content.issue.sentence())
    document = read_yaml(content.text, str(path))
    issues = list(document.issues)
    if not isinstance(document.value, Unreadable):
        validated = validate(model, document)
        if validated.model is not None and not issues:
            return validated.model
        issues += validated.issues
    raise OkrError("\n".join(issue.sentence() for issue in in_reading_order(issues)))


def new_system_text(system_id: str) -> str:
    """Return a file with every question about a new system, as comments, and `unknown` as every answer."""
    lines = [_HEAD.rstrip()]
    for name, field in AiSystem.model_fields.items():
        lines.append(f"\n# {_question(field.description)}")
        if name in CODES:
            lines.append(f"# A list of: {', '.join(CODES[name])}; [] for none of them.")
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            lines.append(f"{name}:")
            lines += _group(inner)
        else:
            lines.append(f"{name}: {_TEXTS.get(name, UNKNOWN).format(id=system_id)}")
    return "\n".join(lines) + "\n"


def _group(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield f"  # {_question(field.description)}"
        yield f"  {name}: {UNKNOWN}"


def _question(description: str | None) -> str:
    return re.sub(r"\s+", " ", description or "").strip()
