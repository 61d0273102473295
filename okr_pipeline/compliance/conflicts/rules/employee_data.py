"""Whether the figures of key results speak of single people."""

from collections.abc import Iterator

from okr_pipeline.compliance.conflicts.pair import Pair
from okr_pipeline.compliance.conflicts.rule import Clash, conflict_rule


@conflict_rule("KR-12", "law", subject="system")
def figures_of_single_workers(pair: Pair) -> Iterator[Clash]:
    """Key results whose figures tell single workers apart, or rest on groups that are too small.

    Example: adoption by person, or a team of three.
    Reason: works councils (e.g. BetrVG s.87(1) no.6) and data protection stand before it; AI that evaluates
        individual workers is itself high-risk (Annex III, 4(b)).
    Remedy: count by groups of at least ``minimum_group`` people.
    """
    minimum = pair.ground.cascade.organisation.minimum_group
    individual, smallest = pair.system.kr_data_individual_level, pair.observation.smallest_group_count
    signs = []
    if individual is True:
        signs.append(f"the figures of {pair.system.id} tell single workers apart")
    elif individual == "unknown":
        signs.append(f"whether the figures of {pair.system.id} tell single workers apart is unknown")
    if smallest is not None and smallest < minimum:
        signs.append(f"{smallest} people stand behind a figure of {pair.system.id}, fewer than {minimum}")
    if signs:
        yield Clash(
            "warn",
            "; ".join(signs),
            f"employee data: groups of at least {minimum}, after works council and GDPR;"
            " evaluating single workers by AI may itself be Annex III, 4(b)",
            "count by larger groups, correct kr_data_individual_level, or involve works council and data protection",
        )
