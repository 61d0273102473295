"""One simulated company for all tests: delivered in two steps, as the demo does it."""

from datetime import date

import pytest
from delivered_files import Delivery, files_of
from measured_systems import Systems

from okr_pipeline.cascade.weeks import WEEK
from okr_pipeline.demo import Truth, deliver, load_truth, simulate


@pytest.fixture(scope="session")
def truth() -> Truth:
    return load_truth()


@pytest.fixture(scope="session")
def last_week(truth: Truth) -> date:
    return truth.weeks.last


@pytest.fixture(scope="session")
def delivery(tmp_path_factory: pytest.TempPathFactory, last_week: date) -> Delivery:
    """The company with every fault: simulated through the last week but one, then delivered."""
    home = tmp_path_factory.mktemp("company")
    simulate(home, through=last_week - WEEK)
    before = files_of(home)
    deliver(home, through=last_week)
    return Delivery(home, before)


@pytest.fixture(scope="session")
def systems(delivery: Delivery) -> Systems:
    return Systems(delivery.home)


@pytest.fixture(scope="session")
def faultless(tmp_path_factory: pytest.TempPathFactory) -> Systems:
    """The company with nothing planted."""
    home = tmp_path_factory.mktemp("faultless")
    simulate(home, faults=())
    return Systems(home)
