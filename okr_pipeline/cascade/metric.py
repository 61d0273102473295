"""What the cascade knows of a metric: the facts that its dbt model states under ``meta``.

No numbers belong here (`rows`), and nothing about how a key result uses the metric (`values`).
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["business_outcome", "adoption", "quality", "activity"]
Direction = Literal["up", "down"]
Aggregation = Literal["proportion", "mean", "total", "ratio", "distinct_share", "stock"]
Cadence = Literal["weekly", "monthly"]
SegmentKind = Literal["ai_system"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric, named as its dbt model.

    Attributes:
        name: id and name of the dbt model, e.g. ``average_handle_time_seconds``; the unit is its last word.
        unit: unit for people, e.g. ``seconds``, ``eur``, ``share``, ``count``.
        kind: what sort of thing it measures; an executive key result needs a ``business_outcome``.
        direction: ``up`` when higher is better, ``down`` when lower is.
        aggregation: how rows combine over weeks and units, and which interval follows (`windows`).
        owner: the role that answers for the definition, e.g. ``head of customer operations``.
        cadence: how often a new figure can be expected; staleness counts in cadences.
        definition: one plain sentence.
        role: what rules need to know beyond the kind, e.g. ``autonomy``; None for most.
        segment: what the breakdown is, where rules need to know: ``ai_system``; None for most.
        people: whether persons stand behind its rows, so that small groups must not be shown.
        function: the business function it belongs to, e.g. ``customer operations``.
        sources: the (system, table) pairs that it is computed from.
    """

    name: str
    unit: str
    kind: Kind
    direction: Direction
    aggregation: Aggregation
    owner: str
    cadence: Cadence
    definition: str
    role: str | None
    people: bool
    function: str
    sources: tuple[tuple[str, str], ...]
    segment: SegmentKind | None = None
