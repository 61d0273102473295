"""What a rule is, and how rules are found. The rules themselves are in `rules`.

A rule is a function in any module of `rules`; its name is the rule's id, and its docstring its documentation
in three parts: Example, Reason, Remedy.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import ModuleType
from typing import Protocol, TypeVar

from okr_pipeline.cascade import rules
from okr_pipeline.cascade.issues import Issue, Level
from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.model import Cascade, Location


@dataclass(frozen=True)
class RuleContext:
    """What a rule may know besides the cascade.

    Attributes:
        metrics: Metrics by name, as the warehouse defines them.
        as_of: The day that counts as today.
        rule_names: Every rule that may find something, those outside the cascade included; empty where the caller
            does not know them, and names of rules are then not judged.
    """

    metrics: Mapping[str, Metric]
    as_of: date
    rule_names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Finding:
    """What a rule yields; the rule's name and level are added to make an `Issue`.

    Attributes:
        at: Where the problem is written.
        object: What the sentence is about, e.g. ``objective faster_review``.
        problem: What is wrong, with the value seen.
        allowed: What would be right.
        fix: The next action.
    """

    at: Location
    object: str
    problem: str
    allowed: str
    fix: str

    def issue(self, rule: str, level: Level) -> Issue:
        """Return it as the issue of a rule."""
        return Issue(rule, level, self.at.file, self.at.line, self.object, self.problem, self.allowed, self.fix)


class Named(Protocol):
    """Anything that is found by its name."""

    @property
    def name(self) -> str: ...


Member = TypeVar("Member")
NamedMember = TypeVar("NamedMember", bound=Named)
Judge = Callable[[Cascade, RuleContext], Iterator[Finding]]


@dataclass(frozen=True)
class Rule:
    """A registered rule.

    Attributes:
        name: The rule's id.
        level: Level of its issues.
        documentation: Example, reason and remedy.
        judge: The function.
        needs_all_files: Whether it judges that something is absent, which an unreadable file may hide; it
            then stays silent until every file can be read.
    """

    name: str
    level: Level
    documentation: str
    judge: Judge
    needs_all_files: bool

    def issues(self, cascade: Cascade, context: RuleContext) -> Iterator[Issue]:
        """Apply the rule."""
        if self.needs_all_files and not cascade.is_complete:
            return
        for found in self.judge(cascade, context):
            yield found.issue(self.name, self.level)


def rule(level: Level, *, needs_all_files: bool = False) -> Callable[[Judge], Rule]:
    """Register a function of a module in `rules` as a rule."""

    def register(judge: Judge) -> Rule:
        return Rule(judge.__name__, level, inspect.getdoc(judge) or "", judge, needs_all_files)

    return register


def discover_rules() -> tuple[Rule, ...]:
    """Return every rule of every module in `rules`, by name.

    Raises:
        ValueError: two rules have one name.
    """
    return by_name(members(rules, Rule))


def by_name(found: Iterable[NamedMember]) -> tuple[NamedMember, ...]:
    """Return rules sorted by name, each once.

    Raises:
        ValueError: two rules have one name.
    """
    named: dict[str, NamedMember] = {}
    for member in found:
        if named.setdefault(member.name, member) is not member:
            raise ValueError(f"two rules are named {member.name}")
    return tuple(named[name] for name in sorted(named))


def members(package: ModuleType, kind: type[Member]) -> Iterator[Member]:
    """Yield what every module of a package holds of a kind; imported ones come again."""
    for module_info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{module_info.name}")
        yield from (member for member in vars(module).values() if isinstance(member, kind))
