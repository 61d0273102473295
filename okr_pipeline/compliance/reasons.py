"""Why a system falls into its class, as a sentence. Which class it is, is decided in `classification`."""

from collections.abc import Mapping

from okr_pipeline.cascade.ai_system import AiSystem
from okr_pipeline.cascade.answers import UNKNOWN
from okr_pipeline.compliance.conditions import Fact
from okr_pipeline.compliance.model import Route

_ANNEX_I = "product or safety component under Annex I, section A, with third-party assessment (Article 6(1))"
_HIGH_ROUTES: Mapping[Route, tuple[str, ...]] = {
    "annex_i_a_and_iii_high": ("annex_i_a_high", "annex_iii_high"),
    "annex_i_a_high": ("annex_i_a_high",),
    "annex_iii_high": ("annex_iii_high",),
}


def reason(system: AiSystem, route: Route, facts: Mapping[str, Fact]) -> str:
    """Return why a system takes a route; says so when an unknown answer is the reason."""
    if route in _HIGH_ROUTES:
        return _high_risk(system, _HIGH_ROUTES[route], facts)
    claim = f"Article 6(3)({system.art6_3.condition})"
    sentences: dict[Route, str] = {
        "prohibited": f"Prohibited: it is for a practice of Article 5(1), letter {_codes(system.art5_practices)}.",
        "annex_i_b": "Annex I, section B: the sectoral act governs, of this Act little more than Article 6(1) applies.",
        "annex_iii_exempt": f"Not high-risk: {_annex_iii(system)}, but exempt by {claim}.",
    }
    return sentences.get(
        route, "Not high-risk: neither Annex I nor Annex III applies; Article 50 where people meet it."
    )


def _high_risk(system: AiSystem, ways: tuple[str, ...], facts: Mapping[str, Fact]) -> str:
    words = {"annex_i_a_high": _ANNEX_I, "annex_iii_high": _annex_iii(system)}
    certain = [words[way] for way in ways if facts[way]]
    possible = [words[way] for way in ways if not facts[way]]
    if not certain:
        return f"Treated as high-risk until it is known that it is not: {', or '.join(possible)}."
    if possible:
        return f"High-risk: {certain[0]}; perhaps also {possible[0]}."
    if len(certain) > 1:
        return f"High-risk by both routes: {', and '.join(certain)}. Both sets of duties count."
    exemption = "" if ways == ("annex_i_a_high",) else "; no exemption of Article 6(3) is shown"
    return f"High-risk: {certain[0]}{exemption}."


def _annex_iii(system: AiSystem) -> str:
    points = "" if system.annex_iii == UNKNOWN else f", point {_codes(system.annex_iii)}"
    return f"Annex III{points} (Article 6(2))"


def _codes(codes: tuple[str, ...] | str) -> str:
    return codes if isinstance(codes, str) else ", ".join(codes)
