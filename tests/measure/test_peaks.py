"""True peaks between the samples: the tests 15 to 19 of EBU Tech 3341, and sines of any phase."""

from __future__ import annotations

import numpy as np
import pytest

from livecode.measure.peaks import decibels, true_peak

RATE = 48000


def sine(amplitude: float, frequency: float, degrees: float) -> np.ndarray:
    """Make a sine that swells and fades, so that it has no corners."""
    time = np.arange(RATE) / RATE
    swell = np.clip(np.minimum(time, time[::-1]) * 20, 0, 1)
    return (amplitude * swell * np.sin(2 * np.pi * frequency * time + np.radians(degrees)))[:, None]


@pytest.mark.parametrize(
    ("amplitude", "part", "degrees", "expected"),
    [(0.5, 4, 0, -6.0), (0.5, 4, 45, -6.0), (0.5, 6, 60, -6.0), (0.5, 8, 67.5, -6.0), (1.41, 4, 45, 3.0)],
)
def test_ebu(amplitude: float, part: int, degrees: float, expected: float) -> None:
    assert -0.4 <= decibels(true_peak(sine(amplitude, RATE / part, degrees))) - expected <= 0.2


@pytest.mark.parametrize("frequency", [997, 5000, 9999, 12000, 15000, 18000])
def test_sines_of_any_phase(frequency: float) -> None:
    for degrees in (0, 17, 45, 71, 90):
        assert decibels(true_peak(sine(0.9, frequency, degrees))) == pytest.approx(decibels(0.9), abs=0.1)


def test_a_peak_on_the_border_of_two_chunks_is_found() -> None:
    wave = np.zeros((1 << 17, 1))
    wave[(1 << 16) - 1], wave[1 << 16] = 0.9, 0.9
    middle = np.zeros((400, 1))
    middle[199], middle[200] = 0.9, 0.9
    assert true_peak(wave) == pytest.approx(true_peak(middle), abs=1e-6)


def test_silence() -> None:
    assert true_peak(np.zeros((100, 2))) == 0.0
    assert decibels(0.0) == -np.inf


def test_the_border_of_two_chunks_adds_nothing() -> None:
    time = np.arange(1 << 18)
    swell = np.clip(np.minimum(time, time[::-1]) / 1000, 0, 1)
    for phase in (0.0, 0.7, 1.6):
        wave = (swell * 0.5 * np.sin(2 * np.pi * 1000 / RATE * time + phase))[:, None]
        assert decibels(true_peak(wave)) == pytest.approx(decibels(0.5), abs=0.01)


@pytest.mark.parametrize("offset", range(4))
def test_a_single_turn_between_the_samples(offset: int) -> None:
    """The tests 20 to 23 of EBU Tech 3341: a quiet sine with one loud turn of another, made at four times the rate."""
    fine = 4 * RATE
    quiet = 0.5 * np.sin(2 * np.pi * (RATE / 6) * np.arange(24 * 1000) / fine)
    loud = np.sin(2 * np.pi * (RATE / 4) * np.arange(16) / fine)
    wave = np.concatenate([quiet, loud, quiet])
    swell = np.clip(np.minimum(np.arange(len(wave)), np.arange(len(wave))[::-1]) / 2000, 0, 1)
    assert -0.4 <= decibels(true_peak((wave * swell)[offset::4, None])) <= 0.2
