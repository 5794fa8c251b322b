"""MIDI messages as bytes: one function a kind, with values in a musician's units."""

from __future__ import annotations

NOTE_OFF, NOTE_ON, POLY_TOUCH, CONTROL, PROGRAM, TOUCH, BEND = 0x80, 0x90, 0xA0, 0xB0, 0xC0, 0xD0, 0xE0
SYSEX, SONG_POSITION, END_OF_SYSEX = 0xF0, 0xF2, 0xF7
CLOCK, START, CONTINUE, STOP = b"\xf8", b"\xfa", b"\xfb", b"\xfc"
CENTRE = 8192  # of a pitch bend
PPQN = 24  # clock bytes to a beat

# Controllers with a meaning of their own.
BANK, DATA, EXPRESSION, BANK_LSB, DATA_LSB, PEDAL = 0, 6, 11, 32, 38, 64
NRPN_LSB, NRPN, RPN_LSB, RPN = 98, 99, 100, 101
SOUNDS_OFF, RESET, NOTES_OFF = 120, 121, 123
BEND_RANGE, MPE_ZONE = 0, 6  # registered parameters


def seven(value: float) -> int:
    """Clamp to 7 bits."""
    return min(max(round(value), 0), 127)


def fourteen(value: float) -> int:
    """Clamp to 14 bits."""
    return min(max(round(value), 0), 16383)


def note_on(channel: int, key: int, velocity: int) -> bytes:
    """Press a key; channels count from 0. A velocity of 0 would be a note-off, so it is 1 at least."""
    return bytes((NOTE_ON | channel, key, max(1, velocity)))


def note_off(channel: int, key: int, velocity: int = 64) -> bytes:
    return bytes((NOTE_OFF | channel, key, velocity))


def control(channel: int, number: int, value: float) -> bytes:
    return bytes((CONTROL | channel, seven(number), seven(value)))


def fine_control(channel: int, number: int, value: float) -> list[bytes]:
    """Set a controller from 0 to 31 with 14 bits: the high part, then the low part 32 numbers above."""
    whole = fourteen(value)
    return [control(channel, number, whole >> 7), control(channel, number + 32, whole & 127)]


def _parameter(channel: int, msb: int, lsb: int, number: int, value: int) -> list[bytes]:
    number, value = fourteen(number), fourteen(value)
    return [
        control(channel, msb, number >> 7),
        control(channel, lsb, number & 127),
        control(channel, DATA, value >> 7),
        control(channel, DATA_LSB, value & 127),
    ]


def nrpn(channel: int, number: int, value: int) -> list[bytes]:
    """Set a parameter of the maker's own, both with 14 bits."""
    return _parameter(channel, NRPN, NRPN_LSB, number, value)


def rpn(channel: int, number: int, value: int) -> list[bytes]:
    """Set a registered parameter, both with 14 bits, and close it, so that later data hits nothing."""
    return [
        *_parameter(channel, RPN, RPN_LSB, number, value),
        control(channel, RPN, 127),
        control(channel, RPN_LSB, 127),
    ]


def bend_range(channel: int, semitones: float) -> list[bytes]:
    """Set how far a full pitch bend reaches; semitones and cents."""
    whole = int(semitones)
    return rpn(channel, BEND_RANGE, whole << 7 | seven((semitones - whole) * 100))


def program(channel: int, number: float) -> bytes:
    return bytes((PROGRAM | channel, seven(number)))


def bank(channel: int, number: int) -> list[bytes]:
    """Choose a bank for the next program, with 14 bits."""
    number = fourteen(number)
    return [control(channel, BANK, number >> 7), control(channel, BANK_LSB, number & 127)]


def touch(channel: int, value: float) -> bytes:
    return bytes((TOUCH | channel, seven(value)))


def poly_touch(channel: int, key: int, value: float) -> bytes:
    return bytes((POLY_TOUCH | channel, key, seven(value)))


def bend(channel: int, semitones: float, reach: float) -> bytes:
    """Bend the pitch by semitones where a full bend is `reach` of them."""
    value = fourteen(CENTRE + semitones / reach * CENTRE)
    return bytes((BEND | channel, value & 127, value >> 7))


def song_position(sixteenths: int) -> bytes:
    at = fourteen(sixteenths)
    return bytes((SONG_POSITION, at & 127, at >> 7))


def sysex(data: bytes) -> bytes:
    """Frame the bytes of a system message; all below 128.

    Raises ValueError for others.
    """
    if any(b > 127 for b in data):
        raise ValueError("the bytes of a system message are 0 to 127")
    return bytes((SYSEX, *data, END_OF_SYSEX))


def silence(channel: int) -> list[bytes]:
    """Silence a channel for certain: pedal up, sounds off, controllers reset, notes off."""
    numbers = (SOUNDS_OFF, RESET, NOTES_OFF, PEDAL)
    return [control(channel, number, 0) for number in numbers]
