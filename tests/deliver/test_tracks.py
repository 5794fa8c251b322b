"""Albums as files of their own: cut where songs begin, numbered, tagged, and one recording behind each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from livecode.deliver.album import Track
from livecode.deliver.formats import Form, read
from livecode.deliver.job import prepared
from livecode.deliver.run import deliver
from livecode.deliver.tracks import beside, pieces, tagged
from livecode.errors import FileError, LiveError
from livecode.measure.peaks import decibels, true_peak
from livecode.session import Session
from tests.deliver.conftest import ordered

TRACKS = [Track("Night", 0), Track("A/B", 100_000), Track("Night", 200_001)]


@pytest.mark.parametrize(
    ("rate", "edges"), [(48000, [0, 100_000, 200_001, 300_000]), (44100, [0, 99960, 199_920, 300_000])]
)
def test_songs_are_cut_where_they_begin(rate: int, edges: list[int]) -> None:
    cut = pieces(TRACKS, 300_000, rate, ".flac")
    assert [p.file for p in cut] == ["01 Night.flac", "02 A_B.flac", "03 Night.flac"]
    assert [p.begin for p in cut] + [cut[-1].end] == edges
    assert [p.end for p in cut] == edges[1:]


def test_a_file_tells_its_number_and_the_album() -> None:
    (piece, *_) = pieces(TRACKS, 300_000, 48000, ".flac")
    assert dict(tagged(Form(tags=(("title", "Record"), ("artist", "me"))), piece, 1, 3).tags) == {
        "title": "Night",
        "artist": "me",
        "album": "Record",
        "track": "1/3",
    }


@pytest.mark.parametrize("option", ["gap=0.5s", "crossfade=0.4s loudness=-20LUFS", "peak=-3dB tail=no rate=44100"])
def test_files_behind_each_other_are_the_album(song: Session, tmp_path: Path, option: str) -> None:
    """Sample for sample what one file of the same album holds."""
    for text in (f"'one.wav' {option} bits=32", f"'two' tracks=yes {option} bits=32"):
        deliver(prepared(song, ordered(song, f"export [verse, drop] {text} album='Both'"), tmp_path))
    whole, rate = read(tmp_path / "one.wav")
    parts = sorted((tmp_path / "two").glob("*.wav"))
    assert [p.name for p in parts] == ["01 verse.wav", "02 drop.wav"]
    np.testing.assert_array_equal(np.concatenate([read(p)[0] for p in parts]), whole)
    with soundfile.SoundFile(parts[1]) as file:
        assert (file.title, file.album, file.tracknumber) == ("drop", "Both", "2/2")
        assert file.samplerate == rate
    assert 'FILE "02 drop.wav" WAVE' in (tmp_path / "two" / "two.cue").read_text()
    assert len(list((tmp_path / "two").iterdir())) == 3


def test_lossy_files_keep_the_ceiling_together(song: Session, tmp_path: Path) -> None:
    deliver(
        prepared(
            song, ordered(song, "export [verse, drop] 'out' tracks=yes format=ogg peak=-6dB quality=0.3"), tmp_path
        )
    )
    parts = [read(p)[0] for p in sorted((tmp_path / "out").glob("*.ogg"))]
    assert decibels(true_peak(np.concatenate(parts))) <= -5.95


def test_none_of_the_files_is_left_when_one_fails(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be written"), beside(tmp_path, ["a", "b"]) as folder:
        (folder / "a").write_text("x")
    assert {p.name for p in tmp_path.iterdir()} <= {"a"}
    (tmp_path / "c").mkdir()
    with pytest.raises(FileError, match="is a folder"), beside(tmp_path, ["c"]):
        raise AssertionError
    with pytest.raises(KeyboardInterrupt), beside(tmp_path, ["d"]) as folder:
        (folder / "d").write_text("x")
        raise KeyboardInterrupt
    assert {p.name for p in tmp_path.iterdir()} <= {"a", "c"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("export verse 'out' tracks=yes", "several songs"),
        ("export [verse, drop] 'out.flac' tracks=yes", "a folder"),
        ("export [verse, drop] 'out' tracks=yes stems=yes", "one song at a time"),
        ("export [verse, drop] 'a.wav' format=flac", "by its name"),
    ],
)
def test_what_does_not_go_together_is_told(song: Session, text: str, words: str) -> None:
    with pytest.raises(LiveError, match=words):
        ordered(song, text)
