"""The ERP system: discrepancies between ledgers, period close, postings and staff."""

import pandera.pandas as pa

from okr_pipeline.sources.columns import choice, count, flag, identifier, in_order, measure, moment, text
from okr_pipeline.sources.contract import Quarantine, SourceSystem, SourceTable

LEDGERS = ("accounts_payable", "accounts_receivable", "premium", "claims")
PERIOD = r"[0-9]{4}-(0[1-9]|1[0-2])\Z"
CURRENCY = r"[A-Z]{3}\Z"
OTHER_CURRENCY = Quarantine(
    "other_currency", "currency", pa.Check.isin(["EUR"]), "amount in a currency other than the organisation's"
)

DISCREPANCIES = SourceTable(
    system="erp",
    name="discrepancies",
    description="Differences between ledgers that were resolved. One row per discrepancy.",
    owner="chief financial officer",
    week_by="resolved_at",
    cadence="daily",
    pseudonymised=("resolved_by_id",),
    unit_code="unit_code",
    quarantine=(OTHER_CURRENCY,),
    schema=pa.DataFrameSchema(
        {
            "discrepancy_id": identifier("Id of the discrepancy.", unique=True),
            "unit_code": identifier("Code of the team, e.g. FIN-REC."),
            "ledger": choice("The ledger it was found in.", LEDGERS),
            "detected_at": moment("When it was found."),
            "resolved_at": moment("When it was resolved; decides the week."),
            "resolution_method": choice("Who resolved it.", ["ai_autonomous", "ai_assisted", "manual"]),
            "resolved_by_id": identifier(
                "The accountant, pseudonymised at landing; null when an AI system resolved it alone.",
                nullable=True,
            ),
            "ai_system_id": identifier("The AI system involved, e.g. reconciliation_agent.", nullable=True),
            "amount_variance_eur": measure("Size and sign of the difference, in euro.", at_least=None),
            "currency": text("ISO 4217 code of the amount.", CURRENCY),
            "reopened_count": count("How often it was opened again after a resolution."),
        },
        checks=in_order("detected_at", "resolved_at"),
    ),
)

OPEN_DISCREPANCIES = SourceTable(
    system="erp",
    name="open_discrepancies",
    description="Discrepancies not yet resolved at the end of a week. One row per snapshot and discrepancy.",
    owner="chief financial officer",
    week_by="snapshot_at",
    unit_code="unit_code",
    schema=pa.DataFrameSchema(
        {
            "snapshot_at": moment("When the snapshot was taken; decides the week."),
            "discrepancy_id": identifier("Id of the discrepancy."),
            "unit_code": identifier("Code of the team, e.g. FIN-REC."),
            "ledger": choice("The ledger it was found in.", LEDGERS),
            "detected_at": moment("When it was found."),
        },
        unique=["snapshot_at", "discrepancy_id"],
        checks=in_order("detected_at", "snapshot_at"),
    ),
)

PERIOD_CLOSE_EXCEPTIONS = SourceTable(
    system="erp",
    name="period_close_exceptions",
    description="Exceptions raised while a period was closed. One row per exception.",
    owner="chief financial officer",
    week_by="period_closed_at",
    cadence="monthly",
    minimum_rows=0,
    unit_code="unit_code",
    schema=pa.DataFrameSchema(
        {
            "exception_id": identifier("Id of the exception.", unique=True),
            "period_name": text("The closed month, e.g. 2026-10.", PERIOD),
            "unit_code": identifier("Code of the team, e.g. FIN-CLO."),
            "ledger": choice("The ledger it was raised in.", LEDGERS),
            "raised_at": moment("When it was raised."),
            "period_closed_at": moment("When the period was closed; decides the week."),
            "needs_manual_intervention": flag("Whether a person had to settle it."),
        },
        checks=in_order("raised_at", "period_closed_at"),
    ),
)

LEDGER = SourceTable(
    system="erp",
    name="ledger",
    description="Postings to the ledgers. One row per entry.",
    owner="chief financial officer",
    week_by="posted_at",
    cadence="daily",
    unit_code="unit_code",
    quarantine=(OTHER_CURRENCY,),
    schema=pa.DataFrameSchema(
        {
            "entry_id": identifier("Id of the entry.", unique=True),
            "posted_at": moment("When it was posted; decides the week."),
            "period_name": text("The month it belongs to, e.g. 2026-10.", PERIOD),
            "period_closed_at": moment("When that month was closed; null while it is open.", nullable=True),
            "unit_code": identifier("Code of the team, e.g. FIN-CLO."),
            "ledger": choice("The ledger it was posted to.", LEDGERS),
            "entry_type": choice("Kind of entry.", ["regular", "adjustment", "reversal"]),
            "amount_eur": measure("Amount with its sign, in euro.", at_least=None),
            "currency": text("ISO 4217 code of the amount.", CURRENCY),
        }
    ),
)

HEADCOUNT = SourceTable(
    system="erp",
    name="headcount",
    description="Staff at the end of a week. One row per snapshot, cost centre and role.",
    owner="head of human resources",
    week_by="snapshot_at",
    unit_code="unit_code",
    schema=pa.DataFrameSchema(
        {
            "snapshot_at": moment("When the snapshot was taken; decides the week."),
            "unit_code": identifier("Cost centre, e.g. CC-1100."),
            "role": choice("Role of the staff.", ["agent", "reviewer", "accountant", "developer", "underwriter"]),
            "fte": measure("Full-time equivalents employed.", at_most=100_000),
        },
        unique=["snapshot_at", "unit_code", "role"],
    ),
)

SYSTEM = SourceSystem(
    name="erp",
    title="ERP",
    owner="chief financial officer",
    function="finance",
    tables=(DISCREPANCIES, OPEN_DISCREPANCIES, PERIOD_CLOSE_EXCEPTIONS, LEDGER, HEADCOUNT),
)
