"""Every simulated system of record as it stands at the end of a week; each has a module of its own."""

from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path

from okr_pipeline.cascade.weeks import monday_of
from okr_pipeline.demo.ai_usage import write_ai_usage
from okr_pipeline.demo.company import ORGANISATION_FILE, Company, found_company
from okr_pipeline.demo.contact_centre import write_contact_centre
from okr_pipeline.demo.delivery import write_delivery
from okr_pipeline.demo.documents import write_documents
from okr_pipeline.demo.erp import write_discrepancies, write_headcount
from okr_pipeline.demo.governance import write_governance
from okr_pipeline.demo.period_close import write_ledger, write_period_close
from okr_pipeline.demo.repositories import write_repositories
from okr_pipeline.demo.underwriting import write_underwriting

_WRITERS: tuple[Callable[[Company, Path, date], None], ...] = (
    write_contact_centre,
    write_documents,
    write_discrepancies,
    write_period_close,
    write_ledger,
    write_headcount,
    write_ai_usage,
    write_repositories,
    write_delivery,
    write_underwriting,
    write_governance,
)


def simulate(
    home: Path,
    *,
    scale: float = 1.0,
    seed: int | None = None,
    faults: Collection[str] | None = None,
    through: date | None = None,
    organisation: Path = ORGANISATION_FILE,
) -> None:
    """Write ``home/systems`` as of the end of the week that ``through`` lies in (default: the last one).

    The same arguments give the same bytes and the same git commits. Called again with a later ``through``, it
    delivers what is new: files that do not change are not touched.

    Args:
        home: $OKR_HOME.
        scale: Multiplies contacts, discrepancies, ledger entries and support staff.
        seed: Another seed than that of ``truth.yml``.
        faults: Names of the faults to plant (see ``truth.yml``); None plants all, an empty tuple none.
        through: Any day of the last week to write.
        organisation: The ``organisation.yml`` with the unit codes.

    Raises:
        UnknownFaultError: ``faults`` holds a name that ``truth.yml`` does not.
    """
    company = found_company(scale=scale, seed=seed, faults=faults, organisation=organisation)
    week = monday_of(company.truth.weeks.last if through is None else through)
    for write in _WRITERS:
        write(company, home, week)


deliver = simulate
"""Another name for `simulate`, for calls that add a later week to what is there."""
