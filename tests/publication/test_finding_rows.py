"""The rows of findings: what is suppressed stays, says why, and is counted apart; unmapped codes are findings too."""

from collections.abc import Mapping
from datetime import date

import pytest

from okr_pipeline.cascade.issues import Issue
from okr_pipeline.cascade.model import Cascade
from okr_pipeline.cascade.stand_ins import stand_in_organisation, stand_in_policy, stand_in_strategy
from okr_pipeline.cascade.suppression import Suppression
from okr_pipeline.publication.findings import SUPPRESSED_UNTIL, finding_rows
from okr_pipeline.publication.tables import CASCADE_FINDINGS

AS_OF = date(2026, 11, 23)
LAST_DAY = date(2026, 12, 18)
TABLE = ("contact_centre", "interactions")
CODES = {TABLE: {"T9-NEW": 40}}
VANITY = Issue(
    "vanity_metric", "warning", "2026-h2/legal.yml", 9, "key result faster_review", "the parent stayed flat",
    "it moves", "look again",
)  # fmt: skip
OVERDUE = Issue(
    "milestone_overdue", "error", "ai_systems/triage.yml", 2, "AI system triage, AIA-26-11", "it is overdue",
    "it is met", "have it signed",
)  # fmt: skip


def suppression(rule: str, about: str, until: date = LAST_DAY) -> Suppression:
    return Suppression(rule=rule, about=about, reason="agreed in the review", until=until, agreed_by="head of legal")


def cascade(*suppressions: Suppression) -> Cascade:
    """Return a cascade that defines nothing but suppressions."""
    return Cascade(
        stand_in_organisation(), stand_in_strategy(), stand_in_policy(), (), {}, {}, (), (), (),
        suppressions=suppressions,
    )  # fmt: skip


def rows_of(
    *suppressions: Suppression,
    issues: tuple[Issue, ...] = (),
    unmapped: Mapping[tuple[str, str], Mapping[str, int]] | None = None,
) -> list[dict[str, object]]:
    """Return the rows with the names of their columns."""
    names = [column.name for column in CASCADE_FINDINGS.columns]
    found = finding_rows(cascade(*suppressions), issues, unmapped or {}, AS_OF)
    return [dict(zip(names, row, strict=True)) for row in found]


def test_the_column_that_says_whether_a_finding_is_silenced_is_where_it_is_looked_for() -> None:
    assert CASCADE_FINDINGS.columns[SUPPRESSED_UNTIL].name == "suppressed_until"


def test_an_unmapped_code_is_a_finding_about_its_table() -> None:
    (row,) = rows_of(unmapped=CODES)
    identity = str(row.pop("finding_id"))
    assert identity.startswith("unmapped_code:contact_centre.interactions:")
    assert row == {
        "rule": "unmapped_code",
        "severity": "warning",
        "node": "contact_centre.interactions",
        "message": "table contact_centre.interactions: 40 rows of the newest week carry unit code 'T9-NEW', which "
        "organisation.yml does not map - every code belongs to a unit",
        "fix": "add T9-NEW to the codes of its unit in organisation.yml, under contact_centre",
        "file": "organisation.yml",
        "line": None,
        "suppressed_until": None,
        "suppression_reason": None,
    }


def test_two_unmapped_codes_of_a_table_are_two_findings() -> None:
    found = rows_of(unmapped={TABLE: {"T9-NEW": 40, "T8-OLD": 40}})
    assert len({row["finding_id"] for row in found}) == 2
    assert {row["node"] for row in found} == {"contact_centre.interactions"}


def test_an_unmapped_code_is_suppressed_like_every_other_finding() -> None:
    (row,) = rows_of(suppression("unmapped_code", "contact_centre.interactions"), unmapped=CODES)
    assert (row["rule"], row["suppressed_until"], row["suppression_reason"]) == (
        "unmapped_code", LAST_DAY, "agreed in the review"
    )  # fmt: skip


def test_the_suppression_of_one_tables_codes_does_not_reach_another_table() -> None:
    both = {**CODES, ("erp", "headcount"): {"X1": 3}}
    found = rows_of(suppression("unmapped_code", "contact_centre.interactions"), unmapped=both)
    assert {(row["node"], row["suppressed_until"]) for row in found} == {
        ("contact_centre.interactions", LAST_DAY),
        ("erp.headcount", None),
    }


def test_a_suppression_of_unmapped_codes_is_unused_once_all_are_mapped() -> None:
    (row,) = rows_of(suppression("unmapped_code", "contact_centre.interactions"), unmapped={TABLE: {}})
    assert row["rule"] == "unused_suppression"
    assert row["message"] == (
        "suppression of unmapped_code about contact_centre.interactions: it silences nothing: no finding of "
        "unmapped_code is about contact_centre.interactions - unmapped_code finds nothing"
    )


def test_a_suppression_of_another_table_is_unused_and_told_which_was_meant() -> None:
    found = {
        row["rule"]: row for row in rows_of(suppression("unmapped_code", "contact_centre.interaction"), unmapped=CODES)
    }
    assert found["unmapped_code"]["suppressed_until"] is None
    assert found["unused_suppression"]["fix"] == "write contact_centre.interactions, or delete the entry"


@pytest.mark.parametrize(("until", "is_silenced"), [(AS_OF, True), (date(2026, 11, 22), False)])
def test_a_finding_counts_again_on_the_day_after_the_last(until: date, is_silenced: bool) -> None:
    (row,) = rows_of(suppression("vanity_metric", "faster_review", until), issues=(VANITY,))
    assert (row["suppressed_until"] is not None) is is_silenced


def test_an_error_is_told_whatever_suppressions_say_and_they_are_told_as_unused() -> None:
    found = {
        row["rule"]: row for row in rows_of(suppression("milestone_overdue", "triage.AIA-26-11"), issues=(OVERDUE,))
    }
    assert found["milestone_overdue"]["suppressed_until"] is None
    assert found["unused_suppression"]["severity"] == "advice"


def test_the_same_finding_twice_is_one_row() -> None:
    assert len(rows_of(issues=(VANITY, VANITY))) == 1
