"""Which figures must be withheld so that no group of people below the minimum is shown or found out.

A figure is one cell of a metric (unit, segment, AI side) or the total of a scope. Small ones are withheld
first (primary suppression). As long as the figures left still determine a small group by adding and
subtracting, one of those that betray it is withheld as well (secondary suppression). Linear algebra decides,
not a look at single lines, so chains of subtractions are covered.

There is one answer per metric and week, for cells and scopes alike, and every table asks for it. A figure over
several weeks is withheld if it is in any of them (`windows`): so every published figure is a sum of figures that
may be shown week by week, and all of them together betray no more than those. That people come and go between
two weeks is not covered.

Which figures exist is decided in `rows` and `values`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from okr_pipeline.cascade.organisation import Organisation
from okr_pipeline.cascade.rows import MetricRows
from okr_pipeline.cascade.weekly import WEEK_DAYS, Axis, Floats, Group, Where

Members = NDArray[np.bool_]
_EXACT = 1e-7


def suppress(rows: MetricRows, minimum_group: int, organisation: Organisation) -> NDArray[np.bool_]:
    """Return, for each row, whether its measures must be withheld.

    Rows without a people count rest on no persons and are never withheld for their own sake.

    Args:
        rows: all rows of one metric.
        minimum_group: fewest people that may stand behind a figure.
        organisation: the unit tree; totals over a unit with all below it count as published.
    """
    if not rows.has_group_below(minimum_group):
        return np.zeros(len(rows), dtype=np.bool_)
    withheld = withheld_by_week(rows, minimum_group, organisation)
    number = {group: index for index, group in enumerate(withheld.groups)}
    cells = [number[key] for key in zip(rows.org_unit, rows.segment, rows.ai_assisted, strict=True)]
    weeks = (rows.week_start - np.datetime64(withheld.axis.first)).astype(np.int64) // WEEK_DAYS
    return np.asarray(withheld.figures[cells, weeks], dtype=np.bool_)


@dataclass(frozen=True, eq=False)
class Withheld:
    """What must be withheld of one metric, week by week.

    Attributes:
        groups: the cells of the metric, sorted.
        organisation: the unit tree.
        axis: the weeks.
        members: figures x cells; the first figures are the cells themselves.
        figures: figures x weeks, whether to withhold the figure.
    """

    groups: Sequence[Group]
    organisation: Organisation
    axis: Axis
    members: Members
    figures: NDArray[np.bool_]

    def of(self, where: Where, axis: Axis) -> NDArray[np.bool_]:
        """Return, for each week of an axis, whether the figure of a scope must be withheld."""
        wanted = _cells_of(where, self.groups, self.organisation)
        same = (self.members == wanted).all(axis=1)
        own = self.figures[same].any(axis=0)
        weeks = np.arange(axis.size) + self.axis.index(axis.first)
        inside = (weeks >= 0) & (weeks < self.axis.size)
        withheld: NDArray[np.bool_] = inside & own[np.where(inside, weeks, 0)]
        return withheld


def withheld_by_week(rows: MetricRows, minimum_group: int, organisation: Organisation) -> Withheld:
    """Return what must be withheld in each week when every cell and every total of a scope is published.

    The one answer for every table: what two tables withhold by choices of their own, the two together may
    betray. It is kept with ``rows``.

    Args:
        rows: all rows of one metric, at least one.
        minimum_group: fewest people that may stand behind a figure.
        organisation: the unit tree; a total is over a unit with all below it.
    """
    key = ("withheld by week", minimum_group)
    if key not in rows.caches:
        groups, people = rows.people_by_group(rows.axis)
        members = _figures(groups, organisation)
        figures = np.zeros((len(members), rows.axis.size), dtype=np.bool_)
        for week in np.flatnonzero(_is_small(people, minimum_group).any(axis=0)):
            figures[:, week] = _withheld_in_week(members, people[:, week], minimum_group)
        rows.caches[key] = Withheld(groups, organisation, rows.axis, members, figures)
    withheld: Withheld = rows.caches[key]
    return withheld


def _is_small(people: Floats, minimum_group: int) -> NDArray[np.bool_]:
    small: NDArray[np.bool_] = (people > 0) & (people < minimum_group)
    return small


def _cells_of(where: Where, groups: Sequence[Group], organisation: Organisation) -> Members:
    units = None if where.org_unit == organisation.root else organisation.below(where.org_unit)
    return np.array([where.selects(group, units) for group in groups], dtype=np.bool_)


def _figures(groups: Sequence[Group], organisation: Organisation) -> Members:
    """Return the cells of every figure: first each cell itself, then each total of several cells."""
    segments = [None, *sorted({group[1] for group in groups})]
    sides = [None, *sorted({group[2] for group in groups})]
    totals: dict[bytes, Members] = {}
    for unit in organisation.units:
        for segment in segments:
            for side in sides:
                cells = _cells_of(Where(unit, segment, side), groups, organisation)
                if cells.sum() > 1:
                    totals.setdefault(cells.tobytes(), cells)
    return np.array([*np.eye(len(groups), dtype=np.bool_), *totals.values()])


def _withheld_in_week(members: Members, people: Floats, minimum_group: int) -> NDArray[np.bool_]:
    """Return which figures to withhold in one week.

    Cells without persons are shown or empty: everybody knows them. Without them some figures are the same one
    and share its fate, and the choice does not depend on cells that other weeks have.
    """
    present = people > 0
    distinct = {cell.tobytes(): cell for cell in np.eye(int(present.sum()), dtype=np.bool_)}
    reduced = members[:, present]
    for figure in reduced[reduced.any(axis=1)]:
        distinct.setdefault(figure.tobytes(), figure)
    withheld = _withheld(np.array(list(distinct.values())), people[present], minimum_group)
    verdicts = dict(zip(distinct, withheld, strict=True))
    return np.array([verdicts.get(figure.tobytes(), False) for figure in reduced], dtype=np.bool_)


def _withheld(members: Members, people: Floats, minimum_group: int) -> NDArray[np.bool_]:
    """Return which of distinct figures to withhold.

    Args:
        members: figures x cells; the first figures are the cells themselves.
        people: people behind each cell, more than none.
        minimum_group: fewest people that may stand behind a figure.
    """
    most = np.where(members, people, 0.0).max(axis=1)
    withheld = _is_small(most, minimum_group)
    withheld[: len(people)] = _companions(members, withheld[: len(people)], most, minimum_group)
    secrets = _secrets(members, _is_small(most, minimum_group), _is_small(people, minimum_group))
    # Narrow figures go before wide ones, small groups before large ones: what is lost should matter least.
    rank = np.lexsort((np.arange(len(members)), most, members.sum(axis=1))).argsort()
    while True:
        recipe = _recipe(members, withheld, secrets)
        betraying = np.flatnonzero(recipe > recipe.max(initial=0.0) / 2)
        if not len(betraying):
            return withheld
        withheld[betraying[rank[betraying].argmin()]] = True


def _companions(members: Members, small: NDArray[np.bool_], most: Floats, minimum_group: int) -> NDArray[np.bool_]:
    """Return which cells to withhold so that in each total they are two or more, and one of them is large.

    That closes the plain subtractions, at little cost; `_withheld` looks for what is left.
    """
    withheld, large = small.copy(), most[: len(small)] >= minimum_group
    lines = members[len(small) :]
    while True:
        hidden = lines & withheld
        deficient = hidden.any(axis=1) & ((hidden.sum(axis=1) < 2) | ~(hidden & large).any(axis=1))
        helpful = (lines[deficient] & large & ~withheld).sum(axis=0)
        if not helpful.any():
            return withheld
        newly_touched = lines[~hidden.any(axis=1)].sum(axis=0)
        withheld[np.lexsort((most[: len(small)], newly_touched, -helpful))[0]] = True


def _secrets(members: Members, small_figures: NDArray[np.bool_], small_cells: NDArray[np.bool_]) -> Floats:
    """Return the sums that nobody may find: each small figure, and in each scope its small cells together."""
    together = (members & small_cells)[(members & small_cells).any(axis=1)]
    return np.unique(np.vstack((members[small_figures], together)), axis=0).astype(np.float64)


def _recipe(members: Members, withheld: NDArray[np.bool_], secrets: Floats) -> Floats:
    """Return how much each published figure contributes to the first secret that they determine; else 0.

    Published cells are known, so only what the totals say of the other cells counts. They determine a sum of
    these if it is at a right angle to everything that they leave open (their null space).
    """
    recipe = np.zeros(len(members))
    known = ~withheld[: members.shape[1]]
    totals = len(known) + np.flatnonzero(~withheld[len(known) :])
    totals = totals[members[totals][:, ~known].any(axis=1)]
    if not len(totals):
        return recipe
    _, sizes, directions = np.linalg.svd(members[totals][:, ~known].astype(np.float64), full_matrices=True)
    open_directions = directions[(sizes > _EXACT).sum() :]
    determined = np.abs(secrets[:, ~known] @ open_directions.T).max(axis=1, initial=0.0) < _EXACT
    if not determined.any():
        return recipe
    published = members[~withheld].astype(np.float64)
    recipe[~withheld] = np.abs(np.linalg.lstsq(published.T, secrets[determined.argmax()], rcond=None)[0])
    return recipe
