"""The sender: a queue of timed messages to several ports, and the ledger that lets no note hang."""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import product

from livecode.midi import messages
from livecode.midi.ledger import CHANNELS, KEYS, Ledger
from livecode.midi.mpe import MEMBER_BEND, Zone
from livecode.midi.ports import Port
from livecode.midi.records import (
    ABSENT,
    CANCEL,
    CUT,
    EVENT,
    EVERY,
    LIVE_SOURCE,
    LONG,
    MOVE,
    MPE_NOTE,
    NOTE,
    SEND,
    STREAM,
)

# At equal times a cut comes first, then the ends of notes, then what prepares a note, then notes.
OFF, AGAIN = 100, 101
RANK = {CUT: 0, OFF: 1, AGAIN: 1, SEND: 2, STREAM: 2, NOTE: 3, MPE_NOTE: 3, MOVE: 4}
SLIDE = 74  # the controller of MPE's third dimension
ADDRESS = re.compile(r" \d+:\d+$")  # ALSA's, behind the name; another one after every plugging in
NEAR = 200_000  # ns: what begins so little before a cut or cancellation is meant for after it
FORGIVEN = 2_000_000_000  # ns: what is later than this was meant for another life, and is dropped


@dataclass(slots=True, eq=False)
class Held:
    """A note that sounds: what ends it, and who began it."""

    port: int
    channel: int
    key: int
    velocity: int  # of the release
    source: int
    began: int  # its own time, before the port's offset
    order: int  # in which its record came
    zone: Zone | None = None
    tag: int = 0  # by which what moves while it sounds finds it; 0: nothing does
    over: bool = False


@dataclass(slots=True)
class Output:
    """A port as the sender sees it: open, or lost for now."""

    name: str
    port: Port | None = None
    slot: int = -1
    offset: int = 0  # ns
    zone: Zone | None = None
    said: dict[bytes, bytes] = field(default_factory=dict)  # the last message of everything streamed
    # channel and key of what was let go since the port was seen last, and since it was seen before that
    ended: set[tuple[int, int]] = field(default_factory=set)
    ended_before: set[tuple[int, int]] = field(default_factory=set)


Begun = tuple[int, int, int]  # source, time, order
Queued = tuple[int, int, int, int, int, int, int, bytes]  # due, rank, order, time, port, source, kind, data


class Sender:
    """Does everything that is due, in order; knows no clock and no thread.

    `lost` is told the number of a port that turns out to be gone.
    """

    def __init__(self, ledger: Ledger, lost: Callable[[int], None] = lambda number: None) -> None:
        self.ledger = ledger
        self.lost = lost
        self.outputs: dict[int, Output] = {}
        self.clock: Callable[[], int] | None = None  # ns; when given, `late` grows
        self.late: list[int] = []  # ns between the time of each record and the moment its message was handed over
        self._queue: list[Queued] = []
        self._ends: dict[int, Held] = {}  # order of an OFF -> its note
        self._held: list[Held] = []
        self._lengths: dict[int, int] = {}  # order of a note -> its duration; of a move -> the begin of its note
        self._long: dict[int, bytearray] = {}  # port -> the parts of a long message
        self._cuts: dict[tuple[int, int], int] = {}  # port, source -> up to when the last cut has ended its notes
        self._order = 0

    # ports

    def configure(self, number: int, name: str, offset: int, members: int) -> Output:
        """Make an output or change its settings; what sounds on one that changes its zone ends."""
        output = self.outputs.get(number)
        if output is None:
            output = self.outputs[number] = Output(name)
        if (output.zone.members if output.zone else 0) != members:
            self.close(number)
            output.zone = Zone(members) if members else None
            for message in output.zone.setup() if output.zone and output.port else ():
                self._send(output, number, message)
        output.name, output.offset = name, offset
        return output

    def attach(self, number: int, port: Port, again: Iterable[int] = ()) -> None:
        """Give an output its port; what a former life or a lost cable left sounding on it is closed first.

        All this is said again at some times, with what was let go by then, since nobody tells when the port surely
        hears.
        """
        output = self.outputs[number]
        output.port = port
        first = output.slot < 0  # in this process: another may have died with messages on their way
        said = self._close_ledger(number, output)  # what sounded may come back under another name
        output.slot = self.ledger.slot(ADDRESS.sub("", port.name))
        output.said.clear()
        said += self._close_ledger(number, output, lately=first)
        for message in output.zone.setup() if output.zone else ():
            self._send(output, number, message)
            said.append(message)
        ended = self._let_go(output)
        for at, message in product(again, [b"", *(m for m in said if m not in ended)]):
            self._put(at, at, number, LIVE_SOURCE, AGAIN, message)

    def confirm(self, number: int) -> None:
        """An open port has been seen: what was sent some time ago was surely heard."""
        output = self.outputs[number]
        output.ended_before, output.ended = output.ended, set()

    def lose(self, number: int) -> Port | None:
        """A port has vanished: what was let go since it was surely there may sound still, and is written down again."""
        output = self.outputs[number]
        if output.slot >= 0:
            for channel, key in output.ended | output.ended_before:
                if not self.ledger.held(output.slot, channel, key):
                    self.ledger.press(output.slot, channel, key)
        return self.detach(number)

    def detach(self, number: int) -> Port | None:
        """Take an output's port from it; its ledger stays as it is until there is one again."""
        output = self.outputs[number]
        port, output.port = output.port, None
        output.ended, output.ended_before = set(), set()
        self._drop_held(number)
        return port

    def remove(self, number: int) -> Port | None:
        """Close the notes of an output and forget it."""
        self.close(number)
        self._queue = [q for q in self._queue if q[4] != number]
        heapq.heapify(self._queue)
        return self.outputs.pop(number).port

    # the queue

    def take(self, records: bytes | memoryview) -> None:
        """Queue timed records; see `records.EVENT`."""
        for at, port, source, kind, count, duration, data in EVENT.iter_unpack(records):
            if kind == CANCEL:
                self._cancel(at, source)
            elif kind == CUT:
                for number, output in self.outputs.items():
                    if port in (EVERY, number):
                        self._put(at + output.offset, at, number, source, CUT, b"")
            elif kind == LONG:
                parts = self._long.setdefault(port, bytearray())
                parts += data[:count]
                if count < 8:
                    self._put(at + self._offset(port), at, port, source, SEND, bytes(self._long.pop(port)))
            else:
                self._put(at + self._offset(port), at, port, source, kind, data[:count])
                if kind in (NOTE, MPE_NOTE, MOVE):
                    self._lengths[self._order] = duration

    def _offset(self, port: int) -> int:
        output = self.outputs.get(port)
        return output.offset if output is not None else 0

    def _put(self, due: int, at: int, port: int, source: int, kind: int, data: bytes) -> None:
        self._order += 1
        heapq.heappush(self._queue, (due, RANK[kind], self._order, at, port, source, kind, data))

    def _cancel(self, at: int, source: int) -> None:
        kept = []
        for q in self._queue:
            # a note that has begun is not cancelled, nor is what moves it
            begin = self._lengths[q[2]] if q[6] == MOVE else q[3]
            if q[6] not in (OFF, AGAIN) and begin >= at - NEAR and _meant(source, q[5]):
                self._lengths.pop(q[2], None)
            else:
                kept.append(q)
        self._queue = kept
        heapq.heapify(self._queue)

    def due(self) -> int | None:
        """Give the time of the next record."""
        return self._queue[0][0] if self._queue else None

    def run(self, now: int, most: int = 64) -> int:
        """Do what is due, at most so many records; gives how many were done."""
        queue = self._queue
        done = 0
        while queue and queue[0][0] <= now and done < most:
            due, _, order, at, number, source, kind, data = heapq.heappop(queue)
            done += 1
            if kind == CUT:
                self._cut(at, order, number, source)
                continue
            output = self.outputs.get(number)
            if kind == AGAIN:
                self._again(number, output, data)
                continue
            if kind == OFF:
                held = self._ends.pop(order, None)
                if held is not None and not held.over:
                    self._release(held)
                continue
            length = self._lengths.pop(order, 0)
            if output is None or output.port is None or now - due > FORGIVEN:
                continue
            if kind in (NOTE, MPE_NOTE) and at < self._ended(number, source):
                continue  # it comes so late that the cut which would have ended it is past
            if kind == NOTE:
                self._note(number, output, (source, at, order), due + length, None, data)
            elif kind == MPE_NOTE:
                self._mpe_note(number, output, (source, at, order), due + length, data)
            elif kind == STREAM:
                self._stream(number, output, data)
            elif kind == MOVE:
                self._move(number, output, data)
            else:
                self._plain(number, output, data)
            if self.clock is not None:
                self.late.append(self.clock() - due)
        return done

    # messages

    def _send(self, output: Output, number: int, message: bytes) -> bool:
        if output.port is None:
            return False
        try:
            output.port.send(message)
        except OSError:
            self.lost(number)
            return False
        return True

    def _plain(self, number: int, output: Output, message: bytes) -> None:
        """Send a message as it is, and keep the ledger right about what it does."""
        status = message[0]
        channel = status & 15
        if status & 0xF0 == messages.NOTE_ON and message[2]:
            self._note(number, output, (LIVE_SOURCE, 0, 0), None, None, bytes((channel, message[1], message[2], 64)))
            return
        if status & 0xF0 in (messages.NOTE_OFF, messages.NOTE_ON):
            held = next((h for h in self._held if (h.port, h.channel, h.key) == (number, channel, message[1])), None)
            if held is not None:
                self._release(held)
            return
        if status & 0xF0 == messages.CONTROL and message[1] == messages.PEDAL:
            self.ledger.pedal(output.slot, channel, message[2] >= 64)
        elif message in (messages.START, messages.CONTINUE, messages.STOP):
            self.ledger.running(output.slot, message != messages.STOP)
        if (what := said_of(message)) in output.said:
            output.said[what] = message  # a stream that goes on from here says what is another value now
        self._send(output, number, message)

    def _let_go(self, output: Output) -> list[bytes]:
        """Give the note-offs of all keys that were let go lately and are up still."""
        ledger, slot = self.ledger, output.slot
        return [messages.note_off(*key) for key in ledger.lately(slot) if not ledger.held(slot, *key)]

    def _again(self, number: int, output: Output | None, message: bytes) -> None:
        """Repeat what was said to a port that has just come, or all note-offs; what is on again is left alone."""
        if output is None:
            return
        if not message:
            for off in self._let_go(output):
                self._send(output, number, off)
            return
        kind, channel, *data = message[0] & 0xF0, message[0] & 15, *message[1:2]
        since = (
            message == messages.STOP and self.ledger.is_running(output.slot),
            kind == messages.NOTE_OFF and self.ledger.held(output.slot, channel, *data),
            kind == messages.CONTROL and data == [messages.PEDAL] and channel in self.ledger.pedals(output.slot),
        )
        if not any(since):
            self._send(output, number, message)

    def _stream(self, number: int, output: Output, message: bytes) -> None:
        what = said_of(message)
        if output.said.get(what) != message:
            output.said[what] = message
            self._plain(number, output, message)

    def _move(self, number: int, output: Output, data: bytes) -> None:
        tag = int.from_bytes(data[:2], "little")
        held = next((h for h in reversed(self._held) if h.tag == tag and h.port == number), None)
        if held is not None:
            self._stream(number, output, bytes((data[2] & 0xF0 | held.channel, *data[3:])))

    def _note(self, number: int, output: Output, begun: Begun, end: int | None, zone: Zone | None, data: bytes) -> None:
        channel, key, velocity, release = data[:4]
        if self.ledger.press(output.slot, channel, key):
            # the key is down already: hardware wants it up before it goes down again
            self._send(output, number, messages.note_off(channel, key))
        held = Held(number, channel, key, release, *begun, zone, int.from_bytes(data[4:6], "little"))
        self._held.append(held)
        if not self._send(output, number, messages.note_on(channel, key, velocity)):
            return
        if end is not None:
            self._put(end, held.began, number, held.source, OFF, b"")
            self._ends[self._order] = held

    def _mpe_note(self, number: int, output: Output, begun: Begun, end: int, data: bytes) -> None:
        key, velocity, low, high, pressure, slide = data[:6]
        zone = output.zone
        if zone is None:
            self._note(number, output, begun, end, None, bytes((0, key, velocity, 64, *data[6:])))
            return
        channel = zone.take()
        # all dimensions are set before the note, so that it begins where it should
        for message in (
            bytes((messages.BEND | channel, low, high)),
            messages.touch(channel, 0 if pressure == ABSENT else pressure),
            messages.control(channel, SLIDE, 64 if slide == ABSENT else slide),
        ):
            output.said[said_of(message)] = message
            self._send(output, number, message)
        self._note(number, output, begun, end, zone, bytes((channel, key, velocity, 64, *data[6:])))

    def _release(self, held: Held) -> None:
        """End a note: the key goes up when it was the last that held it."""
        held.over = True
        if held in self._held:
            self._held.remove(held)
        if held.zone is not None:
            held.zone.give_back(held.channel)
        output = self.outputs.get(held.port)
        if output is None or output.port is None:
            return
        last = self.ledger.held(output.slot, held.channel, held.key) == 1
        off = messages.note_off(held.channel, held.key, held.velocity)
        if not last or self._send(output, held.port, off):
            self.ledger.release(output.slot, held.channel, held.key)
            output.ended.add((held.channel, held.key))

    def _cut(self, at: int, order: int, number: int, source: int) -> None:
        """End what began before a time, and what came before the cut and has begun since, as that came late.

        Times are read off a line that moves by microseconds: the first new note must not be taken for an old one.
        """
        self._cuts[number, source] = at - NEAR
        held_here = [h for h in self._held if h.port == number and _meant(source, h.source)]
        for held in held_here:
            if held.began < at - NEAR or held.order < order:
                self._release(held)

    def _ended(self, number: int, source: int) -> int:
        """Give the time before which no note of a source can sound any more."""
        return max(self._cuts.get((number, which), 0) for which in (source, EVERY) if _meant(which, source))

    def _drop_held(self, number: int) -> None:
        for held in [h for h in self._held if h.port == number]:
            held.over = True
            self._held.remove(held)
            if held.zone is not None:
                held.zone.give_back(held.channel)

    # endings

    def close(self, number: int) -> None:
        """End every note of a port, lift its pedals and stop its clock."""
        output = self.outputs[number]
        self._drop_held(number)
        self._close_ledger(number, output)

    def _close_ledger(self, number: int, output: Output, *, lately: bool = False) -> list[bytes]:
        """End all that the ledger knows of a port, of what was let go lately too; gives the messages that did it."""
        if output.port is None or output.slot < 0:
            return []
        ledger, slot = self.ledger, output.slot
        keys = ledger.lately(slot) if lately else list(ledger.sounding(slot))
        said = [messages.note_off(channel, key) for channel, key in keys]
        said += [messages.control(channel, messages.PEDAL, 0) for channel in ledger.pedals(slot)]
        if ledger.is_running(slot):
            said.append(messages.STOP)
        if not all(self._send(output, number, message) for message in said):
            return []
        ledger.clear(slot)
        output.ended.update(keys)
        return said

    def close_all(self) -> None:
        for number in self.outputs:
            self.close(number)

    def panic(self) -> None:
        """Forget everything, close every note, then silence every channel of every port for certain."""
        self._queue.clear()
        self._ends.clear()
        self._lengths.clear()
        for number, output in self.outputs.items():
            self.close(number)
            for channel in range(CHANNELS):
                for message in messages.silence(channel):
                    self._send(output, number, message)


def said_of(message: bytes) -> bytes:
    """Give the part of a message that names what it sets; the rest is the value."""
    return message[: 2 if message[0] & 0xF0 in (messages.CONTROL, messages.POLY_TOUCH) else 1]


def _meant(which: int, source: int) -> bool:
    """Tell whether a cut or cancellation is meant for a source; what is played by hand is not the patterns' to end."""
    return which == source or (which == EVERY and source != LIVE_SOURCE)


def mpe_data(pitch: float, velocity: int, pressure: float | None, slide: float | None, tag: int = 0) -> bytes:
    """Pack an MPE note: the nearest key, and the rest of the pitch as a bend; pressure and slide go from 0 to 1."""
    key = min(max(round(pitch), 0), KEYS - 1)
    bent = messages.bend(0, pitch - key, MEMBER_BEND)
    extra = [ABSENT if v is None else messages.seven(v * 127) for v in (pressure, slide)]
    return bytes((key, velocity, bent[1], bent[2], *extra, *tag.to_bytes(2, "little")))
