"""The week and the types that the connectors' tests share."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from okr_pipeline.connectors.reader import ReadRequest, Relation

CANARY = "canary-7f3a91"
"""A secret that must stand in no message."""

START, END = datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC)

Rows = Callable[[Relation], list[dict[str, Any]]]
MakeRequest = Callable[..., ReadRequest]
Read = Callable[..., list[dict[str, Any]]]
