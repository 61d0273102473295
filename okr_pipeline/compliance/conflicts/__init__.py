"""Conflicts between key results and AI systems: the rules KR-01 to KR-14, one function each, in `rules`."""

from okr_pipeline.compliance.conflicts.finding import conflict_issue, find_conflicts
from okr_pipeline.compliance.conflicts.rule import ConflictRule, discover_conflict_rules

__all__ = ["ConflictRule", "conflict_issue", "discover_conflict_rules", "find_conflicts"]
