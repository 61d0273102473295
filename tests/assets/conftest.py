"""The code location as the server loads it, on a home of its own, and copies of the demo for real runs."""

import shutil
import warnings
from pathlib import Path

import dagster as dg
import pytest
from asset_runs import ROOT, CopyDemo

from okr_pipeline.definitions import build_definitions
from okr_pipeline.project import Project
from okr_pipeline.settings import Settings


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The shipped project; nothing of it has been refreshed."""
    home = tmp_path_factory.mktemp("code_location")
    return Settings.from_environment({"OKR_PROJECT": str(ROOT), "OKR_HOME": str(home), "OKR_AS_OF": "2026-11-23"})


@pytest.fixture(scope="session")
def project(settings: Settings) -> Project:
    return Project.load(settings)


@pytest.fixture(scope="session")
def definitions(settings: Settings) -> dg.Definitions:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", category=dg.BetaWarning)
        return build_definitions(settings)


@pytest.fixture(scope="session")
def copy_demo(demo_home: Path) -> CopyDemo:
    """Copy the finished demo, without its run history, to a folder that a test may write to."""

    def copy(target: Path) -> Path:
        shutil.copytree(demo_home, target, symlinks=True, ignore=shutil.ignore_patterns("dagster", "lock"))
        return target

    return copy
