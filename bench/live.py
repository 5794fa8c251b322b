"""The engine live: drop-outs while a prompt evaluates, deaths in a row, and what evaluations leave behind.

    python bench/live.py [--minutes 10] [--blocks 128 256]

plays bench/night.live at the real prompt, on a terminal of its own, and types a statement a second.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager, suppress
from fcntl import ioctl
from itertools import cycle
from pathlib import Path
from termios import TIOCSWINSZ
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import soundfile

from livecode.engine.client import EngineProcess
from livecode.errors import Source
from livecode.performance import Performance

NIGHT = Path(__file__).with_name("night.live")
KILLED = """tempo 240
samples '.'
compose drums = s "bd*8"
compose tapes = n "0 .. 11" | s "hits" | clip 1
"""
EDITS = (  # what a performer types, one a second
    'compose extra = n "0 .. 7" | scale "c4:minor" | s "bass" | fast 2 | gain 0.3',
    'compose hats = s "hh*8" | gain "[0.5 0.3]*4"',
    "design probe cut=900 =\n    saw freq | lpf (cut * (1 + 2 * perc 1ms 100ms)) 0.4 | adsr 5ms 100ms 0.6 200ms",
    'compose extra = n "<0 3 5 7>*4" | scale "c3:minor" | s "probe" | gain 0.3',
    "mix extra | lpf 3khz | reverb 2s | gain -6dB",
    "design probe cut=1500 =\n    square freq | lpf (cut * (1 + 3 * perc 1ms 80ms)) 0.3 | adsr 2ms 100ms 0.5 100ms",
    'compose extra = n "0 2 4 <7 9>" | scale "c4:minor" | s "probe" | jux rev | gain 0.3',
    "mix extra | hpf 200hz | delay 0.2s 0.4 0.3 | gain -3dB",
    "master | glue 2 | limit -1dB",
    "master | limit -1dB",
)
# The `livecode` command, which also writes a line of its meters four times a second.
TOLD = """
import json, sys, threading, time
sys.path.insert(0, sys.argv[1])
from livecode import cli
from livecode.engine.client import EngineProcess
from livecode.performance import Performance

counts = {"evaluations": 0, "errors": 0, "slowest": 0.0}
start, evaluate = EngineProcess.start, Performance.evaluate_program

def started(engine, *args, **options):
    start(engine, *args, **options)
    threading.Thread(target=tell, args=(engine,), daemon=True).start()

def evaluated(performance, given, roots):
    began = time.monotonic()
    evaluation = evaluate(performance, given, roots)
    counts["evaluations"] += 1
    counts["errors"] += len(evaluation.errors)
    counts["slowest"] = max(counts["slowest"], time.monotonic() - began)
    return evaluation

def tell(engine):
    with open(sys.argv[2], "w") as file:
        while True:
            m = engine.meters()
            told = {k: getattr(m, k) for k in ("dropouts", "overruns", "late", "load", "voices", "left")}
            print(json.dumps(told | counts), file=file, flush=True)
            time.sleep(0.25)

EngineProcess.start, Performance.evaluate_program = started, evaluated
cli.main([])
"""


@contextmanager
def jackd(period: int) -> Iterator[None]:
    """Run a JACK server of our own, without a sound card; of real time where that is allowed, as performers have it."""
    name = f"livecode-bench-{os.getpid()}"
    os.environ["JACK_DEFAULT_SERVER"] = name
    os.environ["JACK_NO_START_SERVER"] = "1"
    command = ["jackd", "-n", name, "-d", "dummy", "-r", "48000", "-p", str(period)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(["jack_wait", "-s", name, "-w", "-t", "5"], **quiet, check=True)
    try:
        yield
    finally:
        server.terminate()  # killed, it would leave its shared memory behind
        server.wait()


@contextmanager
def performing(told: list[str], text: str, backend: str = "jack", block: int = 256) -> Iterator[Performance]:
    engine = EngineProcess()
    engine.start(backend, block=block)
    performance = Performance(engine, told.append)
    enter(performance, text)
    performance.start()
    try:
        while performance.conductor is None:
            time.sleep(0.01)
        yield performance
    finally:
        performance.stop()


def enter(performance: Performance, text: str) -> None:
    evaluation = performance.evaluate(Source("typed", text))
    assert not evaluation.errors, evaluation.errors[0].render()
    for _, act in evaluation.acts:
        performance.act(act)


class Prompt:
    """The real command on a terminal of its own, typed at; `told` gives its meters."""

    def __init__(self, folder: Path) -> None:
        self._told = folder / "meters"
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            ioctl(0, TIOCSWINSZ, struct.pack("HHHH", 40, 110, 0, 0))
            os.environ.update({"TERM": "xterm", "HOME": str(folder), "XDG_STATE_HOME": str(folder)})
            root = str(Path(__file__).parent.parent)
            os.execv(sys.executable, [sys.executable, "-c", TOLD, root, str(self._told)])

    def enter(self, text: str) -> None:
        """Paste a text and evaluate it."""
        os.write(self._terminal, f"\x1b[200~{text}\x1b[201~\x1b\r".encode())

    def read(self, until: float) -> None:
        """Read what the command writes, and answer where the cursor is when it asks."""
        while (left := until - time.monotonic()) > 0:
            if select.select([self._terminal], [], [], left)[0] and b"\x1b[6n" in os.read(self._terminal, 1 << 16):
                os.write(self._terminal, b"\x1b[1;1R")

    def told(self) -> dict[str, Any]:
        """Give the newest meters; nothing before there are any."""
        lines = self._told.read_text().rpartition("\n")[0].splitlines() if self._told.exists() else []
        return dict(json.loads(lines[-1])) if lines else {}

    def close(self) -> None:
        os.write(self._terminal, b"\x04")
        with suppress(OSError):  # its end of the terminal is gone
            self.read(time.monotonic() + 3.0)
        os.close(self._terminal)
        os.waitpid(self._pid, 0)


def dropouts(minutes: float, periods: Sequence[int] = (128, 256)) -> None:
    """Print the blocks that came late, of the engine that plays and of an idle one beside it."""
    for period in periods:
        with tempfile.TemporaryDirectory() as folder, jackd(period):
            idle = EngineProcess()
            idle.start("jack")
            idle.wait_ready()
            prompt = Prompt(Path(folder))
            try:
                _report(period, minutes, prompt, idle)
            finally:
                prompt.close()
                idle.stop()


def _report(period: int, minutes: float, prompt: Prompt, idle: EngineProcess) -> None:
    """Type for some minutes; whoever was late in a quarter of a second is counted beside the other."""
    patience = time.monotonic() + 60.0
    while not prompt.told() and time.monotonic() < patience:
        prompt.read(time.monotonic() + 0.25)
    prompt.read(time.monotonic() + 1.0)
    prompt.enter(NIGHT.read_text())
    while prompt.told().get("left", 0.0) < 0.01 and time.monotonic() < patience:
        prompt.read(time.monotonic() + 0.25)
    assert time.monotonic() < patience, "the prompt plays nothing"
    prompt.read(time.monotonic() + 3.0)
    texts, loads, alone, typed = cycle(EDITS), [], 0, 0
    first = last = prompt.told(), idle.meters()
    stolen = _stolen()
    end = time.monotonic() + minutes * 60
    while time.monotonic() < end:
        prompt.enter(next(texts))
        typed += 1
        for _ in range(4):
            prompt.read(time.monotonic() + 0.25)
            told, beside = prompt.told(), idle.meters()
            alone += max(0, told["dropouts"] - last[0]["dropouts"] - (beside.dropouts - last[1].dropouts))
            loads.append(told["load"])
            last = told, beside
    before, after = first[0], last[0]
    print(
        f"live at {period:4} frames, {minutes:g} min  {after['dropouts'] - before['dropouts']} late blocks, "
        f"{last[1].dropouts - first[1].dropouts} of an idle engine beside it, {alone} where that one had fewer; "
        f"{after['overruns'] - before['overruns']} behind a block that we took too long for "
        f"({last[1].overruns - first[1].overruns} the idle one); {after['late'] - before['late']} notes late; "
        f"load {sum(loads) / len(loads):.0%}, at most {max(loads):.0%}; {typed} statements typed, "
        f"{after['evaluations'] - before['evaluations']} evaluated, {after['errors'] - before['errors']} wrong, "
        f"the slowest in {after['slowest'] * 1000:.0f} ms; the host took {_stolen() - stolen:.1f} s of the processors",
        flush=True,
    )


def _stolen() -> float:
    """Give the seconds for which a host gave the processors of this machine to others."""
    return int(Path("/proc/stat").read_text().split()[8]) / os.sysconf("SC_CLK_TCK")


DESIGN = "design probe =\n    saw freq | lpf ({0} * (1 + {1} * perc 1ms 30ms)) 0.3 | perc 1ms 60ms\n"
HELD = ("VmRSS", "RssShmem", "Threads")
SETTLED = 2000  # evaluations after which memory is looked at


def evaluations(count: int) -> None:
    """Evaluate a design again and again while it plays, and print what the control process and the engine hold."""
    told: list[str] = []
    text = "tempo 240\nquant 1/16\n" + DESIGN.format(500, 1) + 'compose x = s "probe*16" | gain 0.1'
    with performing(told, text, "silent", 64) as performance:
        pids = (os.getpid(), performance.engine.pid or 0)
        first = [_holds(pid) for pid in pids]
        for i in range(count + SETTLED):
            enter(performance, DESIGN.format(500 + i % 9000, 1 + i / 1000))
            if i == SETTLED:
                gc.collect()
                first = [_holds(pid) for pid in pids]
            if i >= SETTLED and (i - SETTLED) % max(1, count // 16) == 0:
                shown = [f"{a[0] - b[0]:+6.1f} MB of {a[0]:.0f}" for a, b in zip(map(_holds, pids), first, strict=True)]
                print(f"  after {i - SETTLED:6} evaluations: control {shown[0]}, engine {shown[1]}", flush=True)
        gc.collect()
        last = [_holds(pid) for pid in pids]
        assert performance.engine.pid == pids[1], "it is still the same engine"
    for name, a, b in zip(("control process", "engine"), first, last, strict=True):
        print(
            f"{name + ' evaluated again':28} {count} leak {b[0] - a[0]:.1f} MB (bar 50 for 20,000); shared memory "
            f"{b[1] - a[1]:+.1f} MB, open files {a[2]} -> {b[2]}, threads {a[3]} -> {b[3]}"
        )
    for message in dict.fromkeys(told):
        print("  ", message)


def _holds(pid: int) -> tuple[float, float, int, int]:
    """Give the MB a process holds, those of them that are shared, its open files and its threads."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines) if name in HELD}
    memory, shared, threads = (found[name] for name in HELD)
    return memory / 1024, shared / 1024, len(list(Path(f"/proc/{pid}/fd").iterdir())), threads


@contextmanager
def samples() -> Iterator[None]:
    """Stand in a folder of a dozen samples, which take a second to decode."""
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        Path("hits").mkdir()
        for i in range(12):
            wave = 0.3 * np.sin(2 * np.pi * 110 * (i + 1) * np.arange(44100 * 20) / 44100)
            soundfile.write(f"hits/{i}.wav", np.stack([wave, wave], axis=1), 44100)
        yield


def kills(count: int) -> None:
    """Kill the engine again and again while it plays; print how long the sound was gone, and what was left behind."""
    told: list[str] = []
    with samples(), jackd(256), performing(told, KILLED) as performance:
        engine = performance.engine
        _until_loud(engine, None)
        _until_spare(engine)
        before = _held()
        rested: list[float] = []
        hurried: list[float] = []
        for i in range(count):
            if i % 2 == 0:
                _until_spare(engine)
            old = engine.pid
            assert old is not None
            began = time.monotonic()
            os.kill(old, signal.SIGKILL)
            _until_loud(engine, old)
            (hurried if i % 2 else rested).append(time.monotonic() - began)
            time.sleep(0.3)
        _until_spare(engine)
        time.sleep(3.0)  # threads that would have made another spare end
        after = _held()
    print(
        f"killed {count} times             sound back after {min(rested):.2f} to {max(rested):.2f} s, "
        f"0.3 s after another death {min(hurried):.2f} to {max(hurried):.2f} s; "
        f"open files, threads {before[:2]} -> {after[:2]}; in shared memory {len(after[2] - before[2]):+d}"
    )


def _until_spare(engine: EngineProcess) -> None:
    while engine.spare is None:
        time.sleep(0.01)


def _until_loud(engine: EngineProcess, old: int | None) -> None:
    while engine.pid in (None, old) or engine.meters().left < 0.01:
        time.sleep(0.002)


def _held() -> tuple[int, int, set[str]]:
    shared = {p.name for p in Path("/dev/shm").iterdir()}
    return len(list(Path("/proc/self/fd").iterdir())), threading.active_count(), shared


def main() -> None:
    parser = argparse.ArgumentParser(description="Count the late blocks of a performance at the real prompt.")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--blocks", type=int, nargs="+", default=[128, 256])
    options = parser.parse_args()
    dropouts(options.minutes, options.blocks)


if __name__ == "__main__":
    main()
