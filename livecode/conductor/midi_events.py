"""From an event to MIDI messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import log2
from typing import Any

from livecode.conductor.notes import frequency
from livecode.gear import MidiOut
from livecode.midi import messages as m
from livecode.midi.mpe import MEMBER_BEND
from livecode.midi.records import MOVE, MPE_NOTE, NOTE, SEND, STREAM, event
from livecode.midi.sender import SLIDE, mpe_data
from livecode.patterns.moving import Moving

VELOCITY = 0.9  # of an event that names none
PITCHES = ("note", "n", "freq")
COMMANDS = {"start": m.START, "stop": m.STOP, "continue": m.CONTINUE, "clock": m.CLOCK}
SHORTEST = 0.001  # s
MOVED = ("ccv", "sustainpedal", "expression", "midibend", "pitchbend", "miditouch", "polyTouch", "mpeslide")
MOST = 1000  # steps of a note that moves: one of 10 s takes all values a second that there are, a longer one fewer
INSTANT = Fraction(1, 1 << 20)  # cycles


def channel_of(value: Mapping[str, Any], out: MidiOut) -> int:
    """Give the channel, counted from 0; ValueError when it is none."""
    channel = int(value.get("midichan", out.channel))
    if not 1 <= channel <= 16:
        raise ValueError(f"MIDI channels are 1 to 16, not {channel}")
    return channel - 1


def prepared(value: Mapping[str, Any], out: MidiOut, channel: int) -> list[bytes]:
    """Give the messages of an event that are no notes, in the order in which they are sent."""
    found: list[bytes] = []
    if "songPtr" in value:  # before what lets a device go on from there
        found.append(m.song_position(int(value["songPtr"])))
    if "midicmd" in value:
        command = str(value["midicmd"])
        if command not in COMMANDS:
            raise ValueError(f"midicmd {command} is not one of {', '.join(COMMANDS)}")
        found.append(COMMANDS[command])
    if "sysexdata" in value:
        found.append(m.sysex(_bytes(value.get("sysexid", ())) + _bytes(value["sysexdata"])))
    if "progNum" in value:
        if isinstance(value.get("bank"), int | float):
            found += m.bank(channel, int(value["bank"]))
        found.append(m.program(channel, float(value["progNum"])))
    if "nrpnn" in value:
        found += m.nrpn(channel, int(value["nrpnn"]), int(value.get("nrpv", 0)))
    if "rpnn" in value:
        found += m.rpn(channel, int(value["rpnn"]), int(value.get("rpnv", 0)))
    found += moved(value, out, channel)
    return found


def moved(value: Mapping[str, Any], out: MidiOut, channel: int) -> list[bytes]:
    """Give the messages that may as well be a continuous stream: controllers, bend and pressure."""
    found: list[bytes] = []
    number = value.get("ccn", value.get("ctlNum"))
    if number is not None and "ccv" in value:
        at = int(number)
        if not 0 <= at <= 127:
            raise ValueError(f"MIDI controllers are 0 to 127, not {at}")
        level = float(value["ccv"])
        if out.fine and at < 32:
            found += m.fine_control(channel, at, level * 16383)
        else:
            found.append(m.control(channel, at, level * 127))
    if "sustainpedal" in value:
        found.append(m.control(channel, m.PEDAL, float(value["sustainpedal"]) * 127))
    if "expression" in value:
        found.append(m.control(channel, m.EXPRESSION, float(value["expression"]) * 127))
    if out.mpe == 0 or not any(k in value for k in PITCHES):
        if "midibend" in value:
            found.append(m.bend(channel, float(value["midibend"]), 1.0))
        if "pitchbend" in value:
            found.append(m.bend(channel, float(value["pitchbend"]), out.bend))
        if "miditouch" in value:
            found.append(m.touch(channel, float(value["miditouch"]) * 127))
    return found


def _bytes(value: Any) -> bytes:
    return bytes(int(v) for v in value) if isinstance(value, list | tuple) else bytes((int(value),))


def pitch(value: Mapping[str, Any], key: str) -> float:
    """Give the pitch of an event as a MIDI number, perhaps between two keys."""
    return 69 + 12 * log2(frequency(value, key) / 440)


def has_note(value: Mapping[str, Any], others: bool) -> bool:
    """Tell whether an event plays a note: it has a pitch, or nothing else to say."""
    return any(name in value for name in PITCHES) or not others


@dataclass(frozen=True, slots=True)
class Way:
    """Where an event goes: the output, its number, the source it comes from, and the key its degrees are read in."""

    out: MidiOut
    port: int
    source: int
    key: str


def records(value: Mapping[str, Any], way: Way, at: int, seconds: float, tag: int = 0) -> bytes:
    """Give the timed records of an event that begins at a monotonic time and lasts some seconds.

    What moves while it sounds finds it by its tag.

    Raises ValueError or TypeError for values that make no sense.
    """
    out, port, source, key = way.out, way.port, way.source, way.key
    channel = channel_of(value, out)
    others = prepared(value, out, channel)
    made = b"".join(event(at, port, source, SEND, message) for message in others)
    if not has_note(value, bool(others)):
        return made
    tone = pitch(value, key)
    if not 0 <= round(tone) <= 127:
        raise ValueError(f"MIDI notes are 0 to 127, not {tone:g}")
    loud = float(value.get("velocity", VELOCITY)) * float(value.get("gain", 1))
    if loud <= 0:
        return made
    velocity = max(1, m.seven(127 * loud))
    length = round(max(seconds * float(value.get("clip", 1)), SHORTEST) * 1e9)
    if out.mpe:
        pressure, slide = (None if v is None else float(v) for v in (value.get("miditouch"), value.get("mpeslide")))
        data = mpe_data(tone + _bent(value, out), velocity, pressure, slide, tag)
        made += event(at, port, source, MPE_NOTE, data, length)
        held = min(max(round(tone + _bent(value, out)), 0), 127)
    else:
        data = bytes((channel, round(tone), velocity, 64, *tag.to_bytes(2, "little")))
        made += event(at, port, source, NOTE, data, length)
        held = round(tone)
        if "polyTouch" in value:
            # pressed once the key is down
            touch = m.poly_touch(channel, held, float(value["polyTouch"]) * 127)
            made += event(at + 1, port, source, SEND, touch)
    if tag and any(type(value.get(name)) is Moving for name in (*MOVED, *PITCHES)):
        made += _moves(value, way, at, seconds, length / 1e9, (tag, held, channel))
    return made


def _bent(value: Mapping[str, Any], out: MidiOut) -> float:
    """Give how far an event is bent, in semitones."""
    return float(value.get("pitchbend", 0)) + float(value.get("midibend", 0)) * out.bend


def _moves(
    value: Mapping[str, Any], way: Way, at: int, seconds: float, length: float, note: tuple[int, int, int]
) -> bytes:
    """Give what moves while a note sounds, in steps, each thing where it changes."""
    tag, held, channel = note
    moving = {name: v for name, v in value.items() if type(v) is Moving}
    still = {name: v for name, v in value.items() if name not in MOVED}
    steps = min(MOST, int(length * way.out.rate))
    said: dict[tuple[int, int], bytes] = {}
    made: list[bytes] = []
    for i in range(steps):
        time = length * i / steps
        now = {name: _reading(v, time / seconds if seconds else 0.0) for name, v in moving.items()}
        if way.out.mpe:
            found = list(_dimensions({**value, **now}, way, held))
        else:
            found = moved({**still, **now}, way.out, channel)
            if "polyTouch" in now:
                found.append(m.poly_touch(channel, held, now["polyTouch"] * 127))
        for message in found:
            what = message[0], message[1] if message[0] & 0xF0 == m.CONTROL else -1
            if said.get(what) != message:
                if i:  # the note begins with the first
                    data = tag.to_bytes(2, "little") + message
                    made.append(event(at + round(time * 1e9), way.port, way.source, MOVE, data, at))
                said[what] = message
    return b"".join(made)


def _dimensions(value: Mapping[str, Any], way: Way, held: int) -> Iterator[bytes]:
    """Give where a note of an MPE zone stands in its three dimensions; the sender knows its channel."""
    yield m.bend(0, pitch(value, way.key) + _bent(value, way.out) - held, MEMBER_BEND)
    if "miditouch" in value:
        yield m.touch(0, float(value["miditouch"]) * 127)
    if "mpeslide" in value:
        yield m.control(0, SLIDE, float(value["mpeslide"]) * 127)


def _reading(moving: Moving, part: float) -> float:
    """Give the value of what moves at a part of its event."""
    cycle = moving.begin + (moving.end - moving.begin) * Fraction(part).limit_denominator(1 << 16)
    if moving.pattern.sampled:
        return float(moving.pattern.sample(cycle.numerator, cycle.denominator))
    haps = moving.pattern.query(cycle, cycle + INSTANT)
    return float(haps[0].value) if haps else float(moving)


def stream(value: Mapping[str, Any], out: MidiOut, port: int, at: int, source: int) -> bytes:
    """Give the records of one moment of a continuous pattern."""
    found = moved(value, out, channel_of(value, out))
    return b"".join(event(at, port, source, STREAM, message) for message in found)
