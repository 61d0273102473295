"""From values to models: every refusal of a model becomes an issue with the line and a sentence.

The models say what is allowed; here only the words and the place of their refusals are found.
"""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from okr_pipeline.cascade.definition import Definition
from okr_pipeline.cascade.issues import Issue, listed, nearest, shown
from okr_pipeline.cascade.yaml_reader import Document, Path, Unreadable

Model = TypeVar("Model", bound=Definition)
_KINDS = {"objectives": "objective", "key_results": "key result", "initiatives": "initiative", "bets": "bet"}
_TYPES = {
    "string_type": ("text", "one line of text", "put it in quotes or write a word"),
    "int_type": ("a whole number", "a whole number, e.g. 30", "write it in digits"),
    "float_type": ("a number", "a number, e.g. 0.15", "write it in digits, without quotes or a unit"),
    "date_type": ("a date", "a date is YYYY-MM-DD, e.g. 2026-12-31", "write the day in this form"),
    "model_type": ("a mapping", "keys with values, e.g. {key: value}", "write the keys below it, indented"),
    "dict_type": ("a mapping", "keys with values, e.g. {key: value}", "write the keys below it, indented"),
    "tuple_type": (
        "a list",
        "a list, e.g. [first, second]",
        "put it in brackets or on lines that begin with -",
    ),
}

_LIMITS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}


@dataclass(frozen=True)
class Validated(Generic[Model]):
    """A model, or None with the issues and the paths that the refusals lead to."""

    model: Model | None
    issues: tuple[Issue, ...]
    refused: tuple[Path, ...]


def validate(model: type[Model], document: Document) -> Validated[Model]:
    """Build ``model`` from the values of ``document``; never raises on any value."""
    try:
        return Validated(model.model_validate(document.value), (), ())
    except ValidationError as error:
        details = error.errors(include_url=False)
    paths = tuple(_path(detail) for detail in details)
    issues = [
        _issue(model, detail, path, document)
        for detail, path in zip(details, paths, strict=True)
        if not isinstance(detail["input"], Unreadable)
    ]
    return Validated(None, tuple(issues), paths)


def _path(detail: ErrorDetails) -> Path:
    located = tuple(part for part in detail["loc"] if part != "[key]")
    return located + tuple(detail.get("ctx", {}).get("at", ()))


def _issue(model: type[Definition], detail: ErrorDetails, path: Path, document: Document) -> Issue:
    is_about_key = detail["type"] in ("missing", "extra_forbidden")
    subject = path[:-1] if is_about_key else path
    line_path = path[:-1] if detail["type"] == "missing" else path
    while line_path and line_path not in document.lines:
        line_path = line_path[:-1]
    rule, problem, allowed, fix = _words(model, detail, path)
    line = document.lines.get(line_path, 1)
    return Issue(rule, "error", document.file, line, _name(document.value, subject), problem, allowed, fix)


def _words(model: type[Definition], detail: ErrorDetails, path: Path) -> tuple[str, str, str, str]:
    """Return rule, problem, allowed and fix for one refusal."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "refusal":
        return "wrong_value", context["problem"], context["allowed"], context["fix"]
    if kind == "missing":
        return _missing(model, path)
    if kind == "extra_forbidden":
        known = [*_fields(model, path[:-1])]
        near = nearest(str(path[-1]), known)
        fix = f"write {near}" if near else "delete it"
        return "unknown_key", f"unknown key {shown(str(path[-1]))}", f"the keys are {listed(known, 24)}", fix
    return "wrong_value", *_wrong_value(detail)


def _wrong_value(detail: ErrorDetails) -> tuple[str, str, str]:
    """Return problem, allowed and fix for a value that is none of those that the model knows."""
    kind, seen, context = detail["type"], shown(detail["input"]), detail.get("ctx", {})
    if kind == "literal_error":
        known = [word.strip(" '") for word in context["expected"].replace(" or ", ", ").split(",")]
        near = nearest(str(detail["input"]), known)
        return f"{seen} is not known here", f"one of {listed(known)}", f"write {near or 'one of them'}"
    if kind in _LIMITS:
        words, key = _LIMITS[kind]
        limit = f"{context[key] * 100:g}%" if isinstance(detail["input"], str) else f"{context[key]:g}"
        return f"{seen} is out of range", f"{words} {limit}", "choose a value in this range"
    if kind in _TYPES:
        name, allowed, fix = _TYPES[kind]
        return f"{seen} is not {name}", allowed, fix
    allowed = detail["msg"].removeprefix("Input should be ").removeprefix("String should ")
    return f"{seen} is not accepted", allowed, "correct the value"


def _missing(model: type[Definition], path: Path) -> tuple[str, str, str, str]:
    key = path[-1]
    if isinstance(key, int):
        return (
            "wrong_value",
            f"the list ends after {key}",
            "two values, e.g. [first, second]",
            "add the other",
        )
    required = [name for name, field in _fields(model, path[:-1]).items() if field.is_required()]
    allowed = f"required are {listed(required)}"
    return "missing_key", f"the key {key} is missing", allowed, f"add {key}: ..."


def _fields(model: type[BaseModel], path: Path) -> dict[str, Any]:
    """Return the fields of the model that a path leads to, following lists and mappings of models."""
    current: type[BaseModel] = model
    for part in path:
        field = current.model_fields.get(str(part))
        inner = None if field is None else _model_in(field.annotation)
        current = current if inner is None else inner
    return dict(current.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _name(value: object, path: Path) -> str:
    """Name what a path leads to: the innermost thing with an id, then the rest of the path."""
    name, rest, container = "", list[str](), ""
    for part in path:
        try:
            value = value[part]  # type: ignore[index]
        except (TypeError, KeyError, IndexError):
            value = None
        if isinstance(part, int) and container in _KINDS:
            identity = value.get("id") if isinstance(value, dict) else None
            name = f"{_KINDS[container]} {identity if isinstance(identity, str) else part + 1}"
            rest = []
        else:
            rest.append(str(part))
        container = str(part)
    return ", ".join(part for part in (name, ".".join(rest)) if part) or "file"
