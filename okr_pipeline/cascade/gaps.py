"""Sentences for values that cannot or must not be given."""

from collections.abc import Sequence
from datetime import date

from okr_pipeline.cascade.selection import Selection
from okr_pipeline.cascade.weeks import iso_week
from okr_pipeline.cascade.windows import Gap

_NAMED_WEEKS = 4


def gap_sentence(gap: Gap, missing: Sequence[date], selection: Selection) -> str:
    """Say why there is no value.

    Args:
        gap: the kind of reason; not ``none``.
        missing: for ``week_missing``, the weeks that did not come.
        selection: gives the cycle, the metric and the minimum group.
    """
    sentences = {
        Gap.NOT_STARTED: f"no whole week of the cycle has closed since {selection.calendar.cycle.start}",
        Gap.WEEK_MISSING: (
            f"no data for {named_weeks(missing)}: not every source of {selection.metric.name} delivered it"
        ),
        Gap.NO_PERIOD: "no period was closed in the window",
        Gap.NOT_FINITE: "the rows do not add up to a finite number",
        Gap.NO_CASES: "there are no cases in the window",
        Gap.IMPOSSIBLE: "the rows add up to a share outside of 0 to 100 %",
        Gap.GROUP_TOO_SMALL: (f"not shown: it would tell of a group of fewer than {selection.minimum_group} people"),
    }
    return sentences[gap]


def named_weeks(weeks: Sequence[date]) -> str:
    """Name a few weeks one by one, and many as a range with their number."""
    if len(weeks) <= _NAMED_WEEKS:
        return ", ".join(iso_week(week) for week in weeks)
    return f"{len(weeks)} weeks between {iso_week(weeks[0])} and {iso_week(weeks[-1])}"
