"""Owners are roles."""

import pytest
from pydantic import TypeAdapter, ValidationError

from okr_pipeline.cascade.role import Role

ROLE = TypeAdapter(Role)


@pytest.mark.parametrize(
    "text",
    [
        "head of legal",
        "Head of Legal",
        "Chief Claims Officer",
        "CFO",
        "Team Lead Billing",
        "board",
        "Legal",
        "VP sales",
    ],
)
def test_roles_are_taken_in_any_case(text: str) -> None:
    assert ROLE.validate_python(text) == text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Maria Example", "'Maria Example' looks like a person's name"),
        ("Anna-Lena Muster", "'Anna-Lena Muster' looks like a person's name"),
        ("m.example@example.org", "'m.example@example.org' is an address or a handle of a person"),
        ("@mexample", "'@mexample' is an address or a handle of a person"),
        ("Dr. example", "'Dr. example' begins with a person's title"),
        ("", "the text is empty"),
    ],
)
def test_persons_are_refused(text: str, problem: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ROLE.validate_python(text)

    assert [error["msg"] for error in refused.value.errors()] == [problem]
