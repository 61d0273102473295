"""Apply every rule to a cascade and gather all issues at once."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from okr_pipeline.cascade.issues import Issue, has_errors, in_reading_order
from okr_pipeline.cascade.loader import LoadResult, load_cascade
from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.model import Cascade
from okr_pipeline.cascade.rule import RuleContext, discover_rules


def check(
    cascade: Cascade, metrics: Mapping[str, Metric], as_of: date, rule_names: frozenset[str] = frozenset()
) -> tuple[Issue, ...]:
    """Return what the rules find, sorted by file and line.

    Args:
        cascade: The cascade, whole or partial.
        metrics: Metrics by name.
        as_of: The day that counts as today.
        rule_names: See `RuleContext`.
    """
    context = RuleContext(metrics, as_of, rule_names)
    return in_reading_order(issue for rule in discover_rules() for issue in rule.issues(cascade, context))


def check_directory(
    directory: Path, metrics: Mapping[str, Metric], as_of: date, rule_names: frozenset[str] = frozenset()
) -> LoadResult:
    """Load a directory and apply the rules to whatever could be read, so that every problem is seen at once.

    The result's ``cascade`` is None when any error was found, by the loader or by a rule.
    """
    loaded = load_cascade(directory)
    if loaded.partial is None:
        return loaded
    issues = in_reading_order((*loaded.issues, *check(loaded.partial, metrics, as_of, rule_names)))
    return LoadResult(None if has_errors(issues) else loaded.cascade, loaded.partial, issues)
