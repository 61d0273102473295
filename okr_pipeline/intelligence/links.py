"""The series behind each link: the child's adoption, the parent's metric where it was adopted, and where it was not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from okr_pipeline.analysis.assisted_gap import GapResult, Sides, assisted_gap
from okr_pipeline.analysis.insights import LinkEvidence
from okr_pipeline.analysis.translation import has_moved, translate
from okr_pipeline.analysis.vanity import VanityCase, VanityLimits, VanityResult, judge_vanity
from okr_pipeline.cascade.disclosure import suppress
from okr_pipeline.cascade.metric import Direction, Metric
from okr_pipeline.cascade.model import Cascade, KeyResult, Policy
from okr_pipeline.cascade.progress import TargetRange, progress
from okr_pipeline.cascade.scope import Scope
from okr_pipeline.cascade.status import Judgement, Status
from okr_pipeline.cascade.values import KeyResultValue
from okr_pipeline.cascade.weekly import Floats
from okr_pipeline.measured import Measured

_REACHED = {
    Status.ACHIEVED: True,
    Status.ON_TRACK: True,
    Status.AT_RISK: False,
    Status.OFF_TRACK: False,
    Status.MISSED: False,
}


@dataclass(frozen=True)
class _Link:
    child: KeyResult
    parent: KeyResult
    outcome: Scope
    comparison: Scope | None
    claim_ratio: float | None
    value: KeyResultValue
    last: int


def gather_evidence(
    measured: Measured,
    values: Mapping[str, Sequence[KeyResultValue]],
    judgements: Mapping[str, Judgement],
) -> dict[str, LinkEvidence]:
    """Return, by child key result, what the data says of its link to the parent.

    The outcome is the parent's metric in the child's own unit where that lies below the parent's: there it was
    adopted. A claim about the parent is at least as large in the part that adopts, so `flat` is on the safe side.
    Guards and children that claim to move nothing have no link to test. A link whose child or parent is over is judged
    by the weeks up to then, so that it keeps the verdict of its due week.

    Args:
        measured: the weekly series.
        values: key result -> its values, oldest first.
        judgements: key result -> how it stands.
    """
    cascade = measured.project.cascade
    links = [_link(measured, child, parent, values[child.id]) for child, parent in claiming(cascade)]
    limits = _limits(cascade.policy)
    judged = iter(judge_vanity([_case(measured, link) for link in links if link.claim_ratio is not None], limits))
    return {
        link.child.id: LinkEvidence(
            child_id=link.child.id,
            parent_id=link.parent.id,
            lag_weeks=_lag_weeks(link.child),
            claim_ratio=link.claim_ratio,
            compared_with=None if link.comparison is None else _words(link.comparison),
            vanity=_unknown_way(link.value) if link.claim_ratio is None else next(judged),
            gap=_gap(measured, link),
            translation=translate(
                _REACHED.get(judgements[link.child.id].status),
                _parent_moved(measured, link, values[link.parent.id][link.last], judgements[link.parent.id]),
            ),
        )
        for link in links
    }


def claiming(cascade: Cascade) -> list[tuple[KeyResult, KeyResult]]:
    """Return the links that claim an effect: each child key result with the parent that it says it moves."""
    return [
        (child, parent)
        for objective in cascade.objectives
        if (parent := cascade.parent_of(objective)) is not None
        for child in objective.key_results
        if child.contributes is not None and any(child.contributes.moves_parent)
    ]


def _link(measured: Measured, child: KeyResult, parent: KeyResult, values: Sequence[KeyResultValue]) -> _Link:
    last = max(min(measured.position(min(child.due, parent.due)), len(measured.weeks) - 1), 0)
    value = values[last]
    organisation = measured.project.cascade.organisation
    below_parent = organisation.below(parent.where.org_unit or organisation.root)
    outcome = parent.where
    own = parent.where.model_copy(update={"org_unit": child.where.org_unit})
    if child.where.org_unit in below_parent and _has_rows(measured, parent, own):
        outcome = own
    comparison = _comparison(measured, child, parent, outcome)
    return _Link(child, parent, outcome, comparison, _claim(child, value), value, last)


def _comparison(measured: Measured, child: KeyResult, parent: KeyResult, outcome: Scope) -> Scope | None:
    """Return the scope that has not adopted; None where none is named, it overlaps, or it has no rows."""
    named = child.compare_with
    if named is None:
        return None
    unit, side = named.org_unit or outcome.org_unit, named.ai_assisted or outcome.ai_assisted
    candidates = [Scope(org_unit=unit, segment=named.segment or outcome.segment, ai_assisted=side)]
    if named.segment is None and outcome.segment is not None:
        candidates.append(Scope(org_unit=unit, ai_assisted=side))  # it may know other segments than the outcome
    apart = (scope for scope in candidates if not _overlap(measured, scope, outcome))
    return next((scope for scope in apart if _has_rows(measured, parent, scope)), None)


def _overlap(measured: Measured, one: Scope, other: Scope) -> bool:
    organisation = measured.project.cascade.organisation
    units = [scope.org_unit or organisation.root for scope in (one, other)]
    same_unit = units[0] in organisation.below(units[1]) or units[1] in organisation.below(units[0])
    pairs = ((one.segment, other.segment), (one.ai_assisted, other.ai_assisted))
    return same_unit and all(None in pair or pair[0] == pair[1] for pair in pairs)


def _has_rows(measured: Measured, parent: KeyResult, scope: Scope) -> bool:
    return bool(measured.selection(parent.metric, scope, parent.cycle).sums.rows_count.any())


def _claim(child: KeyResult, value: KeyResultValue) -> float | None:
    """Return the smaller claimed change, for the share of the way to the target that is covered so far."""
    assert child.contributes is not None  # noqa: S101 - `claiming` lets no other through
    low, high = child.contributes.moves_parent
    least = min(low, high, key=abs) if low * high > 0 else 0.0
    if value.progress is None or not isfinite(value.progress):
        return None
    return least * min(max(value.progress, 0.0), 1.0)


def _case(measured: Measured, link: _Link) -> VanityCase:
    cycle = link.parent.cycle
    outcome = measured.weekly(link.parent.metric, link.outcome, cycle)
    comparison = None if link.comparison is None else measured.weekly(link.parent.metric, link.comparison, cycle)
    cases = outcome.sample_count
    is_over = np.arange(len(measured.weeks)) > link.last
    return VanityCase(
        outcome=np.where(is_over, np.nan, outcome.value),
        comparison=None if comparison is None else comparison.value,
        adoption=np.where(is_over, np.nan, _adoption(measured, link)),
        cases=cases if comparison is None else np.minimum(cases, comparison.sample_count),
        starts_at=measured.starts[link.child.cycle],
        lag_weeks=_lag_weeks(link.child),
        claim_ratio=link.claim_ratio or 0.0,
        wanted=_wanted(link.parent, measured.project.metrics[link.parent.metric]),
        is_share=measured.project.metrics[link.child.metric].kind == "adoption",
    )


def _adoption(measured: Measured, link: _Link) -> Floats:
    """Return the child's weekly share; of a child that is no share its progress, 0 at the baseline, 1 at target."""
    child = link.child
    weekly = measured.weekly(child.metric, child.where, child.cycle).value
    if measured.project.metrics[child.metric].kind == "adoption":
        return weekly
    baseline = np.nan if link.value.baseline is None else link.value.baseline
    return progress(weekly, baseline, TargetRange(link.value.target_low, link.value.target_high))


def _gap(measured: Measured, link: _Link) -> GapResult | None:
    """Compare assisted with unassisted cases of the last quarter; cells that must not be shown are left out."""
    aggregation = measured.project.metrics[link.parent.metric].aggregation
    if link.outcome.ai_assisted is not None or aggregation not in ("proportion", "mean"):
        return None
    rows, where = measured.rows[link.parent.metric], link.outcome
    organisation = measured.project.cascade.organisation
    unit = where.org_unit or organisation.root
    gap_weeks = measured.project.cascade.policy.assisted_gap_weeks.value
    weeks = measured.weeks[: link.last + 1][-gap_weeks:]
    first, last = np.datetime64(weeks[0]), np.datetime64(weeks[-1])
    # Only the rows of the unit are looked at: a company with many units has as many links.
    inside = rows.positions(None if unit == organisation.root else organisation.below(unit))
    inside = inside[(rows.week_start[inside] >= first) & (rows.week_start[inside] <= last)]
    if where.segment is not None:
        inside = inside[rows.segment[inside] == where.segment]
    if not {"assisted", "unassisted"} <= set(rows.ai_assisted[inside]):
        return None
    if measured.project.metrics[link.parent.metric].people:
        inside = inside[~suppress(rows, organisation.minimum_group, organisation)[inside]]
    if not {"assisted", "unassisted"} <= set(rows.ai_assisted[inside]):
        return None
    cells = list(zip(rows.org_unit[inside], rows.segment[inside], strict=True))
    column = {stratum: number for number, stratum in enumerate(sorted(set(cells)))}
    columns = np.array([column[cell] for cell in cells])

    def side(name: str) -> Sides:
        chosen = rows.ai_assisted[inside] == name
        measures = (rows.numerator, rows.denominator, rows.sum_squares, rows.sample_count)
        sums = [np.bincount(columns[chosen], each[inside[chosen]], minlength=len(column)) for each in measures]
        return Sides(*np.array(sums, dtype=np.float64))

    wanted = _wanted(link.parent, measured.project.metrics[link.parent.metric])
    return assisted_gap(side("assisted"), side("unassisted"), wanted)


def _parent_moved(measured: Measured, link: _Link, value: KeyResultValue, judgement: Judgement) -> bool | None:
    """Tell whether the parent moved; that it did not is unknown before the link's lag, and where it cannot be judged.

    An old value is unknown either way.
    """
    if judgement.status in (Status.STALE, Status.NO_DATA):
        return None
    has = has_moved(value.baseline, judgement.low, judgement.high, link.parent.target.direction)
    weeks_since_start = link.last + 1 - measured.starts[link.child.cycle]
    may_say_no = weeks_since_start > _lag_weeks(link.child) and judgement.status in _REACHED
    return has if has or may_say_no else None


def _wanted(parent: KeyResult, metric: Metric) -> Direction:
    return metric.direction if parent.target.direction == "within" else parent.target.direction


def _lag_weeks(child: KeyResult) -> int:
    return child.contributes.lag_weeks if child.contributes else 0


def _limits(policy: Policy) -> VanityLimits:
    return VanityLimits(
        alpha_short_ratio=policy.vanity_alpha_short_ratio.value,
        alpha_ratio=policy.vanity_alpha_ratio.value,
        weeks_min_count=policy.vanity_weeks_min_count.value,
        adoption_range_min_ratio=policy.vanity_adoption_range_min_ratio.value,
        cases_min_count=policy.vanity_cases_min_count.value,
        reliability_min_ratio=policy.vanity_reliability_min_ratio.value,
    )


def _unknown_way(value: KeyResultValue) -> VanityResult:
    reason = f"How far the child has come cannot be told, so neither can what its link claims by now: {value.reason}."
    return VanityResult("not_enough_data", None, None, None, None, None, 0, 0, reason)


def _words(scope: Scope) -> str:
    return " / ".join(part for part in (scope.org_unit, scope.segment, scope.ai_assisted) if part)
