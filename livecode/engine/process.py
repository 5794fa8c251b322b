"""The engine's own process: boots a backend, takes messages and events, tells clock and troubles."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
import time
from collections import deque
from typing import IO

from livecode.engine import pipes, samples
from livecode.engine.backends import Backend, choose
from livecode.engine.client import BACKEND_LOST, NO_BACKEND
from livecode.engine.clock import Clock
from livecode.engine.core import Engine
from livecode.engine.denormals import flush_denormals
from livecode.engine.pages import small_pages
from livecode.engine.records import EVENT, TIME, Message, Quit, Ready, Report, Standing, Trouble
from livecode.engine.ring import Memory
from livecode.engine.shelf import Shelf
from livecode.errors import SoundError
from livecode.priority import ENGINE, ahead, beside, hurry
from livecode.shared import Shortcut

STALLED = 0.5  # s without a block: the backend is gone
PEAK_PERIOD = 0.02  # s between two looks at the peaks and the troubles
PRIORITY = 5  # of the audio thread, among those of real time
SLIP = 4  # blocks by which a callback must be late to be believed at once
FOLLOW = 64  # the part of an ordinary lateness by which the clock is set back
SMOOTHING = 0.05  # of the load, per block


class Host:
    """Runs one engine on one backend."""

    def __init__(
        self,
        backend: Backend,
        memory: Memory,
        start: int,
        start_ns: int,
        shelf: Shelf | None = None,
        shortcut: Shortcut | None = None,
    ) -> None:
        self.server = backend.server
        self.memory = memory
        self.shortcut = shortcut
        self.engine = Engine(backend.server, eager=False, metered=True, successor=start_ns > 0, shelf=shelf)
        self.block_ns = round(1e9 * self.server.block / self.server.rate)
        self.inbox: deque[Message] = deque()
        self.start, self.start_ns = start, start_ns
        self.last_ns = 0
        self.due_ns = 0  # when this block was due: the time of its callback without the jitter
        self.last_cpu = 0
        self.dropouts = 0
        self.overruns = 0
        self.load = 0.0
        self.looked = 0
        self.quitting = False

    def callback(self) -> None:
        """Run at the start of every block, in the audio thread."""
        now, cpu = time.monotonic_ns(), time.thread_time_ns()
        engine = self.engine
        if not self.last_ns:
            flush_denormals()
            hurry(PRIORITY)
            engine.sample = self._due(now)
        else:
            self.load += SMOOTHING * ((cpu - self.last_cpu - engine.spent) / self.block_ns - self.load)
            if now - self.last_ns > 2 * self.block_ns:
                self.dropouts += 1
                self.overruns += cpu - self.last_cpu > self.block_ns
        if engine.successor and not engine.started:  # until then an earlier guess is a better one
            engine.sample = min(engine.sample, self._due(now))
        self.last_ns, self.last_cpu = now, cpu
        self._tell_time(now)
        try:
            while self.inbox:
                message = self.inbox.popleft()
                if isinstance(message, Quit):
                    self.quitting = True
                else:
                    engine.send(message)
            events = self.memory.drain()
            if events:
                engine.push(events)
            played = self.shortcut.ring.drain() if self.shortcut is not None else b""
            if played:
                engine.push(_from(engine.sample, played))
            sample = engine.sample
            engine.watch(self.load, now / 1e9)
            engine.begin_block()
        except Exception as error:  # noqa: BLE001 (whatever fails, the sound goes on)
            engine.trouble(f"the engine stumbled: {type(error).__name__}: {error}")
            sample = engine.sample
            engine.sample += self.server.block
        server = self.server
        clock = Clock(sample, self.due_ns, server.rate, server.block, engine.latency)
        counts = engine.late, self.dropouts, self.overruns, engine.voices
        self.memory.publish_mark(engine.marked)
        self.memory.publish(clock, counts, (self.load, *engine.master.peaks, engine.master.held))
        self.memory.show(engine.master.block.tobytes())
        if now - self.looked > PEAK_PERIOD * 1e9:
            self.looked = now
            self.memory.publish_levels(engine.levels(), engine.loudness)

    def _due(self, now: int) -> int:
        """Give the sample of the block that is due, from where the engine before this one stood.

        A sound server goes on in the blocks of before, so it is the nearest of those.
        """
        block = self.server.block
        behind = (now - self.start_ns) * self.server.rate // 1_000_000_000 if self.start_ns else 0
        return (self.start + behind + block // 2) // block * block

    def _tell_time(self, now: int) -> None:
        """Follow the times of the callbacks, which are late now and then and never early."""
        self.due_ns += self.block_ns
        late = now - self.due_ns
        if 0 <= late < SLIP * self.block_ns:
            self.due_ns += late // FOLLOW
        else:
            self.due_ns = now

    def listen(self, stream: IO[bytes]) -> None:
        """Take messages until the control process is gone, then leave."""
        try:
            while True:
                self.inbox.append(pipes.read(stream))
        except (EOFError, OSError):
            self.leave(0)

    def watch(self, reports: IO[bytes]) -> None:
        """Pass troubles on and see that the backend lives, for ever."""
        engine = self.engine
        began = time.monotonic_ns()
        while True:
            time.sleep(PEAK_PERIOD)
            while engine.troubles:
                say(reports, engine.troubles.popleft())
            reading = engine.samples.progress()
            if reading is not None:
                say(reports, reading)
            if self.quitting:
                self.leave(0)
            quiet = time.monotonic_ns() - (self.last_ns or began)
            if quiet > max(STALLED * 1e9, 8 * self.block_ns) or self.server.changed():
                say(reports, Trouble("the sound backend is gone"))
                os._exit(BACKEND_LOST)

    def leave(self, code: int) -> None:
        """End the process without touching pyo again: taking it apart may crash."""
        recorder = self.engine.master.recorder
        if recorder is not None:
            recorder.close(wait=2.0)
        os._exit(code)


def _from(sample: int, records: bytes) -> bytes:
    """Give what was played the time of the block that begins."""
    at = TIME.pack(sample)
    return b"".join(at + records[i + TIME.size : i + EVENT.size] for i in range(0, len(records), EVENT.size))


def say(stream: IO[bytes], report: Report | Standing) -> None:
    """Tell the control process, if it is still there."""
    try:
        pipes.write(stream, report)
    except OSError:
        os._exit(0)


def main(reports: IO[bytes]) -> None:
    """Run the engine until the control process sends Quit or goes away; its reports go to a stream."""
    parser = argparse.ArgumentParser(prog="python -m livecode.engine", description="The sound engine of livecode.")
    parser.add_argument("--memory", required=True, help="the shared memory to use")
    parser.add_argument("--shelf", default="", help="the shared memory for decoded samples, if there is one")
    parser.add_argument("--shortcut", default="", help="the shared memory for what is played by hand, if there is one")
    parser.add_argument("--spare", action="store_true", help="load all there is to load before anything is wanted")
    options = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to both; the control process decides
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    if not os.environ.get("LIVECODE_DEBUG"):
        os.dup2(quiet, 2)
    small_pages()
    memory = Memory(options.memory)
    shortcut = Shortcut(options.shortcut) if options.shortcut else None
    if options.spare:
        samples.warm()
        say(reports, Standing())
    try:
        begin = pipes.read(sys.stdin.buffer)
    except (EOFError, OSError):
        os._exit(0)
    ahead(ENGINE)  # not before: one that stands by has time
    try:
        backend = choose(begin.backend, begin.rate, begin.block)
    except SoundError as error:
        say(reports, Trouble(f"{error.message} ({error.hint})"))
        os._exit(NO_BACKEND)
    shelf = Shelf(options.shelf) if options.shelf else None
    host = Host(backend, memory, begin.sample, begin.since, shelf, shortcut)
    host.engine.rig.waves.warm()
    if not begin.since:  # one that takes the place of another is awaited, and finds its samples on the shelf
        samples.warm()
    gc.collect()
    gc.freeze()
    gc.disable()
    sys.setswitchinterval(0.0005)
    backend.start(host.callback)
    server = backend.server
    say(reports, Ready(backend.name, backend.device, server.rate, server.block, backend.reason, server.inputs))
    beside("listen", host.listen, sys.stdin.buffer, priority=PRIORITY - 1)
    hurry(PRIORITY - 1)  # this thread holds the lock now and then too
    host.watch(reports)
