"""Scales and intervals: names, spelling, steps.

The names and intervals of the scales are those of the package @tonaljs/scale-type (MIT).
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any

from livecode.errors import KindError, nearest
from livecode.patterns.notes import ACCIDENTAL, CHROMA, midi_to_note, note_to_midi, tokenize_note

TABLE = """
1P 2M 3M 5P 6M: major pentatonic, pentatonic
1P 2M 3M 4P 5P 6M 7M: major, ionian
1P 2M 3m 4P 5P 6m 7m: minor, aeolian
1P 2M 3m 3M 5P 6M: major blues
1P 3m 4P 5d 5P 7m: minor blues, blues
1P 2M 3m 4P 5P 6M 7M: melodic minor
1P 2M 3m 4P 5P 6m 7M: harmonic minor
1P 2M 3M 4P 5P 6M 7m 7M: bebop
1P 2M 3m 4P 5d 6m 6M 7M: diminished, whole-half diminished
1P 2M 3m 4P 5P 6M 7m: dorian
1P 2M 3M 4A 5P 6M 7M: lydian
1P 2M 3M 4P 5P 6M 7m: mixolydian, dominant
1P 2m 3m 4P 5P 6m 7m: phrygian
1P 2m 3m 4P 5d 6m 7m: locrian
1P 3M 4P 5P 7M: ionian pentatonic
1P 3M 4P 5P 7m: mixolydian pentatonic, indian
1P 2M 4P 5P 6M: ritusen
1P 2M 4P 5P 7m: egyptian
1P 3M 4P 5d 7m: neapolitan major pentatonic
1P 3m 4P 5P 6m: vietnamese 1
1P 2m 3m 5P 6m: pelog
1P 2m 4P 5P 6m: kumoijoshi
1P 2M 3m 5P 6m: hirajoshi
1P 2m 4P 5d 7m: iwato
1P 2m 4P 5P 7m: in-sen
1P 3M 4A 5P 7M: lydian pentatonic, chinese
1P 3m 4P 6m 7m: malkos raga
1P 3m 4P 5d 7m: locrian pentatonic, minor seven flat five pentatonic
1P 3m 4P 5P 7m: minor pentatonic, vietnamese 2
1P 3m 4P 5P 6M: minor six pentatonic
1P 2M 3m 5P 6M: flat three pentatonic, kumoi
1P 2M 3M 5P 6m: flat six pentatonic
1P 2m 3M 5P 6M: scriabin
1P 3M 5d 6m 7m: whole tone pentatonic
1P 3M 4A 5A 7M: lydian #5p pentatonic
1P 3M 4A 5P 7m: lydian dominant pentatonic
1P 3m 4P 5P 7M: minor #7m pentatonic
1P 3m 4d 5d 7m: super locrian pentatonic
1P 2M 3m 4P 5P 7M: minor hexatonic
1P 2A 3M 5P 5A 7M: augmented
1P 2M 4P 5P 6M 7m: piongio
1P 2m 3M 4A 6M 7m: prometheus neapolitan
1P 2M 3M 4A 6M 7m: prometheus
1P 2m 3M 5d 6m 7m: mystery #1
1P 2m 3M 4P 5A 6M: six tone symmetric
1P 2M 3M 4A 5A 6A: whole tone, messiaen's mode #1
1P 2m 4P 4A 5P 7M: messiaen's mode #5
1P 2M 3M 4P 5d 6m 7m: locrian major, arabian
1P 2m 3M 4A 5P 6m 7M: double harmonic lydian
1P 2m 2A 3M 4A 6m 7m: altered, super locrian, diminished whole tone, pomeroy
1P 2M 3m 4P 5d 6m 7m: locrian #2, half-diminished, aeolian b5
1P 2M 3M 4P 5P 6m 7m: mixolydian b6, melodic minor fifth mode, hindu
1P 2M 3M 4A 5P 6M 7m: lydian dominant, lydian b7, overtone
1P 2M 3M 4A 5A 6M 7M: lydian augmented
1P 2m 3m 4P 5P 6M 7m: dorian b2, phrygian #6, melodic minor second mode
1P 2m 3m 4d 5d 6m 7d: ultralocrian, superlocrian bb7, superlocrian diminished
1P 2m 3m 4P 5d 6M 7m: locrian 6, locrian natural 6, locrian sharp 6
1P 2A 3M 4P 5P 5A 7M: augmented heptatonic
1P 2M 3m 4A 5P 6M 7m: dorian #4, ukrainian dorian, romanian minor, altered dorian
1P 2M 3m 4A 5P 6M 7M: lydian diminished
1P 2M 3M 4A 5A 7m 7M: leading whole tone
1P 2M 3M 4A 5P 6m 7m: lydian minor
1P 2m 3M 4P 5P 6m 7m: phrygian dominant, spanish, phrygian major
1P 2m 3m 4P 5P 6m 7M: balinese
1P 2m 3m 4P 5P 6M 7M: neapolitan major
1P 2M 3M 4P 5P 6m 7M: harmonic major
1P 2m 3M 4P 5P 6m 7M: double harmonic major, gypsy
1P 2M 3m 4A 5P 6m 7M: hungarian minor
1P 2A 3M 4A 5P 6M 7m: hungarian major
1P 2m 3M 4P 5d 6M 7m: oriental
1P 2m 3m 3M 4A 5P 7m: flamenco
1P 2m 3m 4A 5P 6m 7M: todi raga
1P 2m 3M 4P 5d 6m 7M: persian
1P 2m 3M 5d 6m 7m 7M: enigmatic
1P 2M 3M 4P 5A 6M 7M: major augmented, major #5, ionian augmented, ionian #5
1P 2A 3M 4A 5P 6M 7M: lydian #9
1P 2m 2M 4P 4A 5P 6m 7M: messiaen's mode #4
1P 2m 3M 4P 4A 5P 6m 7M: purvi raga
1P 2m 3m 3M 4P 5P 6m 7m: spanish heptatonic
1P 2M 3m 3M 4P 5P 6M 7m: bebop minor
1P 2M 3M 4P 5P 5A 6M 7M: bebop major
1P 2m 3m 4P 5d 5P 6m 7m: bebop locrian
1P 2M 3m 4P 5P 6m 7m 7M: minor bebop
1P 2M 3M 4P 5d 5P 6M 7M: ichikosucho
1P 2M 3m 4P 5P 6m 6M 7M: minor six diminished
1P 2m 3m 3M 4A 5P 6M 7m: half-whole diminished, dominant diminished, messiaen's mode #2
1P 3m 3M 4P 5P 6M 7m 7M: kafi raga
1P 2M 3M 4P 4A 5A 6A 7M: messiaen's mode #6
1P 2M 3m 3M 4P 5d 5P 6M 7m: composite blues
1P 2M 3m 3M 4A 5P 6m 7m 7M: messiaen's mode #3
1P 2m 2M 3m 4P 4A 5P 6m 6M 7M: messiaen's mode #7
1P 2m 2M 3m 3M 4P 5d 5P 6m 6M 7m 7M: chromatic
"""

Interval = tuple[int, int]  # steps of the staff, semitones

LETTERS = "CDEFGAB"
# Notes as they are called elsewhere, and what is offered for what is none at all.
GERMAN = "h=b cis=c# dis=d# fis=f# gis=g# ais=a# des=db ges=gb"
SOLFEGE = "do=c re=d mi=e fa=f sol=g la=a si=b"
ELSEWHERE = dict(row.split("=") for row in f"{GERMAN} {SOLFEGE}".split())
NEARBY = ("c", "d", "a")
MAJOR_SEMITONES = (0, 2, 4, 5, 7, 9, 11)
PERFECT = (0, 3, 4)
INTERVAL = re.compile(r"^(-?)(\d+)(P|M|m|A+|d+)$|^(P|M|m|A+|d+)(-?)(\d+)$")
# The interval that a number of semitones is spelled as.
SPELLED = ("1P", "2m", "2M", "3m", "3M", "4P", "5d", "5P", "6m", "6M", "7m", "7M")
STEP = re.compile(r"^(-?\d+(?:\.\d+)?)([#sbf]*)$")


class ScaleNote(str):
    """A note name that remembers the scale it was chosen from."""

    __slots__ = ("scale",)
    scale: str

    def __new__(cls, name: str, scale: str) -> ScaleNote:
        self = super().__new__(cls, name)
        self.scale = scale
        return self


@lru_cache(maxsize=512)
def read_interval(name: str) -> Interval:
    """Read an interval such as 3M, -2m or P5; raises KindError."""
    found = INTERVAL.match(name)
    if not found:
        raise KindError(f"{name} is not an interval", found=name, expected="an interval such as 3M, 5P or -2m")
    sign, number, quality = found.group(1), found.group(2), found.group(3)
    if number is None:
        quality, sign, number = found.group(4), found.group(5), found.group(6)
    steps = int(number) - 1
    semitones = MAJOR_SEMITONES[steps % 7] + 12 * (steps // 7)
    perfect = steps % 7 in PERFECT
    if quality == "m":
        semitones -= 1
    elif quality[0] == "A":
        semitones += len(quality)
    elif quality[0] == "d":
        semitones -= len(quality) + (0 if perfect else 1)
    return (-steps, -semitones) if sign else (steps, semitones)


@lru_cache(maxsize=256)
def spelled_interval(semitones: int) -> Interval:
    """Give the usual interval of a number of semitones."""
    sign = -1 if semitones < 0 else 1
    octaves, rest = divmod(abs(semitones), 12)
    steps, own = read_interval(SPELLED[rest])
    return sign * (steps + 7 * octaves), sign * (own + 12 * octaves)


@lru_cache(maxsize=4096)
def transpose_note(name: str, interval: Interval) -> str:
    """Move a note name by an interval, keeping its spelling; a name without octave stays without."""
    found = tokenize_note(name)
    if found is None:
        raise KindError(f"{name} is not a note", found=name, expected="a note name such as c4 or eb")
    letter, accidentals, octave = found
    steps, semitones = interval
    place = LETTERS.index(letter.upper()) + steps
    pitch = CHROMA[letter.lower()] + sum(ACCIDENTAL[a] for a in accidentals) + semitones
    turn, index = divmod(place, 7)
    alteration = pitch - (MAJOR_SEMITONES[index] + 12 * turn)
    if abs(alteration) > 6:
        alteration = (alteration + 6) % 12 - 6
    marks = "#" * alteration if alteration > 0 else "b" * -alteration
    return f"{LETTERS[index]}{marks}{'' if octave is None else octave + turn}"


@lru_cache(maxsize=1)
def scale_names() -> dict[str, tuple[Interval, ...]]:
    """Give the intervals of every scale by name."""
    out: dict[str, tuple[Interval, ...]] = {}
    for line in TABLE.strip().split("\n"):
        intervals, names = line.split(": ", 1)
        read = tuple(read_interval(i) for i in intervals.split())
        for name in names.split(", "):
            out[name] = out[name.replace("neapolitan", "neopolitan")] = read
    return out


@lru_cache(maxsize=512)
def read_scale(text: str) -> tuple[str, tuple[Interval, ...]]:
    """Read `tonic name` into a tonic with octave (3 unless given) and intervals; raises KindError with a hint."""
    words = text.split()
    tonic = "C"
    if words and (found := tokenize_note(words[0])) is not None and (len(words) > 1 or text not in scale_names()):
        letter, accidentals, octave = found
        tonic = letter.upper() + accidentals.replace("s", "#").replace("f", "b") + str(3 if octave is None else octave)
        words = words[1:]
    else:
        tonic = "C3"
    name = " ".join(words).lower()
    intervals = scale_names().get(name)
    if intervals is None and words and (rest := " ".join(words[1:])) in scale_names():
        meant = ELSEWHERE.get(words[0].lower())
        nearby = [f"{tonic}:{rest.replace(' ', ':')}" for tonic in ([meant] if meant else NEARBY)]
        raise KindError(
            f"{words[0]} is not a note to build a scale on",
            found=text,
            expected="one of c d e f g a b, with # for sharp or b for flat",
            hint=f"did you mean {' or '.join(nearby)}?",
        )
    if intervals is None:
        raise KindError(
            f"{name or text.strip()} is not a scale",
            found=text,
            expected="a tonic and a scale such as c:minor",
            hint=nearest(name, scale_names()),
        )
    return tonic, intervals


def degree(step: int, scale: str) -> str:
    """Name the note of a step of a scale, counted from 0 at the tonic."""
    tonic, intervals = read_scale(scale)
    octave, index = divmod(step, len(intervals))
    steps, semitones = intervals[index]
    return transpose_note(tonic, (steps + 7 * octave, semitones + 12 * octave))


def read_step(value: Any) -> tuple[int, int]:
    """Read a step of a scale with its accidentals, as step and semitones; raises KindError."""
    if isinstance(value, str):
        found = STEP.match(value)
        if not found:
            raise KindError(f"{value} is not a step of a scale", found=value, expected="a number such as 2, -1 or 4#")
        marks = found.group(2)
        return math.ceil(float(found.group(1))), sum(ACCIDENTAL[a] for a in marks)
    return math.ceil(value), 0


def note_of_step(value: Any, scale: str) -> str:
    """Name the note of a step that may have accidentals."""
    if type(value) is int:
        return plain_note(value, scale)
    step, offset = read_step(value)
    if offset:
        return ScaleNote(midi_to_note(note_to_midi(degree(step, scale)) + offset), scale)
    return plain_note(step, scale)


@lru_cache(maxsize=4096)
def plain_note(step: int, scale: str) -> str:
    """Name the note of a whole step."""
    return ScaleNote(degree(step, scale), scale)


def near_anchor(value: Any, scale: str, anchor: Any) -> int:
    """Give the MIDI number of a step when step 0 is the note of the scale nearest to an anchor."""
    step, offset = read_step(value)
    tonic, intervals = read_scale(scale)
    semitones = [s for _, s in intervals]
    root = note_to_midi(tonic) % 12
    anchor_midi = note_to_midi(anchor) if isinstance(anchor, str) else int(anchor)
    above = (anchor_midi - root) % 12
    zero = min(range(len(semitones)), key=lambda i: abs(semitones[i] - above))
    octave, index = divmod(step + zero, len(semitones))
    return anchor_midi - above + semitones[index] + 12 * octave + offset


def quantised(name: str, scale: str) -> str:
    """Name the note of a scale that is nearest to a note; of two equally near, the higher."""
    tonic, intervals = read_scale(scale)
    midi = note_to_midi(name)
    octave = (midi - note_to_midi(tonic)) // 12
    candidates = [
        transpose_note(tonic, (steps + 7 * o, semitones + 12 * o))
        for o in range(octave - 1, octave + 3)
        for steps, semitones in intervals
    ]
    best = min(candidates, key=lambda n: (abs(note_to_midi(n) - midi), -note_to_midi(n)))
    return ScaleNote(best, scale)


def moved_in_scale(name: Any, steps: int, scale: str) -> str:
    """Move a note by steps of a scale."""
    tonic, intervals = read_scale(scale)
    midi = note_to_midi(name) if isinstance(name, str) else int(name)
    above = midi - note_to_midi(tonic)
    octave, rest = divmod(above, 12)
    index = min(range(len(intervals)), key=lambda i: abs(intervals[i][1] - rest))
    return ScaleNote(degree(index + octave * len(intervals) + steps, scale), scale)


def transposed(value: Any, interval: Any) -> Any:
    """Move a note name or number by semitones or by an interval such as 3M."""
    if isinstance(value, str) and (number := STEP.match(value)) and not number.group(2):
        value = float(value) if "." in value else int(value)
    if isinstance(interval, str) and re.match(r"^-?\d+(\.\d+)?$", interval):
        interval = float(interval) if "." in interval else int(interval)
    if not isinstance(value, str):
        return value + (read_interval(interval)[1] if isinstance(interval, str) else interval)
    if isinstance(interval, str):
        return transpose_note(value, read_interval(interval))
    return transpose_note(value, spelled_interval(round(interval)))
