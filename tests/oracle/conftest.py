"""The oracle's figures and the published ones, read once."""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import oracle_rows
import oracle_systems
import pandas as pd
import pytest

CASCADE = Path(__file__).parents[2] / "cascade_definitions"


@pytest.fixture(scope="session")
def cascade() -> Path:
    """The example's definitions, read as YAML and no more."""
    return CASCADE


@pytest.fixture(scope="session")
def delivered(demo_home: Path) -> dict[str, pd.DataFrame]:
    """What the simulated company's systems delivered."""
    return oracle_systems.read(demo_home, CASCADE)


@pytest.fixture(scope="session")
def oracle(delivered: Mapping[str, pd.DataFrame]) -> dict[str, oracle_rows.Oracle]:
    """What every metric must say."""
    return oracle_rows.metrics(delivered)


@pytest.fixture(scope="session")
def published(demo_home: Path) -> Mapping[str, pd.DataFrame]:
    """The published tables that the oracle judges."""
    with duckdb.connect(str(demo_home / "published" / "cascade.duckdb"), read_only=True) as connection:
        return {
            "metric_values": connection.sql("select * from okr.metric_values").df(),
            "key_result_values": connection.sql("select * from okr.key_result_values where is_latest").df(),
        }
