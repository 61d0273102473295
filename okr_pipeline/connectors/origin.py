"""Where one table of one system of record comes from, as `configuration` reads it from `sources.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Connector = Literal["files", "sql", "git"]


@dataclass(frozen=True)
class Origin:
    """Where one table comes from.

    Attributes:
        system: as in the contract, e.g. ``contact_centre``.
        table: as in the contract, e.g. ``interactions``.
        connector: the transport.
        options: the transport's options, paths absolute, secrets wrapped so that ``repr`` hides them.
        columns: contract column -> the system's own name, only where they differ.
        accept_volume_weeks: Mondays of weeks whose unusual volume a person has looked at.
    """

    system: str
    table: str
    connector: Connector
    options: Mapping[str, object]
    columns: Mapping[str, str] = field(default_factory=dict)
    accept_volume_weeks: tuple[date, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """Give (system, table)."""
        return self.system, self.table
