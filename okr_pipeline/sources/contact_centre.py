"""The contact centre: every conversation with a customer, by telephone, chat or e-mail."""

import pandera.pandas as pa

from okr_pipeline.sources.columns import choice, count, flag, identifier, in_order, measure, moment
from okr_pipeline.sources.contract import SourceSystem, SourceTable

INTERACTIONS = SourceTable(
    system="contact_centre",
    name="interactions",
    description="Contacts of customers that have ended. One row per contact.",
    owner="head of customer operations",
    week_by="ended_at",
    cadence="daily",
    pseudonymised=("customer_id", "agent_id"),
    unit_code="unit_code",
    schema=pa.DataFrameSchema(
        {
            "contact_id": identifier("Id of the contact.", unique=True),
            "initiated_at": moment("When the customer's contact reached the contact centre."),
            "ended_at": moment("When the contact ended, after-contact work included; decides the week."),
            "channel": choice("How the customer got in touch.", ["voice", "chat", "email"]),
            "unit_code": identifier("Code of the team that handled the contact, e.g. T1-BILL."),
            "queue": identifier("Queue the contact waited in."),
            "reason": choice(
                "What the contact was about.", ["billing", "claims", "policy_change", "complaint", "other"]
            ),
            "customer_id": identifier("The customer, pseudonymised at landing."),
            "agent_id": identifier("The agent who handled the contact, pseudonymised at landing."),
            "talk_seconds": measure("Time in conversation, in seconds.", at_most=86400),
            "hold_seconds": measure("Time on hold, in seconds.", at_most=86400),
            "after_contact_seconds": measure("Work after the conversation, in seconds.", at_most=86400),
            "is_transferred": flag("Whether the contact was handed to another team."),
            "ai_assisted": flag("Whether an AI system helped the agent in this contact."),
            "ai_system_id": identifier("The AI system that helped, e.g. agent_assist.", nullable=True),
            "replies_count": count("Replies sent by the agent."),
            "ai_assisted_replies_count": count("Replies of the agent that an AI system drafted or suggested."),
            "satisfaction_score": count(
                "The customer's answer to the survey, 1 (bad) to 5 (good); null without an answer.",
                at_least=1,
                at_most=5,
                nullable=True,
            ),
        },
        checks=in_order("initiated_at", "ended_at"),
    ),
)

SYSTEM = SourceSystem(
    name="contact_centre",
    title="Contact centre",
    owner="head of customer operations",
    function="customer operations",
    tables=(INTERACTIONS,),
)
