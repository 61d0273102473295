"""Conditions with three values over the facts of a system: true, false, or unknown (Kleene's strong logic).

An unknown answer makes a condition unknown only where it decides: `unknown and false` is false. What an unknown
condition leads to is not decided here.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple, Self

from pydantic import Field, model_validator

from okr_pipeline.cascade.definition import Definition, refusal

Truth = bool | None
"""None is unknown."""
Fact = Truth | frozenset[str]
"""A truth, or a set of codes; an unknown set is None."""


def every(truths: Iterable[Truth]) -> Truth:
    """Return true if all are, false if one is, else unknown."""
    found = set(truths)
    return False if False in found else None if None in found else True


def some(truths: Iterable[Truth]) -> Truth:
    """Return true if one is, false if none is, else unknown."""
    found = set(truths)
    return True if True in found else None if None in found else False


def negated(truth: Truth) -> Truth:
    """Return the opposite; the opposite of unknown is unknown."""
    return None if truth is None else not truth


class Outcome(NamedTuple):
    """What a condition comes to, and the facts that decide it.

    Attributes:
        truth: the value.
        because: the facts that make it false or unknown, in the order of the condition; empty when it is true.
    """

    truth: Truth
    because: tuple[str, ...] = ()


HOLDS = Outcome(truth=True)


class Condition(Definition):
    """One of: `{always: true}`, `{all: [...]}`, `{any: [...]}`, `{fact: F, is: true}`, `{fact: F, contains: C}`."""

    always: Literal[True] | None = None
    """Holds for every system."""
    all: "tuple[Condition, ...] | None" = None
    """Holds when all of them do."""
    any: "tuple[Condition, ...] | None" = None
    """Holds when one of them does."""
    fact: str | None = None
    """An answer of the system's file by its dotted name, or a fact that follows, e.g. ``high_risk``."""
    equals: bool | None = Field(default=None, alias="is")
    """Value that the fact must have."""
    contains: str | None = None
    """Code that the fact, a list, must hold."""

    @model_validator(mode="after")
    def _is_one_of_them(self) -> Self:
        given = [bool(part) for part in (self.always, self.all, self.any, self.fact)]
        tests = [part is not None for part in (self.equals, self.contains)]
        if sum(given) != 1 or sum(tests) != (self.fact is not None):
            raise refusal("the condition is none of the five forms", Condition.__doc__ or "", "write one of them")
        return self

    def evaluate(self, facts: Mapping[str, Fact]) -> Outcome:
        """Return its value for a system.

        Raises:
            KeyError: a fact does not exist; the catalogue refuses such a condition when it loads.
        """
        if self.all is not None:
            return _joined(every, [part.evaluate(facts) for part in self.all])
        if self.any is not None:
            return _joined(some, [part.evaluate(facts) for part in self.any])
        if self.fact is None:
            return HOLDS
        value = facts[self.fact]
        if value is None:
            return Outcome(None, (self.fact,))
        if isinstance(value, frozenset):
            held = self.contains in value
            return HOLDS if held else Outcome(held, (f"{self.fact} has no {self.contains}",))
        held = value is self.equals
        return HOLDS if held else Outcome(held, (f"{self.fact} is {str(value).lower()}",))


def _joined(rule: object, outcomes: list[Outcome]) -> Outcome:
    truths = [outcome.truth for outcome in outcomes]
    truth = every(truths) if rule is every else some(truths)
    if truth is True:
        return HOLDS
    return Outcome(truth, tuple(reason for each in outcomes if each.truth is truth for reason in each.because))
