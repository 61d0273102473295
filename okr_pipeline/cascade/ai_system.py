"""`ai_systems/<id>.yml`: what a business owner knows about an AI system, as answers to plain questions.

What follows from the answers (class, roles, obligations) is decided in `okr_pipeline.compliance`. The answer
`unknown` is allowed everywhere; a question that is left out means no, except under `art6_3`.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator

from okr_pipeline.cascade.answers import (
    Answer,
    Answered,
    Count,
    Day,
    OneOf,
    Quantity,
    Share,
    SystemId,
    Unknown,
)
from okr_pipeline.cascade.definition import Label
from okr_pipeline.cascade.role import Role

OPERATOR_ROLES = ("deployer", "provider", "importer", "distributor", "product_manufacturer")
"""Operators of Article 3(3) to (8)."""
ANNEX_III_CODES = (
    "1a", "1b", "1c", "2", "3a", "3b", "3c", "3d", "4a", "4b", "5a", "5b", "5c", "5d", "6a", "6b", "6c", "6d", "6e",
    "7a", "7b", "7c", "7d", "8a", "8b",
)  # fmt: skip
"""Points of Annex III of Regulation (EU) 2024/1689, e.g. ``5c``: life and health insurance."""
ART5_PRACTICES = ("a", "b", "ba", "bb", "c", "d", "e", "f", "g", "h")
"""Letters of Article 5(1) as amended by Regulation (EU) 2026/1744."""

OperatorRoles = Annotated[tuple[str, ...] | Unknown, BeforeValidator(OneOf(*OPERATOR_ROLES))]
AnnexIIICodes = Annotated[tuple[str, ...] | Unknown, BeforeValidator(OneOf(*ANNEX_III_CODES))]
Article5Practices = Annotated[tuple[str, ...] | Unknown, BeforeValidator(OneOf(*ART5_PRACTICES))]


class AnnexI(Answered):
    """Is it a product, or the safety component of a product, under Union harmonisation law (Article 6(1))?"""

    section: Literal["A", "B", "unknown"] | None = None
    """Section of Annex I that lists the product's law; left out where none does."""
    safety_component_or_product: Answer = False
    """Is the system such a product, or a safety component of one?"""
    third_party_assessment: Answer = False
    """Must a third party assess the product before it is sold?"""


class Article6Paragraph3(Answered):
    """Why a system of Annex III should not be high-risk; it exempts only when all three answers are written `false`."""

    condition: Literal["a", "b", "c", "d", "unknown"] | None = None
    """Which case: a narrow procedural task, b improves finished human work, c detects patterns, d preparatory task."""
    profiling: Answer | None = None
    """Does it profile people? Then it is always high-risk."""
    material_influence: Answer | None = None
    """Does it materially influence the outcome of decisions?"""
    significant_risk: Answer | None = None
    """Could it significantly harm health, safety or fundamental rights?"""


class Deployer(Answered):
    """Who uses it: questions about the organisation itself."""

    public_authority: Answer = False
    """Are we a public authority?"""
    on_behalf_of_public_authority: Answer = False
    """Do we act on behalf of one?"""
    public_law_body: Answer = False
    """Are we a body governed by public law?"""
    provides_public_service: Answer = False
    """Do we provide public services: education, healthcare, social services, housing, administration of justice?"""
    eu_body: Answer = False
    """Are we an institution, body or agency of the Union?"""
    employer: Answer = False
    """Do we use it as an employer?"""
    law_enforcement: Answer = False
    """Is it used for law enforcement?"""
    financial_institution: Answer = False
    """Are we a bank, an insurer or another institution under Union financial services law?"""


class SystemDates(Answered):
    """When it came and comes into use."""

    first_use: Day | None = None
    """First day on which we use it, planned or past."""
    placed_on_market: Day | None = None
    """Day on which the first unit of this type and model was sold or put into service in the Union."""
    own_placing: Day | None = None
    """Day on which we as provider sell it or put it into service; first use if left out."""
    significant_design_change: Day | None = None
    """Day of the last significant change of its design."""


class Affected(Answered):
    """Whom its results concern."""

    natural_persons: Answer = False
    """People at all?"""
    workers: Answer = False
    """Our own workers?"""
    decisions_about_persons: Answer = False
    """Does it make decisions about people, or help to make them?"""
    legal_or_similar_effect: Answer = False
    """Do these decisions have legal or similarly significant effects?"""


class DataUse(Answered):
    """The data it works on."""

    personal: Answer = False
    """Does it process personal data?"""
    dpia_required: Answer = False
    """Is a data protection impact assessment required (GDPR, Article 35)?"""
    controls_input: Answer = False
    """Do we decide which data goes in?"""
    logs_under_control: Answer = False
    """Are its automatic logs under our control?"""


class Transparency(Answered):
    """What people see of it (Article 50)."""

    direct_interaction: Answer = False
    """Do people talk to it directly?"""
    obvious: Answer = False
    """Is it obvious to them that it is an AI system?"""
    synthetic_content: Answer = False
    """Does it generate text, images, audio or video?"""
    assistive_editing_only: Answer = False
    """Does it only help to edit, without changing the substance?"""
    emotion_or_biocat: Answer = False
    """Does it recognise emotions or sort people by biometric traits?"""
    deepfake: Answer = False
    """Does it make images, audio or video that look real?"""
    public_interest_text: Answer = False
    """Is its text published to inform the public?"""
    editorial_control: Answer = False
    """Does a person review that text, and does somebody hold editorial responsibility?"""


class Oversight(Answered):
    """How people watch over it; shares are 0 to 1, rates too."""

    model: Literal["HITL", "HOTL", "HIC", "none", "unknown"] | None = None
    """HITL: a person confirms each result; HOTL: it acts alone, watched; HIC: people set limits and use."""
    named_overseers: Count | None = None
    """People named as overseers."""
    stop_function: Answer = False
    """Can it be stopped at once?"""
    review_coverage: Share | None = None
    """Share of results that a person reviews before they take effect."""
    sampling_rate: Share | None = None
    """Share of the results it acts on alone that is reviewed afterwards."""
    ifu_reference: Label | None = None
    """Version of the provider's instructions for use."""
    ifu_max_autonomous_share: Share | None = None
    """Largest autonomous share that these instructions allow."""
    weekly_volume: Quantity | None = None
    """Results a week."""
    escalation_rate: Share | None = None
    """Share of results that the system passes to a person."""
    minutes_per_review: Quantity | None = None
    """Minutes that one review takes."""
    reviewer_hours_per_week: Quantity | None = None
    """Hours of reviewers that are staffed each week."""


class AiSystem(Answered):
    """One AI system in use or planned."""

    id: SystemId
    """Stable name; in a cascade also the name of the file."""
    name: Label | None = None
    """Name for people; the id if left out."""
    owner: Role | None = None
    """Role that answers for the system; every system of a cascade has one."""
    intended_purpose: Label
    """What is it for, in one sentence?"""
    roles: OperatorRoles = ()
    """What are we towards it? We use it (deployer), built it or sell it under our name (provider), ..."""
    art25_trigger: Literal["none", "own_name", "substantial_modification", "purpose_change", "unknown"] = "none"
    """Did we put our name on it, change it substantially, or give it another purpose (Article 25(1))?"""
    annex_iii: AnnexIIICodes = ()
    """Points of Annex III that its use falls under."""
    annex_i: AnnexI = AnnexI()
    """Product safety law."""
    art5_practices: Article5Practices = ()
    """Prohibited practices it would be used for."""
    art6_3: Article6Paragraph3 = Article6Paragraph3()
    """Why a system of Annex III should not be high-risk."""
    deployer: Deployer = Deployer()
    """About us."""
    dates: SystemDates = SystemDates()
    """When."""
    affected: Affected = Affected()
    """Whom it concerns."""
    workplace_use: Answer = False
    """Is it used at the workplace?"""
    intended_for_public_authorities: Answer = False
    """Is it meant to be used by public authorities?"""
    post_remote_biometric: Answer = False
    """Does it identify people afterwards from recordings?"""
    kr_data_individual_level: Answer = False
    """Do the figures of its key results tell single workers apart?"""
    data: DataUse = DataUse()
    """Data."""
    transparency: Transparency = Transparency()
    """What people see of it."""
    solely_automated_decision: Answer = False
    """Does it decide without a person?"""
    oversight: Oversight = Oversight()
    """How people watch over it."""

    @property
    def title(self) -> str:
        """Name for people."""
        return self.name or self.id
