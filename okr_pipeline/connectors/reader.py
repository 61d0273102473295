"""What the landing asks of a transport, and what it gets back; no transport and no system is known here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class ReadRequest:
    """One read of one table.

    Attributes:
        columns: contract column name -> DuckDB type, e.g. ``{"ended_at": "TIMESTAMPTZ"}``.
        time_column: contract name of the column that decides the week.
        start: first moment wanted (aware).
        end: first moment no longer wanted (aware).
        spool: folder of the caller in which the transport may write; the caller deletes it.
        parts: names out of `Reader.parts()` to read, or None for all.
    """

    columns: Mapping[str, str]
    time_column: str
    start: datetime
    end: datetime
    spool: Path
    parts: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Relation:
    """A SELECT under contract names, readable by a connection that may touch only ``directories``."""

    sql: str
    directories: tuple[Path, ...]


class Reader(Protocol):
    """One table of one system of record, opened for reading only."""

    def parts(self) -> Mapping[str, str] | None:
        """Give part name -> fingerprint, or None where the system cannot tell what changed.

        Raises:
            SourceError: nothing is there to read, or it lies outside the allowed folders.
        """
        ...

    def read(self, request: ReadRequest) -> Relation:
        """Give the rows as SQL.

        Raises:
            SourceError: asking again cannot help.
            TransientSourceError: asking again may help.
        """
        ...
