"""One entry of `catalogue.yml`: who is bound, when, by when, and what proves it. Only the shape."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from okr_pipeline.cascade.definition import Definition
from okr_pipeline.compliance.conditions import Condition
from okr_pipeline.compliance.model import Gate

HIGH_RISK: Literal["HIGH_RISK"] = "HIGH_RISK"
"""Stands for one of the two high-risk dates, by route."""

Days = Annotated[int, Field(ge=0)]
Number = Annotated[float, Field(ge=0)]
Basis = Literal["law", "house_policy"]
Rule = Literal[
    "strictly_before_first_use",
    "by_first_use",
    "strictly_before_placing",
    "continuous_from_first_use",
    "event_clock",
    "on_change",
]


class Source(Definition):
    """A text that items rest on."""

    act: str
    """The act, or kind of text."""
    reference: str
    """Where it is published."""


class Reading(Definition):
    """A place where the law can be read in more than one way."""

    article: str
    """The article."""
    ours: str
    """What this catalogue and its engine take it to say."""
    other: str
    """What it can also be taken to say."""


class ApplicationDate(Definition):
    """A day from which a part of the law applies."""

    day: date = Field(alias="date")
    """The day."""
    article: str
    """The article that says so."""


class Due(Definition):
    """By when an item is due."""

    rule: Rule
    """How the day follows from first use, placing on the market and the application date."""
    application_date: str
    """Name of the application date; HIGH_RISK is resolved by route."""
    alternative_application_date: str | None = None
    """The date under the other reading, where it is contested."""
    legacy_application_date: str | None = None
    """The date for systems that were on the market before `legacy_cutoff`."""
    legacy_cutoff: date | None = None
    """Day before which a system counts as legacy under `legacy_application_date`."""
    lead_days: Days | None = None
    """Days before the due date by which house policy wants it."""
    cadence_days: Days | None = None
    """Days after which evidence has to be renewed."""
    default_days: Days | None = None
    """Days after a change; house policy, the law has no day count."""
    limit: str | None = None
    """The law's words where it has no number."""
    limit_hours: Number | None = None
    """Hours after the event, by law."""
    house_policy_hours: Number | None = None
    """Hours after the event, by house policy."""
    house_policy_days: Days | None = None
    """Days after the event, by house policy."""
    order: tuple[str, ...] = ()
    """Whom to tell first."""


class Evidence(Definition):
    """What proves that an item is met."""

    type: str
    """Type of the record."""
    signed_by: tuple[str, ...]
    """Roles that may sign it."""
    must_list: str | None = None
    """What the document has to answer, in words."""
    elements: tuple[str, ...] = ()
    """What the record has to list one by one, e.g. the letters of Article 27(1)."""


class CatalogueThreshold(Definition):
    """A number that the evidence has to reach."""

    min: Number | None = None
    """At least."""
    max: Number | None = None
    """At most."""
    target: Number | None = None
    """Wanted."""
    min_if_annex_iii_1a: Number | None = None
    """At least, for remote biometric identification."""
    basis: Basis = "law"
    """Whether the law or house policy sets it."""


class CatalogueMetric(Definition):
    """A metric that shows how an item is kept up."""

    id: str
    """Its name, without unit."""
    formula: str | None = None
    """How it is computed."""
    at_least: Number | None = None
    """Value wanted."""
    at_most: Number | None = None
    """Value wanted."""
    basis: Basis = "law"
    """Whether the law or house policy sets the value."""


class ReadinessMilestone(Definition):
    """What has to be prepared so that an event can be answered in time."""

    id: str
    """Its own id."""
    rule: Literal["by_first_use"]
    """By when."""
    evidence: str
    """Type of the record."""
    force_of_item: bool = False
    """Whether the law asks for the preparation too; else it is a control of our own."""


class Item(Definition):
    """One obligation of the catalogue."""

    id: str
    """Stable id, e.g. ``AIA-27-1``."""
    article: str
    """Article and paragraph."""
    title: str
    """What is to be done."""
    nature: Literal["duty", "duty_national", "control"]
    """Law, national law, or our own record."""
    binds: tuple[str, ...]
    """Who is bound."""
    binding_certainty: Literal["settled", "unclear"] = "settled"
    """Whether the text says who is bound."""
    kind: Literal["milestone", "continuous", "event"]
    """Done once, kept up, or answered when it happens."""
    applies_when: Condition
    """For which systems."""
    due: Due
    """By when."""
    date_certainty: Literal["settled", "contested"] = "settled"
    """Whether the application date is read in two ways."""
    evidence: Evidence
    """What proves it."""
    thresholds: dict[str, CatalogueThreshold] = Field(default_factory=dict)
    """Numbers by name; the unit is the last word."""
    metric: CatalogueMetric | None = None
    """Metric that shows how it is kept up."""
    gate: Gate | None = None
    """What it stands in the way of while it is not met."""
    depends_on: tuple[str, ...] = ()
    """Items that come first."""
    readiness_milestone: ReadinessMilestone | None = None
    """Preparation for an event."""
    never_satisfied_by: tuple[str, ...] = ()
    """Types of record that never meet it."""
    repeat_on: tuple[str, ...] = ()
    """Changes after which it is asked again."""
    penalty: str | None = None
    """Article 99 or other."""
    relief: str | None = None
    """Who meets it otherwise."""
    fallback: str | None = None
    """What applies when it cannot be done."""
    exception: str | None = None
    """When it is not asked."""
    reuse: str | None = None
    """What may be used again."""
    note: str | None = None
    """What else to know."""
    serves_article_kr: str | None = None
    """The key result that it makes measurable."""
    clock_start: str | None = None
    """When the clock starts."""
    staged: str | None = None
    """Whether a first report may be incomplete."""
    recipient: str | None = None
    """Who gets the report."""
    jurisdiction_dependent: bool = False
    """Whether it differs between member states."""
    source: tuple[str, ...]
    """Keys of `sources`."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Its own id and that of its readiness milestone."""
        return (self.id, self.readiness_milestone.id) if self.readiness_milestone else (self.id,)
