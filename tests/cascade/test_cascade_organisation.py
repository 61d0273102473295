"""Units form one tree, and a code means one unit."""

import pytest
from cascade_copy import VALID, CascadeCopy

from okr_pipeline.cascade.loader import load_cascade

FILE = "organisation.yml"


def test_a_unit_means_itself_and_all_below() -> None:
    cascade = load_cascade(VALID).cascade
    assert cascade is not None
    organisation = cascade.organisation

    assert organisation.root == "insurer"
    assert organisation.below("customer_operations") == (
        "customer_operations",
        "billing_support",
        "policy_support",
    )
    assert organisation.below("billing_support") == ("billing_support",)
    assert organisation.ancestors("billing_support") == ("billing_support", "customer_operations", "insurer")
    assert ("contact_centre", "T1-POL", "policy_support") in organisation.unit_codes()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "{parent: insurer, title: Legal}",
            "{title: Legal}",
            "organisation.yml:9: units.legal: 2 units have no parent (insurer, legal) - "
            "exactly one unit, the root, "
            "has none. Fix: give every other unit its parent",
        ),
        (
            "customer_operations: {parent: insurer",
            "customer_operations: {parent: billing_support",
            "organisation.yml:6: units.customer_operations.parent: following the parents never ends - "
            "the parents "
            "lead to the root. Fix: correct the parent of one of the units in the circle",
        ),
        (
            "T1-POL",
            "T1-BILL",
            "organisation.yml:8: units.policy_support.codes.contact_centre: the code 'T1-BILL' of "
            "contact_centre already belongs to billing_support - a code means one unit. "
            "Fix: delete it from policy_support or billing_support",
        ),
        (
            "Europe/Berlin",
            "Europe/Berln",
            "organisation.yml:1: time_zone: 'Europe/Berln' is no time zone - "
            "a name of the IANA time zone database, "
            "e.g. Europe/Berlin. Fix: write Europe/Berlin",
        ),
        (
            "  legal: {",
            "  Legal: {",
            "organisation.yml:9: units.Legal: 'Legal' is not an id - "
            "an id is 1 to 63 characters a-z, 0-9 and _, "
            "and begins with a letter. Fix: rename it",
        ),
    ],
)
def test_units_that_form_no_tree_are_refused(cascade_copy: CascadeCopy, old: str, new: str, sentence: str) -> None:
    cascade_copy.edit(FILE, old, new)

    assert [issue.sentence() for issue in load_cascade(cascade_copy.root).issues] == [sentence]


def test_the_minimum_group_may_be_raised(cascade_copy: CascadeCopy) -> None:
    cascade_copy.edit(FILE, "minimum_group: 5", "minimum_group: 12")

    assert cascade_copy.sentences() == []
