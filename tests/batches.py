"""The whole suite in several processes: pyo makes 256 servers at most in one, and offline engines are not taken apart.

Files that only render go two at a time; what plays in real time goes alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

WITHIN = "LIVECODE_TEST_BATCH"  # is set in the processes that a batch runs in
HERE = Path(__file__).parent
PURE = ("conductor", "files", "language", "measure", "osc", "patterns", "repl", "stages")
OFFLINE = (
    "deliver",
    "test_chains.py",
    "test_design_lists.py",
    "test_designs.py",
    "test_event_effects.py",
    "test_events.py",
    "test_examples.py",
    "test_fuzz.py",
    "test_gallery.py",
    "test_kit.py",
    "test_samples.py",
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


def run(files: list[Path]) -> bool:
    """Run a batch and show what it says; tell whether all passed."""
    command = [sys.executable, "-m", "pytest", "-q", *map(str, files)]
    done = subprocess.run(command, env={**os.environ, WITHIN: "1"}, capture_output=True, text=True, check=False)
    print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def run_all(files: list[Path]) -> int:
    """Run all batches, the quick ones first; give how many failed, and stop soon after one has."""
    alone, beside = batches(files)
    for batch in alone:
        if not run(batch):
            return 1
    with ThreadPoolExecutor(2) as pool:
        return sum(not passed for passed in pool.map(run, beside))
