"""How the types a system gives become the contract's types, and what is wrong with the shape of a table.

Every cast is exact or refused: 2.5 is no whole number, ``nan`` and ``inf`` are no numbers, 5 is no
truth value. What the values themselves must satisfy is `contract_sql`.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from okr_pipeline.landing.contract_sql import cast_mark, quoted

_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
_WIDE_INTEGERS = frozenset({"UBIGINT", "HUGEINT", "UHUGEINT", "BIGNUM"})
_TEXTS = frozenset({"VARCHAR", '"NULL"', "NULL"})
_INTEGER_FORM = r"[+-]?[0-9]{1,18}(\.0+)?"
_NUMBER_FORM = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"

MEANING = {
    "varchar": "text",
    "bigint": "a whole number",
    "double": "a finite number",
    "boolean": "true or false",
    "timestamptz": "a moment with a time zone",
}
"""What a value of a contract type is, in words."""


@dataclass(frozen=True)
class Shape:
    """How a relation's columns meet the contract's."""

    problems: tuple[str, ...]
    """Missing columns and changed types, as clauses; any of them breaks the contract."""
    added: tuple[str, ...]
    """Columns the contract does not know: a warning, they are dropped."""
    expressions: Mapping[str, str]
    """Contract column -> SQL that yields it with its type, null where the value cannot be cast."""
    checked: tuple[str, ...]
    """Columns whose values may fail to cast, so that failures must be counted."""


def compare(contract: Mapping[str, str], found: Mapping[str, str]) -> Shape:
    """Compare the columns a system gives (name -> engine type) with the contract's."""
    added = tuple(name for name in found if name not in contract)
    problems, expressions, checked = [], {}, []
    for name, wanted in contract.items():
        if name not in found:
            problems.append(_missing(name, added))
            continue
        seen = found[name]
        expression, exact = _cast(quoted(name), seen.upper(), wanted)
        if expression is None:
            problems.append(
                f"column '{name}' changed its type: {seen.lower()} seen - {wanted} is allowed. "
                "Fix: correct the export or the contract"
            )
            continue
        expressions[name] = expression
        if not exact:
            checked.append(name)
    return Shape(tuple(problems), added, expressions, tuple(checked))


def typed(relation: str, shape: Shape) -> str:
    """Return ``relation`` with the contract's columns and types, and a mark for each cast that may fail.

    A value that may not cast is cast once, in a query of its own, and compared with what it was.
    """
    once = [f"{shape.expressions[name]} as {_cast_name(name)}" for name in shape.checked]
    inner = f"(select *, {', '.join(once)} from {relation})" if once else relation
    columns = [
        f"{_cast_name(name) if name in shape.checked else expression} as {quoted(name)}"
        for name, expression in shape.expressions.items()
    ]
    columns += [
        f"{quoted(name)} is not null and {_cast_name(name)} is null as {cast_mark(name)}" for name in shape.checked
    ]
    return f"(select {', '.join(columns)} from {inner})"


def _cast_name(name: str) -> str:
    return quoted(f"cast {name}")


def _missing(name: str, added: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(name, added, n=1, cutoff=0.6)
    if near:
        return (
            f"column '{name}' is missing, '{near[0]}' is new (renamed?) - every column of the contract is "
            f'required. Fix: columns = {{{name} = "{near[0]}"}} in sources.toml, or correct the export'
        )
    return f"column '{name}' is missing - every column of the contract is required. Fix: correct the export"


def _cast(name: str, seen: str, wanted: str) -> tuple[str | None, bool]:
    """Return the cast and whether it can never fail; no cast where the type itself is another one."""
    casts = {
        "varchar": _to_text,
        "bigint": _to_integer,
        "double": _to_number,
        "boolean": _to_flag,
        "timestamptz": _to_moment,
    }
    return casts[wanted](name, seen)


def _to_text(name: str, seen: str) -> tuple[str | None, bool]:
    if seen == "VARCHAR":
        return name, True
    whole = seen in _INTEGERS or seen in _WIDE_INTEGERS
    if whole or seen in _TEXTS or seen == "UUID" or seen.startswith("ENUM"):
        return f"{name}::varchar", True
    return None, False


def _to_integer(name: str, seen: str) -> tuple[str | None, bool]:
    if seen in _INTEGERS:
        return (name if seen == "BIGINT" else f"{name}::bigint"), True
    if seen in _WIDE_INTEGERS:
        return f"try_cast({name} as bigint)", False
    if seen in ("DOUBLE", "FLOAT") or seen.startswith("DECIMAL"):
        return f"case when {name} = trunc({name}) then try_cast({name} as bigint) end", False
    if seen in _TEXTS:
        return (
            f"case when regexp_full_match(trim({name}), '{_INTEGER_FORM}') then try_cast({name} as bigint) end",
            False,
        )
    return None, False


def _to_number(name: str, seen: str) -> tuple[str | None, bool]:
    if seen == "DOUBLE":
        return name, True
    if seen in _INTEGERS or seen in _WIDE_INTEGERS or seen == "FLOAT" or seen.startswith("DECIMAL"):
        return f"{name}::double", True
    if seen in _TEXTS:
        return (
            f"case when regexp_full_match(trim({name}), '{_NUMBER_FORM}') then try_cast({name} as double) end",
            False,
        )
    return None, False


def _to_flag(name: str, seen: str) -> tuple[str | None, bool]:
    if seen == "BOOLEAN":
        return name, True
    return (f"try_cast({name} as boolean)", False) if seen in _TEXTS else (None, False)


def _to_moment(name: str, seen: str) -> tuple[str | None, bool]:
    """What came as a moment stays as it is: a mark would copy its table into the spool. `batch` refuses infinity."""
    if re.fullmatch(r"TIMESTAMP WITH TIME ZONE|TIMESTAMPTZ", seen):
        return name, True
    if seen in _TEXTS:
        cast = f"try_cast({name} as timestamptz)"
        return f"nullif(nullif({cast}, 'infinity'::timestamptz), '-infinity'::timestamptz)", False
    return None, False
