"""A purchase-to-pay event log, reduced to one row per purchase-order item."""

from datetime import UTC, datetime

import pandera.pandas as pa

from okr_pipeline.sources.columns import flag, identifier, in_order, moment
from okr_pipeline.sources.contract import Quarantine, SourceSystem, SourceTable

PURCHASE_ITEMS = SourceTable(
    system="purchase_to_pay",
    name="purchase_items",
    description="Purchase-order items with what happened to them. One row per item.",
    owner="head of accounting",
    week_by="last_event_at",
    cadence="daily",
    unit_code="unit_code",
    quarantine=(
        Quarantine(
            "begins_before_2000",
            "first_event_at",
            pa.Check.ge(datetime(2000, 1, 1, tzinfo=UTC)),
            "an event long before the log begins is a typing error",
        ),
    ),
    schema=pa.DataFrameSchema(
        {
            "item_id": identifier("Order and position.", unique=True),
            "unit_code": identifier("Code of the team."),
            "first_event_at": moment("The first event of the item."),
            "first_invoice_at": moment("The first invoice receipt; null if none.", nullable=True),
            "cleared_at": moment("The last clearing of an invoice; null if none.", nullable=True),
            "last_event_at": moment("The last event of the item; decides the week."),
            "has_exception": flag("Whether a block, a cancellation or a change of price or quantity occurred."),
        },
        checks=in_order("first_event_at", "last_event_at"),
    ),
)

SYSTEM = SourceSystem(
    name="purchase_to_pay",
    title="Purchase to pay",
    owner="head of accounting",
    function="finance",
    tables=(PURCHASE_ITEMS,),
)
