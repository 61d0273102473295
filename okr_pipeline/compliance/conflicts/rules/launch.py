"""Whether a launch comes after the gates that stand before it. Gates that are shut today are `..gates`' matter."""

from collections.abc import Iterator

from okr_pipeline.compliance.conflicts.pair import Pair
from okr_pipeline.compliance.conflicts.rule import Basis, Clash, conflict_rule
from okr_pipeline.compliance.model import Obligation


@conflict_rule("KR-08", "law")
def launch_before_gate(pair: Pair) -> Iterator[Clash]:
    """A key result that launches a system before a milestone that must come first.

    Only milestones count that are not met and that the law asks of a launch on that day, or that
    ``gates_required_by_house_policy`` names; the sentence says which. A warning where the milestone has no date
    because first use or placing is unknown.

    Example: a launch due on 2028-02-01, and the fundamental rights impact assessment planned for 2028-02-29.
    Reason: assessment, registration and conformity come before first use (Art 27(1), 26(8), 49, 43).
    Remedy: meet the milestone before the launch, or move the launch.
    """
    if not pair.launches:
        return
    launch = pair.key_result.due
    for item in pair.assessment.obligations:
        basis = _basis(pair, item)
        if item.gate != "blocks_deployment" or basis is None or pair.is_met(item.id):
            continue
        if item.due is not None and item.due <= launch:
            continue
        asked_by = f"the law asks for it from {item.applies_from}" if basis == "law" else "house policy asks for it"
        what = f"'{item.title}' ({item.id}, {item.article.partition(',')[0]})"
        when = f"is due on {item.due}" if item.due is not None else "has no date (first use or placing is unknown)"
        yield Clash(
            "conflict" if item.due is not None else "warn",
            f"it launches {pair.system.id} by {launch}, and {what}, which comes first, {when}"
            f" and is {pair.state(item.id)}; {asked_by}{pair.open_question(item.id)}",
            f"{item.article.partition(',')[0]}: met before first use"
            if basis == "law"
            else "gates_required_by_house_policy in policy.yml: met before launch",
            f"meet {item.id} before {launch}, or move the launch"
            if item.due is not None
            else f"answer dates in ai_systems/{pair.system.id}.yml",
            basis,
        )


def _basis(pair: Pair, item: Obligation) -> Basis | None:
    """Return why a milestone stands before the launch; None when it does not."""
    if item.force == "statutory" and item.applies_from is not None and item.applies_from <= pair.key_result.due:
        return "law"
    return "practice" if item.id in pair.ground.cascade.policy.gates_required_by_house_policy.value else None
