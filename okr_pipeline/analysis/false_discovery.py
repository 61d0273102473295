"""How many of many findings may be false: Benjamini-Hochberg, over all series judged together.

What a p-value comes from does not belong here.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def benjamini_hochberg(p_values: Floats, ratio: float) -> NDArray[np.bool_]:
    """Return which p-values are discoveries, of which no more than ``ratio`` are false in expectation.

    The step-up procedure of Benjamini and Hochberg (1995, JRSS B 57:289-300): with the m p-values in ascending
    order, all up to the largest k with ``p_k <= k / m * ratio``. It holds for independent p-values and for positively
    dependent ones (Benjamini and Yekutieli 2001). `scipy.stats.false_discovery_control` does the same,
    but importing it costs a second.

    Args:
        p_values: one per test; NaN is no test: it is never a discovery and does not count in m.
        ratio: largest acceptable expected share of false ones among the discoveries, 0 to 1.
    """
    discovered = np.zeros(p_values.shape, dtype=np.bool_)
    tested = np.isfinite(p_values)
    ordered = np.sort(p_values[tested])
    passing = np.flatnonzero(ordered <= np.arange(1, ordered.size + 1) / max(ordered.size, 1) * ratio)
    if passing.size:
        discovered[tested] = p_values[tested] <= ordered[passing[-1]]
    return discovered
