"""The kinds of column contracts are made of, so that a system's file reads as a list of what it promises.

Types and the checks that come with them; ranges and vocabularies of a particular column stay in its
system's file.
"""

import math
from collections.abc import Iterable
from functools import reduce
from itertools import pairwise

import pandas as pd
import pandera.pandas as pa

MOMENT = pd.DatetimeTZDtype("us", "UTC")
EARLIEST, LATEST = pd.Timestamp("1900-01-01", tz="UTC"), pd.Timestamp("2200-01-01", tz="UTC")
"""No moment of a business lies outside; what does (year 40000, infinity) would overflow exact durations in SQL."""

LARGEST_COUNT = 1_000_000_000
"""A count in one row beyond it is an error; sums of counts stay whole numbers that a bigint holds."""


def identifier(description: str, *, nullable: bool = False, unique: bool = False) -> pa.Column:
    """Return a text column of 1 to 200 characters that names one thing."""
    check = pa.Check.str_length(min_value=1, max_value=200)
    return pa.Column("str", check, nullable=nullable, unique=unique, description=description)


def choice(description: str, values: Iterable[str], *, nullable: bool = False) -> pa.Column:
    """Return a text column with a closed vocabulary."""
    return pa.Column("str", pa.Check.isin(list(values)), nullable=nullable, description=description)


def text(description: str, pattern: str, *, nullable: bool = False) -> pa.Column:
    r"""Return a text column of one form; end ``pattern`` with ``\Z``, it is anchored at the start already."""
    return pa.Column("str", pa.Check.str_matches(pattern), nullable=nullable, description=description)


def moment(description: str, *, nullable: bool = False) -> pa.Column:
    """Return a point in time (with time zone, microseconds) between `EARLIEST` and `LATEST`."""
    return pa.Column(MOMENT, pa.Check.in_range(EARLIEST, LATEST), nullable=nullable, description=description)


def flag(description: str, *, nullable: bool = False) -> pa.Column:
    """Return a yes-or-no column."""
    return pa.Column("boolean" if nullable else "bool", nullable=nullable, description=description)


def count(description: str, *, at_least: int = 0, at_most: int | None = None, nullable: bool = False) -> pa.Column:
    """Return a whole number with bounds; without ``at_most`` the largest is `LARGEST_COUNT`."""
    if at_most is None:
        checks = [pa.Check.ge(at_least), pa.Check.le(LARGEST_COUNT)]
    else:
        checks = [pa.Check.in_range(at_least, at_most)]
    return pa.Column("Int64" if nullable else "int64", checks, nullable=nullable, description=description)


def measure(
    description: str, *, at_least: float | None = 0, at_most: float | None = None, nullable: bool = False
) -> pa.Column:
    """Return a finite number with optional bounds; ``at_least=None`` allows negative numbers.

    What a dbt model makes exact needs ``at_most``, well below 1e12: one absurd value is to break this contract, and
    not the cast to ``decimal(18, 6)``, which would stop every source.
    """
    checks = [pa.Check.in_range(-math.inf, math.inf, include_min=False, include_max=False)]
    if at_least is not None:
        checks.append(pa.Check.ge(at_least))
    if at_most is not None:
        checks.append(pa.Check.le(at_most))
    return pa.Column("float64", checks, nullable=nullable, description=description)


def in_order(*columns: str) -> pa.Check:
    """Return a check that the moments of a row do not run backwards; a missing moment breaks nothing."""

    def holds(frame: pd.DataFrame) -> pd.Series:
        pairs = pairwise(columns)
        kept = [(frame[a] <= frame[b]) | frame[a].isna() | frame[b].isna() for a, b in pairs]
        return reduce(lambda left, right: left & right, kept)

    return pa.Check(holds, name="in_order", statistics={"columns": list(columns)})
