"""One harmless SELECT passes; everything that could read, write or run something else does not."""

import pytest

from okr_pipeline.connectors.select_check import RefusedQueryError, checked_select

REFUSED = {
    "sum(x) from read_csv('/etc/passwd') --": "not one SELECT that parses",
    "select sum(x) from read_csv('/etc/passwd') --": "table function is not allowed",
    "select (select 1 from read_text('/etc/passwd'))": "table function is not allowed",
    "select * from input limit (select count(*) from read_csv('x'))": "table function is not allowed",
    "with a as materialized (select * from read_csv('x')) select 1": "table function is not allowed",
    "with recursive t as (select 1 as n union all select n from t, glob('*')) select * from t":
        "table function is not allowed",
    "select * from input, lateral (from query('select 1'))": "table function is not allowed",
    "select 1; select 2": "more than one statement",
    "select 1; drop table input": "not one SELECT",
    "copy (select 1) to '/tmp/x'": "not one SELECT",
    "attach '/tmp/x' as y": "not one SELECT",
    "select current_setting('x') from input": "the function current_setting is not allowed",
    "select * replace (getenv('HOME') as a) from input": "the function getenv is not allowed",
    "select a from input order by getenv('HOME')": "the function getenv is not allowed",
    "select sum(a) over w from input window w as (order by getenv(''))": "function getenv is not allowed",
    "select count(*) filter (where getenv('x') = '') from input": "the function getenv is not allowed",
    "select case when getenv('x') = '' then 1 end from input": "the function getenv is not allowed",
    "select [x for x in [getenv('x')]] from input": "is not allowed",
    "select pg_read_file('/etc/passwd') from input": "the function pg_read_file is not allowed",
    "select pg_sleep(1000) from input": "the function pg_sleep is not allowed",
    "select nextval('s') from input": "the function nextval is not allowed",
    "select a::regclass from input": "a cast to this type is not allowed",
    "select $1 from input": "parameter is not allowed",
    "describe input": "show ref is not allowed",
    "select * from input using sample 10%": "a sample is not allowed",
    "with \"/etc/passwd\" as (select 1) select * from \"/etc/passwd\"": "lower case",
    "select * from a.b.c": "schema.table at most",
}  # fmt: skip  # one attack a line


@pytest.mark.parametrize("query", REFUSED)
def test_a_query_that_reaches_outside_is_refused(query: str) -> None:
    with pytest.raises(RefusedQueryError, match=REFUSED[query]):
        checked_select(query)


@pytest.mark.parametrize(
    ("query", "tables"),
    [
        ("select a, sum(b) as c from input group by a having count(*) > 1", {("", "input")}),
        (
            "with x as (select * from input) select * from x join erp.ledger using (k)",
            {("", "input"), ("erp", "ledger")},
        ),
        ("with x as (select 1 from y), y as (select 2) select * from x", {("", "y")}),
        ("select * from '/etc/passwd'", {("", "/etc/passwd")}),
        ("select lag(a) over (partition by b order by c) from input", {("", "input")}),
        (
            "with recursive t as (select 1 as n union all select n + 1 from t where n < 4) select * from t",
            set(),
        ),
    ],
)
def test_the_tables_a_query_names_are_told(query: str, tables: set[tuple[str, str]]) -> None:
    assert checked_select(query).tables == tables


def test_the_query_is_written_anew_without_its_comments() -> None:
    assert checked_select("select a /* x */ from input -- '; drop").sql == 'SELECT a FROM "input"'


def test_a_portable_query_uses_no_spelling_of_the_engine() -> None:
    written = checked_select("select count(*) as n, extract(year from t) as y from s.t", portable=True).sql
    assert written == "SELECT count(*) AS n, date_part('year', t) AS y FROM s.t"
