"""Keeps passwords out of the source file: a secret is only ever the name of an environment variable there."""

import re
from collections.abc import Mapping

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_WHOLE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
_SECRET_KEY = re.compile(r"password|passwd|secret|token|access_key|api_key|credential|private_key", re.IGNORECASE)
_IN_URL = re.compile(r"://[^/@\s:]*:(?P<secret>[^/@\s]+)@")
_IN_PAIRS = re.compile(
    r"(?:^|[\s?&;])(?:password|passwd|pwd|sslpassword|token|sig|secret|[\w-]*signature)\s*=\s*"
    r"(?P<secret>'[^']*'|[^\s&;]+)",
    re.IGNORECASE,
)


class MissingVariableError(ValueError):
    """A value names an environment variable that is not set."""


def is_secret_key(key: str) -> bool:
    """Tell whether values of this key are never shown."""
    return key == "dsn" or bool(_SECRET_KEY.search(key))


def literal_secret(key: str, value: str) -> bool:
    """Tell whether ``value``, as written, holds a secret that is not a ``${NAME}``."""
    if _SECRET_KEY.search(key) and not _WHOLE.fullmatch(value):
        return True
    found = [*_IN_URL.finditer(value), *_IN_PAIRS.finditer(value)] if key != "query" else []
    return any(not _WHOLE.fullmatch(match.group("secret").strip("'")) for match in found)


def replaced(value: str, environment: Mapping[str, str]) -> str:
    """Put the environment's values in place of every ``${NAME}``.

    Raises:
        MissingVariableError: a variable is not set or empty.
    """
    missing = [name for name in _REFERENCE.findall(value) if not environment.get(name)]
    if missing:
        raise MissingVariableError(f"the environment variable {missing[0]} is not set")
    return _REFERENCE.sub(lambda match: environment[match.group(1)], value)
