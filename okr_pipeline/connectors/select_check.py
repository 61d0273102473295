"""Lets exactly one harmless SELECT through: parsed by the engine, every node allowed, then written anew.

Writing the SQL anew from the checked tree means that comments, odd quoting and whatever a second parser
could read differently do not survive. Which tables a query may name is the caller's to say.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from okr_pipeline.connectors.engine import connection, literal
from okr_pipeline.connectors.names import IDENTIFIER


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_EXPRESSIONS = _words(
    """COMPARISON CONJUNCTION CONSTANT COLUMN_REF FUNCTION OPERATOR CAST CASE BETWEEN SUBQUERY STAR WINDOW
    LAMBDA"""
)
_TABLES = _words("BASE_TABLE SUBQUERY JOIN EXPRESSION_LIST EMPTY")
_QUERIES = _words("SELECT_NODE SET_OPERATION_NODE RECURSIVE_CTE_NODE CTE_NODE")
_OTHERS = _words("ORDER_MODIFIER LIMIT_MODIFIER DISTINCT_MODIFIER ORDER_DEFAULT ASCENDING DESCENDING")
_TYPES = _words(
    """BOOLEAN TINYINT SMALLINT INTEGER BIGINT HUGEINT FLOAT DOUBLE DECIMAL VARCHAR DATE TIME TIMESTAMP
    INTERVAL"""
) | {"TIMESTAMP WITH TIME ZONE"}
_OPERATORS = _words("+ - * / % // || ~~ !~~ ~~* !~~* -> ->>")
_AGGREGATES = _words(
    """count count_star sum avg min max median stddev_samp var_samp arg_min arg_max first last any_value
    bool_and bool_or string_agg row_number rank dense_rank lag lead first_value last_value nth_value
    quantile_cont"""
)
_NUMBERS = _words("abs ceil ceiling floor round trunc sqrt power mod sign greatest least nullif isnan isinf")
_TEXT = _words(
    """lower upper trim ltrim rtrim length substr substring left right replace concat concat_ws split_part
    contains starts_with ends_with strpos position regexp_matches regexp_extract regexp_replace
    regexp_full_match md5"""
)
_TIME = _words(
    """date_part date_trunc date_diff datediff date_add timezone to_timestamp strptime try_strptime strftime
    epoch epoch_ms make_date make_timestamp to_seconds to_minutes to_hours to_days age"""
)
_NESTED = _words(
    """json_extract json_extract_string json_array_length struct_extract array_extract list_value
    list_contains len unnest coalesce ifnull"""
)
_FUNCTIONS = _OPERATORS | _AGGREGATES | _NUMBERS | _TEXT | _TIME | _NESTED


class RefusedQueryError(ValueError):
    """A query is not the one harmless SELECT that is allowed; the sentence says which part."""


@dataclass(frozen=True)
class CheckedSelect:
    """A SELECT that passed: its SQL written anew, and the tables it names as (schema or '', table)."""

    sql: str
    tables: frozenset[tuple[str, str]]


def checked_select(query: str, *, portable: bool = False) -> CheckedSelect:
    """Check ``query`` and give it back regenerated.

    Args:
        query: what a person wrote.
        portable: write functions the way other engines spell them (no engine schema, ``count(*)``).

    Raises:
        RefusedQueryError: it is not one SELECT, or holds something that is not allowed.
    """
    with connection() as con:
        tree = json.loads(_scalar(con, f"select json_serialize_sql({literal(query)})"))
        if tree.get("error"):
            reason = str(tree.get("error_message", "")).split("\n", 1)[0][:120]
            raise RefusedQueryError(f"it is not one SELECT that parses ({reason})")
        if len(tree["statements"]) != 1:
            raise RefusedQueryError("it holds more than one statement")
        tables: set[tuple[str, str]] = set()
        _visit(tree["statements"][0]["node"], frozenset(), tables)
        if portable:
            _respell(tree)
        sql = _scalar(con, f"select json_deserialize_sql({literal(json.dumps(tree))})")
    return CheckedSelect(sql=sql, tables=frozenset(tables))


def _scalar(con: duckdb.DuckDBPyConnection, sql: str) -> str:
    row = con.execute(sql).fetchone()
    return str(row[0]) if row else ""


def _visit(node: Any, visible: frozenset[str], tables: set[tuple[str, str]]) -> None:
    if isinstance(node, list):
        for item in node:
            _visit(item, visible, tables)
    elif isinstance(node, dict):
        if "cte_map" in node:
            visible = _common_tables(node, visible, tables)
        _allow(node, visible, tables)
        skipped = {"cte_map", "cast_type"} | ({"value"} if node.get("class") == "CONSTANT" else set())
        for key, value in node.items():
            if key not in skipped:
                _visit(value, visible, tables)


def _common_tables(node: Mapping[str, Any], visible: frozenset[str], tables: set[tuple[str, str]]) -> frozenset[str]:
    for entry in node["cte_map"]["map"]:
        name, body = str(entry["key"]), entry["value"]["query"]["node"]
        if not IDENTIFIER.fullmatch(name):
            raise RefusedQueryError(f"the name {name!r} in WITH is not lower case a-z, 0-9 and _")
        own = frozenset({name}) if body["type"] == "RECURSIVE_CTE_NODE" else frozenset()
        _visit(body, visible | own, tables)
        visible |= {name}
    return visible


def _allow(node: Mapping[str, Any], visible: frozenset[str], tables: set[tuple[str, str]]) -> None:
    kind = node.get("type")
    if node.get("sample"):
        raise RefusedQueryError("a sample is not allowed: two reads must give the same rows")
    if "class" in node:
        _allow_expression(node)
    elif isinstance(kind, str) and kind not in _TABLES | _QUERIES | _OTHERS:
        raise RefusedQueryError(f"{kind.lower().replace('_', ' ')} is not allowed")
    elif kind == "BASE_TABLE":
        if node["catalog_name"] or node["at_clause"]:
            raise RefusedQueryError("a table may be named as schema.table at most")
        name = (str(node["schema_name"]), str(node["table_name"]))
        if name[0] or name[1] not in visible:
            tables.add(name)


def _allow_expression(node: Mapping[str, Any]) -> None:
    if node["class"] not in _EXPRESSIONS:
        raise RefusedQueryError(f"{str(node['class']).lower().replace('_', ' ')} is not allowed")
    if node["class"] in {"FUNCTION", "WINDOW"}:
        function = str(node["function_name"])
        if function.lower() not in _FUNCTIONS or node["schema"] not in {"", "main"} or node["catalog"]:
            raise RefusedQueryError(f"the function {function} is not allowed")
    if node["class"] == "CAST":
        target = node["cast_type"]
        json_type = target["id"] == "UNBOUND" and str(target["type_info"]["name"]).lower() == "json"
        if target["id"] not in _TYPES and not json_type:
            raise RefusedQueryError("a cast to this type is not allowed")


def _respell(node: Any) -> None:
    if isinstance(node, list):
        for item in node:
            _respell(item)
    elif isinstance(node, dict):
        if node.get("class") in {"FUNCTION", "WINDOW"}:
            node["schema"] = ""
            if node["function_name"] == "count_star":
                node["function_name"] = "count"
                node["children"] = [dict(_STAR)]
        for value in node.values():
            _respell(value)


_STAR: Mapping[str, Any] = {
    "class": "STAR", "type": "STAR", "alias": "", "query_location": 0, "relation_name": "",
    "exclude_list": [], "replace_list": [], "columns": False, "expr": None,
    "qualified_exclude_list": [], "rename_list": [],
}  # fmt: skip  # the parser's own form of `*`
