"""Shared memory between the control process and the engine: a ring of events one way, clock and meters the other.

One side writes each word and the other reads it.
"""

from __future__ import annotations

import struct

from livecode.engine.clock import NUMBERS, Clock, Meters, levels
from livecode.engine.records import EVENT
from livecode.measure.reading import SILENT, Loudness
from livecode.shared import Ring, SharedMemory

SLOTS = 16384
BUSES = 128  # whose levels are published
HEADER = 8192
WAVE = 8192  # frames of what is heard that are kept to be looked at
FRAME = 8  # bytes: two 32-bit floats
EVENTS_END = HEADER + SLOTS * EVENT.size
SIZE = EVENTS_END + FRAME * WAVE

# words of 8 bytes behind the counters of the ring; those of each writer have cache lines of their own
SEQUENCE = 16  # how many clocks were told
CLOCKS = 8 * 17, 8 * 22  # the bytes where an even and an odd one stand
LATE, DROPOUTS, OVERRUNS, VOICES, COUNT, MARKED = range(27, 33)
LOAD, LEFT, RIGHT, HELD = range(33, 37)
LOUDNESS = 40
LEVELS = 48
SHOWN = LEVELS + NUMBERS * BUSES  # frames that have been shown in all

CLOCK = struct.Struct("=QQQQQ")


class Memory:
    """The shared memory, made by the control process and opened by the engine."""

    def __init__(self, handle: str = "") -> None:
        self._shared = SharedMemory(SIZE, handle)
        self.handle = self._shared.handle
        self.bytes = memoryview(self._shared.map)
        self.words = self.bytes[:HEADER].cast("Q")
        self.numbers = self.bytes[:HEADER].cast("d")
        self.events = Ring(self.bytes, EVENT.size, SLOTS, HEADER)

    @property
    def inherited(self) -> tuple[int, ...]:
        """The files that the engine must inherit."""
        return self._shared.inherited

    def close_file(self) -> None:
        self._shared.close()

    def push(self, records: bytes) -> bool:
        """Append events, all or none; say whether there was room."""
        return self.events.push(records)

    def drain(self) -> bytes:
        """Take every event that has arrived."""
        return self.events.drain()

    def publish(
        self, clock: Clock, counts: tuple[int, int, int, int], levels: tuple[float, float, float, float]
    ) -> None:
        """Tell the clock, the counts (late, dropouts, overruns, voices) and the levels (load, left, right, held)."""
        words, numbers = self.words, self.numbers
        sequence = words[SEQUENCE] + 1
        at = CLOCKS[sequence % 2]
        CLOCK.pack_into(self.bytes, at, clock.sample, clock.monotonic_ns, clock.rate, clock.block, clock.latency)
        words[LATE], words[DROPOUTS], words[OVERRUNS], words[VOICES] = counts
        numbers[LOAD], numbers[LEFT], numbers[RIGHT], numbers[HELD] = levels
        words[SEQUENCE] = sequence

    def publish_mark(self, number: int) -> None:
        """Tell the last mark that was reached."""
        self.words[MARKED] = number

    def marked(self) -> int:
        return self.words[MARKED]

    def publish_levels(self, levels: list[float], loudness: Loudness) -> None:
        """Tell the numbers of the meters of the buses, and the loudness of the master."""
        levels = levels[: NUMBERS * BUSES]
        self.words[COUNT] = len(levels)
        for i, number in enumerate(loudness, LOUDNESS):
            self.numbers[i] = number
        for i, number in enumerate(levels, LEVELS):
            self.numbers[i] = number

    def show(self, wave: bytes) -> None:
        """Show the newest frames of what is heard (32-bit floats, two channels in turn)."""
        shown = self.words[SHOWN]
        at = FRAME * (shown % WAVE)
        head = min(len(wave), FRAME * WAVE - at)
        self.bytes[EVENTS_END + at : EVENTS_END + at + head] = wave[:head]
        if head < len(wave):
            self.bytes[EVENTS_END : EVENTS_END + len(wave) - head] = wave[head:]
        self.words[SHOWN] = shown + len(wave) // FRAME

    def wave(self, count: int) -> bytes:
        """Read the newest frames that were shown, at most so many; what is written meanwhile may be torn."""
        shown = self.words[SHOWN]
        count = min(count, shown, WAVE)
        first = (shown - count) % WAVE
        ring = bytes(self.bytes[EVENTS_END:])
        return (ring + ring)[FRAME * first : FRAME * (first + count)]

    def clock(self) -> Clock | None:
        """Read the clock; None before the engine's first block.

        The clock being written is never the one that is read, so a writer that dies at it keeps nobody waiting.
        """
        words = self.words
        while sequence := words[SEQUENCE]:
            found = Clock(*CLOCK.unpack_from(self.bytes, CLOCKS[sequence % 2]))
            if words[SEQUENCE] == sequence:
                return found
        return None

    def meters(self, names: list[str]) -> Meters:
        """Read the counts, the levels of the buses of these names, and the loudness."""
        words, numbers = self.words, self.numbers
        found = levels(list(numbers[LEVELS : LEVELS + words[COUNT]]), names)
        loudness = Loudness(*numbers[LOUDNESS : LOUDNESS + len(Loudness._fields)]) if words[COUNT] else SILENT
        return Meters(
            numbers[LOAD],
            words[VOICES],
            words[LATE],
            words[DROPOUTS],
            numbers[LEFT],
            numbers[RIGHT],
            words[OVERRUNS],
            found,
            loudness,
            numbers[HELD],
        )
