from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from livecode.deliver import report
from livecode.deliver.bar import text
from livecode.deliver.compare import compared
from tests.deliver.conftest import RATE, mixture


def tone(hz: float, left: float, right: float, seconds: float = 5.0) -> np.ndarray:
    wave = np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)
    return (wave[:, None] * [left, right]).astype(np.float32)


def test_a_tone_is_measured_as_what_it_is() -> None:
    made = report.figures(tone(1000, 0.1, 0.1), RATE)
    assert made.loudness == pytest.approx(-20.0, abs=0.1)
    assert made.true_peak == pytest.approx(-20.0, abs=0.1)
    assert made.rms == pytest.approx(-23.0, abs=0.05)
    assert made.crest == pytest.approx(3.0, abs=0.1)
    assert made.range == 0.0
    assert made.correlation == pytest.approx(1.0)
    assert made.width is None  # there are no sides
    assert made.octaves[5] == pytest.approx(0.0, abs=0.05)
    assert all(share is None or share < -40 for i, share in enumerate(made.octaves) if i != 5)


@pytest.mark.parametrize(("left", "right", "width", "correlation"), [(0.1, 0.0, 0.0, None), (0.1, -0.05, 9.5, -1.0)])
def test_width_and_correlation(left: float, right: float, width: float, correlation: float | None) -> None:
    made = report.figures(tone(1000, left, right), RATE)
    assert made.width == pytest.approx(width, abs=0.1)
    assert made.correlation == correlation


def test_silence_has_no_numbers(tmp_path: Path) -> None:
    made = report.figures(np.zeros((RATE, 2), dtype=np.float32), RATE)
    assert made.loudness is None and made.true_peak is None and set(made.octaves) == {None}
    report.save(tmp_path / "a.json", report.table(made))
    assert json.loads((tmp_path / "a.json").read_text())["octaves"]["1000"] is None
    assert "no LUFS" in report.line("a.wav", made)


def test_a_comparison_shows_both_and_the_difference() -> None:
    ours = report.figures(mixture(1, 4.0), RATE)
    theirs = report.figures(mixture(1, 4.0) * np.float32(0.5), RATE)
    lines = {line[:20].strip(): line[20:].split() for line in compared(ours, theirs, "ref").splitlines()}
    assert lines["loudness"][2] == "+6.0"
    assert lines["true peak"][2] == "+6.0"
    assert lines["crest factor"][2] in ("+0.0", "-0.0")
    assert lines["1 kHz"][2] in ("+0.0", "-0.0")
    assert len([name for name in lines if name.endswith("Hz")]) == len(report.OCTAVES)


@pytest.mark.parametrize(
    ("part", "passed", "shown"),
    [(0.0, 5.0, "  0%  sound"), (0.5, 30.0, " 50%  0:30 left  sound"), (0.25, 60.0, " 25%  3:00 left  sound")],
)
def test_the_bar_tells_the_time_left(part: float, passed: float, shown: str) -> None:
    assert text(part, "sound", passed).endswith(shown)
    assert text(part, "sound", passed).count("#") == round(24 * part)
