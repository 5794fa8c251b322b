"""From an event to MIDI messages."""

from __future__ import annotations

from collections.abc import Mapping
from math import log2
from typing import Any

from livecode.conductor.notes import frequency
from livecode.gear import MidiOut
from livecode.midi import messages as m
from livecode.midi.records import MPE_NOTE, NOTE, SEND, STREAM, event
from livecode.midi.sender import mpe_data

VELOCITY = 0.9  # of an event that names none
PITCHES = ("note", "n", "freq")
COMMANDS = {"start": m.START, "stop": m.STOP, "continue": m.CONTINUE, "clock": m.CLOCK}
SHORTEST = 0.001  # s


def channel_of(value: Mapping[str, Any], out: MidiOut) -> int:
    """Give the channel, counted from 0; ValueError when it is none."""
    channel = int(value.get("midichan", out.channel))
    if not 1 <= channel <= 16:
        raise ValueError(f"MIDI channels are 1 to 16, not {channel}")
    return channel - 1


def prepared(value: Mapping[str, Any], out: MidiOut, channel: int) -> list[bytes]:
    """Give the messages of an event that are no notes, in the order in which they are sent."""
    found: list[bytes] = []
    if "midicmd" in value:
        command = str(value["midicmd"])
        if command not in COMMANDS:
            raise ValueError(f"midicmd {command} is not one of {', '.join(COMMANDS)}")
        found.append(COMMANDS[command])
    if "songPtr" in value:
        found.append(m.song_position(int(value["songPtr"])))
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
    found += moving(value, out, channel)
    return found


def moving(value: Mapping[str, Any], out: MidiOut, channel: int) -> list[bytes]:
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


def records(value: Mapping[str, Any], out: MidiOut, port: int, key: str, at: int, source: int, seconds: float) -> bytes:
    """Give the timed records of an event that begins at a monotonic time and lasts some seconds.

    Raises ValueError or TypeError for values that make no sense.
    """
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
        bent = float(value.get("pitchbend", 0)) + float(value.get("midibend", 0)) * out.bend
        pressure, slide = (None if v is None else float(v) for v in (value.get("miditouch"), value.get("mpeslide")))
        return made + event(at, port, source, MPE_NOTE, mpe_data(tone + bent, velocity, pressure, slide), length)
    data = bytes((channel, round(tone), velocity, 64))
    made += event(at, port, source, NOTE, data, length)
    if "polyTouch" in value:
        # pressed once the key is down
        touch = m.poly_touch(channel, round(tone), float(value["polyTouch"]) * 127)
        made += event(at + 1, port, source, SEND, touch)
    return made


def stream(value: Mapping[str, Any], out: MidiOut, port: int, at: int, source: int) -> bytes:
    """Give the records of one moment of a continuous pattern."""
    found = moving(value, out, channel_of(value, out))
    return b"".join(event(at, port, source, STREAM, message) for message in found)
