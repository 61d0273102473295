"""What the law asks where a target wants a system to act alone: oversight, confirmations, grounds, instructions."""

from collections.abc import Iterator

from okr_pipeline.compliance.conflicts.pair import Pair, binds_from, known
from okr_pipeline.compliance.conflicts.rule import Clash, conflict_rule

_OVERSIGHT = "AIA-26-2"
_OVERSIGHT_DESIGN = "AIA-13-14"
_INSTRUCTIONS = "AIA-26-1"
_AUTOMATED_DECISION = "GDPR-22"


@conflict_rule("KR-02", "law")
def autonomy_without_oversight(pair: Pair) -> Iterator[Clash]:
    """An autonomy target on a high-risk system to whose oversight nobody is assigned, or whose design is unknown.

    A conflict where the duty is statutory when the target is due; a warning where it is grandfathered or comes
    later, and where a plan is signed but the system's file answers `unknown` to what it should say.

    Example: 90 % autonomous on a credit score, due in 2028, without a signed human oversight plan.
    Reason: deployers assign people with competence, training, authority and support (Art 26(2)). The Act sets no
        numeric cap, so a lower number is no cure.
    Remedy: design the oversight, assign it, and have the plan signed.
    """
    duty = pair.obligation(_OVERSIGHT)
    if duty is None or not (pair.assessment.high_risk and pair.asks_for_autonomy):
        return
    name = pair.system.id
    allowed = "Art 26(2): oversight of a high-risk system is assigned to people; the Act sets no cap on autonomy"
    if pair.is_met(_OVERSIGHT):
        unknown = _unknown_design(pair)
        if unknown:
            yield Clash(
                "warn",
                f"it asks for {pair.target_words}; the oversight plan of {name} is signed, but its file answers unknown"
                f" to {', '.join(unknown)}",
                allowed,
                f"answer it in ai_systems/{name}.yml from the signed plan",
            )
        return
    binds = pair.binds_when_due(_OVERSIGHT)
    start = binds_from(duty)
    if binds:
        when = f"the duty binds from {start}, and the target is due on {pair.key_result.due}"
    elif duty.force != "statutory":
        when = f"the duty is {duty.force} and so recommended only"
    elif start is None:
        when = "from when the duty binds is unknown"
    else:
        when = f"the duty binds from {start} only; the target is due on {pair.key_result.due}"
    yield Clash(
        "conflict" if binds else "warn",
        f"it asks for {pair.target_words} of {name}, which is high-risk, and no human oversight plan is valid"
        f" ({_OVERSIGHT} is {pair.state(_OVERSIGHT)}); {when}{pair.open_question(_OVERSIGHT)}",
        allowed,
        "design the oversight and have the plan signed; a lower number is no cure",
    )


def _unknown_design(pair: Pair) -> list[str]:
    oversight = pair.system.oversight
    answers = {"model": oversight.model, "stop_function": oversight.stop_function}
    if oversight.model != "HITL":
        answers["sampling_rate"] = "unknown" if oversight.sampling_rate == "unknown" else None
    return [f"oversight.{question}" for question, answer in answers.items() if answer == "unknown"]


@conflict_rule("KR-03", "law")
def autonomous_identification(pair: Pair) -> Iterator[Clash]:
    """An autonomy target on remote biometric identification, once the duties of high-risk systems bind.

    Discarding non-matches is not meant: that is no action on an identification.

    Example: any autonomous share above 0 on a system of Annex III, point 1(a), due in 2028.
    Reason: no action or decision rests on an identification unless two people confirm it separately (Art 14(5)).
    Remedy: drop the autonomy target. Where Union or national law lifts the second confirmation for law
        enforcement, migration, border control or asylum, name that law in the oversight plan.
    """
    is_identification = isinstance(pair.system.annex_iii, tuple) and "1a" in pair.system.annex_iii
    if not (is_identification and pair.assessment.high_risk and pair.asks_for_autonomy):
        return
    if pair.binds_when_due(_OVERSIGHT, _OVERSIGHT_DESIGN):
        yield Clash(
            "block",
            f"it asks for {pair.target_words} of {pair.system.id}, which identifies people from afar"
            f" (Annex III, 1(a)), by {pair.key_result.due}",
            "Art 14(5): no action on an identification without two separate human confirmations",
            "drop the autonomy target; an exception for law enforcement or migration needs a legal reference",
        )


@conflict_rule("KR-05", "law")
def automated_decision_without_ground(pair: Pair) -> Iterator[Clash]:
    """An autonomy target on decisions with legal or similar effect, without a ground and safeguards.

    A warning while it is unknown whether the decisions have such an effect.

    Example: half of the applications decided alone, and no record of an Article 22(2) ground.
    Reason: a solely automated decision needs a ground (GDPR Art 22(2)) and human intervention on request (22(3));
        a rubber-stamped review does not cure it (CJEU C-634/21).
    Remedy: have ground and safeguards signed; the milestone appears once ``solely_automated_decision``,
        ``affected.legal_or_similar_effect`` and ``data.personal`` say what is the case.
    """
    effect = pair.system.affected.legal_or_similar_effect
    if effect is False or not pair.asks_for_autonomy or pair.is_met(_AUTOMATED_DECISION):
        return
    about = (
        "whose decisions have legal or similar effect"
        if effect is True
        else "for which it is unknown whether its decisions have legal or similar effect"
    )
    yield Clash(
        "conflict" if effect is True else "warn",
        f"it asks for {pair.target_words} of {pair.system.id}, {about}; {_AUTOMATED_DECISION} is"
        f" {pair.state(_AUTOMATED_DECISION)}",
        "GDPR Art 22(2) and (3): the solely automated share has a ground, and people can have it reviewed",
        f"answer solely_automated_decision, affected and data in ai_systems/{pair.system.id}.yml,"
        " and have ground and safeguards signed",
    )


@conflict_rule("KR-13", "law")
def beyond_instructions_for_use(pair: Pair) -> Iterator[Clash]:
    """An autonomy target above what the provider's instructions for use allow, once following them is a duty.

    Silent while the instructions' limit is unknown or not given.

    Example: 90 % autonomous where the instructions allow 60 %.
    Reason: deployers use a high-risk system according to its instructions (Art 26(1)). A change that goes further
        can be a substantial modification (Art 25(1)(b) with 3(23)), or make a system high-risk (25(1)(c)), and
        the deployer a provider.
    Remedy: lower the target to the limit, or agree on new instructions with the provider.
    """
    share, limit = pair.autonomous_share, known(pair.system.oversight.ifu_max_autonomous_share)
    if share is None or limit is None or share <= limit or not pair.binds_when_due(_INSTRUCTIONS):
        return
    reference = pair.system.oversight.ifu_reference
    version = f" ({reference})" if reference is not None and reference != "unknown" else ""
    yield Clash(
        "conflict",
        f"it asks for an autonomous share of {float(share):g} by {pair.key_result.due}; the instructions for use of"
        f" {pair.system.id}{version} allow {float(limit):g}",
        "Art 26(1): use follows the instructions; going further can make us the provider (Art 25(1)(b), (c))",
        f"ask for at most {float(limit):g}, or have the provider change the instructions first",
    )
