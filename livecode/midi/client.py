"""The control side of the MIDI process: starts it, feeds it, and starts it again should it die."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue

from livecode.midi.ledger import SIZE, Ledger
from livecode.midi.priority import hurry
from livecode.midi.records import (
    CANCEL,
    CUT,
    EVENT,
    EVENTS,
    Begin,
    CloseIn,
    CloseOut,
    Look,
    Message,
    OpenIn,
    OpenOut,
    Panic,
    Ports,
    Quit,
    Report,
    Trouble,
    frame,
    frames,
    message_frame,
)
from livecode.shared import SharedMemory

DEATHS = 5  # within `DEATH_WINDOW` seconds, and it is not started again
DEATH_WINDOW = 20.0
PRIORITY = 20  # of real time, of the threads that write and that take what is played, where that is permitted
KEPT = 6.0  # s that records are kept, to be sent again to a successor
FAREWELL = 2.0  # s the process has to close its notes


class MidiProcess:
    """The MIDI process; every method may be called from any thread and none waits for a port."""

    def __init__(self, system: str = "", listener: Callable[[Report], None] | None = None) -> None:
        self.system = system
        self._listener = listener  # is told every report, in the thread that reads them; else they wait in `reports`
        self.memory = SharedMemory(SIZE)
        self.ledger = Ledger(self.memory.map)
        self.ports: Ports | None = None
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._standby: subprocess.Popen[bytes] | None = None  # waits for the first message
        self._outbox: SimpleQueue[bytes | None] = SimpleQueue()
        self._reports: deque[Report] = deque(maxlen=4096)
        self._known = threading.Event()
        self._opened: dict[tuple[str, int], OpenOut | OpenIn] = {}
        self._recent: deque[tuple[float, bytes]] = deque()
        self._deaths: list[float] = []
        self._stopping = False

    def start(self) -> None:
        """Spawn the process and return at once; nothing happens when it runs already."""
        with self._lock:
            if self._process is None and not self._stopping:
                self._spawn()
                self._outbox.put(message_frame(Look()))

    @property
    def running(self) -> bool:
        return self._process is not None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    @property
    def standby(self) -> int | None:
        """The process that would take over, while there is one."""
        standby = self._standby
        return standby.pid if standby is not None and standby.poll() is None else None

    def _spawn(self) -> None:
        """Let the process that stands by begin, or a new one where there is none."""
        process, self._standby = self._standby, None
        if process is None or process.poll() is not None:
            process = self._made()
        self._process = process
        self._outbox = SimpleQueue()
        self._outbox.put(message_frame(Begin()))
        threading.Thread(target=self._write, args=(process, self._outbox), name="midi out", daemon=True).start()
        threading.Thread(target=self._attend, args=(process,), name="midi reports", daemon=True).start()

    def _made(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "livecode.midi", "--memory", self.memory.handle, "--system", self.system]
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(p for p in (root, os.environ.get("PYTHONPATH", "")) if p)
        debug = None if os.environ.get("LIVECODE_DEBUG") else subprocess.DEVNULL
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=debug,
            env={**os.environ, "PYTHONPATH": path},
            pass_fds=self.memory.inherited,
        )

    def _stand_by(self) -> None:
        """Have a successor ready: loading takes longer than a note may go on after the process was killed."""
        with self._lock:
            if self._standby is None and not self._stopping:
                self._standby = self._made()

    def _write(self, process: subprocess.Popen[bytes], outbox: SimpleQueue[bytes | None]) -> None:
        assert process.stdin is not None
        hurry(PRIORITY)
        with suppress(OSError, ValueError):  # it has died: its successor is told all anew
            while (data := outbox.get()) is not None:
                process.stdin.write(data)
                process.stdin.flush()
        with suppress(OSError):
            process.stdin.close()

    def _attend(self, process: subprocess.Popen[bytes]) -> None:
        """Read the reports to their end, and start another process unless the end was wanted."""
        assert process.stdout is not None
        hurry(PRIORITY)
        for _, data in frames(process.stdout):
            report = pickle.loads(data)
            if isinstance(report, Ports):
                self.ports = report
                self._known.set()
            self._tell(report)
            if isinstance(report, Ports):
                self._stand_by()
        process.wait()
        with self._lock:
            if process is self._process and not self._stopping:
                self._bury(process.returncode)

    def _tell(self, report: Report) -> None:
        if self._listener is not None:
            self._listener(report)
        else:
            self._reports.append(report)

    def _bury(self, code: int) -> None:
        self._process = None
        self._outbox.put(None)
        now = time.monotonic()
        self._deaths = [*(t for t in self._deaths if now - t < DEATH_WINDOW), now]
        if len(self._deaths) > DEATHS:
            self._tell(Trouble(f"the MIDI process does not start (code {code})"))
            self._known.set()
            return
        self._spawn()
        for message in self._opened.values():
            self._outbox.put(message_frame(message))
        data = b"".join(data for _, data in self._recent)
        kept = _to_come(data, time.monotonic_ns())
        if kept:
            self._outbox.put(frame(EVENTS, kept))
        self._outbox.put(message_frame(Look()))
        self._tell(Trouble(f"the MIDI process died (code {code}) and is started again"))

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
                case Panic():
                    self._recent.clear()
            self._outbox.put(message_frame(message))

    def push(self, records: bytes) -> None:
        """Queue timed records (see `records.EVENT`)."""
        if not records:
            return
        with self._lock:
            now = time.monotonic()
            self._recent.append((now, records))
            while self._recent and now - self._recent[0][0] > KEPT:
                self._recent.popleft()
            self._outbox.put(frame(EVENTS, records))

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
            self._stopping = True
            process, self._process = self._process, None
            standby, self._standby = self._standby, None
            self._outbox.put(message_frame(Quit()))
            self._outbox.put(None)
        if standby is not None:
            standby.kill()
            standby.communicate()
        if process is None:
            return
        try:
            process.wait(FAREWELL)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _to_come(data: bytes, now: int) -> bytes:
    """Give the records that are not past, and all cancellations, in their order."""
    out = bytearray()
    for at in range(0, len(data), EVENT.size):
        record = data[at : at + EVENT.size]
        when, _, _, kind, *_ = EVENT.unpack(record)
        if when >= now or kind in (CANCEL, CUT):
            out += record
    return bytes(out)
