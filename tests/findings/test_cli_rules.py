"""`okr rules` and what `okr validate` says of suppressed findings, as people and programs meet them."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from published_findings import lines, run

from okr_pipeline.rule_book import rule_book

CASCADE = Path(__file__).parents[2] / "cascade_definitions"
EXECUTIVE = "2026-h2/executive.yml"


@pytest.fixture
def cascade(tmp_path: Path) -> Path:
    """A copy of the example cascade in which one executive objective is tied to no bet, and what it is called."""
    root = tmp_path / "cascade"
    shutil.copytree(CASCADE, root)
    (root / "suppressions.yml").unlink(missing_ok=True)
    path = root / EXECUTIVE
    text = path.read_text(encoding="utf-8")
    path.write_text("".join(line for line in text.splitlines(True) if "bet: revenue_growth" not in line), "utf-8")
    return root


def without_bet(output: str) -> list[str]:
    """Return what a program is told about objectives without a bet."""
    told = json.loads(output)["issues"]
    return [issue["object"].split()[-1] for issue in told if issue["rule"] == "objective_without_strategic_bet"]


def test_one_rule_is_told_with_example_reason_remedy_level_and_thresholds(tmp_path: Path) -> None:
    assert lines(tmp_path, "rules", "too_many_parents_taken") == [
        "too_many_parents_taken",
        "  A business unit that takes up more executive key results than the policy allows.",
        "  Example: one business unit whose objectives derive from three executive key results.",
        "  Reason: a unit that serves everything finishes nothing in a cycle; most units can move one or two.",
        "  Remedy: keep the key results that this unit moves most and leave the others to other units.",
        "  Level: warning; needs definitions; written in okr_pipeline.cascade.rules.translation",
        "  Threshold in policy.yml: parents_taken_max_count: Most executive key results that one business unit takes "
        "up in a cycle.",
    ]


def test_a_conflict_tells_its_name_and_what_it_rests_on(tmp_path: Path) -> None:
    told = lines(tmp_path, "rules", "kr-07")

    assert told[0] == "KR-07 (reviewers_out_of_hours)"
    assert told[2].startswith("  Hours needed = volume x (escalated + (1 - escalated) x sampled) x minutes / 60")
    assert told[-1] == (
        "  Level: error or warning; needs compliance, rests on arithmetic; "
        "written in okr_pipeline.compliance.conflicts.rules.oversight_design"
    )


def test_all_rules_are_listed_with_level_needs_and_first_sentence(tmp_path: Path) -> None:
    document = json.loads(run(tmp_path, "rules", "--format", "json").stdout)

    assert [each["name"] for each in document] == [entry.name for entry in rule_book()]
    assert document[0] == {
        "name": "ambiguous_value",
        "level": "error",
        "needs": "files",
        "source": "okr_pipeline.cascade.checks",
        "also": [],
        "basis": None,
        "thresholds": [],
        "summary": "A value that one YAML reader takes for a word and another for something else.",
        "example": "``code: no``, ``week: 1_000`` or ``at_most: 010``.",
        "reason": "what a file means must not depend on who reads it.",
        "remedy": "put a word in quotes, write a truth value as true or false and a number in plain digits.",
        "notes": "",
    }
    table = run(tmp_path, "rules").stdout
    assert all(entry.name in table for entry in rule_book())


def test_an_unknown_rule_ends_in_one_sentence_and_exit_code_1() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "from okr_pipeline.cli import main; main()", "rules", "copied_objectve"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("'copied_objectve' is the name of no rule - near to it: copied_objective, ")
    assert ended.stderr.endswith(". Fix: write copied_objective\n")
    assert ended.stderr.count("\n") == 1


def test_validate_does_not_show_a_suppressed_warning_but_counts_it(cascade: Path, tmp_path: Path) -> None:
    before = run(tmp_path, "validate", str(cascade), "--format", "json")
    (about,) = without_bet(before.stdout)
    (cascade / "suppressions.yml").write_text(
        f"suppressions:\n  - {{rule: objective_without_strategic_bet, about: {about}, reason: the board decides,"
        " until: 2026-12-31, agreed_by: general counsel}\n",
        encoding="utf-8",
    )
    env = {"OKR_AS_OF": "2026-11-23"}

    told = run(tmp_path, "validate", str(cascade), "--format", "json", env=env)
    text = run(tmp_path, "validate", str(cascade), env=env)

    assert (told.exit_code, text.exit_code) == (0, 0)
    assert without_bet(told.stdout) == []
    (silenced,) = json.loads(told.stdout)["suppressed"]
    assert (silenced["rule"], silenced["until"], silenced["reason"], silenced["agreed_by"]) == (
        "objective_without_strategic_bet", "2026-12-31", "the board decides", "general counsel"
    )  # fmt: skip
    assert "objective_without_strategic_bet" not in text.stdout
    assert text.stdout.splitlines()[-1] == "1 finding is suppressed: okr findings --suppressed"


def test_validate_refuses_a_suppression_of_a_rule_that_does_not_exist(cascade: Path, tmp_path: Path) -> None:
    (cascade / "suppressions.yml").write_text(
        "suppressions:\n  - {rule: copied_objectives, about: x, reason: r, until: 2026-12-31, agreed_by: board}\n",
        encoding="utf-8",
    )

    ended = run(tmp_path, "validate", str(cascade))

    assert ended.exit_code == 1
    assert (
        "error: suppressions.yml:2: suppression of copied_objectives about x: the rule 'copied_objectives' does not "
        "exist - a rule that `okr rules` lists. Fix: write copied_objective\n"
    ) in ended.stdout


@pytest.mark.parametrize("rule", ["vanity_metric_", "KR-99"])
def test_rules_of_data_and_of_the_law_are_known_by_name_too(cascade: Path, tmp_path: Path, rule: str) -> None:
    (cascade / "suppressions.yml").write_text(
        f"suppressions:\n  - {{rule: {rule}, about: x, reason: r, until: 2026-12-31, agreed_by: board}}\n"
        "  - {rule: KR-09, about: x, reason: r, until: 2026-12-31, agreed_by: board}\n"
        "  - {rule: restated_week, about: x, reason: r, until: 2026-12-31, agreed_by: board}\n",
        encoding="utf-8",
    )

    told = json.loads(run(tmp_path, "validate", str(cascade), "--format", "json").stdout)["issues"]

    assert [issue["line"] for issue in told if issue["rule"] == "unknown_suppressed_rule"] == [2]
