"""Standard MIDI files to plain notes and back, by way of mido."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import mido

from livecode.errors import FileError

RESOLUTION = 480  # ticks to a beat of what is written
BEAT = 1_000_000 * 60  # µs in a minute


@dataclass(frozen=True, slots=True)
class FileNote:
    """A note of a file; times in quarter notes from its begin, channels from 1."""

    begin: Fraction
    end: Fraction
    key: int
    velocity: int
    channel: int = 1


@dataclass(frozen=True, slots=True)
class FileTrack:
    name: str
    notes: tuple[FileNote, ...]


@dataclass(frozen=True, slots=True)
class Song:
    """What is kept of a file: its first tempo and meter, and the notes of each track that has some."""

    bpm: float
    beats: Fraction  # quarter notes to a bar
    tracks: tuple[FileTrack, ...]

    @property
    def end(self) -> Fraction:
        return max((n.end for t in self.tracks for n in t.notes), default=Fraction(0))


def read(path: Path) -> Song:
    """Read a file.

    Raises FileError for one that is missing or no MIDI file.
    """
    try:
        file = mido.MidiFile(path)
    except FileNotFoundError:
        raise FileError(f"there is no file {path}") from None
    except (OSError, EOFError, ValueError, LookupError) as error:
        raise FileError(f"{path} is no MIDI file: {error}") from None
    if file.ticks_per_beat <= 0:
        raise FileError(f"{path} counts its time in frames, which is not known here")
    bpm, beats = 120.0, Fraction(4)
    tempi = [m for track in file.tracks for m in track if m.type == "set_tempo"]
    meters = [m for track in file.tracks for m in track if m.type == "time_signature"]
    if tempi:
        bpm = BEAT / max(tempi[0].tempo, 1)
    if meters:
        beats = Fraction(4 * meters[0].numerator, meters[0].denominator)
    tracks: list[FileTrack] = []
    for number, track in enumerate(file.tracks, 1):
        by_channel: dict[int, list[FileNote]] = {}
        for note in _notes(track, file.ticks_per_beat):
            by_channel.setdefault(note.channel, []).append(note)
        for channel, notes in sorted(by_channel.items()):
            name = track.name or f"track {number}"
            tracks.append(FileTrack(name if len(by_channel) == 1 else f"{name} {channel}", tuple(notes)))
    return Song(bpm, beats, tuple(tracks))


def _notes(track: Iterable[mido.Message], resolution: int) -> list[FileNote]:
    """Pair note-ons with their note-offs, the oldest first; what is never ended ends with the track."""
    out: list[FileNote] = []
    down: dict[tuple[int, int], list[tuple[int, int]]] = {}
    now = 0
    for message in track:
        now += message.time
        if message.type not in ("note_on", "note_off"):
            continue
        key = (message.channel, message.note)
        if message.type == "note_on" and message.velocity:
            down.setdefault(key, []).append((now, message.velocity))
        elif down.get(key):
            begin, velocity = down[key].pop(0)
            out.append(_note(begin, now, key, velocity, resolution))
    for key, begun in down.items():
        out += [_note(begin, now, key, velocity, resolution) for begin, velocity in begun]
    return sorted((n for n in out if n.end > n.begin), key=lambda n: (n.begin, n.key, n.end))


def _note(begin: int, end: int, key: tuple[int, int], velocity: int, resolution: int) -> FileNote:
    return FileNote(Fraction(begin, resolution), Fraction(end, resolution), key[1], velocity, key[0] + 1)


def write(path: Path, song: Song) -> None:
    """Write a file of one track a part, after a track with tempo and meter.

    Raises FileError.
    """
    file = mido.MidiFile(ticks_per_beat=RESOLUTION)
    head = mido.MidiTrack()
    head.append(mido.MetaMessage("set_tempo", tempo=round(BEAT / song.bpm)))
    head.append(
        mido.MetaMessage("time_signature", numerator=song.beats.numerator, denominator=4 * song.beats.denominator)
        if (4 * song.beats.denominator).bit_count() == 1
        else mido.MetaMessage("time_signature", numerator=4, denominator=4)
    )
    file.tracks.append(head)
    for part in song.tracks:
        track = mido.MidiTrack()
        track.append(mido.MetaMessage("track_name", name=part.name))
        moments: list[tuple[int, int, mido.Message]] = []
        for note in part.notes:
            begin, end = round(note.begin * RESOLUTION), round(note.end * RESOLUTION)
            common = {"channel": note.channel - 1, "note": note.key}
            moments.append((begin, 1, mido.Message("note_on", velocity=note.velocity, **common)))
            moments.append((max(end, begin + 1), 0, mido.Message("note_off", velocity=64, **common)))
        now = 0
        for at, _, message in sorted(moments, key=lambda m: m[:2]):
            track.append(message.copy(time=at - now))
            now = at
        file.tracks.append(track)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file.save(path)
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error}") from None
