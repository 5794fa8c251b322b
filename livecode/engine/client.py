"""The control side of the engine: starts it, feeds it, reads its clock, and starts it again should it die."""

from __future__ import annotations

import subprocess
import threading
import time
from array import array
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING

from livecode.child import spawn
from livecode.engine import pipes
from livecode.engine.clock import Clock, Meters
from livecode.engine.records import (
    AddPool,
    Begin,
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
    Standing,
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
REST = 2.0  # s an engine plays before its spare is loaded


@dataclass(slots=True, eq=False)
class Worker:
    """An engine's process, the memory it shares, and what it is still to be sent."""

    process: subprocess.Popen[bytes]
    memory: Memory
    born: float  # s of the monotonic clock, when it was told to begin
    outbox: SimpleQueue[Message | None] = field(default_factory=SimpleQueue)
    ready: bool = False  # to take the place of another

    def send(self, *messages: Message) -> None:
        for message in messages:
            self.outbox.put(message)

    def end(self, patience: float = 0.0) -> None:
        """Wait some seconds until it leaves, then end it."""
        self.outbox.put(None)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class EngineProcess:
    """The engine in a process of its own; every method may be called from any thread and none waits for sound.

    A spare one stands by, with everything loaded: when the first dies it takes its place at once.
    """

    def __init__(self) -> None:
        self.shortcut = Shortcut()  # by which another process lets keys be heard; it outlives each engine
        self._lock = threading.RLock()
        self._ring = threading.Lock()
        self._ready = threading.Event()
        self._reports: deque[Report] = deque(maxlen=1024)
        self._worker: Worker | None = None
        self._spare: Worker | None = None
        self._shelf: Shelf | None = None
        self._pools: dict[int, Pool] = {}
        self._samples: dict[int, LoadSample | Capture] = {}
        self._mix: Mix | None = None
        self._last: Ready | None = None
        self._failure = ""
        self._short_lives = 0
        self._hung = False
        self._halt = threading.Event()
        self._options = ("", 48000, 256)
        self._clock = Clock(0, time.monotonic_ns(), 48000, 256)
        self._stopping = False
        self._cables: Cables | None = None

    def start(self, backend: str | None = None, rate: int = 48000, block: int = 256) -> None:
        """Spawn the engine and return at once; without a backend the first that works is taken."""
        with self._lock:
            if self._worker is not None:
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
            self._worker = self._made()
            self._worker.send(Begin(*self._options))

    def _made(self, *options: str) -> Worker:
        """Start a process, which waits to be told to begin."""
        memory = Memory()
        arguments = ["--memory", memory.handle, *options, "--shortcut", self.shortcut.handle]
        inherited = memory.inherited + self.shortcut.memory.inherited
        if self._shelf is not None:
            arguments += ["--shelf", self._shelf.handle]
            inherited += self._shelf.inherited
        # the engine's control thread and pyo are single-threaded in numpy: its worker threads would only steal time
        alone = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        process = spawn("livecode.engine", *arguments, inherited=inherited, **alone)
        memory.close_file()
        worker = Worker(process, memory, time.monotonic())
        threading.Thread(target=_write, args=(worker,), name="engine messages", daemon=True).start()
        threading.Thread(target=self._attend, args=(worker,), name="engine reports", daemon=True).start()
        return worker

    def _stand_by(self) -> None:
        """Have a spare engine ready, once the one that plays has come to rest: loading takes longer than playing."""
        if self._halt.wait(REST):
            return
        with self._lock:
            if self._spare is None and not self._stopping:
                self._spare = self._made("--spare")

    def _attend(self, worker: Worker) -> None:
        """Read the engine's reports to its end, and start another unless that was wanted."""
        assert worker.process.stdout is not None
        with suppress(EOFError, OSError):
            while True:
                report = pipes.read(worker.process.stdout)
                if isinstance(report, Standing):
                    worker.ready = True
                    continue
                if isinstance(report, Ready):
                    self._last = report
                    self._ready.set()
                    threading.Thread(target=self._stand_by, name="engine successor", daemon=True).start()
                    if report.backend == "jack":
                        self._wire()
                self._reports.append(report)
                self._failure = report.message if isinstance(report, Trouble) else ""
        code = worker.process.wait()
        worker.process.stdout.close()
        worker.outbox.put(None)
        with self._lock:
            if worker is self._spare:
                self._spare = None
            if worker is not self._worker or self._stopping:
                return
            pause = self._bury(worker, code)
        if pause is not None and not self._halt.wait(pause):
            with self._lock:
                if self._worker is None and not self._stopping:
                    self._replace(code)

    def _wire(self) -> None:
        """Give a new engine the cables of the one before."""
        from livecode.engine.cables import Cables

        with self._lock:
            if not self._stopping:
                self._cables = self._cables or Cables()
                self._cables.find()

    def _bury(self, worker: Worker, code: int) -> float | None:
        """Note a death; gives the seconds until another engine starts, or None when none ever worked.

        A performer is never left silent for good: an engine that was killed is started again at once, one that dies by
        itself again and again after a pause, longer each time, and without the newest sound, which may be the reason.
        """
        if self._cables is not None:
            self._cables.lose()
        self._clock = self.clock()
        was_ready = self._ready.is_set()
        self._ready.clear()
        self._worker = None
        if self._last is None:
            self._failure = self._failure or f"the engine left with code {code}"
            self._reports.append(Trouble(f"the engine does not start: {self._failure}"))
            self._ready.set()
            return None
        killed = code == -KILLED and was_ready and not self._hung
        self._hung = False
        if killed or time.monotonic() - worker.born > SHORT_LIFE:
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

    def _replace(self, code: int) -> None:
        """Put an engine in the place of a dead one and tell it what that one knew."""
        backend, rate, block = self._options
        if code in (BACKEND_LOST, NO_BACKEND):
            backend = ""
        worker, self._spare = self._spare or self._made(), None
        worker.born = time.monotonic()
        worker.send(Begin(backend, rate, block, self._clock.sample, self._clock.monotonic_ns))
        if self._mix is not None:
            worker.send(SetMix(self._mix))
        worker.send(*self._samples.values(), *map(AddPool, self._pools.values()))
        self._worker = worker

    @property
    def pid(self) -> int | None:
        """The process number of the engine that runs now."""
        worker = self._worker
        return worker.process.pid if worker is not None else None

    @property
    def spare(self) -> int | None:
        """The process that would take over at once, while there is one."""
        spare = self._spare
        return spare.process.pid if spare is not None and spare.ready else None

    @property
    def _memory(self) -> Memory | None:
        worker = self._worker
        return worker.memory if worker is not None else None

    def marked(self) -> int:
        """Give the number of the last `Mark` that was reached."""
        memory = self._memory
        return memory.marked() if memory is not None else 0

    def watch(self) -> None:
        """End an engine that lives but has computed nothing for long; another takes its place."""
        with self._lock:
            worker = self._worker
            clock = worker.memory.clock() if worker is not None else None
            if worker is None or clock is None or self._hung:
                return
            if time.monotonic_ns() - clock.monotonic_ns > HUNG * 1e9:
                self._hung = True
                self._reports.append(Trouble("the engine hangs"))
                worker.process.kill()

    def wait_ready(self, timeout: float = 10.0) -> Ready:
        """Wait until the engine plays; raises SoundError when it cannot or takes too long."""
        if not self._ready.wait(timeout):
            raise SoundError(f"the engine was not ready within {timeout:g} s")
        if self._worker is None or self._last is None:
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
            if self._worker is not None:
                self._worker.send(message)

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
        frames = array("f", memory.wave(count) if memory is not None else b"")
        return array("f", [(left + right) / 2 for left, right in zip(frames[::2], frames[1::2], strict=True)])

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
            worker, self._worker = self._worker, None
            spare, self._spare = self._spare, None
            cables, self._cables = self._cables, None
            if self._shelf is not None:
                self._shelf.close()
                self._shelf = None
        if cables is not None:
            cables.close()
        if spare is not None:
            spare.end()
        if worker is not None:
            worker.send(Quit())
            worker.end(FAREWELL)
        self._ready.clear()


def _write(worker: Worker) -> None:
    """Send what a process is to be told, as long as it takes it: its successor is told all anew."""
    stream = worker.process.stdin
    assert stream is not None
    with suppress(OSError):
        while (message := worker.outbox.get()) is not None:
            pipes.write(stream, message)
    with suppress(OSError):
        stream.close()
