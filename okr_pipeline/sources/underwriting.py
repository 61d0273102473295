"""Underwriting: cases from opening to decision, with the premium they wrote."""

import pandera.pandas as pa

from okr_pipeline.sources.columns import choice, flag, identifier, in_order, measure, moment, text
from okr_pipeline.sources.contract import Quarantine, SourceSystem, SourceTable

CASES = SourceTable(
    system="underwriting",
    name="cases",
    description="Cases that were decided. One row per case.",
    owner="head of underwriting",
    week_by="decided_at",
    cadence="daily",
    pseudonymised=("underwriter_id",),
    unit_code="unit_code",
    quarantine=(
        Quarantine(
            "other_currency",
            "currency",
            pa.Check.isin(["EUR"]),
            "premium in a currency other than the organisation's",
        ),
    ),
    schema=pa.DataFrameSchema(
        {
            "case_id": identifier("Id of the case.", unique=True),
            "unit_code": identifier("Code of the team, e.g. UW-LIFE."),
            "product_line": choice("Line of business.", ["life", "property", "motor"]),
            "underwriter_id": identifier("The underwriter, pseudonymised at landing."),
            "opened_at": moment("When the case was opened."),
            "decided_at": moment("When it was decided; decides the week."),
            "decision": choice("Outcome.", ["accepted", "declined"]),
            "document_review_minutes": measure("Time spent reading documents, in minutes.", at_most=100_000),
            "ai_assisted": flag("Whether an AI system helped in the case."),
            "ai_system_id": identifier("The AI system that helped, e.g. underwriting_reader.", nullable=True),
            "is_corrected": flag("Whether the decision was corrected later."),
            "written_premium_eur": measure("Premium written, in euro; 0 when declined.", at_most=1e9),
            "currency": text("ISO 4217 code of the premium.", r"[A-Z]{3}\Z"),
        },
        checks=in_order("opened_at", "decided_at"),
    ),
)

SYSTEM = SourceSystem(
    name="underwriting",
    title="Underwriting",
    owner="head of underwriting",
    function="underwriting",
    tables=(CASES,),
)
