"""`okr obligations` and `okr new ai-system` as people and programs meet them."""

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from systems import HIGH_RISK_USE, assessed, by_id
from typer.testing import CliRunner

from okr_pipeline.cli import app
from okr_pipeline.compliance.catalogue import load_catalogue
from okr_pipeline.errors import OkrError

DEPLOYED = """\
id: claims-triage
intended_purpose: Sorts claims
roles: [deployer]
dates: {placed_on_market: 2026-06-01, first_use: 2027-02-01}
"""
FEELINGS = """\
id: mood
intended_purpose: Reads the mood of staff
roles: [deployer]
art5_practices: [f]
dates: {first_use: 2027-02-01}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of a system that is not high-risk."""
    path = tmp_path / "claims-triage.yml"
    path.write_text(DEPLOYED, encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def document(*arguments: object) -> dict[str, Any]:
    """Return what the command line says as JSON."""
    ended = run("obligations", *arguments, "--format", "json")
    assert ended.exit_code == 0, ended.output
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def test_a_prohibited_system_has_a_block_and_nothing_to_comply_with(tmp_path: Path) -> None:
    path = tmp_path / "mood.yml"
    path.write_text(FEELINGS, encoding="utf-8")
    found = document(path)
    assert (found["route"], found["obligations"]) == ("prohibited", [])
    assert found["block"] == ("Prohibited: it is for a practice of Article 5(1), letter f. No target may exist for it.")
    assert len(found["not_applicable"]) == len(load_catalogue().obligations)


@pytest.mark.parametrize(
    ("as_of", "status"),
    [
        ("2026-12-01", "not_yet_applicable"),
        ("2026-12-02", "due"),
        ("2027-01-31", "due"),
        ("2027-02-01", "overdue"),
    ],
)
def test_the_state_follows_the_day_asked_for(file: Path, as_of: str, status: str) -> None:
    found = document(file, "--as-of", as_of)["obligations"]
    screening = found[0]
    assert (screening["id"], screening["due"], screening["planning_due"]) == (
        "AIA-05-SCREEN", "2027-01-31", "2026-12-02"
    )  # fmt: skip
    assert screening["status"] == status


def test_what_does_not_apply_says_why(file: Path) -> None:
    reasons = {item["id"]: item["reason"] for item in document(file)["not_applicable"]}
    assert reasons["AIA-27-1"] == "It does not bind: fria_required is false."


@pytest.mark.parametrize(("days", "is_old"), [(0, False), (1, True)])
def test_an_old_catalogue_warns_in_every_format(file: Path, days: int, is_old: bool) -> None:
    catalogue = load_catalogue()
    day = catalogue.verified_on + timedelta(days=catalogue.stale_after_days + days)
    warnings = document(file, "--as-of", day)["warnings"]
    assert bool(warnings) is is_old
    for name in ("text", "markdown"):
        ended = run("obligations", file, "--as-of", day, "--format", name)
        assert ended.exit_code == 0
        assert ("warning: the catalogue of obligations was last compared with the law on" in ended.stderr) is is_old


def test_markdown_and_text_name_every_obligation_and_the_disclaimer(file: Path) -> None:
    for name in ("text", "markdown"):
        ended = run("obligations", file, "--format", name)
        assert "AIA-06-CLASS" in ended.stdout
        assert "A reading of the law, not legal advice." in ended.stdout


def test_a_link_to_a_file_is_followed(file: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "link.yml").symlink_to(file)
    assert document(elsewhere / "link.yml")["id"] == "claims-triage"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--as-of", "soon"), "--as-of: 'soon' is not a day - allowed: YYYY-MM-DD, e.g. 2027-12-02. Fix: correct it"),
        (("--format", "xml"), "--format: 'xml' is unknown - allowed: text, json, markdown. Fix: choose one"),
    ],
)
def test_a_wrong_option_is_refused_in_a_sentence(file: Path, options: tuple[str, ...], sentence: str) -> None:
    ended = run("obligations", file, *options)
    assert isinstance(ended.exception, OkrError)
    assert str(ended.exception) == sentence


def test_a_wrong_file_ends_in_sentences_and_exit_code_1(file: Path) -> None:
    file.write_text(DEPLOYED.replace("deployer", "user").replace("2026-06-01", "2026-13-01"), encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-c", "from okr_pipeline.cli import main; main()", "obligations", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.splitlines() == [
        f"{file}:3: roles.0: 'user' is not known here - one of deployer, provider, importer, distributor, "
        "product_manufacturer. Fix: choose one of them, or write unknown in place of the list",
        f"{file}:4: YAML: '2026-13-01' is no day of the calendar - a date is YYYY-MM-DD, e.g. 2026-12-31. "
        "Fix: correct the day or the month",
    ]


def test_a_new_file_needs_review_everywhere(tmp_path: Path) -> None:
    assert run("new", "ai-system", "claims_triage", "--out", tmp_path).exit_code == 0
    found = document(tmp_path / "claims_triage.yml")
    assert {each["status"] for each in found["obligations"]} == {"needs_review"}
    assert found["not_applicable"] == []
    assert found["reason"].startswith("Treated as high-risk until it is known that it is not: ")


def test_a_doubt_about_legacy_stands_at_every_duty_it_decides() -> None:
    answers = HIGH_RISK_USE | {"dates": {"first_use": date(2028, 3, 1)}}
    found = by_id(assessed(**answers))
    doubted = {name for name, each in found.items() if "treated as bound" in each.review}
    assert {"AIA-26-1", "AIA-26-2", "AIA-26-5-INC", "AIA-26-5-INC-READY"} <= doubted
    assert not doubted & {"AIA-05-SCREEN", "AIA-04", "AIA-06-CLASS", "AIA-25-ROLE"}


def test_a_change_of_a_system_that_was_bound_before_moves_nothing() -> None:
    dates = {**HIGH_RISK_USE["dates"], "significant_design_change": date(2029, 5, 7)}
    before, after = by_id(assessed(**HIGH_RISK_USE)), by_id(assessed(**HIGH_RISK_USE | {"dates": dates}))
    assert {name: each.due_words for name, each in before.items()} == {
        name: each.due_words for name, each in after.items()
    }


def test_both_routes_show_the_later_date_as_the_other_reading() -> None:
    product = {"section": "A", "safety_component_or_product": True, "third_party_assessment": True}
    found = by_id(assessed(**HIGH_RISK_USE | {"annex_i": product}))
    assert found["AIA-26-1"].alternative_due == date(2028, 8, 2)
    assert found["AIA-26-5-INC-READY"].alternative_due == date(2028, 8, 2)
    assert found["AIA-04"].alternative_due is None


def test_the_impact_assessment_lists_six_elements() -> None:
    assessment = by_id(assessed(**HIGH_RISK_USE | {"annex_iii": ("5c",)}))
    assert assessment["AIA-27-1"].elements == ("a", "b", "c", "d", "e", "f")
    assert assessment["AIA-27-3"].elements == ()
