"""An AI system's file: what is refused, with the line, and the file that `okr new ai-system` begins."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from okr_pipeline.cascade.answers import UNKNOWN
from okr_pipeline.cli import app
from okr_pipeline.compliance.system_file import read_system
from okr_pipeline.errors import OkrError

VALID = """\
id: claims_triage
intended_purpose: Sorts claims
roles: [deployer]
annex_iii: [5c]
dates: {first_use: 2027-02-01}
affected:
  workers: false
oversight:
  review_coverage: 50%
"""


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "workers: false",
            "workers: never",
            "7: affected.workers: 'never' is no answer - true, false or unknown. Fix: write unknown if nobody can say",
        ),
        (
            "[5c]",
            "[5e]",
            "4: annex_iii.0: '5e' is not known here - one of 1a, 1b, 1c, 2, 3a, 3b, 3c, 3d, 4a, 4b, 5a, 5b, 5c, 5d, "
            "6a, 6b, 6c, 6d, 6e, 7a, 7b, 7c, 7d, 8a, 8b. Fix: ",
        ),
        (
            "2027-02-01",
            "soon",
            "5: dates.first_use: 'soon' is not a date - YYYY-MM-DD, e.g. 2027-12-02, or unknown. Fix: write the day so",
        ),
        (
            "50%",
            "150%",
            "9: oversight.review_coverage: '150%' is no share - 0 to 1, a percentage, or unknown. "
            "Fix: write e.g. 0.05 or 5%",
        ),
        (
            "id: claims_triage",
            "id: Claims",
            "1: id: 'Claims' is not an id - an id is 1 to 63 characters a-z, 0-9, _ and -",
        ),
    ],
)
def test_a_wrong_answer_is_refused_with_its_line(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    path = tmp_path / "claims_triage.yml"
    path.write_text(VALID.replace(old, new), encoding="utf-8")
    with pytest.raises(OkrError) as refused:
        read_system(path)
    assert str(refused.value).startswith(f"{path}:{sentence}"), str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "claims_triage.yml"
    path.write_text(VALID.replace("[5c]", "[5e]").replace("50%", "150%") + "colour: red\n", encoding="utf-8")
    with pytest.raises(OkrError) as refused:
        read_system(path)
    assert len(str(refused.value).splitlines()) == 3


def test_unknown_is_an_answer_to_every_question_and_to_a_whole_group(tmp_path: Path) -> None:
    path = tmp_path / "claims_triage.yml"
    path.write_text("id: x\nintended_purpose: z\naffected: unknown\nannex_iii: unknown\n", encoding="utf-8")
    found = read_system(path)
    assert found.affected.workers == UNKNOWN
    assert found.annex_iii == UNKNOWN


def test_a_new_file_asks_every_question_and_answers_none(tmp_path: Path) -> None:
    ended = CliRunner().invoke(app, ["new", "ai-system", "claims_triage", "--out", str(tmp_path)])
    assert ended.exit_code == 0, ended.output
    path = tmp_path / "claims_triage.yml"
    found = read_system(path)
    assert (found.id, found.roles, found.art6_3.profiling) == ("claims_triage", UNKNOWN, UNKNOWN)
    text = path.read_text("utf-8")
    assert text.count(": unknown\n") > 50
    assert text.count("#") > text.count(": unknown\n")

    again = CliRunner().invoke(app, ["new", "ai-system", "claims_triage", "--out", str(tmp_path)])
    assert isinstance(again.exception, OkrError)
    assert "nothing is overwritten" in str(again.exception)
    assert path.read_text("utf-8") == text


def test_a_new_id_stays_an_id(tmp_path: Path) -> None:
    ended = CliRunner().invoke(app, ["new", "ai-system", "../Claims", "--out", str(tmp_path)])
    assert isinstance(ended.exception, OkrError)
    assert not list(tmp_path.iterdir())
