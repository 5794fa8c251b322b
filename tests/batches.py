"""The whole suite in several processes: pyo makes 256 servers at most in one, and offline engines are not taken apart.

What needs no time goes two at a time; what plays in real time goes alone, and twice where it must.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

WITHIN = "LIVECODE_TEST_BATCH"  # is set in the processes that a batch runs in
COUNTED = re.compile(r"(\d+) (passed|failed|skipped|error)")
NOTHING = 5  # what pytest says where no test of a batch is wanted
HERE = Path(__file__).parent
PURE = ("conductor", "editing", "files", "language", "measure", "osc", "patterns", "stages")
ENGINE = "alignment dynamics master meters mixer offline repeats ring swaps ugens voices"
RENDERED = """chains changes design_lists designs desk event_effects events examples excerpt gallery kit levels mistakes
    plot reference rows samples saving scores spectra"""
OFFLINE = (
    *("deliver", "fuzz"),
    *(f"engine/test_{name}.py" for name in ENGINE.split()),
    *(f"test_{name}.py" for name in RENDERED.split()),
)


def batches(files: list[Path]) -> tuple[list[list[Path]], ...]:
    """Group test files: those that need no sound, those that run alone, and those that may run beside another."""

    def group(file: Path) -> str:
        parts = file.relative_to(HERE).parts
        return "/".join(parts) if parts[0] == "engine" else parts[0]

    grouped = {key: list(found) for key, found in groupby(sorted(files, key=group), key=group)}
    pure = [found for key, found in grouped.items() if key in PURE]
    beside = [found for key, found in grouped.items() if key in OFFLINE]
    return pure, [found for key, found in grouped.items() if key not in (*PURE, *OFFLINE)], beside


def run(files: list[Path], *args: str) -> tuple[bool, Counter[str]]:
    """Run a batch and show what it says; tell whether all passed, and how many did what."""
    command = [sys.executable, "-m", "pytest", *args, *map(str, files)]
    done = subprocess.run(command, env={**os.environ, WITHIN: "1"}, capture_output=True, text=True, check=False)
    print(done.stdout + done.stderr, flush=True)
    counts = Counter({word: int(n) for n, word in COUNTED.findall(done.stdout.rstrip().rpartition("\n")[2])})
    return done.returncode in (0, NOTHING), counts


def run_live(files: list[Path]) -> tuple[bool, Counter[str]]:
    """Run a batch that may play in real time; what failed is tried once more, for the machine may have been busy."""
    passed, counts = run(files)
    if passed:
        return passed, counts
    print("what failed is tried once more", flush=True)
    passed, again = run(files, "--last-failed", "--last-failed-no-failures", "none")
    return passed, Counter({**counts, "failed": 0, "error": 0}) + again


def run_all(files: list[Path]) -> Counter[str]:
    """Run all batches, the quick ones first, until one has failed; give how many tests passed, failed, were skipped."""
    pure, alone, beside = batches(files)
    found: Counter[str] = Counter()
    with ThreadPoolExecutor(2) as pool:
        for each, way, some in ((pool.map, run, pure), (map, run_live, alone), (pool.map, run, beside)):
            for passed, counts in each(way, some):
                found += counts + Counter(failed=not (passed or counts["failed"]))
                if found["failed"]:
                    pool.shutdown(cancel_futures=True)
                    return found
    return found
