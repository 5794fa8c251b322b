"""A song as MIDI: a track for every pattern, the tempo map, meters, and the sections as markers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from livecode.conductor.pace import pace_at
from livecode.conductor.score import Part, Score, Stretch, stretches
from livecode.errors import FileError
from livecode.midi import files
from livecode.midi.files import FileNote, FileTrack, Meter, Song
from livecode.patterns import Context, Hap
from livecode.scores import file_note

STEP = Fraction(1)  # cycles that are asked for at once


class Ruler:
    """Quarter notes over the cycles of a score, from a cycle on; the meter may change on the way."""

    def __init__(self, score: Score, begin: Fraction, end: Fraction) -> None:
        self.legs: list[tuple[Fraction, Fraction, Fraction]] = []  # cycle, quarters there, quarters to a cycle
        self.tempi: list[tuple[Fraction, float]] = []
        self.meters: list[tuple[Fraction, Fraction]] = []
        at, quarters = begin, Fraction(0)
        while at < end:
            pace = pace_at(score, at)
            if not self.legs or self.legs[-1][2] != pace.beats:
                self.legs.append((at, quarters, pace.beats))
                self.meters.append((quarters, pace.beats))
            if not self.tempi or self.tempi[-1][1] != pace.bpm:
                self.tempi.append((quarters, pace.bpm))
            until = end if pace.until is None else min(pace.until, end)
            quarters += (until - at) * pace.beats
            at = until

    def at(self, cycle: Fraction) -> tuple[Fraction, Fraction]:
        """Give the quarter note at a cycle, and how many go into a cycle there."""
        first, quarters, beats = next((leg for leg in reversed(self.legs) if leg[0] <= cycle), self.legs[0])
        return quarters + (cycle - first) * beats, beats


def sheet(score: Score, begin: Fraction, end: Fraction | None) -> Song:
    """Write the notes of a score down, from a cycle to another or to its end; muted patterns stay out.

    Raises FileError when there are none, and LiveError for values that make no sense.
    """
    last = score.length if end is None else end
    assert last is not None, "an endless score is refused before"
    ruler = Ruler(score, begin, last)
    tracks: dict[str, list[FileNote]] = {}
    markers: list[tuple[Fraction, str]] = []
    for stretch, offset in stretches(score, begin, last):
        low = max(begin, offset)
        high = last if stretch.length is None else min(last, offset + stretch.length)
        if stretch.name:
            markers.append((ruler.at(low)[0], stretch.name))
        key = stretch.key or score.key
        for part in stretch.parts:
            for hap, at in _events(score, part, stretch, offset, low, high):
                name = hap.value.get("strip", part.strip) if isinstance(hap.value, dict) else part.strip
                if not score.audible.get(name, True):
                    continue
                quarter, beats = ruler.at(at)
                note = file_note(name, hap, quarter, beats, key)
                if note is not None:
                    tracks.setdefault(name, []).append(note)
    found = tuple(FileTrack(name, tuple(notes)) for name, notes in tracks.items() if notes)
    if not found:
        raise FileError(
            "there are no notes that a MIDI file could hold", hint="note, n with a scale, or drums of the kit"
        )
    (_, bpm), *tempi = ruler.tempi
    (_, beats), *meters = ruler.meters
    return Song(bpm, beats, found, tuple(tempi), tuple((at, Meter.of(b)) for at, b in meters), tuple(markers))


def _events(
    score: Score, part: Part, stretch: Stretch, offset: Fraction, low: Fraction, high: Fraction
) -> Iterator[tuple[Hap, Fraction]]:
    """Give the events of a part between two cycles, each with its cycle; the stretch began at `offset`."""
    while low < high:
        until = min(low + STEP, high)
        pace = pace_at(score, low)
        context = Context(cps=pace.bpm / 60 / float(pace.beats), section=stretch.length)
        for hap in part.pattern.onsets(low - offset, until - offset, context):
            yield hap, offset + hap.part.begin
        low = until


def apart(song: Song) -> list[tuple[str, Song]]:
    """Give the song once for each of its tracks, by the name of the track."""
    return [(track.name, replace(song, tracks=(track,))) for track in song.tracks]


def save(path: Path, song: Song) -> None:
    """Write a song as a MIDI file, or leave nothing.

    Raises FileError.
    """
    from livecode.deliver.formats import whole  # it loads numpy, and this process may need no more than notes

    with whole(path) as partial:
        files.write(partial, song)
