"""What comes in from outside, caught sample by sample and then played like any sample."""

from __future__ import annotations

import ctypes
import queue
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from livecode.engine.binding import Server
from livecode.engine.records import Capture, Captured, Trouble
from livecode.engine.samples import LONGEST, PAD, Frames, Laid, Samples
from livecode.engine.shelf import key_of
from livecode.priority import beside

LOUDEST = 8.0  # where what comes in is cut
EARLIER = 2.0  # s of what came in that are kept, for a capture that is asked for or prepared late


def inputs(server: Server) -> Frames:
    """Show the block that has just come in: (frames, channels), as the server writes it."""
    address = server.base.getInputAddr() if server.inputs else None
    if not address:
        return np.zeros((server.block, 0), dtype=np.float32)
    pointer = ctypes.cast(int(address, 16), ctypes.POINTER(ctypes.c_float))
    return np.ctypeslib.as_array(pointer, (server.block, server.inputs))


@dataclass(frozen=True, slots=True)
class Catch:
    """One capture under way: where it goes, and whether nothing of it was there before."""

    record: Capture
    laid: Laid
    fresh: bool


class Captures:
    """The captures of one engine; a successor goes on with what an engine before it had begun."""

    def __init__(self, server: Server, samples: Samples, tell: Callable[[Captured | Trouble], None]) -> None:
        self.samples = samples
        self.incoming = inputs(server)
        self.limit = round(LONGEST * server.rate)
        self.rate = server.rate
        self.tell = tell
        self._prepared: queue.SimpleQueue[Catch] = queue.SimpleQueue()
        self._catching: list[Catch] = []
        self._heard: deque[tuple[int, Frames]] = deque(maxlen=max(1, int(EARLIER * server.rate) // server.block))

    def begin(self, record: Capture) -> None:
        """Give a number a sample that fills as sound comes in."""
        if not self.incoming.shape[1]:
            self.tell(Trouble("nothing comes in: the sound device has no input"))
            self.tell(Captured(record.number))
            return
        # a long one takes longer to be emptied than the audio thread may wait
        beside("capture", self._prepare, record)

    def _prepare(self, record: Capture) -> None:
        frames = min(max(record.frames, 1), self.limit)
        channels = min(max(record.channels, 1), 2)
        key = key_of("captured", record.number, record.start, record.frames, record.channels, self.rate)
        laid = self.samples.found(key)
        fresh = laid is None
        if laid is None:
            laid = self.samples.room(key, channels, frames, self.rate)
            laid.data.fill(0.0)
            self.samples.keep(laid)
        self._prepared.put(Catch(record, laid, fresh))

    def process(self, start: int) -> None:
        """Take the block that has just come in, which began at a sample."""
        if not self.incoming.shape[1]:
            return
        while not self._prepared.empty():
            self._show(self._prepared.get(), start)
        for catch in list(self._catching):
            self._take(catch, self.incoming, start)
        self._heard.append((start, self.incoming.copy()))

    def _show(self, catch: Catch, start: int) -> None:
        record = catch.record
        self._catching = [c for c in self._catching if c.record.number != record.number]
        tape = self.samples.renew(record.number, record)
        tape.pinned = True
        tape.failed = not self.samples.show(tape, catch.laid, "what comes in")
        if tape.failed:
            self.tell(Captured(record.number))
            return
        self._catching.append(catch)
        if not catch.fresh or record.start >= start:
            return
        known = self._heard[0][0] if self._heard else start
        if record.start + record.frames <= known:
            self.tell(Trouble("what was captured is lost"))
        elif record.start < known:
            self.tell(Trouble(f"the first {(known - record.start) / self.rate:.1f} s of what was captured are lost"))
        for at, block in self._heard:
            if catch in self._catching and at + len(block) > record.start:
                self._take(catch, block, at)

    def _take(self, catch: Catch, block: Frames, start: int) -> None:
        data = catch.laid.data
        frames = data.shape[1] - PAD
        at = start - catch.record.start
        first, last = max(at, 0), min(at + len(block), frames)
        if last > first:
            part = np.clip(np.nan_to_num(block[first - at : last - at]), -LOUDEST, LOUDEST)
            for channel, row in enumerate(data):
                row[first:last] = part[:, channel % part.shape[1]]
        if at + len(block) >= frames:
            self._catching.remove(catch)
            self.tell(Captured(catch.record.number))
