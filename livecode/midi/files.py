"""Standard MIDI files to plain notes and back, by way of mido."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

import mido

from livecode.errors import FileError

RESOLUTION = 480  # ticks to a beat of what is written
BEAT = 1_000_000 * 60  # µs in a minute
LARGEST = 8_000_000  # bytes of a file
WIDEST = 200  # characters of a marker


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
class Meter:
    """A time signature: so many notes of a kind (4: quarters) to a bar."""

    count: int
    kind: int = 4

    @property
    def beats(self) -> Fraction:
        """The quarter notes of a bar."""
        return Fraction(4 * self.count, self.kind)

    @staticmethod
    def of(beats: Fraction) -> Meter:
        """Give the meter of a bar of so many quarters; one that MIDI cannot write is four quarters."""
        kind = 4 * beats.denominator
        return Meter(beats.numerator, kind) if kind.bit_count() == 1 and beats.numerator < 256 else Meter(4)


@dataclass(frozen=True, slots=True)
class Song:
    """What is kept of a file: tempo, meter and the notes of each track that has some.

    Changes and markers stand at quarter notes from its begin, after what holds at first.
    """

    bpm: float
    beats: Fraction  # quarter notes to a bar
    tracks: tuple[FileTrack, ...]
    tempi: tuple[tuple[Fraction, float], ...] = ()  # later tempi
    meters: tuple[tuple[Fraction, Meter], ...] = ()  # later meters
    markers: tuple[tuple[Fraction, str], ...] = ()

    @property
    def end(self) -> Fraction:
        return max((n.end for t in self.tracks for n in t.notes), default=Fraction(0))


def read(path: Path) -> Song:
    """Read a file.

    Raises FileError for one that is missing or no MIDI file.
    """
    try:
        if path.exists() and (not path.is_file() or path.stat().st_size > LARGEST):
            raise FileError(f"{path} is no MIDI file", hint=f"they have {LARGEST // 1_000_000} MB at most")
        file = mido.MidiFile(path)
    except FileNotFoundError:
        raise FileError(f"there is no file {path}") from None
    except (OSError, EOFError, ValueError, LookupError) as error:
        raise FileError(f"{path} is no MIDI file: {error}") from None
    if file.ticks_per_beat <= 0:
        raise FileError(f"{path} counts its time in frames, which is not known here")
    tempi = _changes((at, BEAT / max(m.tempo, 1)) for at, m in _metas(file, "set_tempo"))
    meters = _changes((at, Meter(m.numerator, m.denominator)) for at, m in _metas(file, "time_signature"))
    markers = tuple((at, " ".join(str(m.text).split())[:WIDEST]) for at, m in _metas(file, "marker"))
    bpm, tempi = _first(tempi, 120.0)
    meter, meters = _first(meters, Meter(4))
    tracks: list[FileTrack] = []
    for number, track in enumerate(file.tracks, 1):
        by_channel: dict[int, list[FileNote]] = {}
        for note in _notes(track, file.ticks_per_beat):
            by_channel.setdefault(note.channel, []).append(note)
        for channel, notes in sorted(by_channel.items()):
            name = track.name or f"track {number}"
            tracks.append(FileTrack(name if len(by_channel) == 1 else f"{name} {channel}", tuple(notes)))
    return Song(bpm, meter.beats, tuple(tracks), tempi, meters, markers)


def _metas(file: mido.MidiFile, kind: str) -> list[tuple[Fraction, mido.MetaMessage]]:
    """Give all messages of a kind, whatever track they stand in, with their time in quarter notes."""
    found: list[tuple[Fraction, mido.MetaMessage]] = []
    for track in file.tracks:
        now = 0
        for message in track:
            now += message.time
            if message.type == kind:
                found.append((Fraction(now, file.ticks_per_beat), message))
    return sorted(found, key=lambda item: item[0])


Value = TypeVar("Value")


def _changes(items: Iterable[tuple[Fraction, Value]]) -> tuple[tuple[Fraction, Value], ...]:
    """Leave out what changes nothing; of several at one time the last holds."""
    at_once = dict(items)
    out: list[tuple[Fraction, Value]] = []
    for at, value in at_once.items():
        if not out or out[-1][1] != value:
            out.append((at, value))
    return tuple(out)


def _first(
    changes: tuple[tuple[Fraction, Value], ...], default: Value
) -> tuple[Value, tuple[tuple[Fraction, Value], ...]]:
    """Part what holds at the begin from what comes later."""
    if changes and changes[0][0] == 0:
        return changes[0][1], changes[1:]
    return default, changes


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
    """Write a file of one track a part, after a track with tempi, meters and markers.

    Raises FileError.
    """
    file = mido.MidiFile(ticks_per_beat=RESOLUTION)
    head = mido.MidiTrack()
    top = Fraction(0)
    metas: list[tuple[Fraction, mido.MetaMessage]] = [
        (at, mido.MetaMessage("set_tempo", tempo=round(BEAT / bpm))) for at, bpm in ((top, song.bpm), *song.tempi)
    ]
    for at, meter in ((top, Meter.of(song.beats)), *song.meters):
        metas.append((at, mido.MetaMessage("time_signature", numerator=meter.count, denominator=meter.kind)))
    metas += [(at, mido.MetaMessage("marker", text=text)) for at, text in song.markers]
    now = 0
    for place, meta in sorted(metas, key=lambda item: item[0]):
        tick = round(place * RESOLUTION)
        head.append(meta.copy(time=tick - now))
        now = tick
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
        for tick, _, message in sorted(moments, key=lambda m: m[:2]):
            track.append(message.copy(time=tick - now))
            now = tick
        file.tracks.append(track)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file.save(path)
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error}") from None
