"""The catalogue is read strictly, and its names hold together."""

from datetime import date
from pathlib import Path

import pytest

from okr_pipeline.compliance.catalogue import CATALOGUE_FILE, load_catalogue, read_catalogue, staleness
from okr_pipeline.errors import OkrError

TEXT = CATALOGUE_FILE.read_text("utf-8")


def _line(part: str) -> int:
    return next(number for number, line in enumerate(TEXT.splitlines(), 1) if part in line)


def test_the_shipped_catalogue_has_all_items_and_their_readiness() -> None:
    catalogue = load_catalogue()
    assert len(catalogue.obligations) == 48
    assert sorted(item.readiness_milestone.id for item in catalogue.obligations if item.readiness_milestone) == [
        "AIA-26-5-INC-READY",
        "AIA-26-5-RISK-READY",
        "AIA-73-READY",
        "AIA-86-READY",
    ]
    assert catalogue.day("HIGH_RISK_ANNEX_III") == date(2027, 12, 2)
    assert catalogue.day("HIGH_RISK_ANNEX_I") == date(2028, 8, 2)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("application_date: ART4,", "application_date: ARTT4,", "AIA-04: the date ARTT4 is not defined"),
        ("depends_on: [AIA-27-1]", "depends_on: [AIA-27-9]", "AIA-27-3: the item AIA-27-9 does not exist"),
        (
            "{fact: solely_automated_decision, is: true}",
            "{fact: solely, is: true}",
            "GDPR-22: the fact solely does not exist",
        ),
    ],
)
def test_a_name_that_does_not_exist_is_refused_with_its_line(old: str, new: str, sentence: str) -> None:
    with pytest.raises(OkrError) as refused:
        read_catalogue(TEXT.replace(old, new, 1), "catalogue.yml")
    assert sentence in str(refused.value)
    assert str(refused.value).startswith("catalogue.yml:")
    assert len(str(refused.value).splitlines()) == 1


def test_a_wrong_word_is_refused_with_what_is_allowed() -> None:
    line = _line("gate: blocks_kr_setting")
    with pytest.raises(OkrError) as refused:
        read_catalogue(TEXT.replace("gate: blocks_kr_setting", "gate: blocks_kr", 1), "catalogue.yml")
    assert str(refused.value).startswith(f"catalogue.yml:{line}: ")
    assert "'blocks_kr' is not known here - one of blocks_kr_setting" in str(refused.value)


def test_an_alias_is_refused() -> None:
    with pytest.raises(OkrError, match=r"alias|anchor"):
        read_catalogue(TEXT.replace("stale_after_days: 90", "stale_after_days: &days 90", 1), "catalogue.yml")


def test_the_catalogue_grows_old_after_ninety_days() -> None:
    catalogue = load_catalogue()
    assert staleness(catalogue, date(2027, 2, 22)) is None
    assert staleness(catalogue, date(2027, 2, 23)) is not None


def test_the_catalogue_lies_beside_its_reader() -> None:
    assert Path(CATALOGUE_FILE).is_file()
