"""How much of the way should be behind us by a week, according to the trajectory that was declared.

Whether the actual progress is good enough is decided in `status`.
"""

from datetime import date, timedelta
from math import exp
from typing import Literal

Shape = Literal["linear", "s_curve", "step"]

WEEK_LAST_DAY = timedelta(days=6)
S_CURVE_STEEPNESS = 10.0  # 77 % of the way lies in the middle two fifths of the time


def expected_progress(shape: Shape, lag_weeks: float, start: date, due: date, week: date) -> float | None:
    """Return the expected progress (0 to 1) at the end of a week; None before the lag has passed.

    Args:
        shape: ``linear``; ``s_curve``, a logistic curve stretched to start at 0 and end at 1; ``step``, which
            expects nothing before the due date and all of it then.
        lag_weeks: weeks after the start of the cycle in which nothing is expected yet.
        start: first day of the cycle.
        due: day on which the target is to be reached; from the week that contains it, 1 is expected.
        week: Monday of the week judged; it counts up to its Sunday.
    """
    last_day = week + WEEK_LAST_DAY
    if last_day >= due:
        return 1.0
    elapsed_days = (last_day - start).days + 1 - lag_weeks * 7
    if elapsed_days <= 0:
        return None
    share = min(elapsed_days / ((due - start).days + 1 - lag_weeks * 7), 1.0)
    match shape:
        case "linear":
            return share
        case "s_curve":
            floor = _logistic(-0.5)
            return (_logistic(share - 0.5) - floor) / (1 - 2 * floor)
        case "step":
            return 0.0


def _logistic(distance: float) -> float:
    return 1 / (1 + exp(-S_CURVE_STEEPNESS * distance))
