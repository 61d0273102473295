"""Precision and recall of the rules of wording and of the choice of metric, on sentences with known answers.

Nothing is simulated: the corpus has a part on which the rules were adjusted and a held-out part.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from benchmarks.methods.table import MethodRow
from benchmarks.methods.wording_corpus import PARTS, Entry, Part, entries, world
from okr_pipeline.cascade.rule import Rule
from okr_pipeline.cascade.rules import exactness, metric_choice, outcomes, wording

OF_TITLES = (
    "technology_milestone_objective",
    "machine_output_objective",
    "single_initiative_objective",
    "activity_key_result",
)
"""Rules that a title decides; the others follow from the metric and need no reading."""

_OF_PLAN = "strategy_without_plan"


@dataclass
class Counts:
    """Findings that are right, findings that are wrong, and findings that are missing."""

    right: int = 0
    wrong: int = 0
    missing: int = 0

    @property
    def precision(self) -> float:
        """Share of findings that are right; NaN without any."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else float("nan")

    @property
    def recall(self) -> float:
        """Share of what is wrong that is found; NaN where nothing is."""
        return self.right / (self.right + self.missing) if self.right + self.missing else float("nan")


def found(entry: Entry) -> frozenset[str]:
    """Return the names of the rules that speak about an entry."""
    cascade, context = world(entry)
    return frozenset(
        rule.name for rule in rules() for issue in rule.issues(cascade, context) if issue.object == entry.subject
    )


def counts(part: Part | None = None) -> Mapping[str, Counts]:
    """Count by rule over one part, or over both."""
    by_rule: dict[str, Counts] = {rule.name: Counts() for rule in rules()}
    for entry, seen in _readings():
        if part is not None and entry.part != part:
            continue
        for name in seen & entry.expected:
            by_rule[name].right += 1
        for name in seen - entry.expected:
            by_rule[name].wrong += 1
        for name in entry.expected - seen:
            by_rule[name].missing += 1
    return by_rule


@cache
def _readings() -> tuple[tuple[Entry, frozenset[str]], ...]:
    return tuple((entry, found(entry)) for entry in entries())


def overall(by_rule: Mapping[str, Counts], names: Collection[str] = ()) -> Counts:
    """Add the counts of the named rules, or of all."""
    total: Counter[str] = Counter()
    for name, count in by_rule.items():
        if not names or name in names:
            total.update(vars(count))
    return Counts(**total)


def rows(_runs: int) -> list[MethodRow]:
    """Return precision and recall by rule and overall; the corpus is what it is, so ``runs`` changes nothing."""
    result: list[MethodRow] = []
    for part in (None, *PARTS):
        by_rule = counts(part)
        named = {"all rules": overall(by_rule), "rules of titles": overall(by_rule, OF_TITLES)}
        if part is None:
            named |= by_rule
        for name, count in named.items():
            case = f"{name}, {'both parts' if part is None else part.replace('_', ' ')}"
            for rate, value, cases in (
                ("precision", count.precision, count.right + count.wrong),
                ("recall", count.recall, count.right + count.missing),
            ):
                if cases:
                    result.append(MethodRow("wording", case, rate, None, value, cases, "higher"))
    return result


def rules() -> Iterator[Rule]:
    """Yield the rules that are measured: those that speak about an objective or a key result."""
    for module in (wording, outcomes, metric_choice, exactness):
        yield from (member for member in vars(module).values() if isinstance(member, Rule) and member.name != _OF_PLAN)
