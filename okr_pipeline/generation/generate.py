"""A whole draft: facts and measured values in, the texts of a cycle's folder out. Nothing is written here."""

from okr_pipeline.generation.business_unit import business_unit_files, drafted_branches
from okr_pipeline.generation.draft import DraftFile
from okr_pipeline.generation.executive import executive_file
from okr_pipeline.generation.inputs import Facts
from okr_pipeline.generation.key_result import Ground
from okr_pipeline.generation.measured import Measured
from okr_pipeline.generation.portfolio import choose
from okr_pipeline.generation.team import team_files
from okr_pipeline.generation.writer import unit_text


def cycle_files(facts: Facts, measured: Measured) -> dict[str, str]:
    """Return the name and the text of every unit's file of the cycle.

    Raises:
        FactsError: no plan figure can be wired.
    """
    ground = Ground(facts, measured)
    portfolio = choose(facts, measured)
    chains = [chain for choice in portfolio.choices for chain in choice.chains]
    drafted = tuple(branch for chain in chains for branch in drafted_branches(chain, ground))
    files = (
        executive_file(portfolio, ground),
        *business_unit_files(drafted),
        *team_files(drafted, ground),
    )
    set_on = facts.as_of.isoformat()
    return {_name(file): unit_text(file, facts.cycle, set_on) for file in files}


def _name(file: DraftFile) -> str:
    """Return the name of a unit's file; a unit whose id is the name of another file gets a longer one."""
    if file.level == "executive":
        return "executive.yml"
    return f"{file.org_unit}_unit.yml" if file.org_unit in ("executive", "cycle") else f"{file.org_unit}.yml"
