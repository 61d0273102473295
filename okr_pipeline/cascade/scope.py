"""Which part of a metric's rows something looks at."""

from typing import Literal, Self

from pydantic import model_validator

from okr_pipeline.cascade.definition import Definition, Id, Segment, refusal


class Scope(Definition):
    """A unit with all below it, optionally one segment and one side of the AI split."""

    org_unit: Id | None = None
    """Id of a unit; it means that unit and all below it."""
    segment: Segment | None = None
    """One value of the metric's own breakdown, e.g. a queue; all of them if left out."""
    ai_assisted: Literal["assisted", "unassisted"] | None = None
    """One side of the metric's AI split; both if left out."""

    @model_validator(mode="after")
    def _selects_something(self) -> Self:
        if self.org_unit is None and self.segment is None and self.ai_assisted is None:
            raise refusal("nothing is selected", "at least one of org_unit, segment, ai_assisted", "name one of them")
        return self
