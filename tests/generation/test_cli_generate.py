"""`okr generate` as people meet it: what it refuses, what it leaves behind, and the shipped example as a whole."""

from datetime import date
from pathlib import Path

import pytest
from generation_world import CYCLE, METRICS, ORGANISATION, STRATEGY, WEEKS, facts_of, rows, texts, write_company
from typer.testing import CliRunner

from okr_pipeline.cascade.check import check_directory
from okr_pipeline.cascade.observed import ObservedWeeks
from okr_pipeline.cascade.values import evaluate
from okr_pipeline.cascade.weeks import weeks_between
from okr_pipeline.catalogue import load_metrics
from okr_pipeline.cli import app
from okr_pipeline.compliance.catalogue import load_catalogue
from okr_pipeline.errors import OkrError
from okr_pipeline.generation.directory import OccupiedError, write_draft
from okr_pipeline.generation.inputs import read_facts
from okr_pipeline.generation.measured import Measured
from okr_pipeline.publication.reading import NothingPublishedError, open_published, table_rows

PROJECT = Path(__file__).parents[2]
EXAMPLE = PROJECT / "cascade_definitions" / "strategy.yml"


def run(*words: str, home: Path) -> str:
    """Run the command; what a person can mend is raised as it would be told."""
    result = CliRunner().invoke(app, ["generate", *words], env={"OKR_HOME": str(home), "OKR_PROJECT": str(PROJECT)})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_without_a_publication_there_is_one_sentence_and_no_directory(tmp_path: Path) -> None:
    out = tmp_path / "out"

    with pytest.raises(NothingPublishedError, match="nothing is published yet"):
        run("--strategy", str(EXAMPLE), "--out", str(out), home=tmp_path / "home")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["full directory", "file", "link"])
def test_what_is_there_is_not_overwritten(kind: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    if kind == "full directory":
        out.mkdir()
        (out / "notes.txt").write_text("mine", encoding="utf-8")
    elif kind == "file":
        out.write_text("mine", encoding="utf-8")
    else:
        out.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(OccupiedError) as refused:
        run("--strategy", str(EXAMPLE), "--out", str(out), home=tmp_path / "home")
    assert str(refused.value) == (
        f"--out: {out} exists and is not empty - nothing is overwritten. Fix: name a new directory"
    )


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    facts = facts_of(write_company(tmp_path / "company"))
    out = tmp_path / "out"

    with pytest.raises(OkrError, match="could not be written"):
        write_draft(out, facts, {f"{'long' * 100}.yml": ""})
    assert [path.name for path in tmp_path.iterdir()] == ["company"]


def test_an_empty_directory_is_filled_and_every_file_beside_the_strategy_is_copied(tmp_path: Path) -> None:
    company = write_company(tmp_path / "company")
    facts = facts_of(company)
    out = tmp_path / "out"
    out.mkdir()

    write_draft(out, facts, texts(facts))

    copied = ("organisation.yml", "policy.yml", "strategy.yml", "ai_systems/helper.yml", "2026-h2/cycle.yml")
    assert all((out / name).read_bytes() == (company.parent / name).read_bytes() for name in copied)
    assert sorted(path.name for path in (out / "2026-h2").iterdir()) == [
        "billing.yml", "cycle.yml", "executive.yml", "policies.yml", "service.yml",
    ]  # fmt: skip


def test_a_strategy_elsewhere_takes_the_other_facts_from_the_cascade(tmp_path: Path) -> None:
    company = write_company(tmp_path / "company")
    alone = tmp_path / "next.yml"
    alone.write_text(STRATEGY.replace("change: 20%", "change: 10%"), encoding="utf-8")
    company.write_text("not: a strategy\n", encoding="utf-8")  # of no matter: another one was named

    facts = read_facts(alone, company.parent, metrics=METRICS, law=load_catalogue())

    assert facts.strategy.plan[0].change == 0.1
    assert "service" in facts.organisation.units


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"strategy": "bets:\n  - {id: a, kind: revenue_growth, title: A}\n"}, "it has no plan figures"),
        ({"organisation": ORGANISATION.replace("Europe/Berlin", "Europe/Berlim")}, "is no time zone"),
        (
            {"strategy": STRATEGY.replace("lower_cost, change", "lower_cots, change")},
            "lower_cots, which is not defined",
        ),
    ],
)
def test_facts_that_cannot_be_used_are_refused_with_file_and_line(
    files: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(OkrError, match=sentence):
        facts_of(write_company(tmp_path / "company", **files))


def test_an_older_cycle_that_is_broken_does_not_stand_in_the_way(tmp_path: Path) -> None:
    company = write_company(tmp_path / "company")
    (company.parent / "2026-h2" / "service.yml").write_text("cycle: [\n", encoding="utf-8")

    assert facts_of(company).cycle.id == "2026-h2"


def test_the_newest_cycle_is_drafted(tmp_path: Path) -> None:
    company = write_company(tmp_path / "company")
    older = company.parent / "2026-h1"
    older.mkdir()
    older_text = CYCLE.replace("2026-h2", "2026-h1").replace("2026-06-29", "2026-01-05").replace("12-31", "06-28")
    (older / "cycle.yml").write_text(older_text, encoding="utf-8")

    assert facts_of(company).cycle.id == "2026-h2"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--cycle", "2027-h1"), "--cycle: a new cycle has an id and two days - give --cycle, --start and --end"),
        (("--cycle", "2027-h1", "--start", "2027-01-04", "--end", "soon"), "--end: 'soon' is not a day"),
        (("--cycle", "2027-h1", "--start", "2027-06-30", "--end", "2027-01-04"), "this is no cycle"),
        (("--cycle", "../x", "--start", "2027-01-04", "--end", "2027-06-30"), "this is no cycle"),
        (("--cycle", "evidence", "--start", "2027-01-04", "--end", "2027-06-30"), "the folder has another meaning"),
        (("--as-of", "today"), "--as-of: 'today' is not a day"),
    ],
)
def test_a_cycle_or_a_day_that_is_none_is_refused(words: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(OkrError) as refused:
        run("--strategy", str(EXAMPLE), "--out", str(tmp_path / "out"), *words, home=tmp_path / "home")
    assert sentence in str(refused.value)


def test_the_draft_of_the_shipped_example_is_whole_and_shows_values_on_every_level(
    demo_home: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"

    shown = run("--strategy", str(EXAMPLE), "--out", str(out), home=demo_home)
    again = run("--strategy", str(EXAMPLE), "--out", str(tmp_path / "again"), home=demo_home)

    assert "warning" not in shown + again
    names = sorted(path.relative_to(out) for path in out.rglob("*") if path.is_file())
    assert names == sorted(
        path.relative_to(tmp_path / "again") for path in (tmp_path / "again").rglob("*") if path.is_file()
    )
    assert all((out / name).read_bytes() == (tmp_path / "again" / name).read_bytes() for name in names)
    metrics = load_metrics(PROJECT / "dbt_project")
    result = check_directory(out, metrics, date(2026, 11, 23))
    assert [issue.sentence() for issue in result.issues if issue.level != "advice"] == []
    cascade = result.cascade
    assert cascade is not None
    executive = [objective for objective in cascade.objectives if objective.level == "executive"]
    assert [objective.bet for objective in executive] == ["cost_efficiency", "revenue_growth", "risk_reduction"]
    assert [some.deploys for some in cascade.key_results if some.deploys] == ["life_risk_pricing"]
    with open_published(demo_home) as connection:
        published = table_rows(connection, "metric_values")
    newest = max(row["week_start"] for row in published)
    later = cascade.cycles["2026-h2"].model_copy(update={"start": date(2027, 1, 4), "end": date(2027, 6, 30)})
    measured = Measured.from_published(published, organisation=cascade.organisation, cycle=later, metrics=metrics)
    without = {}
    levels = set()
    for key_result in cascade.key_results:
        rows_of_metric = measured.rows[key_result.metric]
        first = rows_of_metric.first_week
        assert first is not None
        [value] = evaluate(
            key_result,
            metrics[key_result.metric],
            rows_of_metric,
            ObservedWeeks(key_result.metric, frozenset(weeks_between(first, newest))),
            organisation=cascade.organisation,
            cycle=cascade.cycles["2026-h2"],
            weeks=(newest,),
        )
        assert value.baseline is not None, key_result.id
        levels.add(key_result.level)
        if value.value is None:
            without[key_result.id] = value.reason
    assert levels == {"executive", "business_unit", "team"}
    # Published rows leave small groups out; a refresh reads the warehouse, which does not.
    assert without == {"tier_one_support_average_handle_time_seconds": "the rows do not add up to a finite number"}


def test_a_cycle_after_the_newest_week_is_drafted_from_the_newest_thirteen_weeks(tmp_path: Path) -> None:
    facts = facts_of(write_company(tmp_path / "company"))
    later = facts.cycle.model_copy(update={"start": date(2027, 1, 4), "end": date(2027, 6, 30)})

    measured = Measured.from_published(rows(), organisation=facts.organisation, cycle=later, metrics=facts.metrics)

    assert measured.span == (WEEKS[-13], WEEKS[-1])
