"""A watch over a thread: what takes too long there is broken off, so that the rest can go on."""

from __future__ import annotations

import ctypes
import threading
import time
from types import TracebackType

from livecode.errors import LiveError

LOOK = 0.25  # seconds between two looks


class Overdue(LiveError):
    """What is being asked takes so long that the music would stop."""

    phase = "playing"

    def __init__(self) -> None:
        super().__init__("this takes too long to play, so it is silent", hint="evaluate it again once it is simpler")


class Watchdog:
    """Raises Overdue in the thread that works `with` it, each time that it has worked for some seconds.

    Python raises it between two steps of its own, so a single long step of a library is not broken off.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._since: float | None = None
        self._worker = 0
        self._over = threading.Event()

    def __enter__(self) -> None:
        with self._lock:
            self._worker = threading.get_ident()
            self._since = worked(self._worker)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._since = None
            _interrupt(self._worker, None)  # one that is under way comes too late

    def start(self) -> None:
        """Watch from now on."""
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def stop(self) -> None:
        """Watch no longer."""
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(min(LOOK, self._patience / 2)):
            with self._lock:
                if self._since is not None and worked(self._worker) - self._since > self._patience:
                    self._since = worked(self._worker)
                    _interrupt(self._worker, Overdue)


def worked(thread: int) -> float:
    """Give the seconds that a thread has worked; where the system does not count them, those that have passed."""
    if hasattr(time, "pthread_getcpuclockid"):
        return time.clock_gettime(time.pthread_getcpuclockid(thread))
    return time.monotonic()


def _interrupt(thread: int, error: type[BaseException] | None) -> None:
    wanted = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), wanted)
