"""What class a system falls into, and what we are towards it: the facts that follow from the answers.

An unknown answer leaves a fact unknown where it decides; what may bind then counts as binding, with a sentence for
review. Sources: Articles 3, 5, 6, 25, 27 and 111(2) of Regulation (EU) 2024/1689, as amended by (EU) 2026/1744.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel

from okr_pipeline.cascade.ai_system import AiSystem
from okr_pipeline.cascade.answers import UNKNOWN
from okr_pipeline.compliance.catalogue import Catalogue
from okr_pipeline.compliance.conditions import Fact, Truth, every, negated, some
from okr_pipeline.compliance.model import Route
from okr_pipeline.compliance.reasons import reason

NEW_PRACTICES = frozenset({"ba", "bb"})
"""Letters of Article 5(1) that Regulation (EU) 2026/1744 added."""
LIFE_AND_CREDIT = ("5b", "5c")
"""Points of Annex III for which every deployer owes an impact assessment (Article 27(1))."""
_PUBLIC = ("public_law_body", "public_authority", "eu_body", "provides_public_service")


@dataclass(frozen=True)
class Classification:
    """The class of a system.

    Attributes:
        facts: all answers and derived facts by name, as the catalogue's conditions know them.
        route: the strictest way into a class that is not ruled out; ``prohibited`` and ``annex_i_b`` only when certain.
        reason: why, in a sentence.
        review: what a person has to look at, sentences.
        both_routes: whether it is, or may be, high-risk by Annex I and by Annex III.
    """

    facts: Mapping[str, Fact]
    route: Route
    reason: str
    review: tuple[str, ...]
    both_routes: bool

    def may_be(self, fact: str) -> bool:
        """Return whether a fact holds or is unknown."""
        return self.facts[fact] is not False


def classify(system: AiSystem, catalogue: Catalogue, as_of: date) -> Classification:
    """Return the class of a system on a day.

    Args:
        system: the answers.
        catalogue: for the application dates.
        as_of: the day; decides whether a new prohibition is in force.
    """
    facts = dict(_answers(system, ""))
    annex_iii = facts["annex_iii"]
    prohibited = _prohibited(system, catalogue, as_of)
    annex_i_b = _annex_i(system, facts, "B")
    annex_i_a = _annex_i(system, facts, "A")
    listed = None if annex_iii is None else bool(annex_iii)
    exempt = every((listed, *_exemption(system)))
    annex_iii_high = every((listed, negated(exempt)))
    high_risk = some((annex_i_a, annex_iii_high))
    trigger = None if system.art25_trigger == UNKNOWN else system.art25_trigger != "none"
    declared = _holds(facts["roles"], "provider")
    is_provider = some(
        (declared, every((high_risk, trigger)), every((_holds(facts["roles"], "product_manufacturer"), annex_i_a)))
    )
    is_deployer = _holds(facts["roles"], "deployer")
    other_points = None if annex_iii is None else bool(_codes(annex_iii) - {"2"})
    owes_assessment = some(
        (
            *(_truth(facts[f"deployer.{question}"]) for question in _PUBLIC),
            *(_holds(annex_iii, code) for code in LIFE_AND_CREDIT),
        )
    )
    facts |= {
        "annex_i_a_high": annex_i_a,
        "annex_iii_high": annex_iii_high,
        "annex_iii_exempt": exempt,
        "high_risk": high_risk,
        "declared_provider": declared,
        "is_provider": is_provider,
        "is_deployer": is_deployer,
        "only_point_2": None if annex_iii is None else _codes(annex_iii) == {"2"},
        "fria_required": every((annex_iii_high, is_deployer, other_points, owes_assessment)),
    }
    route = _route(prohibited, annex_i_b, facts)
    open_questions = {
        "whether a prohibited practice is involved (Article 5)": prohibited,
        "whether Annex I, section B, takes it out of the Act": annex_i_b,
        "whether it is high-risk (Article 6)": high_risk,
        "whether Article 6(3) exempts it": exempt,
        "whether we are its provider": is_provider,
        "whether we are its deployer": is_deployer,
        "whether an impact assessment is owed (Article 27)": facts["fria_required"],
    }
    review = [f"It is not known {words}." for words, truth in open_questions.items() if truth is None]
    if prohibited is False and _codes(facts["art5_practices"]):
        review.append(
            f"What it is used for is prohibited from {catalogue.day('ART5_NEW')} on (Article 5(1)(ba), (bb))."
        )
    both = annex_i_a is not False and annex_iii_high is not False
    return Classification(facts, route, reason(system, route, facts), tuple(review), both)


def _answers(model: BaseModel, prefix: str) -> Iterator[tuple[str, Fact]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _answers(value, f"{name}.")
        elif isinstance(value, bool):
            yield prefix + name, value
        elif isinstance(value, tuple):
            yield prefix + name, frozenset(value)
        else:
            yield prefix + name, None


def _prohibited(system: AiSystem, catalogue: Catalogue, as_of: date) -> Truth:
    practices = system.art5_practices
    if isinstance(practices, str):
        return None
    if set(practices) - NEW_PRACTICES:
        return True
    if not practices:
        return False
    first_use = system.dates.first_use
    begins = catalogue.day("ART5_NEW")
    if as_of >= begins:
        return True
    return first_use >= begins if isinstance(first_use, date) else None


def _annex_i(system: AiSystem, facts: Mapping[str, Fact], section: str) -> Truth:
    written = system.annex_i.section
    return every(
        (
            None if written == UNKNOWN else written == section,
            _truth(facts["annex_i.safety_component_or_product"]),
            _truth(facts["annex_i.third_party_assessment"]),
        )
    )


def _exemption(system: AiSystem) -> Iterator[Truth]:
    """Yield the conditions of Article 6(3): only a written ``false`` counts, an omission does not."""
    claim = system.art6_3
    yield None if claim.condition == UNKNOWN else claim.condition is not None
    for answer in (claim.profiling, claim.material_influence, claim.significant_risk):
        yield None if answer == UNKNOWN else answer is False


def _route(prohibited: Truth, annex_i_b: Truth, facts: Mapping[str, Fact]) -> Route:
    if prohibited:
        return "prohibited"
    if annex_i_b:
        return "annex_i_b"
    by_annex_i, by_annex_iii = facts["annex_i_a_high"] is not False, facts["annex_iii_high"] is not False
    if by_annex_i and by_annex_iii:
        return "annex_i_a_and_iii_high"
    if by_annex_i:
        return "annex_i_a_high"
    if by_annex_iii:
        return "annex_iii_high"
    return "annex_iii_exempt" if facts["annex_iii_exempt"] else "none"


def _holds(codes: Fact, code: str) -> Truth:
    return None if codes is None else code in _codes(codes)


def _codes(fact: Fact) -> frozenset[str]:
    return fact if isinstance(fact, frozenset) else frozenset()


def _truth(fact: Fact) -> Truth:
    return fact if isinstance(fact, bool) else None
