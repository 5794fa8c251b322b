"""Hear what livecode plays into a JACK server, sample for sample."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np


class Capture:
    """A JACK client that connects to every port of livecode and keeps what comes."""

    def __init__(self, server: str, seconds: float) -> None:
        import jack

        self.client = jack.Client("capture", servername=server, no_start_server=True)
        self.rate: int = self.client.samplerate
        self.wanted = int(seconds * self.rate)
        self.audio = np.zeros((self.wanted, 2), dtype=np.float32)
        self.missed = np.zeros(self.wanted, dtype=bool)  # samples that this client did not get to hear
        self.count = 0
        self.first = 0
        self.lost = 0
        self.full = threading.Event()
        self.connected = False
        self.ports = [self.client.inports.register(f"in_{i}") for i in (1, 2)]
        self.client.set_process_callback(self._process)
        self.client.set_xrun_callback(self._xrun)

    def _process(self, frames: int) -> None:
        if not self.connected or self.full.is_set():
            return
        # By the server's own clock: a block that this client misses leaves a hole, and moves nothing.
        now = self.client.last_frame_time
        if not self.count:
            self.first = now
        at = (now - self.first) % 2**32
        self.missed[self.count : at] = True
        n = max(0, min(frames, self.wanted - at))
        for channel, port in enumerate(self.ports):
            self.audio[at : at + n, channel] = port.get_array()[:n]
        self.count = at + frames
        if self.count >= self.wanted:
            self.full.set()

    def _xrun(self, delay: float) -> None:
        self.lost += 1

    def __enter__(self) -> Capture:
        self.client.activate()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.deactivate()
        self.client.close()

    def connect(self, timeout: float = 10.0) -> None:
        """Connect to livecode's outputs as soon as they are there."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            sources: list[Any] = [p for p in self.client.get_ports(is_audio=True, is_output=True) if _ours(p.name)]
            if len(sources) >= 2 and self._joined(sources):
                self.connected = True
                return
            time.sleep(0.005)
        raise TimeoutError("livecode has no JACK ports")

    def _joined(self, sources: list[Any]) -> bool:
        """Connect, unless livecode has named its ports but not yet opened them."""
        import jack

        try:
            for source, port in zip(sources, self.ports, strict=False):
                if port not in self.client.get_all_connections(source):
                    self.client.connect(source, port)
        except jack.JackErrorCode:
            return False
        return True


def _ours(name: str) -> bool:
    return not name.startswith(("system:", "capture:"))


@contextmanager
def playing(file: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Let the real command play a file into JACK for a while."""
    player = subprocess.Popen(
        [sys.executable, "-m", "livecode.cli", "play", str(file), "--backend", "jack"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield player
    finally:
        player.terminate()
        player.wait(timeout=10)


def onsets(audio: np.ndarray[Any, Any], threshold: float, hold: int) -> list[int]:
    """Give the first samples above a threshold, each after `hold` samples below it."""
    loud = np.flatnonzero(np.abs(audio) > threshold)
    if not len(loud):
        return []
    starts = np.flatnonzero(np.diff(loud) > hold) + 1
    return [int(loud[0]), *(int(i) for i in loud[starts])]
