"""The floor of a cold refresh: start Python, load Dagster, open an instance, materialise an asset that does nothing.

A program, because cold means a process of its own. The instance is the same that a refresh uses.
"""

import sys
from pathlib import Path

import dagster as dg

from okr_pipeline.instance import open_instance


@dg.asset
def nothing() -> None:
    """Do nothing."""


if __name__ == "__main__":
    with open_instance(Path(sys.argv[1])) as opened:
        assert dg.materialize([nothing], instance=opened).success
