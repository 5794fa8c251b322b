"""Deliveries beside a performance: a process of their own renders, so that what plays is not disturbed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any

from livecode.deliver.children import uninterrupted
from livecode.deliver.job import Contrast, Job
from livecode.errors import LiveError

PATIENCE = 5.0  # seconds for a process to clean up
NICE = 10  # what plays goes first


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that was asked for; `prepare` makes its job in this process, where the patterns are."""

    name: str
    prepare: Callable[[], Job | Contrast]


class Deliveries:
    """Carries out one delivery after the other; `tell` hears how each ended."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.part = 0.0  # of the one under way that is done
        self._tell = tell
        self._over = threading.Event()
        self._waiting: list[Waiting] = []
        self._lock = threading.Lock()
        self._process: Any = None
        self._thread: threading.Thread | None = None

    @property
    def names(self) -> list[str]:
        """What is under way, and what waits behind it."""
        return [w.name for w in self._waiting]

    def add(self, name: str, prepare: Callable[[], Job | Contrast]) -> None:
        """Deliver something as soon as what was asked for before is finished."""
        with self._lock:
            self._waiting.append(Waiting(name, prepare))
            if len(self._waiting) == 1:
                self._thread = threading.Thread(target=self._run, name="deliveries", daemon=True)
                self._thread.start()

    def join(self, timeout: float | None = None) -> None:
        """Wait until all is delivered."""
        if self._thread is not None:
            self._thread.join(timeout)

    def stop(self) -> None:
        """Give up what is not finished; no half file is left."""
        self._over.set()
        process = self._process
        if process is not None and process.is_alive():
            process.terminate()
            process.join(PATIENCE)
        self.join(PATIENCE)

    def _run(self) -> None:
        while True:
            self.part = 0.0
            try:
                said = self._carried_out(self._waiting[0])
            except LiveError as error:
                said = error.render()
            if said:
                self._tell(said)
            with self._lock:
                self._waiting.pop(0)
                if not self._waiting or self._over.is_set():
                    return

    def _carried_out(self, one: Waiting) -> str:
        """Carry out one delivery; gives what is to be told of it."""
        job = one.prepare()
        if self._over.is_set():
            return ""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=work, args=(job, theirs))
        with uninterrupted():
            self._process.start()
        theirs.close()
        try:
            while True:
                word, value = ours.recv()
                if word == "said":
                    return str(value)
                self.part = value
        except (EOFError, OSError):
            return "" if self._over.is_set() else f"{one.name}: the process that delivers it has died"
        finally:
            ours.close()
            self._process.join()


def work(job: Job | Contrast, pipe: Connection) -> None:
    """Carry out a job in a process of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at the prompt is not meant for it
    signal.signal(signal.SIGTERM, _leave)
    with suppress(OSError, AttributeError):  # not every system knows it
        os.nice(NICE)
    from livecode.deliver.run import contrast, deliver

    try:
        if isinstance(job, Contrast):
            said = contrast(job)
        else:
            said = "\n".join(deliver(job, lambda part, label: pipe.send(("part", part))).said)
    except LiveError as error:
        said = error.render()
    pipe.send(("said", said))


def _leave(number: int, frame: FrameType | None) -> None:
    """End as after Ctrl-C, so that half files are taken away."""
    raise KeyboardInterrupt
