"""Generated files are what the code generates now."""

from pathlib import Path

import pytest

from okr_pipeline.generated import generated_files

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("path", generated_files(ROOT), ids=lambda path: path.name)
def test_a_generated_file_is_current(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == generated_files(ROOT)[path], "stale: run `make gen`"
