"""The rig: all external gear of a performance, kept as the session says, fed with the events that leave."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from livecode.conductor import midi_events
from livecode.conductor.monotonic import Line
from livecode.conductor.outward import Moment, Route
from livecode.conductor.tempo import TempoMap
from livecode.engine.clock import Clock
from livecode.errors import LiveError, PlayError
from livecode.gear import Gear, MidiOut, OscOut
from livecode.midi import messages
from livecode.midi.client import MidiProcess
from livecode.midi.follower import Clock as Following
from livecode.midi.follower import Follower
from livecode.midi.hands import Hand, Struck
from livecode.midi.ledger import KEYS
from livecode.midi.records import (
    CANCEL,
    CLOCK_SOURCE,
    CUT,
    EVERY,
    SEND,
    CloseIn,
    CloseOut,
    Instrument,
    Look,
    Lost,
    Opened,
    OpenIn,
    OpenOut,
    Panic,
    Ports,
    Received,
    Report,
    Trouble,
    event,
)
from livecode.midi.takes import Take
from livecode.osc import codec
from livecode.osc.listener import OscListener, controls
from livecode.osc.sender import HANDSHAKE, OscSender, play_message, wall
from livecode.patterns import Hap, outside
from livecode.shared import Shortcut

DIRT = "/dirt/play"  # the address by which SuperDirt is known
SIXTEENTHS = 4  # to a beat: the unit of a song position
SWITCH = 0.0005  # s
TAGS = 0xFFFF  # by which what moves finds its note, before they are used again
AHEAD = 0.015  # s before its time that an event leaves by OSC: a change reaches no further back
LEAVING = 4096  # times of messages that are known before they leave
CUTS = 16  # the newest, of which some may lie ahead
SOURCES = 0xFF00  # numbers of parts, before they are used again


@dataclass(slots=True)
class Out:
    """A MIDI output: its number in the MIDI process and the state of its clock."""

    number: int
    row: MidiOut
    begun: int | None = None  # the sample from which it was told to run
    points: dict[str, int] = field(default_factory=dict)  # strip -> time of the last value of a stream, ns


@dataclass(slots=True)
class Inputs:
    """What the performance does with what comes in; each is called from the rig's own thread."""

    note: Callable[[str, int, int], None] = lambda sound, key, velocity: None  # velocity 0: the key goes up
    struck: Callable[[int, str, int, int], None] = lambda at, sound, key, velocity: None  # when, by the same
    program: Callable[[int], None] = lambda number: None
    transport: Callable[[str], None] = lambda what: None  # start, continue or stop
    turn: Callable[[str, float], None] = lambda key, value: None  # a value has changed


class Rig:
    """Takes the events that leave (see `conductor.outward.Outward`) and tells what comes in."""

    def __init__(
        self, clock: Callable[[], Clock], tell: Callable[[str], None], shortcut: Shortcut | None = None
    ) -> None:
        self.tell = tell
        self._shortcut = shortcut  # by which keys are heard at once
        self.gear = Gear()
        self.inputs = Inputs()
        self.follower: Following = Follower()
        # the beats that have been at a cycle, through the meters of all sections; None: there is one meter
        self.counted: Callable[[Fraction], Fraction | None] = lambda cycle: None
        self.line = Line()
        self.take: Take | None = None  # what is being played into a pattern
        self.heard_ns = 0  # monotonic, of the last message that came
        self._left_ns = 0  # of the last that left; of those that are still to leave:
        self._leaving: deque[int] = deque(maxlen=LEAVING)
        self._clock = clock
        # alsa, jack, core, or dummy:NAME,NAME for a desk without gear
        self._system = os.environ.get("LIVECODE_MIDI", "")
        self._midi: MidiProcess | None = None
        self._lock = threading.RLock()
        self._outs: dict[str, Out] = {}
        self._ins: dict[str, int] = {}
        self._hands: dict[str, Hand] = {}
        self._keys: dict[str, tuple[Struck, ...]] = {}  # what the MIDI process plays by itself
        self._senders: dict[str, OscSender] = {}
        self._asked: dict[str, OscSender] = {}  # those that have not answered the handshake
        self._listener: OscListener | None = None
        self._queued: list[tuple[int, int, str, bytes]] = []  # OSC: sample, monotonic ns, alias, packet
        self._sources: dict[tuple[str, str], int] = {}
        self._cuts: deque[tuple[int, frozenset[str] | None]] = deque(maxlen=CUTS)  # sample, strips; None: all
        self._streamed: list[bytes] = []  # values of continuous patterns that wait for the end of a tick
        self._numbers = 0
        self._tag = 0  # of the last note
        self._learning = ""
        self._learned: dict[str, str] = {}  # name -> key of its controller
        self._over = threading.Event()

    # settings

    def apply(self, gear: Gear) -> None:
        """Open, change and close what differs from before.

        Raises LiveError when OSC cannot listen where it should; the rest is set all the same.
        """
        with self._lock:
            if gear == self.gear:
                return
            old, self.gear = self.gear, gear
            if gear.outs or gear.ins:
                self._process()
            self._set_outs(gear)
            self._set_ins(gear)
            self._set_osc(old, gear)
            if gear.sync != old.sync:
                self.follower.close()
                self.follower = Follower()
            if gear.listen != old.listen:
                if self._listener is not None:
                    self._listener.close()
                self._listener = OscListener(gear.listen, self._hear_osc) if gear.listen else None

    def _process(self) -> MidiProcess:
        if self._midi is None:
            # a thread that only computes may keep others waiting for this long
            sys.setswitchinterval(min(sys.getswitchinterval(), SWITCH))
            self._midi = MidiProcess(self._system, self._heard, self._shortcut)
            self._midi.start()
        return self._midi

    def _set_outs(self, gear: Gear) -> None:
        wanted = {row.alias: row for row in gear.outs}
        for alias in [a for a in self._outs if a not in wanted]:
            self._process().send(CloseOut(self._outs.pop(alias).number))
        for alias, row in wanted.items():
            out = self._outs.get(alias)
            if out is not None and out.row == row:
                continue
            if out is None:
                self._numbers += 1
                out = self._outs[alias] = Out(self._numbers, row)
            out.row = row
            self._process().send(OpenOut(out.number, row.port, round(row.offset * 1e9), row.mpe, row.virtual))

    def _set_ins(self, gear: Gear) -> None:
        wanted = {row.alias: row for row in gear.ins}
        for alias in [a for a in self._ins if a not in wanted]:
            self._process().send(CloseIn(self._ins.pop(alias)))
            self._hands.pop(alias, None)
            self._keys.pop(alias, None)
        for alias, row in wanted.items():
            if alias not in self._ins:
                self._numbers += 1
                self._ins[alias] = self._numbers
            self._process().send(OpenIn(self._ins[alias], row.port, row.virtual))

    def _set_osc(self, old: Gear, gear: Gear) -> None:
        for row in old.osc:
            if row not in gear.osc:
                self._asked.pop(row.alias, None)
                self._senders.pop(row.alias).close()
        for row in gear.osc:
            if row.alias not in self._senders:
                sender = self._senders[row.alias] = OscSender(row.host, row.port)
                if not sender.known:
                    self.tell(f"the host {row.host} is not known: nothing is sent to {row.alias}")
                if row.address == DIRT:
                    self._asked[row.alias] = sender
                    sender.send(codec.message(HANDSHAKE))

    def ports(self) -> Ports:
        """List the ports of this machine."""
        midi = self._process()
        midi.wait_ports()
        midi.send(Look())
        time.sleep(0.1)
        return midi.wait_ports()

    def stop(self) -> None:
        """Close every note, port and socket."""
        self._over.set()
        self.follower.close()
        if self._midi is not None:
            self._midi.stop()
        for sender in self._senders.values():
            sender.close()
        if self._listener is not None:
            self._listener.close()

    # what leaves

    def look(self) -> None:
        """Follow the engine's clock; to be called some hundred times a second."""
        self.line.look(self._clock())
        self._send_osc()
        for alias, sender in list(self._asked.items()):
            if any(reply.address == f"{HANDSHAKE}/reply" for reply in sender.replies()):
                del self._asked[alias]
                self.tell(f"{alias}: SuperDirt answers at {sender.host}:{sender.port}")

    def play(self, hap: Hap, route: Route, strip: str, sample: int, seconds: float, moment: Moment) -> None:
        value = hap.value
        place = hap.places[0] if hap.places else None
        at = self.line.at(sample)
        try:
            at += round(float(value.get("nudge", 0)) * 1e9)
            if route.midi is not None:
                out = self._outs.get(route.midi.alias)
                if out is not None and self._midi is not None:
                    source = self._source(strip, str(value.get("strip", strip)))
                    way = midi_events.Way(out.row, out.number, source, moment.key)
                    self._tag = self._tag % TAGS + 1
                    self._leaving.append(at)
                    self._midi.push(midi_events.records(value, way, at, seconds, self._tag))
            if route.osc is not None:
                self._queue_osc(route.osc, value, sample, at, moment, seconds)
        except (TypeError, ValueError, OverflowError) as error:
            where = route.midi.alias if route.midi is not None else route.osc.alias if route.osc is not None else ""
            raise PlayError(f"{where} cannot play this: {error}", place=place) from None

    def _queue_osc(
        self, row: OscOut, value: Mapping[str, Any], sample: int, at: int, moment: Moment, seconds: float
    ) -> None:
        packet = play_message(row.address, value, cps=moment.cps, cycle=float(moment.cycle), delta=seconds)
        with self._lock:
            self._queued.append((sample, at, row.alias, codec.bundle(wall(at) + row.latency, packet)))

    def _send_osc(self) -> None:
        """Send what can no longer be cancelled: a host would play it all the same, and what replaces it as well."""
        soon = time.monotonic_ns() + round(AHEAD * 1e9)
        with self._lock:
            due = [q for q in self._queued if q[1] <= soon]
            self._queued = [q for q in self._queued if q[1] > soon]
            for _, _, alias, packet in due:
                if alias in self._senders:
                    self._senders[alias].send(packet)

    def stream(self, value: Mapping[str, Any], route: Route, strip: str, sample: int) -> None:
        out = self._outs.get(route.midi.alias) if route.midi is not None else None
        if out is None or self._midi is None:
            return
        at = self.line.at(sample)
        # the grid is that of the fastest port; half a step of tolerance keeps a slower one from missing points
        if at - out.points.get(strip, 0) < 0.75e9 / out.row.rate:
            return
        out.points[strip] = at
        self._leaving.append(at)
        try:
            source = self._source(strip, str(value.get("strip", strip)))
            self._streamed.append(midi_events.stream(value, out.row, out.number, at, source))
        except (TypeError, ValueError) as error:
            raise PlayError(f"{out.row.alias} cannot play this: {error}") from None

    def _source(self, strip: str, name: str) -> int:
        """Number the part and the pattern that an event comes from."""
        key = (strip, name)
        number = self._sources.get(key)
        if number is None:
            number = self._sources[key] = len(self._sources) % SOURCES
        return number

    def cancel(self, sample: int) -> None:
        with self._lock:
            self._queued = [q for q in self._queued if q[0] < sample]
        if self._midi is None:
            return
        at = self.line.at(sample)
        self._leaving = deque((left for left in list(self._leaving) if left < at), LEAVING)
        self._midi.push(event(at, EVERY, EVERY, CANCEL))
        for when, strips in self._cuts:
            if when >= sample:  # notes still end then, unless something else is said
                self._midi.push(self._cut(when, strips))
        for out in self._outs.values():
            out.points.clear()
            if out.begun is not None and out.begun >= sample:
                out.begun = None

    def cut(self, sample: int, strips: frozenset[str] | None) -> None:
        if self._midi is None:
            return
        # What was to take over now or later never will: what it replaced is replaced by this.
        for when, others in [c for c in self._cuts if c[0] >= sample]:
            self._cuts.remove((when, others))
            strips = None if strips is None or others is None else strips | others
        self._cuts.append((sample, strips))
        self._midi.push(event(self.line.at(sample), EVERY, EVERY, CANCEL) + self._cut(sample, strips))

    def _cut(self, sample: int, strips: frozenset[str] | None) -> bytes:
        at = self.line.at(sample)
        if strips is None:
            return event(at, EVERY, EVERY, CUT)
        for strip in strips:
            self._source(strip, strip)  # one that is yet to sound too
        numbers = [number for key, number in list(self._sources.items()) if not strips.isdisjoint(key)]
        return b"".join(event(at, EVERY, number, CUT) for number in numbers)

    def panic(self) -> None:
        if self._midi is not None:
            self._midi.send(Panic())
        for out in self._outs.values():
            out.begun = None

    def advance(self, map: TempoMap, beats: Fraction, begin: int, end: int) -> None:
        clocked = [out for out in self._outs.values() if out.row.clock]
        if self._midi is None:
            return
        # each push wakes another thread: those of a stream go together
        streamed, self._streamed = self._streamed, []
        self._midi.push(b"".join(streamed))
        if not clocked:
            return
        per_cycle = beats * messages.PPQN
        records: list[bytes] = []
        for k in range(int(map.cycle(begin) * per_cycle) - 1, int(map.cycle(end) * per_cycle) + 2):
            sample = map.sample(k / per_cycle)
            if k < 0 or not begin <= sample < end:
                continue
            at = self.line.at(sample)
            for out in clocked:
                if out.begun is None and k % per_cycle == 0:
                    out.begun = sample
                    beats_now = self.counted(k / per_cycle)
                    for message in _begin(k if beats_now is None else round(beats_now * messages.PPQN)):
                        records.append(event(at, out.number, CLOCK_SOURCE, SEND, message))
                records.append(event(at, out.number, CLOCK_SOURCE, SEND, messages.CLOCK))
        self._midi.push(b"".join(records))

    def sent_ns(self, now: int) -> int:
        """Give when the last message of a note or a stream left before now, in ns of the monotonic clock."""
        while self._leaving and self._leaving[0] <= now:
            self._left_ns = self._leaving.popleft()
        return self._left_ns

    # what comes in

    def give(self, alias: str, keys: tuple[Struck, ...]) -> None:
        """Let the MIDI process itself play what comes from an input; without keys that is left to `inputs.note`."""
        with self._lock:
            if alias in self._ins and self._keys.get(alias, ()) is not keys:
                self._keys[alias] = keys
                self._process().send(Instrument(self._ins[alias], keys))

    def learn(self, name: str) -> None:
        """Bind the next controller that moves to a name."""
        self._learning = name

    def _heard(self, report: Report) -> None:
        """Take a report, in the thread that reads them: a key that is played must not wait for another thread."""
        if self._over.is_set():
            return
        try:
            self._take_report(report)
        except LiveError as error:
            self.tell(error.render())

    def _take_report(self, report: Report) -> None:
        match report:
            case Received(number, at, message, played):
                alias = next((a for a, n in self._ins.items() if n == number), "")
                if alias:
                    self._hear(alias, at, message, played)
            case Opened(number, name, _):
                self.tell(f"MIDI: {self._alias(number)} is {name}")
            case Lost(number, name, was_input):
                if was_input:
                    self._let_go(self._alias(number))
                self.tell(f"MIDI: {name} is not there; {self._alias(number)} waits for it")
            case Ports():
                if report.reason and (self.gear.outs or self.gear.ins):
                    self.tell(f"MIDI: {report.reason}")
            case Trouble(text, forgotten):
                for alias in self._ins if forgotten else ():
                    self._let_go(alias)
                    self._strike(alias, ((key, 0) for key in range(KEYS)))  # its last words may be lost
                self.tell(text)

    def _alias(self, number: int) -> str:
        names = {n: a for a, n in self._ins.items()} | {o.number: a for a, o in self._outs.items()}
        return names.get(number, "it")

    def _let_go(self, alias: str) -> None:
        """End what sounds of an input that nobody hears any more."""
        self._strike(alias, self._hands.setdefault(alias, Hand()).let_go())

    def _strike(self, alias: str, struck: Iterable[tuple[int, int]], at: int = 0, *, heard: bool = False) -> None:
        """Let keys go down and up that did so at a monotonic time (0: now); what is heard already is only told."""
        row = next((r for r in self.gear.ins if r.alias == alias), None)
        if row is not None and row.sound:
            for key, velocity in struck:
                if not heard:
                    self.inputs.note(row.sound, key, velocity)
                self.inputs.struck(at or time.monotonic_ns(), row.sound, key, velocity)

    def _hear(self, alias: str, at: int, message: bytes, played: int = 0) -> None:
        status, kind = message[0], message[0] & 0xF0
        self.heard_ns = at
        if alias == self.gear.sync and self.follower.take(message, at / 1e9):
            if status in TRANSPORT:
                self.inputs.transport(TRANSPORT[status])
            return
        struck = list(self._hands.setdefault(alias, Hand()).take(message))
        self._strike(alias, struck, at, heard=bool(played))
        if kind in (messages.NOTE_ON, messages.NOTE_OFF):
            if self.take is not None:
                self.take.note(at, message[1], message[2] if kind == messages.NOTE_ON else 0)
        elif kind == messages.CONTROL:
            self._control(outside.controller(alias, message[1]), message[2] / 127)
        elif kind == messages.PROGRAM:
            self.inputs.program(message[1])
        elif kind == messages.TOUCH:
            self._put(f"{alias}/touch", message[1] / 127)
        elif kind == messages.BEND:
            self._put(f"{alias}/bend", ((message[1] | message[2] << 7) - messages.CENTRE) / messages.CENTRE)

    def _control(self, key: str, value: float) -> None:
        if self._learning:
            name, self._learning = self._learning, ""
            self._learned[name] = key
            self.tell(f"{name} is {key}: knob '{name}' follows it")
        self._put(key, value)
        for name, of in self._learned.items():
            if of == key:
                self._put(name, value)

    def _put(self, key: str, value: float) -> None:
        outside.put(key, value)
        self.inputs.turn(key, value)

    def _hear_osc(self, message: codec.OscMessage) -> None:
        for name, value in controls(message):
            self._put(name, value)


TRANSPORT = {0xFA: "start", 0xFB: "continue", 0xFC: "stop"}


def _begin(tick: int) -> tuple[bytes, ...]:
    """Give what tells a device to run from a tick on: from the top, or from where the music stands."""
    if tick == 0:
        return (messages.START,)
    sixteenths = tick * SIXTEENTHS // messages.PPQN % 16384
    return messages.song_position(sixteenths), messages.CONTINUE


def described(ports: Ports, gear: Gear) -> str:
    """Write the ports and what of them is in use."""
    lines = [f"outputs: {', '.join(ports.outs) or 'none'}", f"inputs: {', '.join(ports.ins) or 'none'}"]
    if ports.reason:
        lines.append(ports.reason)
    lines += [f"out {o.alias}: '{o.port}' channel {o.channel}, offset {o.offset * 1000:g} ms" for o in gear.outs]
    lines += [f"in {i.alias}: '{i.port}'" + (f" plays {i.sound}" if i.sound else "") for i in gear.ins]
    return "\n".join(lines)
