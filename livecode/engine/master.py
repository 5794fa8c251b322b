"""The master stage: look-ahead limiter, meters and recording, on whole blocks of samples outside pyo."""

from __future__ import annotations

import math
import queue
import struct
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np

from livecode.engine.binding import Unit
from livecode.engine.meters import Hold
from livecode.engine.rig import Rig
from livecode.measure.limiting import Limiter
from livecode.measure.live import LiveMeter
from livecode.priority import beside

Wave = np.ndarray[Any, np.dtype[np.float64]]

CORNER = 5.0  # Hz
UNHEARD = 1e-7  # -140 dB
SAFETY = -0.3  # dBTP: the ceiling where the master chain has no limiter
BACKLOG = 4096  # blocks a recording may lag behind before it is given up


class DirectBlock:
    """A first-order high-pass at 5 Hz, computed a block at a time in closed form.

    pyo's own stands at 38 Hz, which takes 2 dB from a bass drum, and a biquad so low is not exact in 32 bits.
    """

    def __init__(self, rate: int, block: int) -> None:
        decay = math.exp(-2.0 * math.pi * CORNER / rate)
        self.falling = decay ** np.arange(1, block + 1)
        self.rising = (1.0 - decay) / self.falling
        self.mean = np.zeros((2, 1))
        self._work = np.zeros((2, block))

    def settle(self) -> bool:
        """Forget a mean that nobody hears; say whether it was so."""
        if float(np.abs(self.mean).max()) > UNHEARD:
            return False
        self.mean[:] = 0.0
        return True

    def process(self, block: Wave) -> Wave:
        """Take the slow mean from a block (2, n); what it gives is overwritten by the next.

        What is not finite counts as silence.
        """
        mean = self._work
        np.multiply(block, self.rising, out=mean)
        np.cumsum(mean, axis=1, out=mean)
        if not math.isfinite(mean[0, -1] + mean[1, -1]):
            return self.process(np.nan_to_num(block, copy=False, nan=0.0, posinf=0.0, neginf=0.0))
        mean += self.mean
        mean *= self.falling
        self.mean = mean[:, -1:].copy()
        return np.subtract(block, mean, out=mean)


class Recorder:
    """Writes blocks to a 32-bit float WAV file from a thread of its own."""

    def __init__(self, path: str, rate: int, trouble: Callable[[str, str], None]) -> None:
        self.trouble = trouble
        self.path = path
        self.file: IO[bytes] = Path(path).open("wb")  # noqa: SIM115 (the thread closes it)
        self.rate = rate
        self.frames = 0
        self.blocks: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._header()
        self.thread = beside("recorder", self._run)

    def _header(self) -> None:
        size = self.frames * 8
        fmt = struct.pack("<4sIHHIIHHH", b"fmt ", 18, 3, 2, self.rate, self.rate * 8, 8, 32, 0)
        fact = struct.pack("<4sII", b"fact", 4, self.frames)
        head = struct.pack("<4sI4s", b"RIFF", min(4 + len(fmt) + len(fact) + 8 + size, 0xFFFFFFFF), b"WAVE")
        self.file.write(head + fmt + fact + struct.pack("<4sI", b"data", min(size, 0xFFFFFFFF)))

    def write(self, block: bytes) -> None:
        if self.blocks.qsize() < BACKLOG:
            self.blocks.put(block)
        else:
            self.trouble(f"the disk is too slow for {self.path}: the recording has a hole", "")

    def _run(self) -> None:
        try:
            while (block := self.blocks.get()) is not None:
                self.file.write(block)
                self.frames += len(block) // 8
            self.file.seek(0)
            self._header()
            self.file.close()
        except OSError as error:
            self.trouble(f"cannot write {self.path}: {error.strerror}", "")

    def close(self, wait: float = 0.0) -> None:
        """End the file; the thread writes what is left, for which the caller may wait some seconds."""
        self.blocks.put(None)
        if wait:
            self.thread.join(wait)


class Master:
    """What leaves the master bus is read a block later, limited, metered, recorded and played."""

    def __init__(self, rig: Rig, outs: tuple[Unit, Unit], trouble: Callable[[str, str], None]) -> None:
        self.rig = rig
        self.trouble = trouble
        self.direct = DirectBlock(rig.rate, rig.block)
        self.limiter = Limiter(rig.rate, 10.0 ** (SAFETY / 20.0))
        self.latency = rig.block + self.limiter.latency
        self.captured = [rig.lane() for _ in outs]
        self.played = [rig.lane() for _ in outs]
        self.block = np.zeros((rig.block, 2), dtype=np.float32)  # what is heard in the present block
        self._raw = np.zeros((2, rig.block))
        self._ceiling: float | None = None
        self._reduction = 0.0  # dB, the most since it was read
        self.peaks = (0.0, 0.0)
        self.hold = Hold(rig)
        self.held = 0.0  # the highest peak of the last one to two seconds
        self.resting = False
        self.meter = LiveMeter(rig.rate, rig.block) if rig.metered else None
        self.recorder: Recorder | None = None
        self.units: list[Unit] = []
        for out, capture in zip(outs, self.captured, strict=True):
            self.units.append(rig.unit("TableFill", out, capture.table))
        for unit in self.units:
            unit.play()
        for channel, lane in enumerate(self.played):
            lane.scan.out(channel)

    def set_ceiling(self, decibel: float | None) -> None:
        if decibel != self._ceiling:
            self._ceiling = decibel
            self.limiter.ceiling = 10.0 ** (min(SAFETY if decibel is None else decibel, 0.0) / 20.0)

    def process(self, *, silent: bool = False) -> None:
        """Take the block the mixer computed last and play what the limiter makes of it.

        `silent` says that the mixer computed nothing: when all has died away here too, nothing more is done.
        """
        if self.resting and silent:
            self.held = self.hold.follow(0.0)
            if self.meter is not None:
                self.meter.feed(None)
            if self.recorder is not None:
                self.recorder.write(self.block.tobytes())
            return
        raw = self._raw
        raw[0], raw[1] = self.captured[0].samples, self.captured[1].samples
        heard = self.limiter.process(self.direct.process(raw))
        self._reduction = max(self._reduction, self.limiter.reduction)
        self.block[:] = heard.T
        if self.meter is not None:
            self.meter.feed(heard)
        self.played[0].samples[:], self.played[1].samples[:] = heard
        left, right = np.abs(heard).max(axis=1).tolist()
        self.peaks = left, right
        self.held = self.hold.follow(max(self.peaks))
        self.resting = silent and self.direct.settle() and self.limiter.empty and self.peaks == (0.0, 0.0)
        if self.recorder is not None:
            self.recorder.write(self.block.tobytes())

    def reduced(self) -> float:
        """Give the most that the limiter took since the last look, in dB."""
        most, self._reduction = self._reduction, 0.0
        return most

    def record(self, path: str) -> None:
        """Record to a file from the next block on, or stop with an empty path."""
        if self.recorder is not None:
            self.recorder.close()
            self.recorder = None
        if path:
            try:
                self.recorder = Recorder(path, self.rig.rate, self.trouble)
            except OSError as error:
                self.trouble(f"cannot record to {path}: {error.strerror}", "")
