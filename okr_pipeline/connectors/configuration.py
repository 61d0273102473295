"""Reads `sources.toml`: where each table comes from, with every mistake named at once.

What the tables mean is in `okr_pipeline.sources`; how they are read is in the transports.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from okr_pipeline.connectors.names import IDENTIFIER
from okr_pipeline.connectors.options import OPTIONS
from okr_pipeline.connectors.origin import Connector, Origin
from okr_pipeline.connectors.places import OutsideError, anchored
from okr_pipeline.connectors.references import MissingVariableError, is_secret_key, literal_secret, replaced
from okr_pipeline.connectors.toml_lines import toml_lines
from okr_pipeline.errors import OkrError

_OWN_KEYS = ("connector", "columns", "accept_volume_weeks")


class OriginsError(OkrError):
    """The source file is wrong; ``problems`` holds one sentence for each mistake."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        """Keep every sentence."""
        self.problems = problems
        super().__init__("\n".join(problems))


def load_origins(path: Path, *, home: Path, environment: Mapping[str, str]) -> dict[tuple[str, str], Origin]:
    """Read the source file.

    Args:
        path: the TOML file.
        home: folder that relative paths start from.
        environment: where ``${NAME}`` is looked up.

    Raises:
        OriginsError: with every mistake of the file.
    """
    try:
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise OriginsError((f"{path.name}: cannot be read ({type(error).__name__}). Fix: provide it.",)) from None
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        number = line.group(1) if line else "1"
        raise OriginsError((f"{path.name}:{number}: not TOML ({error}). Fix: correct that line.",)) from None
    reading = _Reading(path.name, home, environment, toml_lines(text))
    origins = reading.origins(document)
    if reading.problems:
        raise OriginsError(tuple(reading.problems))
    return origins


class _Reading:
    """One pass over a parsed source file, collecting problems."""

    def __init__(
        self, file: str, home: Path, environment: Mapping[str, str], lines: Mapping[tuple[str, ...], int]
    ) -> None:
        self.file, self.home, self.environment, self.lines = file, home, environment, lines
        self.problems: list[str] = []
        self.roots: tuple[Path, ...] = ()

    def origins(self, document: dict[str, Any]) -> dict[tuple[str, str], Origin]:
        roots = document.pop("roots", ["."])
        if not (isinstance(roots, list) and roots and all(isinstance(root, str) for root in roots)):
            self._problem(("roots",), f"roots is {roots!r}", "a list of folders", "write roots = ['.']")
            roots = ["."]
        self.roots = tuple((self.home / root).resolve() for root in roots)
        found = {}
        for system, tables in document.items():
            if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
                self._problem(
                    (system,),
                    f"the key {system!r} is not known here",
                    "roots and [system.table]",
                    "remove it",
                )
                continue
            for table, entry in tables.items():
                origin = self._origin((system, table), entry)
                if origin:
                    found[system, table] = origin
        return found

    def _origin(self, at: tuple[str, str], entry: dict[str, Any]) -> Origin | None:
        before = len(self.problems)
        for name in at:
            if not IDENTIFIER.fullmatch(name):
                self._problem(at, f"the name {name!r}", "^[a-z][a-z0-9_]{0,62}$", "rename it as in the contract")
        connector: Any = entry.get("connector")
        if connector not in get_args(Connector):
            self._problem((*at, "connector"), f"connector is {connector!r}", "files, sql or git", "choose one")
            return None
        columns = self._columns(at, entry.get("columns", {}))
        weeks = tuple(self._weeks(at, entry.get("accept_volume_weeks", [])))
        raw = {key: value for key, value in entry.items() if key not in _OWN_KEYS}
        values = {key: self._value((*at, key), value) for key, value in raw.items()}
        if len(self.problems) > before:
            return None
        options = self._options(at, connector, values)
        return None if options is None else Origin(*at, connector, options, columns, weeks)

    def _columns(self, at: tuple[str, str], columns: Any) -> dict[str, str]:
        place = (*at, "columns")
        if not isinstance(columns, dict):
            self._problem(place, "columns is not a table", "{contract_name = 'their name'}", "write it so")
            return {}
        for name, theirs in columns.items():
            if not IDENTIFIER.fullmatch(name):
                self._problem(place, f"the column {name!r}", "^[a-z][a-z0-9_]{0,62}$", "use the contract's name")
            if not isinstance(theirs, str) or not theirs or "\0" in theirs or len(theirs) > 200:
                self._problem(place, f"their name of {name} is {theirs!r}", "text", "write the system's own name")
        return columns

    def _weeks(self, at: tuple[str, str], weeks: Any) -> Iterator[date]:
        for week in weeks if isinstance(weeks, list) else [weeks]:
            try:
                if not re.fullmatch(r"\d{4}-W\d{2}", str(week)):
                    raise ValueError
                yield date.fromisoformat(f"{week}-1")
            except ValueError:
                self._problem((*at, "accept_volume_weeks"), f"{week!r} is no week", "'2026-W47'", "write ISO weeks")

    def _value(self, place: tuple[str, ...], value: Any) -> Any:
        if isinstance(value, list):
            return [self._value(place, item) for item in value]
        if not isinstance(value, str):
            return value
        key = place[-1]
        if literal_secret(key, value):
            self._problem(
                place,
                f"{key} holds a secret in plain text (not shown)",
                "${NAME}",
                "put it in the environment",
            )
            return value
        try:
            value = replaced(value, self.environment)
            local = key in {"path", "paths"} and not re.match(r"(https?|s3)://", value)
            return anchored(value, self.home, self.roots) if local else value
        except MissingVariableError as error:
            self._problem(place, str(error), "a variable that is set", "set it")
        except OutsideError as error:
            allowed = ", ".join(str(root) for root in self.roots)
            self._problem(place, f"the {key} {error}", f"below {allowed}", "move it or add to roots")
        return value

    def _options(self, at: tuple[str, str], connector: str, values: dict[str, Any]) -> dict[str, object] | None:
        model = OPTIONS[connector]
        if "roots" in values:
            self._problem((*at, "roots"), "roots stands in a table", "at the top of the file", "move it there")
            return None
        try:
            options = model.model_validate({**values, "roots": self.roots})
        except ValidationError as error:
            for problem in error.errors(include_input=False, include_url=False):
                self._explain(at, problem["loc"], problem["type"], problem["msg"], values, list(model.model_fields))
            return None
        return {name: getattr(options, name) for name in model.model_fields if getattr(options, name) is not None}

    def _explain(
        self,
        at: tuple[str, str],
        where: tuple[int | str, ...],
        kind: str,
        message: str,
        values: Mapping[str, object],
        known: list[str],
    ) -> None:
        key = str(where[0]) if where else ""
        place = (*at, key) if key else at
        if kind == "extra_forbidden":
            near = get_close_matches(key, [*known, *_OWN_KEYS], n=1)
            fix = f"did you mean {near[0]}?" if near else "remove it"
            self._problem(
                place,
                f"the key {key!r} is not known",
                ", ".join(sorted({*known, *_OWN_KEYS} - {"roots"})),
                fix,
            )
            return
        seen = "" if not key or key not in values or is_secret_key(key) else f" (value seen {str(values[key])[:60]!r})"
        text = message.removeprefix("Value error, ")
        self._problem(place, f"{key}{seen}" if key else text, text if key else "see the README", "correct it")

    def _problem(self, place: tuple[str, ...], wrong: str, allowed: str, fix: str) -> None:
        line = next((self.lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in self.lines), 1)
        name = ".".join(place[:2])
        self.problems.append(f"{self.file}:{line}: {name}: {wrong} - allowed: {allowed}. Fix: {fix}.")
