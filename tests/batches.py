"""The whole suite in several processes: offline engines are not taken apart, and what one file breaks ends with it.

What needs no time goes two at a time; what plays in real time goes alone, and twice where it must.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import chain, groupby
from pathlib import Path

WITHIN = "LIVECODE_TEST_BATCH"  # is set in the processes that a batch runs in
COUNTED = re.compile(r"(\d+) (passed|failed|skipped|error)")
COUNTS = re.compile(r" in \d+\.\d+s")  # in the line where pytest counts
FAILED, NOTHING = 1, 5  # what pytest says where a test has failed, and where none of a batch is wanted
LIMIT = 420  # s that a batch may take
TOGETHER = 4  # groups of files in a batch: each takes a second to begin
PATIENCE = 5  # s in which it may show where it hangs
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
    alone = [found for key, found in grouped.items() if key not in (*PURE, *OFFLINE)]
    return pure, _together(alone), _together(beside)


def _together(groups: list[list[Path]]) -> list[list[Path]]:
    """Join groups of files, some at a time."""
    return [[*chain(*groups[i : i + TOGETHER])] for i in range(0, len(groups), TOGETHER)]


def run(files: list[Path], *args: str) -> tuple[int, Counter[str]]:
    """Run a batch and show what it says; give pytest's exit code, and how many tests did what."""
    command = [sys.executable, "-m", "pytest", *args, *map(str, files)]
    # its words go to a file: a pipe would stay open as long as anything lives that a test has forgotten
    with tempfile.TemporaryFile("w+") as words:
        batch = subprocess.Popen(
            command,
            env={**os.environ, WITHIN: "1"},
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
        )
        with suppress(subprocess.TimeoutExpired):
            batch.wait(LIMIT)
        hangs = batch.poll() is None
        if hangs:
            batch.send_signal(signal.SIGABRT)  # at which pytest shows the stacks of all threads
        with suppress(subprocess.TimeoutExpired):
            batch.wait(PATIENCE)
        batch.kill()
        code = batch.wait()
        words.seek(0)
        said = words.read()
    print(said + f"\n{files[0]} has not ended within {LIMIT} s" * hangs, flush=True)
    ends = [line for line in said.splitlines() if COUNTS.search(line)]
    counts = Counter({word: int(n) for n, word in COUNTED.findall(ends[-1] if ends else "")})
    fell = not ends or (code not in (0, NOTHING) and not counts["failed"])
    return code, counts + Counter(failed=int(fell))


def run_live(files: list[Path]) -> tuple[int, Counter[str]]:
    """Run a batch that may play in real time; what failed is tried once more, for the machine may have been busy."""
    code, counts = run(files)
    if code != FAILED:
        return code, counts
    print("what failed is tried once more", flush=True)
    code, again = run(files, "--last-failed", "--last-failed-no-failures", "none")
    return code, Counter({**counts, "failed": 0, "error": 0}) + again


def run_all(files: list[Path]) -> Counter[str]:
    """Run all batches, the quick ones first, until one has failed; give how many tests passed, failed, were skipped."""
    pure, alone, beside = batches(files)
    found: Counter[str] = Counter()
    with ThreadPoolExecutor(2) as pool:
        for each, way, some in ((pool.map, run, pure), (map, run_live, alone), (pool.map, run, beside)):
            for _, counts in each(way, some):
                found += counts
                if found["failed"]:
                    pool.shutdown(cancel_futures=True)
                    return found
    return found
