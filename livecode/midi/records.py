"""What the control process sends to the MIDI process and hears back: plain data."""

from __future__ import annotations

import pickle
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from livecode.midi.hands import Struck

# One timed record: monotonic ns, port number, source, kind, count of data bytes, duration in ns, data.
EVENT = struct.Struct("<qHHBBxxq8s")
SEND = 0  # data: a message of at most 8 bytes
STREAM = 1  # the same, and dropped when it says what was said last
NOTE = 2  # data: channel, key, velocity, velocity of the release, and perhaps a tag (16 bits, low first)
MPE_NOTE = 3  # data: key, velocity, bend (14 bits, low first), pressure, slide; 255: not given; perhaps a tag
LONG = 4  # data: a part of a long message; the last part has fewer than 8 bytes
CANCEL = 5  # at once: forget what is queued for this time or later, of one source or EVERY
CUT = 6  # at this time: end the notes of a source, or of EVERY, that began before
MOVE = 7  # data: a tag, a message for the channel of its note while that sounds; duration: when the note begins
EVERY = 0xFFFF  # as a source or a port
CLOCK_SOURCE = 0xFFFE  # clock, start, stop, song position
LIVE_SOURCE = 0xFFFD  # what is played or said by hand
ABSENT = 255
# s after another has died in which nothing is asked of the system: JACK attends to one thing at a time, and nothing is
# heard before it has let go of the dead
MOURNING = 0.2


def event(at: int, port: int, source: int, kind: int, data: bytes = b"", duration: int = 0) -> bytes:
    """Pack a timed record; data longer than 8 bytes becomes LONG records."""
    if kind == SEND and len(data) > 8:
        parts = [data[i : i + 8] for i in range(0, len(data) + 1, 8)]
        return b"".join(EVENT.pack(at, port, source, LONG, len(p), 0, p) for p in parts)
    return EVENT.pack(at, port, source, kind, len(data), duration, data)


@dataclass(frozen=True, slots=True)
class Begin:
    """Take up the work: until then the process only stands by, with all it needs loaded."""


@dataclass(frozen=True, slots=True)
class OpenOut:
    """Open an output, or change its settings; `name` is part of a port's name."""

    number: int
    name: str
    offset_ns: int = 0
    mpe: int = 0
    virtual: bool = False


@dataclass(frozen=True, slots=True)
class CloseOut:
    number: int


@dataclass(frozen=True, slots=True)
class OpenIn:
    number: int
    name: str
    virtual: bool = False


@dataclass(frozen=True, slots=True)
class CloseIn:
    number: int


@dataclass(frozen=True, slots=True)
class Instrument:
    """What is heard at once when a key of an input goes down or up: 128 keys, or none."""

    number: int
    keys: tuple[Struck, ...] = ()


@dataclass(frozen=True, slots=True)
class Panic:
    """Forget everything queued, close every note and silence every channel of every port."""


@dataclass(frozen=True, slots=True)
class Look:
    """Ask for the list of ports."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Ask how late each record was since this was last asked; the first time, measuring begins."""


@dataclass(frozen=True, slots=True)
class Quit:
    pass


Message = Begin | OpenOut | CloseOut | OpenIn | CloseIn | Instrument | Panic | Look | Measure | Quit


@dataclass(frozen=True, slots=True)
class Ports:
    """Every port of this machine; `reason` says why there are none."""

    outs: tuple[str, ...]
    ins: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The process stands by with all ports open."""


@dataclass(frozen=True, slots=True)
class Opened:
    number: int
    name: str
    input: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """A port is not there, or has vanished; it is opened as soon as it comes."""

    number: int
    name: str
    input: bool


@dataclass(frozen=True, slots=True)
class Received:
    """A message from an input, the monotonic time at which it came, and at which the engine had what it plays.

    That is 0 where it has no instrument here.
    """

    number: int
    at: int
    message: bytes
    played: int = 0


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late each record was, in ns."""

    late: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    message: str
    forgotten: bool = False  # which keys are down at the inputs


Report = Ports | Standing | Opened | Lost | Received | Lateness | Trouble

# Frames on the pipes: length, and whether timed records or a pickled message follow.
FRAME = struct.Struct("<IB")
EVENTS, MESSAGE = 0, 1


def frame(kind: int, data: bytes) -> bytes:
    return FRAME.pack(len(data), kind) + data


def message_frame(message: Any) -> bytes:
    return frame(MESSAGE, pickle.dumps(message, protocol=5))


def frames(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Read frames until the other side is gone."""
    while True:
        head = stream.read(FRAME.size)
        if len(head) < FRAME.size:
            return
        size, kind = FRAME.unpack(head)
        data = stream.read(size)
        if len(data) < size:
            return
        yield kind, data
