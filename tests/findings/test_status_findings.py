"""The findings below the tree of `okr status`: what is suppressed is counted and not told."""

from typing import Any

from rich.text import Text

from okr_pipeline.terminal import findings_lines


def finding(severity: str = "warning", rule: str = "vanity_metric", **changed: Any) -> dict[str, Any]:
    row = {"severity": severity, "rule": rule, "message": "flat", "fix": "look again", "suppressed_until": None}
    return {**row, **changed}


def plain(*found: dict[str, Any]) -> list[str]:
    """Return the lines as a person reads them."""
    return [Text.from_markup(line).plain for line in findings_lines(found)]


def test_a_suppressed_finding_is_counted_and_not_told() -> None:
    silenced = finding(rule="orphaned_initiative", suppressed_until="2026-12-18")
    assert plain(finding(), silenced, silenced) == [
        "warning vanity_metric: flat. Fix: look again",
        "2 findings are suppressed: okr findings --suppressed",
    ]


def test_nothing_but_suppressed_findings_is_one_line() -> None:
    assert plain(finding(suppressed_until="2026-12-18")) == ["1 finding is suppressed: okr findings --suppressed"]


def test_no_finding_is_no_line() -> None:
    assert plain() == []


def test_a_publication_of_an_earlier_release_has_no_such_column() -> None:
    older = finding()
    del older["suppressed_until"]
    assert plain(older) == ["warning vanity_metric: flat. Fix: look again"]


def test_errors_come_first_and_advice_beyond_two_of_a_kind_is_counted() -> None:
    advice = [finding("advice", "small_sample", message=f"number {number}") for number in range(4)]
    assert plain(*advice, finding(), finding("error", "KR-09")) == [
        "error KR-09: flat. Fix: look again",
        "warning vanity_metric: flat. Fix: look again",
        "advice small_sample: number 0. Fix: look again",
        "advice small_sample: number 1. Fix: look again",
        "advice small_sample: 2 more like these",
    ]


def test_suppressed_advice_is_not_counted_among_more_like_these() -> None:
    silenced = [finding("advice", "small_sample", suppressed_until="2026-12-18")] * 3
    assert plain(finding("advice", "small_sample"), *silenced) == [
        "advice small_sample: flat. Fix: look again",
        "3 findings are suppressed: okr findings --suppressed",
    ]


def test_markup_in_a_finding_is_shown_and_not_obeyed() -> None:
    assert plain(finding(message="[red]x[/] [/bold]", fix="[link=http://x]y")) == [
        "warning vanity_metric: [red]x[/] [/bold]. Fix: [link=http://x]y"
    ]
