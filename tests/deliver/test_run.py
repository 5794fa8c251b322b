from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livecode.deliver.formats import read
from livecode.deliver.job import contrasted, prepared
from livecode.deliver.run import contrast, deliver
from livecode.errors import FileError, LiveError, Source
from livecode.measure.loudness import measured
from livecode.measure.peaks import decibels, true_peak
from livecode.render import LONGEST_TAIL
from livecode.session import Session
from livecode.stages.delivery import Comparison
from livecode.stages.statements import evaluate_text
from tests.deliver.conftest import ordered


def export(session: Session, text: str, home: Path) -> tuple[str, ...]:
    return deliver(prepared(session, ordered(session, text), home)).said


def test_a_song_is_brought_to_its_target_with_tags_report_and_picture(song: Session, tmp_path: Path) -> None:
    said = export(
        song,
        "export song 'out/track.flac' loudness=-16LUFS peak=-1dB rate=44100 title='Night' report=yes picture=yes",
        tmp_path,
    )
    wave, rate = read(tmp_path / "out" / "track.flac")
    assert rate == 44100
    assert measured(wave, rate).integrated == pytest.approx(-16.0, abs=0.2)
    assert decibels(true_peak(wave)) <= -0.95
    content = json.loads((tmp_path / "out" / "track.json").read_text())
    assert content["measured"]["loudness"] == pytest.approx(-16.0, abs=0.2)
    assert [s["name"] for s in content["sections"]] == ["verse", "drop"]
    assert content["sections"][1]["time"] == 1.0
    assert content["tags"] == {"title": "Night"} and content["troubles"] == []
    assert (tmp_path / "out" / "track.png").read_bytes().startswith(b"\x89PNG")
    assert soundfile.SoundFile(tmp_path / "out" / "track.flac").title == "Night"
    assert said[0].startswith("out/track.flac: 0:0")
    assert len(list((tmp_path / "out").iterdir())) == 3


def test_the_tail_rings_out_and_is_left_out_when_asked(song: Session, tmp_path: Path) -> None:
    export(song, "export drop 'a.wav'", tmp_path)
    export(song, "export drop 'b.wav' tail=no", tmp_path)
    long, rate = read(tmp_path / "a.wav")
    short, _ = read(tmp_path / "b.wav")
    assert len(short) == 2 * rate
    assert 0 < len(long) - len(short) < LONGEST_TAIL * rate
    assert np.abs(long[-rate // 4 :]).max() < 10 ** (-85 / 20)
    assert np.abs(long[2 * rate : 2 * rate + 4800]).max() > 0.001


def test_a_loop_has_its_tail_at_its_start_and_no_seam(song: Session, tmp_path: Path) -> None:
    export(song, "export drop 'whole.wav' bits=32", tmp_path)
    export(song, "export drop 'loop.wav' loop=yes bits=32", tmp_path)
    whole, rate = read(tmp_path / "whole.wav")
    loop, _ = read(tmp_path / "loop.wav")
    count = 2 * rate
    turns = -(-len(whole) // count)
    folded = np.pad(whole, ((0, turns * count - len(whole)), (0, 0))).reshape(turns, count, 2).sum(axis=0)
    assert len(loop) == count
    assert np.abs(loop - folded).max() < 1e-6
    assert np.abs(loop[0] - loop[-1]).max() < 0.05


def test_the_mix_before_the_master(song: Session, tmp_path: Path) -> None:
    export(song, "export drop 'out/stems' stems=yes report=yes", tmp_path)
    export(song, "export drop 'mix.wav' master=no bits=32", tmp_path)
    mix, _ = read(tmp_path / "mix.wav")
    rows = json.loads((tmp_path / "out" / "stems" / "stems.json").read_text())["stems"]
    waves = {row["file"]: read(tmp_path / "out" / "stems" / row["file"])[0] for row in rows}
    assert len({len(wave) for wave in waves.values()}) == 1
    total = np.sum([waves[row["file"]] for row in rows if row["feeds"] == "master"], axis=0)
    count = min(len(mix), len(total))
    assert np.abs(total[:count] - mix[:count]).max() < 10 ** (-90 / 20)
    assert {p.name for p in (tmp_path / "out" / "stems").iterdir()} == {*waves, "stems.json"}


def test_an_album_has_a_cue_sheet_and_one_loudness(song: Session, tmp_path: Path) -> None:
    export(song, "export [song, drop] 'album.flac' gap=1s loudness=-18LUFS titles=['One', 'Two'] artist='me'", tmp_path)
    sheet = (tmp_path / "album.cue").read_text()
    assert 'TITLE "Two"' in sheet and "TRACK 02" in sheet
    wave, rate = read(tmp_path / "album.flac")
    minutes, seconds, frames = map(int, sheet.rsplit("INDEX 01 ", 1)[1].split(":"))
    begin = round((minutes * 60 + seconds + frames / 75) * rate)
    assert not np.abs(wave[begin - rate + 2000 : begin - 2000]).max() > 1e-4
    for part in (wave[: begin - rate], wave[begin:]):
        assert measured(part, rate).integrated == pytest.approx(-18.0, abs=0.2)


@pytest.mark.parametrize("suffix", [".mp3", ".ogg"])
def test_a_lossy_file_keeps_its_ceiling_when_it_is_heard(song: Session, tmp_path: Path, suffix: str) -> None:
    export(song, f"export drop 'a{suffix}' peak=-6dB quality=0.3", tmp_path)
    wave, _ = read(tmp_path / f"a{suffix}")
    assert decibels(true_peak(wave)) <= -5.95


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("export rest 'a.wav'", "rest is silent"),
        ("export rest 'out' stems=yes", "every stem is silent"),
        ("export rest 'new/out/a.wav'", "rest is silent"),
        ("export verse 'a.flac' bits=32", "no depth of 32 bits"),
        ("export verse 'file/a.wav'", "is a file"),
        ("export verse 'folder.wav'", "is a folder"),
        ("export verse 'link/a.wav'", "below this folder"),
        ("export verse 'a.wav' from=1", "nothing to render"),
        ("export verse 'a.wav' to=1/64 tail=no loudness=-14LUFS", "no loudness"),
    ],
)
def test_what_goes_wrong_is_told_and_nothing_is_left(song: Session, tmp_path: Path, text: str, words: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "file").write_text("x")
    (home / "folder.wav").mkdir()
    (home / "link").symlink_to(tmp_path)
    with pytest.raises(LiveError, match=words):
        export(song, text, home)
    left = {p.relative_to(home).as_posix() for p in home.iterdir()}
    assert left == {"file", "folder.wav", "link"}


@pytest.mark.parametrize("text", ["export drop 'out/a.wav'", "export drop 'out/stems' stems=yes"])
@pytest.mark.parametrize("moment", [0.3, 0.99])
def test_ctrl_c_leaves_no_half_file(song: Session, tmp_path: Path, text: str, moment: float) -> None:
    def interrupt(part: float, label: str) -> None:
        if part >= moment:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(prepared(song, ordered(song, text), tmp_path), interrupt)
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and (p.name.startswith(".") or "stems" in p.parts)]


def test_our_master_beside_itself(song: Session, tmp_path: Path) -> None:
    export(song, "export drop 'ref.wav' bits=32", tmp_path)
    shown = contrast(contrasted(song, Comparison("ref.wav", "drop"), tmp_path))
    (loudness,) = (line for line in shown.splitlines() if line.startswith("loudness  "))
    assert loudness.split()[3] in ("+0.0", "-0.0")
    with pytest.raises(FileError, match="there is no file"):
        contrast(contrasted(song, Comparison("none.wav", "drop"), tmp_path))


def test_a_muted_song_is_silent(song: Session, tmp_path: Path) -> None:
    muted = evaluate_text(song, Source("test", "mute")).session
    with pytest.raises(FileError, match="is silent"):
        export(muted, "export song 'a.wav'", tmp_path)


def test_a_missing_drawing_library_is_told_before_anything_is_rendered(
    song: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(FileError, match="need matplotlib"):
        export(song, "export verse 'a.wav' picture=yes", tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_may_not_be_written_is_told(
    song: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(FileError, match="nothing may be written"):
        export(song, "export verse 'out/a.wav'", tmp_path)


def test_a_fault_of_the_engine_is_no_file(song: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: object, *args: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("livecode.engine.mixer.Mixer.fill", broken)
    with pytest.raises(LiveError, match="broken"):
        export(song, "export verse 'a.wav'", tmp_path)
    assert not list(tmp_path.iterdir())
