"""The catalogue of metrics: its lineage is dbt's, and a malformed description is named with its line."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from dbt_runs import PROJECT, Dbt

from okr_pipeline.catalogue import CatalogueError, load_metrics


def lineage(manifest: Mapping[str, Any], unique_id: str) -> set[tuple[str, str]]:
    """Return the sources above a node, as dbt knows them."""
    if unique_id in manifest["sources"]:
        source = manifest["sources"][unique_id]
        return {(source["source_name"], source["name"])}
    parents = manifest["nodes"][unique_id]["depends_on"]["nodes"]
    return set().union(*(lineage(manifest, parent) for parent in parents))


def test_the_lineage_is_the_one_that_dbt_sees(dbt: Dbt) -> None:
    manifest = dbt.manifest()
    metrics = load_metrics(PROJECT)
    seen = {
        node["name"]: lineage(manifest, unique_id)
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["schema"] == "metrics"
    }
    assert {name: set(metric.sources) for name, metric in metrics.items()} == seen
    assert len(seen) == 38


def test_only_the_ratios_per_full_time_equivalent_need_two_systems() -> None:
    systems = {name: {system for system, _table in each.sources} for name, each in load_metrics(PROJECT).items()}
    assert {name: found for name, found in systems.items() if len(found) > 1} == {
        "contacts_per_support_fte": {"contact_centre", "erp"},
        "written_premium_per_underwriter_eur": {"underwriting", "erp"},
    }


def test_the_contract_test_of_a_metric_is_told_what_its_meta_says(dbt: Dbt) -> None:
    manifest = dbt.manifest()
    tested = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") == "metric_contract":
            arguments = node["test_metadata"]["kwargs"]
            name = node["attached_node"].rsplit(".", 1)[1]
            tested[name] = (arguments["aggregation"], arguments["people"])
    assert tested == {name: (each.aggregation, each.people) for name, each in load_metrics(PROJECT).items()}


def test_every_description_ends_with_the_grain_and_every_model_has_one(dbt: Dbt) -> None:
    for node in dbt.manifest()["nodes"].values():
        if node["resource_type"] == "model" and node["schema"] in {"metrics", "intermediate"}:
            assert "One row per " in node["description"].splitlines()[-1], node["name"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the models that a test may break."""
    shutil.copytree(PROJECT / "models", tmp_path / "models")
    shutil.copy(PROJECT / "dbt_project.yml", tmp_path)
    return tmp_path


def replace(old: str, new: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        text = path.read_text()
        assert text.count(old) == 1
        path.write_text(text.replace(old, new))

    return change


KEYS = "unit, kind, direction, aggregation, owner, cadence, definition, function, people, role, segment"


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (
            replace("kind: adoption", "kind: adopted"),
            9,
            "meta.kind is 'adopted' - it is one of business_outcome, adoption, quality, activity. Fix: correct it",
        ),
        (
            replace("        people: true", "        people: 'true'"),
            17,
            "meta.people is 'true' - it is true or false. Fix: correct it",
        ),
        (
            replace("owner: general counsel", "owner:"),
            12,
            "meta.owner is None - it is a text. Fix: correct it",
        ),
        (replace("        unit: ratio\n", ""), 8, "meta.unit is missing - it is a text. Fix: add it"),
        (
            replace("direction: up", "direction: up\n        directions: up"),
            11,
            f"meta.directions is unknown - allowed: {KEYS}. Fix: correct it",
        ),
        (
            replace("direction: up", "direction: up\n        direction: down"),
            11,
            "the key 'direction' stands twice - each key once. Fix: delete one",
        ),
        (replace("      meta:", "      tags:"), 2, f"config.meta is missing - it holds {KEYS}. Fix: add it"),
    ],
)
def test_a_malformed_description_is_one_sentence(
    project: Path, change: Callable[[Path], None], line: int, said: str
) -> None:
    path = project / "models" / "metrics" / "ai_summary_share.yml"
    change(path)
    with pytest.raises(CatalogueError) as refused:
        load_metrics(project)
    assert str(refused.value) == f"{path}:{line}: ai_summary_share: {said}"


def test_a_description_without_its_model_suggests_the_near_miss(project: Path) -> None:
    path = project / "models" / "metrics" / "ai_summary_share.yml"
    replace("name: ai_summary_share", "name: ai_sumary_share")(path)
    with pytest.raises(CatalogueError, match=r"no SQL file has this name .* did you mean ai_summary_share\?"):
        load_metrics(project)


def test_a_model_without_its_description_is_named(project: Path) -> None:
    (project / "models" / "metrics" / "ai_summary_share.yml").unlink()
    with pytest.raises(CatalogueError, match=r"nothing describes this metric .* write ai_summary_share\.yml"):
        load_metrics(project)


def test_a_metric_that_is_described_twice_is_refused(project: Path) -> None:
    folder = project / "models" / "metrics"
    shutil.copyfile(folder / "ai_summary_share.yml", folder / "second.yml")
    with pytest.raises(CatalogueError, match="ai_summary_share: this metric is described twice"):
        load_metrics(project)


def test_what_is_not_yaml_is_refused_with_its_line(project: Path) -> None:
    path = project / "models" / "metrics" / "ai_summary_share.yml"
    replace("unit: ratio", "unit: [ratio")(path)
    with pytest.raises(CatalogueError, match=r"ai_summary_share\.yml:9: file: not YAML"):
        load_metrics(project)


def test_a_reference_to_no_model_is_refused(project: Path) -> None:
    path = project / "models" / "metrics" / "ai_summary_share.sql"
    replace("int_document_management__agreements_weekly", "int_document_management__agreement_weekly")(path)
    with pytest.raises(CatalogueError, match="names no model - the name of a SQL file"):
        load_metrics(project)


def test_a_reference_in_a_comment_is_no_lineage(project: Path) -> None:
    path = project / "models" / "metrics" / "ai_summary_share.sql"
    path.write_text("{# not ref('stg_erp__ledger') #}\n" + path.read_text())
    assert load_metrics(project)["ai_summary_share"].sources == (("document_management", "agreements"),)


def test_a_breakdown_by_ai_system_is_known_and_any_other_is_none() -> None:
    segments = {name: metric.segment for name, metric in load_metrics(PROJECT).items()}
    assert segments["active_user_share"] == segments["override_rate"] == "ai_system"
    assert segments["ai_summary_share"] is None
    assert set(segments.values()) == {"ai_system", None}


def test_a_breakdown_that_rules_do_not_know_is_refused(project: Path) -> None:
    path = project / "models" / "metrics" / "active_user_share.yml"
    replace("segment: ai_system", "segment: queue")(path)
    with pytest.raises(CatalogueError, match=r"meta\.segment is 'queue' - it is one of ai_system\. Fix: correct it"):
        load_metrics(project)


def test_every_model_that_breaks_down_by_ai_system_says_so() -> None:
    declared = {name for name, metric in load_metrics(PROJECT).items() if metric.segment == "ai_system"}
    models = {path.stem: path.read_text() for path in (PROJECT / "models" / "metrics").rglob("*.sql")}
    assert {name for name, sql in models.items() if "ai_system_id as segment" in sql} == declared
    assert len(declared) == 8
