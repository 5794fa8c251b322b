"""The engine in this process, computing as fast as it goes: rendering and tests."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import numpy as np

from livecode.engine.binding import Server
from livecode.engine.clock import Clock, Meters, levels
from livecode.engine.core import Engine
from livecode.engine.denormals import flush_denormals
from livecode.engine.records import Message, Quit, Ready, Report
from livecode.engine.tables import reclaim
from livecode.errors import SoundError


class OfflineEngine:
    """The engine on a clock that `advance` turns; the same records give the same bytes.

    pyo allows one running server a process: `stop` this engine before making the next.
    """

    def __init__(self, rate: int = 48000, block: int = 256, *, metered: bool = False) -> None:
        flush_denormals()  # as the live engine does: the same samples
        self._server = Server("manual", rate, block)
        self._engine = Engine(self._server, eager=True, metered=metered)
        self._fault: Exception | None = None
        self._server.start(self._begin)
        self._rest = np.zeros((0, 2), dtype=np.float32)
        self._running = True

    def _begin(self) -> None:
        """Open a block; a fault is kept, as pyo would only print it and go on with a sound that is wrong."""
        try:
            self._engine.begin_block()
        except Exception as error:  # noqa: BLE001 (whatever it is, `_process` raises it again)
            self._fault = error

    def _process(self) -> None:
        """Compute one block.

        Raises SoundError for a fault of the engine.
        """
        self._server.process()
        if self._fault is not None:
            raise SoundError(f"the engine failed: {self._fault!r}") from self._fault

    def wait_ready(self, timeout: float = 0.0) -> Ready:
        return Ready("offline", "", self._server.rate, self._server.block)

    @property
    def latency(self) -> int:
        """How many samples later than its time a note comes out."""
        return self._engine.latency

    def send(self, message: Message) -> None:
        if isinstance(message, Quit):
            self.stop()
        else:
            self._engine.send(message)

    def push(self, records: bytes | Iterable[bytes]) -> None:
        self._engine.push(records if isinstance(records, bytes) else b"".join(records))

    def clock(self) -> Clock:
        engine = self._engine
        return Clock(engine.sample, time.monotonic_ns(), self._server.rate, self._server.block, engine.latency)

    def now(self) -> float:
        return float(self._engine.sample - len(self._rest))

    def meters(self) -> Meters:
        engine = self._engine
        left, right = engine.master.peaks
        found = levels(engine.levels(), engine.mixer.order)
        return Meters(0.0, engine.voices, engine.late, 0, left, right, 0, found, engine.loudness, engine.master.held)

    def reports(self) -> list[Report]:
        out: list[Report] = list(self._engine.troubles)
        self._engine.troubles.clear()
        return out

    def advance(self, samples: int) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Compute so many samples of what leaves the master: (samples, 2), later than the notes by `latency`."""
        blocks = [self._rest]
        have = len(self._rest)
        while have < samples:
            self._process()
            blocks.append(self._engine.master.block.copy())
            have += self._server.block
        out = np.concatenate(blocks)
        self._rest = out[samples:]
        return out[:samples]

    def stop(self) -> None:
        if self._running:
            self._running = False
            self._engine.master.record("")
            self._server.close()
            reclaim()
