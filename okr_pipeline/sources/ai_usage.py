"""The usage log of the AI systems: who may use them, who does, and what people decide with them."""

import pandera.pandas as pa

from okr_pipeline.sources.columns import count, flag, identifier, moment
from okr_pipeline.sources.contract import SourceSystem, SourceTable

USERS = SourceTable(
    system="ai_usage",
    name="users",
    description="Eligible users of each AI system in a week. One row per record time, user and AI system.",
    owner="head of AI programme",
    week_by="recorded_at",
    pseudonymised=("user_id",),
    unit_code="unit_code",
    schema=pa.DataFrameSchema(
        {
            "recorded_at": moment("When the week's use was recorded; decides the week."),
            "user_id": identifier("The user, pseudonymised at landing."),
            "unit_code": identifier("Code of the user's team, e.g. HR-BILL."),
            "ai_system_id": identifier("The AI system, e.g. agent_assist."),
            "is_eligible": flag("Whether the user's role is meant to use the system."),
            "is_active": flag("Whether the user used the system in the week."),
        },
        unique=["recorded_at", "user_id", "ai_system_id"],
    ),
)

DECISIONS = SourceTable(
    system="ai_usage",
    name="decisions",
    description="Decisions and outputs of a day. One row per record time, user and AI system.",
    owner="head of AI programme",
    week_by="recorded_at",
    cadence="daily",
    pseudonymised=("user_id",),
    unit_code="unit_code",
    schema=pa.DataFrameSchema(
        {
            "recorded_at": moment("The day's record time; decides the week."),
            "user_id": identifier("The user, pseudonymised at landing."),
            "unit_code": identifier("Code of the user's team, e.g. HR-REC."),
            "ai_system_id": identifier("The AI system, e.g. reconciliation_agent."),
            "decisions_count": count("Decisions the user took."),
            "ai_assisted_decisions_count": count("Decisions taken with the AI system's proposal."),
            "overridden_count": count("Proposals the user set aside."),
            "outputs_count": count("Outputs the AI system produced for the user."),
            "review_exceptions_count": count("Outputs that a later review found wrong."),
        },
        unique=["recorded_at", "user_id", "ai_system_id"],
    ),
)

SYSTEM = SourceSystem(
    name="ai_usage",
    title="AI usage log",
    owner="head of AI programme",
    function="AI programme",
    tables=(USERS, DECISIONS),
)
