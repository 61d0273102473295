"""A directory is read whole: every file, every problem, and nothing outside it."""

import os
import string
from pathlib import Path

import pytest
import yaml
from cascade_copy import VALID, CascadeCopy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from okr_pipeline.cascade.loader import load_cascade

LEGAL = "2026-h2/legal.yml"


def refusals(root: Path) -> list[tuple[str, str]]:
    """Return file and rule of every issue of the loader."""
    return [(issue.file, issue.rule) for issue in load_cascade(root).issues]


def test_the_valid_cascade_loads_with_links_context_and_defaults() -> None:
    cascade = load_cascade(VALID).cascade
    assert cascade is not None

    share = cascade.key_results_by_id["assisted_share"]
    objective = cascade.objective_of(share)
    parent = cascade.parent_of(objective)

    assert (share.objective_id, share.level, share.org_unit) == (
        "assisted_answers",
        "team",
        "billing_support",
    )
    assert (share.owner, share.cycle) == ("team lead billing support", "2026-h2")
    assert (share.location.file, share.location.line) == ("2026-h2/billing_support.yml", 10)
    assert (share.minimum_cases, share.target.at_least, share.weight) == (30, 0.7, 1.0)
    assert parent is not None
    assert parent.id == "handle_time"
    assert cascade.children_of(parent) == (objective,)
    assert cascade.key_results_by_id["review_days"].where.org_unit == "legal"
    assert [len(cascade.objectives), len(cascade.key_results), len(cascade.initiatives)] == [6, 7, 1]


def test_moving_a_definition_in_its_file_keeps_its_hash(cascade_copy: CascadeCopy) -> None:
    before = load_cascade(cascade_copy.root).cascade
    cascade_copy.edit(LEGAL, "cycle: 2026-h2\n", "\n\n# moved down\ncycle: 2026-h2\n")
    after = load_cascade(cascade_copy.root).cascade
    assert before is not None
    assert after is not None

    assert [o.definition_hash for o in before.objectives] == [o.definition_hash for o in after.objectives]
    assert before.key_results_by_id["review_days"].location != after.key_results_by_id["review_days"].location


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[2, 5]", "[2, 6]"),
        ("owner: head of legal", "owner: general counsel"),
        ("due: 2026-12-31", "due: 2026-12-30"),
        ("id: quick_reviews", "id: quicker_reviews"),
    ],
)
def test_changing_a_definition_or_its_context_changes_its_hash(cascade_copy: CascadeCopy, old: str, new: str) -> None:
    before = load_cascade(cascade_copy.root).cascade
    cascade_copy.edit(LEGAL, old, new)
    after = load_cascade(cascade_copy.root).cascade
    assert before is not None
    assert after is not None

    changed = [
        result.id
        for result in before.key_results
        if result.definition_hash != after.key_results_by_id[result.id].definition_hash
    ]
    assert changed == ["review_days"]


def test_a_refused_entry_hides_none_of_its_neighbours(cascade_copy: CascadeCopy) -> None:
    cascade_copy.edit("2026-h2/customer_operations.yml", "weight: 2", "weight: two")

    loaded = load_cascade(cascade_copy.root)

    assert loaded.cascade is None
    assert loaded.partial is not None
    assert "repeat_contacts" in loaded.partial.key_results_by_id
    assert loaded.partial.key_results_by_id["repeat_contacts"].location.line == 25
    assert loaded.partial.unreadable_ids == {"handle_time"}


def test_a_link_that_leads_outside_is_not_followed(cascade_copy: CascadeCopy, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yml"
    outside.write_text("id: secret", encoding="utf-8")
    (cascade_copy.root / LEGAL).unlink()
    (cascade_copy.root / LEGAL).symlink_to(outside)

    loaded = load_cascade(cascade_copy.root)

    assert refusals(cascade_copy.root) == [(LEGAL, "outside_directory")]
    assert loaded.partial is not None
    assert "secret" not in loaded.partial.unreadable_ids


def test_a_link_inside_the_directory_is_read(cascade_copy: CascadeCopy) -> None:
    (cascade_copy.root / LEGAL).rename(cascade_copy.root / "legal.txt")
    (cascade_copy.root / LEGAL).symlink_to(cascade_copy.root / "legal.txt")

    assert refusals(cascade_copy.root) == []


def test_a_circle_of_links_a_folder_and_a_pipe_are_refused(cascade_copy: CascadeCopy) -> None:
    folder = cascade_copy.root / "2026-h2"
    (folder / "circle.yml").symlink_to("circle.yml")
    (folder / "folder.yml").mkdir()
    os.mkfifo(folder / "pipe.yml")

    assert refusals(cascade_copy.root) == [
        (f"2026-h2/{name}.yml", "unreadable_file") for name in ("circle", "folder", "pipe")
    ]


def test_files_that_would_be_ignored_or_are_missing_are_told(cascade_copy: CascadeCopy) -> None:
    (cascade_copy.root / "strategy.yml").rename(cascade_copy.root / "stratgy.yml")
    (cascade_copy.root / LEGAL).rename(cascade_copy.root / "2026-h2" / "legal.yaml")
    (cascade_copy.root / "2026-h2" / "cycle.yml").unlink()

    assert [issue.sentence() for issue in load_cascade(cascade_copy.root).issues] == [
        "2026-h2/cycle.yml:1: file: the file is missing - a folder of a cycle has a cycle.yml. Fix: add cycle.yml",
        "2026-h2/legal.yaml:1: file: the file would be ignored - organisation.yml, strategy.yml, policy.yml, "
        "benchmarks.yml, suppressions.yml, ai_systems/<id>.yml, evidence/<id>.yml, <cycle>/cycle.yml and "
        "<cycle>/<org unit>.yml are read. Fix: rename it to end in .yml and move it to its folder",
        "strategy.yml:1: file: the file is missing - organisation.yml, strategy.yml, policy.yml must exist. "
        "Fix: add strategy.yml",
        "stratgy.yml:1: file: the file would be ignored - organisation.yml, strategy.yml, policy.yml, "
        "benchmarks.yml, suppressions.yml, ai_systems/<id>.yml, evidence/<id>.yml, <cycle>/cycle.yml and "
        "<cycle>/<org unit>.yml are read. Fix: rename it to strategy.yml",
    ]


def test_a_directory_that_does_not_exist_is_one_issue(tmp_path: Path) -> None:
    assert refusals(tmp_path / "nowhere") == [(".", "unreadable_file")]


def test_an_ai_system_is_named_by_its_file(cascade_copy: CascadeCopy) -> None:
    cascade_copy.edit("ai_systems/agent_assist.yml", "id: agent_assist", "id: agent_helper")

    assert refusals(cascade_copy.root) == [("ai_systems/agent_assist.yml", "wrong_place")]


FILES = sorted(path.relative_to(VALID).as_posix() for path in VALID.rglob("*.yml"))
WORDS = st.text(string.ascii_lowercase + "_%-. é\x00\u202e", max_size=8)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), WORDS)
TREES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3))
ANY_FILE = st.sampled_from(FILES)
ONCE_PER_EXAMPLE = [HealthCheck.function_scoped_fixture]  # every example writes the whole file anew


@settings(max_examples=120, deadline=None, suppress_health_check=ONCE_PER_EXAMPLE)
@given(file=ANY_FILE, content=st.binary(max_size=80))
def test_any_bytes_in_any_file_give_issues_and_never_raise(
    cascade_copy: CascadeCopy, file: str, content: bytes
) -> None:
    _check_with(cascade_copy, file, content)


@settings(max_examples=150, deadline=None, suppress_health_check=ONCE_PER_EXAMPLE)
@given(file=ANY_FILE, data=st.data())
def test_any_value_anywhere_in_any_file_gives_issues_and_never_raises(
    cascade_copy: CascadeCopy, file: str, data: st.DataObject
) -> None:
    tree = yaml.safe_load((VALID / file).read_text(encoding="utf-8"))
    node, keys = tree, list(tree)
    while True:
        key = data.draw(st.sampled_from(keys))
        inner = node[key]
        if not isinstance(inner, (dict, list)) or not inner or data.draw(st.booleans()):
            break
        node = inner
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    node[key] = data.draw(TREES)

    _check_with(cascade_copy, file, yaml.safe_dump(tree, allow_unicode=True).encode())


def _check_with(cascade_copy: CascadeCopy, file: str, content: bytes) -> None:
    path = cascade_copy.root / file
    before = path.read_bytes()
    path.write_bytes(content)
    try:
        result = cascade_copy.check()
    finally:
        path.write_bytes(before)
    for issue in result.issues:
        assert issue.line >= 1
        assert (VALID / issue.file).exists()
        assert issue.sentence().encode().isascii() or issue.sentence().isprintable()
    assert (result.cascade is None) == any(issue.level == "error" for issue in result.issues)
