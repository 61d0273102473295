"""Counts, over many simulated companies, how often each planted fault is named, with the faults and without them.

``python -m benchmarks.planted_faults [--seeds N] [--processes N]``. A company takes one to two minutes.
"""

import argparse
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.planted_company import FOUND
from benchmarks.processes import run_module

FIRST_SEED = 1000


def main() -> None:
    """Run the companies and print one line per fault."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planted_faults", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="companies with the faults, and as many without")
    parser.add_argument("--processes", type=int, default=2, help="companies at a time")
    options = parser.parse_args()
    jobs = [(FIRST_SEED + number, side) for number in range(options.seeds) for side in ("on", "off")]
    with ThreadPoolExecutor(options.processes) as pool:
        results = list(pool.map(_company, jobs))
    print(f"{'fault':<22}{'planted: named':>16}{'not planted: named':>20}   of {options.seeds} each")
    for fault in FOUND:
        on, off = (sum(r["found"][fault] > 0 for r in results if r["planted"] is side) for side in (True, False))
        print(f"{fault:<22}{on:>16}{off:>20}")
    for side, words in ((True, "with the faults"), (False, "without them")):
        counts = Counter(line for result in results if result["planted"] is side for line in result["others"])
        print(f"findings of these rules {words}, by the number of companies:")
        for line, count in counts.most_common():
            print(f"  {count:>3}  {line}")


def _company(job: tuple[int, str]) -> dict[str, Any]:
    seed, side = job
    with tempfile.TemporaryDirectory(prefix="okr-planted-") as folder:
        found: dict[str, Any] = run_module("planted_company", Path(folder), str(seed), side).document()
    named = {fault for fault, count in found["found"].items() if count}
    wrong = named if side == "off" else FOUND.keys() - named
    words = "named though not planted" if side == "off" else "planted and not named"
    print(f"seed {seed} {side}: {words}: {', '.join(sorted(wrong)) or 'none'}", file=sys.stderr)
    return found


if __name__ == "__main__":
    main()
