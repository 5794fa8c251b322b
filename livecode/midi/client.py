"""The control side of the MIDI process: starts it, feeds it, and starts it again should it die."""

from __future__ import annotations

import pickle
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue

from livecode.child import spawn
from livecode.midi.ledger import SIZE, Ledger
from livecode.midi.records import (
    CANCEL,
    CUT,
    EVENT,
    EVENTS,
    MOURNING,
    Begin,
    CloseIn,
    CloseOut,
    Instrument,
    Look,
    Message,
    OpenIn,
    OpenOut,
    Panic,
    Ports,
    Quit,
    Report,
    Standing,
    Trouble,
    frame,
    frames,
    message_frame,
)
from livecode.priority import hurry
from livecode.shared import SharedMemory, Shortcut

KILLED = 9  # the signal
SHORT_LIFE = 5.0  # s: a process that dies by itself sooner is started again later and later
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 8.0  # s
PRIORITY = 20  # of real time, of the threads that write and that take what is played, where that is permitted
KEPT = 6.0  # s that records are kept, to be sent again to a successor
FAREWELL = 2.0  # s the process has to close its notes


@dataclass(slots=True, eq=False)
class Worker:
    """A process and what it is still to be sent."""

    process: subprocess.Popen[bytes]
    born: float  # s of the monotonic clock
    outbox: SimpleQueue[bytes | None] = field(default_factory=SimpleQueue)
    ready: bool = False  # to take the place of another

    def send(self, *messages: Message) -> None:
        for message in messages:
            self.outbox.put(message_frame(message))


class MidiProcess:
    """The MIDI process; every method may be called from any thread and none waits for a port.

    Another one stands by, with everything loaded and the outputs open: when the first dies it closes the notes by
    itself, without waiting to be told.
    """

    def __init__(
        self, system: str = "", listener: Callable[[Report], None] | None = None, shortcut: Shortcut | None = None
    ) -> None:
        self.system = system
        self._shortcut = shortcut
        self._listener = listener  # is told every report, in the thread that reads them; else they wait in `reports`
        self.memory = SharedMemory(SIZE)
        self.ledger = Ledger(self.memory.map)
        self.ports: Ports | None = None
        self._lock = threading.RLock()
        self._worker: Worker | None = None
        self._standby: Worker | None = None
        self._reports: deque[Report] = deque(maxlen=4096)
        self._known = threading.Event()
        self._opened: dict[tuple[str, int], OpenOut | OpenIn | Instrument] = {}
        self._recent: deque[tuple[float, bytes]] = deque()
        self._short_lives = 0
        self._stopping = threading.Event()

    def start(self) -> None:
        """Spawn the process and return at once; nothing happens when it runs already."""
        with self._lock:
            if self._worker is None and not self._stopping.is_set():
                self._worker = self._made()
                self._worker.send(Begin(), Look())

    @property
    def running(self) -> bool:
        return self._worker is not None

    @property
    def pid(self) -> int | None:
        worker = self._worker
        return worker.process.pid if worker is not None else None

    @property
    def standby(self) -> int | None:
        """The process that would take over at once, while there is one."""
        standby = self._standby
        return standby.process.pid if standby is not None and standby.ready else None

    def _made(self, rest: float = 0.0) -> Worker:
        """Start a process, which reaches for the MIDI system some seconds later."""
        arguments = ["--memory", self.memory.handle, "--system", self.system, "--after", str(time.monotonic() + rest)]
        inherited = self.memory.inherited
        if self._shortcut is not None:
            arguments += ["--shortcut", self._shortcut.handle]
            inherited += self._shortcut.memory.inherited
        process = spawn("livecode.midi", *arguments, inherited=inherited)
        worker = Worker(process, time.monotonic())
        threading.Thread(target=self._write, args=(worker,), name="midi out", daemon=True).start()
        threading.Thread(target=self._attend, args=(worker,), name="midi reports", daemon=True).start()
        return worker

    def _stand_by(self, rest: float = 0.0) -> None:
        """Have a successor ready: loading takes longer than a note may go on after the process was killed."""
        with self._lock:
            if self._standby is None and not self._stopping.is_set():
                self._standby = self._made(rest)
                self._standby.send(*(m for m in self._opened.values() if isinstance(m, OpenOut)), Look())

    def _write(self, worker: Worker) -> None:
        stream = worker.process.stdin
        assert stream is not None
        hurry(PRIORITY)
        with suppress(OSError, ValueError):  # it has died: its successor is told all anew
            while (data := worker.outbox.get()) is not None:
                stream.write(data)
                stream.flush()
        with suppress(OSError):
            stream.close()

    def _attend(self, worker: Worker) -> None:
        """Read the reports to their end, and start another process unless the end was wanted."""
        assert worker.process.stdout is not None
        hurry(PRIORITY)
        for _, data in frames(worker.process.stdout):
            report = pickle.loads(data)
            if isinstance(report, Standing):
                worker.ready = True
                continue
            if isinstance(report, Ports):
                self.ports = report
                self._known.set()
                threading.Thread(target=self._stand_by, name="midi successor", daemon=True).start()
            self._tell(report)
        code = worker.process.wait()
        worker.outbox.put(None)
        with self._lock:
            if self._stopping.is_set() or worker not in (self._worker, self._standby):
                return
            pause = self._pause(worker, code)
            standby = worker is self._standby
            if standby:
                self._standby = None
            else:
                self._worker = None
                if not pause:
                    self._replace(code)
                    return
        if not standby:
            self._tell(Trouble(f"the MIDI process died (code {code}) and is started again in {pause:g} s"))
            self._known.set()  # nobody need wait for its ports
        if self._stopping.wait(pause):
            return
        if standby:
            self._stand_by()
        else:
            with self._lock:
                self._replace(code)

    def _pause(self, worker: Worker, code: int) -> float:
        """Give the seconds until another takes the place of one that died: none when it was killed or lived long."""
        if code == -KILLED or time.monotonic() - worker.born > SHORT_LIFE:
            self._short_lives = 0
            return 0.0
        self._short_lives += 1
        return min(FIRST_PAUSE * 2.0 ** (self._short_lives - 1), LONGEST_PAUSE)

    def _replace(self, code: int) -> None:
        """Let the process that stands by take up the work, or a new one where there is none."""
        if self._worker is not None or self._stopping.is_set():
            return
        if self._standby is not None:  # it holds the lock, so the next may come
            threading.Thread(target=self._stand_by, args=(MOURNING,), name="midi successor", daemon=True).start()
        self._worker, self._standby = self._standby or self._made(), None
        self._worker.send(Begin(), *self._opened.values())
        kept = _to_come(b"".join(data for _, data in self._recent), time.monotonic_ns())
        if kept:
            self._worker.outbox.put(frame(EVENTS, kept))
        self._worker.send(Look())
        self._tell(Trouble(f"the MIDI process died (code {code}) and is started again", forgotten=True))

    def _tell(self, report: Report) -> None:
        if self._listener is not None:
            self._listener(report)
        else:
            self._reports.append(report)

    def send(self, message: Message) -> None:
        """Send a message; which ports are open is kept for a successor."""
        with self._lock:
            match message:
                case OpenOut(number):
                    self._opened["out", number] = message
                case OpenIn(number):
                    self._opened["in", number] = message
                case CloseOut(number):
                    self._opened.pop(("out", number), None)
                case CloseIn(number):
                    self._opened.pop(("in", number), None)
                    self._opened.pop(("keys", number), None)
                case Instrument(number):
                    self._opened["keys", number] = message
                case Panic():
                    self._recent.clear()
            if self._worker is not None:
                self._worker.send(message)
            if self._standby is not None and isinstance(message, OpenOut | CloseOut):
                self._standby.send(message)

    def push(self, records: bytes) -> None:
        """Queue timed records (see `records.EVENT`)."""
        if not records:
            return
        with self._lock:
            now = time.monotonic()
            self._recent.append((now, records))
            while self._recent and now - self._recent[0][0] > KEPT:
                self._recent.popleft()
            if self._worker is not None:
                self._worker.outbox.put(frame(EVENTS, records))

    def wait_ports(self, timeout: float = 3.0) -> Ports:
        """Wait until the ports are known; gives none, with the reason, when that takes too long."""
        self._known.wait(timeout)
        return self.ports or Ports((), (), "the MIDI process does not answer")

    def reports(self) -> list[Report]:
        """Take what the process has said since the last call."""
        out = []
        while self._reports:
            out.append(self._reports.popleft())
        return out

    def stop(self) -> None:
        """Let the process close its notes, and wait until it is gone."""
        with self._lock:
            self._stopping.set()
            worker, self._worker = self._worker, None
            standby, self._standby = self._standby, None
        if standby is not None:
            standby.process.kill()
            standby.process.wait()
            standby.outbox.put(None)
        if worker is None:
            return
        worker.send(Quit())
        worker.outbox.put(None)
        try:
            worker.process.wait(FAREWELL)
        except subprocess.TimeoutExpired:
            worker.process.kill()
            worker.process.wait()


def _to_come(data: bytes, now: int) -> bytes:
    """Give the records that are not past, and all cancellations, in their order."""
    out = bytearray()
    for at in range(0, len(data), EVENT.size):
        record = data[at : at + EVENT.size]
        when, _, _, kind, *_ = EVENT.unpack(record)
        if when >= now or kind in (CANCEL, CUT):
            out += record
    return bytes(out)
