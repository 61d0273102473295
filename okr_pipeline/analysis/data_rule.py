"""What a rule that needs data is, and how such rules are found. The rules themselves are in `rules`.

A rule is a function in any module of `rules`; its name is the rule's id, and its docstring its documentation in three
parts: Example, Reason, Remedy. Rules that need no data are in `okr_pipeline.cascade.rules`.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from okr_pipeline.analysis import rules
from okr_pipeline.analysis.insights import Insights
from okr_pipeline.cascade.issues import Issue, Level, in_reading_order
from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.model import Cascade, KeyResult, Location
from okr_pipeline.cascade.rule import Finding, by_name, members
from okr_pipeline.cascade.status import Judgement

DATA = Location("", 0)
"""Where a finding about data stands: in no file of the cascade."""


@dataclass(frozen=True)
class DataContext:
    """What a rule may know besides the cascade.

    Attributes:
        metrics: metrics by name.
        judgements: key result -> how it stands in the newest week.
        insights: what the analysis says.
        volume_drops: ``system.table`` -> weeks that came with far too few rows and were not loaded.
        as_of: the last day of the newest week.
    """

    metrics: Mapping[str, Metric]
    judgements: Mapping[str, Judgement]
    insights: Insights
    volume_drops: Mapping[str, tuple[date, ...]]
    as_of: date


Judge = Callable[[Cascade, DataContext], Iterator[Finding]]


@dataclass(frozen=True)
class DataRule:
    """A registered rule.

    Attributes:
        name: the rule's id.
        level: level of its issues; never an error, since data stops no run.
        documentation: example, reason and remedy.
        judge: the function.
    """

    name: str
    level: Level
    documentation: str
    judge: Judge

    def issues(self, cascade: Cascade, context: DataContext) -> Iterator[Issue]:
        """Apply the rule."""
        for found in self.judge(cascade, context):
            yield found.issue(self.name, self.level)


def data_rule(level: Level) -> Callable[[Judge], DataRule]:
    """Register a function of a module in `rules` as a rule."""

    def register(judge: Judge) -> DataRule:
        return DataRule(judge.__name__, level, inspect.getdoc(judge) or "", judge)

    return register


def discover_data_rules() -> tuple[DataRule, ...]:
    """Return every rule of every module in `rules`, by name.

    Raises:
        ValueError: two rules have one name.
    """
    return by_name(members(rules, DataRule))


def check_data(cascade: Cascade, context: DataContext) -> tuple[Issue, ...]:
    """Return what all rules find in the data, sorted by file and line."""
    return in_reading_order(issue for rule in discover_data_rules() for issue in rule.issues(cascade, context))


def about(key_result: KeyResult, problem: str, allowed: str, fix: str, field: str = "") -> Finding:
    """Return a finding about a key result, at the line of one of its fields."""
    place = key_result.location.of(field) if field else key_result.location
    return Finding(place, f"key result {key_result.id}", problem, allowed, fix)
