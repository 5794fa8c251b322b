"""Words of harmony: scales, transposition, chords and their voicings."""

from __future__ import annotations

import math
from typing import Any

from livecode.errors import KindError
from livecode.patterns import chords, scales, tunings
from livecode.patterns.combining import Map, Rewrite
from livecode.patterns.core import Pattern
from livecode.patterns.notes import is_note, midi_to_note
from livecode.patterns.raws import Raw
from livecode.patterns.register import Number, Text, Value, word
from livecode.patterns.values import numeral

GROUP = "tonal"


def scale_name(x: Any) -> str:
    """Read a scale written as a list (c:minor) or as text, with spaces or colons."""
    if isinstance(x, list):
        return " ".join(scale_name(v) for v in x)
    return str(x).replace(":", " ")


def in_scale(value: Any, scale: str) -> Any:
    """Read a step in a scale, or move a named note to the nearest of the scale."""
    if type(value) is not dict:
        if isinstance(value, str) and is_note(value):
            return scales.quantised(value, scale)
        return scales.note_of_step(value, scale)
    key = "n" if "n" in value else "note" if "note" in value else ""
    if not key:
        return value
    found = value[key]
    rest = {} if len(value) == 1 else {k: v for k, v in value.items() if k not in ("n", "note")}
    if isinstance(found, str) and is_note(found):
        return {**rest, "note": scales.quantised(found, scale)}
    if "anchor" in value:
        return {**rest, "note": scales.near_anchor(found, scale, value["anchor"])}
    return {**rest, "note": scales.note_of_step(found, scale)}


def in_tuning(value: Any, tuning: tunings.Tuning) -> Any:
    """Read a step in a tuning, or move a named note to its nearest pitch."""
    if type(value) is not dict:
        return tunings.tuned(value, tuning)
    key = "n" if "n" in value else "note" if "note" in value else ""
    if not key:
        return value
    return {**{k: v for k, v in value.items() if k != "n"}, "note": tunings.tuned(value[key], tuning)}


@word("scale", example='n "0 2 4" | scale "c:minor"', group=GROUP, keep_steps=True)
def scale_word(name: Value, pat: Pattern) -> Pattern:
    """Read numbers as steps of a scale or tuning, and move named notes to the nearest of it.

    The scale is a tonic and a name ("c:minor", "c3:19edo", "c:just:major") or a list of semitones, cents or ratios.
    """
    tuning = tunings.read_tuning(name)
    if tuning is not None:
        return Map(lambda v: in_tuning(v, tuning), pat)
    text = scale_name(name)
    scales.read_scale(text)
    return Map(lambda v: in_scale(v, text), pat)


def _scale_of(note: Any) -> str:
    if not isinstance(note, scales.ScaleNote):
        raise KindError("scaleTranspose wants notes of a scale", found=str(note), expected="scale before it")
    return note.scale


@word(
    "scaleTranspose",
    aliases=("scaleTrans", "strans"),
    example='n "0 2 4" | scale "c:major" | scaleTranspose 1',
    group=GROUP,
    keep_steps=True,
)
def scale_transpose(steps: Number, pat: Pattern) -> Pattern:
    """Move notes by steps of the scale they were chosen from."""

    def moved(note: Any) -> Any:
        if isinstance(note, tunings.TunedPitch):
            return tunings.TunedPitch(note.tuning, note.step + int(steps))
        return scales.moved_in_scale(note, int(steps), _scale_of(note))

    def move(value: Any) -> Any:
        return {**value, "note": moved(value.get("note"))} if type(value) is dict else moved(value)

    return Map(move, pat)


@word("transpose", aliases=("trans",), example='note "c3 e3" | transpose "<0 5m>"', group=GROUP, keep_steps=True)
def transpose(interval: Value, pat: Pattern) -> Pattern:
    """Move notes by semitones, or by an interval such as 3M."""

    def move(value: Any) -> Any:
        if type(value) is dict:
            return {**value, "note": scales.transposed(value["note"], interval)} if "note" in value else value
        return scales.transposed(value, interval)

    return Map(move, pat)


@word("rootNotes", example='rootNotes 2 "<C^7 A7>"', group=GROUP, keep_steps=True)
def root_notes(octave: Number, pat: Pattern) -> Pattern:
    """Give the roots of chords in an octave."""

    def root(value: Any) -> Any:
        chord = value.get("chord") if type(value) is dict else value
        name = f"{chords.root_of(str(chord))}{int(octave)}"
        return {"note": name} if type(value) is dict else name

    return Map(root, pat)


OWN = ("chord", "dictionary", "anchor", "mode", "offset", "octaves", "n")


def voiced_values(value: Any) -> list[Any]:
    """Give the notes of a chord, each as the value of its own event."""
    controls = value if type(value) is dict else {"chord": value}
    chord = controls.get("chord")
    if chord is None:
        raise KindError("voicing wants a chord", expected='chord "<Cm7 F7>" | voicing')
    notes = chords.voiced(
        str(chord),
        str(controls.get("dictionary", "ireal")),
        controls.get("anchor", "c5"),
        str(controls.get("mode", "below")),
        int(numeral(controls.get("offset", 0))),
    )
    rest = {k: v for k, v in controls.items() if k not in OWN}
    if "n" in controls:
        step = math.floor(numeral(controls["n"]))
        return [{**rest, "note": chords.scale_step(notes, step, int(numeral(controls.get("octaves", 1))))}]
    return [{**rest, "note": midi_to_note(n)} for n in notes]


def _spread(haps: list[Raw], values: Any) -> list[Raw]:
    return [(wb, we, pb, pe, v, pl) for wb, we, pb, pe, value, pl in haps for v in values(value)]


@word("voicing", example='chord "<Cm7 Ab^7 Fm9 G7>" | voicing', group=GROUP, keep_steps=True)
def voicing(pat: Pattern) -> Pattern:
    """Turn chords into notes, voiced so that they lead well; `n` picks single notes."""
    return Rewrite(lambda d, haps: _spread(haps, voiced_values), pat, steps=pat.steps)


@word("voicings", example="voicings 'lefthand' \"C^7 A7\"", group=GROUP, keep_steps=True)
def voicings(dictionary: Text, pat: Pattern) -> Pattern:
    """Turn chord names into note names by a dictionary; `voicing` does more."""
    return Rewrite(
        lambda d, haps: _spread(haps, lambda v: chords.spelled_voicing(str(v), dictionary)), pat, steps=pat.steps
    )
