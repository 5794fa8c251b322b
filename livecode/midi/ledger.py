"""The ledger: which keys are down on which port and channel, in memory that outlives the process that sends."""

from __future__ import annotations

import mmap
import time
from collections.abc import Iterator

PORTS = 32
CHANNELS, KEYS = 16, 128
NAME = 256  # bytes for a port's name, its length in the first two
PEDALS = NAME
RUNNING = PEDALS + CHANNELS  # 1: the port was told to start
COUNTS = NAME + 2 * CHANNELS
SLOT = COUNTS + CHANNELS * KEYS
TIMES = PORTS * SLOT  # when each key of each port was let go, in ns
SIZE = TIMES + PORTS * CHANNELS * KEYS * 8
LATELY = 1_000_000_000  # ns for which a note-off may have been lost with the process that had handed it over


class Ledger:
    """Counts how many notes hold each key down.

    A key is written down before its note-on is sent and struck out after its note-off, so whoever reads the ledger
    after a crash closes a note too many rather than one too few: what was struck out lately too, for the system sends
    a message later than it takes it.
    """

    def __init__(self, memory: bytearray | mmap.mmap | None = None) -> None:
        self.bytes = memoryview(memory if memory is not None else bytearray(SIZE))
        self._times = self.bytes[TIMES:SIZE].cast("q")

    def slot(self, name: str) -> int:
        """Give the place of a port, by its full name; a free one where it has none.

        Raises ValueError when there are too many ports.
        """
        encoded = name.encode()[: NAME - 2]
        free = -1
        for slot in range(PORTS):
            at = slot * SLOT
            length = int.from_bytes(self.bytes[at : at + 2], "little")
            if length == len(encoded) and self.bytes[at + 2 : at + 2 + length] == encoded:
                return slot
            if length == 0 and free < 0:
                free = slot
        if free < 0:
            free = next((s for s in range(PORTS) if not self.busy(s)), -1)
            if free < 0:
                raise ValueError(f"there is room for {PORTS} MIDI ports")
        at = free * SLOT
        self.bytes[at + 2 : at + 2 + len(encoded)] = encoded
        self.bytes[at : at + 2] = len(encoded).to_bytes(2, "little")
        return free

    def name(self, slot: int) -> str:
        at = slot * SLOT
        return bytes(self.bytes[at + 2 : at + 2 + int.from_bytes(self.bytes[at : at + 2], "little")]).decode(
            errors="replace"
        )

    def press(self, slot: int, channel: int, key: int) -> int:
        """Write a note down; gives how many held the key before."""
        at = slot * SLOT + COUNTS + channel * KEYS + key
        held = self.bytes[at]
        self.bytes[at] = min(held + 1, 255)
        return held

    def release(self, slot: int, channel: int, key: int) -> int:
        """Strike a note out; gives how many hold the key still, or -1 where none did."""
        at = slot * SLOT + COUNTS + channel * KEYS + key
        held = self.bytes[at]
        if held == 0:
            return -1
        self._times[(slot * CHANNELS + channel) * KEYS + key] = time.monotonic_ns()
        self.bytes[at] = held - 1
        return held - 1

    def held(self, slot: int, channel: int, key: int) -> int:
        return self.bytes[slot * SLOT + COUNTS + channel * KEYS + key]

    def pedal(self, slot: int, channel: int, down: bool) -> None:
        self.bytes[slot * SLOT + PEDALS + channel] = down

    def running(self, slot: int, on: bool) -> None:
        self.bytes[slot * SLOT + RUNNING] = on

    def is_running(self, slot: int) -> bool:
        return bool(self.bytes[slot * SLOT + RUNNING])

    def sounding(self, slot: int) -> Iterator[tuple[int, int]]:
        """Give the channel and key of everything that is down."""
        at = slot * SLOT + COUNTS
        counts = bytes(self.bytes[at : at + CHANNELS * KEYS])
        for i, count in enumerate(counts):
            if count:
                yield divmod(i, KEYS)

    def lately(self, slot: int) -> list[tuple[int, int]]:
        """Give the channel and key of what is down or was so in the last second."""
        since = time.monotonic_ns() - LATELY
        at = slot * CHANNELS * KEYS
        gone = {divmod(i, KEYS) for i, when in enumerate(self._times[at : at + CHANNELS * KEYS]) if when > since}
        return sorted(gone.union(self.sounding(slot)))

    def pedals(self, slot: int) -> list[int]:
        """Give the channels whose pedal is down."""
        at = slot * SLOT + PEDALS
        return [c for c in range(CHANNELS) if self.bytes[at + c]]

    def busy(self, slot: int) -> bool:
        """Tell whether anything must be closed on a port."""
        at = slot * SLOT + PEDALS
        return any(bytes(self.bytes[at : (slot + 1) * SLOT]))

    def clear(self, slot: int) -> None:
        """Strike everything of a port out."""
        now = time.monotonic_ns()
        for channel, key in self.sounding(slot):
            self._times[(slot * CHANNELS + channel) * KEYS + key] = now
        at = slot * SLOT + PEDALS
        self.bytes[at : (slot + 1) * SLOT] = bytes(SLOT - PEDALS)
