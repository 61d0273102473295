"""One row of the table of error rates: what a method gets here beside what is published for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Literal

HEADER = ("method", "case", "rate", "published", "ours", "noise (2 se)", "verdict")


@dataclass(frozen=True)
class MethodRow:
    """A measured rate.

    Attributes:
        method: e.g. ``vanity``.
        case: the cell of the simulation, e.g. ``8 + 8 weeks, 3 %``.
        rate: what is counted, e.g. ``false moves``.
        published: the published figure; None when there is none.
        ours: the measured figure.
        runs: simulated runs behind ``ours``.
        better: which way is better; ``near`` when the published figure is the aim (a nominal coverage).
        published_runs: simulated runs behind the published figure.
        spread: standard deviation of one run for a figure that is no share, e.g. an absolute error; None for a share.
        published_high: upper end where a range is published.
    """

    method: str
    case: str
    rate: str
    published: float | None
    ours: float
    runs: int
    better: Literal["lower", "higher", "near"]
    published_runs: int = 1500
    spread: float | None = None
    published_high: float | None = None

    @property
    def noise(self) -> float:
        """Two standard errors of the difference of both simulations, and half of the last published digit."""
        published = self.ours if self.published is None else self.published
        if self.spread is not None:
            variance = self.spread**2 * (1 / self.runs + 1 / self.published_runs)
        else:
            variance = sum(
                max(share * (1 - share), 1 / runs) / runs
                for share, runs in ((self.ours, self.runs), (published, self.published_runs))
            )
        return 2 * sqrt(variance) + 0.005

    @property
    def is_worse(self) -> bool:
        """Whether it is worse than published by more than the noise."""
        if self.published is None:
            return False
        worst = self.published if self.published_high is None else self.published_high
        if self.better == "lower":
            return self.ours > worst + self.noise
        if self.better == "higher":
            return self.ours < self.published - self.noise
        return not self.published - self.noise <= self.ours <= worst + self.noise

    def cells(self) -> tuple[str, ...]:
        """Return the row as text."""
        published = "-" if self.published is None else f"{self.published:.3f}"
        if self.published_high is not None:
            published += f"-{self.published_high:.3f}"
        verdict = "WORSE" if self.is_worse else ("new" if self.published is None else "ok")
        return (self.method, self.case, self.rate, published, f"{self.ours:.3f}", f"{self.noise:.3f}", verdict)


def text(rows: Iterable[MethodRow]) -> str:
    """Return the rows as a table in aligned columns."""
    cells = [HEADER, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADER))]
    return "\n".join("  ".join(part.ljust(width) for part, width in zip(line, widths, strict=True)) for line in cells)
