"""A strict YAML reader: plain values, and for each the line where it stands.

Values are built from the parser's events, so no tag is ever acted on, no alias expanded and no constructor
run. What the values mean to a cascade does not belong here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import yaml

from okr_pipeline.cascade.issues import Issue, shown
from okr_pipeline.cascade.yaml_scalars import Refused, Scalar, read_plain
from okr_pipeline.cascade.yaml_text import forbidden_character, unsafe_character

SAFE_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""The quick one where the library is there; both build plain values only."""
MAX_DEPTH = 12
Path = tuple[str | int, ...]


class Unreadable:
    """Stands for a value that was refused with an issue of its own, so that nothing more is said about it."""


UNREADABLE: Final = Unreadable()
Value = Scalar | Unreadable | dict[str, "Value"] | tuple["Value", ...]


@dataclass(frozen=True)
class Document:
    """One file as plain values.

    Attributes:
        file: How issues name the file.
        value: Mappings as dict, lists as tuple, scalars as Python values;
            `UNREADABLE` where a value was refused.
        lines: Path of a value, e.g. ``("objectives", 0, "id")``, to the line of its key or list item.
        issues: What was refused.
    """

    file: str
    value: Value
    lines: dict[Path, int]
    issues: tuple[Issue, ...]


class _TooDeepError(Exception):
    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(line)


class _SecondDocumentError(Exception):
    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(line)


@dataclass
class _Builder:
    file: str
    events: Iterator[yaml.Event]
    lines: dict[Path, int] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    def build(self, event: yaml.Event, path: Path) -> Value:
        """Turn the node that starts with ``event`` into a value, noting lines and refusals on the way."""
        line = _line(event)
        self.lines.setdefault(path, line)
        if len(path) > MAX_DEPTH:
            raise _TooDeepError(line)
        if isinstance(event, yaml.AliasEvent):
            self.refuse("anchor_or_alias", line, f"the alias '*{event.anchor}' stands for another place", _WRITE_OUT)
            return UNREADABLE
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_anchor(event.anchor, line)
            return self._scalar(event, line)
        assert isinstance(event, yaml.CollectionStartEvent)  # noqa: S101 - the parser's grammar leaves nothing else
        self._refuse_anchor(event.anchor, line)
        inner = self._sequence(path) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(path)
        if event.tag is None:
            return inner
        self._refuse_tag(event.tag, line)
        return UNREADABLE

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> Scalar | Unreadable:
        character = unsafe_character(event.value)
        if character is not None:
            self.issues.append(forbidden_character(self.file, line, character))
            return UNREADABLE
        if event.tag is not None:
            self._refuse_tag(event.tag, line)
            return UNREADABLE
        if not event.implicit[0]:
            return str(event.value)
        value = read_plain(event.value)
        if isinstance(value, Refused):
            self.refuse(value.rule, line, value.problem, (value.allowed, value.fix))
            return UNREADABLE
        return value

    def _sequence(self, path: Path) -> tuple[Value, ...]:
        items: list[Value] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.build(event, (*path, len(items))))
        return tuple(items)

    def _mapping(self, path: Path) -> dict[str, Value]:
        entries: dict[str, Value] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            line = _line(event)
            key = self._key(event, path, line)
            if key is None:
                self._skip((*path, "<<"))
            elif key in entries:
                first = self.lines[(*path, key)]
                self.refuse(
                    "duplicate_key",
                    line,
                    f"the key '{key}' is already given in line {first}",
                    ("a key stands once in a mapping", f"delete one of the lines {first} and {line}"),
                )
                self._skip((*path, key))
            else:
                self.lines[(*path, key)] = line
                entries[key] = self.build(next(self.events), (*path, key))
        return entries

    def _skip(self, path: Path) -> None:
        """Read past the value of a refused key, noting what else is refused in it."""
        _Builder(self.file, self.events, issues=self.issues).build(next(self.events), path)

    def _key(self, event: yaml.Event, path: Path, line: int) -> str | None:
        """Return the text of a key, or None after noting why it is refused."""
        if isinstance(event, yaml.ScalarEvent) and event.anchor is None and event.tag is None:
            if event.value == "<<" and event.implicit[0]:
                self.refuse("merge_key", line, "the merge key '<<' copies another mapping", _WRITE_OUT)
                return None
            character = unsafe_character(event.value)
            if character is None:
                return str(event.value)
            self.issues.append(forbidden_character(self.file, line, character))
            return None
        self.build(event, (*path, "?"))
        self.refuse(
            "wrong_key",
            line,
            "a key is not plain text",
            ("keys are plain words without anchor, alias or tag", "write the key as one word"),
        )
        return None

    def _refuse_anchor(self, anchor: str | None, line: int) -> None:
        if anchor is not None:
            self.refuse("anchor_or_alias", line, f"the anchor '&{anchor}' is defined", _WRITE_OUT)

    def _refuse_tag(self, tag: str, line: int) -> None:
        self.refuse(
            "yaml_tag",
            line,
            f"the tag {shown(tag)} asks for a type",
            ("values carry no tags; nothing in a definition is executed", "delete the tag"),
        )

    def refuse(self, rule: str, line: int, problem: str, advice: tuple[str, str]) -> None:
        """Note an issue; ``advice`` is what is allowed and what to do."""
        self.issues.append(Issue(rule, "error", self.file, line, "YAML", problem, *advice))


_WRITE_OUT = ("every value is written where it applies", "write the value out in full")


def read_yaml(text: str, file: str) -> Document:
    """Read one YAML document.

    Never raises on any text: what cannot be read is an issue, `UNREADABLE` where nothing is left.
    """
    events = iter(yaml.parse(text, Loader=SAFE_LOADER))
    builder = _Builder(file, events)
    try:
        value = _only_document(builder)
    except _TooDeepError as error:
        builder.refuse(
            "nesting_too_deep",
            error.line,
            f"values are nested more than {MAX_DEPTH} deep",
            ("a cascade needs no more", "remove the inner brackets or indentation"),
        )
        value = UNREADABLE
    except _SecondDocumentError as error:
        builder.refuse(
            "yaml_syntax",
            error.line,
            "a second document begins with '---'",
            ("a file is one document", "delete the line or move what follows to a file of its own"),
        )
        value = UNREADABLE
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        line, problem = _syntax_problem(error)
        builder.refuse(
            "yaml_syntax",
            line,
            f"this is not YAML ({problem})",
            ("a file is one YAML mapping, indented with spaces", "correct the line or the one before it"),
        )
        value = UNREADABLE
    return Document(file, value, builder.lines, tuple(builder.issues))


def _only_document(builder: _Builder) -> Value:
    value: Value = None
    documents_count = 0
    for event in builder.events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents_count += 1
            if documents_count > 1:
                raise _SecondDocumentError(_line(event))
            value = builder.build(next(builder.events), ())
    return value


def _syntax_problem(error: Exception) -> tuple[int, str]:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "a character is not allowed"
    return (mark.line + 1 if mark is not None else 1), " ".join(str(problem).split())[:120]


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return 1 if mark is None else int(mark.line) + 1
