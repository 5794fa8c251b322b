"""Scales of other tunings: equal divisions of any interval, and lists of semitones, cents or ratios."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from livecode.errors import KindError
from livecode.patterns.notes import is_note, note_to_midi
from livecode.patterns.scales import read_step
from livecode.patterns.values import numeral

OCTAVE = 12.0  # semitones
DIVISION = re.compile(r"^(\d+)ed(?:o|(\d+(?:\.\d+)?))$")
MAX_STEPS = 1024
# Tunings by name, in ratios above the tonic, and the ratio at which they repeat.
NAMED: dict[str, tuple[str, str]] = {
    "just major": ("1 9/8 5/4 4/3 3/2 5/3 15/8", "2"),
    "just minor": ("1 9/8 6/5 4/3 3/2 8/5 9/5", "2"),
    "just chromatic": ("1 16/15 9/8 6/5 5/4 4/3 45/32 3/2 8/5 5/3 9/5 15/8", "2"),
    "pythagorean": ("1 9/8 81/64 4/3 3/2 27/16 243/128", "2"),
    "harmonics": ("1 9/8 5/4 11/8 3/2 13/8 7/4 15/8", "2"),
    "bohlen-pierce": ("1 25/21 9/7 7/5 5/3 9/5 15/7 7/3 25/9", "3"),
}


@dataclass(frozen=True, slots=True)
class Tuning:
    """Pitches of a scale in semitones above a tonic (a MIDI number), repeating at a period."""

    tonic: float
    steps: tuple[float, ...]
    period: float = OCTAVE

    def pitch(self, step: int) -> float:
        """Give the MIDI number of a step, counted from 0 at the tonic."""
        turn, index = divmod(step, len(self.steps))
        return self.tonic + self.steps[index] + self.period * turn

    def nearest(self, midi: float) -> int:
        """Give the step whose pitch is nearest to a MIDI number; of two equally near, the higher."""
        turn = math.floor((midi - self.tonic) / self.period)
        count = len(self.steps)
        around = range((turn - 1) * count, (turn + 2) * count)
        return min(around, key=lambda step: (abs(self.pitch(step) - midi), -self.pitch(step)))


class TunedPitch(float):
    """A MIDI number that remembers the tuning and the step it was chosen from."""

    __slots__ = ("step", "tuning")
    tuning: Tuning
    step: int

    def __new__(cls, tuning: Tuning, step: int) -> TunedPitch:
        self = super().__new__(cls, tuning.pitch(step))
        self.tuning, self.step = tuning, step
        return self

    def __getnewargs__(self) -> tuple[Tuning, int]:  # type: ignore[override]
        return self.tuning, self.step


def read_tuning(name: Any) -> Tuning | None:
    """Read a tuning, or give None where the name means a scale of twelve notes.

    A text is a tonic (c3 unless given) and a name such as 19edo, 13ed3 or `just major`; a list is a tonic, if any, and
    steps: plain numbers and cents are semitones, and once a fraction is among them plain numbers are ratios. A list
    that begins with the tonic itself repeats at the octave; any other ends with the interval at which it repeats.
    Raises KindError.
    """
    if isinstance(name, list):
        items = [getattr(x, "value", x) for x in name]  # an item may be a constant pattern
        if any(not isinstance(x, str) or is_number(x) for x in items):
            return _listed(items)
        name = " ".join(map(str, items))
    return _named(str(name).replace(":", " ").lower())


def is_number(text: str) -> bool:
    """Tell whether a text is a step written as a number."""
    return bool(re.match(r"^-?\d+(\.\d+)?$", text))


@lru_cache(maxsize=128)
def _named(text: str) -> Tuning | None:
    words = text.split()
    tonic: float = 48
    if words and is_note(words[0]):
        tonic = note_to_midi(words[0])
        words = words[1:]
    rest = " ".join(words)
    if rest in NAMED:
        ratios, repeat = NAMED[rest]
        return Tuning(tonic, tuple(semitones(Fraction(r)) for r in ratios.split()), semitones(Fraction(repeat)))
    division = DIVISION.match(rest)
    if division is None:
        return None
    count, whole = int(division.group(1)), float(division.group(2) or 2)
    if not 1 <= count <= MAX_STEPS or whole <= 1:
        raise KindError(
            f"{rest} is not an equal division", found=rest, expected=f"1 to {MAX_STEPS} steps of a ratio above 1: 19edo"
        )
    period = semitones(whole)
    return Tuning(tonic, tuple(period * i / count for i in range(count)), period)


def semitones(ratio: float | Fraction) -> float:
    """Give the size of a frequency ratio in semitones; raises KindError when it is not above 0."""
    if ratio <= 0:
        raise KindError("a ratio is above 0", found=str(ratio), expected="a ratio such as 3/2")
    return OCTAVE * math.log2(ratio)


def _listed(items: Sequence[Any]) -> Tuning:
    tonic: float = 48
    if items and isinstance(items[0], str) and is_note(items[0]):
        tonic, items = note_to_midi(items[0]), items[1:]
    by_ratio = any(isinstance(x, Fraction) for x in items)
    steps = [semitones(x) if by_ratio and getattr(x, "unit", "") != "semitones" else float(numeral(x)) for x in items]
    if not steps or len(steps) > MAX_STEPS or steps != sorted(steps):
        raise KindError("a scale is a list of rising steps", expected="steps such as [0, 2, 3, 7] or [1/1, 9/8, 3/2]")
    if abs(steps[0]) < 1e-9:
        if steps[-1] >= OCTAVE:
            raise KindError(
                "this scale begins with its tonic, so its steps stay below the octave",
                hint="leave the tonic out and end with the interval at which the scale repeats",
            )
        return Tuning(tonic, tuple(steps))
    return Tuning(tonic, (0.0, *steps[:-1]), steps[-1])


def tuned(value: Any, tuning: Tuning) -> float:
    """Give the pitch of a step, or move a named note to the nearest pitch; accidentals are semitones."""
    if isinstance(value, str) and is_note(value):
        return TunedPitch(tuning, tuning.nearest(note_to_midi(value)))
    step, offset = read_step(value)
    return tuning.pitch(step) + offset if offset else TunedPitch(tuning, step)
