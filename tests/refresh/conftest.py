"""Homes to refresh: the whole demo, made once, and a smaller one that waits for its newest week."""

import secrets
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from okr_runs import copy_home, succeed

from okr_pipeline.demo import simulate


@pytest.fixture
def home(demo_home: Path, tmp_path: Path) -> Path:
    """A copy of the demo for one test."""
    return copy_home(demo_home, tmp_path / "okr")


@pytest.fixture(scope="session")
def waiting_home(made_once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """A home refreshed through 2026-W46 whose systems already hold 2026-W47; only to be read."""
    return made_once("waiting", lambda folder: _make_waiting(folder / "okr")) / "okr"


def _make_waiting(home: Path) -> None:
    home.mkdir()
    key = home / "demo.key"
    key.touch(mode=0o600)
    key.write_text(secrets.token_hex(32), encoding="ascii")
    (home / "settings.toml").write_text('as_of = "2026-11-23"\npseudonym_key_file = "demo.key"\n', encoding="utf-8")
    simulate(home, through=date(2026, 11, 9))
    succeed(home, "refresh", "--from", "2026-W43", "--to", "2026-W46")
    simulate(home, through=date(2026, 11, 16))
