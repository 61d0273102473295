"""What is learned from the measured weeks, as Dagster shows it: three assets, and a check for each rule.

One real run has what a check may meet: a finding, a silenced one, an error, and nothing.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml
from asset_runs import ROOT, CopyDemo, Outcome, refreshed, settings_of

from okr_pipeline.assets.names import (
    DRIVERS_KEY,
    EVIDENCE_KEY,
    FORECASTS_KEY,
    HEALTH_KEY,
    PUBLICATION_KEY,
    key_result_key,
    metric_key,
    rule_check,
    system_key,
)
from okr_pipeline.project import Project
from okr_pipeline.rule_book import RuleEntry, rule_book

INSIGHT_KEYS = (EVIDENCE_KEY, DRIVERS_KEY, FORECASTS_KEY)
UNIT_FILES = sorted(
    path for path in (ROOT / "cascade_definitions" / "2026-h2").glob("*.yml") if path.name != "cycle.yml"
)
SYSTEMS_BEHIND_LINKS = {"ai_usage", "code_repository", "contact_centre", "document_management", "erp", "underwriting"}
"""All but the governance records: the key results on these are guards, which claim to move nothing."""
_IN_USE_AND_UNSEEN = """\
id: claims_triage
name: Claims triage
owner: head of customer operations
intended_purpose: Sorts incoming claims by the team that handles them.
roles: [deployer]
dates: {placed_on_market: 2026-03-01, first_use: 2026-11-02}
"""
_SUPPRESSIONS = """\
suppressions:
  - rule: unmapped_code
    about: contact_centre.interactions
    reason: The queue is mapped when the new team has a name
    until: 2026-12-18
    agreed_by: head of customer operations
  - rule: orphaned_initiative
    about: generative_claims_letters
    reason: Its key result comes with the next cycle
    until: 2026-12-18
    agreed_by: head of AI programme
"""


def stops_a_run(rule: RuleEntry) -> bool:
    """Tell whether no run can find it: it would not have started."""
    return rule.needs == "files" or (rule.needs == "definitions" and rule.level == "error")


def claimed_links() -> set[tuple[str, str]]:
    """Return (child, parent) of every link that claims an effect, read from the YAML alone."""
    objectives = [
        objective for path in UNIT_FILES for objective in yaml.safe_load(path.read_text("utf-8"))["objectives"]
    ]
    return {
        (child["id"], objective["derives_from"])
        for objective in objectives
        if "derives_from" in objective
        for child in objective["key_results"]
        if any(float(str(part).rstrip("%")) for part in child.get("contributes", {}).get("moves_parent", ()))
    }


def above(definitions: dg.Definitions, key: dg.AssetKey) -> set[dg.AssetKey]:
    graph = definitions.resolve_asset_graph()
    seen: set[dg.AssetKey] = set()
    waiting = [key]
    while waiting:
        for parent in graph.get(waiting.pop()).parent_keys - seen:
            seen.add(parent)
            waiting.append(parent)
    return seen


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, copy_demo: CopyDemo) -> Outcome:
    folder = tmp_path_factory.mktemp("insights")
    cascade = Path(shutil.copytree(ROOT / "cascade_definitions", folder / "cascade"))
    (cascade / "ai_systems" / "claims_triage.yml").write_text(_IN_USE_AND_UNSEEN, encoding="utf-8")
    (cascade / "suppressions.yml").write_text(_SUPPRESSIONS, encoding="utf-8")
    outcome = refreshed(settings_of(copy_demo(folder / "home"), OKR_CASCADE_DIR=cascade))
    assert outcome.result.success
    return outcome


@pytest.fixture(scope="module")
def checks(run: Outcome) -> dict[str, dg.AssetCheckEvaluation]:
    """Check of the health asset -> how it came out."""
    return {
        evaluation.check_name: evaluation
        for evaluation in run.result.get_asset_check_evaluations()
        if evaluation.asset_key == HEALTH_KEY
    }


def numbers(metadata: Iterable[tuple[str, Any]]) -> dict[str, object]:
    return {name: value.value for name, value in metadata}


def test_the_links_of_the_example_are_known_by_number() -> None:
    assert len(claimed_links()) == 33
    assert ("billing_assisted_share", "tier_one_handle_time") in claimed_links()
    assert "life_overrides_in_band" not in {child for child, _parent in claimed_links()}


def test_evidence_rests_on_the_key_results_of_the_links_and_their_metrics_alone(
    definitions: dg.Definitions, project: Project
) -> None:
    named = {key_result_id for link in claimed_links() for key_result_id in link}
    metrics = {project.cascade.key_results_by_id[key_result_id].metric for key_result_id in named}
    assert definitions.resolve_asset_graph().get(EVIDENCE_KEY).parent_keys == {
        *(key_result_key(key_result_id) for key_result_id in named),
        *(metric_key(name) for name in metrics),
    }


def test_evidence_comes_from_exactly_the_systems_of_record_of_its_key_results(definitions: dg.Definitions) -> None:
    found = {key for key in above(definitions, EVIDENCE_KEY) if key.path[0] == "systems_of_record"}
    assert found == {system_key(name) for name in SYSTEMS_BEHIND_LINKS}


def test_drivers_rest_on_every_metric_and_on_nothing_else(definitions: dg.Definitions, project: Project) -> None:
    graph = definitions.resolve_asset_graph()
    assert graph.get(DRIVERS_KEY).parent_keys == {metric_key(name) for name in project.metrics}


def test_forecasts_rest_on_every_key_result_and_on_nothing_else(definitions: dg.Definitions, project: Project) -> None:
    graph = definitions.resolve_asset_graph()
    assert graph.get(FORECASTS_KEY).parent_keys == {key_result_key(item.id) for item in project.cascade.key_results}


def test_whatever_is_learned_reaches_the_publication(definitions: dg.Definitions) -> None:
    assert set(INSIGHT_KEYS) <= above(definitions, PUBLICATION_KEY)


def test_health_has_one_check_for_each_rule_that_a_run_can_find(definitions: dg.Definitions) -> None:
    keys = definitions.resolve_asset_graph().asset_check_keys
    names = sorted(key.name for key in keys if key.asset_key == HEALTH_KEY)
    assert names == sorted(rule_check(rule.name) for rule in rule_book() if not stops_a_run(rule))
    assert {"vanity_metric", "unmapped_code", "kr_09", "milestone_overdue", "evidence_tampered"} <= set(names)
    assert not {"duplicate_key", "duplicate_id"} & set(names)


def test_a_check_says_what_its_rule_finds(definitions: dg.Definitions) -> None:
    (spec,) = (spec for spec in definitions.resolve_all_asset_specs() if spec.key == HEALTH_KEY)
    assert spec.metadata["dagster/column_schema"].columns
    node = definitions.resolve_asset_graph().assets_def_for_key(HEALTH_KEY)
    described = {check.name: check.description for check in node.check_specs}
    assert described["vanity_metric"] == next(
        rule.documentation.summary for rule in rule_book() if rule.name == "vanity_metric"
    )


def test_each_of_the_three_is_materialised_with_the_rows_that_are_published(run: Outcome) -> None:
    counted = {
        event.asset_key: event.step_materialization_data.materialization.metadata["dagster/row_count"].value
        for event in run.result.get_asset_materialization_events()
        if event.asset_key in INSIGHT_KEYS
    }
    rows = run.published(
        "select (select count(*) from okr.alignment_evidence) as evidence,"
        " (select count(*) from okr.metric_drivers) as drivers,"
        " (select count(*) from okr.key_result_current where forecast_method is not null) as forecasts"
    )[0]
    assert counted[EVIDENCE_KEY] == rows["evidence"] == 33
    assert counted[DRIVERS_KEY] == rows["drivers"] > 1000
    assert counted[FORECASTS_KEY] >= rows["forecasts"] > 0


def test_verdicts_are_counted_at_the_evidence(run: Outcome) -> None:
    (event,) = (each for each in run.result.get_asset_materialization_events() if each.asset_key == EVIDENCE_KEY)
    said = numbers(event.step_materialization_data.materialization.metadata.items())
    published = run.published("select verdict, count(*) as links from okr.alignment_evidence group by verdict")
    assert {row["verdict"]: row["links"] for row in published} == {
        name: count for name, count in said.items() if name != "dagster/row_count"
    }


def test_a_rule_that_found_something_warns_with_the_sentence_and_the_fix(
    run: Outcome, checks: dict[str, dg.AssetCheckEvaluation]
) -> None:
    (finding,) = run.published("select message, fix from okr.cascade_findings where rule = 'unregistered_ai_system'")
    found = checks["unregistered_ai_system"]
    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert finding["message"].startswith("AI system claims_triage: it is in use since 2026-11-02")
    assert found.description == f"{finding['message']}. Fix: {finding['fix']}."
    assert numbers(found.metadata.items()) == {"findings": 1, "suppressed": 0}


def test_an_error_is_an_error_in_dagster_too(checks: dict[str, dg.AssetCheckEvaluation]) -> None:
    found = checks["milestone_overdue"]
    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert "AI system claims_triage, AIA-04: " in (found.description or "")
    assert numbers(found.metadata.items()) == {"findings": 3, "suppressed": 0}


@pytest.mark.parametrize("rule", ["unmapped_code", "orphaned_initiative"])
def test_a_suppressed_finding_fails_nothing_and_is_counted(
    run: Outcome, checks: dict[str, dg.AssetCheckEvaluation], rule: str
) -> None:
    found = checks[rule]
    assert (found.passed, found.description) == (True, "All that was found is suppressed.")
    assert numbers(found.metadata.items()) == {"findings": 0, "suppressed": 1}
    (row,) = run.published(f"select * from okr.cascade_findings where rule = '{rule}'")
    assert str(row["suppressed_until"]) == "2026-12-18"
    assert row["suppression_reason"]


def test_a_suppression_that_is_used_is_not_called_unused(checks: dict[str, dg.AssetCheckEvaluation]) -> None:
    found = checks["unused_suppression"]
    assert (found.passed, found.description) == (True, "Nothing found.")


def test_many_findings_of_a_rule_are_counted_and_five_are_spelled_out(
    run: Outcome, checks: dict[str, dg.AssetCheckEvaluation]
) -> None:
    published = run.published("select count(*) as found from okr.cascade_findings where rule = 'small_sample'")
    found = checks["small_sample"]
    assert published[0]["found"] > 5
    assert numbers(found.metadata.items()) == {"findings": published[0]["found"], "suppressed": 0}
    assert (found.description or "").count("Fix: ") == 5


def test_a_rule_that_found_nothing_passes(run: Outcome, checks: dict[str, dg.AssetCheckEvaluation]) -> None:
    told = run.published("select distinct rule from okr.cascade_findings where suppressed_until is null")
    failed = {rule_check(row["rule"]) for row in told}
    assert {name for name, found in checks.items() if not found.passed} == failed
    assert len(checks) > len(failed) > 5
