"""Periods of waves in audio files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from livecode.errors import FileError
from livecode.files.waves import periods

TURN = np.arange(2048) / 2048
ROW = np.concatenate([np.sin(2 * np.pi * k * TURN) * 0.5 for k in (1, 2, 3, 4, 5)])


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
@pytest.mark.parametrize("channels", [1, 2])
def test_every_kind_of_wav(tmp_path: Path, subtype: str, channels: int) -> None:
    soundfile.write(tmp_path / "a.wav", np.repeat(ROW[:600, None], channels, axis=1), 44100, subtype=subtype)
    (found,) = periods(tmp_path / "a.wav", 1, 1024)
    assert found == pytest.approx(ROW[:600], abs=0.01)


def test_a_row_gives_its_first_and_last_period(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", ROW, 44100, subtype="FLOAT")
    found = periods(tmp_path / "a.wav", 3, 512)
    assert [len(p) for p in found] == [512] * 3
    assert [int(np.argmax(np.abs(np.fft.rfft(p)))) for p in found] == [1, 3, 5]


@pytest.mark.parametrize("form", ["flac", "ogg", "mp3", "aiff"])
def test_every_form_of_file(tmp_path: Path, form: str) -> None:
    """A row in a form that loses something still has the same shapes in the same order."""
    row = np.concatenate([ROW, ROW[-2048:]])  # an MP3 begins late
    soundfile.write(tmp_path / f"a.{form}", row, 44100)
    found = periods(tmp_path / f"a.{form}", 8, 512)
    strongest = [int(np.argmax(np.abs(np.fft.rfft(p))[:20])) for p in found]
    assert strongest[0] == 1 and strongest[-1] == 5 and strongest == sorted(strongest)


def test_what_is_no_number_is_silence(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.array([0.5, np.nan, np.inf, -0.5]), 44100, subtype="FLOAT")
    assert periods(tmp_path / "a.wav", 1, 512) == [(0.5, 0.0, 0.0, -0.5)]


@pytest.mark.parametrize("data", [b"RIFF", b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0" + bytes(16), None])
def test_what_is_no_sound_is_told(tmp_path: Path, data: bytes | None) -> None:
    if data is not None:
        (tmp_path / "a.wav").write_bytes(data)
    with pytest.raises(FileError, match=r"a\.wav cannot be read"):
        periods(tmp_path / "a.wav", 1, 512)


def test_what_is_too_long_for_a_period_is_told(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(20000), 44100)
    with pytest.raises(FileError, match="one period is wanted"):
        periods(tmp_path / "a.wav", 1, 512)
