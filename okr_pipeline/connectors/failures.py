"""Turns an engine's error into a sentence that holds no cell value, no password and no SQL.

The engine's own text quotes connection strings, rows and statements, so none of it is passed on: a known
cause gets its sentence, anything else only its kind. Raise the result outside the ``except`` block, or
Python keeps the original text as the exception's context.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from okr_pipeline.errors import SourceError, TransientSourceError

_ROLE = "check the role and its password"
_DAMAGED = (
    r"No magic bytes|too small to be a Parquet|[Pp]arquet|[Tt]hrift|TProtocol|[Ss]nappy|ZSTD|decompress"
    r"|Invalid string encoding"
)
_UNREACHED = (
    r"Unable to connect|could not connect|Connection refused|connection .*(?:closed|failed|reset|lost)"
    r"|server closed"
)
_NOT_NOW = r"terminating connection|starting up|shutting down|too many (?:clients|connections)|connection slots"
_HTTP_NOT_NOW = r"HTTP (?:code )?(?:429|5\d\d)|[Tt]imeout|Could not establish|Server returned nothing"

_PERMANENT = (
    (r"password authentication failed|no password supplied", "the login was refused", _ROLE),
    (r"role \".*\" does not exist|no pg_hba\.conf entry", "the login was refused", _ROLE),
    (r"database \".*\" does not exist", "the database does not exist", "check dbname in the DSN"),
    (r"certificate|SSL is not enabled|server does not support SSL", "the certificate was not accepted",
     "check sslmode and sslrootcert in the DSN"),
    (r"missing \"=\"|invalid connection option|invalid URI|invalid integer value|invalid sslmode",
     "the DSN is malformed", "check the environment variable it comes from"),
    (r"permission denied", "the role may not read the table", "grant select on it"),
    (r"read-only", "a write was refused: systems of record are only read", "read with one SELECT"),
    (r"relation \".*\" does not exist|Table with name .* does not exist", "the table does not exist",
     "check `table` or `query` in sources.toml"),
    (r"column \".*\" does not exist|Referenced column", "a column named in the query does not exist",
     "check `query` in sources.toml"),
    (r"HTTP (?:code )?40[13]|\b40[13] (?:Forbidden|Unauthorized)", "the server refused the login",
     "check the keys"),
    (r"HTTP (?:code )?404|No files found", "no such file", "check `path` in sources.toml"),
    (_DAMAGED, "the Parquet file is truncated or damaged", "write it again"),
    (r"CSV Error|sniffing file|CSV parsing", "the CSV is malformed (uneven columns, quoting or delimiter)",
     "check the export and `delimiter`"),
    (r"[Mm]alformed JSON|JSON transform|invalid JSON", "the JSON lines are malformed",
     "write one object a line"),
    (r"file is not a database|database disk image is malformed", "the file is not a readable SQLite database",
     "restore it"),
)  # fmt: skip  # one cause a line reads as a table

_TRANSIENT = (
    (r"statement timeout|canceling statement|INTERRUPT|Interrupted", "the read exceeded its deadline"),
    (_UNREACHED, "the server cannot be reached"),
    (_NOT_NOW, "the server is not accepting connections now"),
    (r"deadlock|could not serialize|conflict with recovery", "the server gave the read up"),
    (_HTTP_NOT_NOW, "the server failed or was slow"),
    (r"database is locked|Out of Memory|No space left", "the machine could not finish the read now"),
)  # fmt: skip  # one cause a line reads as a table


def source_error(error: Exception, system: str, table: str, directories: Iterable[Path] = ()) -> SourceError:
    """Give the exception to raise for an engine error met while reading ``system.table``.

    Args:
        error: what the engine raised; its text is only matched, never quoted.
        system: as in the source file.
        table: as in the source file.
        directories: folders whose files may be named; a file of theirs that the engine blames is.
    """
    text = str(error)
    blame = _blamed(text, directories)
    for pattern, problem, fix in _PERMANENT:
        if re.search(pattern, text):
            return SourceError(system, table, f"{problem}{blame}. Fix: {fix}.")
    for pattern, problem in _TRANSIENT:
        if re.search(pattern, text):
            return TransientSourceError(system, table, f"{problem}{blame}. Fix: run again when it is back.")
    kind = type(error).__name__
    problem = f"could not be read ({kind}; its text is withheld, it can hold values){blame}"
    return SourceError(system, table, f"{problem}. Fix: run the same read by hand.")


@contextmanager
def system_errors(system: str, table: str) -> Iterator[None]:
    """Turn what the operating system refuses (space, permission, a file now gone) into a source's error.

    Raises:
        TransientSourceError: with the reason and the path.
    """
    try:
        yield
    except OSError as error:
        problem = f"{error.strerror or type(error).__name__}: {error.filename or 'no path given'}"
        raise TransientSourceError(system, table, f"{problem}. Fix: make room or permit it.") from error


def _blamed(text: str, directories: Iterable[Path]) -> str:
    names = "|".join(re.escape(str(directory)) for directory in directories)
    found = re.search(rf"(?:{names})/[^'\"\n]+", text) if names else None
    line = re.search(r"Error on Line: (\d+)|in line (\d+)", text)
    place = f" in {found.group(0).strip()}" if found else ""
    return place + (f" line {line.group(1) or line.group(2)}" if line else "")
