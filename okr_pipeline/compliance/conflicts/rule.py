"""What a conflict rule is, and how conflict rules are found. The rules themselves are in `rules`.

A rule is a function in any module of `rules`; its docstring is its documentation in three parts: Example, Reason,
Remedy. Its id is that of the catalogue (``KR-01``), since a function cannot be named so.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from okr_pipeline.cascade.rule import members
from okr_pipeline.compliance.conflicts import rules
from okr_pipeline.compliance.conflicts.pair import Pair
from okr_pipeline.compliance.model import Conflict, Severity

Basis = Literal["law", "arithmetic", "practice"]
Subject = Literal["key_result", "system"]


@dataclass(frozen=True, slots=True)
class Clash:
    """What a rule yields; the rule's id and the two parties are added to make a `Conflict`.

    Attributes:
        severity: how bad it is.
        problem: what is wrong, with the figures seen.
        allowed: what would be right, and by which article.
        fix: the next action.
        basis: what it rests on where that is not the rule's own basis; None otherwise.
    """

    severity: Severity
    problem: str
    allowed: str
    fix: str
    basis: Basis | None = None


Judge = Callable[[Pair], Iterator[Clash]]


@dataclass(frozen=True)
class ConflictRule:
    """A registered rule.

    Attributes:
        id: ``KR-01`` to ``KR-14``.
        name: name of the function, for people.
        basis: whether it rests on law, arithmetic or practice.
        subject: ``key_result`` when each key result that names a system is judged; ``system`` when the system is,
            once, and the conflict stands at the key result that it concerns most.
        documentation: example, reason and remedy.
        judge: the function.
        of_prohibited: whether it judges prohibited systems, and only these; the other rules leave them alone, since no
            design and no number makes a target for them right.
    """

    id: str
    name: str
    basis: Basis
    subject: Subject
    documentation: str
    judge: Judge
    of_prohibited: bool = False

    def conflicts(self, pair: Pair) -> Iterator[Conflict]:
        """Apply the rule to a key result and a system that it names."""
        if self.of_prohibited != (pair.assessment.route == "prohibited"):
            return
        for clash in self.judge(pair):
            yield Conflict(
                rule=self.id,
                severity=clash.severity,
                basis=clash.basis or self.basis,
                system_id=pair.system.id,
                key_result_id=pair.key_result.id,
                problem=clash.problem,
                allowed=clash.allowed,
                fix=clash.fix,
            )


def conflict_rule(
    rule_id: str, basis: Basis, *, subject: Subject = "key_result", of_prohibited: bool = False
) -> Callable[[Judge], ConflictRule]:
    """Register a function of a module in `rules` as a rule."""

    def register(judge: Judge) -> ConflictRule:
        documentation = inspect.getdoc(judge) or ""
        return ConflictRule(rule_id, judge.__name__, basis, subject, documentation, judge, of_prohibited)

    return register


@lru_cache(maxsize=1)
def discover_conflict_rules() -> tuple[ConflictRule, ...]:
    """Return every rule of every module in `rules`, by id.

    Raises:
        ValueError: two rules have one id.
    """
    found: dict[str, ConflictRule] = {}
    for member in members(rules, ConflictRule):
        if found.setdefault(member.id, member) is not member:
            raise ValueError(f"two rules have the id {member.id}")
    return tuple(found[rule_id] for rule_id in sorted(found))
