"""The real command on a real audio server: what is heard, and when."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.capture import Capture, onsets
from tests.conftest import RATE, TRACK

jacklib = pytest.importorskip("jack")


def play(file: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "livecode.cli", "play", str(file), "--backend", "jack", *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_every_kick_is_where_it_should_be(jack: str, tmp_path: Path) -> None:
    file = tmp_path / "kick.live"
    file.write_text('tempo 960\ndesign tick = sine 1khz 0.25 | perc 0ms 20ms\nkick = s "tick*4"\n')
    with Capture(jack, 17.5) as capture:
        player = play(file)
        try:
            capture.connect()
            assert capture.full.wait(30)
        finally:
            player.terminate()
            player.communicate(timeout=10)
    found = np.array(onsets(capture.audio[:, 0], 1e-3, RATE // 50))
    assert len(found) >= 4 * 64
    ideal = found[0] + np.arange(len(found)) * RATE * 60 / 960
    assert np.abs(found - ideal).max() <= 1


def test_what_is_heard_is_what_is_rendered(jack: str, tmp_path: Path) -> None:
    with Capture(jack, 14) as capture:
        player = play(TRACK)
        try:
            capture.connect()
            assert capture.full.wait(30)
        finally:
            player.terminate()
            player.communicate(timeout=10)
    subprocess.run(
        [sys.executable, "-m", "livecode.cli", "render", str(TRACK), "--seconds", "12", "-o", str(tmp_path / "t.wav")],
        check=True,
        capture_output=True,
    )
    rendered, _ = soundfile.read(tmp_path / "t.wav", dtype="float32")
    heard = capture.audio
    first = onsets(rendered[:, 0], 1e-4, RATE)[0]
    start = onsets(heard[:, 0], 1e-4, RATE)[0] - first
    length = min(len(rendered), len(heard) - start)
    assert length > 8 * RATE
    difference = heard[start : start + length] - rendered[:length]
    assert np.sqrt((difference**2).mean()) <= 1e-4 * np.sqrt((rendered**2).mean())
