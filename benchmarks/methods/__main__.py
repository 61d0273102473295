"""Prints every method's error rates beside the published ones: ``python -m benchmarks.methods [NAME ...] [--runs N]``.

Ends with 1 when a rate is worse than published by more than the noise of both simulations. Rates without a published
figure are new and are judged by the reader.
"""

import argparse
import sys
import time
from importlib import import_module

from benchmarks.methods.table import MethodRow, text

RUNS = {
    "vanity": 1500,
    "sandbagging": 3000,
    "drift": 4000,
    "forecast": 800,
    "level": 3000,
    "drivers": 1500,
    "discovery": 400,
    "intervals": 20_000,
    "scoring": 100_000,
    "wording": 1,
}
"""Module -> runs a cell, as many as are published where that is known; a corpus has no runs."""


def main() -> int:
    """Measure and print; progress goes to standard error."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.methods", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"methods to measure, of: {', '.join(RUNS)}")
    parser.add_argument("--runs", type=int, help="runs a cell of every method; the published numbers otherwise")
    options = parser.parse_args()
    if unknown := set(options.names) - RUNS.keys():
        parser.error(f"there is no method {', '.join(sorted(unknown))}; there are {', '.join(RUNS)}")
    if options.runs is not None and options.runs < 1:
        parser.error("--runs is at least 1")
    rows: list[MethodRow] = []
    for name in options.names or RUNS:
        started = time.perf_counter()
        rows += import_module(f"benchmarks.methods.{name}").rows(options.runs or RUNS[name])
        print(f"{name}: {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    print(text(rows))
    worse = [row for row in rows if row.is_worse]
    compared = sum(row.published is not None for row in rows)
    print(f"{len(rows)} rates, {compared} of them published, {len(worse)} worse than published.")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
