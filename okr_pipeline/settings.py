"""Where everything is and which day it is: the only reader of the environment and of the clock.

Every setting has one name in the environment (``OKR_HOME``, ``OKR_AS_OF``, ...); what the environment does not say
comes from ``$OKR_HOME/settings.toml`` (written by ``okr demo``), then from the project's own layout. What belongs to
the organisation (time zone, currency, minimum group) is in ``organisation.yml``, not here.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from okr_pipeline.errors import OkrError

HISTORY_FROM = date(2024, 1, 1)
"""First week that can be refreshed unless ``OKR_HISTORY_FROM`` says otherwise (a Monday)."""

_KNOWN_KEYS = frozenset({"as_of", "pseudonym_key_file", "history_from"})


@dataclass(frozen=True)
class Settings:
    """All paths are absolute. ``pseudonym_key`` is None until given: landing refuses to run without it."""

    project: Path
    """Folder with ``cascade_definitions/`` and ``dbt_project/``."""
    home: Path
    """Everything that runs write: landing, warehouse, publications (``OKR_HOME``, default ``.okr/``)."""
    cascade_dir: Path
    """``OKR_CASCADE_DIR``; the YAML of one organisation."""
    sources_toml: Path
    """``OKR_SOURCES_TOML``; where each table comes from."""
    dbt_project_dir: Path
    """``OKR_DBT_PROJECT_DIR``."""
    extra_sources: Path | None
    """``OKR_EXTRA_SOURCES``; a folder with source files beside the shipped ones."""
    history_from: date
    """First week that can be refreshed (a Monday)."""
    fixed_as_of: date | None
    """``OKR_AS_OF``; replaces today, for the demo and for replays."""
    pseudonym_key: bytes | None = field(repr=False)
    """``OKR_PSEUDONYM_KEY`` or the content of the key file; at least 32 bytes."""
    environment: Mapping[str, str] = field(repr=False)
    """For ``${NAME}`` in ``sources.toml``."""

    def as_of(self, zone: ZoneInfo) -> date:
        """Return the day the pipeline works for: the fixed one, else today in the organisation's time zone."""
        return self.fixed_as_of or datetime.now(zone).date()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the environment and ``$OKR_HOME/settings.toml``.

        Raises:
            OkrError: a value cannot be read; the sentence says which and what is allowed.
        """
        env = os.environ if environment is None else environment  # noqa: TID251 - this module is the one reader
        project = Path(env.get("OKR_PROJECT") or _find_project()).resolve()
        home = Path(env.get("OKR_HOME") or project / ".okr").absolute()
        if home.exists() and not home.is_dir():
            raise OkrError(f"OKR_HOME: {home} is no folder - allowed: a folder, made if missing. Fix: name another")
        stored = _stored(home / "settings.toml")
        extra = env.get("OKR_EXTRA_SOURCES")
        return cls(
            project=project,
            home=home,
            cascade_dir=_path(env, "OKR_CASCADE_DIR", project / "cascade_definitions"),
            sources_toml=_path(env, "OKR_SOURCES_TOML", project / "sources.toml"),
            dbt_project_dir=_path(env, "OKR_DBT_PROJECT_DIR", project / "dbt_project"),
            extra_sources=Path(extra).absolute() if extra else None,
            history_from=_monday(env.get("OKR_HISTORY_FROM") or stored.get("history_from")),
            fixed_as_of=_day("OKR_AS_OF", env.get("OKR_AS_OF") or stored.get("as_of")),
            pseudonym_key=_key(env.get("OKR_PSEUDONYM_KEY"), stored.get("pseudonym_key_file"), home),
            environment=dict(env),
        )


def _find_project() -> Path:
    for folder in (Path.cwd(), *Path.cwd().parents):
        if (folder / "cascade_definitions").is_dir() and (folder / "dbt_project").is_dir():
            return folder
    return Path(__file__).parents[1]


def _path(env: Mapping[str, str], name: str, default: Path) -> Path:
    return Path(env[name]).absolute() if env.get(name) else default


def _stored(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        stored = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OkrError(f"{path}: not valid TOML ({error}). Fix: correct it, or delete it and run `okr demo`") from None
    unknown = sorted(set(stored) - _KNOWN_KEYS)
    if unknown:
        allowed = ", ".join(sorted(_KNOWN_KEYS))
        raise OkrError(f"{path}: unknown key {unknown[0]!r} - allowed: {allowed}. Fix: remove it")
    return {name: str(value) for name, value in stored.items()}


def _day(name: str, text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise OkrError(f"{name}: {text!r} is not a date - allowed: YYYY-MM-DD. Fix: correct or unset it") from None


def _monday(text: str | None) -> date:
    day = _day("OKR_HISTORY_FROM", text) or HISTORY_FROM
    if day.weekday() != 0:
        raise OkrError(
            f"OKR_HISTORY_FROM: {day} is not a Monday - allowed: the day a week starts with. Fix: name a Monday"
        )
    return day


def _key(text: str | None, file_name: str | None, home: Path) -> bytes | None:
    if text:
        return text.encode()
    if not file_name:
        return None
    path = home / file_name
    if not path.exists():
        raise OkrError(f"{path}: the pseudonym key file is missing. Fix: restore it, or set OKR_PSEUDONYM_KEY")
    if path.stat().st_mode & 0o077:
        raise OkrError(f"{path}: the pseudonym key can be read by others. Fix: chmod 600 {path}")
    return path.read_bytes().strip()
