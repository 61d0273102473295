"""`sources.toml`: one valid file, one thing broken, the exact sentence."""

from datetime import date
from pathlib import Path

import pytest
from connector_reading import CANARY

from okr_pipeline.connectors.configuration import OriginsError, load_origins

VALID = """\
roots = ["data"]

[contact_centre.interactions]
connector = "files"
path = "data/interactions/*.parquet"
columns = {contact_id = "Contact ID"}
accept_volume_weeks = ["2026-W53"]

[erp.ledger]
connector = "sql"
kind = "postgres"
dsn = "host=db user=reader password=${ERP_PASSWORD}"
table = "public.ledger"
"""


def load(home: Path, text: str, **environment: str) -> dict[tuple[str, str], object]:
    file = home / "sources.toml"
    file.write_text(text, encoding="utf-8")
    return dict(load_origins(file, home=home, environment={"ERP_PASSWORD": CANARY, **environment}))


def problems(home: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(OriginsError) as caught:
        load(home, text)
    assert CANARY not in str(caught.value)
    return caught.value.problems


def test_a_valid_file_gives_origins_with_absolute_paths_and_hidden_secrets(home: Path) -> None:
    origins = load_origins(_written(home, VALID), home=home, environment={"ERP_PASSWORD": CANARY})
    interactions = origins["contact_centre", "interactions"]
    assert interactions.options["path"] == f"{home}/data/interactions/*.parquet"
    assert interactions.columns == {"contact_id": "Contact ID"}
    assert interactions.accept_volume_weeks == (date(2026, 12, 28),)
    assert CANARY not in repr(origins)
    assert CANARY not in str(origins["erp", "ledger"].options)


def _written(home: Path, text: str) -> Path:
    file = home / "sources.toml"
    file.write_text(text, encoding="utf-8")
    return file


BROKEN = {
    'connector = "files"': (
        'connector = "file"',
        "sources.toml:4: contact_centre.interactions: connector is 'file'",
    ),
    "data/interactions/*.parquet": (
        "data/../../etc/*.parquet",
        "sources.toml:5: contact_centre.interactions: the path 'data/../../etc/*.parquet' holds '..'",
    ),
    '"data/interactions': (
        '"/etc',
        "sources.toml:5: contact_centre.interactions: the path '/etc/*.parquet' lies outside",
    ),
    "path = ": ("pth = ", "sources.toml:5: contact_centre.interactions: the key 'pth' is not known"),
    '"Contact ID"': ("3", "sources.toml:6: contact_centre.interactions: their name of contact_id is 3"),
    "2026-W53": ("2025-W53", "sources.toml:7: contact_centre.interactions: '2025-W53' is no week"),
    "[erp.ledger]": ("[erp.Ledger]", "sources.toml:9: erp.Ledger: the name 'Ledger'"),
    "${ERP_PASSWORD}": (
        "hunter2",
        "sources.toml:12: erp.ledger: dsn holds a secret in plain text (not shown)",
    ),
    "password=${ERP_PASSWORD}": (
        "password=${ABSENT}",
        "sources.toml:12: erp.ledger: the environment variable ABSENT is not set",
    ),
    '"public.ledger"': (
        '"pg_catalog.pg_shadow"',
        "sources.toml:9: erp.ledger: pg_catalog.pg_shadow: a table is named",
    ),
    'table = "public': ('query = "select pg_sleep(9)"\n#', "the function pg_sleep is not allowed"),
    'kind = "postgres"': (
        'kind = "sqlite"',
        "sources.toml:9: erp.ledger: kind = 'sqlite' takes path and no dsn",
    ),
    'roots = ["data"]': ("root = 1", "sources.toml:1: root: the key 'root' is not known here"),
}


@pytest.mark.parametrize("good", BROKEN)
def test_one_broken_thing_is_named_with_its_line(home: Path, good: str) -> None:
    bad, sentence = BROKEN[good]
    assert VALID.count(good) == 1
    found = problems(home, VALID.replace(good, bad))
    assert any(sentence in problem for problem in found), found
    assert all(" - allowed: " in problem and "Fix: " in problem for problem in found)


def test_every_problem_is_told_at_once(home: Path) -> None:
    text = VALID.replace("data/inter", "../inter").replace("${ERP_PASSWORD}", "x").replace("2026-W53", "soon")
    assert len(problems(home, text)) == 3


def test_a_key_almost_right_gets_a_suggestion(home: Path) -> None:
    found = problems(home, VALID.replace('kind = "postgres"', 'kind = "postgres"\nconnect_timeout = 3'))
    assert len(found) == 1
    assert "did you mean connect_timeout_seconds?" in found[0]


@pytest.mark.parametrize(
    "entry",
    [
        'dsn = "postgresql://reader:hunter2@db/erp"',
        "dsn = \"host=db password='hunter 2'\"",
        'dsn = "host=db sslpassword=hunter2"',
        'token = "hunter2"',
        'secret_access_key = "hunter2"',
        'path = "https://h.example/x.csv?sig=hunter2"',
        'path = "https://user:hunter2@h.example/x.csv"',
    ],
)
def test_a_literal_secret_is_refused_and_not_shown(home: Path, entry: str) -> None:
    found = problems(home, f'[erp.ledger]\nconnector = "files"\n{entry}\n')
    assert any("a secret in plain text (not shown)" in problem for problem in found)
    assert "hunter" not in "".join(found)


def test_text_that_is_not_toml_is_named_with_its_line(home: Path) -> None:
    assert problems(home, "roots = ['.']\n[erp.ledger\n")[0].startswith("sources.toml:2: not TOML")


def test_a_link_out_of_the_roots_is_refused(home: Path, tmp_path: Path) -> None:
    (home / "data").symlink_to(tmp_path)
    (tmp_path / "x").mkdir()
    found = problems(home, 'roots = ["inner"]\n[a.b]\nconnector = "files"\npath = "data/x/*.csv"\n')
    assert "lies outside the allowed roots" in found[0]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('path = "https://h.example/x.csv"', "https needs hosts"),
        ('path = "http://h.example/x.csv"\nhosts = ["h.example"]', "http is not encrypted"),
        ('path = "x.csv"\nencoding = "utf-7"', "encoding (value seen 'utf-7')"),
        ('path = "x.xlsx"', "no format for the suffix '.xlsx'"),
        ('path = "x.csv"\ntime_zone = "Mars"', "'Mars' is not an IANA time zone"),
        ('path = "x.csv"\nquery = "select * from \'/etc/passwd\'"', "it reads '/etc/passwd', only input"),
        ('path = "s3://b/x.parquet"\nendpoint = "10.0.0.1:9000"', "an endpoint must be listed in hosts"),
    ],
)
def test_an_option_outside_its_limits_is_explained(home: Path, entry: str, message: str) -> None:
    found = problems(home, f'[a.b]\nconnector = "files"\n{entry}\n')
    assert len(found) == 1
    assert message in found[0]


def test_the_shipped_file_is_valid_and_names_every_table_once(home: Path) -> None:
    shipped = Path(__file__).parents[2] / "sources.toml"
    assert len(load_origins(shipped, home=home, environment={})) == 16
