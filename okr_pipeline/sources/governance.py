"""The governance register of the AI systems: what is monitored and logged day by day, and the incidents.

What the law makes of an incident (clocks, reports) is not decided here: `okr_pipeline.compliance`. Signed documents
are evidence and stand in the cascade, not in this register.
"""

import pandera.pandas as pa

from okr_pipeline.sources.columns import choice, count, identifier, in_order, measure, moment
from okr_pipeline.sources.contract import SourceSystem, SourceTable

INCIDENT_CLASSES = ("death", "widespread_infringement", "critical_infrastructure", "other_serious")
REPORT_TYPES = ("serious_incident_report", "incident_notification", "monitoring_report", "generic_outcome_log")

MONITORING = SourceTable(
    system="governance",
    name="monitoring",
    description="Oversight of an AI system on a day. One row per record time and AI system.",
    owner="compliance officer",
    week_by="recorded_at",
    cadence="daily",
    unit_code="unit_code",
    schema=pa.DataFrameSchema(
        {
            "recorded_at": moment("The day's record time; decides the week."),
            "unit_code": identifier("Code of the team that uses the system, e.g. GOV-LIFE."),
            "ai_system_id": identifier("The AI system, e.g. life_risk_pricing."),
            "in_scope_decisions_count": count("Decisions with the system that the monitoring plan covers."),
            "monitored_decisions_count": count("Of these, decisions whose outcome was monitored."),
            "persons_subject_count": count("Persons whom the decisions concern; 0 where they concern none."),
            "persons_informed_count": count("Of these, persons told that an AI system is used."),
            "log_retention_months": measure("How long the system's logs are kept, in months.", at_most=1200),
        },
        unique=["recorded_at", "ai_system_id"],
    ),
)

INCIDENTS = SourceTable(
    system="governance",
    name="incidents",
    description="Serious incidents of AI systems, from awareness to the complete report. One row per incident.",
    owner="compliance officer",
    week_by="aware_at",
    # Incidents are rare: silence is believed for 45 days. A register that has been silent for longer may be one that
    # nobody keeps, which looks the same.
    cadence="monthly",
    minimum_rows=0,
    unit_code="unit_code",
    schema=pa.DataFrameSchema(
        {
            "incident_id": identifier("Id of the incident in the register.", unique=True),
            "unit_code": identifier("Code of the team that uses the system, e.g. GOV-LIFE."),
            "ai_system_id": identifier("The AI system, e.g. life_risk_pricing."),
            "incident_class": choice("What it is in the words of Article 73.", INCIDENT_CLASSES),
            "aware_at": moment("When the organisation became aware of it; decides the week."),
            "provider_notified_at": moment("When the provider was told; null while it was not.", nullable=True),
            "provider_unreachable_at": moment(
                "When it was established that the provider cannot be reached; null otherwise.", nullable=True
            ),
            "authority_notified_at": moment(
                "When the market surveillance authority got the first report; null while it did not.", nullable=True
            ),
            "completed_at": moment("When the complete report was sent; null while it was not.", nullable=True),
            "report_type": choice(
                "What the register files as its report; null without one.", REPORT_TYPES, nullable=True
            ),
        },
        checks=[
            in_order("aware_at", "provider_notified_at"),
            in_order("aware_at", "provider_unreachable_at"),
            in_order("aware_at", "authority_notified_at", "completed_at"),
        ],
    ),
)

SYSTEM = SourceSystem(
    name="governance",
    title="Governance register",
    owner="compliance officer",
    function="AI programme",
    tables=(MONITORING, INCIDENTS),
)
