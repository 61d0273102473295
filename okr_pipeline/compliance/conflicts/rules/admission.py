"""Whether a target may exist for a system at all: no prohibited practice, and the class decided before the target."""

from collections.abc import Iterator

from okr_pipeline.compliance.conflicts.pair import Pair
from okr_pipeline.compliance.conflicts.rule import Clash, conflict_rule

_CLASSIFICATION = "AIA-06-CLASS"


@conflict_rule("KR-01", "law", of_prohibited=True)
def prohibited_system(pair: Pair) -> Iterator[Clash]:
    """A key result that names a system whose practice Article 5 prohibits.

    Example: a key result on a system that infers the emotions of agents at work (Art 5(1)(f)).
    Reason: the practice is prohibited, so no target for it may exist, whatever the number.
    Remedy: delete the key result and stop the use, or correct the answer in the system's file.
    """
    yield Clash(
        "block",
        f"{pair.system.id} is prohibited: {(pair.assessment.block or pair.assessment.reason).rstrip('.')}",
        "no target may exist for a practice of Art 5(1)",
        "delete the key result and stop the use of the system, or correct art5_practices in its file",
    )


@conflict_rule("KR-14", "practice")
def target_before_classification(pair: Pair) -> Iterator[Clash]:
    """A target set before the system's class was decided, or without any decision about it.

    The first signed record counts, also when a newer one has superseded it; one that is no longer valid does not.

    Example: ``target_set_on: 2026-06-22`` and a classification record of 2026-07-06, or none.
    Reason: the class decides which targets are allowed; decided afterwards, it bends to the target.
    Remedy: sign the record, then decide the target anew and write the day into ``target_set_on``.
    """
    record = pair.obligation(_CLASSIFICATION)
    if record is None:
        return
    target_set_on = pair.key_result.target_set_on
    classified_on = pair.first_signed(record)
    if not pair.is_met(_CLASSIFICATION) or classified_on is None:
        problem = (
            f"its target was set on {target_set_on}, and {pair.system.id} has no valid classification record"
            f" ({_CLASSIFICATION} is {pair.state(_CLASSIFICATION)})"
        )
        fix = "have the classification record signed, then confirm the target with a new target_set_on"
    elif classified_on > target_set_on:
        problem = f"its target was set on {target_set_on}, before {pair.system.id} was classified on {classified_on}"
        fix = f"decide the target anew in the light of the class, with a target_set_on from {classified_on}"
    else:
        return
    yield Clash("warn", problem, "classify first (Art 6), then set the target", fix)
