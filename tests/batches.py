"""The whole suite in several processes: pyo makes 256 servers at most in one, and offline engines are not taken apart.

Files that only render go two at a time; what plays in real time goes alone, and twice where it must.
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
OFFLINE = (
    "deliver",
    "test_chains.py",
    "test_changes.py",
    "test_design_lists.py",
    "test_designs.py",
    "test_event_effects.py",
    "test_events.py",
    "test_examples.py",
    "fuzz",
    "test_gallery.py",
    "test_kit.py",
    "test_samples.py",
    "test_spectra.py",
)


def batches(files: list[Path]) -> tuple[list[list[Path]], list[list[Path]]]:
    """Group test files: those that run one after the other, and those that may run beside another."""

    def group(file: Path) -> str:
        parts = file.relative_to(HERE).parts
        if parts[0] in PURE:
            return ""
        return "/".join(parts) if parts[0] == "engine" else parts[0]

    grouped = {key: list(found) for key, found in groupby(sorted(files, key=group), key=group)}
    beside = [found for key, found in grouped.items() if key in OFFLINE]
    return [found for key, found in grouped.items() if key not in OFFLINE], beside


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
    if passed or files[0].relative_to(HERE).parts[0] in PURE:
        return passed, counts
    print("what failed is tried once more", flush=True)
    passed, again = run(files, "--last-failed", "--last-failed-no-failures", "none")
    return passed, Counter({**counts, "failed": 0, "error": 0}) + again


def run_all(files: list[Path]) -> Counter[str]:
    """Run all batches, the quick ones first, until one has failed; give how many tests passed, failed, were skipped."""
    alone, beside = batches(files)
    found: Counter[str] = Counter()
    for batch in alone:
        passed, counts = run_live(batch)
        found += counts
        if not passed:
            return found + Counter(failed=not found["failed"])
    with ThreadPoolExecutor(2) as pool:
        for passed, counts in pool.map(run, beside):
            found += counts + Counter(failed=not (passed or counts["failed"]))
    return found
