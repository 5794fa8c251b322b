"""Periods of waves in WAV files."""

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


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [("a.wav", b"RIFF", "no WAV file"), ("a.wav", b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0" + bytes(16), "no WAV file")],
)
def test_what_is_no_wave_is_told(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(FileError, match=said):
        periods(tmp_path / name, 1, 512)


def test_what_is_too_long_for_a_period_is_told(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(20000), 44100)
    with pytest.raises(FileError, match="one period is wanted"):
        periods(tmp_path / "a.wav", 1, 512)
