"""Document management: agreements on their way from draft to signature."""

import pandera.pandas as pa

from okr_pipeline.sources.columns import choice, count, flag, identifier, in_order, moment
from okr_pipeline.sources.contract import SourceSystem, SourceTable

AGREEMENT_TYPES = ("vendor_standard", "customer", "partner")

AGREEMENTS = SourceTable(
    system="document_management",
    name="agreements",
    description="Agreements that were signed. One row per agreement.",
    owner="general counsel",
    week_by="signed_at",
    pseudonymised=("reviewer_id",),
    unit_code="unit_code",
    schema=pa.DataFrameSchema(
        {
            "agreement_id": identifier("Id of the agreement.", unique=True),
            "agreement_type": choice("Kind of agreement.", AGREEMENT_TYPES),
            "unit_code": identifier("Code of the legal team, e.g. LEG-VEN."),
            "drafted_at": moment("When the first draft existed."),
            "received_at": moment("When the agreement reached the reviewers."),
            "review_completed_at": moment("When the reviewers released it for signature."),
            "signed_at": moment("When the last party signed; decides the week."),
            "is_escalated": flag("Whether a human had to step in beyond the routine."),
            "has_ai_summary": flag("Whether an AI system wrote a summary of the agreement."),
            "ai_system_id": identifier("The AI system that worked on it, e.g. contract_reviewer.", nullable=True),
            "reviewer_id": identifier("The responsible reviewer, pseudonymised at landing."),
        },
        checks=[
            in_order("received_at", "review_completed_at", "signed_at"),
            in_order("drafted_at", "signed_at"),
        ],
    ),
)

REVIEW_TURNS = SourceTable(
    system="document_management",
    name="review_turns",
    description="Turns of review of signed agreements. One row per agreement and turn.",
    owner="general counsel",
    week_by="agreement_closed_at",
    pseudonymised=("reviewer_id",),
    schema=pa.DataFrameSchema(
        {
            "agreement_id": identifier("The agreement under review."),
            "turn_number": count("Position of the turn in the agreement, from 1.", at_least=1),
            "party": choice("Whose turn it was.", ["internal", "counterparty"]),
            "started_at": moment("When the party received the agreement."),
            "ended_at": moment("When the party handed it over."),
            "agreement_closed_at": moment("When the agreement was signed; decides the week."),
            "reviewer_id": identifier(
                "The reviewer, pseudonymised at landing; null for the counterparty.", nullable=True
            ),
        },
        unique=["agreement_id", "turn_number"],
        checks=in_order("started_at", "ended_at"),
    ),
)

OPEN_AGREEMENTS = SourceTable(
    system="document_management",
    name="open_agreements",
    description="Agreements not yet signed at the end of a week. One row per snapshot and agreement.",
    owner="general counsel",
    week_by="snapshot_at",
    unit_code="unit_code",
    schema=pa.DataFrameSchema(
        {
            "snapshot_at": moment("When the snapshot was taken; decides the week."),
            "agreement_id": identifier("Id of the agreement."),
            "agreement_type": choice("Kind of agreement.", AGREEMENT_TYPES),
            "unit_code": identifier("Code of the legal team, e.g. LEG-VEN."),
            "received_at": moment("When the agreement reached the reviewers."),
        },
        unique=["snapshot_at", "agreement_id"],
        checks=in_order("received_at", "snapshot_at"),
    ),
)

SYSTEM = SourceSystem(
    name="document_management",
    title="Document management",
    owner="general counsel",
    function="legal",
    tables=(AGREEMENTS, REVIEW_TURNS, OPEN_AGREEMENTS),
)
