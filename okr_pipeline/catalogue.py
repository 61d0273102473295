"""The metrics there are: what their dbt models say of them under ``meta``, and which sources their SQL reads.

Only files are read, so that a cascade can be checked without dbt and without data. How a metric is computed
stays in SQL; what a key result makes of it is `okr_pipeline.cascade`.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import yaml

from okr_pipeline.cascade.metric import Aggregation, Cadence, Direction, Kind, Metric, SegmentKind
from okr_pipeline.cascade.yaml_reader import SAFE_LOADER
from okr_pipeline.errors import OkrError

ROLES = ("autonomy", "override", "escalation", "review_time")
"""What rules need to know of some metrics beyond their kind."""

_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_REF = re.compile(r"\bref\(\s*['\"](\w+)['\"]\s*\)")
_SOURCE = re.compile(r"\bsource\(\s*['\"](\w+)['\"]\s*,\s*['\"](\w+)['\"]\s*\)")

Source = tuple[str, str]
Check = tuple[Callable[[object], bool], str]


def _one_of(values: Iterable[str]) -> Check:
    allowed = tuple(values)
    return lambda value: value in allowed, "one of " + ", ".join(allowed)


_SENTENCE: Check = (lambda value: isinstance(value, str) and bool(value.strip()), "a text")
_META: Mapping[str, Check] = {
    "unit": _SENTENCE,
    "kind": _one_of(get_args(Kind)),
    "direction": _one_of(get_args(Direction)),
    "aggregation": _one_of(get_args(Aggregation)),
    "owner": _SENTENCE,
    "cadence": _one_of(get_args(Cadence)),
    "definition": _SENTENCE,
    "function": _SENTENCE,
    "people": (lambda value: isinstance(value, bool), "true or false"),
    "role": _one_of(ROLES),
    "segment": _one_of(get_args(SegmentKind)),
}
_OPTIONAL = ("role", "segment")


class CatalogueError(OkrError):
    """A metric's model or its description cannot be used. ``file``, ``line`` and ``subject`` say where."""

    def __init__(self, place: tuple[Path, int], subject: str, problem: str, allowed: str, fix: str) -> None:
        """Build the sentence; ``place`` is file and line, ``problem`` includes the value seen."""
        self.file, self.line = place
        self.subject = subject
        super().__init__(f"{self.file}:{self.line}: {subject}: {problem} - {allowed}. Fix: {fix}")


@dataclass(frozen=True)
class _Model:
    """One SQL file: the models and the sources that it names."""

    path: Path
    refs: tuple[str, ...]
    sources: tuple[Source, ...]


def load_metrics(project_dir: Path) -> dict[str, Metric]:
    """Return every metric of the dbt project by name, in alphabetical order.

    Raises:
        CatalogueError: a description is malformed, or there is a model without a description or the reverse.
        OkrError: the folder is no dbt project.
    """
    if not (project_dir / "dbt_project.yml").is_file():
        raise OkrError(
            f"{project_dir}: holds no dbt_project.yml - allowed: a dbt project. Fix: set OKR_DBT_PROJECT_DIR"
        )
    models = {path.stem: _read_model(path) for path in sorted((project_dir / "models").rglob("*.sql"))}
    folder = project_dir / "models" / "metrics"
    metrics: dict[str, Metric] = {}
    for path in sorted(folder.rglob("*.yml")):
        for entry in _entries(path):
            metric = _metric(path, entry, models)
            if metric.name in metrics:
                problem = "this metric is described twice"
                raise CatalogueError((path, _line(entry)), metric.name, problem, "once", "delete one of the two")
            metrics[metric.name] = metric
    for name, model in models.items():
        if model.path.is_relative_to(folder) and name not in metrics:
            fix = f"write {model.path.with_suffix('.yml').name} beside it"
            raise CatalogueError(
                (model.path, 1), name, "nothing describes this metric", "every model has a yml with meta", fix
            )
    return dict(sorted(metrics.items()))


def _metric(path: Path, entry: yaml.MappingNode, models: Mapping[str, _Model]) -> Metric:
    name = str(_value(_children(path, entry, "model").get("name")))
    if name not in models:
        close = difflib.get_close_matches(name, models, n=1)
        hint = f"did you mean {close[0]}?" if close else f"write {name}.sql"
        raise CatalogueError((path, _line(entry)), name, "no SQL file has this name", "the name of a model", hint)
    config = _children(path, entry, name).get("config")
    meta = _children(path, config, name).get("meta") if config else None
    if meta is None:
        needed = ", ".join(_META)
        raise CatalogueError((path, _line(entry)), name, "config.meta is missing", f"it holds {needed}", "add it")
    return Metric(name=name, sources=_lineage(name, models), **_checked(path, name, meta))


def _checked(path: Path, name: str, meta: yaml.Node) -> dict[str, Any]:
    """Return the values under ``meta``, each of its allowed kind; what is optional and not given is None."""
    given = _children(path, meta, name)
    for key, node in given.items():
        if key not in _META:
            allowed = ", ".join(_META)
            raise CatalogueError(
                (path, _line(node)), name, f"meta.{key} is unknown", f"allowed: {allowed}", "correct it"
            )
    values: dict[str, Any] = dict.fromkeys(_OPTIONAL)
    for key, (is_allowed, allowed) in _META.items():
        if key not in given:
            if key in _OPTIONAL:
                continue
            raise CatalogueError((path, _line(meta)), name, f"meta.{key} is missing", f"it is {allowed}", "add it")
        values[key] = _value(given[key])
        if not is_allowed(values[key]):
            problem = f"meta.{key} is {values[key]!r}"
            raise CatalogueError((path, _line(given[key])), name, problem, f"it is {allowed}", "correct it")
    return values


def _lineage(name: str, models: Mapping[str, _Model]) -> tuple[Source, ...]:
    """Return the sources that a model reads, by itself or through other models, in order."""
    seen: set[str] = set()
    waiting = [name]
    sources: set[Source] = set()
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        model = models[current]
        sources.update(model.sources)
        for ref in model.refs:
            if ref not in models:
                problem = f"ref('{ref}') names no model"
                raise CatalogueError((model.path, 1), current, problem, "the name of a SQL file", "correct the name")
            waiting.append(ref)
    return tuple(sorted(sources))


def _read_model(path: Path) -> _Model:
    text = _COMMENT.sub("", _read(path))
    return _Model(path, tuple(_REF.findall(text)), tuple(_SOURCE.findall(text)))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(
            (path, 1), "file", f"it cannot be read ({error})", "a readable UTF-8 file", "restore it"
        ) from None


def _entries(path: Path) -> list[yaml.MappingNode]:
    try:
        root = yaml.compose(_read(path), Loader=SAFE_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CatalogueError((path, line), "file", f"not YAML ({error.problem})", "valid YAML", "correct it") from None
    models = _children(path, root, "file").get("models") if root else None
    return [node for node in models.value if isinstance(node, yaml.MappingNode)] if models else []


def _children(path: Path, node: yaml.Node, subject: str) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise CatalogueError((path, _line(node)), subject, "this is no mapping", "`key: value` lines", "correct it")
    children: dict[str, yaml.Node] = {}
    for key, value in node.value:
        if key.value in children:
            problem = f"the key {key.value!r} stands twice"
            raise CatalogueError((path, _line(key)), subject, problem, "each key once", "delete one")
        children[str(key.value)] = value
    return children


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _value(node: yaml.Node | None) -> object:
    """Return the value of a scalar node; anything else is no value."""
    if not isinstance(node, yaml.ScalarNode):
        return None
    if node.tag == "tag:yaml.org,2002:bool":
        return node.value.lower() in {"true", "yes", "on"}
    return node.value if node.tag == "tag:yaml.org,2002:str" else yaml.safe_load(node.value)
