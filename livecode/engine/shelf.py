"""Shared memory for decoded sound that outlives an engine: one that takes another's place finds it ready.

The control process makes it and only holds it; one engine at a time writes and reads. It takes memory only where
something was written.
"""

from __future__ import annotations

import struct
import sys
import threading
from dataclasses import dataclass
from hashlib import blake2b

from livecode.shared import SharedMemory

SIZE = 512 << 20  # bytes of sound
ENTRY = struct.Struct("<16sQQIIQ16x")  # key, offset, frames, channels, rate, 1 when all of it is there
ENTRIES = 4096
HEADER = ENTRIES * ENTRY.size
VALID = ENTRY.size - 24  # where the last word of an entry stands
FLOAT = 4  # bytes
PAGE = 4096


def key_of(*parts: object) -> bytes:
    """Give the key of what is told apart by some plain values."""
    return blake2b(repr(parts).encode(), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Place:
    """A sound on the shelf: channels of some frames, one after the other, at a rate."""

    slot: int
    offset: int
    frames: int
    channels: int
    rate: int

    @property
    def end(self) -> int:
        return self.offset + -(-self.frames * self.channels * FLOAT // PAGE) * PAGE


class Shelf:
    """The shared memory, made by the control process and opened by the engine; may be used from any thread."""

    def __init__(self, handle: str = "", size: int = SIZE) -> None:
        self.size = size
        self._places: dict[bytes, Place] = {}
        self._claims: dict[bytes, int] = {}  # how many use a sound
        self._lock = threading.Lock()
        self._shared = SharedMemory(HEADER + size, handle)
        if handle:
            self._bytes = memoryview(self._shared.map)
            self._read()

    # the control side

    @property
    def handle(self) -> str:
        return self._shared.handle

    @property
    def inherited(self) -> tuple[int, ...]:
        """The files that the engine must inherit."""
        return self._shared.inherited

    def close(self) -> None:
        self._shared.close()

    # the engine's side

    def _read(self) -> None:
        for slot in range(ENTRIES):
            key, offset, frames, channels, rate, valid = ENTRY.unpack_from(self._bytes, slot * ENTRY.size)
            if valid:
                self._places[key] = Place(slot, offset, frames, channels, rate)

    def find(self, key: bytes) -> Place | None:
        """Give the place of a sound, and claim it until it is dropped; None when it is not there."""
        with self._lock:
            place = self._places.get(key)
            if place is not None and self._bytes[place.slot * ENTRY.size + VALID]:
                self._claims[key] = self._claims.get(key, 0) + 1
                return place
            return None

    def make(self, key: bytes, channels: int, frames: int, rate: int) -> Place | None:
        """Give room for a sound that is to be written; None when there is none.

        What an engine before this one left, and nobody asked for since, makes way.
        """
        with self._lock:
            if key in self._places:
                return None
            place = self._fit(channels, frames, rate)
            if place is None:
                for old in [k for k in self._places if k not in self._claims]:
                    self._drop(old)
                place = self._fit(channels, frames, rate)
            if place is not None:
                self._places[key] = place
                self._claims[key] = 1
            return place

    def _fit(self, channels: int, frames: int, rate: int) -> Place | None:
        taken = sorted(self._places.values(), key=lambda p: p.offset)
        slots = {p.slot for p in taken}
        slot = next((i for i in range(ENTRIES) if i not in slots), None)
        if slot is None:
            return None
        offset = 0
        for place in taken:
            if Place(slot, offset, frames, channels, rate).end <= place.offset:
                break
            offset = place.end
        made = Place(slot, offset, frames, channels, rate)
        return made if made.end <= self.size else None

    def keep(self, key: bytes) -> None:
        """Let a sound be found by engines to come: all of it is written."""
        with self._lock:
            p = self._places[key]
            ENTRY.pack_into(self._bytes, p.slot * ENTRY.size, key, p.offset, p.frames, p.channels, p.rate, 0)
            self._bytes[p.slot * ENTRY.size + VALID] = 1

    def drop(self, key: bytes) -> None:
        """Let go of a sound; when nobody uses it any more, it is forgotten."""
        with self._lock:
            self._claims[key] -= 1
            if not self._claims[key]:
                self._drop(key)

    def _drop(self, key: bytes) -> None:
        self._claims.pop(key, None)
        self._bytes[self._places.pop(key).slot * ENTRY.size + VALID] = 0

    def data(self, place: Place) -> memoryview:
        """Give the memory of a place, as bytes."""
        start = HEADER + place.offset
        return self._bytes[start : start + place.frames * place.channels * FLOAT]


def shelf() -> Shelf | None:
    """Make a shelf where files can be inherited, which is everywhere but on Windows: there samples are read anew."""
    return None if sys.platform == "win32" else Shelf()
