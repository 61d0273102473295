"""A copy of the small valid cascade that a test may break in one place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from okr_pipeline.cascade.check import check_directory
from okr_pipeline.cascade.issues import Issue
from okr_pipeline.cascade.loader import LoadResult
from okr_pipeline.cascade.metric import Metric

VALID = Path(__file__).parent / "fixtures" / "valid"
AS_OF = date(2026, 11, 23)


@dataclass(frozen=True)
class CascadeCopy:
    """A copy of the valid cascade that a test may break."""

    root: Path
    metrics: Mapping[str, Metric]

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace the only occurrence of ``old`` in a file."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def add(self, file: str, text: str) -> None:
        """Append text to a file, creating it where needed."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as stream:
            stream.write(text)

    def check(self, as_of: date = AS_OF) -> LoadResult:
        """Load the copy and apply every rule."""
        return check_directory(self.root, self.metrics, as_of)

    def issues(self, rule: str) -> list[Issue]:
        """Return the issues of one rule."""
        return [issue for issue in self.check().issues if issue.rule == rule]

    def sentences(self, as_of: date = AS_OF) -> list[str]:
        """Return every issue as a sentence."""
        return [issue.sentence() for issue in self.check(as_of).issues]
