"""Chords: symbols, tones and voicings that lead well from one to the next."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from livecode.errors import KindError, nearest
from livecode.patterns.notes import midi_to_note, note_to_midi
from livecode.patterns.scales import read_interval, transpose_note

SYMBOL = re.compile(r"^([A-Ga-g][b#]*)([^/]*)(?:/([A-Ga-g][b#]*))?$")

# Chord tones in semitones above the root, by symbol; names with commas are the same chord.
TONES = {
    ",M,maj,major": (0, 4, 7),
    "m,-,min,minor": (0, 3, 7),
    "+,aug,#5": (0, 4, 8),
    "o,dim": (0, 3, 6),
    "sus,sus4": (0, 5, 7),
    "sus2,2": (0, 2, 7),
    "5": (0, 7),
    "6,M6": (0, 4, 7, 9),
    "m6,-6": (0, 3, 7, 9),
    "69,6/9,M69": (0, 4, 7, 9, 14),
    "m69,-69": (0, 3, 7, 9, 14),
    "7,dom": (0, 4, 7, 10),
    "^7,M7,maj7,^,Δ": (0, 4, 7, 11),
    "m7,-7,min7": (0, 3, 7, 10),
    "m^7,-^7,mM7,-M7,m^": (0, 3, 7, 11),
    "m7b5,-7b5,h7,h,ø": (0, 3, 6, 10),
    "o7,dim7": (0, 3, 6, 9),
    "oM7,o^7": (0, 3, 6, 11),
    "7sus,7sus4": (0, 5, 7, 10),
    "7susadd3": (0, 4, 5, 7, 10),
    "9": (0, 4, 7, 10, 14),
    "9sus": (0, 5, 7, 10, 14),
    "9b5": (0, 4, 6, 10, 14),
    "9#5": (0, 4, 8, 10, 14),
    "9#11": (0, 4, 7, 10, 14, 18),
    "^9,M9,maj9": (0, 4, 7, 11, 14),
    "^9#11,M9#11": (0, 4, 7, 11, 14, 18),
    "m9,-9": (0, 3, 7, 10, 14),
    "m^9,-^9,-M9,mM9": (0, 3, 7, 11, 14),
    "m9b5,-9b5,h9": (0, 3, 6, 10, 14),
    "add9,(add9)": (0, 4, 7, 14),
    "madd9,-add9": (0, 3, 7, 14),
    "11": (0, 7, 10, 14, 17),
    "m11,-11": (0, 3, 7, 10, 14, 17),
    "13": (0, 4, 10, 14, 21),
    "13sus": (0, 5, 10, 14, 21),
    "13b9": (0, 4, 10, 13, 21),
    "13#9": (0, 4, 10, 15, 21),
    "13#11": (0, 4, 10, 14, 18, 21),
    "^13,M13,maj13": (0, 4, 11, 14, 21),
    "m13,-13": (0, 3, 10, 14, 21),
    "7b5": (0, 4, 6, 10),
    "7#5,7+,+7": (0, 4, 8, 10),
    "7b9": (0, 4, 7, 10, 13),
    "7#9": (0, 4, 7, 10, 15),
    "7#11": (0, 4, 7, 10, 18),
    "7b13": (0, 4, 7, 10, 20),
    "7alt,alt": (0, 4, 8, 10, 15),
    "7b9sus,7susb9": (0, 5, 7, 10, 13),
    "7b13sus": (0, 5, 7, 10, 20),
    "7b9b5": (0, 4, 6, 10, 13),
    "7b9#5,7b9b13": (0, 4, 8, 10, 13),
    "7b9#9": (0, 4, 10, 13, 15),
    "7b9#11": (0, 4, 7, 10, 13, 18),
    "7#9#5,7#9b13": (0, 4, 8, 10, 15),
    "7#9b5": (0, 4, 6, 10, 15),
    "7#9#11": (0, 4, 7, 10, 15, 18),
    "^7#5,M7#5": (0, 4, 8, 11),
    "^7#11,M7#11": (0, 4, 7, 11, 18),
    "^7b5,M7b5": (0, 4, 6, 11),
    "mb6,-b6": (0, 3, 7, 8),
    "m7b9": (0, 3, 7, 10, 13),
    "-#5,m#5": (0, 3, 8),
}

# Full two-handed voicings of the commonest chords, lowest note first.
FULL = {
    ",M,maj,major": ((4, 12, 16, 19, 24), (0, 7, 12, 16), (0, 7, 12, 16, 19), (7, 12, 16, 19, 24)),
    "m,-,min,minor": ((7, 12, 15, 19, 24), (0, 3, 7, 12, 15), (0, 7, 12, 15, 19)),
    "7,dom": ((4, 10, 16, 19, 24), (0, 7, 10, 16), (0, 10, 12, 16, 19), (10, 16, 19, 22)),
    "^7,M7,maj7,^,Δ": ((0, 16, 19, 23), (4, 11, 16, 19), (0, 7, 11, 16)),
    "m7,-7,min7": ((10, 15, 19, 22, 24), (0, 3, 7, 10, 15), (0, 7, 10, 15, 19)),
}

# Voicings for the left hand, without the root; for a bass that plays it.
LEFT_HAND = {
    "m7,-7,min7,m9,-9": ("3m 5P 7m 9M", "7m 9M 10m 12P"),
    "7,9,13": ("3M 6M 7m 9M", "7m 9M 10M 13M"),
    "^7,M7,maj7,^9,^": ("3M 5P 7M 9M", "7M 9M 10M 12P"),
    "6,69": ("3M 5P 6M 9M", "6M 9M 10M 12P"),
    "m6,-6": ("3m 5P 6M 9M", "6M 9M 10m 12P"),
    "m7b5,-7b5,h7,h": ("3m 5d 7m 8P", "7m 8P 10m 12d"),
    "m^7,-^7,mM7": ("3m 5P 7M 9M", "7M 9M 10m 12P"),
    "7b9,7b13": ("3M 6m 7m 9m", "7m 9m 10M 13m"),
    "o7": ("1P 3m 5d 6M", "5d 6M 8P 10m"),
    "7#9": ("3M 7m 9A", "7m 9A 10M"),
    "7#11": ("3M 5d 7m 9M", "7m 9M 11A 13M"),
}


def _by_name(table: dict[str, Any]) -> dict[str, Any]:
    return {name: value for names, value in table.items() for name in names.split(",")}


CHORD_TONES: dict[str, tuple[int, ...]] = _by_name(TONES)


@lru_cache(maxsize=1024)
def read_chord(text: str) -> tuple[str, str]:
    """Read a chord symbol into root and kind; raises KindError."""
    found = SYMBOL.match(text)
    if not found or found.group(2) not in CHORD_TONES:
        near = nearest(found.group(2), filter(None, CHORD_TONES)) if found else ""
        raise KindError(
            f"{text} is not a chord that is known here",
            found=text,
            expected="a chord such as Cm7 or F#^7",
            hint=near.replace("did you mean ", f"did you mean {found.group(1)}") if found else "",
        )
    root = found.group(1)
    return root[0].upper() + root[1:], found.group(2)


def root_of(text: str) -> str:
    """Give the root of a chord symbol; raises KindError."""
    found = SYMBOL.match(text)
    if not found:
        raise KindError(f"{text} is not a chord", found=text, expected="a chord such as Cm7 or F#^7")
    return found.group(1)[0].upper() + found.group(1)[1:]


def close_voicings(tones: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Give for each chord tone a voicing in which it lies on top, the others close below."""
    pitches = sorted({t % 12 for t in tones})
    out = []
    for i in range(len(pitches)):
        turned = pitches[i + 1 :] + [p + 12 for p in pitches[: i + 1]]
        out.append(tuple(turned))
    return tuple(out)


def root_on_top(tones: tuple[int, ...]) -> tuple[int, ...]:
    """Give a voicing with the root on top and the seventh, or the root, doubled at the bottom.

    Rich chords leave the fifth out, and the seventh above when it would rub against the thirteenth.
    """
    rich = len(tones) > 4
    inner = sorted({12 + t % 12 for t in tones if t % 12 and not (rich and t == 7)})
    if 10 in tones:
        if len(inner) > 3:
            inner.remove(22)
        return (10, *inner, 24)
    return (12, *inner, 24)


def triads(tones: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Give the inversions of the first three chord tones."""
    return close_voicings(tones[:3])


@lru_cache(maxsize=256)
def voicings_of(kind: str, dictionary: str) -> tuple[tuple[int, ...], ...]:
    """Give the voicings of a kind of chord in a dictionary: ireal (full), lefthand or triads; raises KindError."""
    tones = CHORD_TONES[kind]
    if dictionary == "triads":
        return triads(tones)
    if dictionary == "lefthand":
        rows = _by_name(LEFT_HAND).get(kind)
        if rows:
            return tuple(tuple(read_interval(i)[1] for i in row.split()) for row in rows)
        return close_voicings(tones)
    if dictionary in ("ireal", "ireal-ext", "default", "legacy", "guidetones"):
        full: tuple[tuple[int, ...], ...] | None = _by_name(FULL).get(kind)
        return full or (root_on_top(tones), *(row for row in close_voicings(tones) if row[-1] % 12))
    raise KindError(f"{dictionary} is not a dictionary of voicings", expected="ireal, lefthand or triads")


def _target(voicing: tuple[int, ...], mode: str) -> int:
    return voicing[0] if mode in ("above", "root") else voicing[-1]


def voiced(
    chord: str, dictionary: str = "ireal", anchor: Any = "c5", mode: str = "below", offset: int = 0
) -> list[int]:
    """Give the MIDI numbers of a chord, voiced so that its top (or bottom) note lies next to the anchor.

    Mode `below` keeps the top at or below the anchor, `above` the bottom at or above it, `duck` leaves the anchor's
    own note out, `root` takes the first voicing with its lowest note below the anchor. `offset` takes another one.
    """
    root, kind = read_chord(chord)
    chroma = note_to_midi(root) % 12
    anchor_midi = note_to_midi(anchor, 4) if isinstance(anchor, str) else int(anchor)
    rows = voicings_of(kind, dictionary)
    if mode == "root":
        rows = tuple((0, *(x for x in row if x % 12)) for row in rows)
    if mode == "above":
        distances = [(_target(row, mode) + chroma - anchor_midi) % 12 for row in rows]
    else:
        distances = [(anchor_midi - _target(row, mode) - chroma) % 12 for row in rows]
    best = 0 if mode == "root" else min(range(len(rows)), key=distances.__getitem__)
    octaves, index = divmod(best + offset, len(rows))
    row = rows[index]
    distance = distances[index]
    at = anchor_midi + distance if mode == "above" else anchor_midi - distance
    notes = [at - _target(row, mode) + x + 12 * octaves for x in row]
    return [n for n in notes if n != anchor_midi] if mode == "duck" else notes


def spelled_voicing(chord: str, dictionary: str, low: str = "F3") -> list[str]:
    """Give the note names of the lowest voicing of a chord that starts at or above a note."""
    root, kind = read_chord(chord)
    rows = _by_name(LEFT_HAND).get(kind) if dictionary == "lefthand" else None
    floor, ceiling = note_to_midi(low), note_to_midi(low) + 16
    if rows is None:
        return [midi_to_note(n) for n in voiced(chord, dictionary)]
    found: list[list[str]] = []
    for row in rows:
        for octave in range(1, 6):
            names = [transpose_note(f"{root}{octave}", read_interval(i)) for i in row.split()]
            if note_to_midi(names[0]) >= floor:
                found.append(names)
                break
    fitting = [names for names in found if note_to_midi(names[-1]) <= ceiling] or found
    return min(fitting, key=lambda names: note_to_midi(names[0]))


def scale_step(notes: list[int], step: int, octaves: int = 1) -> int:
    """Give the note of a chord by its number, going on in further octaves."""
    turn, index = divmod(step, len(notes))
    return notes[index] + turn * octaves * 12
