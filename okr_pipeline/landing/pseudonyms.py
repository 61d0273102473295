"""Keyed pseudonyms of persons, computed inside the engine: HMAC-SHA256 (RFC 2104), shortened.

The key never stands in SQL text: the two padded keys are session variables, set through bound
parameters. Nothing that leads back from a pseudonym to a person is ever written to disk. Which columns
are persons is in the contract.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from okr_pipeline.errors import OkrError
from okr_pipeline.landing.contract_sql import quoted

MINIMUM_KEY_BYTES = 32
PSEUDONYM_CHARACTERS = 20
"""80 bits: among ten million persons two share a pseudonym with a probability below 1e-10 (birthday
bound)."""

_BLOCK_BYTES = 64
_LOOKUP_LIMIT_COUNT = 4096
"""Distinct persons up to which a list in memory is faster than a join; above it the list is searched
too slowly."""


class PseudonymKeyError(OkrError):
    """There is no usable key, so nothing may be landed."""

    def __init__(self, seen_bytes: int) -> None:
        """Say how long the key was, never what it was."""
        self.seen_bytes = seen_bytes
        super().__init__(
            f"pseudonym key: {seen_bytes} bytes seen - at least {MINIMUM_KEY_BYTES} random bytes are "
            f"allowed. "
            "Fix: set OKR_PSEUDONYM_KEY, or pseudonym_key_file in settings.toml"
        )


@dataclass(frozen=True)
class Replacement:
    """How raw ids become pseudonyms in one statement."""

    expressions: dict[str, str]
    """Column -> SQL that yields its pseudonym."""
    joins: str
    """SQL after the rows' alias ``r``; a join loses the order of the rows."""


class Pseudonymiser:
    """Holds the key and computes pseudonyms with it."""

    def __init__(self, key: bytes | None) -> None:
        """Take the secret key.

        Raises:
            PseudonymKeyError: there is no key, or it is too short.
        """
        if key is None or len(key) < MINIMUM_KEY_BYTES:
            raise PseudonymKeyError(len(key or b""))
        self._key = key

    def __repr__(self) -> str:
        """Show the id of the key, never the key."""
        return f"Pseudonymiser(key_id={self.key_id!r})"

    @property
    def key_id(self) -> str:
        """Tell keys apart without telling the key, e.g. ``3f0c9a...`` (16 characters)."""
        return self.fingerprint("pseudonym key id")[:16]

    def fingerprint(self, text: str) -> str:
        """Return a keyed hash of ``text``, apart from all pseudonyms: nobody without the key can try
        guesses."""
        return hmac.new(self._key, b"fingerprint\0" + text.encode(), hashlib.sha256).hexdigest()

    def prepare(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Give the connection what `expression` needs."""
        key = hashlib.sha256(self._key).digest() if len(self._key) > _BLOCK_BYTES else self._key
        block = key.ljust(_BLOCK_BYTES, b"\0")
        connection.execute("set variable okr_inner = ?", [bytes(byte ^ 0x36 for byte in block)])
        connection.execute("set variable okr_outer = ?", [bytes(byte ^ 0x5C for byte in block)])

    def expression(self, sql: str) -> str:
        """Return the SQL of the pseudonym of the text ``sql``; null stays null."""
        inner = f"unhex(sha256(getvariable('okr_inner') || encode({sql})))"
        return f"left(sha256(getvariable('okr_outer') || {inner}), {PSEUDONYM_CHARACTERS})"

    def replacement(self, connection: duckdb.DuckDBPyConnection, rows: str, columns: Sequence[str]) -> Replacement:
        """Compute each distinct person of the relation ``rows`` once and return how to put the
        pseudonyms in."""
        expressions, joins = {}, ""
        for number, column in enumerate(columns):
            people = f"okr_people_{number}"
            connection.execute(f"drop type if exists {people}_id")
            connection.execute(
                f"create or replace temp table {people} as select distinct {quoted(column)} as id from {rows}"
            )
            found = connection.execute(f"select count(id) from {people}").fetchall()[0][0]
            if 0 < found <= _LOOKUP_LIMIT_COUNT:
                connection.execute(
                    f"create type {people}_id as enum (select id from {people} where id is not null order by id)"
                )
                connection.execute(
                    f"set variable {people} = (select list({self.expression('id')} order by id) from "
                    f"(select unnest(enum_range(null::{people}_id))::varchar as id))"
                )
                lookup = f"getvariable('{people}')[enum_code(r.{quoted(column)}::{people}_id) + 1]"
                expressions[column] = lookup
            else:
                connection.execute(
                    f"create or replace temp table {people} as "
                    f"select id, {self.expression('id')} as pseudonym from {people} where id is not null"
                )
                joins += f" left join {people} on {people}.id = r.{quoted(column)}"
                expressions[column] = f"{people}.pseudonym"
        return Replacement(expressions, joins)
