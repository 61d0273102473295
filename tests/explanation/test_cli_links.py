"""`okr links` and `okr discover`: what is said of links and of pairs, all of it published."""

import json
import re
from pathlib import Path

import pytest
from published_demo import change, copy_published, lines, rows, run

CLAIM = re.compile(r"[+-]\d+\.\d% by now")
HOSTILE = "[red]cheap[/] [/bold]"


@pytest.fixture
def home(demo_home: Path, tmp_path: Path) -> Path:
    return copy_published(demo_home, tmp_path / "okr")


def text(home: Path, *arguments: str) -> str:
    """Return what is printed, with the folds and the frame of a table taken out."""
    return " ".join(" ".join(lines(home, *arguments)).replace("│", " ").split())


def test_every_link_stands_below_its_parent_with_claim_verdict_and_review(home: Path) -> None:
    said = text(home, "links")
    for row in rows(home, "select distinct parent_key_result_id, budget_verdict from okr.alignment_evidence"):
        assert f"{row['parent_key_result_id']} {row['budget_verdict']}" in said
    assert len(CLAIM.findall(said)) == len(
        rows(home, "select 1 as one from okr.alignment_evidence where claim_ratio is not null")
    )


def test_a_claim_that_cannot_be_told_is_no_zero(home: Path) -> None:
    change(home, "update okr.alignment_evidence set claim_ratio = null")
    said = text(home, "links")
    assert said.count("way unknown") == 33
    assert CLAIM.findall(said) == []


def test_programs_get_every_column_of_every_link(home: Path) -> None:
    found = json.loads(run(home, "links", "--format", "json").stdout)
    published = rows(home, "select * from okr.alignment_evidence order by parent_key_result_id, child_key_result_id")
    assert [row["reason"] for row in found] == [row["reason"] for row in published]
    assert set(found[0]) == set(published[0])


def test_only_what_moved_together_is_told_unless_all_is_asked_for(home: Path) -> None:
    short, every = lines(home, "discover"), lines(home, "discover", "--all")
    pairs = rows(home, "select sentence, is_discovered from okr.metric_associations")
    discovered = {str(row["sentence"]) for row in pairs if row["is_discovered"]}
    told = {line.strip() for line in short if line.startswith("  ") and "moved with nothing" not in line}
    reasons = {str(row["reason"]) for row in rows(home, "select distinct reason from okr.metric_associations")}
    assert told - reasons <= discovered
    assert told & discovered
    assert {str(row["sentence"]) for row in pairs} <= {line.strip() for line in every}


def test_of_each_pair_the_lag_with_the_smallest_p_value_is_told(home: Path) -> None:
    (best,) = rows(
        home,
        "select sentence from okr.metric_associations where team_key_result_id = 'billing_assisted_share'"
        " and business_key_result_id = 'tier_one_handle_time' order by p_value limit 1",
    )
    told = [line.strip() for line in lines(home, "discover") if " moved with tier_one_handle_time " in line]
    assert [line for line in told if line.startswith("billing_assisted_share ")] == [best["sentence"]]


def test_the_count_is_that_of_what_was_compared(home: Path) -> None:
    (row,) = rows(home, "select count(*) as pairs from okr.metric_associations where reason is null")
    assert lines(home, "discover")[0] == (
        f"{row['pairs']:,} pairs of a team metric, a business metric and a lag were compared; false discoveries are "
        "controlled over all of them."
    )


def test_nothing_compared_is_never_told_as_nothing_found(home: Path) -> None:
    change(
        home,
        "update okr.metric_associations set reason = 'Fewer than 26 weeks.', p_value = null, is_discovered = false",
    )
    said = lines(home, "discover")
    assert said[0].startswith("0 pairs ")
    assert "  Fewer than 26 weeks." in said
    assert not any("moved with nothing" in line for line in said)


@pytest.mark.parametrize("command", ["links", "discover"])
def test_before_the_first_publication_the_next_command_is_named(tmp_path: Path, command: str) -> None:
    assert str(run(tmp_path, command).exception).endswith("Fix: run `okr refresh`, or `okr demo` for an example")


@pytest.mark.parametrize("command", ["links", "discover"])
def test_an_unknown_format_is_refused(home: Path, command: str) -> None:
    assert str(run(home, command, "--format", "xml").exception) == (
        "--format: 'xml' is unknown - allowed: text, json. Fix: choose one"
    )


def test_markup_is_shown_and_not_obeyed(home: Path) -> None:
    change(
        home,
        f"update okr.alignment_evidence set reason = 'reason {HOSTILE}', budget_reason = 'budget {HOSTILE}',"
        f" translation_sentence = 'review {HOSTILE}'",
        f"update okr.metric_associations set sentence = 'pair {HOSTILE}'",
    )
    links, discover = text(home, "links"), text(home, "discover", "--all")
    for place in ("reason", "budget", "review"):
        assert f"{place} {HOSTILE}" in links
    assert f"pair {HOSTILE}" in discover
