"""The limiter: a ceiling of true peaks that nothing exceeds, the same in blocks as over a whole recording."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from livecode.deliver.target import envelope, limiting
from livecode.measure.curve import TAPS, heights, surely_below
from livecode.measure.limiting import MARGIN, Limiter
from livecode.measure.peaks import decibels, true_peak
from tests.deliver.conftest import mixture

RATE = 48000
Signal = np.ndarray[Any, np.dtype[np.float64]]


def limited(wave: Signal, ceiling: float, block: int = 256) -> Signal:
    """Limit (n, 2) under a ceiling in dB, block by block, the latency taken off."""
    limiter = Limiter(RATE, 10 ** (ceiling / 20))
    padded = np.concatenate((wave, np.zeros((limiter.latency, 2))))
    blocks = [limiter.process(padded[i : i + block].T.astype(np.float64)).T for i in range(0, len(padded), block)]
    return np.concatenate(blocks)[limiter.latency :]


@settings(max_examples=40, deadline=None)
@given(
    arrays(np.float64, (900, 2), elements=st.floats(-20, 20, width=32, allow_subnormal=False)),
    st.sampled_from([1, 7, 64, 300]),
    st.floats(-20.0, 0.0, allow_subnormal=False),
)
def test_no_sample_exceeds_the_ceiling(signal: Signal, block: int, ceiling: float) -> None:
    assert np.abs(limited(signal, ceiling, block)).max() <= 10 ** (ceiling / 20)


@settings(max_examples=100, deadline=None)
@given(
    arrays(np.float64, (2, 3 * TAPS), elements=st.floats(-1, 1, width=32, allow_subnormal=False)), st.integers(0, 32)
)
def test_what_is_surely_below_a_level_is_below_it(signal: Signal, smooth: int) -> None:
    around = np.apply_along_axis(np.convolve, 1, signal, np.hanning(2 * smooth + 3) / (smooth + 1), "same")
    highest = float(heights(around).max())
    assert not surely_below(around, highest * 0.999 - 1e-9)
    assert surely_below(around, float(np.abs(around).max()) * 3.0)


def test_a_smooth_curve_is_known_to_stay_near_its_samples() -> None:
    slow = np.sin(np.arange(600) * 0.05)[None, :].repeat(2, axis=0)
    assert surely_below(slow, 1.01) and not surely_below(slow, 0.999)


@pytest.mark.parametrize("seed", range(100))
def test_no_mix_exceeds_its_ceiling_between_the_samples(seed: int) -> None:
    loud = mixture(seed, 1.0) * np.float32(4.0)
    assert decibels(true_peak(limited(loud, -1.0))) <= -0.95


@pytest.mark.parametrize("turns", [4, 3, 6, 4.1, 2.7])
def test_a_tone_whose_peaks_lie_between_the_samples_is_held(turns: float) -> None:
    fade = np.minimum(1.0, np.minimum(np.arange(RATE), np.arange(RATE)[::-1]) / 4800)
    wave = (fade * np.sin(np.arange(RATE) * 2 * np.pi / turns + np.pi / 4))[:, None] * [1.5, 0.2]
    assert decibels(true_peak(limited(wave, -1.0))) == pytest.approx(-1.0 - MARGIN, abs=0.03)


@pytest.mark.parametrize("block", [32, 256, 1200, 9600])
def test_the_size_of_the_blocks_does_not_matter(block: int) -> None:
    signal = np.random.default_rng(1).normal(0.0, 0.6, (9600, 2))
    np.testing.assert_allclose(limited(signal, -0.3, block), limited(signal, -0.3, 64), atol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_it_is_what_an_export_does_to_the_whole_recording(seed: int) -> None:
    wave = mixture(seed, 2.0) * np.float32(4.0)
    aim = 10 ** ((-1.0 - MARGIN) / 20)
    gain = limiting(envelope(wave), aim, RATE)
    assert gain is not None and gain.min() < 0.8
    difference = limited(wave, -1.0) - wave * gain[:, None]
    assert 20 * np.log10(np.abs(difference).max()) < -80


def test_what_is_below_its_ceiling_stays_as_it_is() -> None:
    signal = np.random.default_rng(2).uniform(-0.3, 0.3, (4800, 2))
    np.testing.assert_array_equal(limited(signal, 0.0), signal)


def test_the_gain_is_down_before_the_peak() -> None:
    """A steady wave bends down smoothly where a burst is to come: no sample is cut off."""
    time = np.arange(9600) / RATE
    wave = np.sin(2 * np.pi * 100 * time) * np.where((time > 0.1) & (time < 0.12), 3.0, 0.5)
    out = limited(np.stack([wave, wave], axis=1), -0.3)
    assert (np.abs(out) >= 10 ** (-0.3 / 20) - 1e-9).sum() == 0


@pytest.mark.parametrize(("pitch", "most"), [(1000, 0.0001), (100, 0.001), (50, 0.02)])
def test_three_decibels_of_reduction_leave_a_tone_clean(pitch: int, most: float) -> None:
    wave = np.sin(np.arange(3 * RATE) * 2 * np.pi * pitch / RATE)[:, None] * [1.0, 1.0]
    out = limited(wave, -3.0)[RATE : 2 * RATE, 0]
    spectrum = np.abs(np.fft.rfft(out * np.hanning(RATE)))
    tone = np.sqrt((spectrum[pitch - 10 : pitch + 11] ** 2).sum())
    spectrum[pitch - 10 : pitch + 11] = 0
    assert np.sqrt((spectrum**2).sum()) / tone < most


def test_it_tells_how_much_it_takes() -> None:
    limiter = Limiter(RATE, 0.5)
    for _ in range(20):
        limiter.process(np.ones((2, 256)))
    assert limiter.reduction == pytest.approx(6.02 + MARGIN, abs=0.01)
    assert not limiter.empty
