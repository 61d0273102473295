"""Key-result inflation: targets so easy that reaching them changes nothing."""

from collections.abc import Iterator

from okr_pipeline.analysis.data_rule import DataContext, about, data_rule
from okr_pipeline.analysis.insights import Calibration
from okr_pipeline.analysis.sandbagging import SandbaggingResult
from okr_pipeline.cascade.model import Cascade, KeyResult
from okr_pipeline.cascade.rule import Finding
from okr_pipeline.cascade.wording import percent


@data_rule("warning")
def within_baseline(cascade: Cascade, context: DataContext) -> Iterator[Finding]:
    """A target that would probably be reached with no change at all.

    Example: at least 40 % active users, where it was 42 % in each week before the target was set.
    Reason: the dashboard turns green and conceals that nothing happened; the next target will be set the same way.
    Remedy: set the target where a change of behaviour is needed, or keep the key result as a guard that holds a level.

    Threshold: ``baseline_chance_max_ratio``.
    """
    limit = percent(cascade.policy.baseline_chance_max_ratio.value)
    for item, found in _flagged(cascade, context, "within_baseline"):
        yield about(
            item,
            f"its target ({item.target.words()}) was within reach when it was set: {found.reason}",
            f"a target that no change at all would reach with less than {limit} probability",
            "raise the target, or name the key result in guarded_by of the one that it protects",
            "target",
        )


@data_rule("warning")
def below_benchmark(cascade: Cascade, context: DataContext) -> Iterator[Finding]:
    """A target that asks for less than others already reach.

    Example: at least 40 % active users, where the other teams have 60 %.
    Reason: what others do every day is no ambition. Without a benchmark nothing is said: not assessed is no pass.
    Remedy: raise the target, or write into the benchmark why this team cannot be compared with it.
    """
    for item, found in _flagged(cascade, context, "below_benchmark"):
        yield about(
            item,
            f"its target ({item.target.words()}) asks for less than the benchmark: {found.reason}",
            "a target at least as ambitious as what others reach",
            "raise the target, or correct the benchmark and its source",
            "target",
        )


@data_rule("advice")
def below_own_best(cascade: Cascade, context: DataContext) -> Iterator[Finding]:
    """A target that the team has already reached in the two quarters before it was set.

    Example: mean review time of at most nine days, where March had eight.
    Reason: what was reached once without the change does not show the change.
    Remedy: set the target beyond the own best, or say what made that period special in the title's source.
    """
    for item, found in _flagged(cascade, context, "below_own_best"):
        yield about(
            item,
            f"its target ({item.target.words()}) is no better than the team's own best: {found.reason}",
            "a target beyond the best of the half-year before it was set",
            "raise the target, or keep it and say why in a suppression with a date",
            "target",
        )


@data_rule("warning")
def cannot_move_parent(cascade: Cascade, context: DataContext) -> Iterator[Finding]:
    """A key result whose children could not move it as far as needed, even if all of them were reached.

    Example: the parent has to fall by 20 %; its children claim -3 % to -1 % and -4 % to -2 %.
    Reason: the cascade is broken whether or not the children are reached: the promise above rests on nothing.
    Remedy: add a child that moves it, raise the children's targets, or lower the promise above.
    """
    for budget in context.insights.budgets.values():
        if budget.verdict == "cannot_move_parent":
            yield about(
                cascade.key_results_by_id[budget.parent_id],
                f"its children cannot move it as far as it has to go: {budget.reason}",
                "the favourable end of the children's claims reaches the target",
                "add a key result below that moves it, raise the targets below, or lower this one",
                "target",
            )


def _flagged(cascade: Cascade, context: DataContext, test: str) -> Iterator[tuple[KeyResult, SandbaggingResult]]:
    for item in cascade.key_results:
        calibration: Calibration | None = context.insights.calibration.get(item.id)
        result: SandbaggingResult | None = None if calibration is None else getattr(calibration, test)
        if result is not None and result.verdict == "flagged":
            yield item, result
