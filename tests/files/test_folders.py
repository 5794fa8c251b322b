"""Folders of samples: names, numbers, and what a file may not read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from livecode.errors import FileError, Source
from livecode.files.folders import DECLARED, find, home_of, scan
from livecode.files.headers import read_header
from livecode.files.progress import telling
from livecode.session import Session
from livecode.stages.statements import evaluate_text

FORMATS = ("wav", "aiff", "flac", "ogg", "mp3", "w64", "au")


def put(path: Path, seconds: float = 0.1, channels: int = 1, rate: int = 44100) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.zeros((round(seconds * rate), channels)), rate)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("channels", [1, 2])
def test_a_header_tells_the_size(tmp_path: Path, kind: str, channels: int) -> None:
    put(tmp_path / f"a.{kind}", 0.25, channels, 48000)
    header = read_header(tmp_path / f"a.{kind}")
    assert (header.channels, header.rate) == (channels, 48000)
    assert header.frames == pytest.approx(12000, abs=1200 if kind == "mp3" else 0)


@pytest.mark.parametrize("content", [b"", b"RIFF\xff\xff\xff\xffWAVE", b"fLaC", b"FORM0000AIFF", b"text"])
def test_what_is_no_audio_file_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(FileError):
        read_header(tmp_path / "a.wav")


def test_folders_are_names_and_files_are_numbers_in_the_order_a_person_counts(tmp_path: Path) -> None:
    for name in ("bd/k10.wav", "bd/K2.wav", "bd/k1.flac", "tr909/sd/a.wav", "hh 2/a.ogg", "loose.wav", ".git/x.wav"):
        put(tmp_path / "drums" / name)
    (tmp_path / "drums/bd/readme.txt").write_text("no sound")
    names = scan(tmp_path / "drums", tmp_path).names
    assert set(names) == {"bd", "tr909_sd", "hh_2", "drums", "loose"}
    assert [Path(r.path).name for r in names["bd"]] == ["k1.flac", "K2.wav", "k10.wav"]
    assert names["bd"][0].seconds == pytest.approx(0.1, abs=1e-3)


def test_a_broken_file_is_named_and_the_others_are_there(tmp_path: Path) -> None:
    put(tmp_path / "bd/a.wav")
    (tmp_path / "bd/b.wav").write_bytes(b"RIFF")
    shelf = scan(tmp_path, tmp_path)
    assert len(shelf.names["bd"]) == 1
    assert shelf.failed == (str(tmp_path / "bd/b.wav"),)


def test_a_missing_folder_is_named_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "drums").mkdir()
    with pytest.raises(FileError) as error:
        find("drum", tmp_path)
    assert error.value.hint == "did you mean drums?"


@pytest.mark.parametrize("name", ["..", "../other", "/", "inside/../../other", "link"])
def test_a_file_reads_only_inside_its_own_folder(tmp_path: Path, name: str) -> None:
    put(tmp_path / "other/bd/a.wav")
    home = tmp_path / "home"
    (home / "inside").mkdir(parents=True)
    (home / "link").symlink_to(tmp_path / "other")
    with pytest.raises(FileError):
        find(name, home)


def test_linked_files_outside_are_left_out(tmp_path: Path) -> None:
    put(tmp_path / "other/a.wav")
    put(tmp_path / "home/bd/b.wav")
    (tmp_path / "home/bd/a.wav").symlink_to(tmp_path / "other/a.wav")
    assert [Path(r.path).name for r in scan(tmp_path / "home", tmp_path / "home").names["bd"]] == ["b.wav"]


def test_declared_folders_are_read_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "library/dirt/bd/a.wav")
    (tmp_path / "home").mkdir()
    monkeypatch.setenv(DECLARED, str(tmp_path / "library"))
    folder = find("dirt", tmp_path / "home")
    assert set(scan(folder, tmp_path / "home").names) == {"bd"}


def test_the_home_of_a_text_is_the_folder_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "a.live").write_text("")
    assert home_of(str(tmp_path / "a.live")) == tmp_path.resolve()
    assert home_of("line 3") == Path.cwd()


def test_a_long_reading_tells_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("bd", "sn"):
        (tmp_path / "kit" / name).mkdir(parents=True)
        for i in range(3):
            soundfile.write(tmp_path / "kit" / name / f"{i}.wav", [0.0] * 10, 44100)
    times = iter(range(100))
    monkeypatch.setattr("livecode.files.progress.time.monotonic", lambda: 0.3 * next(times))
    said: list[str] = []
    with telling(said.append):
        assert set(scan(tmp_path / "kit", tmp_path).names) == {"bd", "sn"}
    assert said == [f"reading kit: {n} of 6" for n in (2, 4, 6)]


def test_samples_alone_lists_what_is_there(tmp_path: Path) -> None:
    for name in ("kit/bd/a.wav", "kit/bd/b.wav", "kit/sn/a.wav", "loose/x.wav"):
        put(tmp_path / name)
    (tmp_path / "song.live").write_text("")
    evaluation = evaluate_text(Session(), Source(str(tmp_path / "song.live"), "samples 'kit' 'loose'\nsamples"))
    assert evaluation.errors == ()
    assert evaluation.said[1].split("\n") == [
        "5 samples under 4 names",
        f"{tmp_path / 'kit'}: bd:2  sn",
        f"{tmp_path}: loose",
        f"{tmp_path / 'loose'}: x",
    ]
    assert "no samples yet" in evaluate_text(Session(), Source("test", "samples")).said[0]
