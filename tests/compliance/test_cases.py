"""Systems worked out by hand come out of the command line exactly so: ids, order, force and dates."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from okr_pipeline.cli import app

CASES = [
    case
    for name in ("cases.yml", "more_cases.yml")
    for case in yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
]
FACTS = ("route", "high_risk", "is_provider", "is_deployer", "legacy", "fria_required")


def obligations(system: dict[str, Any], folder: Path, *options: str) -> dict[str, Any]:
    """Return what ``okr obligations`` says of a system, as JSON."""
    file = folder / "system.yml"
    file.write_text(yaml.safe_dump(system), encoding="utf-8")
    result = CliRunner().invoke(app, ["obligations", str(file), "--format", "json", *options], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_case_is_reproduced_exactly(case: dict[str, Any], tmp_path: Path) -> None:
    found = obligations(case["system"], tmp_path, "--as-of", "2026-11-24")
    expected = case["expected"]
    assert {name: found[name] for name in FACTS} == {name: expected[name] for name in FACTS}
    assert [{name: each[name] for name in ("id", "force", "due")} for each in found["obligations"]] == expected[
        "obligations"
    ]
    assert found["block"] is None
    assert found["review"] == []
    assert "needs_review" not in {each["status"] for each in found["obligations"]}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_every_date_says_why_and_how_it_is_proved(case: dict[str, Any], tmp_path: Path) -> None:
    found = obligations(case["system"], tmp_path)
    for each in found["obligations"]:
        assert each["reason"], each["id"]
        assert each["evidence"]
        assert each["signed_by"]
        if each["planning_due"] is not None:
            assert date.fromisoformat(each["planning_due"]) < date.fromisoformat(each["due"])
