"""Asset keys, groups and owners: the names by which lineage connects, each made in one place."""

import re

import dagster as dg

PUBLICATION_KEY = dg.AssetKey(["okr", "publication"])
MILESTONES_KEY = dg.AssetKey(["okr", "compliance_milestones"])
EVIDENCE_KEY = dg.AssetKey(["okr", "alignment_evidence"])
DRIVERS_KEY = dg.AssetKey(["okr", "metric_drivers"])
FORECASTS_KEY = dg.AssetKey(["okr", "forecasts"])
HEALTH_KEY = dg.AssetKey(["okr", "cascade_health"])


def system_key(system: str) -> dg.AssetKey:
    """Return the key of a system of record itself."""
    return dg.AssetKey(["systems_of_record", system])


def raw_key(system: str, table: str) -> dg.AssetKey:
    """Return the key of a landed table; dbt's ``source(system, table)`` has the same."""
    return dg.AssetKey([system, table])


def metric_key(metric: str) -> dg.AssetKey:
    """Return the key of a metric model."""
    return dg.AssetKey(["metrics", metric])


def key_result_key(key_result_id: str) -> dg.AssetKey:
    """Return the key of a key result."""
    return dg.AssetKey(["key_results", key_result_id])


def milestone_check(milestone_id: str) -> str:
    """Return the name of a milestone's check, e.g. ``life_risk_pricing__aia_27_1``."""
    system_id, _, obligation_id = milestone_id.partition(".")
    return f"{system_id}__{re.sub(r'[^a-z0-9]+', '_', obligation_id.lower())}"


def rule_check(rule: str) -> str:
    """Return the name of a rule's check: the rule's own, as Dagster allows it (``kr_01`` for ``KR-01``)."""
    return re.sub(r"[^a-z0-9]+", "_", rule.lower())


def group_name(function: str) -> str:
    """Return the group of a business function, e.g. ``customer_operations``."""
    return re.sub(r"[^a-z0-9_]+", "_", function.lower()).strip("_") or "organisation"


def team_owner(role: str) -> str:
    """Return a role as Dagster wants an owner: ``team:head-of-legal``."""
    return "team:" + re.sub(r"[^a-z0-9]+", "-", role.lower()).strip("-")
