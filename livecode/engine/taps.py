"""The offline engine with ears on its buses: what leaves each of them, block by block."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from livecode.engine.binding import Unit
from livecode.engine.offline import OfflineEngine
from livecode.engine.tables import Lane

Wave = np.ndarray[Any, np.dtype[np.float32]]


class TappedEngine(OfflineEngine):
    """Keeps what leaves some buses until it is taken; it is not later than the notes.

    The master is heard before its limiter. A bus that comes only later was silent before.
    """

    def __init__(self, rate: int = 48000, block: int = 256, taps: Collection[str] = ()) -> None:
        super().__init__(rate, block)
        self._taps = tuple(taps)
        self._heard: dict[str, tuple[Lane, Lane]] = {}
        self._units: list[Unit] = []
        self._late: dict[str, int] = {}  # samples of each bus that come before its first notes can
        self._kept: dict[str, Wave] = {name: np.zeros((0, 2), dtype=np.float32) for name in taps}

    def advance(self, samples: int) -> Wave:
        """Compute so many samples, as any offline engine does, and hear what leaves the buses meanwhile."""
        if not self._taps:
            return super().advance(samples)
        self._listen()
        parts: dict[str, list[Wave]] = {name: [kept] for name, kept in self._kept.items()}
        block = self._server.block
        blocks = [self._rest]
        have = len(self._rest)
        while have < samples:
            self._process()
            blocks.append(self._engine.master.block.copy())
            have += block
            for name, found in parts.items():
                found.append(self._block(name))
        self._kept = {name: self._in_time(name, np.concatenate(found)) for name, found in parts.items()}
        out = np.concatenate(blocks)
        self._rest = out[samples:]
        return out[:samples]

    def _in_time(self, name: str, wave: Wave) -> Wave:
        """Leave out what comes before the first notes of a bus can."""
        bus = self._engine.mixer.buses.get(name)
        left = self._late.setdefault(name, bus.timing.out if bus is not None else 0)
        self._late[name] = max(0, left - len(wave))
        return wave[left:]

    def taken(self, samples: int) -> dict[str, Wave]:
        """Give the oldest samples that left the buses, (samples, 2) each, and forget them."""
        out = {name: kept[:samples] for name, kept in self._kept.items()}
        self._kept = {name: kept[samples:] for name, kept in self._kept.items()}
        return out

    def _listen(self) -> None:
        """Put an ear on every bus that is there by now."""
        rig = self._engine.rig
        for name in self._taps:
            bus = self._engine.mixer.buses.get(name)
            if bus is None or name in self._heard:
                continue
            lanes = rig.lane(), rig.lane()
            for out, lane in zip(bus.out, lanes, strict=True):
                unit = rig.unit("TableFill", out, lane.table)
                unit.play()
                self._units.append(unit)
            self._heard[name] = lanes

    def _block(self, name: str) -> Wave:
        lanes = self._heard.get(name)
        bus = self._engine.mixer.buses.get(name)
        if lanes is None or bus is None or bus.asleep:
            return np.zeros((self._server.block, 2), dtype=np.float32)
        return np.stack((lanes[0].samples, lanes[1].samples), axis=1)
