"""The real command on a real audio server: what is heard, and when."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.capture import Capture, onsets, playing
from tests.conftest import RATE, TRACK

pytest.importorskip("jack")

BLOCK = 256


def heard(server: str, file: Path, seconds: float) -> Capture:
    """Hear a file played by the real command."""
    with Capture(server, seconds) as capture, playing(file):
        capture.connect()
        assert capture.full.wait(seconds + 15)
    return capture


def test_every_kick_is_where_it_should_be(jack: str, tmp_path: Path) -> None:
    file = tmp_path / "kick.live"
    file.write_text('tempo 960\ndesign tick = sine 1khz 0.25 | perc 0ms 20ms\nkick = s "tick*4"\n')
    capture = heard(jack, file, 17.5)
    every = onsets(capture.audio[:, 0], 1e-3, RATE // 50)
    assert len(every) >= 4 * 63
    # An onset that this client did not get to hear cannot be judged.
    found = np.array([at for at in every if not capture.missed[max(0, at - BLOCK) : at].any()])
    assert len(found) >= len(every) - capture.lost
    gap = RATE * 60 // 960
    late = found - found[0] - np.round((found - found[0]) / gap) * gap
    # A block that the server could not run on a busy machine moves all that follows by a block; nothing else may.
    lost = np.round(late / BLOCK)
    assert np.abs(late - lost * BLOCK).max() <= 1
    assert np.count_nonzero(np.diff(lost)) <= capture.lost


def test_what_is_heard_is_what_is_rendered(jack: str, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "livecode.cli",
        "render",
        str(TRACK),
        "--seconds",
        "18",
        "-o",
        str(tmp_path / "t.wav"),
    ]
    subprocess.run(command, check=True, capture_output=True)
    rendered, _ = soundfile.read(tmp_path / "t.wav", dtype="float32")
    capture = heard(jack, TRACK, 20)
    start = onsets(capture.audio[:, 0], 1e-4, RATE)[0] - onsets(rendered[:, 0], 1e-4, RATE)[0]
    level = (rendered**2).mean()
    wrong = 0
    for at in range(0, 17 * RATE, BLOCK):
        # Each block that the server could not run on a busy machine moves what follows by one block.
        begins = [start + at + lost * BLOCK for lost in range(capture.lost + 1)]
        wrong += min(residual(capture, begin, rendered[at : at + BLOCK], level) for begin in begins) > -80
    # A loss in the middle of a block spoils that block and the one in which the next begins; nothing else may be wrong.
    assert wrong <= 2 * capture.lost


def residual(capture: Capture, begin: int, wanted: np.ndarray[Any, Any], level: float) -> float:
    """Give how far what was heard is from what is wanted, in dB of a level, where it was heard at all."""
    there = ~capture.missed[begin : begin + len(wanted)]
    difference = capture.audio[begin : begin + len(wanted)][there] - wanted[there]
    return float(10 * np.log10(((difference**2).mean() if there.any() else 0.0) / level + 1e-20))
