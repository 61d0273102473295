"""Every rule that may find something, in one list: what `okr rules` prints, and the names that may be suppressed.

Rules are gathered from where they are written; only what is found on a higher layer is documented here. What a rule
decides does not belong here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Literal, Protocol

from okr_pipeline.analysis.data_rule import discover_data_rules
from okr_pipeline.cascade.checks import CHECKS as CASCADE_CHECKS
from okr_pipeline.cascade.documentation import Check, Documentation, Needs, read_documentation
from okr_pipeline.cascade.issues import Level, listed
from okr_pipeline.cascade.policy import Policy
from okr_pipeline.cascade.rule import discover_rules
from okr_pipeline.compliance.checks import CHECKS as COMPLIANCE_CHECKS
from okr_pipeline.compliance.conflicts.rule import Basis, ConflictRule, discover_conflict_rules
from okr_pipeline.errors import OkrError

RuleLevel = Level | Literal["error or warning"]

_CHECKS_OF_PUBLICATION = (
    Check(
        "unmapped_code",
        "warning",
        "data",
        """A unit code in the newest week of a system of record that ``organisation.yml`` does not map.

        Example: 176 rows of a queue that was opened last week.
        Reason: the rows count for the whole organisation and for none of its units.
        Remedy: add the code to its unit in ``organisation.yml``, under the system.
        """,
    ),
)
"""Found where rows are published, which is above whoever asks for the names of all rules."""
_KNOWN_TOO_AS = {
    "KR-01": ("prohibited_practice",),
    "KR-14": ("unclassified_ai_system", "classified_after_target"),
}
"""What people call two conflicts; findings carry the id."""


@dataclass(frozen=True)
class RuleEntry:
    """One rule.

    Attributes:
        name: As findings carry it.
        level: Level of its findings; of conflicts it depends on what is known and whom the law binds.
        needs: What has to be there before it can judge.
        documentation: Its sentence, example, reason and remedy.
        source: Module that it is written in.
        also: Other names by which people may ask for it.
        basis: What a conflict rests on: law, arithmetic or practice; None for other rules.
        thresholds: Names of the thresholds of ``policy.yml`` that it names or its function reads.
    """

    name: str
    level: RuleLevel
    needs: Needs
    documentation: Documentation
    source: str
    also: tuple[str, ...] = ()
    basis: Basis | None = None
    thresholds: tuple[str, ...] = ()


class UnknownRuleError(OkrError):
    """There is no rule of that name. ``near`` has the names that may have been meant, nearest first."""

    def __init__(self, name: str, near: tuple[str, ...]) -> None:
        """Build the sentence."""
        self.name, self.near = name, near
        allowed = f"near to it: {listed(near)}" if near else "allowed: what `okr rules` lists"
        fix = f"write {near[0]}" if near else "choose one of them"
        super().__init__(f"{name!r} is the name of no rule - {allowed}. Fix: {fix}")


class FunctionRule(Protocol):
    """A rule that is a function with its documentation: of the cascade, and of what needs data."""

    @property
    def name(self) -> str: ...
    @property
    def level(self) -> Level: ...
    @property
    def documentation(self) -> str: ...
    @property
    def judge(self) -> Callable[..., object]: ...


@cache
def rule_book() -> tuple[RuleEntry, ...]:
    """Return every rule: those of files, of definitions, of data, of compliance; each kind by name.

    Raises:
        ValueError: two rules have one name.
    """
    entries = (
        *(_of_function(rule, "definitions") for rule in discover_rules()),
        *(_of_function(rule, "data") for rule in discover_data_rules()),
        *(_of_conflict(rule) for rule in discover_conflict_rules()),
        *(_of_check(check, "okr_pipeline.cascade.checks") for check in CASCADE_CHECKS),
        *(_of_check(check, "okr_pipeline.compliance.checks") for check in COMPLIANCE_CHECKS),
        *(_of_check(check, __name__) for check in _CHECKS_OF_PUBLICATION),
    )
    by_name: dict[str, RuleEntry] = {}
    for entry in entries:
        if by_name.setdefault(entry.name, entry) is not entry:
            raise ValueError(f"two rules are named {entry.name}")
    order: tuple[Needs, ...] = ("files", "definitions", "data", "compliance")
    return tuple(sorted(entries, key=lambda entry: (order.index(entry.needs), entry.name)))


def rule_names() -> frozenset[str]:
    """Return the name of every rule, as findings carry it."""
    return frozenset(entry.name for entry in rule_book())


def find_rule(name: str) -> RuleEntry:
    """Return a rule by its name or one of its other names, in upper or lower case.

    Raises:
        UnknownRuleError: there is none.
    """
    by_name = {known.casefold(): entry for entry in rule_book() for known in (*entry.also, entry.name)}
    found = by_name.get(name.casefold())
    if found is None:
        near = get_close_matches(name.casefold()[:100], by_name, n=3, cutoff=0.6)
        raise UnknownRuleError(name, tuple(dict.fromkeys(by_name[each].name for each in near)))
    return found


def _of_function(rule: FunctionRule, needs: Needs) -> RuleEntry:
    return RuleEntry(
        name=rule.name,
        level=rule.level,
        needs=needs,
        documentation=read_documentation(rule.documentation),
        source=rule.judge.__module__,
        thresholds=_thresholds(rule.documentation, rule.judge),
    )


def _of_conflict(rule: ConflictRule) -> RuleEntry:
    return RuleEntry(
        name=rule.id,
        level="error or warning",
        needs="compliance",
        documentation=read_documentation(rule.documentation),
        source=rule.judge.__module__,
        also=(rule.name, *_KNOWN_TOO_AS.get(rule.id, ())),
        basis=rule.basis,
        thresholds=_thresholds(rule.documentation, rule.judge),
    )


def _of_check(check: Check, source: str) -> RuleEntry:
    documentation = read_documentation(check.text)
    return RuleEntry(check.name, check.level, check.needs, documentation, source, thresholds=_thresholds(check.text))


def _thresholds(text: str, judge: Callable[..., object] | None = None) -> tuple[str, ...]:
    read = judge.__code__.co_names if judge is not None and hasattr(judge, "__code__") else ()
    return tuple(name for name in Policy.model_fields if name in read or f"``{name}``" in text)
