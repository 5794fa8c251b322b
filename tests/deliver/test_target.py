from __future__ import annotations

import numpy as np
import pytest

from livecode.deliver.target import brought, envelope, faded, limiting, misses
from livecode.measure.loudness import measured
from livecode.measure.peaks import decibels, true_peak
from tests.deliver.conftest import RATE, mixture


@pytest.mark.parametrize("seed", range(100))
def test_no_mix_exceeds_its_ceiling(seed: int) -> None:
    made = brought(mixture(seed, 1.0), RATE, None, -1.0)
    assert decibels(true_peak(made.wave)) <= -0.95
    assert made.gain <= 0


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("loudness", [-23.0, -14.0])
def test_a_loudness_is_met_under_the_ceiling(seed: int, loudness: float) -> None:
    made = brought(mixture(seed, 4.0), RATE, loudness, -1.0)
    assert decibels(true_peak(made.wave)) <= -0.95
    assert made.peak == pytest.approx(decibels(true_peak(made.wave)), abs=0.05)
    assert abs(measured(made.wave, RATE).integrated - loudness) <= 0.2


def test_what_cannot_be_reached_is_not_claimed() -> None:
    clicks = np.zeros((4 * RATE, 2), dtype=np.float32)
    clicks[:: RATE // 2] = 1.0
    made = brought(clicks, RATE, -5.0, -1.0)
    assert misses(made.loudness, -5.0)
    assert made.loudness == pytest.approx(measured(made.wave, RATE).integrated, abs=0.05)
    assert decibels(true_peak(made.wave)) <= -0.95


def test_nothing_asked_nothing_changed() -> None:
    wave = mixture(3)
    made = brought(wave, RATE)
    assert made.wave is wave
    assert made.peak == decibels(true_peak(wave))


def test_silence_has_no_loudness() -> None:
    with pytest.raises(ValueError, match="no loudness"):
        brought(np.zeros((RATE, 2), dtype=np.float32), RATE, -14.0)


def test_the_envelope_finds_the_true_peak() -> None:
    wave = (np.sin(np.arange(200_000) * np.pi / 2 + np.pi / 4)[:, None] * [1.0, 0.3]).astype(np.float32)
    assert np.abs(wave).max() < 0.71
    assert envelope(wave)[1000:-1000].min() == pytest.approx(1.0, abs=0.005)
    loud = mixture(5)
    assert float(envelope(loud).max()) == pytest.approx(true_peak(loud), rel=1e-3)


def test_a_limited_sine_stays_a_sine() -> None:
    """3 dB of reduction of 1 kHz adds less than 0.1 % of other frequencies, once the gain has settled."""
    fade = np.minimum(1.0, np.minimum(np.arange(2 * RATE), np.arange(2 * RATE)[::-1]) / 1000)
    wave = ((fade * np.sin(np.arange(2 * RATE) * 2 * np.pi * 1000 / RATE))[:, None] * [1.0, 1.0]).astype(np.float32)
    made = brought(wave, RATE, None, -3.0)
    assert made.reduction == pytest.approx(3.0, abs=0.05)
    spectrum = np.abs(np.fft.rfft(made.wave[RATE // 2 : RATE // 2 + RATE, 0] * np.hanning(RATE)))
    tone = spectrum[990:1011].copy()
    spectrum[990:1011] = 0
    assert np.sqrt((spectrum**2).sum() / (tone**2).sum()) < 0.001


def test_the_gain_has_arrived_when_the_peak_comes_and_comes_back() -> None:
    heights = np.full(RATE, 0.1)
    heights[20_000] = 2.0
    gain = limiting(heights, 1.0, RATE)
    assert gain is not None
    assert gain[20_000] <= 0.5 + 1e-6
    assert gain[19_000] == 1.0 and gain[45_000] == 1.0
    assert limiting(heights, 2.0, RATE) is None


def test_what_is_cut_off_in_full_swing_neither_clicks_nor_rises() -> None:
    time = np.arange(RATE) / RATE
    wave = np.repeat(np.cos(2 * np.pi * 997 * time)[:, None], 2, axis=1).astype(np.float32)
    cut = faded(wave, RATE)
    assert cut[-1] == pytest.approx(0.0, abs=1e-6)
    assert np.array_equal(cut[: RATE - 240], wave[: RATE - 240])
    assert decibels(true_peak(cut)) < decibels(true_peak(wave)) + 0.01
