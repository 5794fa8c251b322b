"""A pattern is tried before it plays: what its first events could not be played with is told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

from livecode.errors import KindError, LiveError, Place
from livecode.language.functions import Function, Partial
from livecode.language.units import WRITTEN
from livecode.patterns import CONTROLS, Context, Control, Hap, Pattern
from livecode.patterns.chords import read_chord
from livecode.patterns.notes import is_note
from livecode.patterns.scales import read_step

CYCLES = 4
ENOUGH = 512  # events that are looked at
READ = frozenset({"curve", "orbit", "channel", "channels", "distort", "resonance", "hresonance", "unit"})  # texts too
READERS: Mapping[str, Callable[[str], object]] = {"chord": read_chord, "n": read_step}


def tried(pattern: Pattern, place: Place | None, section: Fraction | None = None) -> None:
    """Refuse a pattern whose first cycles hold a note, chord or number that is none.

    `section` is the length in cycles of the section that it plays in.
    Raises LiveError with the place of the very atom, where there is one.
    """
    context = Context(cps=0.5, section=section)
    seen: set[tuple[str, str]] = set()
    looked = 0
    for cycle in range(CYCLES):
        try:
            haps = pattern.onsets(Fraction(cycle), Fraction(cycle + 1), context)
        except LiveError as error:
            raise error.at(place and place.within(error.found)) from None
        for hap in haps:
            _no_function(hap.value, hap.places[0] if hap.places else place)
            for name, text in _texts(hap.value):
                if (name, text) not in seen:
                    seen.add((name, text))
                    _check(name, text, _place_of(text, hap) or place)
        looked += len(haps)
        if looked > ENOUGH:
            return


def _no_function(value: Any, place: Place | None) -> None:
    """Refuse an event that is, or holds, a function that still waits for its arguments."""
    for found in value.values() if isinstance(value, dict) else (value,):
        if isinstance(found, Function):
            raise KindError(
                f"{found.name} still waits for its arguments, so it is nothing that plays",
                place=found.place if isinstance(found, Partial) and found.place else place,
                hint=f"functions are chained with a bar: p | {found.name} …",
            )


def _texts(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        yield from ((name, text) for name, text in value.items() if isinstance(text, str))


def _place_of(text: str, hap: Hap) -> Place | None:
    """Give the place of the atom that says a text, else that of the event."""
    said = (p for p in hap.places if p.text == text)
    return next(said, hap.places[0] if hap.places else None)


@cache
def _numeric(name: str) -> Control | None:
    """Give the row of a control that takes nothing but numbers."""
    row = CONTROLS.get(name)
    if row is None or name in READ or name == "note":
        return None
    measured = row.unit or row.lo is not None or row.hi is not None or isinstance(row.default, float)
    return row if measured else None


def _check(name: str, text: str, place: Place | None) -> None:
    if name == "note":
        if not is_note(text) and not _is_number(text):
            expected = "a name such as c4 or eb, or a number"
            raise KindError(f"{text} is not a note", place=place, expected=expected, hint=f"s '{text}' chooses a sound")
    elif name in READERS:
        try:
            READERS[name](text)
        except LiveError as error:
            if name == "n" and is_note(text):
                error.hint = f'names of notes stand behind note: note "{text}"'
            raise error.at(place) from None
    elif (row := _numeric(name)) is not None and not _is_number(text):
        wanted = WRITTEN.get(row.unit, "a plain number")
        raise KindError(f"{name} takes a number, not {text}", place=place, expected=wanted, hint=row.example)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
