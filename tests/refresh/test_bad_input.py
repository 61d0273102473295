"""What a person can mend ends in one sentence that says where, and nothing is published."""

import re
import shutil
from pathlib import Path

import pytest
from okr_runs import PROJECT, current_id, run


def _cascade_with_unknown_metric(folder: Path) -> tuple[Path, int]:
    """Copy the cascade and give one key result a metric that no model computes; return its file and line."""
    shutil.copytree(PROJECT / "cascade_definitions", folder)
    for path in sorted(folder.rglob("*.yml")):
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, 1):
            if re.match(r"\s+(- )?metric: ", line):
                lines[number - 1] = re.sub("metric: .*", "metric: no_such_metric", line)
                path.write_text("\n".join(lines) + "\n", encoding="utf-8")
                return path, number
    raise AssertionError("the cascade has no metric")


def test_an_unknown_metric_is_named_with_file_and_line_and_nothing_is_published(home: Path, tmp_path: Path) -> None:
    old = current_id(home)
    path, line = _cascade_with_unknown_metric(tmp_path / "cascade")

    sentence = run(home, "refresh", env={"OKR_CASCADE_DIR": str(tmp_path / "cascade")}).refusal

    assert re.search(rf"{re.escape(path.name)}:{line}\b", sentence), sentence
    assert "no_such_metric" in sentence
    assert current_id(home) == old


def test_a_file_that_is_not_yaml_is_named_with_its_line_and_nothing_is_published(home: Path, tmp_path: Path) -> None:
    old = current_id(home)
    cascade = tmp_path / "cascade"
    shutil.copytree(PROJECT / "cascade_definitions", cascade)
    (cascade / "organisation.yml").write_text("units:\n  insurer: [unclosed\n", encoding="utf-8")

    ended = run(home, "refresh", env={"OKR_CASCADE_DIR": str(cascade)})

    sentences = ended.err.splitlines()  # all that is wrong is said at once, the units that are missing now included
    assert ended.code == 1
    assert any(re.search(r"organisation\.yml:3: .*not YAML", sentence) for sentence in sentences), ended.err
    assert all(re.search(r"\.yml:\d+: .* Fix: ", sentence) for sentence in sentences), ended.err
    assert current_id(home) == old


def test_validate_reports_the_same_place(tmp_path: Path) -> None:
    path, line = _cascade_with_unknown_metric(tmp_path / "cascade")
    ended = run(tmp_path / "okr", "validate", str(tmp_path / "cascade"))
    assert ended.code == 1
    assert re.search(rf"{re.escape(path.name)}:{line}\b", ended.out), ended.out
    assert "Traceback" not in ended.out + ended.err


def test_without_a_pseudonym_key_nothing_is_landed(tmp_path: Path) -> None:
    home = tmp_path / "okr"
    sentence = run(home, "refresh", env={"OKR_AS_OF": "2026-11-23"}).refusal
    assert "OKR_PSEUDONYM_KEY" in sentence
    assert not (home / "published").exists()
    assert not list((home / "landing").rglob("*.parquet"))


def test_a_lost_pseudonym_key_file_is_named(home: Path) -> None:
    old = current_id(home)
    (home / "demo.key").unlink()
    sentence = run(home, "refresh").refusal
    assert str(home / "demo.key") in sentence
    assert "Fix: " in sentence
    assert current_id(home) == old


def test_a_key_that_others_can_read_is_refused(home: Path) -> None:
    (home / "demo.key").chmod(0o644)
    assert "chmod 600" in run(home, "refresh").refusal


def test_a_key_that_is_too_short_is_refused_without_being_repeated(home: Path) -> None:
    sentence = run(home, "refresh", env={"OKR_PSEUDONYM_KEY": "tooshort-secret"}).refusal
    assert "32" in sentence
    assert "tooshort-secret" not in sentence


@pytest.mark.parametrize(
    "words",
    [
        ("--week", "2026-W99"),
        ("--week", "2026-W48"),
        ("--from", "2026-W47", "--to", "2026-W46"),
        ("--week", "2026-W47", "--from", "2026-W46"),
    ],
)
def test_weeks_that_cannot_be_refreshed_are_refused_with_what_is_allowed(home: Path, words: tuple[str, ...]) -> None:
    old = current_id(home)
    sentence = run(home, "refresh", *words).refusal
    assert "allowed: " in sentence
    assert "Fix: " in sentence
    assert current_id(home) == old
