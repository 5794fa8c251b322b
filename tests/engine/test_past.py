"""What was heard of late: kept in a ring, written after the fact, and honest about what is gone."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livecode.engine import past
from livecode.engine.past import Past
from livecode.engine.records import Captured, Keep, Trouble

RATE, BLOCK = 8000, 64


@pytest.fixture
def told() -> list[Captured | Trouble]:
    return []


@pytest.fixture
def ring(told: list[Captured | Trouble], monkeypatch: pytest.MonkeyPatch) -> Past:
    monkeypatch.setattr(past, "SECONDS", 4.0)
    return Past(RATE, BLOCK, told.append)


def fill(ring: Past, begin: int, end: int) -> None:
    """Let every sample hold its own number, on the right with the other sign."""
    for start in range(begin, end, BLOCK):
        numbers = np.arange(start, start + BLOCK, dtype=np.float32)
        ring.take(np.stack((numbers, -numbers), axis=1), start)


def wait(told: list[Captured | Trouble], count: int = 1) -> None:
    end = time.monotonic() + 10
    while len(told) < count and time.monotonic() < end:
        time.sleep(0.005)


@pytest.mark.parametrize(("begin", "frames"), [(0, 1000), (37, 8001), (32_000, 8000)])
def test_the_very_samples(ring: Past, told: list[Captured | Trouble], tmp_path: Path, begin: int, frames: int) -> None:
    fill(ring, 0, begin + frames + 128)
    ring.keep(Keep(-1, str(tmp_path / "a.wav"), begin, frames), 100)
    wait(told)
    assert told == [Captured(-1)]
    found, rate = soundfile.read(tmp_path / "a.wav", dtype="float32")
    assert rate == RATE
    assert np.array_equal(found[:, 0], np.arange(begin + 100, begin + 100 + frames, dtype=np.float32))
    assert np.array_equal(found[:, 1], -found[:, 0])


def test_what_is_not_quite_heard_is_waited_for(ring: Past, told: list[Captured | Trouble], tmp_path: Path) -> None:
    fill(ring, 0, 1024)
    ring.keep(Keep(-1, str(tmp_path / "a.wav"), 0, 1024), 100)
    time.sleep(0.05)
    assert not told
    fill(ring, 1024, 1280)
    wait(told)
    assert len(soundfile.read(tmp_path / "a.wav")[0]) == 1024


def test_what_is_gone_is_told(ring: Past, told: list[Captured | Trouble], tmp_path: Path) -> None:
    fill(ring, 0, 40_000)
    ring.keep(Keep(-1, str(tmp_path / "a.wav"), 0, 39_000), 0)
    wait(told, 2)
    first = told[0]
    assert isinstance(first, Trouble)
    assert "are gone and left out" in first.message
    found = soundfile.read(tmp_path / "a.wav", dtype="float32")[0]
    assert found[-1, 0] == 38_999
    ring.keep(Keep(-2, str(tmp_path / "b.wav"), 0, 1000), 0)
    wait(told, 3)
    assert "nothing is left" in str(told[2])
    assert not (tmp_path / "b.wav").exists()


def test_a_gap_begins_anew(ring: Past) -> None:
    fill(ring, 0, 640)
    fill(ring, 1280, 1920)
    assert (ring.begin, ring.end) == (1280, 1920)


def test_a_file_that_cannot_be_written_is_told(ring: Past, told: list[Captured | Trouble], tmp_path: Path) -> None:
    fill(ring, 0, 6400)
    ring.keep(Keep(-1, str(tmp_path / "none" / "a.wav"), 0, 640), 0)
    wait(told)
    assert "cannot write" in str(told[0])
