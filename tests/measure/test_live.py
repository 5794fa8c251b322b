"""What is measured while it plays is what is measured of the recording."""

from __future__ import annotations

import numpy as np
import pytest

from livecode.measure.live import LiveMeter
from livecode.measure.loudness import measured
from livecode.measure.peaks import decibels, true_peak
from tests.deliver.conftest import mixture
from tests.measure.test_loudness import Wave, row, tone

RATE = 48000


def fed(wave: Wave, rate: int = RATE, block: int = 256) -> LiveMeter:
    meter = LiveMeter(rate, block)
    for at in range(0, len(wave) - block + 1, block):
        meter.feed(wave[at : at + block].T.astype(np.float64))
    return meter


@pytest.mark.parametrize(("rate", "block"), [(44100, 441), (48000, 64), (48000, 1024), (96000, 256)])
@pytest.mark.parametrize(
    ("parts", "integrated", "spread"),
    [
        ([(-23, 20)], -23.0, 0.0),  # 3341-1
        ([(-36, 10), (-23, 60), (-36, 10)], -23.0, None),  # 3341-3
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0, None),  # 3341-5
        ([(-20, 20), (-30, 20)], None, 10.0),  # 3342-1
        ([(-40, 20), (-20, 20)], None, 20.0),  # 3342-3
    ],
)
def test_ebu(
    parts: list[tuple[float, float]], integrated: float | None, spread: float | None, rate: int, block: int
) -> None:
    reading = fed(row(parts, rate), rate, block).reading
    if integrated is not None:
        assert reading.integrated == pytest.approx(integrated, abs=0.1)
    if spread is not None:
        assert reading.range == pytest.approx(spread, abs=1.0)


@pytest.mark.parametrize("seed", range(3))
def test_a_mix_is_measured_alike_live_and_whole(seed: int) -> None:
    wave = mixture(seed, 9.0)
    wave[: 3 * RATE] *= 0.2
    live, whole = fed(wave), measured(wave, RATE)
    last = measured(wave[: live.done * 480], RATE)  # there is a value every 10 ms, and the last ones are on their way
    assert live.reading.integrated == pytest.approx(whole.integrated, abs=0.05)
    assert live.reading.momentary == pytest.approx(last.momentary, abs=0.01)
    assert live.reading.short_term == pytest.approx(last.short_term, abs=0.01)
    assert live.reading.range == pytest.approx(whole.range, abs=0.2)
    assert live.reading.true_peak == pytest.approx(decibels(true_peak(wave)), abs=0.05)


def test_silence_is_as_soft_as_nothing() -> None:
    meter = fed(row([(-20, 4)], RATE))
    assert meter.reading.momentary == pytest.approx(-20.0, abs=0.1)
    for _ in range(RATE // 256):
        meter.feed(None)
    assert meter.reading.momentary == -np.inf
    assert meter.reading.integrated == pytest.approx(-20.0, abs=0.3)
    meter.reset()
    assert meter.reading.integrated == meter.reading.true_peak == -np.inf


def test_short_term_reaches_every_height_live() -> None:  # 3341-11
    """Twenty tones of 3 s, each 1 dB louder than the one before, each after another silence."""
    found = []
    for i, level in enumerate(range(-38, -18)):
        wave = np.concatenate([np.zeros((round(0.15 * i * RATE), 2)), tone(level, 3, RATE), np.zeros((RATE, 2))])
        found.append(highest(wave, "short_term"))
    assert found == pytest.approx(list(range(-38, -18)), abs=0.1)


def test_momentary_reaches_every_height_live() -> None:  # 3341-14
    """Twenty tones of 400 ms, each 1 dB louder than the one before, each after another silence."""
    found = []
    for i, level in enumerate(range(-38, -18)):
        wave = np.concatenate([np.zeros((round(0.02 * i * RATE), 2)), tone(level, 0.4, RATE), np.zeros((RATE, 2))])
        found.append(highest(wave, "momentary"))
    assert found == pytest.approx(list(range(-38, -18)), abs=0.1)


def highest(wave: Wave, value: str) -> float:
    """Give the highest that a live meter shows on the way."""
    meter, most, block = LiveMeter(RATE, 256), -np.inf, 256
    for at in range(0, len(wave) - block + 1, block):
        meter.feed(wave[at : at + block].T.astype(np.float64))
        most = max(most, float(getattr(meter.reading, value)))
    return most
