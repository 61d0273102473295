"""Rewrites a PostgreSQL DSN so that the server itself refuses writes and gives up slow reads."""

from collections.abc import Mapping
from re import compile as compiled
from urllib.parse import parse_qsl, unquote, urlsplit

_PAIR = compiled(r"\s*(\w+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))")
_LOCAL_HOSTS = {"", "localhost", "127.0.0.1", "::1"}


class MalformedDsnError(ValueError):
    """The DSN cannot be read; its text is not shown."""


def read_only_dsn(dsn: str, *, connect_timeout_seconds: int, statement_timeout_seconds: int) -> str:
    """Give ``dsn`` (URI or key = value) as key = value pairs with timeouts and read-only sessions.

    ``sslmode`` becomes ``verify-full`` for a host elsewhere unless the DSN says otherwise.

    Raises:
        MalformedDsnError: it is neither form.
    """
    settings = _of_uri(dsn) if dsn.startswith(("postgres://", "postgresql://")) else _of_pairs(dsn)
    host = settings.get("host", settings.get("hostaddr", ""))
    if host not in _LOCAL_HOSTS and not host.startswith("/"):
        settings.setdefault("sslmode", "verify-full")
    settings["connect_timeout"] = str(connect_timeout_seconds)
    settings.setdefault("application_name", "okr_pipeline")
    settings["options"] = (
        f"{settings.get('options', '')} -c statement_timeout={statement_timeout_seconds * 1000}"
        " -c default_transaction_read_only=on -c default_transaction_isolation=repeatable\\ read"
    ).strip()
    return " ".join(f"{key}={_quoted(value)}" for key, value in settings.items())


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _of_pairs(dsn: str) -> dict[str, str]:
    settings: dict[str, str] = {}
    position = 0
    while position < len(dsn.rstrip()):
        pair = _PAIR.match(dsn, position)
        if not pair:
            raise MalformedDsnError("the DSN is malformed")
        value = pair.group(2) if pair.group(2) is not None else pair.group(3)
        settings[pair.group(1)] = compiled(r"\\(.)").sub(r"\1", value)
        position = pair.end()
    return settings


def _of_uri(dsn: str) -> dict[str, str]:
    try:
        parts = urlsplit(dsn)
        found: Mapping[str, str | None] = {
            "host": unquote(parts.hostname) if parts.hostname else None,
            "port": str(parts.port) if parts.port else None,
            "user": unquote(parts.username) if parts.username else None,
            "password": unquote(parts.password) if parts.password else None,
            "dbname": unquote(parts.path.lstrip("/")) or None,
            **dict(parse_qsl(parts.query.replace("+", "%2B"), strict_parsing=bool(parts.query))),
        }
    except ValueError:
        found = {}
    if not found:
        raise MalformedDsnError("the DSN is malformed")
    return {key: value for key, value in found.items() if value is not None}
