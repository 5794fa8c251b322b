"""The engine live: drop-outs while a prompt evaluates, and deaths in a row."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from itertools import cycle
from pathlib import Path

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


@contextmanager
def jackd(period: int) -> Iterator[None]:
    """Run a JACK server of our own, without a sound card."""
    name = f"livecode-bench-{os.getpid()}"
    os.environ["JACK_DEFAULT_SERVER"] = name
    os.environ["JACK_NO_START_SERVER"] = "1"
    command = ["jackd", "-n", name, "-r", "-d", "dummy", "-r", "48000", "-p", str(period)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.run(["jack_wait", "-s", name, "-w", "-t", "5"], stdout=subprocess.DEVNULL, check=True)
    try:
        yield
    finally:
        server.terminate()  # killed, it would leave its shared memory behind
        server.wait()


@contextmanager
def performing(told: list[str], text: str) -> Iterator[Performance]:
    engine = EngineProcess()
    engine.start("jack")
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


def dropouts(minutes: float) -> None:
    """Print the blocks that came late, of the engine that plays and of an idle one beside it."""
    for period in (128, 256):
        told: list[str] = []
        with jackd(period):
            idle = EngineProcess()
            idle.start("jack")
            idle.wait_ready()
            try:
                with performing(told, NIGHT.read_text()) as performance:
                    time.sleep(2.0)
                    before = performance.engine.meters(), idle.meters()
                    texts, loads, slowest = cycle(EDITS), [], 0.0
                    end = time.monotonic() + minutes * 60
                    while time.monotonic() < end:
                        began = time.monotonic()
                        enter(performance, next(texts))
                        slowest = max(slowest, time.monotonic() - began)
                        time.sleep(max(0.0, 1.0 - (time.monotonic() - began)))
                        loads.append(performance.engine.meters().load)
                    after = performance.engine.meters(), idle.meters()
            finally:
                idle.stop()
        ours, theirs = (after[i].dropouts - before[i].dropouts for i in (0, 1))
        own, idles = (after[i].overruns - before[i].overruns for i in (0, 1))
        print(
            f"live at {period:4} frames, {minutes:g} min  {ours} drop-outs, {theirs} of an idle engine beside it, "
            f"{own} blocks that we took too long for ({idles} the idle one); "
            f"{after[0].late - before[0].late} notes late; "
            f"load {sum(loads) / len(loads):.0%}, at most {max(loads):.0%}; "
            f"slowest evaluation {slowest * 1000:.0f} ms",
            flush=True,
        )
        for message in dict.fromkeys(told):
            print("  ", message)


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
        time.sleep(1.0)
        before, times = _held(), []
        for _ in range(count):
            old = engine.pid
            assert old is not None
            began = time.monotonic()
            os.kill(old, signal.SIGKILL)
            _until_loud(engine, old)
            times.append(time.monotonic() - began)
            time.sleep(0.3)
        time.sleep(0.5)
        after = _held()
    print(
        f"killed {count} times             sound back after {min(times):.2f} to {max(times):.2f} s; "
        f"open files, threads {before[:2]} -> {after[:2]}; in shared memory {len(after[2] - before[2]):+d}"
    )


def _until_loud(engine: EngineProcess, old: int | None) -> None:
    while engine.pid in (None, old) or engine.meters().left < 0.01:
        time.sleep(0.002)


def _held() -> tuple[int, int, set[str]]:
    shared = {p.name for p in Path("/dev/shm").iterdir()}
    return len(list(Path("/proc/self/fd").iterdir())), threading.active_count(), shared
