from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conftest import Command
from tests.deliver.conftest import SONG


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "song.live").write_text(SONG + "export verse 'out/verse.wav' peak=-3dB\nexport drop 's' stems=yes\n")
    return "song.live"


def test_the_exports_of_a_file_are_carried_out(livecode: Command, file: str, tmp_path: Path) -> None:
    done = livecode("export", file)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""  # a bar is for a terminal
    wave, _ = soundfile.read(tmp_path / "out" / "verse.wav")
    assert 0.1 < np.abs(wave).max() < 10 ** (-2.95 / 20)
    buses = {"bass", "delay", "drums", "hall", "hats", "kick", "lead", "room"}
    assert {path.name for path in (tmp_path / "s").iterdir()} == {f"{bus}.wav" for bus in buses}
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["out/verse.wav", "s"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("export", "song.live", "sung 'a.wav'"), "did you mean song?"),
        (("export", "none.live"), "there is no file none.live"),
        (("export", "plain.live"), "has no export"),
        (("export", "song.live", "rest 'a.wav'"), "rest is silent"),
        (("compare", "song.live", "none.wav"), "there is no file none.wav"),
        (("compare", "song.live", "plain.live"), "cannot be read"),
    ],
)
def test_a_wrong_call_is_told(livecode: Command, file: str, tmp_path: Path, args: tuple[str, ...], words: str) -> None:
    (tmp_path / "plain.live").write_text("tempo 120\n")
    done = livecode(*args)
    assert done.returncode == 1
    assert words in done.stderr and "Traceback" not in done.stderr


def test_two_recordings_are_compared(livecode: Command, tmp_path: Path) -> None:
    tone = np.sin(np.arange(48000 * 4) * 0.1)[:, None] * [0.5, 0.5]
    soundfile.write(tmp_path / "a.wav", tone, 48000)
    soundfile.write(tmp_path / "b.wav", tone * 0.5, 48000)
    done = livecode("compare", "a.wav", "b.wav")
    (line,) = (line for line in done.stdout.splitlines() if line.startswith("loudness  "))
    assert line.split()[3] == "+6.0"
