"""Between MIDI files and the language: a file as statements, a pattern as a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, gcd
from pathlib import Path

from livecode.conductor import midi_events
from livecode.conductor.pace import TEMPO_GRID, bpm_at
from livecode.errors import FileError, LiveError
from livecode.gear import MidiOut
from livecode.midi import files
from livecode.midi.files import FileNote, FileTrack, Song
from livecode.midi.messages import seven
from livecode.midi.takes import Played, note_name
from livecode.patterns import Hap, Pattern
from livecode.patterns.leaves import Pure

GRID = 96  # to a quarter note: the finest a file is read
DRUMS = 10  # the channel of percussion in General MIDI
# keys of General MIDI's percussion and the sounds of the kit
KIT = {35: "bd", 36: "bd", 37: "rim", 38: "sd", 39: "cp", 40: "sd", 42: "hh", 44: "hh", 46: "oh", 56: "cb"}
OUT = MidiOut("file", "")


def statements(path: Path, taken: Sequence[str] = ()) -> str:
    """Give a MIDI file as statements: tempo, meter and a pattern for every track and channel.

    A cycle is a bar of the first meter. Where the meter changes the notes keep their times, in quarters, so that bars
    no longer fall on cycles: a line says where.

    Raises FileError.
    """
    song = files.read(path)
    if not song.tracks:
        raise FileError(f"there are no notes in {path}")
    length = max(1, ceil(song.end / song.beats))
    names: set[str] = set(taken)
    lines = [f"# {text} at cycle {float(at / song.beats):g}" for at, text in song.markers]
    lines += [f"# {m.count}/{m.kind} from cycle {float(at / song.beats):g}" for at, m in song.meters]
    lines.append(f"tempo {_tempo(song, length)}")
    if song.beats != 4:
        lines.append(f"meter {song.beats / 4}" if song.beats.denominator > 1 else f"meter {song.beats}")
    for track in song.tracks:
        name = _free(re.sub(r"\W+", "_", track.name.strip().lower()).strip("_") or "track", names)
        lines.append(f"{name} = {written(track.notes, length, song.beats)}")
    return "\n".join(lines) + "\n"


def _tempo(song: Song, length: int) -> str:
    """Write the tempo, or the pattern of its changes, which repeats with the notes."""
    steps = int(length * song.beats * GRID)
    changes = {0: song.bpm} | {round(at * GRID): bpm for at, bpm in song.tempi if round(at * GRID) < steps}
    if len(changes) == 1:
        return _shortest(song.bpm)
    parts = [(end - at, _shortest(changes[at])) for at, end in pairwise((*changes, steps))]
    shared = gcd(*(count for count, _ in parts))
    mini = " ".join(f"{bpm}@{count // shared}" for count, bpm in parts)
    return f'("{mini}" | slow {length})' if length > 1 else f'"{mini}"'


def _shortest(bpm: float) -> str:
    """Write a tempo with as few digits as make the same of it in a file, which counts whole µs to a beat."""
    beat = round(files.BEAT / bpm)
    texts = (f"{bpm:.{digits}f}" for digits in range(9))
    return next((t for t in texts if float(t) and round(files.BEAT / float(t)) == beat), f"{bpm:.9f}")


def _free(name: str, names: set[str]) -> str:
    """Make a name that nothing has; a digit at the end keeps it clear of the words of the language."""
    base = name if name[0].isalpha() else f"t{name}"
    number = 1
    while f"{base}{number}" in names:
        number += 1
    names.add(f"{base}{number}")
    return f"{base}{number}"


def written(notes: Iterable[FileNote], length: int, beats: Fraction) -> str:
    """Write notes as an expression that repeats after so many cycles."""
    drums = all(n.channel == DRUMS and n.key in KIT for n in notes)
    steps = int(length * beats * GRID)
    voices: list[list[tuple[int, int, list[FileNote]]]] = []
    chords: dict[tuple[int, int], list[FileNote]] = {}
    for note in notes:
        begin = min(round(note.begin * GRID), steps - 1)
        end = min(max(round(note.end * GRID), begin + 1), steps)
        chords.setdefault((begin, end), []).append(note)
    for (begin, end), chord in sorted(chords.items()):
        # notes that overlap cannot stand in one sequence: each goes to the first that is free
        voice = next((v for v in voices if v[-1][1] <= begin), None)
        if voice is None:
            voice = []
            voices.append(voice)
        voice.append((begin, end, chord))
    texts = [_voice(voice, steps, length, drums) for voice in voices]
    return texts[0] if len(texts) == 1 else f"stack [{', '.join(texts)}]"


def played(notes: Iterable[Played], length: int, grid: int) -> str:
    """Write what keys played, in cycles, as an expression of so many cycles, to so fine a part of one."""
    quarters = Fraction(grid, GRID)
    found = [FileNote(n.begin * quarters, n.end * quarters, n.key, n.velocity) for n in notes]
    return written(found, length, quarters)


def _voice(voice: list[tuple[int, int, list[FileNote]]], steps: int, length: int, drums: bool) -> str:
    parts: list[tuple[int, str, str]] = []
    now = 0
    for begin, end, chord in voice:
        if begin > now:
            parts.append((begin - now, "~", "~"))
        names = [KIT[n.key] if drums else note_name(n.key) for n in chord]
        text = names[0] if len(names) == 1 else f"[{','.join(names)}]"
        parts.append((end - begin, text, f"{max(n.velocity for n in chord) / 127:.3g}"))
        now = end
    if now < steps:
        parts.append((steps - now, "~", "~"))
    shared = gcd(*(p[0] for p in parts))

    def mini(column: int) -> str:
        return " ".join(f"{p[column]}@{p[0] // shared}" if p[0] != shared else str(p[column]) for p in parts)

    what = f'{"s" if drums else "note"} "{mini(1)}"'
    levels = {p[2] for p in parts} - {"~"}
    loud = f" | velocity {levels.pop()}" if len(levels) == 1 else f' | velocity "{mini(2)}"'
    return f"{what}{loud}" + (f" | slow {length}" if length > 1 else "")


@dataclass(frozen=True, slots=True)
class Setting:
    """In what a pattern is written: its tempo over cycles, quarters to a cycle, key, and sections by their begin."""

    tempo: Pattern
    beats: Fraction = Fraction(4)
    key: str = "c major"
    sections: tuple[tuple[Fraction, str], ...] = ()


def tempi(tempo: Pattern, cycles: int, beats: Fraction) -> list[tuple[Fraction, float]]:
    """Give the tempo and where it changes, in quarters, looked at where a performance looks: each 16th of a cycle."""
    out: list[tuple[Fraction, float]] = []
    for i in range(1 if isinstance(tempo, Pure) else int(cycles / TEMPO_GRID)):
        bpm = bpm_at(tempo, i * TEMPO_GRID)
        if not out or out[-1][1] != bpm:
            out.append((i * TEMPO_GRID * beats, bpm))
    return out


def file_note(name: str, hap: Hap, begin: Fraction, beats: Fraction, key: str) -> FileNote | None:
    """Give an event as a note of a file that begins at a quarter; nothing for what is no note and no drum of the kit.

    Raises LiveError for values that make no sense.
    """
    value = hap.value
    if type(value) is not dict or hap.whole is None:
        return None
    sound = str(value.get("s", "")).partition(":")[0]
    drum = next((k for k, s in KIT.items() if s == sound and k != 35), None)
    pitched = any(p in value for p in midi_events.PITCHES)
    if drum is None and not pitched:
        return None
    try:
        tone = midi_events.pitch(value, key) if pitched or drum is None else float(drum)
        channel = DRUMS if drum is not None and not pitched else midi_events.channel_of(value, OUT) + 1
        level = float(value.get("velocity", midi_events.VELOCITY)) * float(value.get("gain", 1))
        length = (hap.whole.end - hap.whole.begin) * Fraction(float(value.get("clip", 1))).limit_denominator(960)
    except (TypeError, ValueError) as error:
        raise LiveError(f"{name} cannot be written: {error}", place=hap.places[0] if hap.places else None) from None
    end = begin + max(length * beats, Fraction(1, files.RESOLUTION))
    return FileNote(begin, end, min(max(round(tone), 0), 127), max(1, seven(127 * level)), channel)


def save(path: Path, name: str, pattern: Pattern, cycles: int, setting: Setting) -> int:
    """Write some cycles of a pattern to a MIDI file, with its tempo map and markers; gives how many notes.

    Raises FileError when there are none, and LiveError for values that make no sense.
    """
    beats, key = setting.beats, setting.key
    notes: list[FileNote] = []
    for hap in pattern.onsets(Fraction(0), Fraction(cycles)):
        note = file_note(name, hap, hap.part.begin * beats, beats, key)
        if note is not None:
            notes.append(note)
    if not notes:
        raise FileError(f"{name} has no notes in {cycles} cycles")
    (_, bpm), *later = tempi(setting.tempo, cycles, beats)
    markers = tuple((at * beats, text) for at, text in setting.sections if at < cycles)
    files.write(path, Song(bpm, beats, (FileTrack(name, tuple(notes)),), tuple(later), (), markers))
    return len(notes)
