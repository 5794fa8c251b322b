"""Songs as MIDI files: tracks, tempo map, meters and markers, read back."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from livecode.deliver.job import prepared
from livecode.deliver.run import deliver
from livecode.errors import FileError, LiveError, Source
from livecode.midi import files
from livecode.session import Session
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text
from tests.deliver.conftest import ordered

SONG = """
tempo 100
kick = s "bd*4"
lead = note "c4 e4 g4 c5" | velocity 0.5
arrange verse 2 = kick
arrange drop 2 tempo=(ramp 100 140) meter=3 = kick, lead
arrange song = "verse drop verse"
arrange rest 1 = s "birds"
"""


@pytest.fixture(scope="module")
def song() -> Session:
    made = evaluate_text(prelude(), Source("song", SONG))
    assert not made.errors, made.errors[0].render()
    return made.session


def export(session: Session, text: str, home: Path) -> tuple[str, ...]:
    return deliver(prepared(session, ordered(session, text), home)).said


def test_a_song_is_a_track_for_each_pattern(song: Session, tmp_path: Path) -> None:
    (said,) = export(song, "export song 'out/song.mid'", tmp_path)
    assert said == "out/song.mid: 2 tracks, 32 notes"
    found = files.read(tmp_path / "out" / "song.mid")
    kick, lead = found.tracks
    assert (kick.name, lead.name) == ("kick", "lead")
    assert {(n.key, n.channel) for n in kick.notes} == {(36, 10)}
    assert [n.key for n in lead.notes] == [60, 64, 67, 72] * 2
    # two bars of four quarters, two of three, two of four
    assert [n.begin for n in lead.notes] == [8 + Fraction(3 * i, 4) for i in range(8)]
    assert [float(n.begin) for n in kick.notes][-8:] == [14 + float(i) for i in range(8)]
    assert {n.velocity for n in lead.notes} == {64}
    assert found.markers == ((0, "verse"), (8, "drop"), (14, "verse"))
    assert found.bpm == pytest.approx(100) and found.beats == 4
    assert [(at, meter.beats) for at, meter in found.meters] == [(8, 3), (14, 4)]
    rising = [bpm for at, bpm in found.tempi if 8 < at < 14]
    assert rising == sorted(rising) and 130 < rising[-1] < 141
    assert found.tempi[-1] == (14, pytest.approx(100))


def test_a_range_begins_at_its_own_begin(song: Session, tmp_path: Path) -> None:
    export(song, "export song 'drop.mid' from=drop to=drop", tmp_path)
    found = files.read(tmp_path / "drop.mid")
    assert found.markers == ((0, "drop"),)
    assert found.beats == 3 and found.end == 6
    assert {t.name: len(t.notes) for t in found.tracks} == {"kick": 8, "lead": 8}


def test_a_file_of_each_pattern_lies_beside_the_sound(song: Session, tmp_path: Path) -> None:
    export(song, "export drop 'out/a.wav' midi=yes tail=no", tmp_path)
    export(song, "export drop 'stems' stems=yes midi=yes tail=no", tmp_path)
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"a.wav", "a.kick.mid", "a.lead.mid"}
    assert {"kick.wav", "kick.mid", "lead.wav", "lead.mid"} <= {p.name for p in (tmp_path / "stems").iterdir()}
    one = files.read(tmp_path / "out" / "a.lead.mid")
    assert [t.name for t in one.tracks] == ["lead"]
    assert one.markers == ((0, "drop"),) and len(one.tempi) > 4


def test_what_is_muted_stays_out(song: Session, tmp_path: Path) -> None:
    muted = evaluate_text(song, Source("test", "mute lead")).session
    export(muted, "export drop 'a.mid'", tmp_path)
    assert [t.name for t in files.read(tmp_path / "a.mid").tracks] == ["kick"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("export rest 'a.mid'", "no notes"),
        ("export song 'file/a.mid'", "is a file"),
        ("export song 'folder.mid'", "is a folder"),
        ("export sung 'a.mid'", "no song or section sung"),
        ("export 'a.mid'", "plays for ever"),
    ],
)
def test_what_goes_wrong_is_told_and_nothing_is_left(song: Session, tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder.mid").mkdir()
    with pytest.raises(LiveError, match=words):
        export(song, text, tmp_path)
    assert {p.name for p in tmp_path.rglob("*") if p.is_file()} == {"file"}


def test_a_full_disk_leaves_no_half_file(song: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: object, filename: object) -> None:
        Path(str(filename)).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mido.MidiFile.save", full)
    with pytest.raises(FileError):
        export(song, "export song 'a.mid'", tmp_path)
    assert list(tmp_path.iterdir()) == []
