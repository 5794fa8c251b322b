"""The control side of the engine: starts it, feeds it, reads its clock, and starts it again should it die."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from array import array
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from livecode.engine import pipes
from livecode.engine.clock import Clock, Meters
from livecode.engine.records import (
    AddPool,
    Capture,
    DropPool,
    LoadSample,
    Message,
    Mix,
    Pool,
    Quit,
    Ready,
    Report,
    SetMix,
    Trouble,
    bus_order,
)
from livecode.engine.ring import Memory
from livecode.engine.shelf import Shelf, shelf
from livecode.errors import SoundError
from livecode.shared import Shortcut

if TYPE_CHECKING:
    from livecode.engine.cables import Cables

NO_BACKEND, BACKEND_LOST = 74, 75  # the exit codes of an engine that finds no backend, and of one whose is gone
KILLED = 9  # the signal
SHORT_LIFE = 5.0  # s: an engine that dies by itself sooner is started again later and later
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 8.0  # s
SUSPECT = 3  # short lives in a row, and the newest sound is left out
HUNG = 2.0  # s without a block
FAREWELL = 3.0  # s the engine has to leave by itself


class EngineProcess:
    """The engine in a process of its own; every method may be called from any thread and none waits for sound."""

    def __init__(self) -> None:
        self.shortcut = Shortcut()  # by which another process lets keys be heard; it outlives each engine
        self._lock = threading.RLock()
        self._ring = threading.Lock()
        self._ready = threading.Event()
        self._reports: deque[Report] = deque(maxlen=1024)
        self._process: subprocess.Popen[bytes] | None = None
        self._memory: Memory | None = None
        self._shelf: Shelf | None = None
        self._pools: dict[int, Pool] = {}
        self._samples: dict[int, LoadSample | Capture] = {}
        self._mix: Mix | None = None
        self._last: Ready | None = None
        self._failure = ""
        self._short_lives = 0
        self._born = 0.0
        self._hung = False
        self._halt = threading.Event()
        self._options = ("", 48000, 256)
        self._clock = Clock(0, time.monotonic_ns(), 48000, 256)
        self._stopping = False
        self._cables: Cables | None = None

    def start(self, backend: str | None = None, rate: int = 48000, block: int = 256) -> None:
        """Spawn the engine and return at once; without a backend the first that works is taken."""
        with self._lock:
            if self._process is not None:
                raise SoundError("the engine runs already")
            self._options = (backend or "", rate, block)
            self._stopping = False
            self._halt.clear()
            self._short_lives = 0
            self._last = None
            self._failure = ""
            self._ready.clear()
            self._clock = Clock(0, time.monotonic_ns(), rate, block)
            self._shelf = shelf()
            self._spawn(backend or "", first=True)

    def _spawn(self, backend: str, *, first: bool) -> None:
        _, rate, block = self._options
        memory = self._memory = Memory()
        command = [sys.executable, "-m", "livecode.engine", "--memory", memory.handle, "--backend", backend]
        command += ["--rate", str(rate), "--block", str(block), "--shortcut", self.shortcut.handle]
        inherited = memory.inherited + self.shortcut.memory.inherited
        if self._shelf is not None:
            command += ["--shelf", self._shelf.handle]
            inherited += self._shelf.inherited
        if not first:
            command += ["--sample", str(self._clock.sample), "--since", str(self._clock.monotonic_ns)]
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(p for p in (root, os.environ.get("PYTHONPATH", "")) if p)
        # the engine's control thread and pyo are single-threaded in numpy: its worker threads would only steal time
        env = {**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        debug = None if os.environ.get("LIVECODE_DEBUG") else subprocess.DEVNULL
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=debug,
            env=env,
            pass_fds=inherited,
        )
        memory.close_file()
        self._process = process
        self._born = time.monotonic()
        threading.Thread(target=self._attend, args=(process,), name="engine reports", daemon=True).start()

    def _attend(self, process: subprocess.Popen[bytes]) -> None:
        """Read the engine's reports to its end, and start another unless that was wanted."""
        assert process.stdout is not None
        with suppress(EOFError, OSError):
            while True:
                report = pipes.read(process.stdout)
                if isinstance(report, Ready):
                    self._last = report
                    self._ready.set()
                    if report.backend == "jack":
                        self._wire()
                self._reports.append(report)
                self._failure = report.message if isinstance(report, Trouble) else ""
        code = process.wait()
        process.stdout.close()
        with self._lock:
            if process is not self._process or self._stopping:
                return
            pause = self._bury(code)
        if pause is not None and not self._halt.wait(pause):
            with self._lock:
                if self._process is None and not self._stopping:
                    self._raise(code)

    def _wire(self) -> None:
        """Give a new engine the cables of the one before."""
        from livecode.engine.cables import Cables

        with self._lock:
            if not self._stopping:
                self._cables = self._cables or Cables()
                self._cables.find()

    def _bury(self, code: int) -> float | None:
        """Note a death; gives the seconds until another engine starts, or None when none ever worked.

        A performer is never left silent for good: an engine that was killed is started again at once, one that dies by
        itself again and again after a pause, longer each time, and without the newest sound, which may be the reason.
        """
        if self._cables is not None:
            self._cables.lose()
        self._clock = self.clock()
        was_ready = self._ready.is_set()
        self._ready.clear()
        assert self._process is not None and self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        self._process = self._memory = None
        if self._last is None:
            self._failure = self._failure or f"the engine left with code {code}"
            self._reports.append(Trouble(f"the engine does not start: {self._failure}"))
            self._ready.set()
            return None
        killed = code == -KILLED and was_ready and not self._hung
        self._hung = False
        if killed or time.monotonic() - self._born > SHORT_LIFE:
            self._short_lives = 0
            self._reports.append(Trouble(f"the engine died (code {code}) and is started again"))
            return 0.0
        self._short_lives += 1
        pause = min(FIRST_PAUSE * 2.0 ** (self._short_lives - 1), LONGEST_PAUSE)
        said = f"the engine died (code {code}) and is started again in {pause:g} s"
        if self._short_lives >= SUSPECT and self._pools:
            _, suspect = self._pools.popitem()
            said += f", without {suspect.graph.name} on {suspect.strip}"
        self._reports.append(Trouble(said + (f": {self._failure}" if self._failure else "")))
        return pause

    def _raise(self, code: int) -> None:
        """Start an engine in the place of a dead one and tell it what that one knew."""
        self._spawn("" if code in (BACKEND_LOST, NO_BACKEND) else self._options[0], first=False)
        if self._mix is not None:
            self._write(SetMix(self._mix))
        for sample in self._samples.values():
            self._write(sample)
        for pool in self._pools.values():
            self._write(AddPool(pool))

    @property
    def pid(self) -> int | None:
        """The process number of the engine that runs now."""
        return self._process.pid if self._process is not None else None

    def marked(self) -> int:
        """Give the number of the last `Mark` that was reached."""
        memory = self._memory
        return memory.marked() if memory is not None else 0

    def watch(self) -> None:
        """End an engine that lives but has computed nothing for long; another takes its place."""
        with self._lock:
            process, memory = self._process, self._memory
            clock = memory.clock() if memory is not None else None
            if process is None or clock is None or self._hung:
                return
            if time.monotonic_ns() - clock.monotonic_ns > HUNG * 1e9:
                self._hung = True
                self._reports.append(Trouble("the engine hangs"))
                process.kill()

    def wait_ready(self, timeout: float = 10.0) -> Ready:
        """Wait until the engine plays; raises SoundError when it cannot or takes too long."""
        if not self._ready.wait(timeout):
            raise SoundError(f"the engine was not ready within {timeout:g} s")
        if self._process is None or self._last is None:
            raise SoundError(f"the engine does not start: {self._failure or 'it was not started'}")
        return self._last

    def send(self, message: Message) -> None:
        """Send a message; pools and mix are kept, to be sent again to an engine that takes the place of a dead one."""
        with self._lock:
            match message:
                case AddPool(pool):
                    self._pools[pool.number] = pool
                case DropPool(number):
                    self._pools.pop(number, None)
                case LoadSample(number) | Capture(number):
                    self._samples[number] = message
                case SetMix(mix):
                    self._mix = mix
                case Quit():
                    self._stopping = True
            self._write(message)

    def _write(self, message: Message) -> None:
        process = self._process
        if process is not None and process.stdin is not None:
            with suppress(OSError):  # it has just died: its successor is told all anew
                pipes.write(process.stdin, message)

    def push(self, records: bytes | Iterable[bytes]) -> bool:
        """Queue events (see `records.EVENT`), all or none; say whether there was room."""
        data = records if isinstance(records, bytes) else b"".join(records)
        with self._ring:  # one writer at a time
            memory = self._memory
            if memory is None or memory.push(data):
                return memory is not None
        self._reports.append(Trouble("the engine is behind: events were lost"))
        return False

    def clock(self) -> Clock:
        """Give the sample at which the present block began and the monotonic time of that moment."""
        memory = self._memory
        return (memory.clock() if memory is not None else None) or self._clock

    def now(self) -> float:
        """Give the sample position of this moment."""
        clock = self.clock()
        return clock.sample + (time.monotonic_ns() - clock.monotonic_ns) * clock.rate / 1e9

    def meters(self) -> Meters:
        """Give load, counts, the levels of every bus and the loudness of the master, as of the last 20 ms."""
        memory = self._memory
        if memory is None:
            return Meters(0.0, 0, 0, 0, 0.0, 0.0)
        return memory.meters(bus_order(self._mix) if self._mix is not None else ["master"])

    def wave(self, count: int) -> array[float]:
        """Give the newest samples of what is heard, mixed to one channel; fewer where there were not so many."""
        memory = self._memory
        return array("f", memory.wave(count) if memory is not None else b"")

    def reports(self) -> list[Report]:
        """Take what the engine has said since the last call."""
        out = []
        while self._reports:
            out.append(self._reports.popleft())
        return out

    def stop(self) -> None:
        """End the engine and wait until it is gone."""
        with self._lock:
            self._stopping = True
            self._halt.set()
            process, self._process = self._process, None
            cables, self._cables = self._cables, None
            if self._shelf is not None:
                self._shelf.close()
                self._shelf = None
        if cables is not None:
            cables.close()
        if process is None:
            return
        assert process.stdin is not None and process.stdout is not None
        with suppress(OSError):
            pipes.write(process.stdin, Quit())
        try:
            process.wait(FAREWELL)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with suppress(OSError):
            process.stdin.close()
        self._ready.clear()
