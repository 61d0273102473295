"""What key results of every level have in common: baseline, window, cases, yardsticks, targets as YAML."""

from dataclasses import dataclass
from typing import Literal

from okr_pipeline.cascade.metric import Metric
from okr_pipeline.cascade.model import Benchmark
from okr_pipeline.cascade.scope import Scope
from okr_pipeline.cascade.strategy import Lever
from okr_pipeline.cascade.unit_file import Window
from okr_pipeline.cascade.wording import figure
from okr_pipeline.generation.draft import DraftClaim, DraftKeyResult, DraftTarget, id_of
from okr_pipeline.generation.inputs import Facts
from okr_pipeline.generation.measured import Measured
from okr_pipeline.generation.targets import Aim, Yardstick, guard_limit, round_cases
from okr_pipeline.generation.wording import key_result_title

GUARD_SOURCE = "a guard: it protects the gain, it brings none"
CLAIM_LAG_WEEKS = 4
_Level = Literal["executive", "business_unit", "team"]
_LAG_SHARE_OF_CYCLE = {"executive": 0.3, "business_unit": 0.22, "team": 0.1}


@dataclass(frozen=True)
class Ground:
    """Facts and measured values together: what every part of a draft needs."""

    facts: Facts
    measured: Measured

    def id(self, unit: str, metric: Metric, segment: str | None = None) -> str:
        """Return the id of the key result on a metric in a unit."""
        return id_of(unit, segment, metric.name)

    def number(self, metric: Metric, scope: Scope) -> float:
        """Return a baseline that is known to be measured."""
        value = self.measured.value(metric, scope)
        if value is None:
            raise ValueError(f"{metric.name} has no baseline in {scope}")
        return value

    def window(self, metric: Metric, scope: Scope) -> Window:
        """Return four weeks, or thirteen where four hold too few cases to judge, or the figure is monthly."""
        enough = 2 * self.facts.policy.minimum_cases_default.value
        adds_up = metric.aggregation not in ("distinct_share", "stock")
        if metric.cadence == "monthly":
            return "trailing_13_weeks"
        few = adds_up and self.measured.cases(metric, scope, "trailing_4_weeks") < enough
        return "trailing_13_weeks" if few else "trailing_4_weeks"

    def yardsticks(self, metric: Metric, scope: Scope, window: Window) -> tuple[Yardstick, ...]:
        """Return what a target has to beat: the unit's own best, and benchmarks that speak of it."""
        found = []
        weeks_count = self.facts.policy.own_best_weeks.value
        best = self.measured.best(metric, scope, window, weeks_count)
        if best is not None:
            words = f"the own best of {weeks_count} weeks, {figure(best, metric.unit)}"
            found.append(Yardstick(best, words))
        for benchmark in self.facts.benchmarks:
            if self._speaks_of(benchmark, metric, scope):
                words = f"the benchmark of benchmarks.yml, {figure(benchmark.value, metric.unit)}"
                found.append(Yardstick(benchmark.value, words))
        return tuple(found)

    def lever(self, parent: Metric, metric: Metric, unit: str) -> Lever | None:
        """Return what strategy.yml knows of a link, of the nearest unit; None where it knows nothing."""
        for above in self.facts.organisation.ancestors(unit):
            for lever in self.facts.strategy.levers:
                if (lever.parent, lever.metric, lever.org_unit) == (parent.name, metric.name, above):
                    return lever
        return None

    def lag_weeks(self, level: _Level) -> int:
        """Return the weeks before movement is expected: teams first, outcomes last; a share of the cycle."""
        days = (self.facts.cycle.end - self.facts.cycle.start).days + 1
        return round(days / 7 * _LAG_SHARE_OF_CYCLE[level])

    def key_result(
        self,
        metric: Metric,
        scope: Scope,
        target: DraftTarget,
        *,
        level: _Level,
        weight: int,
        shape: str,
        window: Window | None = None,
        claim: DraftClaim | None = None,
        compare_with: str | None = None,
        guarded_by: tuple[str, ...] = (),
        ai_systems: tuple[str, ...] = (),
        deploys: str | None = None,
        questions: tuple[str, ...] = (),
    ) -> DraftKeyResult:
        """Put a key result together; everything that follows from metric and place is filled in here."""
        unit = scope.org_unit or self.facts.organisation.root
        chosen = window or self.window(metric, scope)
        system = self.facts.ai_systems.get(scope.segment or "")
        baseline = self.number(metric, scope)
        weeks = self.measured.span_words
        return DraftKeyResult(
            id=self.id(unit, metric, scope.segment),
            title=key_result_title(metric, self.facts.title(unit), target, system.title if system else None),
            metric=metric.name,
            unit=unit,
            segment=scope.segment,
            measured_over=weeks,
            baseline_note=figure(baseline, metric.unit.replace("_", " ")),
            target=target,
            window=chosen,
            minimum_cases=self._minimum_cases(metric, scope, chosen),
            weight=weight,
            shape=shape,
            lag_weeks=self.lag_weeks(level),
            claim=claim,
            compare_with=compare_with,
            guarded_by=guarded_by,
            ai_systems=ai_systems,
            deploys=deploys,
            questions=questions,
        )

    def guard(self, metric: Metric, scope: Scope, *, level: _Level, ai_systems: tuple[str, ...]) -> DraftKeyResult:
        """Return a key result that holds a level."""
        limit = guard_limit(self.number(metric, scope), metric.direction, is_share=is_share(metric))
        operator: Literal["at_least", "at_most"] = "at_least" if metric.direction == "up" else "at_most"
        note = "a guard: the level of before the cycle, and a tenth of slack"
        target = DraftTarget(operator, f"{limit:.10g}", note)
        claim = DraftClaim(0.0, 0.0, CLAIM_LAG_WEEKS, GUARD_SOURCE)
        return self.key_result(
            metric, scope, target, level=level, weight=1, shape="linear", claim=claim, ai_systems=ai_systems
        )

    def _minimum_cases(self, metric: Metric, scope: Scope, window: Window) -> int:
        """Return a tenth of the usual cases, or the policy's default where half of them are as many.

        Where success means fewer cases (open work, errors), a higher bar would make it inconclusive. People are a
        quarter, and never fewer than a group that may be shown.
        """
        usual = self.measured.cases(metric, scope, window)
        if metric.aggregation == "distinct_share":
            return max(round_cases(usual / 4), self.facts.organisation.minimum_group)
        return round_cases(max(usual / 10, min(self.facts.policy.minimum_cases_default.value, usual / 2)))

    def _speaks_of(self, benchmark: Benchmark, metric: Metric, scope: Scope) -> bool:
        """Return whether a benchmark is of these rows: the same metric, a unit that holds them, their only segment."""
        unit = scope.org_unit or self.facts.organisation.root
        if benchmark.metric != metric.name:
            return False
        where = benchmark.where or Scope(org_unit=self.facts.organisation.root)
        in_unit = where.org_unit is None or where.org_unit in self.facts.organisation.ancestors(unit)
        segments = (scope.segment,) if scope.segment else self.measured.segments(metric, unit)
        return (
            in_unit and where.ai_assisted is None and where.segment in (None, *(segments if len(segments) == 1 else ()))
        )


def target_of_aim(metric: Metric, aim: Aim) -> DraftTarget:
    """Return an aim as a target: a share as a threshold, anything else as a change against the baseline."""
    up = metric.direction == "up"
    if is_share(metric):
        return DraftTarget("at_least" if up else "at_most", f"{aim.value:.10g}", aim.basis)
    percent = f"{abs(aim.change_ratio) * 100:.10g}%"
    about = figure(aim.value, metric.unit.replace("_", " "))
    return DraftTarget("increase_by_at_least" if up else "reduce_by_at_least", percent, f"{aim.basis}; about {about}")


def is_share(metric: Metric) -> bool:
    """Return whether a metric's value lies between 0 and 1."""
    return metric.aggregation in ("proportion", "distinct_share") or metric.unit in ("ratio", "share")
