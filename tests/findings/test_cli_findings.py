"""`okr findings` as people and programs meet it."""

import json
from pathlib import Path

import pytest
from published_findings import FIRST_RELEASE, SILENCED, TOLD, WITH_SUPPRESSIONS, lines, publish, run

from okr_pipeline.errors import OkrError


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose publication has five findings that are told and one that is suppressed."""
    return publish(tmp_path / "okr", WITH_SUPPRESSIONS, (*TOLD, *SILENCED))


def heads(home: Path, *arguments: str) -> list[str]:
    """Return the first line of every finding."""
    return [line for line in lines(home, "findings", *arguments)[:-1] if not line.startswith("  ")]


def test_errors_come_first_each_finding_has_its_place_and_its_fix_and_all_are_counted(home: Path) -> None:
    assert lines(home, "findings") == [
        "ai_systems/triage.yml:2: error milestone_overdue about triage.AIA-26-11",
        "  AI system triage, AIA-26-11: overdue - Art 26(11).",
        "  Fix: have it signed",
        "2026-h2/legal.yml:14: warning past_due_date about review_days",
        "  key result review_days: it was due - ahead.",
        "  Fix: correct it",
        "organisation.yml: warning unmapped_code about contact_centre.interactions",
        "  40 rows carry unit code 'T9'.",
        "  Fix: add T9 to organisation.yml",
        "warning stale_value about review_days",
        "  key result review_days: no week - a fresh one.",
        "  Fix: ask the owner",
        "ai_systems/pricing.yml:6: advice milestone_due_soon about pricing.AIA-26-11",
        "  AI system pricing, AIA-26-11: due soon - Art 26(11).",
        "  Fix: have it signed",
        "1 error, 3 warnings, 1 advice; 1 finding is suppressed: okr findings --suppressed",
    ]


@pytest.mark.parametrize(
    ("options", "rules"),
    [
        (("--rule", "past_due_date"), ["past_due_date"]),
        (("--rule", "duplicate_id"), []),
        (("--severity", "advice"), ["milestone_due_soon"]),
        (("--about", "review_days"), ["past_due_date", "stale_value"]),
        (("--about", "AIA-26-11"), ["milestone_overdue", "milestone_due_soon"]),
        (("--about", "triage"), ["milestone_overdue"]),
        (("--about", "triage.AIA-26-11"), ["milestone_overdue"]),
        (("--about", "signature_days"), []),
        (("--about", "review_days", "--rule", "stale_value"), ["stale_value"]),
    ],
)
def test_findings_are_chosen_by_rule_severity_and_what_they_are_about(
    home: Path, options: tuple[str, ...], rules: list[str]
) -> None:
    assert [head.partition(" about ")[0].rpartition(" ")[2] for head in heads(home, *options)] == rules


def test_the_count_is_that_of_what_is_chosen(home: Path) -> None:
    assert lines(home, "findings", "--rule", "duplicate_id") == ["0 errors, 0 warnings, 0 advice"]
    assert lines(home, "findings", "--about", "settled_alone") == [
        "0 errors, 0 warnings, 0 advice; 1 finding is suppressed: okr findings --suppressed"
    ]


def test_what_is_suppressed_is_shown_alone_with_its_last_day_and_reason(home: Path) -> None:
    assert lines(home, "findings", "--suppressed") == [
        "2026-h2/vendor_agreements.yml:9: warning vanity_metric about settled_alone",
        "  key result settled_alone: the parent stayed flat - it moves.",
        "  Fix: look again",
        "  Suppressed until 2026-12-18: the unit moved offices in July",
        "0 errors, 1 warning, 0 advice, all suppressed",
    ]


def test_a_publication_of_an_earlier_release_has_no_suppressed_findings(tmp_path: Path) -> None:
    home = publish(tmp_path / "okr", FIRST_RELEASE, TOLD)

    assert lines(home, "findings")[-1] == "1 error, 3 warnings, 1 advice"
    assert lines(home, "findings", "--suppressed") == ["0 errors, 0 warnings, 0 advice"]


def test_programs_get_the_rows_with_what_they_are_about_and_the_counts(home: Path) -> None:
    ended = run(home, "findings", "--severity", "error", "--format", "json")

    assert json.loads(ended.stdout) == {
        "findings": [
            {
                "finding_id": "c",
                "rule": "milestone_overdue",
                "severity": "error",
                "node": "AIA-26-11",
                "message": "AI system triage, AIA-26-11: overdue - Art 26(11)",
                "fix": "have it signed",
                "file": "ai_systems/triage.yml",
                "line": 2,
                "suppressed_until": None,
                "suppression_reason": None,
                "about": "triage.AIA-26-11",
            }
        ],
        "counts": {"error": 1, "warning": 0, "advice": 0},
        "suppressed_count": 0,
    }


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ("--severity", "fatal"),
            "--severity: 'fatal' is unknown - allowed: error, warning, advice. Fix: choose one",
        ),
        (
            ("--rule", "past_due_dat"),
            "'past_due_dat' is the name of no rule - near to it: past_due_date. Fix: write past_due_date",
        ),
        (
            ("--about", "review_day"),
            "--about: 'review_day' is not published - allowed: an id of the published cascade. Fix: write review_days",
        ),
        (("--about", "x"), "--about: 'x' is not published - allowed: an id of the published cascade. Fix: correct it"),
        (("--format", "xml"), "--format: 'xml' is unknown - allowed: text, json. Fix: choose one"),
    ],
)
def test_a_wrong_option_is_refused_in_a_sentence_and_never_answered_with_no_findings(
    home: Path, options: tuple[str, ...], sentence: str
) -> None:
    ended = run(home, "findings", *options)

    assert isinstance(ended.exception, OkrError)
    assert str(ended.exception) == sentence
    assert ended.stdout == ""


def test_before_the_first_publication_the_next_command_is_named(tmp_path: Path) -> None:
    ended = run(tmp_path, "findings")

    assert str(ended.exception) == (
        f"{tmp_path / 'published'}: nothing is published yet. Fix: run `okr refresh`, or `okr demo` for an example"
    )
