"""Note names, MIDI numbers and frequencies."""

from __future__ import annotations

import math
import re
from functools import lru_cache

from livecode.errors import KindError

NOTE = re.compile(r"^([a-gA-G])([#bsf]*)(-?[0-9]*)$")
CHROMA = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
ACCIDENTAL = {"#": 1, "s": 1, "b": -1, "f": -1}
FLAT_NAMES = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")


@lru_cache(maxsize=4096)
def is_note(text: str) -> bool:
    """Tell whether a text is a note name, with or without an octave."""
    return bool(NOTE.match(text)) and text.rstrip("-") == text


def tokenize_note(text: str) -> tuple[str, str, int | None] | None:
    """Take a note name apart into letter, accidentals and octave."""
    found = NOTE.match(text)
    if not found:
        return None
    letter, accidentals, octave = found.groups()
    return letter, accidentals, int(octave) if octave else None


@lru_cache(maxsize=4096)
def note_to_midi(text: str, octave: int = 3) -> int:
    """Give the MIDI number of a note name; without an octave it lies in octave 3, so c is 48.

    Raises KindError when the text is no note name.
    """
    found = tokenize_note(text)
    if found is None:
        raise KindError(f"{text} is not a note", found=text, expected="a note name such as c4 or eb")
    letter, accidentals, own = found
    chroma = CHROMA[letter.lower()] + sum(ACCIDENTAL[a] for a in accidentals)
    return ((octave if own is None else own) + 1) * 12 + chroma


def midi_to_note(midi: float) -> str:
    """Name a MIDI number with flats: 61 is Db4."""
    number = round(midi)
    return f"{FLAT_NAMES[number % 12]}{number // 12 - 1}"


def midi_to_freq(midi: float) -> float:
    """Give the frequency in Hz of a MIDI number in equal temperament, A4 being 440 Hz."""
    return 440.0 * math.pow(2.0, (midi - 69) / 12)


def freq_to_midi(freq: float) -> float:
    """Give the MIDI number, with a fraction, of a frequency in Hz."""
    return 12 * math.log2(freq / 440.0) + 69
