"""Hands on a keyboard: which keys sound, those that only the pedal holds among them, and how they are heard at once."""

from __future__ import annotations

import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from livecode.midi import messages
from livecode.shared import Ring

ALL_SOUND_OFF, ALL_NOTES_OFF = 120, 123  # controllers that let go of every key of a channel
DOWN = 64  # from which value on the pedal is down


@dataclass(frozen=True, slots=True)
class Struck:
    """What the engine is sent when a key goes down and up: records of its own, which mean nothing here.

    Each of the levels is the place of a float in them, its value at velocity 0 and what each step of velocity adds.
    """

    down: bytes
    levels: tuple[tuple[int, float, float], ...]
    up: bytes

    def at(self, velocity: int) -> bytes:
        """Give the records of a velocity, 1 to 127."""
        made = bytearray(self.down)
        for place, low, step in self.levels:
            struct.pack_into("<f", made, place, low + step * velocity)
        return bytes(made)


@dataclass(slots=True)
class Hand:
    """The keys of one keyboard; a pedal holds what is let go until it goes up itself."""

    down: set[tuple[int, int]] = field(default_factory=set)  # channel and key, as those below
    held: set[tuple[int, int]] = field(default_factory=set)  # by the pedal alone
    pedals: set[int] = field(default_factory=set)  # channels

    def take(self, message: bytes) -> Iterator[tuple[int, int]]:
        """Give what begins and ends with a message: a key and its velocity, 0 for one that ends."""
        kind, channel = message[0] & 0xF0, message[0] & 15
        if kind in (messages.NOTE_ON, messages.NOTE_OFF):
            place, velocity = (channel, message[1]), message[2] if kind == messages.NOTE_ON else 0
            self.down.discard(place)
            self.held.discard(place)
            if velocity:
                self.down.add(place)
                yield message[1], velocity
            elif channel in self.pedals:
                self.held.add(place)
            else:
                yield message[1], 0
        elif kind == messages.CONTROL and message[1] == messages.PEDAL:
            if message[2] >= DOWN:
                self.pedals.add(channel)
            elif channel in self.pedals:
                self.pedals.remove(channel)
                yield from self._end(self.held, channel)
        elif kind == messages.CONTROL and message[1] in (ALL_SOUND_OFF, ALL_NOTES_OFF):
            yield from self._end(self.down, channel)
            yield from self._end(self.held, channel)

    def let_go(self) -> list[tuple[int, int]]:
        """Give the end of all that sounds: nobody hears any more when a key goes up."""
        keys = {key for _, key in self.down | self.held}
        self.down.clear()
        self.held.clear()
        self.pedals.clear()
        return [(key, 0) for key in sorted(keys)]

    @staticmethod
    def _end(places: set[tuple[int, int]], channel: int) -> list[tuple[int, int]]:
        ended = sorted(place for place in places if place[0] == channel)
        places.difference_update(ended)
        return [(key, 0) for _, key in ended]


class Players:
    """Lets what is played on each input be heard without asking the control process; any thread may call.

    An input without an instrument is only listened to.
    """

    def __init__(self, ring: Ring | None) -> None:
        self._ring = ring
        self._lock = threading.Lock()  # the ring has one writer
        self._hands: dict[int, Hand] = {}
        self._keys: dict[int, tuple[Struck, ...]] = {}

    def give(self, number: int, keys: tuple[Struck, ...]) -> None:
        """Give an input its instrument, 128 keys, or none; what sounds of another one is let go."""
        with self._lock:
            old = self._keys.get(number, ())
            if old and keys and self._ring is not None and [key.up for key in old] != [key.up for key in keys]:
                self._ring.push(b"".join(key.up for key in old))
            if keys:
                self._keys[number] = keys
            else:
                self._keys.pop(number, None)

    def play(self, number: int, message: bytes) -> bool:
        """Take a message of an input; tells whether it was played here."""
        with self._lock:
            return self._strike(number, list(self._hands.setdefault(number, Hand()).take(message)))

    def let_go(self, number: int) -> None:
        """End what sounds of an input that is gone."""
        with self._lock:
            self._strike(number, self._hands.setdefault(number, Hand()).let_go())

    def _strike(self, number: int, struck: list[tuple[int, int]]) -> bool:
        keys = self._keys.get(number)
        if not keys or self._ring is None:
            return False
        return self._ring.push(b"".join(keys[k].at(v) if v else keys[k].up for k, v in struck))
