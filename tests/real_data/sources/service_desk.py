"""A service desk's incident log (ServiceNow), reduced to one row per resolved incident."""

import pandera.pandas as pa

from okr_pipeline.sources.columns import choice, count, flag, identifier, in_order, moment
from okr_pipeline.sources.contract import SourceSystem, SourceTable

INCIDENTS = SourceTable(
    system="service_desk",
    name="incidents",
    description="Incidents as their last event tells them. One row per incident.",
    owner="head of service desk",
    week_by="resolved_at",
    cadence="daily",
    pseudonymised=("resolved_by",),
    unit_code="unit_code",
    schema=pa.DataFrameSchema(
        {
            "incident_id": identifier("Number of the incident.", unique=True),
            "unit_code": identifier("Code of the desk."),
            "priority": choice("Urgency and impact together.", ["critical", "high", "moderate", "low"]),
            "resolved_by": identifier("Who resolved it, pseudonymised; null if unknown.", nullable=True),
            "opened_at": moment("When it was opened."),
            "resolved_at": moment("When it was resolved; decides the week."),
            "reassignments_count": count("Moves between groups over its whole life."),
            "reopenings_count": count("How often it was opened again."),
            "made_sla": flag("Whether the agreed time was kept."),
        },
        checks=in_order("opened_at", "resolved_at"),
    ),
)

SYSTEM = SourceSystem(
    name="service_desk",
    title="Service desk",
    owner="head of service desk",
    function="customer operations",
    tables=(INCIDENTS,),
)
