"""MIDI files become patterns, patterns become MIDI files, and nothing is lost on the way."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import mido
import pytest

from livecode import scores
from livecode.conductor.pace import lay_out, pace_at
from livecode.conductor.tempo import TempoMap
from livecode.errors import FileError, Source
from livecode.midi import files
from livecode.midi.files import FileNote, FileTrack, Meter, Song
from livecode.patterns import pure
from livecode.patterns.notes import note_to_midi
from livecode.stages.prelude import prelude
from livecode.stages.score import score
from livecode.stages.statements import evaluate_text

F = Fraction


def notes_of(text: str, cycles: int) -> dict[str, set[tuple[Fraction, Fraction, Any, float]]]:
    evaluation = evaluate_text(prelude(), Source("file", text))
    assert not evaluation.errors, evaluation.errors[0].render()
    found: dict[str, set[tuple[Fraction, Fraction, Any, float]]] = {}
    for name, pattern in evaluation.session.tracks().items():
        for hap in pattern.onsets(F(0), F(cycles)):
            assert hap.whole is not None
            value = hap.value
            what = value["s"] if "s" in value else note_to_midi(value["note"])
            found.setdefault(name, set()).add((hap.whole.begin, hap.whole.end, what, round(value["velocity"], 2)))
    return found


SONG = Song(
    96.0,
    F(4),
    (
        FileTrack(
            "Lead Synth",
            (
                FileNote(F(0), F(1), 60, 100),
                FileNote(F(0), F(1), 64, 100),
                FileNote(F(3), F(6), 67, 50),  # over the bar line
                FileNote(F(13, 2), F(20, 3), 72, 127),  # and a triplet
            ),
        ),
        FileTrack("Drums", tuple(FileNote(F(i), F(2 * i + 1, 2), 36 + 2 * (i % 2), 90, 10) for i in range(8))),
    ),
)


def test_a_file_is_played_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "song.mid"
    files.write(path, SONG)
    text = scores.statements(path)
    assert "tempo 96" in text
    found = notes_of(text, 2)
    assert found["lead_synth1"] == {
        (F(0), F(1, 4), 60, 0.79),
        (F(0), F(1, 4), 64, 0.79),
        (F(3, 4), F(3, 2), 67, 0.39),
        (F(13, 8), F(5, 3), 72, 1.0),
    }
    assert found["drums1"] == {(F(i, 4), F(2 * i + 1, 8), "sd" if i % 2 else "bd", 0.71) for i in range(8)}


def test_overlapping_notes_keep_their_lengths(tmp_path: Path) -> None:
    path = tmp_path / "pad.mid"
    notes = tuple(FileNote(F(i, 2), F(i, 2) + 3, 60 + i, 64) for i in range(8))
    files.write(path, Song(120.0, F(4), (FileTrack("pad", notes),)))
    found = notes_of(scores.statements(path), 2)
    assert found["pad1"] == {(n.begin / 4, min(n.end / 4, F(2)), n.key, 0.5) for n in notes}


def test_all_tempi_meters_and_markers_of_a_file_are_read_from_whatever_track(tmp_path: Path) -> None:
    path = tmp_path / "map.mid"
    notes = tuple(FileNote(F(i), F(i + 1), 60, 64) for i in range(8))
    song = Song(
        100.0,
        F(4),
        (FileTrack("a", notes),),
        ((F(2), 120.0), (F(4), 90.0)),
        ((F(4), Meter(7, 8)),),
        ((F(0), "intro"), (F(4), "drop")),
    )
    files.write(path, song)
    late = mido.MidiFile(path)
    late.tracks[1].insert(1, mido.MetaMessage("set_tempo", tempo=500_000, time=0))  # of two at one time the last
    late.save(path)
    assert files.read(path).bpm == pytest.approx(120)
    files.write(path, song)
    read = files.read(path)
    assert (read.meters, read.markers, read.tracks) == (song.meters, song.markers, song.tracks)
    assert [at for at, _ in read.tempi] == [2, 4]
    text = scores.statements(path)
    assert "# 7/8 from cycle 1" in text and "# drop at cycle 1" in text
    assert notes_of(text, 2)["a1"] == {(n.begin / 4, n.end / 4, 60, 0.5) for n in notes}
    tempo = evaluate_text(prelude(), Source("file", text)).session.settings.tempo
    found = scores.tempi(tempo, 2, F(4))
    assert [at for at, _ in found] == [0, 2, 4]
    assert [bpm for _, bpm in found] == pytest.approx([100, 120, 90])


def test_ten_minutes_of_changing_tempo_stay_in_time_both_ways(tmp_path: Path) -> None:
    """A file made elsewhere, played here, and what is saved of that: at 15 to 24 bpm, which are fewer notes."""
    rng, file = random.Random(3), mido.MidiFile(ticks_per_beat=480)
    head, notes = mido.MidiTrack(), mido.MidiTrack([mido.MetaMessage("track_name", name="lead")])
    file.tracks += [head, notes]
    bars = 50
    for _ in range(bars):
        # on the grid on which a tempo is looked at
        at = rng.choice([480, 960, 1800])
        head.append(mido.MetaMessage("set_tempo", tempo=rng.randrange(2_500_000, 4_000_000), time=0))
        head.append(mido.MetaMessage("text", text="", time=at))
        head.append(mido.MetaMessage("set_tempo", tempo=rng.randrange(2_500_000, 4_000_000), time=0))
        head.append(mido.MetaMessage("text", text="", time=1920 - at))
        notes.append(mido.Message("note_on", note=60, velocity=80, time=0))
        notes.append(mido.Message("note_off", note=60, time=1920))
    path, again = tmp_path / "theirs.mid", tmp_path / "ours.mid"
    file.save(path)
    session = evaluate_text(prelude(), Source("file", scores.statements(path))).session
    made = score(session)
    map_ = TempoMap(0, pace_at(made, F(0)).cycle(48000))
    lay_out(map_, F(0), F(bars), 48000, lambda time: pace_at(made, time))
    scores.save(again, "lead1", session.values()["lead1"], bars, scores.Setting(session.settings.tempo))
    theirs, ours = seconds_of(path), seconds_of(again)
    here = [float(map_.exact(F(i)) / 48000) for i in range(bars)]
    assert theirs[-1] > 600 and len(theirs) == len(ours) == bars
    assert max(abs(a - b) for a, b in zip(theirs, ours, strict=True)) < 1e-6
    assert max(abs(a - b) for a, b in zip(theirs, here, strict=True)) < 1 / 30_000


def seconds_of(path: Path) -> list[float]:
    """Give when the notes of a file begin, as mido counts it."""
    now, found = 0.0, []
    for message in mido.MidiFile(path):
        now += message.time
        if message.type == "note_on" and message.velocity:
            found.append(now)
    return found


def test_a_pattern_is_saved_with_its_tempo_map_and_sections(tmp_path: Path) -> None:
    evaluation = evaluate_text(prelude(), Source("x", 'tempo "<120 60>"\na = note "c4*4"'))
    path = tmp_path / "a.mid"
    session = evaluation.session
    setting = scores.Setting(session.settings.tempo, F(3), sections=((F(0), "intro"), (F(2), "drop"), (F(9), "outro")))
    scores.save(path, "a", session.values()["a"], 4, setting)
    song = files.read(path)
    assert (song.bpm, song.beats, song.tempi) == (120.0, F(3), ((F(3), 60.0), (F(6), 120.0), (F(9), 60.0)))
    assert song.markers == ((F(0), "intro"), (F(6), "drop"))


def test_another_meter(tmp_path: Path) -> None:
    path = tmp_path / "waltz.mid"
    files.write(path, Song(180.0, F(3), (FileTrack("w", tuple(FileNote(F(i), F(i + 1), 60, 64) for i in range(6))),)))
    assert files.read(path).beats == 3
    found = notes_of(scores.statements(path), 2)
    assert {b for b, *_ in found["w1"]} == {F(i, 3) for i in range(6)}


def test_a_pattern_is_saved(tmp_path: Path) -> None:
    evaluation = evaluate_text(prelude(), Source("x", 'a = note "c4 [e4,g4] ~ <a4 b4>" | gain 0.5 | midichan 3'))
    path = tmp_path / "a.mid"
    assert scores.save(path, "a", evaluation.session.values()["a"], 2, scores.Setting(pure(100))) == 8
    song = files.read(path)
    (track,) = song.tracks
    assert song.bpm == pytest.approx(100, abs=0.01)
    assert [(n.begin, n.key, n.channel) for n in track.notes][-1] == (F(7), 71, 3)
    assert {n.velocity for n in track.notes} == {round(127 * 0.9 * 0.5)}


def test_drums_are_saved_as_percussion(tmp_path: Path) -> None:
    evaluation = evaluate_text(prelude(), Source("x", 'a = s "bd sd hh*2"'))
    path = tmp_path / "a.mid"
    scores.save(path, "a", evaluation.session.values()["a"], 1, scores.Setting(pure(100)))
    assert [(n.key, n.channel) for n in files.read(path).tracks[0].notes] == [(36, 10), (38, 10), (42, 10), (42, 10)]


@pytest.mark.parametrize("content", [None, b"", b"RIFF....", b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk\0\0\0\4\0\xff"])
def test_what_is_no_midi_file_is_told(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "bad.mid"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FileError):
        scores.statements(path)


def test_a_note_that_is_never_ended_ends_with_its_track(tmp_path: Path) -> None:
    file = mido.MidiFile(ticks_per_beat=96)
    file.tracks.append(
        mido.MidiTrack(
            [mido.Message("note_on", note=60, velocity=64), mido.Message("note_on", note=62, velocity=0, time=192)]
        )
    )
    path = tmp_path / "open.mid"
    file.save(path)
    assert files.read(path).tracks[0].notes == (FileNote(F(0), F(2), 60, 64),)
