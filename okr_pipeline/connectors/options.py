"""The options of each transport in `sources.toml`, checked before anything is read.

Nothing is opened here. Paths arrive absolute (see `origin`); secrets are `SecretStr`, so that no ``repr``
shows them.
"""

import re
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from okr_pipeline.connectors.hosts import checked_host
from okr_pipeline.connectors.names import IDENTIFIER
from okr_pipeline.connectors.select_check import RefusedQueryError, checked_select

_SUFFIXES = {".parquet": "parquet", ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
SYSTEM_SCHEMAS = frozenset({"information_schema", "pg_catalog", "pg_toast"})


def _time_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is not an IANA time zone such as 'Europe/Berlin'")
    return name


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is not a regular expression ({error})") from None
    return text


TimeZone = Annotated[str, AfterValidator(_time_zone)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Host = Annotated[str, AfterValidator(checked_host)]


class Options(BaseModel):
    """What every transport's options share.

    Attributes:
        roots: folders below which every local path must lie once links are resolved.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    roots: tuple[Path, ...] = ()


class TimedOptions(Options):
    """How text becomes a moment.

    Attributes:
        time_zone: IANA zone of timestamps that carry none; without it they are refused.
        timestamp_format: a strptime format, ``epoch_seconds`` or ``epoch_milliseconds``; else ISO 8601.
    """

    time_zone: TimeZone | None = None
    timestamp_format: str | None = Field(None, min_length=2, max_length=64)

    @property
    def zone(self) -> ZoneInfo | None:
        """Give the declared zone."""
        return ZoneInfo(self.time_zone) if self.time_zone else None


class FilesOptions(TimedOptions):
    """Parquet, CSV or JSON lines on disk, behind https or in S3; `path` may be a glob (not for https)."""

    path: str
    format: Literal["parquet", "csv", "jsonl"] = "parquet"
    delimiter: str = Field(",", min_length=1, max_length=1)
    encoding: Literal["utf-8", "latin-1", "cp1252", "utf-16"] = "utf-8"
    null_values: tuple[str, ...] = ("",)
    hosts: tuple[Host, ...] = ()
    token: SecretStr | None = None
    endpoint: str | None = Field(None, pattern=r"^[A-Za-z0-9.-]+(:\d+)?$")
    region: str = Field("us-east-1", pattern=r"^[a-z0-9-]+$")
    access_key_id: SecretStr | None = None
    secret_access_key: SecretStr | None = None
    url_style: Literal["vhost", "path"] = "vhost"
    use_ssl: bool = True
    deadline_seconds: int = Field(300, ge=1, le=7200)
    max_bytes: int = Field(8 * 2**30, ge=1)
    max_columns: int = Field(500, ge=1)
    query: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _format_by_suffix(cls, values: dict[str, object]) -> dict[str, object]:
        path = values.get("path")
        if isinstance(path, str) and "format" not in values:
            suffix = Path(path.split("?", 1)[0]).suffix.lower()
            if suffix not in _SUFFIXES:
                raise ValueError(f"no format for the suffix {suffix!r}: say format = 'parquet', 'csv' or 'jsonl'")
            values = {**values, "format": _SUFFIXES[suffix]}
        return values

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.path.startswith("https://") and not self.hosts:
            raise ValueError("https needs hosts = [...], the hosts it may be read from")
        if self.path.startswith("http://") and not set(self.hosts) & {"127.0.0.1", "::1"}:
            raise ValueError("http is not encrypted: use https")
        if self.endpoint and self.endpoint.rsplit(":", 1)[0] not in self.hosts:
            raise ValueError("an endpoint must be listed in hosts = [...]")
        if self.query is not None:
            _refuse_other_tables(self.query)
        return self

    @property
    def transport(self) -> Literal["local", "http", "s3"]:
        """Tell where the files are."""
        if self.path.startswith("s3://"):
            return "s3"
        return "http" if self.path.startswith(("http://", "https://")) else "local"


class SqlOptions(TimedOptions):
    """One table or one SELECT of a PostgreSQL server (``dsn``) or a SQLite file (``path``)."""

    kind: Literal["postgres", "sqlite"]
    dsn: SecretStr | None = None
    path: str | None = None
    table: str | None = None
    query: str | None = None
    connect_timeout_seconds: int = Field(10, ge=1, le=120)
    statement_timeout_seconds: int = Field(300, ge=1, le=7200)
    max_columns: int = Field(500, ge=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        needed, other = ("dsn", "path") if self.kind == "postgres" else ("path", "dsn")
        if getattr(self, needed) is None or getattr(self, other) is not None:
            raise ValueError(f"kind = '{self.kind}' takes {needed} and no {other}")
        if (self.table is None) == (self.query is None):
            raise ValueError("give either table or query")
        if self.kind == "postgres":
            self._refuse_system_schemas()
        elif self.query is not None:
            _checked(self.query)
        return self

    def _refuse_system_schemas(self) -> None:
        if self.table is not None and len(self.table.split(".")) != 2:
            raise ValueError("table is schema.table")
        named = [tuple(self.table.split("."))] if self.table is not None else sorted(_checked(self.query or ""))
        for schema, name in named:
            if not IDENTIFIER.fullmatch(schema) or schema in SYSTEM_SCHEMAS:
                raise ValueError(f"{schema}.{name}: a table is named schema.table, not in a system schema")


class GitOptions(Options):
    """Local clones whose merged branches are read; patterns are regular expressions, matched without case."""

    paths: tuple[str, ...] = Field(min_length=1)
    main_branch: str | None = Field(None, pattern=r"^[A-Za-z0-9_][A-Za-z0-9_./-]{0,200}$")
    feature_pattern: Pattern = r"^(feat|feature)s?[/_-]"
    bot_patterns: tuple[Pattern, ...] = (
        r"\[bot\]",
        r"^(dependabot|renovate|github-actions|mergify|greenkeeper|snyk-bot|pre-commit-ci)\b",
    )
    ai_patterns: tuple[Pattern, ...] = (
        r"noreply@anthropic\.com|^claude (code|opus|sonnet|haiku)\b",
        r"\bcopilot\b|cursoragent|@cursor\.(com|sh)|^cursor( agent)? <",
        r"\baider\b|devin-ai|@(devin|cognition)\.ai",
        r"\bopenai\b|\bcodex\b|\bchatgpt\b|gemini[- ](code|cli)|google-labs-jules|amazon[- ]q[- ]developer",
        r"generated (with|by|using) .*(claude|copilot|cursor|aider|devin|codex|gemini|chatgpt)",
    )
    count_direct: bool = False
    timeout_seconds: int = Field(300, ge=1, le=7200)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [Path(path).name.removesuffix(".git") for path in self.paths]
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise ValueError(f"two clones are called {doubled[0]}: the folder's name is the repository's")
        return self


OPTIONS: dict[str, type[FilesOptions | SqlOptions | GitOptions]] = {
    "files": FilesOptions,
    "sql": SqlOptions,
    "git": GitOptions,
}


def _checked(query: str) -> frozenset[tuple[str, str]]:
    try:
        return checked_select(query).tables
    except RefusedQueryError as error:
        raise ValueError(f"query is refused: {error}") from None


def _refuse_other_tables(query: str) -> None:
    others = sorted(name for schema, name in _checked(query) if (schema, name) != ("", "input"))
    if others:
        raise ValueError(f"query is refused: it reads {others[0]!r}, only input and its own WITH names are allowed")
