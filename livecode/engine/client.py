"""The control side of the engine: starts it, feeds it, reads its clock, and starts it again should it die."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from livecode.engine import pipes
from livecode.engine.clock import Clock, Meters
from livecode.engine.records import (
    AddPool,
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
from livecode.errors import SoundError

BACKEND_LOST = 75  # the exit code of an engine whose backend is gone
DEATHS = 5  # within `DEATH_WINDOW` seconds, and the engine is not started again
DEATH_WINDOW = 20.0
FAREWELL = 3.0  # s the engine has to leave by itself


class EngineProcess:
    """The engine in a process of its own; every method may be called from any thread and none waits for sound."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._ring = threading.Lock()
        self._ready = threading.Event()
        self._reports: deque[Report] = deque(maxlen=1024)
        self._process: subprocess.Popen[bytes] | None = None
        self._memory: Memory | None = None
        self._pools: dict[int, Pool] = {}
        self._samples: dict[int, LoadSample] = {}
        self._mix: Mix | None = None
        self._last: Ready | None = None
        self._failure = ""
        self._deaths: list[float] = []
        self._options = ("", 48000, 256)
        self._clock = Clock(0, time.monotonic_ns(), 48000, 256)
        self._stopping = False

    def start(self, backend: str | None = None, rate: int = 48000, block: int = 256) -> None:
        """Spawn the engine and return at once; without a backend the first that works is taken."""
        with self._lock:
            if self._process is not None:
                raise SoundError("the engine runs already")
            self._options = (backend or "", rate, block)
            self._stopping = False
            self._failure = ""
            self._ready.clear()
            self._clock = Clock(0, time.monotonic_ns(), rate, block)
            self._spawn(backend or "", first=True)

    def _spawn(self, backend: str, *, first: bool) -> None:
        _, rate, block = self._options
        memory = self._memory = Memory()
        command = [sys.executable, "-m", "livecode.engine", "--memory", memory.handle, "--backend", backend]
        command += ["--rate", str(rate), "--block", str(block)]
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
            pass_fds=memory.inherited,
        )
        memory.close_file()
        self._process = process
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
                self._reports.append(report)
                self._failure = report.message if isinstance(report, Trouble) else ""
        code = process.wait()
        with self._lock:
            if process is self._process and not self._stopping:
                self._bury(code)

    def _bury(self, code: int) -> None:
        self._clock = self.clock()
        was_ready = self._ready.is_set()
        self._ready.clear()
        self._process = None
        now = time.monotonic()
        self._deaths = [*(t for t in self._deaths if now - t < DEATH_WINDOW), now]
        if not was_ready or len(self._deaths) > DEATHS:
            self._failure = self._failure or f"the engine left with code {code}"
            self._reports.append(Trouble(f"the engine does not start: {self._failure}"))
            self._ready.set()
            return
        self._reports.append(Trouble(f"the engine died (code {code}) and is started again"))
        self._spawn("" if code == BACKEND_LOST else self._options[0], first=False)
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
        return self._memory.marked() if self._memory is not None else 0

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
                case LoadSample(number):
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
            if self._memory is None or self._memory.push(data):
                return self._memory is not None
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
        """Give load, counts and peaks."""
        if self._memory is None:
            return Meters(0.0, 0, 0, 0, 0.0, 0.0)
        late, dropouts, voices, load, left, right, peaks = self._memory.levels()
        names = bus_order(self._mix) if self._mix is not None else ["master"]
        pairs = zip(peaks[::2], peaks[1::2], strict=False)
        return Meters(load, voices, late, dropouts, left, right, dict(zip(names, pairs, strict=False)))

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
            process, self._process = self._process, None
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
