"""What was heard of late, kept so that it can be written to a file after the fact."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from livecode.engine.master import Recorder
from livecode.engine.records import Captured, Keep, Trouble
from livecode.priority import beside

SECONDS = 180.0  # that are kept: 69 MB at 48 kHz, taken as they are needed
MARGIN = 1.0  # s: what is older may be overwritten while it is read
PIECE = 4096  # frames that are copied at once: the audio thread waits for no longer
PATIENCE = 1.0  # s in which what has not quite been heard yet comes


class Past:
    """The last minutes of what left the master, block by block, in a ring."""

    def __init__(self, rate: int, block: int, tell: Callable[[Captured | Trouble], None]) -> None:
        self.rate = rate
        self.tell = tell
        blocks = -(-int(SECONDS * rate) // block)
        self._ring = np.zeros((blocks * block, 2), dtype=np.float32)
        self.begin = self.end = 0  # samples of the engine's clock that are there
        self._waiting: list[threading.Event] = []  # those of threads that wait for another block

    def take(self, block: np.ndarray[Any, Any], start: int) -> None:
        """Keep the block (frames, 2) that is heard from a sample on."""
        if start != self.end:
            self.begin = start
        place = start % len(self._ring)
        part = min(len(block), len(self._ring) - place)
        self._ring[place : place + part] = block[:part]
        if part < len(block):
            self._ring[: len(block) - part] = block[part:]
        self.end = start + len(block)
        for came in self._waiting:
            came.set()

    def keep(self, record: Keep, latency: int) -> None:
        """Write what the notes of some samples made to a file, from a thread of its own."""
        beside("keep", self._keep, record, latency)

    def _keep(self, record: Keep, latency: int) -> None:
        first, last = record.start + latency, record.start + latency + record.frames
        came = threading.Event()
        self._waiting.append(came)
        while self.end < last and came.wait(PATIENCE):
            came.clear()
        self._waiting.remove(came)
        oldest = max(self.begin, self.end - len(self._ring) + int(MARGIN * self.rate))
        start, stop = max(first, oldest), min(last, self.end)
        if start >= stop:
            self.tell(Trouble(f"nothing is left of what {record.path} was to hold: {SECONDS:g} s are kept"))
            return
        if start > first:
            self.tell(Trouble(f"the first {(start - first) / self.rate:.1f} s of {record.path} are gone and left out"))
        try:
            recorder = Recorder(record.path, self.rate, lambda message, bus: self.tell(Trouble(message)))
        except OSError as error:
            self.tell(Trouble(f"cannot write {record.path}: {error.strerror}"))
            return
        # What comes in meanwhile is written elsewhere in the ring.
        for at in range(start, stop, PIECE):
            places = np.arange(at, min(at + PIECE, stop)) % len(self._ring)
            recorder.write(self._ring[places].tobytes())
        recorder.close(wait=60.0)
        self.tell(Captured(record.number))
