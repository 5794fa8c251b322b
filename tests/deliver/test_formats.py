from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livecode.deliver.formats import FORMATS, Form, converted, make_folder, make_room, read, write
from livecode.deliver.tags import ROWS
from livecode.errors import FileError
from tests.deliver.conftest import RATE, mixture

TAGS = (("title", "Nächtebus"), ("artist", "me"), ("album", "One"), ("date", "2026"), ("genre", "dub"), ("track", "3"))
DEPTHS = [(suffix, bits) for suffix, kind in FORMATS.items() for bits in kind.subtypes if bits]


@pytest.mark.parametrize(("suffix", "bits"), DEPTHS)
def test_every_depth_comes_back(tmp_path: Path, suffix: str, bits: int) -> None:
    wave = np.clip(mixture(1, 0.5), -0.9, 0.9)
    path = tmp_path / f"a{suffix}"
    write(path, wave, RATE, Form(bits))
    back, rate = read(path)
    assert rate == RATE and back.shape == wave.shape
    assert np.abs(back - wave).max() <= (0 if bits == 32 else 2.0 / 2 ** (bits - 1) + 1e-7)
    assert soundfile.info(path).subtype == FORMATS[suffix].subtypes[bits]
    first = path.read_bytes()
    write(path, wave, RATE, Form(bits))
    assert path.read_bytes() == first or suffix in (".aiff", ".aif") or bits == 32


@pytest.mark.parametrize("suffix", [".ogg", ".mp3"])
def test_lossy_files_sound_alike(tmp_path: Path, suffix: str) -> None:
    wave = (np.sin(np.arange(RATE) * 0.05)[:, None] * [0.5, 0.2]).astype(np.float32)
    write(tmp_path / f"a{suffix}", wave, RATE, Form(quality=0.9))
    back, _ = read(tmp_path / f"a{suffix}")
    assert np.sqrt((back**2).mean(axis=0)) == pytest.approx(np.sqrt((wave**2).mean(axis=0)), rel=0.05)


@pytest.mark.parametrize("suffix", list(FORMATS))
def test_tags_are_read_back(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    wave = mixture(2, 0.2)
    write(path, wave, RATE, Form(tags=TAGS))
    with soundfile.SoundFile(path) as file:
        found = file.copy_metadata()
    if suffix.startswith(".aif"):
        data = path.read_bytes()
        assert len(data) == 8 + int.from_bytes(data[4:8], "big")
        tag = data[data.index(b"ID3 ") + 8 :]
        for name, text in TAGS:
            assert ROWS[name][1] in tag and text.encode("utf-16") in tag, name
        assert read(path)[0].shape == wave.shape
        return
    names = {"track": "tracknumber"}
    for name, text in TAGS:
        assert found.get(names.get(name, name)) == text, name


@pytest.mark.parametrize(
    ("name", "form", "words"),
    [
        ("a.xyz", Form(), "no audio format"),
        ("a.flac", Form(32), "no depth of 32 bits"),
        ("a.mp3", Form(16), "no depth of 16 bits"),
        ("a.mp3", Form(rate=96000), "no rate of 96000 Hz"),
        ("folder.wav", Form(), "is a folder"),
        ("none/a.wav", Form(), "cannot be written"),
    ],
)
def test_a_wrong_file_is_told(tmp_path: Path, name: str, form: Form, words: str) -> None:
    (tmp_path / "folder.wav").mkdir()
    with pytest.raises(FileError, match=words):
        write(tmp_path / name, mixture(1, 0.1), RATE, form)
    assert [p.name for p in tmp_path.iterdir()] == ["folder.wav"]


FULL = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from livecode.deliver.formats import Form, write
from livecode.deliver.tags import ROWS
from livecode.errors import FileError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    write(Path(sys.argv[1]), np.random.default_rng(1).normal(0, 0.1, (800_000, 2)), 48000, Form())
except FileError as error:
    print(error.render())
"""


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg", ".mp3"])
def test_a_file_that_cannot_be_finished_leaves_the_old_one(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"old")
    done = subprocess.run([sys.executable, "-c", FULL, str(path)], capture_output=True, text=True)
    assert "cannot be written" in done.stdout, done.stderr
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_is_made_and_a_file_in_its_place_told(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").write_text("x")
    for folder in ("file", "file/deep"):
        with pytest.raises(FileError, match="file"):
            make_folder(tmp_path / folder)


def test_a_disk_too_small_is_told_before(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="the disk is full"):
        make_room(tmp_path, 10**18)


def test_another_rate_keeps_tone_and_length() -> None:
    wave = (np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE)[:, None] * [0.5, 0.5]).astype(np.float32)
    made = converted(wave, RATE, 44100)
    assert len(made) == 44100
    wanted = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(44100) / 44100)
    assert np.abs(made[2000:-2000, 0] - wanted[2000:-2000]).max() < 1e-4
