"""The real files once through the whole pipeline; every test of this folder looks at that one run."""

import os
from pathlib import Path

import pytest
import real_company


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with the real files; without it the tests are skipped, and say so."""
    named = os.environ.get("OKR_REAL_DATA")  # noqa: TID251 - a test's own switch, not a setting
    if not named or not Path(named).is_dir():
        pytest.skip("OKR_REAL_DATA names no folder with the real files, so nothing is tested on real data")
    return Path(named)


@pytest.fixture(scope="session")
def real_run(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> real_company.RealRun:
    home = tmp_path_factory.mktemp("real") / "home"
    real_company.unpack(real_data, home)
    return real_company.run(real_company.load(home))
