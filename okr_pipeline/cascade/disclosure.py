"""Which figures must be withheld so that no group of people below the minimum is shown or found out.

A figure is one cell of a metric (unit, segment, AI side) or the total of a scope. Small ones are withheld
first (primary suppression). As long as the figures left still determine a small group by adding and
subtracting, one of those that betray it is withheld as well (secondary suppression). Linear algebra decides,
not a look at single lines, so chains of subtractions are covered. Differences between weeks are not: people
come and go.

Which figures exist is decided in `rows` and `values`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from okr_pipeline.cascade.organisation import Organisation
from okr_pipeline.cascade.rows import MetricRows
from okr_pipeline.cascade.weekly import Floats, Group, Where

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
    mask = np.zeros(len(rows), dtype=np.bool_)
    small = _is_small(rows.people_count, minimum_group)
    for week in np.unique(rows.week_start[small]):
        chosen = np.flatnonzero(rows.week_start == week)
        keys = list(zip(rows.org_unit[chosen], rows.segment[chosen], rows.ai_assisted[chosen], strict=True))
        order = sorted(range(len(keys)), key=lambda position: keys[position])
        figures = _figures([keys[position] for position in order], organisation)
        chosen = chosen[order]
        withheld = _withheld(np.array(list(figures.values())), rows.people_count[chosen], minimum_group)
        mask[chosen] = withheld[: len(chosen)]
    return mask


@dataclass(frozen=True, eq=False)
class Withheld:
    """What must be withheld of one metric, for several windows of weeks.

    Attributes:
        groups: the cells of the metric, sorted.
        organisation: the unit tree.
        members: figures x cells.
        figures: figures x windows, whether to withhold the figure.
    """

    groups: Sequence[Group]
    organisation: Organisation
    members: Members
    figures: NDArray[np.bool_]

    def of(self, where: Where) -> NDArray[np.bool_]:
        """Return, for each window, whether the figure of a scope must be withheld."""
        wanted = _cells_of(where, self.groups, self.organisation)
        same = (self.members == wanted).all(axis=1)
        withheld: NDArray[np.bool_] = self.figures[same].any(axis=0)
        return withheld


def withheld_figures(
    groups: Sequence[Group], people: Floats, minimum_group: int, organisation: Organisation
) -> Withheld:
    """Return what must be withheld when every cell and every total of a scope is published.

    Args:
        groups: the cells of the metric, sorted.
        people: groups x windows; most people behind a cell in a week of the window.
        minimum_group: fewest people that may stand behind a figure.
        organisation: the unit tree; a total is over a unit with all below it.
    """
    figures = list(_figures(groups, organisation).values())
    members = np.array(figures, dtype=np.bool_).reshape(len(figures), len(groups))
    result = np.zeros((len(members), people.shape[1]), dtype=np.bool_)
    windows = np.flatnonzero(_is_small(people, minimum_group).any(axis=0))
    if len(windows):
        patterns, pattern_of = np.unique(people[:, windows], axis=1, return_inverse=True)
        for number, pattern in enumerate(patterns.T):
            withheld = _withheld(members, pattern, minimum_group)
            result[:, windows[pattern_of == number]] = withheld[:, None]
    return Withheld(groups, organisation, members, result)


def _is_small(people: Floats, minimum_group: int) -> NDArray[np.bool_]:
    small: NDArray[np.bool_] = (people > 0) & (people < minimum_group)
    return small


def _cells_of(where: Where, groups: Sequence[Group], organisation: Organisation) -> Members:
    units = None if where.org_unit == organisation.root else organisation.below(where.org_unit)
    return np.array([where.selects(group, units) for group in groups], dtype=np.bool_)


def _figures(groups: Sequence[Group], organisation: Organisation) -> dict[Where | Group, Members]:
    """Return the cells of every figure: first each cell itself, then each total of several cells."""
    figures: dict[Where | Group, Members] = dict(zip(groups, np.eye(len(groups), dtype=np.bool_), strict=True))
    segments = [None, *sorted({group[1] for group in groups})]
    sides = [None, *sorted({group[2] for group in groups})]
    seen: set[bytes] = set()
    for unit in organisation.units:
        for segment in segments:
            for side in sides:
                where = Where(unit, segment, side)
                cells = _cells_of(where, groups, organisation)
                if cells.sum() > 1 and cells.tobytes() not in seen:
                    seen.add(cells.tobytes())
                    figures[where] = cells
    return figures


def _withheld(members: Members, people: Floats, minimum_group: int) -> NDArray[np.bool_]:
    """Return which figures to withhold.

    Args:
        members: figures x cells; the first figures are the cells themselves.
        people: people behind each cell.
        minimum_group: fewest people that may stand behind a figure.
    """
    most = np.where(members, np.nan_to_num(people, nan=0.0), 0.0).max(axis=1)
    withheld = _is_small(most, minimum_group)
    withheld[: len(people)] = _companions(members, withheld[: len(people)], most, minimum_group)
    secrets = _secrets(members, _is_small(most, minimum_group), _is_small(people, minimum_group))
    # Cells go before totals, small groups before large ones: what is lost should matter least.
    rank = np.lexsort((np.arange(len(members)), most, members.sum(axis=1) > 1)).argsort()
    while True:
        published = np.flatnonzero(~withheld)
        recipe = _recipe(members[published].astype(np.float64), secrets)
        used = published[recipe > recipe.max(initial=0.0) / 2]
        betraying = used[most[used] >= minimum_group]
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


def _recipe(published: Floats, secrets: Floats) -> Floats:
    """Return how much each published figure contributes to the first secret that they determine; else 0.

    They determine a sum if it is at a right angle to everything that they leave open (their null space).
    """
    if not len(published) or not len(secrets):
        return np.zeros(len(published))
    _, sizes, directions = np.linalg.svd(published, full_matrices=True)
    open_directions = directions[(sizes > _EXACT).sum() :]
    determined = np.abs(secrets @ open_directions.T).max(axis=1, initial=0.0) < _EXACT
    if not determined.any():
        return np.zeros(len(published))
    solution = np.linalg.lstsq(published.T, secrets[determined.argmax()], rcond=None)[0]
    return np.asarray(np.abs(solution), dtype=np.float64)
