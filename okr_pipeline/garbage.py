"""How often Python looks for cycles among the objects of a run."""

import gc

_NEW_OBJECTS, _YOUNG_PASSES, _MIDDLE_PASSES = 50_000, 20, 20


def collect_rarely() -> None:
    """Look for cycles seldom: a run keeps nearly all that it makes, and is over in a minute.

    At Python's own thresholds (700, 10, 10) an idle refresh spends a tenth of its time on looking through the objects
    of Dagster, dbt and the cascade, and health of ten thousand key results a fifth. Peak memory is the same.
    """
    gc.set_threshold(_NEW_OBJECTS, _YOUNG_PASSES, _MIDDLE_PASSES)
